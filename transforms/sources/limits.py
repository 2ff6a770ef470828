"""How large and how tangled an input may be, and the check that costs nothing next to a parser."""

import re
from dataclasses import dataclass, field

from schemas.trouble import Trouble
from transforms.sources.field_names import FieldMap

_LONG_TAG = re.compile(rb"<[A-Za-z_][^<]{4096,}")
_QUOTED = re.compile(rb"=\s*(?:\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z))")


@dataclass(frozen=True, kw_only=True)
class ReadLimits:
    """What reading refuses, in bytes after inflating unless said otherwise.

    Args:
        max_feed_bytes: a feed or a list.
        max_page_bytes: one page or text, alone or in a container.
        max_array_bytes: JSON that has to be read whole; JSON Lines and WARC are streamed without limit.
        max_inflated_bytes: one layer of compression.
        max_ratio: inflated bytes for each compressed byte.
        max_tags: tags of a feed or OPML, those in CDATA aside; eight references such as ``&amp;`` count as one.
        max_attributes: attributes of one tag of a feed or OPML.
        field_map: names of fields in records, besides those of the table.

    Raises:
        ValueError: a limit that is not positive.
    """

    max_feed_bytes: int = 20 << 20
    max_page_bytes: int = 4 << 20
    max_array_bytes: int = 64 << 20
    max_inflated_bytes: int = 1 << 36
    max_ratio: float = 100
    max_tags: int = 200_000
    max_attributes: int = 2_000
    field_map: FieldMap = field(default_factory=FieldMap)

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if isinstance(value, int | float) and value <= 0:
                raise ValueError(f"{name} must be positive, got {value}")


def check_markup(data: bytes, *, limits: ReadLimits) -> None:
    """Refuse XML that would hold a parser up; linear, 20 ms for 20 MB.

    feedparser takes 40 µs a tag and 5 µs a reference, and time that grows with the square of the attributes of
    one tag.

    Raises:
        Trouble: read.too_large.
    """
    if data.count(b"\0") > len(data) // 4:
        data = data.replace(b"\0", b"")  # UTF-16 and UTF-32: counting needs no more than this
    first, *rest = data.split(b"<![CDATA[")
    tags = first.count(b"<")
    for part in rest:
        end = part.find(b"]]>")
        tags += part.count(b"<", end) if end >= 0 else part.count(b"<")
    tags += data.count(b"&") // 8
    if tags > limits.max_tags:
        raise Trouble("read.too_large", f"{tags} tags and references, of which {limits.max_tags} are allowed")
    for tag in _LONG_TAG.finditer(data):
        name, close, _ = tag.group().partition(b">")
        if len(name) > limits.max_page_bytes:
            raise Trouble("read.too_large", f"a tag of {len(name)} bytes at byte {tag.start()}")
        # A ">" inside quotes does not end a tag.
        bare = _QUOTED.sub(b"=", tag.group()).partition(b">")[0] if close and b"=" in name else name
        attributes = bare.count(b"=")
        if attributes > limits.max_attributes:
            raise Trouble("read.too_large", f"a tag with {attributes} attributes at byte {tag.start()}")
