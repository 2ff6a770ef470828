"""JSON and TOML, read by Python's own parsers; what they cannot read is a ValueError, whatever is wrong with it.

They raise RecursionError where brackets stand within too many brackets: such input is a few kilobytes long.
"""

import json
import tomllib
from typing import Any


class NestingError(ValueError):
    """Brackets within more brackets than can be read."""

    def __init__(self) -> None:
        super().__init__("brackets are nested too deeply")


class JsonDecoder(json.JSONDecoder):
    """The decoder of the standard library, which raises NestingError in place of RecursionError."""

    def raw_decode(self, s: str, idx: int = 0) -> tuple[Any, int]:
        """Decode the value that begins at a place of a text, and return it with the place where it ends.

        Raises:
            ValueError: not JSON; NestingError, which is one, where it is nested too deeply.
        """
        try:
            return super().raw_decode(s, idx)
        except RecursionError:
            raise NestingError from None


def parse_json(data: bytes | str) -> Any:
    """Parse one JSON text; bytes in UTF-8, -16 or -32.

    Raises:
        ValueError: not JSON, or nested too deeply.

    >>> parse_json("[" * 100_000)
    Traceback (most recent call last):
    transforms.parsers.NestingError: brackets are nested too deeply
    """
    return json.loads(data, cls=JsonDecoder)


def parse_toml(data: bytes | str) -> dict[str, Any]:
    """Parse one TOML text; bytes in UTF-8.

    Raises:
        ValueError: not TOML, nested too deeply, or with a number of thousands of digits.

    >>> parse_toml("a = " + "[" * 100_000)
    Traceback (most recent call last):
    transforms.parsers.NestingError: brackets are nested too deeply
    """
    try:
        return tomllib.loads(data if isinstance(data, str) else data.decode())
    except RecursionError:
        raise NestingError from None
