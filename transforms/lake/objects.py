"""s3:// paths go in; bytes and names come out, over one connection a process.

Beam's own S3 file system makes a new client for every call (a quarter of a second), writes every file as an upload of
parts (which a crash leaves behind, invisible and paid for) and cannot write an empty one. So its options are taken,
the client that it makes of them is kept, and each file is one request, which a reader sees whole or not at all.
Messages name the path and the code of the failure, never the address of the server or a key.
"""

import contextlib
import errno
import functools
import importlib.util
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from apache_beam.io.aws.s3io import S3IO, parse_s3_path
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions, S3Options

from schemas.userinfo import mask_userinfo

_OPTIONS = tuple(f"s3_{name}" for name in (
    "access_key_id", "secret_access_key", "session_token", "endpoint_url", "region_name", "api_version", "verify",
    "disable_ssl",
))  # fmt: skip
_MISSING = frozenset({"404", "NoSuchKey", "NoSuchBucket", "NotFound"})
_REFUSED = frozenset({"401", "403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"})
_TAKEN = frozenset({"409", "412", "PreconditionFailed", "ConditionalRequestConflict"})
_REMOVE_AT_ONCE = 1000
"""What one DeleteObjects request takes."""

NEEDS_BOTO3 = '{path}: object stores need boto3, which is not installed: pip install "newsmill[s3]"'

_lock = threading.Lock()
_kept: dict[tuple[str, ...], Any] = {}
"""The client of the latest options; boto3's clients may be shared by threads."""


def is_object(path: str) -> bool:
    """Whether a path is one of an S3-compatible store."""
    return path.startswith("s3://")


def has_boto3() -> bool:
    """Whether the package that s3:// paths need is installed."""
    try:
        return importlib.util.find_spec("boto3") is not None
    except ValueError:  # made unavailable on purpose
        return False


def _key_of(options: Any) -> tuple[str, ...]:
    values = options.view_as(S3Options) if isinstance(options, PipelineOptions) else options
    read = values.get if isinstance(values, Mapping) else functools.partial(getattr, values)
    return tuple(str(read(name, None)) for name in _OPTIONS)


def _client(path: str) -> Any:
    options = FileSystems.get_filesystem(path)._options or {}
    key = _key_of(options)
    with _lock:
        if key not in _kept:
            try:
                client = S3IO(options=options).client.client
            except (RuntimeError, AssertionError) as error:  # what Beam says of it names no remedy
                if has_boto3():
                    raise _named(error, path) from None
                raise ModuleNotFoundError(NEEDS_BOTO3.format(path=mask_userinfo(path))) from error
            except Exception as error:
                raise _named(error, path) from None
            _kept.clear()
            _kept[key] = client
        return _kept[key]


def _named(error: Exception, path: str) -> OSError:
    """The failure as an OSError; without the original text where that may name the server."""
    answer = getattr(error, "response", None)
    if not isinstance(answer, dict):
        return OSError(errno.EIO, f"{type(error).__name__}: see the --s3_ options and the network", path)
    code = str(answer.get("Error", {}).get("Code", "unknown"))
    if code in _MISSING:
        return FileNotFoundError(errno.ENOENT, f"not in the object store ({code})", path)
    if code in _REFUSED:
        return PermissionError(errno.EACCES, f"the object store refuses ({code}): see the --s3_ options", path)
    if code in _TAKEN:
        return FileExistsError(errno.EEXIST, f"there already ({code})", path)
    return OSError(errno.EIO, f"the object store answers {code}", path)


@contextlib.contextmanager
def asking(path: str) -> Iterator[Any]:
    client = _client(path)
    try:
        yield client
    except Exception as error:
        raise _named(error, path) from None


def bucket_and_key(path: str) -> dict[str, str]:
    bucket, key = parse_s3_path(path)
    return {"Bucket": bucket, "Key": key}


def put(path: str, data: bytes, *, only_new: bool = False) -> None:
    """Write an object in one request.

    Args:
        path: of the object.
        data: at most 5 GB, the store's limit for one request.
        only_new: never replace one that is there.

    Raises:
        FileExistsError: there is one, with ``only_new``.
        OSError: the store refuses, or cannot be reached.
    """
    with asking(path) as client:
        client.put_object(Body=data, **bucket_and_key(path), **({"IfNoneMatch": "*"} if only_new else {}))


def get(path: str) -> bytes:
    """Read an object.

    Raises:
        FileNotFoundError: it is not there.
        OSError: the store refuses, or cannot be reached.
    """
    with asking(path) as client:
        return bytes(client.get_object(**bucket_and_key(path))["Body"].read())


def is_there(path: str) -> bool:
    """Whether there is an object of just this name.

    Raises:
        OSError: the store refuses, or cannot be reached.
    """
    try:
        with asking(path) as client:
            client.head_object(**bucket_and_key(path))
    except FileNotFoundError:
        return False
    return True


def rename(old: str, new: str) -> None:
    """Copy an object within the store, then remove the old one.

    Raises:
        FileNotFoundError: it is not there.
        OSError: the store refuses, or cannot be reached.
    """
    with asking(old) as client:
        place = bucket_and_key(new)
        client.copy(bucket_and_key(old), place["Bucket"], place["Key"])
        client.delete_object(**bucket_and_key(old))


def remove(paths: list[str]) -> None:
    """Remove objects; those that are not there are no fault.

    Raises:
        OSError: the store refuses, or cannot be reached.
    """
    buckets: dict[str, list[str]] = {}
    for path in paths:
        place = bucket_and_key(path)
        buckets.setdefault(place["Bucket"], []).append(place["Key"])
    for bucket, keys in buckets.items():
        for start in range(0, len(keys), _REMOVE_AT_ONCE):
            named = [{"Key": key} for key in keys[start : start + _REMOVE_AT_ONCE]]
            with asking(f"s3://{bucket}") as client:
                answer = client.delete_objects(Bucket=bucket, Delete={"Objects": named, "Quiet": True})
            for failed in answer.get("Errors", []):
                raise OSError(errno.EIO, f"not removed ({failed.get('Code')})", f"s3://{bucket}/{failed.get('Key')}")


def _pages(base: str, **parts: str) -> Iterator[tuple[str, str, Any]]:
    start = base.rstrip("/") + "/"
    bucket, prefix = parse_s3_path(start, object_optional=True)
    with asking(base) as client:
        pages = iter(client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix, **parts))
    while True:
        with asking(base):
            page = next(pages, None)
        if page is None:
            return
        yield bucket, prefix, page


def list_below(base: str) -> list[str]:
    """Full paths of all objects below a prefix.

    Raises:
        OSError: the store refuses, or cannot be reached; FileNotFoundError where there is no such bucket.
    """
    return [f"s3://{bucket}/{item['Key']}" for bucket, _, page in _pages(base) for item in page.get("Contents", [])]


def names_below(base: str) -> list[str]:
    """Names directly below a prefix, of objects and of what holds objects.

    Raises:
        OSError: as :func:`list_below`.
    """
    names: set[str] = set()
    for _, prefix, page in _pages(base, Delimiter="/"):
        names.update(item["Key"][len(prefix) :] for item in page.get("Contents", []))
        names.update(item["Prefix"][len(prefix) :].rstrip("/") for item in page.get("CommonPrefixes", []))
    return sorted(names - {""})
