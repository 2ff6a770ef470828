"""What a page says of its article besides the text, each field from the best source."""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from lxml.html import HtmlElement

from schemas.articles import Author, DateCandidate
from transforms.articles.agencies import join_names
from transforms.articles.authors import choose_authors, with_address
from transforms.articles.blocks import Structure
from transforms.articles.facts import Facts, choose_keywords, one_line
from transforms.articles.folding import letters
from transforms.articles.headings import describe_headings
from transforms.articles.headlines import choose_alternative, choose_headline, without_page_count
from transforms.articles.json_ld.choose import PageIdentity
from transforms.articles.json_ld.read import read_json_ld
from transforms.articles.meta_tags import read_meta_tags
from transforms.articles.metadata_sources import Said, Sources
from transforms.articles.microdata import read_microdata
from transforms.articles.original_titles import find_original_title
from transforms.articles.page_addresses import MAX_URLS, choose_url, has_next_page
from transforms.articles.page_dates import read_dates
from transforms.articles.page_elements import Elements, find_elements
from transforms.articles.page_titles import PageTitles, read_titles
from transforms.articles.publication_dates import Dated
from transforms.articles.sentence_ends import is_sentence
from transforms.articles.site_names import find_site_name
from transforms.articles.visible import Visible, read_visible
from transforms.urls import join_url

_FEWEST_COMMAS = 2
"""Commas of a list of sections; the name of one has one: "Arts, Books & Media"."""

_NOBODY: tuple[Author, ...] = ()

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
    parts: tuple[str, ...] = ()
    """Headings among them that agree with no other title: each heads a part of the text."""
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
    """Whether the page declares that the text goes on on another page of the same article."""
    addresses: tuple[str, ...] = ()
    """Of the page itself: as requested, and as its markup says."""


NO_PAGE = Metadata()
"""Of what is not a page."""

_LONGEST_PART = 120
"""Code points of the longest heading of a part of the text."""

_MAX_TITLE = 1_000

_LONGEST_SECTION = 100
"""Code points of the longest name of a section; what is longer is a teaser."""

_BEFORE_NAME = " -–—|｜_:：·»"
"""What stands between a headline and the name of the publication."""

_TAG_BCP47 = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


def first(*values: str | None) -> str | None:
    """Return the first value that holds something."""
    return next((value for value in map(one_line, values) if value), None)


def choose_language(*tags: str | None) -> str | None:
    """Choose the first well-formed BCP 47 tag."""
    for tag in tags:
        text = (tag or "")[:100].strip().replace("_", "-").split(",")[0]
        if _TAG_BCP47.fullmatch(text):
            return text
    return None


class _Page(NamedTuple):
    """What the sources of a page say, and what more than one reader needs of that."""

    said: Said
    titles: PageTitles
    language: str | None
    addresses: list[str]
    """Of the page itself, as in Metadata."""
    named: list[str]
    """What the page declares as its headline or title, the most trusted first."""
    alternatives: list[str]
    """What it declares as other headlines."""


class _Headlines(NamedTuple):
    """The headlines of an article."""

    headline: str | None
    subheadline: str | None
    alternative: str | None


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
    sources = Sources()
    elements = find_elements(tree) if elements is None else elements
    page = _read_sources(sources, tree, structure, elements, url, has_items=has_items)
    said, titles, language = page.said, page.titles, page.language
    ld, meta, micro, seen = said.ld, said.meta, said.micro, said.seen
    publisher = first(ld.publisher, meta.publisher, micro.publisher)
    if publisher is None:
        publisher = sources.read("publisher", lambda: find_site_name(tree.iter("a"), titles.title, url), None)
    headlines = _choose_headlines(sources, page, structure, elements, publisher)
    headline = headlines.headline
    dates = read_dates(sources, said, url=url, language=language, received=received)
    authors = _choose_authors(sources, said, publisher, url, language)
    image = first(ld.image, meta.image, micro.image)
    image = sources.read("image", lambda: join_url(url, image) if image else None, None)
    return Metadata(
        headline=headline,
        subheadline=headlines.subheadline,
        alternative_headline=headlines.alternative,
        description=first(meta.description, ld.description, micro.description),
        byline=_choose_byline(seen, authors),
        authors=authors,
        publisher_name=_without_headline(publisher, headline),
        source=seen.source if seen.source and not _shares_name(seen.source, publisher or "") else None,
        published=dates.published,
        modified=dates.modified,
        keywords=_choose_keywords(said, [headline or "", *page.named]),
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
            title
            for title in (ld.headline, meta.headline, micro.headline, *titles.headings[:2], *page.alternatives)
            if title
        ),
        parts=_list_parts(titles.headings[1:2], [headline, *page.named]),
        date_candidates=dates.candidates,
        declared_types=tuple(dict.fromkeys([*ld.declared_types, *([micro.type] if micro.type else [])])),
        main_entity_types=tuple(ld.main_entity_types),
        og_type=meta.og_type,
        word_count_declared=ld.word_count,
        paid_selectors=tuple(ld.paid_selectors),
        sources=_list_sources(said),
        has_next_page=sources.read("url", lambda: has_next_page(elements["link"], page.addresses), False),
        addresses=tuple(page.addresses),
        failed=tuple(dict.fromkeys(sources.failed)),  # last: what stands before reads sources, too
    )


def _read_sources(
    sources: Sources, tree: HtmlElement, structure: Structure, elements: Elements, url: str | None, *, has_items: bool
) -> _Page:
    """Read the sources of a page, each with what those before it say of the page."""
    meta = sources.read("meta", lambda: read_meta_tags(tree, elements), Facts())
    titles = read_titles(sources, structure, elements, meta, url)
    own = [address for address in (url, *meta.canonical[:MAX_URLS]) if address]
    lines = [line for line in (*titles.headings, meta.headline, titles.title) if line]
    ld = sources.read("json_ld", lambda: read_json_ld(elements["script"], PageIdentity(own, lines)), Facts())
    micro = sources.read("microdata", lambda: read_microdata(tree) if has_items else Facts(), Facts())
    language = choose_language(meta.language, ld.language, micro.language)
    named = [line for line in (ld.headline, meta.headline, micro.headline, titles.title) if line]
    alternatives = [line for line in (ld.alternative_headline, micro.alternative_headline) if line]
    seen = sources.read(
        "visible",
        lambda: read_visible(
            structure,
            [*named, titles.part] if titles.part else named,
            elements["link"],
            language=language,
            decks=alternatives,
        ),
        Visible(),
    )
    return _Page(Said(ld=ld, meta=meta, micro=micro, seen=seen), titles, language, own, named, alternatives)


def _choose_headlines(
    sources: Sources, page: _Page, structure: Structure, elements: Elements, publisher: str | None
) -> _Headlines:
    """Choose the headlines among the titles that a page declares and shows."""
    ld, meta, micro, titles = page.said.ld, page.said.meta, page.said.micro, page.titles
    sites = [publisher, *titles.sites]
    headline = sources.read(
        "headline",
        lambda: choose_headline(
            page.named, describe_headings(elements["h1"], titles.headings, structure), sites, titles.part
        ),
        None,
    )
    headline = without_page_count(headline) if headline else None
    subheadline = first(meta.subheadline, page.said.seen.subheadline)
    original = sources.read("headline", lambda: find_original_title(structure), None)
    others = [*page.alternatives, ld.headline, *meta.titles, original, titles.title]
    decks = [subheadline, meta.description, ld.description, micro.description]
    alternative = sources.read("headline", lambda: choose_alternative(headline, others, sites, decks), None)
    return _Headlines(headline, subheadline, alternative)


def _list_parts(headings: Sequence[str], titles: Sequence[str | None]) -> tuple[str, ...]:
    """List the headings that are neither a part of a title nor hold one; a sentence or a long line may be a caption."""
    headings = [heading for heading in headings if len(heading) <= _LONGEST_PART and not is_sentence(heading)]
    keys = [key for title in titles if (key := letters((title or "")[:_MAX_TITLE]))]
    lines = [(heading, letters(heading)) for heading in headings]
    return tuple(heading for heading, line in lines if not any(line in key or key in line for key in keys))


def _choose_authors(
    sources: Sources, said: Said, publisher: str | None, url: str | None, language: str | None
) -> tuple[Author, ...]:
    """Choose the authors among those of markup and bylines; their addresses are made absolute."""
    markup = [said.ld.authors, said.meta.authors, said.micro.authors]
    authors = sources.read("authors", lambda: choose_authors(markup, said.seen.bylines, publisher, language), _NOBODY)
    return sources.read("authors", lambda: tuple(with_address(author, url) for author in authors), authors)


def _choose_byline(seen: Visible, authors: tuple[Author, ...]) -> str | None:
    """Return the first byline that names an author."""
    names = [author.name.casefold() for author in authors]
    lines = (byline.line for byline in seen.bylines)
    return next((line for line in lines if any(name in line.casefold() for name in names)), None)


def _choose_keywords(said: Said, titles: list[str]) -> tuple[str, ...]:
    """Choose the keywords of the best source, each once and in one line."""
    lists = [said.ld.keywords, said.meta.keywords, *said.meta.more_keywords, said.micro.keywords, said.seen.keywords]
    return tuple(dict.fromkeys(word for word in map(one_line, choose_keywords(lists, titles)) if word))


def _list_sources(said: Said) -> tuple[str, ...]:
    """List whom sure bylines name, and the sources and owners of rights that markup states."""
    named = (author.name for byline in said.seen.bylines if byline.is_sure for author in byline.authors)
    return join_names([*named, *said.ld.sources, *said.meta.sources])


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
