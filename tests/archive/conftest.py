"""The scripted server, for all tests of this area."""

from tests.support.servers import serve

__all__ = ["serve"]
