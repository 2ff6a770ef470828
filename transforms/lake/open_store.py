"""The store that a path or an address leads to."""

from collections.abc import Mapping
from typing import Any

from transforms.lake.local import LocalStore
from transforms.lake.paths import is_local
from transforms.lake.store import Store


def open_store(url: str, options: Mapping[str, Any] | None = None) -> Store:
    """Return the store of a directory or of an address in a bucket. Nothing is asked before it is used.

    Args:
        url: path of a directory, or ``s3://bucket/prefix``, ``gs://bucket/prefix``, ``az://container/prefix``.
        options: as :class:`~transforms.lake.objects.ObjectStore` takes them; None for those of the process.

    Raises:
        ValueError: a scheme that is not known.
    """
    if is_local(url):
        return LocalStore(url)
    from transforms.lake.objects import ObjectStore  # noqa: PLC0415  obstore is for buckets alone

    return ObjectStore(url, options)
