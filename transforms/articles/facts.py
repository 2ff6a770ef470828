"""What one part of a page says of its article, before anyone decides whom to believe."""

from dataclasses import dataclass, field
from typing import NamedTuple


class OneName(str):
    """The name of one author, as its source says: a comma in it ("Roe, Jane") does not end it."""

    __slots__ = ()


class NamedAuthor(NamedTuple):
    """An author as a source names it: the name may hold several, and words around them."""

    name: str
    url: str | None = None
    """Profile page."""
    type: str | None = None
    """'Person' or 'Organization' where the source says so."""
    role: str | None = None
    """Office, such as 'Political Editor'."""


@dataclass(slots=True)
class Facts:
    """Strings as the page has them, markup and character references resolved; None or empty where it is silent."""

    headline: str | None = None
    alternative_headline: str | None = None
    subheadline: str | None = None
    description: str | None = None
    byline: str | None = None
    authors: list[NamedAuthor] = field(default_factory=list)
    publisher: str | None = None
    published: list[str] = field(default_factory=list)
    modified: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    section: str | None = None
    type: str | None = None
    image: str | None = None
    license: str | None = None
    free: bool | None = None
    language: str | None = None
    canonical: list[str] = field(default_factory=list)
    body: str | None = None
    titles: list[str] = field(default_factory=list)
    """Titles for sharing, which may differ from the headline."""
    og_type: str | None = None
    declared_types: list[str] = field(default_factory=list)
    """schema.org types of all objects, in the order of the page, each once."""
    main_entity_types: list[str] = field(default_factory=list)
    """Of those, the types of what the page names as its main entity, or what names the page as its own."""
    events: list[str] = field(default_factory=list)
    """Days on which events begin and end that the page describes."""
    describes_work: bool = False
    """An article or another work is described, not only the page that holds it."""
    word_count: int | None = None
    paid_selectors: list[str] = field(default_factory=list)
    """CSS selectors of the parts that are not free."""
