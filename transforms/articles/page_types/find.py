"""The kind of a page, by what it declares, by its structure, and by its address, in that order."""

from math import expm1
from typing import NamedTuple

from lxml.html import HtmlElement

from transforms.articles.blocks import Structure
from transforms.articles.metadata import Metadata
from transforms.articles.page_elements import Elements
from transforms.articles.page_types.address import decide_address
from transforms.articles.page_types.declared import MOST_PROSE_BESIDE_MEDIA, Declared, decide_declared, read_declared
from transforms.articles.page_types.features import LEAST_ENTRIES, Measures, has_prose, is_clock, measure_page
from transforms.articles.page_types.model import load_model, make_vector, name_kind, rate, without_address
from transforms.articles.page_types.stated import is_about_article, measure_metadata, name_types

LEAST_ELEMENTS = 60
"""Elements from which the structure of a page says something: smaller ones are articles unless they declare more."""


class PageType(NamedTuple):
    """What kind of page a page is."""

    type: str
    """One of schemas.values.PAGE_TYPES, or 'error'."""
    by: str
    """'declared', 'structure' or 'address'."""
    mark: str = ""
    """What decided, for messages; empty for an article."""


class Evidence(NamedTuple):
    """What is known of a page when its kind is decided."""

    declared: Declared
    measures: Measures
    url: str | None


def find_page_type(
    tree: HtmlElement,
    structure: Structure,
    *,
    elements: Elements,
    metadata: Metadata,
    url: str | None,
    has_items: bool = True,
) -> PageType:
    """Find what kind of page a page is; an article where nothing says otherwise. Linear; takes less than 1 ms.

    Args:
        tree: as transforms.articles.pages gives it; not changed.
        structure: of the tree.
        elements: what find_elements gives of it.
        metadata: of the page.
        url: its address.
        has_items: whether it may have microdata.
    """
    declared = read_declaration(tree, structure, elements=elements, metadata=metadata, has_items=has_items)
    if states_article(declared, structure, metadata, url):
        return PageType("article", "declared")
    return decide(read_evidence(declared, structure, metadata, url))


def read_declaration(
    tree: HtmlElement, structure: Structure, *, elements: Elements, metadata: Metadata, has_items: bool = True
) -> Declared:
    """Read what a page declares itself to be; arguments as for find_page_type."""
    return read_declared(
        tree,
        structure,
        elements=elements,
        types=metadata.declared_types,
        og_type=metadata.og_type,
        has_items=has_items,
        is_dated=metadata.published is not None and metadata.published.source in ("json_ld", "meta"),
        is_authored=bool(metadata.authors),
    )


def states_article(declared: Declared, structure: Structure, metadata: Metadata, url: str | None) -> bool:
    """Return whether a page declares to be an article, with its date, and holds the text of one.

    Then nothing is measured. The model agrees: of the development pages that state it, none has a score near its
    limit, and none is of another kind. Some systems declare every page of a site to be an article: what an address
    says of another kind is a reason to look. A page with as many times as a live blog has may be one.
    """
    return (
        declared.is_dated
        and declared.is_article
        and "liveblogposting" not in declared.types
        and (declared.og_type == "article" or is_about_article(metadata))
        and decide_address(url) is None
        and has_prose(structure, MOST_PROSE_BESIDE_MEDIA)
        and len(structure.times) + sum(is_clock(block.text) for block in structure.blocks) < LEAST_ENTRIES
    )


def read_evidence(declared: Declared, structure: Structure, metadata: Metadata, url: str | None) -> Evidence:
    """Gather what tells the kind of a page that does not state it."""
    measures = measure_page(structure, declared, url)
    stated = measure_metadata(metadata, declared.title, url)
    return Evidence(declared, measures._replace(values=measures.values | stated, types=name_types(metadata)), url)


def measure_prose(measures: Measures) -> int:
    """Return the code points of long paragraphs of a page."""
    return round(expm1(measures.values["prose"]))


def is_small(measures: Measures) -> bool:
    """Return whether a page has too few elements for its structure to say anything; one without any text says much."""
    values = measures.values
    is_few = expm1(values["elements"]) < LEAST_ELEMENTS
    return is_few and bool(values["inside"] or values["ld_article"])


def decide(evidence: Evidence) -> PageType:
    """Decide what kind of page a page is by all that is known of it."""
    declared, measures, url = evidence
    model = load_model()
    vector = make_vector(model, measures)
    score = rate(model, vector)
    named = decide_declared(declared, measure_prose(measures))
    if named is not None and score > model.declared_limit:
        return PageType(named[0], "declared", named[1])
    is_thin = is_small(measures)
    if score > model.limit and not is_thin:
        kind = name_kind(model, vector)
        by = "structure" if rate(model, without_address(model, vector)) > model.limit else "address"
        return PageType(kind, by, f"score {score:.1f}, limit {model.limit:.1f}")
    if score > model.address_limit and not is_thin and not declared.is_article:
        named = decide_address(url)
        if named is not None:
            return PageType(named[0], "address", named[1])
    if "liveblogposting" in declared.types:
        return PageType("live_blog", "declared", "LiveBlogPosting")
    entries = round(expm1(measures.values["entries"]))
    if entries >= LEAST_ENTRIES:
        return PageType("live_blog", "structure", f"{entries} entries with a time")
    return PageType("article", "declared" if declared.is_article else "structure")


def describe(found: PageType) -> str:
    """Describe the kind of a page in words, for messages.

    >>> describe(PageType("index", "declared", "CollectionPage"))
    'index (by what it declares: CollectionPage)'
    """
    by = {"declared": "what it declares", "structure": "its structure", "address": "its address"}[found.by]
    return f"{found.type} (by {by}: {found.mark})"
