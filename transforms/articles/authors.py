"""The authors, chosen among those whom the markup and the bylines of a page name."""

from collections.abc import Iterable
from dataclasses import replace

from schemas.articles import Author
from transforms.articles.agencies import is_agency
from transforms.articles.byline_openings import opening_of
from transforms.articles.bylines.lines import Byline
from transforms.articles.facts import NamedAuthor
from transforms.articles.folding import letters
from transforms.articles.name_forms import is_faceless, is_person, is_user
from transforms.articles.names import MAX_AUTHORS, clean_authors
from transforms.urls import join_url

_NOBODY: tuple[Author, ...] = ()


def choose_authors(
    markup: Iterable[list[NamedAuthor]], bylines: Iterable[Byline], publisher: str | None, language: str | None = None
) -> tuple[Author, ...]:
    """Choose the authors: the first source of the markup that names people; else the first byline that does.

    A byline in the head of the article that opens as one, and names more people than the markup or others, wins: the
    markup often names who put the article online. Where no source names a person in full, one that the head names in
    part ("By Jane") counts before what the markup does not call a person, and before the notes below the text. Then the
    first source that names anyone but the publisher counts, then a dateline that names a person, and at last a user
    whom a byline in the head names. An agency in a byline is the provider where the markup names an author.

    Args:
        markup: of each source, most trusted first.
        bylines: visible ones, the surest first.
        publisher: name of the publication.
        language: BCP 47 tag of the page.
    """
    word = opening_of(language)
    if word:
        markup = [_without_word(source, word) for source in markup]
        bylines = [replace(line, authors=_without_word(line.authors, word)) for line in bylines]
    declared: list[tuple[Author, ...]] = []
    named = _NOBODY
    for source in markup:
        declared.append(clean_authors(source[:MAX_AUTHORS], publisher=publisher))
        if _has_people(declared[-1], publisher):
            named = declared[-1]
            break
    lines = list(bylines)
    bare = [author for line in lines if line.is_bare for author in line.authors]
    lines = [line for line in lines if not line.is_bare]
    shown = [(clean_authors(line.authors[:MAX_AUTHORS], publisher=publisher), line) for line in lines]
    seen = [authors for authors, _ in shown]
    if not named or not any(is_person(author.name) for author in named):
        full = next((authors for authors in seen if any(is_person(author.name) for author in authors)), _NOBODY)
        part = next((authors for authors, line in shown if line.is_sure and _has_people(authors, publisher)), _NOBODY)
        if part and all(part[0].name not in author.name for author in full) and _is_below(full, shown):
            full = _NOBODY
        part = named if any(author.type == "Person" for author in named) else part
        is_agency_sure = any(authors and line.is_sure and _are_agencies(authors) for authors, line in shown)
        unsure = () if is_agency_sure else seen
        people = (authors for authors in (full, part, named, *unsure) if _has_people(authors, publisher))
        every = [authors for authors in declared if authors]
        every += [authors for authors in seen if authors and not (every and _are_agencies(authors))]
        others = (authors for authors in every if not _is_publisher(authors, publisher))
        return next(people, next(others, every[0] if every else clean_authors(bare) or _users(lines)))
    own = {_bare_name(author) for author in named}
    for authors, line in shown:
        names = {_bare_name(author) for author in authors}
        if all(is_person(author.name) for author in authors) and (
            (own < names and not line.is_below and all(name in line.line.casefold() for name in names))
            or (line.is_sure and not own & names)
        ):
            return _enrich(authors, named)
        is_shown = line.is_sure or (not line.is_below and all(is_person(author.name) for author in authors))
        if named is not declared[0] and is_shown and _is_other(authors, named):
            return authors
    return _enrich(named, tuple(author for authors in seen for author in authors))


def _is_other(authors: tuple[Author, ...], named: tuple[Author, ...]) -> bool:
    """Return whether a byline names one author, and links a profile, where nothing of other names occurs."""
    words = {word for author in named for word in author.name.casefold().split() if len(word) > 2}
    places = letters(" ".join(f"{author.name} {author.url or ''}" for author in authors))
    return len(authors) == 1 and authors[0].url is not None and not any(letters(word) in places for word in words)


def _is_below(authors: tuple[Author, ...], shown: list[tuple[tuple[Author, ...], Byline]]) -> bool:
    """Return whether only lines below the text name some authors."""
    return all(line.is_below for others, line in shown if others == authors)


def _users(lines: Iterable[Byline]) -> tuple[Author, ...]:
    """Return the user whom a byline in the head of the article names and links, as blogs do: "Posted by jroe"."""
    for line in lines:
        if not line.is_below and len(line.authors) == 1 and line.authors[0].url and is_user(line.authors[0].name):
            return (Author(name=line.authors[0].name, url=line.authors[0].url),)
    return _NOBODY


def _bare_name(author: Author) -> str:
    """Return a name without what follows a comma, such as a degree, case folded."""
    return author.name.partition(", ")[0].casefold()


def _is_publisher(authors: tuple[Author, ...], publisher: str | None) -> bool:
    return all(author.name.casefold() == (publisher or "").casefold() for author in authors)


def _are_agencies(authors: tuple[Author, ...]) -> bool:
    return all(is_agency(author.name) for author in authors)


def _has_people(authors: tuple[Author, ...], publisher: str | None) -> bool:
    return any(author.type != "Organization" and not is_faceless(author.name, publisher) for author in authors)


def _enrich(authors: tuple[Author, ...], others: tuple[Author, ...]) -> tuple[Author, ...]:
    """Fill what a source leaves open of an author from another that has the same name."""
    known = {author.name.casefold(): author for author in reversed(others)}
    found = []
    for author in authors:
        other = known.get(author.name.casefold(), author)
        found.append(
            replace(
                author,
                name=other.name if author.name.isupper() else author.name,
                url=author.url or other.url,
                type=author.type or other.type,
                role=author.role or other.role,
            )
        )
    return tuple(found)


def _without_word(authors: list[NamedAuthor], word: str) -> list[NamedAuthor]:
    """Return authors without the word for "by" before their names.

    >>> [author.name for author in _without_word([NamedAuthor("Na Asha Bani"), NamedAuthor("Nasra Bani")], "na ")]
    ['Asha Bani', 'Nasra Bani']
    """
    return [
        author._replace(name=type(author.name)(author.name[len(word) :]))
        if author.name[: len(word)].lower() == word and is_person(author.name[len(word) :])
        else author
        for author in authors
    ]


def with_address(author: Author, url: str | None) -> Author:
    """Return an author with the whole address of the profile; without one that is none."""
    address = join_url(url, author.url) if author.url else None
    return replace(author, url=address if address and address.startswith(("http://", "https://")) else None)
