"""WARC records that take the place of removed ones, of exactly their length."""

import uuid
import zlib
from datetime import UTC, datetime

_STORED = 65_535
"""Longest stored block of deflate (RFC 1951, 3.2.4)."""


def make_tombstone(length: int, *, name: str, at: datetime) -> bytes:
    """Return a gzip member of exactly so many bytes: a WARC record that says only that something was taken down.

    It is stored, filled up with spaces; compressed where that is too long; where even that is, the member is empty.
    What is missing to the length goes into the comment of the gzip header (RFC 1952, 2.3.1).

    Args:
        length: bytes.
        name: of the record, the same for the same place.
        at: when it was taken down.

    Raises:
        ValueError: fewer bytes than an empty gzip member has.
    """
    stored = length - 18  # header and trailer of gzip
    block = stored - 5 * -(-stored // (_STORED + 5))  # at most: each stored block has a header of 5 bytes
    for fill in (block, 0):
        record = _record(fill, name, at)
        if record is not None and (made := _member(record, 0 if fill else 9, length)) is not None:
            return made
    made = _member(b"", 9, length)
    if made is None:
        raise ValueError(f"no gzip member has {length} bytes")
    return made


def _record(size: int, name: str, at: datetime) -> bytes | None:
    """Return a record of so many bytes; of the fewest for 0; None where it cannot be so short."""
    note = b"note: taken down\r\n"
    head = (
        "WARC/1.1\r\nWARC-Type: metadata\r\n"
        f"WARC-Record-ID: <urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}>\r\n"
        f"WARC-Date: {at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}\r\n"
        "Content-Type: application/warc-fields\r\nContent-Length: "
    )
    end = len(head) + len("\r\n\r\n") + len("\r\n\r\n")
    # As many digits as the length has, with zeros before where one digit more would be too many.
    digits = max(2, len(str(max(size - end, 0))))
    fill = size - end - digits - len(note) if size else 0
    if fill < 0:
        return None
    body = note[:-2] + b" " * fill + note[-2:]
    return f"{head}{len(body):0{digits}d}\r\n\r\n".encode() + body + b"\r\n\r\n"


def _member(data: bytes, level: int, length: int) -> bytes | None:
    if level:
        packer = zlib.compressobj(level, zlib.DEFLATED, -15)
        packed = packer.compress(data) + packer.flush()
    else:
        # zlib chooses the blocks of level 0 by the size of its buffers.
        pieces = [data[at : at + _STORED] for at in range(0, len(data), _STORED)]
        packed = b"".join(
            bytes([number == len(pieces)])
            + len(piece).to_bytes(2, "little")
            + (len(piece) ^ 0xFFFF).to_bytes(2, "little")
            + piece
            for number, piece in enumerate(pieces, 1)
        )
    lacking = length - 18 - len(packed)
    if lacking < 0:
        return None
    comment = b" " * (lacking - 1) + b"\0" if lacking else b""
    head = b"\x1f\x8b\x08" + bytes([0x10 if lacking else 0]) + b"\0\0\0\0\0\xff" + comment
    return head + packed + zlib.crc32(data).to_bytes(4, "little") + len(data).to_bytes(4, "little")
