"""What the JSON-LD of a page says of its article."""

import re
from collections.abc import Iterable
from itertools import islice
from typing import Any

from lxml.html import HtmlElement

from transforms.articles.facts import MAX_TEXT, Facts, NamedAuthor, OneName, split_keywords
from transforms.articles.json_ld.choose import PageIdentity, addresses_of, choose_nodes
from transforms.articles.json_ld.nodes import (
    MAX_DEPTH,
    MAX_VALUES,
    address_of,
    list_nodes,
    rank_of,
    read_bool,
    read_count,
    text_of,
    texts_of,
    types_of,
)
from transforms.articles.json_ld.parse import parse
from transforms.characters import unescape

MAX_SCRIPT = 2_000_000
"""Characters of one block that are read; blocks of real pages are a few thousand long."""
MAX_SCRIPTS = 100
"""How many blocks are read at most."""
_MAX_AUTHORS = 50
_MAX_TYPES = 50
_TYPE = re.compile(r"ld\+json|json\+ld", re.IGNORECASE)
"""The media type of JSON-LD, and how some write it."""
_OPENING = re.compile(r'\s{0,99}\[?\s{0,99}\{\s{0,99}"@context"\s{0,9}:')
_SOURCES = ("sourceOrganization", "provider", "creditText", "copyrightHolder")


def _picture(value: Any, by_id: dict[str, dict[str, Any]]) -> tuple[str | None, dict[str, Any]]:
    """Return the address of the first picture, and its node; a node may be named by its id.

    The id of a node is an address of the page with a fragment, or that of the picture.
    """
    for item in (value if isinstance(value, list) else [value])[:20]:
        node: dict[str, Any] = {}
        if isinstance(item, dict):
            node = {**by_id.get(str(item.get("@id"))[:MAX_TEXT], {}), **item}
            found = address_of(node.get("url")) or address_of(node.get("contentUrl")) or address_of(node.get("@id"))
        else:
            found = address_of(item)
        if found and "#" not in found:
            return found, node
    return None, {}


def _is_free(ranked: list[dict[str, Any]]) -> bool | None:
    """Return what the article says, else the page around it; else False where a part of either is not free.

    Other articles, as lists of teasers have them, do not count: they have a headline and an address of their own.
    """
    best = ranked[0]
    headlines, places = (None, text_of(best.get("headline"))), set(addresses_of(best))
    own = [
        node
        for node in ranked
        if rank_of(node) <= 1 or text_of(node.get("headline")) in headlines or not places.isdisjoint(addresses_of(node))
    ]
    said = next((free for node in own if (free := read_bool(node.get("isAccessibleForFree"))) is not None), None)
    if said is not None:
        return said
    return False if any(not part.get("headline") for node in own for part in _paid_parts(node)) else None


def _paid_parts(node: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the parts of an object that are not free."""
    parts = node.get("hasPart")
    return [
        part
        for part in (parts[:100] if isinstance(parts, list) else [parts])
        if isinstance(part, dict) and read_bool(part.get("isAccessibleForFree")) is False
    ]


def _authors(value: Any, by_id: dict[str, dict[str, Any]], depth: int = 0) -> list[NamedAuthor]:
    found: list[NamedAuthor] = []
    for item in (value if isinstance(value, list) else [value])[:_MAX_AUTHORS]:
        if len(found) >= _MAX_AUTHORS:
            break
        if isinstance(item, list):
            found.extend(_authors(item, by_id, depth + 1) if depth < MAX_DEPTH else [])
            continue
        whole = {**by_id.get(str(item.get("@id"))[:MAX_TEXT], {}), **item} if isinstance(item, dict) else item
        if isinstance(whole, dict) and (inner := _inside_role(whole)) is not None:
            inside = _authors(inner, by_id, depth + 1) if depth < MAX_DEPTH else []
            role = text_of(whole.get("roleName")) if address_of(whole.get("roleName")) is None else None
            found.extend(author._replace(role=author.role or role) for author in inside)
            continue
        if isinstance(whole, dict) and isinstance(whole.get("name"), list):
            found.extend(NamedAuthor(name) for name in texts_of(whole["name"], _MAX_AUTHORS))
            continue
        name = text_of(whole)
        if name is None and isinstance(whole, dict):
            name = " ".join(filter(None, (text_of(whole.get("givenName")), text_of(whole.get("familyName"))))) or None
        if name:
            if not isinstance(whole, dict):
                found.append(NamedAuthor(name))
                continue
            kind = _author_type(types_of(whole))
            profile = address_of(whole.get("url") or whole.get("sameAs"))
            found.append(
                NamedAuthor(OneName(name) if kind == "Person" else name, profile, kind, text_of(whole.get("jobTitle")))
            )
    return found[:_MAX_AUTHORS]


def _inside_role(node: dict[str, Any]) -> Any:
    """Return the authors that an object gives a role, under the property that it is itself the value of; else None."""
    if not any(kind.endswith("Role") for kind in types_of(node)):
        return None
    return node.get("author") or node.get("creator")


def _author_type(types: list[str]) -> str | None:
    """Return 'Person' or 'Organization', as the types of an author say."""
    if "Person" in types:
        return "Person"
    return "Organization" if any(kind.endswith(("Organization", "Corporation")) for kind in types) else None


def _blocks_in(scripts: list[HtmlElement]) -> list[HtmlElement]:
    """Return the blocks of JSON-LD: scripts of its type, else those without any type that open as JSON-LD does."""
    typed = (script for script in scripts if _TYPE.search((script.get("type") or "")[:200]))
    found = list(islice(typed, MAX_SCRIPTS))
    if found:
        return found
    bare = (script for script in scripts if not script.get("type") and _OPENING.match(script.text or ""))
    return list(islice(bare, MAX_SCRIPTS))


def read_json_ld(scripts: Iterable[HtmlElement], page: PageIdentity = PageIdentity()) -> Facts:  # noqa: B008 - it is immutable
    """Read what the JSON-LD blocks of a page say of its article; return empty Facts without any.

    Of several articles, the one whose address is the page's is taken, else the one whose headline is; what names
    another address and another headline is another article, as in lists of teasers, and does not count.

    Args:
        scripts: all of the page, in order.
        page: identifies the page's own article.
    """
    values: list[Any] = []
    for script in _blocks_in(list(scripts)):
        if script.text and len(script.text) <= MAX_SCRIPT:
            values.extend(parse(script.text))
    nodes = list_nodes(values)
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    facts = _facts(nodes, by_id, page)
    _add_types(facts, nodes)
    return facts


def _add_types(facts: Facts, nodes: list[dict[str, Any]]) -> None:
    """Add the types of all objects, and of those that are the main entity of the page."""
    every: dict[str, None] = {}
    main: dict[str, None] = {}
    for node in nodes[:MAX_VALUES]:
        types = types_of(node)
        every.update(dict.fromkeys(types))
        if node.get("mainEntityOfPage"):
            main.update(dict.fromkeys(types))
        entity = node.get("mainEntity")
        for item in entity[:20] if isinstance(entity, list) else [entity]:
            if isinstance(item, dict):
                main.update(dict.fromkeys(types_of(item)))
        if any(kind.endswith("Event") for kind in types):
            facts.events += [day[:10] for name in ("startDate", "endDate") for day in texts_of(node.get(name))[:1]]
    facts.declared_types, facts.main_entity_types = list(every)[:_MAX_TYPES], list(main)[:_MAX_TYPES]


def _facts(nodes: list[dict[str, Any]], by_id: dict[str, dict[str, Any]], page: PageIdentity) -> Facts:
    ranked = choose_nodes(nodes, page)
    facts = Facts()
    if not ranked:
        return facts
    best = ranked[0]
    article = rank_of(best) > 1
    facts.type = next(iter(types_of(best)), None)
    facts.describes_work = article or any(best.get(name) for name in ("headline", "author", "creator"))
    facts.headline = text_of(best.get("headline")) or (text_of(best.get("name")) if article else None)
    facts.alternative_headline = text_of(best.get("alternativeHeadline")) or text_of(best.get("alternateName"))
    facts.description = text_of(best.get("description"))
    facts.authors = _authors(best.get("author"), by_id) or _authors(best.get("creator"), by_id)
    publisher = best.get("publisher") or best.get("sourceOrganization")
    publisher = publisher[0] if isinstance(publisher, list) and publisher else publisher
    if isinstance(publisher, dict):
        publisher = {**by_id.get(str(publisher.get("@id"))[:MAX_TEXT], {}), **publisher}
    facts.publisher = text_of(publisher)
    facts.keywords = split_keywords(texts_of(best.get("keywords")))
    facts.section = text_of(best.get("articleSection"))
    facts.image, picture = _picture(best.get("image"), by_id)
    facts.image_caption = text_of(picture.get("caption"))
    facts.image_credit = text_of(picture.get("creditText")) or text_of(picture.get("copyrightHolder"))
    facts.image = facts.image or address_of(best.get("thumbnailUrl"))
    facts.license = text_of(best.get("license")) or text_of(best.get("copyrightNotice"))
    facts.language = text_of(best.get("inLanguage"))
    facts.free = _is_free(ranked)
    facts.canonical = [url for name in ("url", "mainEntityOfPage", "@id") if (url := address_of(best.get(name)))]
    for node in ranked[:20]:  # a WebPage beside the article often knows the date that the article lacks
        facts.published.extend(texts_of(node.get("datePublished"))[:1])
        facts.modified.extend(texts_of(node.get("dateModified"))[:1])
    facts.sources = [text for name in _SOURCES for text in texts_of(best.get(name), 5)]
    facts.created = texts_of(best.get("dateCreated"))[:1] if article else []
    facts.word_count = read_count(best.get("wordCount"))
    facts.paid_selectors = [line for part in _paid_parts(best) for line in texts_of(part.get("cssSelector"), 20)][:20]
    body = best.get("articleBody") or best.get("text")
    if isinstance(body, str) and body.strip():
        facts.body = unescape(body) if body.lstrip()[:4] == "&lt;" else body  # escaped twice
    return facts
