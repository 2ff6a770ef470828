"""What a page says of its article besides the text, each field from the best source."""

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import TypeVar

from courlan import extract_domain
from lxml.html import HtmlElement

from schemas.articles import Author, DateCandidate
from transforms.articles.blocks import Structure
from transforms.articles.bylines import Byline
from transforms.articles.dates import ParsedDate, is_ahead, parse_date
from transforms.articles.facts import Facts, NamedAuthor
from transforms.articles.folding import letters
from transforms.articles.heads import Elements, find_elements, is_site_part, is_telling
from transforms.articles.json_ld import PageIdentity, read_json_ld
from transforms.articles.meta_tags import MAX_TEXT, read_meta_tags, read_microdata
from transforms.articles.names import MAX_AUTHORS, clean_authors, is_faceless, is_person, is_user
from transforms.articles.visible import Visible, find_part, find_site_headings, read_headings, read_title, read_visible
from transforms.characters import unescape
from transforms.urls import host_of, join_url, split_url

_NOBODY: tuple[Author, ...] = ()
_NO_CANDIDATES: tuple[DateCandidate, ...] = ()
_NONE: list[str] = []
_T = TypeVar("_T")
_log = logging.getLogger(__name__)

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it warns about every page that lacks something


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A date and where it was found; ``source`` as Article.date_published_source has it."""

    parsed: ParsedDate
    raw: str
    source: str


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
    published: Dated | None = None
    modified: Dated | None = None
    keywords: tuple[str, ...] = ()
    article_section: str | None = None
    article_type: str | None = None
    image_url: str | None = None
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


NO_PAGE = Metadata()
"""Of what is not a page."""

MAX_DATES = 20
"""Most dates of one kind that are tried; real pages have one or two of each."""

MAX_RAW_DATE = 200
"""Most characters that are kept of a date as published."""

MAX_URLS = 20
"""Most addresses that are tried as the page's own."""

MAX_TITLE = 1_000
"""How many characters of a title are read at most."""

_UTC = re.compile(r"\d\s?(?:Z|UTC|GMT|[+-]00:?00)$", re.IGNORECASE)
_LONG_NAME = 4
"""Letters of a name that is known by the end of the site's: Koia of drinkkoia."""

_CONTROLS = frozenset(("menu", "open", "close", "toggle", "navigation", "main", "search", "skip", "to", "content"))
"""Words of headings that only control the page."""

_ALIKE = 0.6
"""Share of the words of an h1 that a title has where it is the headline, among several."""

_WEST, _EAST = timedelta(hours=12), timedelta(hours=14)
"""How far zones lie from UTC."""

_QUARTER, _NO_TIME = timedelta(minutes=15), timedelta()
_CLOCK = re.compile(r"\d:\d\d")
_NUMBERS = re.compile(r"\s{0,9}\d{1,2}([./-])\d{1,2}\1\d{4}")
_SEPARATOR = re.compile(r" [|–—\-•·»:/]{1,10} | ?\| ?")
"""In one line, where white space is folded."""
_URL_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)([/\-_.])(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])(?!\d)")
_URL_COMPACT = re.compile(r"[/\-_](20[0-3]\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=[/\-_.]|$)")
_URL_YEAR_LAST = re.compile(r"(?<![^/\-_~])(\d{1,2})([\-_.])(\d{1,2})\2((?:19|20)\d\d)(?!\d)")
_URL_NAMED = re.compile(r"/((?:19|20)\d\d)/([A-Za-z]{3,9})/(\d{1,2})(?=[/_.-]|$)")
_TAG_BCP47 = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


def one_line(text: str | None) -> str | None:
    """Resolve character references and fold white space; None for nothing, and at most MAX_TEXT characters."""
    if not text:
        return None
    text = unescape(text[:MAX_TEXT]) if "&" in text else text[:MAX_TEXT]
    return " ".join(text.replace("\u00ad", "").replace("\u200b", "").split()) or None


def first(*values: str | None) -> str | None:
    """Return the first value that holds something."""
    return next((value for value in map(one_line, values) if value), None)


def strip_site(title: str, sites: Iterable[str | None]) -> str:
    """Remove the name of its site from either end of a title.

    >>> strip_site("Bridge opens | The Example Times", ["Example Times"])
    'Bridge opens'
    """
    names = _names(tuple(sites))
    line = " ".join(title[:MAX_TITLE].split())
    parts = list(_SEPARATOR.finditer(line))
    end = len(line)
    for number in range(len(parts) - 1, -1, -1):  # the name may stand there twice
        last = line[parts[number].end() : end]
        if not _is_site(last, names) or not line[: parts[number].start()].strip():
            break
        end = parts[number].start()
    if end == len(line) and parts:
        opening, rest = line[: parts[0].start()], line[parts[0].end() :]
        if _is_site(opening, names) and rest.strip():
            return rest.strip()
    return line[:end].strip() if end < len(line) else title


def choose_headline(
    titles: list[str], headings: list[str], sites: list[str | None], part: str | None = None
) -> str | None:
    """Choose the headline that readers see: the h1 that agrees with another title, or the only one; else a title.

    Args:
        titles: what the page calls itself, most trusted first.
        headings: its h1.
        sites: names of the site.
        part: a heading below h1 that is a title, or the longest part of one.
    """
    named = [strip_site(title, sites) for title in map(one_line, titles) if title]
    keys = [letters(title) for title in named]
    every = [line for line in map(one_line, headings) if line]
    lines = [line for line in every if not is_site_part(letters(line), keys)]
    for line in lines:
        key = letters(line)
        if is_telling(key) and any(title.startswith(key) for title in keys):
            if keys[0] != key and len(keys[0]) > 15 and key.endswith(keys[0]):  # the others have the kicker, too
                return named[0]
            return strip_site(line, sites)
        for title, other in zip(named, keys, strict=True):
            if len(other) > 15 and key.endswith(other):  # a kicker stands inside the h1
                return title
    names = _names(tuple(sites))
    own = {
        letters(line): line
        for line in lines
        if len(line) > 10 and letters(line).removeprefix("the") not in names and not _words(line) <= _CONTROLS
    }
    best = max(own.values(), key=lambda line: _likeness(line, named), default=None)
    of_site = [line for line in every if letters(line).removeprefix("the") in names]
    is_alone = len(own) == 1 and lines == every and (not of_site or len(every) - len(of_site) == 1)
    is_alike = best is not None and _likeness(best, named) >= _ALIKE
    if part and not is_alike:
        return strip_site(part, sites)
    if best is not None and (is_alone or is_alike):
        return strip_site(best, sites)
    return named[0] if named else next(iter(lines), None)


def _is_title(headings: list[str], titles: list[str]) -> bool:
    """Return whether a title begins with a heading."""
    keys = [letters(title[:MAX_TITLE]) for title in titles]
    return any(is_telling(key) and any(other.startswith(key) for other in keys) for key in map(letters, headings))


def _likeness(line: str, titles: list[str]) -> float:
    """Return the share of the words of a line that a title has, of the title that has most."""
    words = _words(line)
    return max((len(words & _words(title)) / max(1, len(words)) for title in titles), default=0.0)


def _words(line: str) -> set[str]:
    return set(re.findall(r"\w+", line[:MAX_TITLE].casefold()))


def choose_alternative(headline: str | None, titles: Iterable[str | None], sites: list[str | None]) -> str | None:
    """Choose another headline for the same article: a title that differs in more than punctuation and names.

    >>> choose_alternative("Bridge opens", ["Bridge opens! - News - The Post", "Watch the bridge open"], ["The Post"])
    'Watch the bridge open'
    """
    own = letters(headline or "")
    if not own:
        return None
    for title in map(one_line, titles):
        line = strip_site(title, sites) if title else ""
        key = letters(line)
        if len(key) > 8 and key not in own and own not in map(letters, _SEPARATOR.split(line)):
            return line
    return None


def _is_site(part: str, names: frozenset[str]) -> bool:
    """Return whether a part of a title is a name of the site, or a piece of its host."""
    key = letters(part).removeprefix("the")
    return key in names or (len(key) >= _LONG_NAME and any(name.endswith(key) for name in names))


@lru_cache(maxsize=16)  # of one page for all of its titles
def _names(sites: tuple[str | None, ...]) -> frozenset[str]:
    return frozenset(letters(site).removeprefix("the") for site in sites if site) - {""}


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


def date_of_url(url: str | None) -> Dated | None:
    """Read the day that an address names, as in /2024/05/03/, /2024/may/03/ and /23-05-2024-bridge-opens."""
    path = split_url((url or "")[:MAX_TEXT]).path
    for form in (_URL_DATE, _URL_COMPACT):
        match = form.search(path)
        if match:
            groups = [group for group in match.groups() if group.isdigit()]
            parsed = parse_date("{}-{:0>2}-{:0>2}".format(*groups))
            if parsed is not None:
                return Dated(parsed=parsed, raw=match.group().strip("/-_").replace("_", "-"), source="url")
    last = _URL_YEAR_LAST.search(path)
    if last is not None and max(int(last[1]), int(last[3])) > 12:  # 05-03-2024 may be March or May
        month, day = sorted((int(last[1]), int(last[3])))
        parsed = parse_date(f"{last[4]}-{month:02}-{day:02}")
        if parsed is not None:
            return Dated(parsed=parsed, raw=last.group(), source="url")
    named = _URL_NAMED.search(path)
    raw = named.group().strip("/") if named else ""
    parsed = parse_date(raw)
    return Dated(parsed=parsed, raw=raw, source="url") if parsed is not None else None


def _without_dates_of_pages(dates: list[tuple[str, str]], ld: Facts) -> list[tuple[str, str]]:
    """Return the dates that may be those of the article's publication.

    A WebPage without a headline or author says when its address came to be. Pages that were never news have that, too,
    and show their readers no date; so it counts only where something else on the page states a date.
    """
    is_alone = not ld.describes_work and all(source == "json_ld" for _, source in dates)
    return [] if is_alone else dates


def choose_date(
    candidates: Iterable[tuple[str, str]], language: str | None, received: datetime | None = None
) -> Dated | None:
    """Choose the first date that can be read; an instant of the same day is preferred to a bare day.

    Args:
        candidates: raw date and its source, most trusted first.
        language: BCP 47 tag of the page.
        received: when the page was; what lies more than a day after it is passed over. None when unknown.
    """
    best: Dated | None = None
    for raw, source in candidates:
        parsed = parse_date(raw, language=language)
        if parsed is None or is_ahead(parsed, received):
            continue
        if best is None:
            best = Dated(parsed=parsed, raw=raw[:MAX_RAW_DATE], source=source)
        if best.parsed.precision == "instant":
            return best
        if parsed.precision == "instant" and parsed.day == best.parsed.day:
            return Dated(parsed=parsed, raw=raw[:MAX_RAW_DATE], source=source)
    return best


def choose_published(
    candidates: Sequence[tuple[str, str]],
    language: str | None,
    received: datetime | None = None,
    *,
    has_change: bool = True,
) -> Dated | None:
    """Choose the date of first publication.

    What the markup declares counts, with these exceptions:

    - Its instant is in UTC, and readers see the day before or after it as their own zone has it: that is the day.
    - Readers see an earlier day: the article was published then. Systems that publish anew declare the day that they
      did so.
    - Readers see the day whose month is the declared day, and the other way round: the order of the numbers was taken
      for another.
    - Readers see a later day, JSON-LD declares none, and nothing declares a date of change: what the meta tags have is
      the day that the page was begun.
    - The meta tags declare the time of a later day, which is the one that readers see, and nothing of the day that
      JSON-LD declares.
    - Two instants differ by a zone: see ``_of_right_zone``.

    Args:
        candidates: raw date and its source, most trusted first.
        language: BCP 47 tag of the page, for names of months.
        received: when the page was.
        has_change: whether the page declares a date of change.
    """
    best = choose_date(candidates, language, received)
    if best is None or best.source not in ("json_ld", "meta"):
        return best
    every = [found for pair in candidates if (found := choose_date([pair], language, received)) is not None]
    best = _of_right_zone(best, every)
    dated = [found for found in every if found.source in ("time", "byline")]
    address = next((found for found in every if found.source == "url"), None)
    days = {found.parsed.day for found in dated}
    if len(days) != 1 and (days or address is None):
        return best
    shown = next((found for found in dated if found.parsed.precision == "instant"), next(iter(dated), address))
    if shown is None or shown.parsed.day == best.parsed.day:
        return best
    day = shown.parsed.day
    if _is_same_instant(best, day):
        return replace(best, parsed=replace(best.parsed, day=day))
    if not days:
        return best
    if day < best.parsed.day or _is_swapped(best, day):
        return shown
    if best.source == "meta":
        return best if has_change or any(found.source == "json_ld" for found in every) else shown
    metas = [found for found in every if found.source == "meta"]
    later = next((found for found in metas if found.parsed.day == day and _CLOCK.search(found.raw)), None)
    has_doubt = any(found.parsed.day == best.parsed.day or found.parsed.at == best.parsed.at for found in metas)
    return best if later is None or has_doubt else later


def _of_right_zone(best: Dated, every: list[Dated]) -> Dated:
    """Return the declared date, or another whose instant is right where that of the first has the wrong zone.

    Some systems write the clock of UTC with the zone of the site behind it. That is known where another date has the
    same zone, and the clock of the first is its instant in UTC; or where readers see an instant with its zone, which
    another date agrees with to the minute.
    """
    if best.parsed.precision != "instant":
        return best
    instants = [found for found in every if found.parsed.precision == "instant"]
    offset = best.parsed.offset
    if offset:
        clock = best.parsed.at + offset
        for found in instants:
            if found.parsed.offset == offset and found.parsed.at == clock:
                return found
    seen = {_minute(found) for found in instants if found.source == "byline"}
    if seen and _minute(best) not in seen:
        for found in instants:
            apart = abs(found.parsed.at - best.parsed.at)
            if found.source != "byline" and _minute(found) in seen and apart <= _EAST and apart % _QUARTER == _NO_TIME:
                return found
    return best


def _in_right_zone(modified: Dated | None, published: Dated | None, dates: list[tuple[str, str]]) -> Dated | None:
    """Return the date of a change; where its source writes the clock of UTC with another zone, as an instant of UTC.

    Args:
        modified: as it was read.
        published: the date of publication that was chosen.
        dates: of publication, and their sources.
    """
    offset = modified.parsed.offset if modified is not None else None
    if modified is None or published is None or not offset:
        return modified
    parsed = parse_date(next((raw for raw, source in dates if source == modified.source), None))
    if parsed is not None and parsed.offset == offset and parsed.at + offset == published.parsed.at:
        return replace(modified, parsed=replace(modified.parsed, at=modified.parsed.at + offset))
    return modified


def _minute(found: Dated) -> datetime:
    return found.parsed.at.replace(second=0)


def _is_swapped(found: Dated, day: date) -> bool:
    """Return whether a date in numbers is another day with day and month in the other order."""
    own = found.parsed.day
    return (own.year, own.month, own.day) == (day.year, day.day, day.month) and _NUMBERS.match(found.raw) is not None


def _is_same_instant(found: Dated, day: date) -> bool:
    """Return whether an instant that is given in UTC lies on a day somewhere on earth."""
    parsed = found.parsed
    if parsed.precision != "instant" or not _UTC.search(found.raw):
        return False
    return (parsed.at - _WEST).date() <= day <= (parsed.at + _EAST).date()


def choose_language(*tags: str | None) -> str | None:
    """Choose the first well-formed BCP 47 tag."""
    for tag in tags:
        text = (tag or "")[:100].strip().replace("_", "-").split(",")[0]
        if _TAG_BCP47.fullmatch(text):
            return text
    return None


def list_candidates(dates: Iterable[tuple[str, str]], language: str | None = None) -> tuple[DateCandidate, ...]:
    """Return dates as they are stored, each once, in order.

    Args:
        dates: raw date and its source, most trusted first.
        language: BCP 47 tag of what states them.
    """
    found: dict[tuple[str, str], DateCandidate] = {}
    for written, source in dates:
        raw = written[:MAX_RAW_DATE].strip()
        if raw and (source, raw) not in found:
            parsed = parse_date(raw, language=language)
            found[source, raw] = DateCandidate(source=source, raw=raw, instant=parsed.at if parsed else None)
    return tuple(found.values())


def choose_authors(
    markup: Iterable[list[NamedAuthor]], bylines: Iterable[Byline], publisher: str | None
) -> tuple[Author, ...]:
    """Choose the authors: the first source of the markup that names people; else the first byline that does.

    A byline in the head of the article that opens as one, and names more people than the markup or others, wins: the
    markup often names who put the article online. Where no source names a person in full, one that the head names in
    part ("By Jane") counts before what the markup does not call a person, and before the notes below the text. Then the
    first source that names anyone but the publisher counts, and at last a user whom a byline in the head names.

    Args:
        markup: of each source, most trusted first.
        bylines: visible ones, the surest first.
        publisher: name of the publication.
    """
    declared = [clean_authors(source[:MAX_AUTHORS], publisher=publisher) for source in markup]
    shown = [(clean_authors(line.authors[:MAX_AUTHORS], publisher=publisher), line) for line in bylines]
    seen = [authors for authors, _ in shown]
    named = next((authors for authors in declared if _has_people(authors, publisher)), _NOBODY)
    if not named or not any(is_person(author.name) for author in named):
        full = next((authors for authors in seen if any(is_person(author.name) for author in authors)), _NOBODY)
        part = next((authors for authors, line in shown if line.is_sure and _has_people(authors, publisher)), _NOBODY)
        if part and all(part[0].name not in author.name for author in full) and _is_below(full, shown):
            full = _NOBODY
        part = named if any(author.type == "Person" for author in named) else part
        people = (authors for authors in (full, part, named, *seen) if _has_people(authors, publisher))
        every = [authors for authors in (*declared, *seen) if authors]
        others = (authors for authors in every if not _is_publisher(authors, publisher))
        return next(people, next(others, every[0] if every else _users(line for _, line in shown)))
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
    host = _host(url)
    sites = [meta.publisher, *logos, host, host.split(".")[0] if host else None, host.rpartition(".")[0]]
    named = [line for line in (meta.headline, title) if line]
    part = None
    if not (has_own and _is_title(headings, named)):
        part = sources.read(
            "headings", lambda: find_part(structure, named, _names(tuple(sites)), is_heading=has_own), None
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
    seen = sources.read(
        "visible", lambda: read_visible(structure, shown, elements["link"], language=language), Visible()
    )
    publisher = first(ld.publisher, meta.publisher, micro.publisher)
    sites = [publisher, *sites]
    headline = sources.read("headline", lambda: choose_headline(named, headings, sites, part), None)
    dates: list[tuple[str, str]] = sources.read("date_published", lambda: _list_dates(ld, meta, micro, seen, url), [])
    published = sources.read(
        "date_published",
        lambda: choose_published(
            _without_dates_of_pages(dates, ld),
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
    modified = sources.read("date_modified", lambda: _in_right_zone(modified, published, dates), modified)
    markup = [ld.authors, meta.authors, micro.authors]
    authors = sources.read("authors", lambda: choose_authors(markup, seen.bylines, publisher), _NOBODY)
    authors = sources.read("authors", lambda: tuple(_with_address(author, url) for author in authors), authors)
    image = first(ld.image, meta.image, micro.image)
    image = sources.read("image", lambda: join_url(url, image) if image else None, None)
    others = [ld.alternative_headline, micro.alternative_headline, ld.headline, *meta.titles, title]
    alternative = sources.read("headline", lambda: choose_alternative(headline, others, sites), None)
    return Metadata(
        headline=headline,
        subheadline=first(meta.subheadline, seen.subheadline),
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
        publisher_name=publisher,
        published=published,
        modified=modified,
        keywords=tuple(
            dict.fromkeys(
                word for word in map(one_line, ld.keywords or meta.keywords or micro.keywords or seen.keywords) if word
            )
        ),
        article_section=first(ld.section, meta.section, micro.section),
        article_type=first(ld.type, micro.type, meta.type),
        image_url=image if image and image.startswith(("http://", "https://")) else None,
        license=first(ld.license, seen.license, meta.license),
        is_accessible_for_free=next((free for free in (ld.free, meta.free, micro.free) if free is not None), None),
        in_language_declared=language,
        url=sources.read("url", lambda: choose_url([*meta.canonical, *ld.canonical], url), None),
        body=ld.body,
        titles=tuple(title for title in (ld.headline, meta.headline, micro.headline, *headings[:2]) if title),
        failed=tuple(dict.fromkeys(sources.failed)),
        date_candidates=candidates,
        declared_types=tuple(dict.fromkeys([*ld.declared_types, *([micro.type] if micro.type else [])])),
        main_entity_types=tuple(ld.main_entity_types),
        og_type=meta.og_type,
        word_count_declared=ld.word_count,
        paid_selectors=tuple(ld.paid_selectors),
    )


def _host(url: str | None) -> str:
    return host_of(url).removeprefix("www.")


def _some(dates: list[str], source: str) -> list[tuple[str, str]]:
    return [(raw, source) for raw in dates[:MAX_DATES]]


def _list_dates(ld: Facts, meta: Facts, micro: Facts, seen: Visible, url: str | None) -> list[tuple[str, str]]:
    """Return what the page or its address states as its day or instant of publication, best source first."""
    address = date_of_url(url)
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
        *_some([address.raw] if address else [], "url"),
    ]


def _with_address(author: Author, url: str | None) -> Author:
    """Return an author with the whole address of the profile; without one that is none."""
    address = join_url(url, author.url) if author.url else None
    return replace(author, url=address if address and address.startswith(("http://", "https://")) else None)
