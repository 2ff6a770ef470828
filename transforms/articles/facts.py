"""What one part of a page says of its article, before anyone decides whom to believe."""

from dataclasses import dataclass, field


class OneName(str):
    """The name of one author, as its source says: a comma in it ("Roe, Jane") does not end it."""

    __slots__ = ()


@dataclass(slots=True)
class Facts:
    """Strings as the page has them, markup and character references resolved; None or empty where it is silent."""

    headline: str | None = None
    alternative_headline: str | None = None
    subheadline: str | None = None
    description: str | None = None
    byline: str | None = None
    authors: list[tuple[str, str | None]] = field(default_factory=list)
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
