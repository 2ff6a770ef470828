"""How large and how tangled an input may be, and the check that costs nothing next to a parser."""

import re

from schemas.policy import field_of, policy, setting
from schemas.trouble import Trouble
from transforms.sources.field_names import FieldMap, parse_map
from transforms.web.policy import MAX_PAGE_BYTES

_LONG_TAG = re.compile(rb"<[A-Za-z_][^<]{4096,}")
_QUOTED = re.compile(rb"=\s*(?:\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z))")


_FIXED = "protects the parsers; no feed or file that was met needs more"


@policy
class ReadLimits:
    """What reading refuses, and the names of fields in records.

    Raises:
        ValueError: a limit that is not positive.
    """

    max_feed_bytes: int = setting(
        "largest feed or list, inflated",
        default=20 << 20,
        shapes_rows=True,
        no_option=_FIXED,
        at_least=1,
        unit="bytes",
    )
    max_page_bytes: int = field_of(MAX_PAGE_BYTES, default=MAX_PAGE_BYTES.default)
    max_array_bytes: int = setting(
        "largest JSON that has to be read whole; JSON Lines and WARC are streamed without limit",
        default=64 << 20,
        shapes_rows=True,
        no_option=_FIXED,
        at_least=1,
        unit="bytes",
    )
    max_inflated_bytes: int = setting(
        "most that one layer of compression may give",
        default=1 << 36,
        shapes_rows=True,
        no_option=_FIXED,
        at_least=1,
        unit="bytes",
    )
    max_ratio: float = setting(
        "inflated bytes for each compressed byte",
        default=100.0,
        shapes_rows=True,
        no_option=_FIXED,
        at_least=1,
    )
    max_tags: int = setting(
        "tags of a feed or OPML, those in CDATA aside; eight references such as &amp; count as one",
        default=200_000,
        shapes_rows=True,
        no_option=_FIXED,
        at_least=1,
    )
    max_attributes: int = setting(
        "attributes of one tag of a feed or OPML",
        default=2_000,
        shapes_rows=True,
        no_option=_FIXED,
        at_least=1,
    )
    field_map: FieldMap = setting(
        "names of fields in JSON records and CSV columns besides those of docs/inputs.md, such as "
        "text=maintext,title=headline2",
        default=(),
        shapes_rows=True,
        option="map",
        metavar="FIELD=NAME,...",
        many="*",
        read=parse_map,
    )


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
