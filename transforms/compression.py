"""Decompressors for gzip, deflate, zstd and brotli whose memory is bounded, whatever the ratio.

Each takes a little input at a time, or gives a little output at a time, so that a few bytes that stand for gigabytes
do no harm. What may follow the end of a member or frame differs between an HTTP body and a file, and is decided by
:mod:`transforms.web.content_encoding` and :mod:`transforms.sources.inflate`.
"""

import zlib
from typing import Any, Protocol

import brotli
import zstandard

_BROTLI_OUTPUT_BYTES = 256 * 1024
"""Output requested of brotli at once: its buffer is up to twice as large."""


class CorruptData(ValueError):
    """Compressed data that do not inflate."""


class Decompressor(Protocol):
    """Inflates one member or frame after the other.

    Attributes:
        step_bytes: most input to pass at once.
        rest: input of the last step that was not consumed: it belongs behind the end of the member, or is to be
            passed again.
        is_finished: True at the end of a member; :meth:`restart` begins the next.
    """

    step_bytes: int
    rest: bytes

    @property
    def is_finished(self) -> bool: ...

    def inflate(self, data: bytes, max_bytes: int) -> bytes:
        """Inflate one step.

        Args:
            data: at most ``step_bytes``.
            max_bytes: output wanted; zstd may give more, up to 8 MiB.

        Raises:
            CorruptData: the data do not inflate.
        """

    def restart(self) -> None:
        """Begin the next member."""


class GzipDecompressor:
    """Inflates gzip members (RFC 1952)."""

    step_bytes = 16 * 1024  # at the end of each member, zlib copies the input that is left
    _wbits = 16 + zlib.MAX_WBITS

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self._inner = zlib.decompressobj(self._wbits)
        self.rest = b""

    @property
    def is_finished(self) -> bool:
        return self._inner.eof

    def inflate(self, data: bytes, max_bytes: int) -> bytes:
        try:
            out = self._inner.decompress(data, max_bytes)
        except zlib.error as error:
            raise CorruptData(str(error)) from error
        self.rest = self._inner.unused_data if self._inner.eof else self._inner.unconsumed_tail
        return out


class DeflateDecompressor(GzipDecompressor):
    """Inflates what HTTP calls ``deflate``: a zlib stream (RFC 1950), or the bare data that some servers send.

    RFC 9110, 8.4.1.2, has a note on the latter.
    """

    _wbits = zlib.MAX_WBITS

    def restart(self) -> None:
        super().restart()
        self._is_first = True

    def inflate(self, data: bytes, max_bytes: int) -> bytes:
        try:
            out = super().inflate(data, max_bytes)
        except CorruptData:
            if not self._is_first:
                raise
            self._inner = zlib.decompressobj(-zlib.MAX_WBITS)
            out = super().inflate(data, max_bytes)
        self._is_first = False
        return out


class ZstdDecompressor:
    """Inflates zstd frames (RFC 8878).

    Args:
        max_window_bytes: largest window that a frame may require; the default of the library by default.
    """

    # A block of 4 bytes may stand for 128 KiB, and the library has no limit of output: so one step gives 8 MiB at most.
    step_bytes = 256

    def __init__(self, max_window_bytes: int = 0) -> None:
        self._context = zstandard.ZstdDecompressor(max_window_size=max_window_bytes)
        self.restart()

    def restart(self) -> None:
        self._inner = self._context.decompressobj()
        self.rest = b""

    @property
    def is_finished(self) -> bool:
        return bool(self._inner.eof)

    def inflate(self, data: bytes, max_bytes: int) -> bytes:  # noqa: ARG002  the library has no such limit
        try:
            out = self._inner.decompress(data)
        except zstandard.ZstdError as error:
            raise CorruptData(str(error)) from error
        self.rest = self._inner.unused_data if self._inner.eof else b""
        return out


class BrotliDecompressor:
    """Inflates a brotli stream (RFC 7932)."""

    step_bytes = 64 * 1024
    rest = b""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self._inner: Any = brotli.Decompressor()

    @property
    def is_finished(self) -> bool:
        return bool(self._inner.is_finished())

    def inflate(self, data: bytes, max_bytes: int) -> bytes:
        out = bytearray()
        while len(out) < max_bytes and not self._inner.is_finished():
            try:
                out += self._inner.process(data, output_buffer_limit=min(max_bytes - len(out), _BROTLI_OUTPUT_BYTES))
            except brotli.error as error:
                raise CorruptData(str(error)) from error
            data = b""
            if self._inner.can_accept_more_data():
                break
        return bytes(out)
