"""The objects of JSON-LD, and what one of their values holds."""

import re
from typing import Any

from transforms.articles.facts import MAX_TEXT
from transforms.characters import unescape

MAX_DEPTH = 12
_MAX_NODES = 5_000
MAX_VALUES = 200
_TYPE_RANK = {
    "webpage": 1, "itempage": 1, "collectionpage": 0, "videoobject": 1, "creativework": 2, "podcastepisode": 1,
    "recipe": 2, "howto": 2, "product": 0, "socialmediaposting": 3, "discussionforumposting": 3, "review": 2,
    "techarticle": 4, "scholarlyarticle": 4, "medicalscholarlyarticle": 4, "report": 4, "blogposting": 4,
    "liveblogposting": 4, "article": 5,
}  # fmt: skip
_NESTS = ("@graph", "mainEntity", "mainEntityOfPage", "hasPart", "item", "itemReviewed")
_TAGS = re.compile(r"<[^<>]{1,500}>")


def list_nodes(values: Any) -> list[dict[str, Any]]:
    """Return the objects that may be the article, in the order of the page."""
    found: list[dict[str, Any]] = []
    stack: list[tuple[Any, int]] = [(values, 0)]
    steps = 0
    while stack and steps < 4 * _MAX_NODES and len(found) < _MAX_NODES:
        value, depth = stack.pop()
        steps += 1
        if depth > MAX_DEPTH:
            continue
        if isinstance(value, list):
            stack.extend((item, depth + 1) for item in reversed(value[:_MAX_NODES]))
        elif isinstance(value, dict):
            found.append(value)
            inner = [value[name] for name in _NESTS if isinstance(value.get(name), dict | list)]
            stack.extend((item, depth + 1) for item in reversed(inner))
    return found


def types_of(node: dict[str, Any]) -> list[str]:
    """Return the types of an object, without what names schema.org."""
    kinds = node.get("@type")
    kinds = kinds[:20] if isinstance(kinds, list) else [kinds]
    return [kind[:200].rsplit("/", 1)[-1].removeprefix("schema:") for kind in kinds if isinstance(kind, str)]


def rank_of(node: dict[str, Any]) -> int:
    """Rate the types of an object: 6 for a news article, 1 for a page, 0 for what is neither."""
    best = 0
    for kind in types_of(node):
        name = kind.lower()
        best = max(
            best,
            6
            if name.endswith("newsarticle")
            else 5
            if name.endswith("article") and name not in _TYPE_RANK
            else _TYPE_RANK.get(name, 0),
        )
    return best


def text_of(value: Any, depth: int = 0) -> str | None:
    """Read one line of plain text from a JSON-LD value, cut at MAX_TEXT; None when there is none."""
    if depth > MAX_DEPTH:
        return None
    if isinstance(value, list):
        return next((text for item in value[:20] if (text := text_of(item, depth + 1))), None)
    if isinstance(value, dict):
        return text_of(value.get("@value") or value.get("name"), depth + 1)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value) if isinstance(value, float) or abs(value) < 10**20 else None
    if not isinstance(value, str):
        return None
    text = unescape(unescape(value[:MAX_TEXT]))
    return " ".join(_TAGS.sub(" ", text).split()) or None if "<" in text else " ".join(text.split()) or None


def texts_of(value: Any, max_count: int = 200) -> list[str]:
    """Read a line of plain text from each of several values."""
    items = value if isinstance(value, list) else [value]
    return [text for text in map(text_of, items[:max_count]) if text]


def address_of(value: Any, depth: int = 0) -> str | None:
    """Read the address that a value is, or that the object there has as its own."""
    if depth > MAX_DEPTH:
        return None
    if isinstance(value, list):
        return next((found for item in value[:20] if (found := address_of(item, depth + 1))), None)
    if isinstance(value, dict):
        return address_of(value.get("url") or value.get("contentUrl") or value.get("@id"), depth + 1)
    if not isinstance(value, str):
        return None
    text = value[:MAX_TEXT].strip()
    return text if text.startswith(("http://", "https://", "//")) else None


def read_bool(value: Any) -> bool | None:
    """Read a truth value, which many pages write as a word, a number or an address of schema.org."""
    for _ in range(MAX_DEPTH):
        if not isinstance(value, list) or not value:
            break
        value = value[0]
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    word = value[:100].strip().rsplit("/", 1)[-1].lower() if isinstance(value, str) else None
    return {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}.get(word or "")


def read_count(value: Any) -> int | None:
    """Read a number of words."""
    text = text_of(value)
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) <= 9 else None
