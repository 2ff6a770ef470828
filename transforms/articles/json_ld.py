"""The JSON-LD of a page comes in; what it says of the article goes out as Facts."""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import orjson
from lxml.html import HtmlElement

from transforms.articles.facts import Facts

MAX_SCRIPT = 2_000_000
"""Characters of one block that are looked at; blocks of real pages are a few thousand long."""

_MAX_DEPTH = 12
_MAX_NODES = 5_000

_TYPE_RANK = {
    "webpage": 1, "itempage": 1, "collectionpage": 0, "videoobject": 1, "creativework": 2, "podcastepisode": 1,
    "recipe": 2, "product": 0, "socialmediaposting": 3, "discussionforumposting": 3, "review": 2,
    "techarticle": 4, "scholarlyarticle": 4, "medicalscholarlyarticle": 4, "report": 4, "blogposting": 4,
    "liveblogposting": 4, "article": 5,
}  # fmt: skip
_NESTS = ("@graph", "mainEntity", "mainEntityOfPage", "hasPart", "item", "itemReviewed")
_WRAP = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|\]\]>|/\*\s*\]\]>\s*\*/)\s*$"
)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_DOUBLE_COMMA = re.compile(r",(\s*,)+")
_TAGS = re.compile(r"<[^>]{1,500}>")
_FIELD = r'"%s"\s*:\s*"((?:[^"\\]|\\.){1,2000})"'


def _parse(text: str) -> Any:
    """Whatever JSON there is in a block; None when it cannot be saved."""
    text = text.strip().lstrip("\ufeff")
    try:
        return orjson.loads(text)
    except ValueError:
        pass
    text = _WRAP.sub("", _WRAP.sub("", text)).strip().rstrip(";")
    unescaped = html.unescape(text) if text.startswith(("{&quot;", "[{&quot;", "{ &quot;", "{\n&quot;")) else text
    for attempt in (unescaped, _TRAILING_COMMA.sub(r"\1", _DOUBLE_COMMA.sub(",", unescaped))):
        try:
            return json.JSONDecoder(strict=False).raw_decode(attempt.lstrip())[0]
        except (ValueError, RecursionError):
            continue
    return _salvage(text)


def _salvage(text: str) -> Any:
    """The few fields that matter, out of JSON that does not parse."""
    if not re.search(r'"@type"\s*:\s*\[?\s*"[A-Za-z]*(?:Article|BlogPosting|Posting)"', text):
        return None
    node: dict[str, Any] = {"@type": "Article"}
    for name in ("headline", "datePublished", "dateModified", "description", "articleSection"):
        match = re.search(_FIELD % name, text)
        if match:
            node[name] = match.group(1).replace('\\"', '"').replace("\\/", "/")
    authors = re.search(r'"author"\s*:\s*(\[.{0,4000}?\]|\{.{0,1000}?\}|"[^"]*")', text, re.DOTALL)
    if authors:
        names = re.findall(r'"name"\s*:\s*"([^"\\]{2,100})"', authors.group(1)) or re.findall(
            r'^"([^"]*)"$', authors.group(1)
        )
        node["author"] = names
    return node


def _nodes(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value[:_MAX_NODES]:
            yield from _nodes(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for name in _NESTS:
            if isinstance(value.get(name), dict | list):
                yield from _nodes(value[name], depth + 1)


def _types(node: dict[str, Any]) -> list[str]:
    kinds = node.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return [kind.rsplit("/", 1)[-1].removeprefix("schema:") for kind in kinds if isinstance(kind, str)]


def _rank(node: dict[str, Any]) -> int:
    best = 0
    for kind in _types(node):
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


def text_of(value: Any) -> str | None:
    """One line of plain text out of a JSON-LD value; None when there is none."""
    if isinstance(value, list):
        return next((text for text in map(text_of, value[:20]) if text), None)
    if isinstance(value, dict):
        return text_of(value.get("@value") or value.get("name"))
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    text = html.unescape(html.unescape(value)) if "&" in value else value
    return " ".join(_TAGS.sub(" ", text).split()) or None if "<" in text else " ".join(text.split()) or None


def _texts(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [text for text in map(text_of, items[:200]) if text]


def _keywords(value: Any) -> list[str]:
    found = _texts(value)
    if len(found) == 1:
        found = re.split(r"\s*[;|]\s*|\s*,\s*", found[0])
    return [word for word in found if word]


def _address(value: Any) -> str | None:
    if isinstance(value, list):
        return next((found for found in map(_address, value[:20]) if found), None)
    if isinstance(value, dict):
        return _address(value.get("url") or value.get("contentUrl") or value.get("@id"))
    return value.strip() if isinstance(value, str) and value.strip().startswith(("http://", "https://", "//")) else None


def _bool(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    if isinstance(value, list):
        return _bool(value[0]) if value else None
    word = value.strip().rsplit("/", 1)[-1].lower() if isinstance(value, str) else None
    return {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}.get(word or "")


def _place(node: dict[str, Any]) -> str | None:
    """The address of a node, without its scheme."""
    found = _address(node.get("url")) or _address(node.get("mainEntityOfPage"))
    return found.partition("//")[2].rstrip("/") if found else None


def _is_free(ranked: list[dict[str, Any]]) -> bool | None:
    """What the article says of itself, else the page around it; else False where a part of either is not free.

    Other articles, as lists of teasers have them, are not asked: they have a headline and an address of their own.
    """
    best = ranked[0]
    headlines, place = (None, best.get("headline")), _place(best)
    own = [
        node
        for node in ranked
        if _rank(node) <= 1 or node.get("headline") in headlines or (place is not None and _place(node) == place)
    ]
    said = next((free for node in own if (free := _bool(node.get("isAccessibleForFree"))) is not None), None)
    if said is not None:
        return said
    for node in own:
        parts = node.get("hasPart")
        for part in parts[:100] if isinstance(parts, list) else [parts]:
            if isinstance(part, dict) and not part.get("headline") and _bool(part.get("isAccessibleForFree")) is False:
                return False
    return None


def _authors(value: Any, by_id: dict[str, dict[str, Any]]) -> list[tuple[str, str | None]]:
    found: list[tuple[str, str | None]] = []
    for item in (value if isinstance(value, list) else [value])[:50]:
        if isinstance(item, list):
            found.extend(_authors(item, by_id))
            continue
        whole = {**by_id.get(str(item.get("@id")), {}), **item} if isinstance(item, dict) else item
        if isinstance(whole, dict) and isinstance(whole.get("name"), list):
            found.extend((name, None) for name in _texts(whole["name"]))
            continue
        name = text_of(whole)
        if name is None and isinstance(whole, dict):
            name = " ".join(filter(None, (text_of(whole.get("givenName")), text_of(whole.get("familyName"))))) or None
        if name:
            profile = _address(whole.get("url") or whole.get("sameAs")) if isinstance(whole, dict) else None
            found.append((name, profile))
    return found


def read_json_ld(tree: HtmlElement) -> Facts:
    """What the JSON-LD blocks of a page say of its article; empty Facts without any."""
    nodes: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and script.text and len(script.text) <= MAX_SCRIPT:
            nodes.extend(_nodes(_parse(script.text)))
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    return _facts(nodes, by_id)


def _facts(nodes: list[dict[str, Any]], by_id: dict[str, dict[str, Any]]) -> Facts:
    ranked = sorted(
        (node for node in nodes if _rank(node)),
        key=lambda node: (_rank(node), bool(node.get("headline")), bool(node.get("datePublished"))),
        reverse=True,
    )
    facts = Facts()
    if not ranked:
        return facts
    best = ranked[0]
    article = _rank(best) > 1
    facts.type = next(iter(_types(best)), None)
    facts.headline = text_of(best.get("headline")) or (text_of(best.get("name")) if article else None)
    facts.alternative_headline = text_of(best.get("alternativeHeadline")) or text_of(best.get("alternateName"))
    facts.description = text_of(best.get("description"))
    facts.authors = _authors(best.get("author") or best.get("creator"), by_id)
    publisher = best.get("publisher") or best.get("sourceOrganization")
    publisher = publisher[0] if isinstance(publisher, list) and publisher else publisher
    if isinstance(publisher, dict):
        publisher = {**by_id.get(str(publisher.get("@id")), {}), **publisher}
    facts.publisher = text_of(publisher)
    facts.keywords = _keywords(best.get("keywords"))
    facts.section = text_of(best.get("articleSection"))
    facts.image = _address(best.get("image")) or _address(best.get("thumbnailUrl"))
    facts.license = text_of(best.get("license")) or text_of(best.get("copyrightNotice"))
    facts.language = text_of(best.get("inLanguage"))
    facts.free = _is_free(ranked)
    facts.canonical = [url for name in ("url", "mainEntityOfPage", "@id") if (url := _address(best.get(name)))]
    for node in ranked:  # a WebPage beside the article often knows the date that the article lacks
        facts.published.extend(_texts(node.get("datePublished"))[:1])
        facts.modified.extend(_texts(node.get("dateModified"))[:1])
    body = best.get("articleBody") or best.get("text")
    facts.body = body if isinstance(body, str) and body.strip() else None
    return facts
