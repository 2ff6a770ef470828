"""What a page says of its article besides the text, each field from the best source."""

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import TypeVar

from courlan import extract_domain
from lxml.html import HtmlElement

from schemas.articles import Author, DateCandidate
from transforms.articles.agencies import join_names
from transforms.articles.authors import choose_authors, with_address
from transforms.articles.blocks import Structure
from transforms.articles.dates import parse_date
from transforms.articles.facts import MAX_TEXT, Facts, choose_keywords, one_line
from transforms.articles.folding import letters
from transforms.articles.headings import (
    describe_headings,
    find_original_title,
    find_part,
    find_site_headings,
    find_site_name,
    read_headings,
    read_title,
)
from transforms.articles.headlines import (
    choose_alternative,
    choose_headline,
    is_title,
    names_of,
    share_word,
    without_page_count,
)
from transforms.articles.heads import Elements, find_elements, find_title
from transforms.articles.json_ld import PageIdentity, read_json_ld
from transforms.articles.meta_tags import read_meta_tags, read_microdata
from transforms.articles.publication_dates import (
    MAX_DATES,
    Dated,
    choose_date,
    choose_published,
    correct_zone,
    date_of_url,
    list_candidates,
    without_dates_of_pages,
)
from transforms.articles.visible import Visible, read_visible
from transforms.urls import host_of, join_url, split_url

_CLOCK = re.compile(r"\d\d:\d\d")
_FEWEST_COMMAS = 2
"""Commas of a list of sections; the name of one has one: "Arts, Books & Media"."""

_NOBODY: tuple[Author, ...] = ()
_NO_CANDIDATES: tuple[DateCandidate, ...] = ()
_NONE: list[str] = []
_T = TypeVar("_T")
_log = logging.getLogger(__name__)

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it warns about every page that lacks something


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a page says of its article; fields as Article has them."""

    headline: str | None = None
    subheadline: str | None = None
    alternative_headline: str | None = None
    description: str | None = None
    byline: str | None = None
    authors: tuple[Author, ...] = ()
    publisher_name: str | None = None
    source: str | None = None
    """What a line states as the source of the article, which is not the publication itself."""
    published: Dated | None = None
    modified: Dated | None = None
    keywords: tuple[str, ...] = ()
    article_section: str | None = None
    article_type: str | None = None
    image_url: str | None = None
    image_caption: str | None = None
    """As JSON-LD has it, where the picture is its own; at times the headline, or what the page has as alternative."""
    image_credit: str | None = None
    license: str | None = None
    is_accessible_for_free: bool | None = None
    in_language_declared: str | None = None
    url: str | None = None
    body: str | None = None
    """JSON-LD articleBody as it stands."""
    titles: tuple[str, ...] = ()
    """Every title the page has, to find repeats in the text."""
    failed: tuple[str, ...] = ()
    """Sources that could not be read, such as 'metadata.json_ld'."""
    date_candidates: tuple[DateCandidate, ...] = ()
    """Every date of publication that the page or its address states, most trusted first."""
    declared_types: tuple[str, ...] = ()
    """schema.org types of all JSON-LD objects, in the order of the page, each once; microdata's of the article last."""
    main_entity_types: tuple[str, ...] = ()
    """Of those, the types of what is the page's main entity, or names the page as its own."""
    og_type: str | None = None
    """Lower case."""
    word_count_declared: int | None = None
    paid_selectors: tuple[str, ...] = ()
    """CSS selectors of the parts that JSON-LD says are not free."""
    sources: tuple[str, ...] = ()
    """Whom bylines and markup name beside the authors: a source or an owner of the rights, which may be an agency."""
    has_next_page: bool = False
    """Whether the text goes on on another page of the same article."""


NO_PAGE = Metadata()
"""Of what is not a page."""

MAX_URLS = 20
"""Most addresses that are tried as the page's own."""

MAX_LINKS = 200
"""Most ``<link>`` that are looked at for the next page."""

_LONGEST_SECTION = 100
"""Code points of the longest name of a section; what is longer is a teaser."""

_BEFORE_NAME = " -–—|｜_:：·»"
"""What stands between a headline and the name of the publication."""

_PAGE_NUMBER = re.compile(r"(?:(/page/|/seite/|[?&](?:page|seite|pagina)=)|/)(\d{1,2})/?$")
_MAX_NUMBER = 20
_TAG_BCP47 = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


def first(*values: str | None) -> str | None:
    """Return the first value that holds something."""
    return next((value for value in map(one_line, values) if value), None)


def _same_site(one: str, other: str) -> bool:
    left, right = (host_of(url) for url in (one, other))
    return left == right or (extract_domain(one) or ".".join(left.split(".")[-2:])) == (
        extract_domain(other) or ".".join(right.split(".")[-2:])
    )


def choose_url(candidates: Iterable[str], page_url: str | None) -> str | None:
    """Choose the address that the page gives itself, if it can be believed.

    Absolute http(s), on the site that the page was read from, and no home page or section of it.
    """
    for candidate in islice(candidates, MAX_URLS):
        try:
            parts = split_url(candidate[:MAX_TEXT].strip())
            if parts.scheme not in ("http", "https") or not parts.hostname or "." not in parts.hostname:
                continue
            segments = [segment for segment in parts.path.split("/") if segment]
            if page_url is None:
                if segments or parts.query:
                    return candidate.strip()
                continue
            here = [segment for segment in split_url(page_url).path.split("/") if segment]
            if not _same_site(candidate, page_url) or (not segments and not parts.query and here):
                continue
            if len(segments) == 1 and len(here) > 2 and here[0] == segments[0] and not parts.query:
                continue
        except ValueError:
            continue
        return candidate.strip()
    return None


def has_next_page(links: Iterable[HtmlElement], own: list[str]) -> bool:
    """Return whether ``<link rel=next>`` leads to the next page of the same article, and not to another article.

    Its address is that of the page, with the number of the page behind it.

    Args:
        links: of the page.
        own: addresses of the page; the number in them may be missing on the first.
    """
    target = next((link.get("href") for link in islice(links, MAX_LINKS) if link.get("rel") == "next"), None)
    if not target:
        return False
    for address in own[:MAX_URLS]:
        there = _split_page_number(join_url(address, target[:MAX_TEXT]) or "")
        here = _split_page_number(address)
        if there == (address.rstrip("/"), 2, there[2]) or (there[2] and there == (here[0], max(1, here[1]) + 1, True)):
            return True
    return False


def _split_page_number(address: str) -> tuple[str, int, bool]:
    """Split an address into what stands before the number of its page, that, or 0, and whether a word says so."""
    address = address.partition("#")[0]
    found = _PAGE_NUMBER.search(address, max(0, len(address) - _MAX_NUMBER))
    if found is None:
        return address.rstrip("/"), 0, False
    return address[: found.start()].rstrip("/"), int(found[2]), found[1] is not None


def choose_language(*tags: str | None) -> str | None:
    """Choose the first well-formed BCP 47 tag."""
    for tag in tags:
        text = (tag or "")[:100].strip().replace("_", "-").split(",")[0]
        if _TAG_BCP47.fullmatch(text):
            return text
    return None


class _Sources:
    """Sources of metadata, each read by itself: a failure in one affects neither the others nor the article."""

    def __init__(self) -> None:
        self.failed: list[str] = []

    def read(self, name: str, read: Callable[[], _T], otherwise: _T) -> _T:
        """Read a source, or return ``otherwise`` where it cannot be read."""
        try:
            return read()
        except Exception as error:  # libraries may raise anything on what strangers wrote
            _log.debug("metadata.%s: %s: %.200s", name, type(error).__name__, error)
            self.failed.append(f"metadata.{name}")
            return otherwise


def read_metadata(
    tree: HtmlElement,
    structure: Structure,
    *,
    elements: Elements | None = None,
    url: str | None = None,
    received: datetime | None = None,
    has_items: bool = True,
) -> Metadata:
    """Read what a page says of its article.

    JSON-LD first, then meta tags, microdata and what the head of the article shows. Nothing is searched for in the
    text. The tree is not changed. A source that cannot be read is as if it were silent, and is named in ``failed``.

    Args:
        tree: as transforms.articles.pages gives it.
        structure: of the same tree.
        elements: what find_elements gives of the tree, where the caller has it.
        url: address of the page.
        received: when the page was: dates more than a day after it are none. None when unknown.
        has_items: False where no element has an ``itemprop``, so that none is looked for.
    """
    sources = _Sources()
    elements = find_elements(tree) if elements is None else elements
    meta = sources.read("meta", lambda: read_meta_tags(tree, elements), Facts())
    title = sources.read("headings", lambda: read_title(elements["title"]), None)
    headings = sources.read("headings", lambda: read_headings(elements["h1"]), _NONE)
    logos = sources.read("headings", lambda: find_site_headings([*elements["h1"], *elements["h2"]], url), _NONE)
    has_own = any(line not in logos for line in headings)
    named = [line for line in (meta.headline, title) if line]
    has_title = has_own and is_title(headings, named)
    if has_own and named and not has_title and not any(share_word(line, named) for line in headings):
        keys = [letters(line) for line in named]
        has_own = sources.read("headings", lambda: find_title(structure, keys) is None, True)
    host = _host(url)
    sites = [meta.publisher, *logos, host, host.split(".")[0] if host else None, host.rpartition(".")[0]]
    part = None
    if not has_title:
        part = sources.read(
            "headings", lambda: find_part(structure, named, names_of(tuple(sites)), is_heading=has_own), None
        )
    if not has_own:
        headings = [part] if part else []
    own = [address for address in (url, *meta.canonical[:MAX_URLS]) if address]
    titles = [line for line in (*headings, meta.headline, title) if line]
    ld = sources.read("json_ld", lambda: read_json_ld(elements["script"], PageIdentity(own, titles)), Facts())
    micro = sources.read("microdata", lambda: read_microdata(tree) if has_items else Facts(), Facts())
    language = choose_language(meta.language, ld.language, micro.language)
    named = [line for line in (ld.headline, meta.headline, micro.headline, title) if line]
    shown = [*named, part] if part else named
    declared = [line for line in (ld.alternative_headline, micro.alternative_headline) if line]
    seen = sources.read(
        "visible",
        lambda: read_visible(structure, shown, elements["link"], language=language, decks=declared),
        Visible(),
    )
    publisher = first(ld.publisher, meta.publisher, micro.publisher)
    if publisher is None:
        publisher = sources.read("publisher", lambda: find_site_name(tree.iter("a"), title, url), None)
    sites = [publisher, *sites]
    headline = sources.read(
        "headline",
        lambda: choose_headline(named, describe_headings(elements["h1"], headings, structure), sites, part),
        None,
    )
    headline = without_page_count(headline) if headline else None
    dates: list[tuple[str, str]] = sources.read("date_published", lambda: _list_dates(ld, meta, micro, seen, url), [])
    published = sources.read(
        "date_published",
        lambda: choose_published(
            without_dates_of_pages(dates, ld),
            language,
            received,
            has_change=bool(ld.modified or meta.modified or micro.modified or seen.modified),
        ),
        None,
    )
    candidates = sources.read("date_published", lambda: list_candidates(dates, language), _NO_CANDIDATES)
    modified = sources.read(
        "date_modified",
        lambda: choose_date(
            [
                *_some(ld.modified, "json_ld"),
                *_some(meta.modified, "meta"),
                *_some(micro.modified, "meta"),
                *_some(seen.modified, "byline"),
            ],
            language,
            received,
        ),
        None,
    )
    modified = sources.read("date_modified", lambda: correct_zone(modified, published, dates), modified)
    markup = [ld.authors, meta.authors, micro.authors]
    authors = sources.read("authors", lambda: choose_authors(markup, seen.bylines, publisher), _NOBODY)
    authors = sources.read("authors", lambda: tuple(with_address(author, url) for author in authors), authors)
    image = first(ld.image, meta.image, micro.image)
    image = sources.read("image", lambda: join_url(url, image) if image else None, None)
    original = sources.read("headline", lambda: find_original_title(structure), None)
    keywords = [ld.keywords, meta.keywords, *meta.more_keywords, micro.keywords, seen.keywords]
    others = [*declared, ld.headline, *meta.titles, original, title]
    subheadline = first(meta.subheadline, seen.subheadline)
    decks = [subheadline, meta.description, ld.description, micro.description]
    alternative = sources.read("headline", lambda: choose_alternative(headline, others, sites, decks), None)
    return Metadata(
        headline=headline,
        subheadline=subheadline,
        alternative_headline=alternative,
        description=first(meta.description, ld.description, micro.description),
        byline=next(
            (
                line
                for line in (byline.line for byline in seen.bylines)
                if any(author.name.casefold() in line.casefold() for author in authors)
            ),
            None,
        ),
        authors=authors,
        publisher_name=_without_headline(publisher, headline),
        source=seen.source if seen.source and not _shares_name(seen.source, publisher or "") else None,
        published=published,
        modified=modified,
        keywords=tuple(
            dict.fromkeys(word for word in map(one_line, choose_keywords(keywords, [headline or "", *named])) if word)
        ),
        article_section=first(*(one for one in (ld.section, meta.section, micro.section) if _is_section(one))),
        article_type=first(ld.type, micro.type, meta.type),
        image_url=image if image and image.startswith(("http://", "https://")) else None,
        image_caption=one_line(ld.image_caption) if ld.image else None,
        image_credit=one_line(ld.image_credit) if ld.image else None,
        license=first(ld.license, seen.license, meta.license),
        is_accessible_for_free=next((free for free in (ld.free, meta.free, micro.free) if free is not None), None),
        in_language_declared=language,
        url=sources.read("url", lambda: choose_url([*meta.canonical, *ld.canonical], url), None),
        body=ld.body,
        titles=tuple(
            title for title in (ld.headline, meta.headline, micro.headline, *headings[:2], *declared) if title
        ),
        failed=tuple(dict.fromkeys(sources.failed)),
        date_candidates=candidates,
        declared_types=tuple(dict.fromkeys([*ld.declared_types, *([micro.type] if micro.type else [])])),
        main_entity_types=tuple(ld.main_entity_types),
        og_type=meta.og_type,
        word_count_declared=ld.word_count,
        paid_selectors=tuple(ld.paid_selectors),
        sources=join_names(
            [
                *(author.name for byline in seen.bylines if byline.is_sure for author in byline.authors),
                *ld.sources,
                *meta.sources,
            ]
        ),
        has_next_page=sources.read("url", lambda: has_next_page(elements["link"], own), False),
    )


def _without_headline(publisher: str | None, headline: str | None) -> str | None:
    """Return the name of a publication without the headline that some systems set before it."""
    if not publisher or not headline or not publisher.startswith(headline):
        return publisher
    rest = publisher[len(headline) :]
    return rest.strip(_BEFORE_NAME) or publisher if rest.startswith(tuple(_BEFORE_NAME)) else publisher


def _shares_name(one: str, other: str) -> bool:
    """Return whether one name holds the other: "海州日报网" and "海州日报"."""
    keys = sorted((letters(one), letters(other)), key=len)
    return bool(keys[0]) and keys[0] in keys[1]


def _is_section(name: str | None) -> bool:
    """Return whether a section is neither a teaser nor a list of several, such as "Trade, Ports, Fishing"."""
    return len(name or "") <= _LONGEST_SECTION and (name or "").count(",") < _FEWEST_COMMAS


def _host(url: str | None) -> str:
    return host_of(url).removeprefix("www.")


def _some(dates: list[str], source: str) -> list[tuple[str, str]]:
    return [(raw, source) for raw in dates[:MAX_DATES]]


def _list_dates(ld: Facts, meta: Facts, micro: Facts, seen: Visible, url: str | None) -> list[tuple[str, str]]:
    """Return what the page or its address states as its day or instant of publication, best source first."""
    address = date_of_url(url)
    others = [*meta.published, *micro.published, *seen.times, *seen.dates]
    clocks = [
        _CLOCK.findall(raw)[:1] for raw in others[:MAX_DATES]
    ]  # a clock that it repeats is not of the zone it says
    if ld.events:  # what readers see of the page is then the day of the event
        times = [raw for raw in seen.times if raw[:10] not in ld.events]
        dates = [
            raw for raw in seen.dates if (found := parse_date(raw)) is None or found.day.isoformat() not in ld.events
        ]
        seen = replace(seen, times=times, dates=dates)
    return [
        *_some(ld.published, "json_ld"),
        *_some(meta.published, "meta"),
        *_some(micro.published, "meta"),
        *_some(seen.times, "time"),
        *_some(seen.dates, "byline"),
        *_some(ld.created, "json_ld"),
        *_some([raw for raw in meta.created if _CLOCK.findall(raw)[:1] not in clocks], "meta"),
        *_some([address.raw] if address else [], "url"),
    ]
