"""Pieces of a compressed body go in; what they inflate to comes out, never much more than is asked for.

Each engine keeps its memory bounded by the size asked for, whatever the ratio. That is what decides which
encodings are offered, and which package does them.
"""

import zlib
from collections.abc import Callable
from typing import Any, Protocol

import brotli
import zstandard

from schemas.trouble import Trouble

_ZSTD_WINDOW = 8 * 1024 * 1024
"""Largest window that a zstd body may ask for, bytes (RFC 9659)."""

_ZSTD_STEP = 128
"""Bytes given to zstd at once. A block of 3 bytes may stand for 128 KiB and there is no limit to set on what comes
out, so this is the limit: 5.5 MB."""

_ZLIB_STEP = 16 * 1024
"""Bytes given to zlib at once: at the end of each member it copies what is left of them."""

_BROTLI_STEP = 256 * 1024
"""Bytes wanted of brotli at once: its buffer is up to twice as large."""


class Engine(Protocol):
    """Inflates one body. Once it gave as much as was asked for, there is no use in feeding it more."""

    def feed(self, data: bytes, most: int) -> bytes:
        """What ``data`` inflates to, at most ``most`` bytes of it.

        Raises:
            Trouble: fetch.protocol, the data are not what the encoding says.
        """

    def is_whole(self) -> bool:
        """True if the data so far may be the end."""


def engine_for(encoding: str) -> Engine | None:
    """What inflates an encoding; None for one that is not offered.

    Args:
        encoding: as in Content-Encoding, lower case.
    """
    make = _ENGINES.get(encoding)
    return make() if make else None


def _broken(error: Exception) -> Trouble:
    return Trouble("fetch.protocol", f"the compressed body does not inflate: {error}")


class _Zlib:
    def __init__(self, *, is_gzip: bool) -> None:
        self._gzip = is_gzip
        self._wbits = 16 + zlib.MAX_WBITS if is_gzip else zlib.MAX_WBITS
        self._engine = zlib.decompressobj(self._wbits)
        self._first = True
        self._members = 0

    def feed(self, data: bytes, most: int) -> bytes:
        out = bytearray()
        for at in range(0, len(data), _ZLIB_STEP):
            if len(out) >= most:
                break
            out += self._step(data[at : at + _ZLIB_STEP], most - len(out))
        return bytes(out)

    def _step(self, data: bytes, most: int) -> bytes:
        out = bytearray()
        while data and len(out) < most:
            if self._engine.eof:
                # Members may follow one another (RFC 1952, 2.2); anything else there is padding.
                if not self._gzip or data[:1] != b"\x1f":
                    break
                self._engine = zlib.decompressobj(self._wbits)
                self._members += 1
            try:
                out += self._engine.decompress(data, most - len(out))
            except zlib.error as error:
                if self._members:
                    break
                if not self._first or self._gzip:
                    raise _broken(error) from error
                # "deflate" without the zlib header (RFC 9110, 8.4.1.2, note)
                self._engine = zlib.decompressobj(-zlib.MAX_WBITS)
                self._first = False
                continue
            self._first = False
            data = self._engine.unused_data if self._engine.eof else self._engine.unconsumed_tail
        return bytes(out)

    def is_whole(self) -> bool:
        return self._first or self._engine.eof or bool(self._members)


class _Zstd:
    def __init__(self) -> None:
        self._frames = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        self._engine = self._frames.decompressobj()

    def feed(self, data: bytes, most: int) -> bytes:
        out = bytearray()
        for at in range(0, len(data), _ZSTD_STEP):
            piece = data[at : at + _ZSTD_STEP]
            while piece:
                if self._engine.eof:  # frames may follow one another (RFC 8878, 3)
                    self._engine = self._frames.decompressobj()
                try:
                    out += self._engine.decompress(piece)
                except zstandard.ZstdError as error:
                    raise _broken(error) from error
                piece = self._engine.unused_data if self._engine.eof else b""
            if len(out) >= most:
                break
        return bytes(out[:most])

    def is_whole(self) -> bool:
        return bool(self._engine.eof)


class _Brotli:
    def __init__(self) -> None:
        self._error: type[Exception] = brotli.error
        self._engine: Any = brotli.Decompressor()

    def feed(self, data: bytes, most: int) -> bytes:
        out = bytearray()
        while len(out) < most and not self._engine.is_finished():
            try:
                out += self._engine.process(data, output_buffer_limit=min(most - len(out), _BROTLI_STEP))
            except self._error as error:
                raise _broken(error) from error
            data = b""
            if self._engine.can_accept_more_data():
                break
        return bytes(out[:most])

    def is_whole(self) -> bool:
        return bool(self._engine.is_finished())


_ENGINES: dict[str, Callable[[], Engine]] = {
    "gzip": lambda: _Zlib(is_gzip=True),
    "x-gzip": lambda: _Zlib(is_gzip=True),
    "deflate": lambda: _Zlib(is_gzip=False),
    "br": _Brotli,
    "zstd": _Zstd,
}

OFFERED = ", ".join(name for name in _ENGINES if not name.startswith("x-"))
"""What is offered to servers, as an Accept-Encoding header."""
