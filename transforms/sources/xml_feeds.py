"""feedparser's result for an XML feed, also where one entry makes feedparser crash."""

import functools
import re
from collections.abc import Callable
from typing import Any

from transforms.sources.feed_parser import parse_xml

_ENTRY = re.compile(rb"(?=<(?:[\w.-]{1,40}:)?(?:item|entry)[\s>/])", re.IGNORECASE)
_CDATA = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_ROOT_TAG = re.compile(rb"<(?:rss|(?:\w{1,40}:)?feed|rdf:RDF|channel)\b[^<>]*>", re.IGNORECASE)
_SALVAGE_BYTES = 20 << 20
"""What the entries may add up to when each is read with the head of the feed."""


def read_xml_feed(data: bytes, *, base: str | None = None, language: str | None = None) -> tuple[Any, tuple[str, ...]]:
    """Parse a feed with feedparser, and say why entries are missing from it.

    Where feedparser raises what Python happens to raise, or loses entries in a feed that is ill-formed, each entry is
    read alone, and only those that fail alone are lost.

    Args:
        data: as :func:`transforms.sources.xml_text.clean_xml` gives it.
        base: address that its links are relative to.
        language: what the transport declares.

    Raises:
        Exception: what feedparser raised, where no entry can be read.
    """
    parse = functools.partial(parse_xml, base=base, language=language)
    try:
        found = parse(data)
    except Exception as error:
        found, lost = _salvage(data, parse)
        if found is None:
            raise
        return found, tuple(lost) or (f"{type(error).__name__}: {error}",)
    if found.get("bozo") and (missing := _count_entries(data) - len(found.entries)) > 0:
        again, lost = _salvage(data, parse)
        if again is not None and len(again.entries) > len(found.entries):
            return again, tuple(lost)
        return found, (f"{missing} of {missing + len(found.entries)} entries: {found.get('bozo_exception')}"[:300],)
    return found, ()


def part(item: Any, name: str) -> dict[str, Any]:
    """Return a dict of feedparser's result; an empty one where a broken feed has a string in its place."""
    value = dict.get(item, name)
    return value if isinstance(value, dict) else {}


def parts(item: Any, name: str) -> list[dict[str, Any]]:
    """Return a list of dicts of feedparser's result, without other values."""
    value = dict.get(item, name)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _count_entries(data: bytes) -> int:
    return sum(1 for _ in _ENTRY.finditer(_CDATA.sub(b"", data)))


def _split(data: bytes) -> list[bytes]:
    """Split a feed into its head and each entry; what only looks like one inside CDATA does not count."""
    sections = [found.span() for found in _CDATA.finditer(data)]
    starts: list[int] = []
    at = 0
    for found in _ENTRY.finditer(data):
        while at < len(sections) and sections[at][1] <= found.start():
            at += 1
        if at == len(sections) or found.start() < sections[at][0]:
            starts.append(found.start())
    ends = [*starts[1:], len(data)] if starts else []
    return [data[: starts[0] if starts else len(data)], *(data[a:b] for a, b in zip(starts, ends, strict=True))]


def _salvage(data: bytes, parse: Callable[[bytes], Any]) -> tuple[Any, list[str]]:
    head, *chunks = _split(data)
    try:
        found = parse(head)
    except Exception:
        root = _ROOT_TAG.search(head)
        head = root.group() if root else b"<rss>"
        found = parse(head)
    if len(head) * len(chunks) > _SALVAGE_BYTES:
        return None, []
    entries: list[Any] = []
    lost: list[str] = []
    for position, chunk in enumerate(chunks):
        try:
            read = parse(head + chunk).entries
        except Exception as error:  # one entry must not take the others with it
            lost.append(f"entry {position} of {len(chunks)}: {type(error).__name__}: {error}"[:200])
        else:
            entries += read
            if not read:
                lost.append(f"entry {position} of {len(chunks)}: no entry in {chunk[:80]!r}")
    found["entries"] = entries
    return (found, lost) if entries else (None, lost)
