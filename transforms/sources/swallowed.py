"""The next record of a WARC, in the block of one whose length is too large."""

import re

_MARK = b"\nWARC/1."
_TAIL_BYTES = len(_MARK) + 2
_HEAD_BYTES = 16 << 10
_MAX_KEPT_BYTES = 32 << 20
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(rb"^content-length:[ \t]{0,8}([0-9]{1,18})[ \t\r]{0,8}$", re.IGNORECASE | re.MULTILINE)


class SwallowedRecords:
    """The part of a block that may be further records; it counts only where nothing else follows its block.

    A record begins with ``WARC/1.`` behind an empty line. A page may have that in its text: it does not count before
    the HTTP response is as long as its own Content-Length says.

    Of a block that continues for more than 32 MB behind such a line nothing is kept.
    """

    def __init__(self) -> None:
        self._head = bytearray()
        self._tail = b""
        self._kept = bytearray()
        self._start = 0
        self._size = 0
        self._is_given_up = False

    def add(self, data: bytes) -> None:
        """Look at the next bytes of the block."""
        if self._is_given_up:
            return
        if len(self._head) < _HEAD_BYTES:
            self._head += data[: _HEAD_BYTES - len(self._head)]
        if self._kept:
            self._kept += data
        else:
            joined = self._tail + data
            at = _find(joined, 0)
            if at >= 0:
                self._start = self._size - len(self._tail) + at
                self._kept += joined[at:]
            self._tail = joined[-_TAIL_BYTES:]
        self._size += len(data)
        if len(self._kept) > _MAX_KEPT_BYTES:
            self._is_given_up = True
            self._kept.clear()

    def take(self) -> tuple[int, bytes]:
        """Return how long the block is up to the next record, and all from there on; empty where there is none."""
        end = _HEAD_END.search(self._head)
        head = bytes(self._head[: end.start()]) if end is not None and self._head.startswith(b"HTTP/") else b""
        length = _LENGTH.search(head)
        least = (end.end() if end is not None and head else 0) + (int(length[1]) if length is not None else 0)
        at = 0 if self._kept else -1
        while at >= 0 and self._start + at < least:
            at = _find(self._kept, at)
        return (self._start + at, bytes(self._kept[at:])) if at >= 0 else (self._size, b"")


def _find(data: bytes | bytearray, at: int) -> int:
    """Return where a line behind an empty line begins with the mark, at or behind a position; -1 for nowhere."""
    while (found := data.find(_MARK, at)) >= 0:
        if data[max(0, found - 2) : found].endswith((b"\n", b"\n\r")):
            return found + 1
        at = found + 1
    return -1
