"""What a page calls itself: its title, its h1, or the line that stands in for one, and the names of its site."""

from dataclasses import dataclass

from transforms.articles.blocks import Structure
from transforms.articles.facts import Facts
from transforms.articles.folding import letters
from transforms.articles.headings import read_headings, read_title
from transforms.articles.headlines import is_title, names_of, share_word
from transforms.articles.metadata_sources import Sources
from transforms.articles.page_elements import Elements
from transforms.articles.site_names import find_site_headings
from transforms.articles.title_lines import find_part, find_title
from transforms.urls import host_of

_NONE: list[str] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTitles:
    """What a page calls itself, besides what its markup declares.

    Attributes:
        title: its ``<title>``.
        headings: its h1; where they are of something else, the line that is the longest part of its title.
        part: that line, where no h1 agrees with a title.
        sites: names of the site, as far as they are known before its publisher is.
    """

    title: str | None
    headings: list[str]
    part: str | None
    sites: list[str | None]


def read_titles(sources: Sources, structure: Structure, elements: Elements, meta: Facts, url: str | None) -> PageTitles:
    """Read what a page calls itself; where no h1 agrees with a title, look for its headline among all lines.

    Args:
        sources: notes what cannot be read.
        structure: of the page.
        elements: what find_elements gives of it.
        meta: what its meta tags say.
        url: address of the page.
    """
    title = sources.read("headings", lambda: read_title(elements["title"]), None)
    headings = sources.read("headings", lambda: read_headings(elements["h1"]), _NONE)
    logos = sources.read("headings", lambda: find_site_headings([*elements["h1"], *elements["h2"]], url), _NONE)
    has_own = any(line not in logos for line in headings)
    named = [line for line in (meta.headline, title) if line]
    has_title = has_own and is_title(headings, named)
    if has_own and named and not has_title and not any(share_word(line, named) for line in headings):
        keys = [letters(line) for line in named]
        has_own = sources.read("headings", lambda: find_title(structure, keys) is None, True)
    host = host_of(url).removeprefix("www.")
    sites = [meta.publisher, *logos, host, host.split(".")[0] if host else None, host.rpartition(".")[0]]
    part = None
    if not has_title:
        part = sources.read(
            "headings", lambda: find_part(structure, named, names_of(tuple(sites)), is_heading=has_own), None
        )
    if not has_own:
        headings = [part] if part else []
    return PageTitles(title=title, headings=headings, part=part, sites=sites)
