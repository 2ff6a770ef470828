"""Fixtures of the tests of web: a scripted server, and no client shared between tests."""

from collections.abc import Iterator

import pytest

from tests.support.servers import serve
from transforms.web.shared_clients import close_shared_clients

__all__ = ["serve"]


@pytest.fixture(autouse=True)
def _alone() -> Iterator[None]:
    yield
    close_shared_clients()
