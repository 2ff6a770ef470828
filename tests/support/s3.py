"""An S3-compatible store on this machine, in memory, for as long as a test lasts.

with Bucket() as store:
    main(["run", "--input", "seeds", "--output", store.url("lake"), *store.options])
"""

import functools
import logging
import uuid
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

import pytest

from transforms.lake.store_options import set_options

KEY_ID = "test-key-id-51c0"
SECRET = "test-secret-8f2e"
REGION = "us-east-1"


@functools.cache
def _endpoint() -> str:
    """Address of the server of this process, which runs until the process ends.

    All stores share it, so that runs into different stores have the same options and share a pool of workers.
    """
    from moto.server import ThreadedMotoServer  # as boto3 below: half a second, only where a store is needed

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    return f"http://{host}:{port}"


class Bucket:
    """A bucket of its own, which other processes of this machine reach, too."""

    def __init__(self) -> None:
        self.bucket = f"news-{uuid.uuid4().hex[:12]}"

    def __enter__(self) -> Self:
        import boto3  # type: ignore[import-untyped]

        self.endpoint = _endpoint()
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=KEY_ID,
            aws_secret_access_key=SECRET,
            region_name=REGION,
        )
        self.client.create_bucket(Bucket=self.bucket)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for key in self.keys():
            self.client.delete_object(Bucket=self.bucket, Key=key)

    @property
    def options(self) -> list[str]:
        """What the command line takes to reach the store."""
        return [
            f"--s3_endpoint_url={self.endpoint}",
            f"--s3_access_key_id={KEY_ID}",
            f"--s3_secret_access_key={SECRET}",
            f"--s3_region_name={REGION}",
        ]

    def url(self, path: str = "") -> str:
        """Address of something in the bucket."""
        return f"s3://{self.bucket}/{path}".rstrip("/")

    def keys(self, prefix: str = "") -> list[str]:
        """Names of all objects, asked for without newsmill."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        return sorted(item["Key"] for page in pages for item in page.get("Contents", []))

    def read(self, key: str) -> bytes:
        """What one object holds, asked for without newsmill."""
        return bytes(self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read())

    def uploads(self) -> list[str]:
        """Names of uploads that were begun and never ended."""
        found = self.client.list_multipart_uploads(Bucket=self.bucket)
        return [upload["Key"] for upload in found.get("Uploads", [])]


@pytest.fixture(scope="module")
def store() -> Iterator[Bucket]:
    """A store whose options this process uses for s3:// paths, too."""
    with Bucket() as running:
        set_options(*running.options)
        yield running
        set_options()
