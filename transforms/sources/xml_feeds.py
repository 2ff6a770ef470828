"""The bytes of an XML feed go in; feedparser's result comes out, also where one entry makes feedparser crash."""

import io
import re
from collections.abc import Mapping
from typing import Any

import feedparser
import feedparser.api

from transforms.sources import expat

# feedparser's list of preferred drivers; its own entry is not installed anywhere, and is searched for at every feed.
feedparser.api.PREFERRED_XML_PARSERS[:] = [expat.__name__]

_REFERENCE = re.compile(rb"&#(?:[xX]([0-9A-Fa-f]{1,12})|([0-9]{1,12}));?")
_ENTRY = re.compile(rb"(?=<(?:\w+:)?(?:item|entry)[\s>])", re.IGNORECASE)
_ROOT_TAG = re.compile(rb"<(?:rss|(?:\w+:)?feed|rdf:RDF|channel)\b[^<>]*>", re.IGNORECASE)
_SALVAGE_BYTES = 20 << 20
"""What the entries may add up to when each is read with the head of the feed."""


def read_xml_feed(data: bytes, headers: Mapping[str, str]) -> tuple[Any, tuple[str, ...]]:
    """What feedparser makes of the feed, and why entries are missing from it.

    feedparser raises what Python happens to raise on wrong values, such as a character reference beyond
    Unicode, and then gives nothing. So such references are replaced first; what still fails is read entry
    by entry, and only the entries that fail alone are lost.

    Raises:
        Exception: what feedparser raised, where no entry can be read.
    """
    data = _REFERENCE.sub(_checked, data)
    try:
        return _parse(data, headers), ()
    except Exception as error:
        found, lost = _salvage(data, headers)
        if found is None:
            raise
        return found, tuple(lost) or (f"{type(error).__name__}: {error}",)


def part(item: Any, name: str) -> dict[str, Any]:
    """A value of feedparser's that is a dict in any feed but a broken one, where it can be a string."""
    value = dict.get(item, name)
    return value if isinstance(value, dict) else {}


def parts(item: Any, name: str) -> list[dict[str, Any]]:
    """The same of a list of dicts."""
    value = dict.get(item, name)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _parse(data: bytes, headers: Mapping[str, str]) -> Any:
    # A stream, since feedparser would take bytes for the name of a file to open.
    return feedparser.parse(
        io.BytesIO(data), response_headers=dict(headers), sanitize_html=False, resolve_relative_uris=False
    )


def _checked(reference: re.Match[bytes]) -> bytes:
    in_hex, in_ten = reference.groups()
    number = int(in_hex, 16) if in_hex else int(in_ten)
    is_character = 0 < number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF
    return reference.group() if is_character else b"&#xFFFD;"


def _salvage(data: bytes, headers: Mapping[str, str]) -> tuple[Any, list[str]]:
    head, *chunks = _ENTRY.split(data)
    try:
        found = _parse(head, headers)
    except Exception:
        root = _ROOT_TAG.search(head)
        head = root.group() if root else b"<rss>"
        found = _parse(head, headers)
    if len(head) * len(chunks) > _SALVAGE_BYTES:
        return None, []
    entries: list[Any] = []
    lost: list[str] = []
    for chunk in chunks:
        try:
            entries += _parse(head + chunk, headers).entries
        except Exception as error:  # one entry must not take the others with it
            lost.append(f"{type(error).__name__}: {error}"[:200])
    found["entries"] = entries
    return (found, lost) if entries else (None, lost)
