"""Content types: what a server declares, what the first bytes show, and which of them can be pages."""

import re

_CHARSET = re.compile(r"charset\s{0,9}=[\s\"']{0,9}([^\s\"';,]{1,40})", re.IGNORECASE)
_LONGEST_TYPE = 1000


def declared_charset(content_type: str | None) -> str | None:
    """The charset that a Content-Type header names; None if it names none.

    >>> declared_charset('text/html; charset="ISO-8859-1"')
    'ISO-8859-1'
    """
    found = _CHARSET.search((content_type or "")[:_LONGEST_TYPE])
    return found[1] if found else None


_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"RIFF", "a WebP picture, a sound or a film (RIFF)"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"PK\x03\x04", "a zip archive or office document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an office document"),
    (b"\x1f\x8b", "gzip data"),
    (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ\x00", "xz data"),
    (b"\x28\xb5\x2f\xfd", "zstd data"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x1aE\xdf\xa3", "a WebM or Matroska film"),
    (b"ID3", "an MP3 sound"),
    (b"OggS", "an Ogg sound or film"),
    (b"fLaC", "a FLAC sound"),
    (b"FLV\x01", "a Flash film"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
    (b"\x00asm", "WebAssembly"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\x00", "a database"),
)

_PAGE_TYPES = frozenset({"application/xhtml+xml", "application/xml", "application/json", "application/ld+json"})
_SAYS_NOTHING = frozenset({"application/octet-stream", "binary/octet-stream", "application/unknown", "*/*"})
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|!--|\?xml|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p"
    rb"|article|section|main|meta|link)[\s>/\-]",
    re.IGNORECASE,
)


def refused_type(content_type: str | None) -> str | None:
    """Why a Content-Type alone rules a page out; None when it does not, or says nothing.

    >>> refused_type("image/png"), refused_type("text/html; charset=utf-8"), refused_type("application/octet-stream")
    ('the server says image/png', None, None)
    """
    name = _essence(content_type)
    if _says_nothing(name) or name.startswith("text/") or name in _PAGE_TYPES:
        return None
    if name.startswith("application/") and name.endswith(("+xml", "+json")):
        return None
    return f"the server says {name[:80]}"


def refused_head(content_type: str | None, head: bytes) -> str | None:
    """Why the first bytes of a body rule a page out; None when they do not.

    Args:
        head: the first kilobyte, or all there is.

    >>> refused_head("text/html", b"%PDF-1.7 ...")
    'the bytes are a PDF'
    """
    for magic, what in _MAGIC:
        if head.startswith(magic):
            return f"the bytes are {what}"
    if head[4:8] == b"ftyp":
        return "the bytes are an MP4 film or a HEIF picture"
    if head.lstrip()[:5] == b"%PDF-":
        return "the bytes are a PDF"
    if _says_nothing(_essence(content_type)) and head.strip() and not looks_like_markup(head):
        return f"the server says {content_type or 'nothing'}, and the bytes do not look like a page"
    return None


def _essence(content_type: str | None) -> str:
    return (content_type or "").partition(";")[0].strip().lower()


def looks_like_markup(body: bytes) -> bool:
    """True if a body begins as pages do.

    >>> looks_like_markup(b"  <!DOCTYPE html><p>"), looks_like_markup(b"Less < more")
    (True, False)
    """
    return _MARKUP.match(body) is not None


def is_page(content_type: str | None, body: bytes) -> bool:
    """True if a body is a page of HTML, by what the server calls it or, where it says nothing, by its first bytes.

    >>> is_page("text/html", b""), is_page(None, b"<html>"), is_page("text/plain", b"<html>")
    (True, True, False)
    """
    name = _essence(content_type)
    return "html" in name or (_says_nothing(name) and looks_like_markup(body[:1024]))


def _says_nothing(essence: str) -> bool:
    return essence in _SAYS_NOTHING or "/" not in essence
