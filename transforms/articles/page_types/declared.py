"""What a page declares itself to be: types of schema.org, og:type, its generator, class names of its template."""

import re
from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

from lxml.html import HtmlElement

from transforms.articles.blocks import Structure
from transforms.articles.page_elements import Elements, words_of_rel

_MAX_CLASS = 500
_MAX_TAGS = 500
_MAX_TYPES = 100
_MAX_CONTAINERS = 6_000
_MAX_DEPTH = 16
"""How many containers may stand around an item that the page is about."""


_ARTICLES = frozenset((
    "blogposting", "report", "recipe", "claimreview", "review", "criticreview", "socialmediaposting", "howto",
    "liveblogposting",
))  # fmt: skip
"""Types of what is written to be read as one piece, lower case, besides those that end in "article"."""

_KINDS = {
    "DiscussionForumPosting": "forum",
    "QAPage": "forum",
    "ImageGallery": "gallery",
    "MediaGallery": "gallery",
    "VideoGallery": "gallery",
    "VideoObject": "video",
    "Movie": "video",
    "TVEpisode": "video",
    "Clip": "video",
    "PodcastEpisode": "audio",
    "PodcastSeries": "audio",
    "RadioEpisode": "audio",
    "AudioObject": "audio",
    "SearchResultsPage": "index",
    "CollectionPage": "index",
    "ProfilePage": "profile",
    "Product": "product",
    "ProductGroup": "product",
    "IndividualProduct": "product",
    "SoftwareApplication": "product",
    "MobileApplication": "product",
    "Service": "product",
    "OfferCatalog": "listing",
    "SomeProducts": "listing",
}
"""Types of schema.org that name another kind of page, most telling first, and the kind."""

KINDS_OF_TYPES = {name.lower(): kind for name, kind in _KINDS.items()}
"""The same, lower case."""

_SPELLED = {name.lower(): name for name in _KINDS}

_GOODS = frozenset(("product", "productgroup", "individualproduct"))
_REVIEWS = frozenset(("review", "criticreview"))
"""Types of articles that, as properties of goods, are what customers say of them."""

KINDS_OF_OPEN_GRAPH: dict[str, str] = {
    "profile": "profile",
    "product": "product",
    "product.item": "product",
    "og:product": "product",
    "product.group": "listing",
    "product:group": "listing",
    "music.song": "audio",
    "music.album": "audio",
    "music.radio_station": "audio",
    "video": "video",
    "video.other": "video",
    "video.movie": "video",
    "video.episode": "video",
    "video.tv_show": "video",
}

# What WordPress writes on the body of a page: a list of posts is "archive" and what it is a list of.
_ARCHIVES = frozenset(("category", "tag", "author", "date", "post-type-archive", "tax-post_format"))
_ARTICLE_TEMPLATES = frozenset((
    "single-post", "post-template", "page-node-type-article", "page-node-type-news", "node-type-article",
    "node-type-story", "node-type-news",
))  # fmt: skip
_FORUMS = re.compile(r"\b(?:discourse|phpbb|vbulletin|xenforo|flarum|nodebb|mybb|simple machines)\b", re.IGNORECASE)


class Declared(NamedTuple):
    """What a page declares, before anyone decides whether to believe it."""

    types: tuple[str, ...] = ()
    """Types of its JSON-LD and of the items of its microdata, lower case."""
    og_type: str = ""
    template: str = ""
    """'article', 'index', 'profile', 'forum' or 'error', where class names of its body or its generator say it."""
    has_next: bool = False
    """Whether a ``<link>`` leads to a next page of a list."""
    title: str = ""
    is_dated: bool = False
    """Whether its metadata says when it was published."""
    is_authored: bool = False

    @property
    def is_article(self) -> bool:
        """Whether a type or the template is that of an article.

        og:type does not count, it is on every second page; nor does TechArticle, the type of instructions.
        """
        return self.template == "article" or any(
            (kind.endswith("article") and kind != "techarticle") or kind in _ARTICLES for kind in self.types
        )


def read_declared(
    tree: HtmlElement,
    structure: Structure,
    *,
    elements: Elements,
    types: Iterable[str],
    og_type: str | None,
    has_items: bool = True,
    is_dated: bool = False,
    is_authored: bool = False,
) -> Declared:
    """Read what a page declares besides what its metadata says.

    Args:
        tree: as transforms.articles.pages gives it; not changed.
        structure: of the tree.
        elements: what find_elements gives of the page.
        types: of its JSON-LD, as published.
        og_type: as published.
        has_items: whether the page has items of microdata.
        is_dated: its metadata says when it was published.
        is_authored: it names an author.
    """
    items = _read_items(tree, structure) if has_items else []
    every = dict.fromkeys(kind[:100].lower() for kind in (*islice(types, _MAX_TYPES), *items))
    own = {kind.lower() for kind in items}
    if own & _GOODS:
        every = dict.fromkeys(kind for kind in every if kind not in _REVIEWS or kind in own)
    links, metas = elements["link"][:_MAX_TAGS], elements["meta"][:_MAX_TAGS]
    has_next = any("next" in words_of_rel(link) for link in links)
    title = next((" ".join((element.text or "")[:500].split()) for element in elements["title"]), "")
    named = (meta for meta in metas if (meta.get("name") or "")[:20].lower() == "generator")
    generator = next((meta.get("content") or "" for meta in named), "")[:200]
    return Declared(
        tuple(every),
        " ".join((og_type or "")[:50].lower().split()),
        "forum" if _FORUMS.search(generator) else _read_template(tree),
        has_next,
        title,
        is_dated,
        is_authored,
    )


def _read_items(tree: HtmlElement, structure: Structure) -> list[str]:
    """Return the types of the items of microdata that are not a property of another."""
    found: list[str] = []
    outer = (container.element for container in structure.containers[:_MAX_CONTAINERS] if container.depth <= _MAX_DEPTH)
    for element in (tree, *outer):
        kind = element.get("itemtype")
        if kind and element.get("itemprop") in (None, "mainEntity") and len(found) < _MAX_TYPES:
            found.append(kind.strip()[-100:].rsplit("/", 1)[-1])
    return found


def _read_template(tree: HtmlElement) -> str:
    names: set[str] = set()
    for element in (tree, tree.find("body")):
        if element is not None:
            names.update((element.get("class") or "")[:_MAX_CLASS].lower().split())
    if names & _ARTICLE_TEMPLATES:
        return "article"
    if "error404" in names:
        return "error"
    if "archive" in names and names & _ARCHIVES:
        return "profile" if "author" in names else "index"
    if "search-results" in names or "search-no-results" in names or {"home", "blog"} <= names:
        return "index"
    return ""


def decide_declared(declared: Declared, prose: int) -> tuple[str, str] | None:
    """Return the kind that a page declares and what declares it; None where that does not decide.

    Where it declares to be an article, too, nothing is decided: an article may have a product, a video or a gallery
    in it.

    >>> decide_declared(Declared(types=("webpage", "product")), 0)
    ('product', 'Product')

    Args:
        declared: what it declares.
        prose: code points of its long paragraphs; with enough of them, a page with a video or pictures is an article.
    """
    if declared.is_article:
        return None
    found: tuple[str, str] | None = None
    for kind, mark in (
        *((KINDS_OF_TYPES[name], name) for name in KINDS_OF_TYPES if name in declared.types),
        (KINDS_OF_OPEN_GRAPH.get(declared.og_type, ""), f"og:type {declared.og_type}"),
        (declared.template, "its template"),
    ):
        if kind and not (kind in ("video", "audio", "gallery") and prose >= MOST_PROSE_BESIDE_MEDIA):
            found = kind, _SPELLED.get(mark, mark)
            break
    return found


MOST_PROSE_BESIDE_MEDIA = 1_000
"""Code points of long paragraphs from which a page that declares a video or pictures is an article with them."""
