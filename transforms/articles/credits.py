"""Credit lines of plain-text articles: names, publisher and date.

Only whole lines are judged, and short ones: a sentence is never a credit.
"""

import re
from typing import NamedTuple

from transforms.articles.byline_openings import byline_start, is_sure_opening
from transforms.articles.cleaning.credit_lines import is_date_line
from transforms.articles.cleaning.phrases import fold, load_phrases, split_words
from transforms.articles.dates_in_lines import is_label, is_update
from transforms.articles.name_forms import PARTICLES

MAX_LINE = 160
"""Longest line that can be a credit, in code points."""

# All that follow are for lines in which white space is folded.
_FOR = re.compile(r"\s(?:reporting\sfor|writing\sfor|for|via|für|pour|para)\s", re.IGNORECASE)
_OF = re.compile(r"\s(?:of|at|from)\s(?=(?:the\s)?[A-ZÀ-Þ0-9])|\s[-–—|·•/@]\s?|\s?\((?=[^()]+\)$)")
_AND = re.compile(r"\s(?:and|und|et|y|with|&)\s", re.IGNORECASE)
_COMMA = re.compile(r",\s(?!Jr|Sr)(?:and\s)?|\s/\s")
_IN = re.compile(r"\sin\s")
_BEFORE_DATE = re.compile(r"\s[-–—|·•]\s|,\s|\s(?=\d{1,2}[./ ])")
_BEFORE_BY = re.compile(r"\s(?:[-–—|·•]\s)?(?=by\s)", re.IGNORECASE)
_SOURCE = re.compile(
    r"(?:sources?|quelle|fuente|via|courtesy\s+of|credit|publisher)\s*:\s*(?P<publisher>.+)"
    r"|(?:©|\(c\)|copyright)[\s©:]*(?:by\s+)?(?:\d{4}(?:\s*[-–]\s*\d{4})?[\s,]*)?(?:by\s+)?(?P<owner>[^.]+(?:\.\w+)*)"
    r"(?:[.,|]?\s*all\s+rights\s+reserved)?"
    r"|(?:(?:this\s+)?(?:article|story|piece|report|post|it)\s+)?(?:was\s+)?(?:(?:originally|first)\s+)+"
    r"(?:published|appeared|posted)\s+(?:on|in|at|by)\s+(?P<site>.+)"
    r"|the\s+post\s+.+\s+(?:first\s+appeared|appeared\s+first)\s+on\s+(?P<feed>.+)",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r".*\b(?:correspondent|reporter|editor|writer|staff|columnist|contributor|journalist|analyst|redakteur(?:in)?|chief)",
    re.IGNORECASE,
)
_NO_NAME = frozenset((
    "for", "by", "the", "a", "an", "this", "that", "these", "it", "its", "he", "she", "we", "they", "you", "i", "in",
    "on", "at", "as", "if", "when", "what", "why", "how", "who", "where", "and", "but", "or", "not", "no", "is",
    "are", "was", "were", "will", "to", "from", "with", "new", "more", "less", "most", "all",
))  # fmt: skip
_NAME = re.compile(r"[^\W\d_](?:[\w.’'ʼ-]*\w)?\.?,?")
_WORD = re.compile(r"\d+|[^\W\d_]+")
_SITE = re.compile(
    r"(?:https?://)?(?:www\.)?(?P<host>[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)*\.[a-z]{2,})(?:/\S*)?", re.I
)


class Credit(NamedTuple):
    """What one credit line says."""

    authors: tuple[str, ...] = ()
    publisher: str | None = None
    syndicated_from: str | None = None
    date_raw: str | None = None


class DateLine(NamedTuple):
    """A line that holds only a date."""

    raw: str
    is_update: bool


def read_date(line: str) -> DateLine | None:
    """Read the date that makes up a whole line, without its label; None where the line says anything else.

    >>> read_date("Published: 3 May 2025 10:00 GMT")
    DateLine(raw='3 May 2025 10:00 GMT', is_update=False)
    >>> read_date("May 2025 was the warmest month") is None
    True
    """
    if len(line) > 80:
        return None
    words = split_words(fold(line))
    if not is_date_line(line, words):
        return None
    months = load_phrases().months
    start = next((word.start() for word in _WORD.finditer(line) if _is_of_date(word.group())), 0)
    if not is_label(line[:start]):
        return None  # "Release date"
    raw = line[start:].strip(" |-–—·•()")
    is_named = sum(word in months for word in words) == 1 and sum(word.isdigit() for word in words) >= 2
    has_year = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d{1,3}(?!\d))", raw) is not None
    is_day = is_named or re.match(r"\D{0,12}\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}", raw) is not None
    return DateLine(raw=raw, is_update=is_update(line[:start])) if has_year and is_day else None


def _is_of_date(word: str) -> bool:
    """Return whether a word is a number, a month or a weekday, and not part of the label before them."""
    phrases, folded = load_phrases(), fold(word)
    return word[0].isdigit() or folded in phrases.months or folded in phrases.days


def is_site(name: str) -> bool:
    """Return whether a string is a domain or address of a site.

    >>> is_site("oilprice.example"), is_site("https://www.example.org/a"), is_site("the library")
    (True, True, False)
    """
    return _SITE.fullmatch(name) is not None


def site_name(name: str) -> str | None:
    """Return the name that an article gives to a site, an address cut to its host; None for what cannot be a name.

    >>> site_name("https://www.example.org/a/b"), site_name("The Daily Example »"), site_name("the usual places")
    ('example.org', 'The Daily Example', None)
    """
    name = name.strip().strip("»›→>[]()…*_|").strip().rstrip(".,;:").strip("\"'“”‘’ ")
    site = _SITE.fullmatch(name)
    if site:
        return site["host"] if "/" in name or name.lower().startswith("www.") else name
    words = name.removeprefix("the ").split()
    if not 1 <= len(words) <= 8 or len(name) > 70 or re.search(r"[.!?…;:]\s", name):
        return None
    if not (words[0][0].isdigit() or words[0] != words[0].lower() or words[0] == words[0].upper()):
        return None
    plain = [
        word
        for word in words
        if word[0].islower() and word.lower() not in PARTICLES | {"of", "the", "and", "for", "on"}
    ]
    return name if len(plain) <= len(words) // 3 else None


def read_credit(line: str, *, is_last: bool = False) -> Credit | None:
    """Read names and publisher of a credit line; None where the line is not one.

    Args:
        line: one whole line or paragraph.
        is_last: it ends the article, so that names need no "By" and no "for".

    >>> read_credit("By Jane Roe and Sam Doe for Harbour.example")
    Credit(authors=('Jane Roe', 'Sam Doe'), publisher='Harbour.example', syndicated_from=None, date_raw=None)
    >>> read_credit("By the end of the week the port was open") is None
    True
    """
    if not 3 <= len(line) <= MAX_LINE:
        return None
    line = " ".join(line.split())
    bare = line.strip(' *_[]—–-•"').removesuffix(".")
    bare = bare[1:-1] if bare.startswith("(") and bare.endswith(")") else bare
    source = _SOURCE.fullmatch(bare)
    if source:
        site = source["site"] or source["feed"]
        name = site_name(site or source["publisher"] or source["owner"])
        return None if name is None else Credit(syndicated_from=name) if site else Credit(publisher=name)
    bare, date_raw = _without_date(bare)
    lead = _lead_of(bare)
    rest = bare[len(lead) :]
    if lead and ";" in rest:  # "Reporting by A in Port Ellery; editing by B"
        rest = _IN.split(rest.split(";")[0])[0]
    who, publisher = rest, ""
    parted = _FOR.split(rest, maxsplit=1)
    if len(parted) == 2:
        who, publisher = parted
    elif lead or is_last or date_raw:
        who, publisher = _split_publisher(rest)
    elif not lead:
        return None
    house = None if _ROLE.match(publisher) else site_name(publisher.rstrip(")")) if publisher else None
    authors = _read_names(who, fewest=1 if lead else 2)
    if not authors or (publisher and not house and not _ROLE.match(publisher)):
        return None
    return Credit(authors=authors, publisher=house, date_raw=date_raw)


def _lead_of(line: str) -> str:
    """Return what a line opens with where a name must follow: "By", "Reporting by", "Author:"; empty for others."""
    opening = line[: byline_start(line)]
    return opening if opening.rstrip().endswith((":", "：")) or is_sure_opening(line) else ""


def _without_date(line: str) -> tuple[str, str | None]:
    """Return the line without a date at either end, and that date."""
    for cut in _BEFORE_DATE.finditer(line):
        date = read_date(line[cut.end() :])
        if date:
            return line[: cut.start()], date.raw
    for cut in _BEFORE_BY.finditer(line):
        date = read_date(line[: cut.start()])
        if date:
            return line[cut.end() :], date.raw
    return line, None


def _split_publisher(rest: str) -> tuple[str, str]:
    """Return names and publisher of "A and B, Publisher", "A | Publisher" or "A of Publisher"."""
    parted = _OF.split(rest, maxsplit=1)
    if len(parted) == 2:
        return parted[0], parted[1]
    names, comma, last = rest.rpartition(", ")
    if comma and not _AND.search(last) and not last.lower().startswith(("jr", "sr")):
        names = ", ".join(part for part in names.split(", ") if not _ROLE.match(part))
        return names, last
    return rest, ""


def _read_names(who: str, *, fewest: int) -> tuple[str, ...]:
    """Return the persons of a list of names, or nothing where one of them cannot be a name."""
    names = [name for part in _AND.split(who) for name in _COMMA.split(part)]
    names = [name.strip() for name in names if name.strip() and not _ROLE.fullmatch(name)]
    names = [re.sub(r"^(?:by|dr|prof|mr|mrs|ms)\.?\s+", "", name, flags=re.IGNORECASE) for name in names]
    return tuple(names) if all(_is_name(name, fewest) for name in names) else ()


def _is_name(name: str, fewest: int) -> bool:
    words = name.split()
    if not fewest <= len(words) <= 5 or len(name) > 60:
        return False
    for word in words:
        if not _NAME.fullmatch(word) or word.lower() in _NO_NAME:
            return False
        if word[0].islower() and word not in PARTICLES and not re.match(r"[a-z]['’][A-Z]", word):
            return False
    return not words[-1][0].islower()
