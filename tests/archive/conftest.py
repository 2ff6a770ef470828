"""The scripted server, for all tests of this area."""

from tests.servers import serve

__all__ = ["serve"]
