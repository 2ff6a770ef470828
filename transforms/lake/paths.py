"""Paths on disks and addresses in buckets."""

SCHEMES = ("s3", "gs", "az")
"""Schemes of addresses in buckets: S3-compatible stores, Google Cloud Storage, Azure Blob Storage."""


def is_local(path: str) -> bool:
    """Return whether a path is on a disk of this machine.

    >>> is_local("out/news"), is_local("s3://bucket/news")
    (True, False)
    """
    return "://" not in path


def join(base: str, *parts: str) -> str:
    """Return a path below ``base``; parts may hold slashes.

    >>> join("s3://bucket/news/", "runs/1", "a.json")
    's3://bucket/news/runs/1/a.json'
    """
    pieces = [piece for part in parts for piece in part.split("/") if piece]
    return "/".join([base.rstrip("/"), *pieces] if base else pieces) if pieces else base
