"""A stream of bytes, inflated within limits where it is gzip or zstd."""

import io
from typing import BinaryIO

from schemas.trouble import Trouble
from transforms.compression import CorruptData, Decompressor, GzipDecompressor, ZstdDecompressor
from transforms.signatures import SIGNATURES, compression_format, is_zstd_skippable

_READ_BYTES = 1 << 16
_GZIP_OUTPUT_BYTES = 1 << 20
"""Output requested of gzip at once."""

MAX_BARREN_MEMBERS = 10_000
"""Members or frames in a row that may inflate to nothing; some writers put one before each that holds something."""

MAX_DAMAGED_MEMBERS = 1_000
"""Members or frames that are passed over in one stream; behind them all that is left is damaged."""

RATIO_FREE_BYTES = 16 << 20
"""Inflated bytes below which the ratio is not checked: small files may well shrink a thousandfold."""


class _InflatingStream(io.RawIOBase):
    """One layer of gzip members or zstd frames; memory is bounded whatever the ratio."""

    def __init__(self, source: io.BufferedReader, kind: str, name: str, max_bytes: int, max_ratio: float) -> None:
        self._source = source
        self._kind = kind
        self._name = name
        self._max_bytes = max_bytes
        self._max_ratio = max_ratio
        self._decompressor: Decompressor = GzipDecompressor() if kind == "gzip" else ZstdDecompressor()
        self._is_inside = False
        self._waiting = b""
        self._at = 0
        self._ready = memoryview(b"")
        self._taken = 0
        self._given = 0
        self._members = 0
        self._barren = 0
        self._broken: Trouble | None = None
        self._before_member = (0, 0)
        self._damaged = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        while not self._ready:
            if self._broken is not None:
                raise self._broken
            try:
                if not self._step():
                    return 0
            except Trouble as trouble:
                self._broken = trouble
                raise
        n = min(len(buffer), len(self._ready))
        buffer[:n] = self._ready[:n]
        self._ready = self._ready[n:]
        return n

    def skip_damaged(self) -> bool:
        """Go on behind what could not be read, at the next member or frame; False where there is none.

        What the damaged one took and gave does not count for the ratio.
        """
        self._damaged += 1
        if self._broken is None or self._given > self._max_bytes or self._damaged > MAX_DAMAGED_MEMBERS:
            return False
        magic = SIGNATURES[self._kind]
        self._at += self._is_inside  # it may stand at the beginning of the damaged one
        while (found := self._waiting.find(magic, self._at)) < 0:
            self._at = max(self._at, len(self._waiting) - len(magic) + 1)
            try:
                if not self._more():
                    return False
            except Trouble:  # of the layer below
                return False
        self._at, self._is_inside, self._broken = found, False, None
        self._taken, self._given = self._before_member
        return True

    def _step(self) -> bool:
        """Inflate a little more; False at the end."""
        if not self._is_inside and not self._next_member():
            return False
        if self._at == len(self._waiting) and not self._more():
            raise Trouble("read.corrupt", f"{self._name}: {self._kind} data end early after {self._given} bytes")
        self._inflate()
        self._is_inside = not self._decompressor.is_finished
        return True

    def _more(self) -> bool:
        """Append to the waiting input; False where the source has ended."""
        more = self._source.read1(_READ_BYTES)
        self._taken += len(more)
        self._waiting, self._at = self._waiting[self._at :] + more, 0
        return bool(more)

    def _next_member(self) -> bool:
        """Begin the next member or frame; False where there is none, whatever else follows the last one."""
        while True:
            self._skip_padding()
            while len(self._waiting) - self._at < 8 and self._more():
                pass  # magic numbers may straddle two reads
            start = self._waiting[self._at : self._at + 8]
            if compression_format(start) != self._kind:
                return self._pass_over()
            self._members += 1
            self._barren += 1
            if self._barren > MAX_BARREN_MEMBERS:
                nothing = f"{MAX_BARREN_MEMBERS} {self._kind} members in a row hold nothing"
                raise Trouble("read.corrupt", f"{self._name}: {nothing}")
            if not is_zstd_skippable(start):
                break
            if len(start) < 8:
                raise Trouble("read.corrupt", f"{self._name}: zstd data end early after {self._given} bytes")
            self._skip(8 + int.from_bytes(start[4:], "little"))
        self._decompressor.restart()
        self._is_inside = True
        self._before_member = (self._taken, self._given)
        return True

    def _skip_padding(self) -> None:
        while self._members and (self._waiting.startswith(b"\0", self._at) or self._at == len(self._waiting)):
            padded = self._waiting[self._at :]
            self._at = len(self._waiting) - len(padded.lstrip(b"\0"))
            if self._at == len(self._waiting) and not self._more():
                return

    def _skip(self, size: int) -> None:
        while size > len(self._waiting) - self._at:
            size -= len(self._waiting) - self._at
            self._at = len(self._waiting)
            if not self._more():
                raise Trouble("read.corrupt", f"{self._name}: zstd data end early after {self._given} bytes")
        self._at += size

    def _pass_over(self) -> bool:
        """Read what follows the last member to its end.

        Servers and shells put a line of their own behind; gzip(1) leaves that out, too. A further member behind it is
        a sign that something in between was damaged. Zeros, by which tapes and block devices pad, are not meant here.

        Raises:
            Trouble: read.corrupt.
        """
        if self._at < len(self._waiting) and not self._members:
            raise Trouble("read.corrupt", f"{self._name}: no {self._kind} data")
        magic = SIGNATURES[self._kind]
        while True:
            if self._waiting.find(magic, self._at) >= 0:
                raise Trouble("read.corrupt", f"{self._name}: something else stands between the {self._kind} data")
            self._at = max(self._at, len(self._waiting) - len(magic) + 1)
            if not self._more():
                self._at = len(self._waiting)
                return False

    def _inflate(self) -> None:
        piece = self._waiting[self._at : self._at + self._decompressor.step_bytes]
        try:
            out = self._decompressor.inflate(piece, _GZIP_OUTPUT_BYTES)
        except CorruptData as error:
            raise Trouble("read.corrupt", f"{self._name}: {self._kind} does not inflate: {error}") from error
        self._at += len(piece) - len(self._decompressor.rest)
        if out:
            self._barren = 0
        self._ready = memoryview(out)
        self._given += len(out)
        if self._given > self._max_bytes:
            raise Trouble("read.too_large", f"{self._name}: over {self._max_bytes} bytes when inflated")
        if self._given > RATIO_FREE_BYTES and self._given > self._max_ratio * self._taken:
            raise Trouble("read.too_large", f"{self._name}: inflates more than {self._max_ratio:g} times")


def open_inflated(
    stream: BinaryIO, *, name: str, max_bytes: int = 1 << 36, max_ratio: float = 100, max_layers: int = 2
) -> io.BufferedReader:
    """Open a stream whose compression is undone, layer by layer, while it is read.

    Members and frames one after the other count as one, so a ``.warc.gz`` of a member a record reads through.
    What follows the last one and is neither member nor frame is passed over, as gzip(1) does.

    Args:
        stream: bytes from their beginning.
        name: what to call it in messages.
        max_bytes: inflated bytes allowed for each layer.
        max_ratio: inflated bytes allowed for each compressed one, once RATIO_FREE_BYTES are through.
        max_layers: how often it may be compressed.

    Raises:
        Trouble: while reading: read.corrupt for data that end early or do not inflate, read.too_large
            over a limit; at once for too many layers.
    """
    reader = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(_AsRaw(stream), _READ_BYTES)
    for _ in range(max_layers):
        kind = compression_format(reader.peek(4))
        if kind is None:
            return reader
        reader = io.BufferedReader(_InflatingStream(reader, kind, name, max_bytes, max_ratio), _READ_BYTES)
    if compression_format(reader.peek(4)) is not None:
        raise Trouble("read.too_large", f"{name}: compressed more than {max_layers} times over")
    return reader


def skip_damaged(reader: io.BufferedReader) -> bool:
    """Let a stream that :func:`open_inflated` opened, and that broke, go on at its next member or frame.

    Until then each read of it raises again what broke it.

    Returns:
        True where reading goes on; False after the last member or frame, and for a stream that is not compressed.
    """
    return isinstance(reader.raw, _InflatingStream) and reader.raw.skip_damaged()


class _AsRaw(io.RawIOBase):
    """Any object with ``read``, as the object-store clients give it, for a BufferedReader to wrap."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
