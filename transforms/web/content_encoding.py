"""Content-Encoding: which encodings the client accepts, and bodies inflated piece by piece."""

from collections.abc import Callable

from schemas.trouble import Trouble
from transforms.compression import (
    BrotliDecompressor,
    CorruptData,
    Decompressor,
    DeflateDecompressor,
    GzipDecompressor,
    ZstdDecompressor,
)

_ZSTD_WINDOW_BYTES = 8 * 1024 * 1024
"""Largest window that a zstd body may require (RFC 9659)."""

_DECOMPRESSORS: dict[str, Callable[[], Decompressor]] = {
    "gzip": GzipDecompressor,
    "x-gzip": GzipDecompressor,
    "deflate": DeflateDecompressor,
    "br": BrotliDecompressor,
    "zstd": lambda: ZstdDecompressor(_ZSTD_WINDOW_BYTES),
}
_NOT_ENCODED = frozenset({"identity", "", "none", "utf-8"})  # the last two: a common slip

ACCEPT_ENCODING = ", ".join(name for name in _DECOMPRESSORS if not name.startswith("x-"))
"""Value of the Accept-Encoding header."""


def is_supported(encoding: str) -> bool:
    """Return whether :class:`Inflater` can undo an encoding, given in lower case."""
    return encoding in _DECOMPRESSORS


class Inflater:
    """Inflates one body piece by piece.

    Memory is bounded by the size requested, whatever the ratio. Several encodings on top of one another, which no
    real server uses, are refused.

    Args:
        encoding: the Content-Encoding header; None or empty for none.

    Raises:
        Trouble: fetch.protocol, an encoding that is not supported.
    """

    def __init__(self, encoding: str | None) -> None:
        self._name = (encoding or "").strip().lower()
        if self._name not in _NOT_ENCODED and self._name not in _DECOMPRESSORS:
            raise Trouble("fetch.protocol", f"Content-Encoding {self._name[:80]!r} is not one that was accepted")
        self._decompressor = _DECOMPRESSORS[self._name]() if self._name in _DECOMPRESSORS else None
        self._member_count = 0
        self._is_empty = True
        self._is_cut = False
        self._is_padding = False

    def feed(self, data: bytes, max_bytes: int) -> bytes:
        """Inflate the next piece, up to ``max_bytes``; a body that reaches them is cut there for good.

        Raises:
            Trouble: fetch.protocol, the data are not what the encoding says.
        """
        if self._is_cut or not data:
            return b""
        self._is_empty = False
        out = data[:max_bytes] if self._decompressor is None else self._inflate(self._decompressor, data, max_bytes)
        self._is_cut = len(out) >= max_bytes
        return out

    def _inflate(self, decompressor: Decompressor, data: bytes, max_bytes: int) -> bytes:
        out = bytearray()
        for start in range(0, len(data), decompressor.step_bytes):
            piece = data[start : start + decompressor.step_bytes]
            while piece and len(out) < max_bytes and not self._is_padding:
                if decompressor.is_finished and not self._begin_next(decompressor, piece):
                    break
                try:
                    out += decompressor.inflate(piece, max_bytes - len(out))
                except CorruptData as error:
                    if self._name.endswith("gzip") and self._member_count:
                        self._is_padding = True
                        break
                    raise Trouble("fetch.protocol", f"the compressed body does not inflate: {error}") from error
                piece = decompressor.rest
            if self._is_padding or len(out) >= max_bytes:
                break
        return bytes(out[:max_bytes])

    def _begin_next(self, decompressor: Decompressor, piece: bytes) -> bool:
        """Begin the next member where one may follow; what else follows the last one is padding."""
        is_gzip_member = self._name.endswith("gzip") and piece[:1] == b"\x1f"  # RFC 1952, 2.2
        if not is_gzip_member and self._name != "zstd":  # frames may follow one another: RFC 8878, 3
            self._is_padding = True
            return False
        self._member_count += 1
        decompressor.restart()
        return True

    def finish(self) -> None:
        """Check that the body is complete, at its end.

        Raises:
            Trouble: fetch.protocol, the compressed data end early.
        """
        if self._decompressor is None or self._is_empty or self._is_cut:
            return
        is_behind_a_member = self._member_count > 0 and self._name.endswith("gzip")
        if not self._decompressor.is_finished and not is_behind_a_member:
            raise Trouble("fetch.protocol", "the compressed body ends early")
