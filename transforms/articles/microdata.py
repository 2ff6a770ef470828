"""What the microdata of a page says of its article."""

import re
from itertools import islice
from typing import Any

from lxml.etree import XPath
from lxml.html import HtmlElement

from transforms.articles.facts import MAX_KEYWORDS, MAX_TEXT, Facts, NamedAuthor, split_keywords
from transforms.articles.name_forms import is_office_line, is_person
from transforms.articles.roles import split_name

MAX_TAGS = 2_000
"""How many properties, or meta tags, are read at most."""

MAX_VALUES = 100
"""Most values of one field; real pages have some dozen keywords."""

MAX_DEPTH = 100
"""How many elements around a property are read at most for the item that it belongs to."""

MOST_ITEMS = 2
"""Most items that may all be parts of one article."""

MAX_ITEMS, MAX_PARAGRAPHS = 50, 200
"""How many items, and paragraphs of each, are counted at most to find the page's own."""

FEWEST_PARAGRAPHS = 3
"""Paragraphs that the page's own item has among several; an h1 counts as so many."""

MAX_INSIDE = 500
"""How many elements inside an author are read at most for names."""

ITEMPROPS = {
    "headline": "headline", "alternativeheadline": "alternative_headline", "datepublished": "published",
    "datecreated": "published", "datemodified": "modified", "author": "authors", "publisher": "publisher",
    "description": "description", "articlesection": "section", "keywords": "keywords", "isaccessibleforfree": "tier",
    "inlanguage": "language",
}  # fmt: skip
_OFFICE_CLASSES = frozenset(("role", "title", "jobtitle", "job", "position", "office", "designation"))
_BEFORE_OFFICE = " ,;:|/–—-·•(["
# A condition on each element takes twice as long, and "/.." time quadratic in the elements that it finds.
_PROPERTIES: Any = XPath("descendant-or-self::*/@itemprop")
_ITEMPROP = re.compile(rb"item[pP]rop")
_ARTICLE_TYPE = re.compile(r"schema\.org/((?:\w*Article|BlogPosting|Report|Review\w*|\w*Posting))/?$")


def _value(element: HtmlElement) -> str:
    """Read a property, cut at MAX_TEXT; of a body that is one property only the start is gathered."""
    for name in ("content", "datetime", "href" if element.tag == "link" else "content"):
        if element.get(name):
            return " ".join(str(element.get(name))[:MAX_TEXT].split())
    pieces: list[str] = []
    length = 0
    for piece in element.itertext():
        pieces.append(piece)
        length += len(piece)
        if length > MAX_TEXT:
            break
    return " ".join("".join(pieces)[:MAX_TEXT].split())


def has_microdata(body: bytes) -> bool:
    """Return whether a page may hold ``itemprop``, in the ways in which programs write it."""
    return _ITEMPROP.search(body) is not None


def read_microdata(tree: HtmlElement) -> Facts:
    """Read ``itemprop`` of the page's article; comments and related articles are left out where they are marked.

    Of three or more items that are articles, that which holds most paragraphs is the page's; an h1 counts as a few.
    Where none has enough, all are teasers of others. Two may be parts of one article.
    """
    facts = Facts()
    articles: list[HtmlElement | None] = []
    with_authors: list[HtmlElement | None] = []
    elements = [value.getparent() for value in islice(_PROPERTIES(tree), MAX_TAGS)]
    found = [(element, _scope(element)) for element in elements]
    scopes = dict.fromkeys(scope for _, scope in found if scope is not None and _article_type(scope) is not None)
    own = _own_items(list(scopes))
    for element, scope in found:
        if scope is not None and scope not in own:
            continue
        if scope is None and (element.tag == "meta" or not _is_first(element, articles)):
            continue
        if (element.get("itemprop") or "").lower() == "author" and not _is_first(element, with_authors):
            continue
        _take(facts, element)
        if scope is not None:
            facts.type = facts.type or _article_type(scope)
    return facts


def _article_type(item: HtmlElement) -> str | None:
    """Return the type of an item that is an article; None for any other."""
    match = _ARTICLE_TYPE.search((item.get("itemtype") or "")[:200])
    return match[1] if match else None


def _own_items(items: list[HtmlElement]) -> set[HtmlElement]:
    """Return those of the items that are articles which are the page's own."""
    if len(items) <= MOST_ITEMS:
        return set(items)
    sizes = [
        sum(FEWEST_PARAGRAPHS if inner.tag == "h1" else 1 for inner in islice(item.iter("p", "h1"), MAX_PARAGRAPHS))
        for item in items[:MAX_ITEMS]
    ]
    largest = max(sizes)
    return {items[sizes.index(largest)]} if largest >= FEWEST_PARAGRAPHS else set()


def _is_first(element: HtmlElement, articles: list[HtmlElement | None]) -> bool:
    """Return whether a property without an item stands in the same ``<article>`` as the first such property.

    Args:
        element: the property.
        articles: that of the first property; filled by the first call.
    """
    own = next((parent for parent in islice(element.iterancestors(), MAX_DEPTH) if parent.tag == "article"), None)
    if not articles:
        articles.append(own)
    return own is articles[0]


def _scope(element: HtmlElement) -> HtmlElement | None:
    """Return the item that the property belongs to."""
    parents = islice(element.iterancestors(), MAX_DEPTH)
    return next(
        (parent for parent in parents if parent.get("itemscope") is not None or parent.get("itemtype")),
        None,
    )


def _names_in(element: HtmlElement) -> list[str]:
    """Return the names of the persons or organisations that a property gives."""
    inner = [item for item in islice(element.iter(), MAX_INSIDE) if item.get("itemprop") == "name"]
    values = [_value(item) for item in inner[:20] if item is not element]
    if not values and (element.get("itemprop") != "publisher" or element.get("itemscope") is None):
        values = [_value(element)]
    return [value for value in values if value and len(value) < 200]


def _authors_in(element: HtmlElement) -> list[NamedAuthor]:
    """Return the authors that a property gives, with the office that an element at the end of a name holds."""
    named = [NamedAuthor(name) for name in _names_in(element)]
    inner = [item for item in islice(element.iter(), MAX_INSIDE) if isinstance(item.tag, str)]
    last = next((item for item in reversed(inner) if item.get("itemprop") == "name"), element)
    if len(named) != 1 or last.get("content") or not len(last) or not isinstance(last[-1].tag, str):
        return named
    office, name = _value(last[-1]), named[0].name
    person = name[: -len(office)].rstrip(_BEFORE_OFFICE)
    is_marked = not _OFFICE_CLASSES.isdisjoint(split_name((last[-1].get("class") or "")[:200]))
    is_at_end = bool(office) and name.endswith(office) and name == _value(last)
    if is_at_end and is_person(person) and (is_marked or is_office_line(office)):
        return [NamedAuthor(person, role=office.strip(_BEFORE_OFFICE + ")]"))]
    return named


def _take(facts: Facts, element: HtmlElement) -> None:
    names = (element.get("itemprop") or "")[:200].lower().split()
    for name in names:
        field = ITEMPROPS.get(name)
        if field == "authors" and len(facts.authors) < 20:
            facts.authors.extend(_authors_in(element))
        elif field == "publisher":
            facts.publisher = facts.publisher or next(iter(_names_in(element)), None)
        elif field in ("published", "modified"):
            if len(getattr(facts, field)) < MAX_VALUES:
                getattr(facts, field).append(_value(element)[:200])
        elif field == "keywords":
            if len(facts.keywords) < MAX_KEYWORDS:
                facts.keywords = split_keywords([*facts.keywords, _value(element)[:2000]])
        elif field == "tier":
            facts.free = (
                {"true": True, "false": False}.get(_value(element).lower()) if facts.free is None else facts.free
            )
        elif field is not None and getattr(facts, field) is None:
            setattr(facts, field, _value(element)[:2000] or None)
