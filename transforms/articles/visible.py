"""What the visible parts of a page say around the text: headings, subheadline, bylines, times."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any

from lxml.etree import XPath
from lxml.html import HtmlElement

MAX_ELEMENTS = 20_000
"""How many elements with a class are read at max_chars."""

MAX_DEPTH = 100
"""How many elements around one are read at max_chars."""

MAX_LINKS = 50
"""How many links of one byline are read at max_chars."""

_ABOUT_CHARS = 300
"""Code points of a class, id or address that are read."""

_WITH_CLASS: Any = XPath("//body//*[@class or @rel='author']")
_SUBHEADLINE = re.compile(
    r"(?:^|[\s_-])(?:sub-?titles?|sub-?head(?:line|ing)?|standfirst|dek|deck|strapline|sous-titre|chapo|unterzeile|"
    r"entradilla|sommario|occhiello)(?:$|[\s_-])|[a-z](?:Subtitle|SubTitle|Subheadline|SubHeadline|Standfirst)",
    re.I,
)
_BYLINE = re.compile(
    r"(?:^|[\s_-])(?:by-?line|byLine|article-?author|author-?name|authors?|post-?author|entry-?author|writer|"
    r"autor(?:en)?|auteur|signature)(?:$|[\s_-])|[a-z](?:Byline|ByLine|AuthorName)",
    re.I,
)
_WORTH = re.compile(
    r"title|head|stand|de[ck]k?|strap|titre|chapo|zeile|entradilla|sommario|occhiello|author|autor|auteur|writer|"
    r"signature|by-?line|"
    r"date|datum|fecha|publi|time|posted",
    re.I,
)
"""What all the following patterns contain; few classes match it."""
_DATE = re.compile(
    r"(?:^|[\s_-])(?:date|datum|fecha|published|pub-?date|publish-?date|post-?date|dateline|timestamp|time|"
    r"meta-?date|posted-?on)(?:$|[\s_-])|[a-z](?:Date|Timestamp|PubDate)(?:$|[\s_A-Z-])"
)
_PROFILE = re.compile(
    r"author|autor|/people/|/person/|/by/|/team/|/staff/|/profile|/journalist|/redakt|/users?/|/contributor", re.I
)
_ASIDE = re.compile(
    r"comment|related|teaser|sidebar|footer|recommend|most-|popular|bio|card|promo|avatar|follow|share|newsletter",
    re.I,
)


@lru_cache(maxsize=16_384)
def _role(about: str) -> str:
    """Return what a class attribute says its element is: 'subheadline', 'byline', 'date' or nothing."""
    if not _WORTH.search(about):
        return ""
    return (
        "subheadline"
        if _SUBHEADLINE.search(about)
        else "byline"
        if _BYLINE.search(about)
        else "date"
        if _DATE.search(about)
        else ""
    )


_SUBHEADLINE_TAGS = frozenset(("p", "h2", "h3", "div", "span", "strong", "em"))
_OUTSIDE = frozenset(("aside", "footer", "nav", "li", "form", "template", "noscript"))


@dataclass(slots=True)
class Visible:
    """What a reader sees around the text; strings in one line."""

    title: str | None = None
    h1: list[str] = field(default_factory=list)
    subheadline: str | None = None
    bylines: list[str] = field(default_factory=list)
    authors: list[list[tuple[str, str | None]]] = field(default_factory=list)
    """Of each byline: its links to authors, or its words."""
    dates: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    license: str | None = None


def visible_words(element: HtmlElement, *, max_chars: int, between: str = " ") -> str:
    """Return the words of an element in one line, or a beginning of over ``max_chars`` code points.

    Elements stand in each other: to read all of each would take time quadratic in their depth.

    Args:
        max_chars: code points that the caller needs.
        between: what separates the pieces of text.
    """
    pieces: list[str] = []
    count = 0
    for text in islice(element.itertext(), 4 * max_chars):
        piece = text[: 8 * max_chars]
        pieces.append(piece)
        count += len(" ".join(piece.split()))
        if count > max_chars:
            break
    return " ".join(between.join(pieces).split())


def _line(element: HtmlElement, *, max_chars: int = 500) -> str:
    return visible_words(element, max_chars=max_chars)


def _about(element: HtmlElement, *names: str) -> str:
    return " ".join((element.get(name) or "")[:_ABOUT_CHARS] for name in names)


def _is_aside(element: HtmlElement) -> bool:
    for depth, parent in enumerate(islice(element.iterancestors(), MAX_DEPTH)):
        if parent.tag in _OUTSIDE or (depth < 5 and _ASIDE.search(_about(parent, "class", "id"))):
            return True
        if parent.tag in ("article", "main", "body"):
            return False
    return False


def _authors(element: HtmlElement, line: str) -> list[tuple[str, str | None]]:
    links = [
        (_line(link), link.get("href"))
        for link in islice(element.iter("a"), MAX_LINKS)
        if _PROFILE.search(_about(link, "href"))
    ]
    named = [(name, url if url and url.startswith("http") else None) for name, url in links if 4 <= len(name) <= 60]
    return named or [(line, None)]


def _times(tree: HtmlElement) -> list[str]:
    """Return values of ``<time>``: first those marked as publication, then the others in order."""
    ranked: list[tuple[int, str]] = []
    for number, element in enumerate(tree.iter("time")):
        if number >= 20:
            break
        value = (element.get("datetime") or "").strip() or _line(element)
        about = _about(element, "class", "itemprop", "data-testid").lower()
        if not value or _is_aside(element) or re.search(r"updat|modif", about):
            continue
        ranked.append((0 if element.get("pubdate") is not None or "publish" in about else 1, value[:100]))
    return [value for _, value in sorted(ranked, key=lambda pair: pair[0])]


def read_visible(tree: HtmlElement) -> Visible:
    """Read what the visible parts of a page say."""
    seen = Visible(times=_times(tree))
    title = tree.find(".//head//title")
    if title is None:
        title = next(tree.iter("title"), None)
    seen.title = _line(title) or None if title is not None else None
    seen.h1 = [line for line in (_line(element)[:500] for element in islice(tree.iter("h1"), 10)) if line]
    for number, element in enumerate(_WITH_CLASS(tree)):
        if number >= MAX_ELEMENTS or (seen.subheadline and len(seen.bylines) >= 3):
            break
        role = "byline" if element.get("rel") == "author" else _role(_about(element, "class"))
        if not role:
            continue
        line = _line(element)
        if role == "subheadline":
            if (
                seen.subheadline is None
                and element.tag in _SUBHEADLINE_TAGS
                and 20 <= len(line) <= 500
                and not _is_aside(element)
            ):
                seen.subheadline = line
        elif role == "byline":
            fits = len(seen.bylines) < 3 and 4 <= len(line) <= 150 and line not in seen.bylines
            if fits and not _is_aside(element):
                seen.bylines.append(line)
                seen.authors.append(_authors(element, line))
        elif len(seen.dates) < 5 and 8 <= len(line) <= 60 and line not in seen.dates and not _is_aside(element):
            seen.dates.append(line)
    for element in tree.iter("a", "link"):
        if "license" in _about(element, "rel").lower().split() and element.get("href"):
            seen.license = str(element.get("href")).strip()
            break
    return seen
