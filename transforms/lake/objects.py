"""Objects in buckets: S3-compatible stores, Google Cloud Storage and Azure Blob Storage, by obstore.

Each file is one request, which a reader sees whole or not at all. Messages name the path and the code of the
failure, never the address of the server or a key.
"""

import contextlib
import dataclasses
import datetime
import errno
import functools
import io
import os
import re
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)
from obstore.store import AzureStore, GCSStore, S3Store

from transforms.lake.paths import SCHEMES, join
from transforms.lake.store import BLOCK_BYTES
from transforms.lake.store_options import process_options
from transforms.urls import split_url

_CONFIG = {
    "s3_access_key_id": "access_key_id",
    "s3_secret_access_key": "secret_access_key",
    "s3_session_token": "session_token",
    "s3_endpoint_url": "endpoint",
    "s3_region_name": "region",
}
"""Names of Beam's options for S3, and what obstore calls them."""

_CODE = re.compile(r"<Code>(\w{1,64})</Code>")
_MISSING = frozenset({"NoSuchKey", "NoSuchBucket", "NotFound"})
_REFUSED = frozenset({"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"})
_TRIES = 5
_CONNECT = datetime.timedelta(seconds=10)
_REQUEST = datetime.timedelta(minutes=10)
"""Longest request: a file of some GB goes up in one."""

_lock = threading.Lock()


def _client_config(options: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    config = {_CONFIG[name]: str(value) for name, value in options.items() if name in _CONFIG and value}
    if options.get("s3_disable_ssl") and "://" not in config.get("endpoint", "://"):
        config["endpoint"] = f"http://{config['endpoint']}"
    return tuple(sorted(config.items()))


def client_config(options: Mapping[str, Any] | None = None) -> dict[str, str]:
    """Return how stores are reached, by obstore's names, for other clients: ``endpoint``, ``region``, keys.

    Empty where nothing was given: then the variables of the store's maker hold, which other clients read, too.

    Args:
        options: as :class:`ObjectStore` takes them.
    """
    return dict(_client_config(process_options() if options is None else options))


@functools.lru_cache(maxsize=16)
def _connect(scheme: str, bucket: str, config: tuple[tuple[str, str], ...], tries: int, process: int) -> Any:
    """Return one client for each bucket and process: connections do not survive a fork."""
    del process
    client: Any = {"allow_http": True, "connect_timeout": _CONNECT, "timeout": _REQUEST}
    retry: Any = {"max_retries": tries - 1, "retry_timeout": _REQUEST}
    if scheme == "s3":
        return S3Store(bucket, config=dict(config), client_options=client, retry_config=retry)  # type: ignore[arg-type]
    if scheme == "gs":
        return GCSStore(bucket, client_options=client, retry_config=retry)
    return AzureStore(bucket, client_options=client, retry_config=retry)


def _named(error: Exception, path: str) -> OSError:
    """Return the failure as an OSError, without the original text, which names the server."""
    found = _CODE.search(str(error))
    code = found.group(1) if found else ""
    if isinstance(error, FileNotFoundError) or code in _MISSING:
        return FileNotFoundError(errno.ENOENT, f"not in the object store ({code or 'NotFound'})", path)
    if isinstance(error, PermissionDeniedError | UnauthenticatedError) or code in _REFUSED:
        return PermissionError(errno.EACCES, f"the object store refuses ({code or 'AccessDenied'}): see {_HELP}", path)
    if isinstance(error, AlreadyExistsError | PreconditionError):
        return FileExistsError(errno.EEXIST, f"there already ({code or 'PreconditionFailed'})", path)
    if isinstance(error, ValueError):
        return OSError(errno.EINVAL, "not a name that an object store takes", path)
    if code:
        return OSError(errno.EIO, f"the object store answers {code}", path)
    return OSError(errno.EIO, f"{type(error).__name__}: see {_HELP} and the network", path)


_HELP = "the --s3_ options or the variables of the store's maker"


@dataclasses.dataclass(frozen=True, slots=True)
class ObjectStore:
    """A bucket or a part of it, as a :class:`~transforms.lake.store.Store`.

    Args:
        url: ``s3://bucket/prefix``, ``gs://bucket/prefix`` or ``az://container/prefix``.
        options: by Beam's names, such as ``s3_endpoint_url``; what is not given comes from the variables that the
            store's maker defined (``AWS_…``, ``GOOGLE_…``, ``AZURE_…``). None takes :func:`process_options`.

    Raises:
        ValueError: another scheme.
    """

    url: str
    options: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        parts = split_url(self.url)
        if parts.scheme not in SCHEMES or not parts.netloc:
            raise ValueError(f"{self.url}: not an address in a bucket: give a local path, s3://, gs:// or az://")

    @property
    def is_local(self) -> bool:
        return False

    def path(self, key: str) -> str:
        return join(self.url, key)

    @contextlib.contextmanager
    def _asking(self, key: str) -> Iterator[tuple[Any, str]]:
        """A client and the name of an object in the bucket; failures become OSErrors that name the path."""
        scheme, _, rest = self.path(key).partition("://")
        bucket, _, name = rest.partition("/")
        options = process_options() if self.options is None else self.options
        tries = max(int(os.environ.get("AWS_MAX_ATTEMPTS") or _TRIES), 1)
        try:
            with _lock:
                client = _connect(scheme, bucket, _client_config(options), tries, os.getpid())
            yield client, name
        except (BaseError, FileNotFoundError, ValueError) as error:
            raise _named(error, self.path(key)) from None

    def read(self, key: str) -> bytes:
        with self._asking(key) as (client, name):
            return bytes(obstore.get(client, name).bytes())

    def read_range(self, key: str, start: int, length: int) -> bytes:
        """Read a part of an object.

        Raises:
            OSError: as :meth:`read`.
        """
        with self._asking(key) as (client, name):
            return bytes(obstore.get_range(client, name, start=start, length=length))

    def read_version(self, key: str) -> tuple[bytes, Any]:
        with self._asking(key) as (client, name):
            found = obstore.get(client, name)
            return bytes(found.bytes()), _version_of(found.meta)

    def size(self, key: str) -> int:
        """Return bytes of an object.

        Raises:
            OSError: as :meth:`read`.
        """
        with self._asking(key) as (client, name):
            return int(obstore.head(client, name)["size"])

    def open(self, key: str, *, size: int | None = None) -> io.RawIOBase:
        return RangeFile(self, key, size)

    def _put(self, key: str, data: bytes, mode: Any = "overwrite") -> Any:
        with self._asking(key) as (client, name):
            # In one request: an upload of parts that a crash cuts off is invisible, and paid for.
            return _version_of(obstore.put(client, name, data, mode=mode, use_multipart=False))

    def write(self, key: str, data: bytes) -> None:
        self._put(key, data)

    def replace(self, key: str, data: bytes) -> None:
        self._put(key, data)  # an object appears whole

    def create_version(self, key: str, data: bytes) -> Any:
        try:
            return self._put(key, data, "create")
        except FileExistsError:
            return None

    def create(self, key: str, data: bytes) -> bool:
        return self.create_version(key, data) is not None

    def replace_version(self, key: str, data: bytes, version: Any) -> Any:
        try:
            return self._put(key, data, version)
        except (FileExistsError, FileNotFoundError):
            return None

    def exists(self, key: str) -> bool:
        try:
            self.size(key)
        except FileNotFoundError:
            return False
        return True

    def move(self, staged: str, final: str) -> None:
        if not self.exists(staged):
            if self.exists(final):
                return
            raise FileNotFoundError(errno.ENOENT, "a staged file went away before it was moved", self.path(staged))
        target = self.path(final).partition("://")[2].partition("/")[2]
        with self._asking(staged) as (client, name):
            obstore.copy(client, name, target)
        self.remove(staged)

    def remove(self, key: str) -> None:
        self._remove(key, [key])

    def _remove(self, base: str, keys: list[str]) -> None:
        names = [self.path(key).partition("://")[2].partition("/")[2] for key in keys]
        with self._asking(base) as (client, _):
            try:
                obstore.delete(client, names)
            except FileNotFoundError:  # some stores mind one that is gone, and stop there
                for name in names:
                    with contextlib.suppress(FileNotFoundError):
                        obstore.delete(client, name)

    def remove_tree(self, key: str) -> None:
        if found := self.list_files(key):
            self._remove(key, found)

    def list_names(self, key: str = "") -> list[str]:
        with self._asking(key) as (client, name):
            found = obstore.list_with_delimiter(client, prefix=name.rstrip("/") or None)
        names = [item["path"] for item in found["objects"]] + list(found["common_prefixes"])
        return sorted({path.rstrip("/").rpartition("/")[2] for path in names})

    def list_files(self, key: str = "", suffix: str = "") -> list[str]:
        with self._asking(key) as (client, name):
            chunks = obstore.list(client, prefix=name.rstrip("/") or None)
            found = [item["path"] for chunk in chunks for item in chunk]
        prefix = self.url.partition("://")[2].partition("/")[2].strip("/")
        start = len(prefix) + 1 if prefix else 0
        return sorted(path[start:] for path in found if path.endswith(suffix))


def _version_of(meta: Any) -> dict[str, str]:
    """Return what names a version of an object: S3 and Azure by ETag, Google by generation."""
    return {name: meta[name] for name in ("e_tag", "version") if meta.get(name)}


class RangeFile(io.RawIOBase):
    """An object as a file to read: each read is at most one request for a range. Only the last block is kept.

    Nothing is asked before the first read. For one thread.

    Args:
        store: that holds it.
        key: its name there.
        size: bytes, where it is known; else it is asked for once.

    Raises:
        OSError: from any read: the store refuses, or cannot be reached; FileNotFoundError where it is not there.
    """

    def __init__(self, store: ObjectStore, key: str, size: int | None = None) -> None:
        super().__init__()
        self._store, self._key, self._size = store, key, size
        self._at = 0
        self._block, self._block_at = b"", 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    @property
    def size(self) -> int:
        """Bytes; asked for once."""
        if self._size is None:
            self._size = self._store.size(self._key)
        return self._size

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at}.get(whence)
        self._at = offset + (self.size if base is None else base)
        return self._at

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        length = min(len(view), self.size - self._at)
        if length <= 0:
            return 0
        first = self._at - self._block_at
        if not 0 <= first < len(self._block):
            fetched = min(max(length, BLOCK_BYTES), self.size - self._at)
            self._block, self._block_at, first = self._store.read_range(self._key, self._at, fetched), self._at, 0
        data = memoryview(self._block)[first : first + length]
        view[: len(data)] = data
        self._at += len(data)
        if length > BLOCK_BYTES:
            self._block = b""  # a large read is not read again
        return len(data)
