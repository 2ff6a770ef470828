"""The tree of a page comes in; what is known of its article besides the text goes out, best source first."""

import html
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from courlan import extract_domain
from htmldate import find_date
from lxml.html import HtmlElement
from trafilatura.metadata import extract_author

from schemas.articles import Author
from transforms.articles.dates import ParsedDate, parse_date
from transforms.articles.facts import Facts
from transforms.articles.json_ld import read_json_ld
from transforms.articles.meta_tags import read_meta_tags, read_microdata
from transforms.articles.names import clean_authors, is_faceless
from transforms.articles.visible import Visible, read_visible

for _chatty in ("htmldate", "trafilatura"):  # both warn about every page that lacks something
    logging.getLogger(_chatty).setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A date and where it was found; ``source`` as Article.date_published_source has it."""

    parsed: ParsedDate
    raw: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a page says of its article; fields as Article has them."""

    headline: str | None
    subheadline: str | None
    alternative_headline: str | None
    description: str | None
    byline: str | None
    authors: tuple[Author, ...]
    publisher_name: str | None
    published: Dated | None
    modified: Dated | None
    keywords: tuple[str, ...]
    article_section: str | None
    article_type: str | None
    image_url: str | None
    license: str | None
    is_accessible_for_free: bool | None
    in_language_declared: str | None
    url: str | None
    body: str | None
    """JSON-LD articleBody as it stands."""
    titles: tuple[str, ...] = ()
    """Every title the page has, for telling repeats in the text."""


_SEPARATOR = re.compile(r"\s+[|–—\-•·»:/]+\s+|\s*\|\s*")
_URL_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)([/\-_.])(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])(?!\d)")
_URL_COMPACT = re.compile(r"[/\-_](20[0-3]\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=[/\-_.]|$)")
_TAG_BCP47 = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


def one_line(text: str | None) -> str | None:
    """Character references resolved, white space folded; None for nothing."""
    return " ".join(html.unescape(text).replace("\u00ad", "").replace("\u200b", "").split()) or None if text else None


def first(*values: str | None) -> str | None:
    """The first value that holds something."""
    return next((value for value in map(one_line, values) if value), None)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def strip_site(title: str, sites: Iterable[str | None]) -> str:
    """A title without the name of its site at either end.

    >>> strip_site("Bridge opens | The Example Times", ["Example Times"])
    'Bridge opens'
    """
    names = _names(sites)
    parts = list(_SEPARATOR.finditer(title))
    if parts:
        last, head = title[parts[-1].end() :], title[: parts[-1].start()]
        if _letters(last).removeprefix("the") in names and head.strip():
            return strip_site(head.strip(), sites)
        opening, tail = title[: parts[0].start()], title[parts[0].end() :]
        if _letters(opening).removeprefix("the") in names and tail.strip():
            return tail.strip()
    return title


def choose_headline(ld: Facts, meta: Facts, micro: Facts, seen: Visible, sites: list[str | None]) -> str | None:
    """The headline: what JSON-LD says; the h1 where another title begins with it; else the best of the rest."""
    named = [
        strip_site(title, sites)
        for title in map(one_line, (ld.headline, meta.headline, micro.headline, seen.title))
        if title
    ]
    h1 = [line for line in (one_line(line) for line in seen.h1) if line]
    keys = [_letters(title) for title in named]
    for line in h1:
        key = _letters(line)
        if len(key) > 8 and any(title.startswith(key) for title in keys):
            return line
        for title, own in zip(named, keys, strict=True):
            if len(own) > 15 and key.endswith(own):  # a kicker stands inside the h1
                return title
    news = "News" in (ld.type or "")
    own_h1 = [line for line in h1 if _letters(line).removeprefix("the") not in _names(sites)]
    if len(own_h1) == 1 and not (news and ld.headline) and len(own_h1[0]) > 10:
        return strip_site(own_h1[0], sites)
    return named[0] if named else next(iter(h1), None)


def _names(sites: Iterable[str | None]) -> set[str]:
    return {_letters(site).removeprefix("the") for site in sites if site} - {""}


def _same_site(one: str, other: str) -> bool:
    left, right = (urlsplit(url).hostname or "" for url in (one, other))
    return (extract_domain(one) or ".".join(left.split(".")[-2:])) == (
        extract_domain(other) or ".".join(right.split(".")[-2:])
    )


def choose_url(candidates: Iterable[str], page_url: str | None) -> str | None:
    """The address that the page gives itself, if it can be believed.

    Absolute http(s), on the site that the page was read from, and no home page or section of it.
    """
    for candidate in candidates:
        try:
            parts = urlsplit(candidate.strip())
            if parts.scheme not in ("http", "https") or not parts.hostname or "." not in parts.hostname:
                continue
            segments = [segment for segment in parts.path.split("/") if segment]
            if page_url is None:
                if segments or parts.query:
                    return candidate.strip()
                continue
            here = [segment for segment in urlsplit(page_url).path.split("/") if segment]
            if not _same_site(candidate, page_url) or (not segments and not parts.query and here):
                continue
            if len(segments) == 1 and len(here) > 2 and here[0] == segments[0] and not parts.query:
                continue
        except ValueError:
            continue
        return candidate.strip()
    return None


def date_of_url(url: str | None) -> Dated | None:
    """The day that an address names, as in /2024/05/03/."""
    for form in (_URL_DATE, _URL_COMPACT):
        match = form.search(urlsplit(url or "").path)
        if match:
            groups = [group for group in match.groups() if group.isdigit()]
            parsed = parse_date("{}-{:0>2}-{:0>2}".format(*groups))
            if parsed is not None:
                return Dated(parsed=parsed, raw=match.group().strip("/-_"), source="url")
    return None


def choose_date(candidates: Iterable[tuple[str, str]], language: str | None) -> Dated | None:
    """The first date that can be read; an instant of the same day is preferred to a bare day.

    Args:
        candidates: raw date and its source, most trusted first.
        language: BCP 47 tag of the page.
    """
    best: Dated | None = None
    for raw, source in candidates:
        parsed = parse_date(raw, language=language)
        if parsed is None:
            continue
        if best is None:
            best = Dated(parsed=parsed, raw=raw, source=source)
        if best.parsed.precision == "instant":
            return best
        if parsed.precision == "instant" and parsed.day == best.parsed.day:
            return Dated(parsed=parsed, raw=raw, source=source)
    return best


def choose_language(*tags: str | None) -> str | None:
    """The first well-formed BCP 47 tag."""
    for tag in tags:
        text = (tag or "").strip().replace("_", "-").split(",")[0]
        if _TAG_BCP47.fullmatch(text):
            return text
    return None


def _search_date(tree: HtmlElement, url: str | None) -> Dated | None:
    """Last resort: htmldate looks through the visible text."""
    try:
        found = find_date(tree, original_date=True, extensive_search=True, url=url, outputformat="%Y-%m-%d")
    except (ValueError, TypeError, OverflowError):
        return None
    parsed = parse_date(found)
    return Dated(parsed=parsed, raw=found, source="text") if parsed is not None and found else None


def choose_authors(sources: Iterable[list[tuple[str, str | None]]], publisher: str | None) -> tuple[Author, ...]:
    """The authors of the first source that names people; else of the first that names anyone."""
    nobody: tuple[Author, ...] = ()
    for source in sources:
        authors = clean_authors(source, publisher=publisher)
        if any(not is_faceless(author.name, publisher) for author in authors):
            return authors
        nobody = nobody or authors
    return nobody


def read_metadata(tree: HtmlElement, *, url: str | None = None, search_date: bool = True) -> Metadata:
    """What a page says of its article.

    JSON-LD first, then meta tags, microdata and visible parts; trafilatura and htmldate search
    only for what is still missing, since they cost more than all the rest. The tree is not changed.

    Args:
        tree: as transforms.articles.pages gives it.
        url: address of the page.
        search_date: let htmldate look through the text when nothing else gives a date; costs up to half a second.
    """
    ld, meta = read_json_ld(tree), read_meta_tags(tree)
    micro, seen = read_microdata(tree), read_visible(tree)
    host = (urlsplit(url or "").hostname or "").removeprefix("www.")
    publisher = first(ld.publisher, meta.publisher)
    sites = [publisher, meta.publisher, host, host.split(".")[0] if host else None, host.rpartition(".")[0]]
    headline = choose_headline(ld, meta, micro, seen, sites)
    language = choose_language(meta.language, ld.language, micro.language)
    dates = [(raw, "json_ld") for raw in ld.published] + [(raw, "meta") for raw in meta.published + micro.published]
    published = choose_date([*dates, *((raw, "time") for raw in seen.times)], language) or date_of_url(url)
    if published is None:
        published = choose_date([(raw, "text") for raw in seen.dates], language)
        if published is None and search_date:
            published = _search_date(tree, url)
    modified = choose_date(
        [*((raw, "json_ld") for raw in ld.modified), *((raw, "meta") for raw in meta.modified + micro.modified)],
        language,
    )
    authors = choose_authors([ld.authors, meta.authors, micro.authors, *seen.authors], publisher)
    if not authors:
        searched = extract_author(tree)
        authors = clean_authors([(searched, None)] if searched else [], publisher=publisher)
    image = first(ld.image, meta.image, micro.image)
    image = urljoin(url or "", image) if image else None
    alternative = first(ld.alternative_headline, micro.alternative_headline)
    return Metadata(
        headline=headline,
        subheadline=first(meta.subheadline, seen.deck),
        alternative_headline=None
        if alternative and headline and _letters(alternative) == _letters(headline)
        else alternative,
        description=first(meta.description, ld.description, micro.description),
        byline=next(
            (line for line in seen.bylines if any(author.name.casefold() in line.casefold() for author in authors)),
            None,
        ),
        authors=authors,
        publisher_name=publisher,
        published=published,
        modified=modified,
        keywords=tuple(
            dict.fromkeys(word for word in map(one_line, ld.keywords or meta.keywords or micro.keywords) if word)
        ),
        article_section=first(ld.section, meta.section, micro.section),
        article_type=first(ld.type, micro.type, meta.type),
        image_url=image if image and image.startswith(("http://", "https://")) else None,
        license=first(ld.license, seen.license, meta.license),
        is_accessible_for_free=next((free for free in (ld.free, meta.free, micro.free) if free is not None), None),
        in_language_declared=language,
        url=choose_url([*meta.canonical, *ld.canonical], url),
        body=ld.body,
        titles=tuple(title for title in (ld.headline, meta.headline, micro.headline, *seen.h1[:2]) if title),
    )
