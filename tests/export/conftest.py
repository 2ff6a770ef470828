"""A PostgreSQL server for all tests of exports."""

from tests.support.postgres import postgres

__all__ = ["postgres"]
