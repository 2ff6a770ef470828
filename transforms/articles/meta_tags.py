"""What the meta tags of a page say of its article."""

import json
import re
from collections.abc import Iterator
from functools import lru_cache

from lxml.html import HtmlElement

from transforms.articles.facts import MAX_TEXT, Facts, NamedAuthor, split_keywords
from transforms.articles.microdata import ITEMPROPS, MAX_TAGS, MAX_VALUES
from transforms.articles.page_elements import Elements, words_of_rel

MAX_TITLES = 10
"""How many titles are kept at most."""

MAX_JSON = 20_000
"""Characters of a tag that holds JSON; of a longer one nothing is read."""

_NAMES: dict[str, tuple[str, ...]] = {
    "headline": (
        "og:title", "twitter:title", "parsely-title", "sailthru.title", "citation_title", "dc.title", "dcterms.title",
        "title", "headline", "hdl", "fb_title",
    ),
    "description": (
        "og:description", "description", "twitter:description", "dc.description", "dcterms.description",
        "sailthru.description",
    ),
    "authors": (
        "author", "article:author", "parsely-author", "sailthru.author", "byl", "dc.creator", "dcterms.creator",
        "citation_author", "citation_authors", "og:author", "og:article:author", "article:author_name", "creator",
        "authors",
        "dcsext.author", "cxenseparse:author", "vr:author", "rbauthors", "articleauthor", "article_author",
    ),
    "publisher": ("og:site_name", "citation_journal_title", "dc.publisher", "publisher", "application-name",
        "al:ios:app_name"),
    "published": (
        "article:published_time", "article:published", "og:article:published_time", "og:published_time",
        "parsely-pub-date",
        "sailthru.date", "datepublished", "date.published", "published_at", "publish-date", "publish_date",
        "publishdate",
        "pubdate", "article.published", "cxenseparse:recs:publishtime", "dc.date.issued", "dcterms.issued",
        "dcterms.created",
        "dc.date.created", "dc.date", "dcterms.date", "citation_publication_date", "citation_online_date",
        "citation_date",
        "article_date_original", "originalpublicationdate", "ptime", "pdate", "rbpubdate", "date", "og:pubdate",
        "created",
        "vr:published_time", "date_published", "creation_date", "shareaholic:article_published_time", "last-published",
        "published", "release_date", "date.release", "date.available",
        "prism.publicationdate",
    ),
    "modified": (
        "article:modified_time", "og:updated_time", "article:modified", "datemodified", "date.modified",
        "dcterms.modified",
        "dc.date.modified", "lastmod", "last-modified", "utime", "revised", "article:updated_time", "updated_time",
        "updated", "last-updated", "article_date_updated",
    ),
    "keywords": ("article:tag", "news_keywords", "parsely-tags", "keywords", "sailthru.tags", "citation_keywords",
        "dcterms.subject"),
    "section": ("article:section", "parsely-section", "section", "og:article:section", "cxenseparse:category",
        "category"),
    "type": ("og:type",),
    "image": ("og:image", "og:image:secure_url", "og:image:url", "twitter:image", "twitter:image:src", "image",
        "thumbnail"),
    "license": ("dcterms.license", "dc.rights.license", "license"),
    "language": ("og:locale", "content-language", "dc.language", "language", "inlanguage"),
    "canonical": ("og:url", "twitter:url", "citation_public_url"),
    "tier": ("article:content_tier", "content_tier", "og:article:content_tier", "article:content-tier"),
    "subheadline": ("article:subtitle", "subtitle", "standfirst", "sailthru.subheadline"),
    "sources": ("dc.source", "dcterms.source", "source", "article:source", "syndication-source", "original-source",
        "news_source", "credit"),
}  # fmt: skip
_SINGLE = (
    "headline", "alternative_headline", "description", "publisher", "section", "image", "license", "language",
    "subheadline",
)  # fmt: skip
"""Fields of one value, which is that of the first tag in the list."""

_FREE, _NOT_FREE = frozenset(("free", "true")), frozenset(("locked", "metered", "paid", "premium", "false"))
_FIELD_OF = {name: (field, rank) for field, names in _NAMES.items() for rank, name in enumerate(names)}
_PAGE_AS_JSON = "parsely-page"
_JSON_FIELDS: dict[str, tuple[str, int]] = {
    "pub_date": ("created", 0), "section": ("section", 90), "author": _FIELD_OF["parsely-author"],
    "authors": _FIELD_OF["parsely-author"],
}  # fmt: skip
_PUBLICATION = frozenset(("pub", "publish", "published", "publication"))
_TIME = frozenset(("date", "time", "on", "at", "day"))
_CHANGE = frozenset(("modified", "updated", "modification"))
_NO_PUBLICATION = _CHANGE | {"expiration", "expires", "unpublish"}
_PUBLICATION_DATE = re.compile(
    r"(?:first)?(?:pub|publish|published)(?:date|time|day|on|at)|date(?:first)?(?:pub|published)"
)
_PEOPLE = re.compile(r"https?://|^//|^/|^@")


def read_meta_tags(tree: HtmlElement, elements: Elements) -> Facts:
    """Read ``<meta>``: Open Graph, article:, Twitter, Dublin Core, Parsely, Sailthru, citation and plain names.

    Args:
        tree: of the page.
        elements: of the same tree.
    """
    found = _values_by_field(elements["meta"])
    ranked = {
        field: [value for _, value in sorted(values, key=lambda pair: pair[0])] for field, values in found.items()
    }
    facts = Facts()
    for field in _SINGLE:
        setattr(facts, field, next(iter(ranked.get(field, ())), None))
    facts.titles = ranked.get("headline", [])[:MAX_TITLES]
    facts.published, facts.modified = ranked.get("published", []), ranked.get("modified", [])
    facts.created = ranked.get("created", [])
    facts.canonical = ranked.get("canonical", [])
    facts.sources = ranked.get("sources", [])
    facts.authors = _best_authors(found.get("authors", []))
    facts.keywords, *facts.more_keywords = _rank_keywords(found.get("keywords", [])) or [[]]
    facts.type = next((kind for kind in ranked.get("type", ()) if kind.lower() == "article"), None)
    facts.og_type = next((kind[:100].lower() for kind in ranked.get("type", ())), None)
    tier = next(iter(ranked.get("tier", ())), "").lower()
    facts.free = True if tier in _FREE else False if tier in _NOT_FREE else None
    canonical = _link(elements["link"], "canonical")
    facts.canonical = [canonical, *facts.canonical] if canonical else facts.canonical
    facts.language = (tree.get("lang") or tree.get("xml:lang") or facts.language or "")[:100].strip() or None
    return facts


def _values_by_field(tags: list[HtmlElement]) -> dict[str, list[tuple[int, str]]]:
    """Return what tags say, by the field of it, each with the place of its tag among those of the field."""
    found: dict[str, list[tuple[int, str]]] = {}
    for element in tags[:MAX_TAGS]:
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            value = element.get(attribute)
            if value is None:
                continue
            name, place = _place_of_name(value[:100])
            if name == _PAGE_AS_JSON:
                for key, rank, one in _read_json(element.get("content") or ""):
                    if len(values := found.setdefault(key, [])) < MAX_VALUES:
                        values.append((rank, one))
                break
            if attribute == "itemprop":
                field = ITEMPROPS.get(name)
                place = (field, 50) if field else None
            if place is None:
                continue
            content = " ".join((element.get("content") or "")[:MAX_TEXT].split())
            if content and len(values := found.setdefault(place[0], [])) < MAX_VALUES:
                values.append((place[1], content))
            break
    return found


def _read_json(content: str) -> Iterator[tuple[str, int, str]]:
    """Yield the fields of a page that one tag has as JSON, which ``parsely-pub-date`` and the like replaced.

    Its time may be of another zone than it says, so it counts after all others, as does its section. One that begins
    with a small letter is a name for programs.
    """
    try:
        page = json.loads(content) if len(content) <= MAX_JSON else None
    except (ValueError, RecursionError):
        return
    if not isinstance(page, dict):
        return
    for key, (field, rank) in _JSON_FIELDS.items():
        value = page.get(key)
        for one in (value if isinstance(value, list) else [value])[:MAX_VALUES]:
            if isinstance(one, str) and one.strip() and (key != "section" or one.strip()[0].isupper()):
                yield field, rank, " ".join(one[:MAX_TEXT].split())


@lru_cache(maxsize=1_024)  # all pages have some dozen names in common
def _place_of_name(written: str) -> tuple[str, tuple[str, int] | None]:
    """Return the name of a tag in lower case, and its field with its place among the names of the field."""
    name = written.strip().lower()
    return name, _FIELD_OF.get(name.replace("dc:", "dc.").replace("dcterms:", "dcterms.")) or _place_of(name)


def _place_of(name: str) -> tuple[str, int] | None:
    """Return the field of a name that is in no list: what says both "published" and "date" holds that.

    >>> [_place_of(name) for name in ("vendor:publishdate", "page-updated-date", "unpublish-date")]
    [('published', 60), ('modified', 60), None]
    """
    if "pub" not in name and "modif" not in name and "updat" not in name:
        return None
    words = set(re.split(r"[^a-z]+", name))
    if words & _NO_PUBLICATION:
        return ("modified", 60) if words & _CHANGE and words & _TIME else None
    is_date = words & _PUBLICATION and words & _TIME
    return ("published", 60) if is_date or any(_PUBLICATION_DATE.fullmatch(word) for word in words) else None


def _link(links: list[HtmlElement], rel: str) -> str:
    for element in links[:MAX_TAGS]:
        if rel in words_of_rel(element) and element.get("href"):
            return str(element.get("href"))[:MAX_TEXT].strip()
    return ""


def _best_authors(found: list[tuple[int, str]]) -> list[NamedAuthor]:
    """Return all values of the tag that comes first in the list; addresses of profiles are not names."""
    usable = sorted((pair for pair in found if not _PEOPLE.match(pair[1])), key=lambda pair: pair[0])
    return [NamedAuthor(value) for rank, value in usable if rank == usable[0][0]]


def _rank_keywords(found: list[tuple[int, str]]) -> list[list[str]]:
    """Return the keywords of each tag, the first in the list of tags first."""
    ranks = sorted({rank for rank, _ in found})
    return [split_keywords(value for rank, value in found if rank == one) for one in ranks]
