"""File formats that their first bytes give away, compressed data and binary formats that hold no news."""

import re

_GZIP = b"\x1f\x8b\x08"
_ZSTD = b"\x28\xb5\x2f\xfd"
_ZSTD_SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")

HEAD_BYTES = 512
"""How many bytes of a file decide: the name of a tar archive stands at 257."""

# Short words that a text may begin with are followed by what the format has behind them.
_FORMATS: tuple[tuple[str, bytes], ...] = (
    ("a PDF", rb"\s{0,64}%PDF-|%FDF-"),
    ("PostScript", rb"%!PS"),
    ("an RTF document", rb"\{\\rtf"),
    ("a PNG picture", rb"\x89PNG"),
    ("a JPEG picture", rb"\xff\xd8\xff"),
    ("a GIF picture", rb"GIF8[79]a"),
    ("a TIFF picture", rb"II\*\0|MM\0\*"),
    ("a DjVu document", rb"AT&TFORM"),
    ("a WebP picture, a sound or a film (RIFF)", rb"RIFF.{4}[A-Z0-9]{3}[A-Z0-9 ]"),
    ("an MP4 film or a HEIF picture", rb".{4}ftyp"),
    ("a WebM or Matroska film", rb"\x1aE\xdf\xa3"),
    ("a Flash film", rb"FLV\x01"),
    ("an MP3 sound", rb"ID3[\x02-\x04]"),
    ("an Ogg sound or film", rb"OggS\0"),
    ("a FLAC sound", rb"fLaC"),
    ("a font", rb"wOF[F2]"),
    ("a zip archive or office document", rb"PK(?:\x03\x04|\x05\x06|\x07\x08)"),
    ("an office document", rb"\xd0\xcf\x11\xe0"),
    ("gzip data", rb"\x1f\x8b"),
    ("bzip2 data", rb"BZh[1-9]"),
    ("xz data", rb"\xfd7zXZ"),
    ("zstd data", re.escape(_ZSTD)),
    ("a 7z archive", rb"7z\xbc\xaf"),
    ("a RAR archive", rb"Rar!\x1a"),
    ("a tar archive", rb".{257}ustar"),
    ("a cpio archive", rb"07070[1-7][0-9A-Fa-f]{6}"),
    ("an ar archive", rb"!<arch>\n"),
    ("WebAssembly", rb"\0asm"),
    ("a program", rb"\x7fELF|MZ.[\0\x01]"),  # a last page of less than 512 bytes
    ("a property list", rb"bplist0"),
    ("a Parquet file", rb"PAR1[\x15\x00-\x08]"),
    ("an Avro file", rb"Obj\x01"),
    ("an Arrow file", rb"ARROW1\0|FEA1"),
    ("an HDF5 file", rb"\x89HDF"),
    ("a NetCDF file", rb"CDF[\x01\x02]"),
    ("a database", rb"SQLite format 3"),
)
_NAMES = tuple(name for name, _ in _FORMATS)
_ANY = re.compile(b"|".join(b"(%s)" % pattern for _, pattern in _FORMATS), re.DOTALL)


def binary_format(head: bytes) -> str | None:
    r"""Name the binary format that a file begins as; None for text, and for what is not known.

    >>> binary_format(b"%PDF-1.7 ..."), binary_format(b"<!doctype html>"), binary_format(b"MZ Wallace Nutting")
    ('a PDF', None, None)

    Args:
        head: the first HEAD_BYTES or more; all there is of a shorter file.
    """
    found = _ANY.match(head)
    return _NAMES[found.lastindex - 1] if found is not None and found.lastindex else None


def compression_format(head: bytes) -> str | None:
    r"""Name the compression of a file: 'gzip', 'zstd' or None.

    >>> compression_format(b"\x1f\x8b\x08\x00"), compression_format(b"<rss/>")
    ('gzip', None)
    """
    if head.startswith(_GZIP):
        return "gzip"
    return "zstd" if head.startswith(_ZSTD) or is_zstd_skippable(head) else None


def is_zstd_skippable(head: bytes) -> bool:
    """Return whether a file begins with a frame of zstd that holds no data (RFC 8878, 3.1.2)."""
    return _ZSTD_SKIPPABLE.match(head) is not None


SIGNATURES = {"gzip": _GZIP, "zstd": _ZSTD}
"""First bytes of a gzip member and of a zstd frame that holds data."""
