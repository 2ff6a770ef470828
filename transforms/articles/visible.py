"""What the visible parts of a page say around the text: subheadline, bylines, dates, source, tags, license."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from transforms.articles.blocks import Structure
from transforms.articles.bylines.find import read_bylines
from transforms.articles.bylines.lines import Byline
from transforms.articles.heads import Head, find_head
from transforms.articles.page_elements import visible_words, words_of_rel
from transforms.articles.stated_sources import find_source
from transforms.articles.subheadlines import read_subheadline
from transforms.articles.visible_dates import is_of_article, read_visible_dates

_CATEGORY = "category"
_MAX_TAG = 80
"""Code points of a tag; what is longer is a sentence or a teaser."""


@dataclass(slots=True)
class Visible:
    """What a reader sees around the text; strings in one line."""

    subheadline: str | None = None
    bylines: list[Byline] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    """Dates of publication in lines of the head."""
    times: list[str] = field(default_factory=list)
    """The same of ``<time>``."""
    modified: list[str] = field(default_factory=list)
    """Dates that are labelled as those of a change."""
    source: str | None = None
    """Newspaper, site or agency that a line states as the source of the article."""
    license: str | None = None
    keywords: list[str] = field(default_factory=list)
    """Words of links to tags that belong to the article; those to categories are left out."""


def _read_tags(structure: Structure, head: Head) -> list[str]:
    """Return the tags of the article: its container says so, as for a date below the text."""
    tags = (
        visible_words(mark.element, max_chars=_MAX_TAG).lstrip("#").strip()
        for mark in structure.tags
        if _CATEGORY not in words_of_rel(mark.element) and is_of_article(structure, mark.container, head)
    )
    return list(dict.fromkeys(tag for tag in tags if 1 < len(tag) <= _MAX_TAG))


def read_visible(
    structure: Structure,
    titles: list[str],
    links: list[HtmlElement],
    *,
    language: str | None = None,
    decks: Sequence[str] = (),
) -> Visible:
    """Read what the head of the article on a page shows.

    Args:
        structure: of the page.
        titles: what the page calls itself, to find its headline.
        links: its ``<link>``.
        language: BCP 47 tag of the page.
        decks: other headlines that the page declares; one that stands below its headline is the subheadline.
    """
    head = find_head(structure, titles)
    dates = read_visible_dates(structure, head, language)
    seen = Visible(dates=dates.dates, times=dates.times, modified=dates.modified)
    seen.subheadline = read_subheadline(structure, head, titles, decks, language)
    seen.bylines = read_bylines(structure, head, language)
    seen.keywords = _read_tags(structure, head)
    seen.source = find_source(structure, head, titles)
    seen.license = next(
        (
            str(element.get("href")).strip()
            for element in (*structure.licenses, *links)
            if "license" in words_of_rel(element) and element.get("href")
        ),
        None,
    )
    return seen
