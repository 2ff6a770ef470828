"""The authors whom one line names, or those below a label."""

import re
from dataclasses import dataclass

from transforms.articles.agencies import is_agency
from transforms.articles.blocks import Block
from transforms.articles.byline_openings import (
    byline_start,
    find_labelled,
    is_byline,
    is_byline_label,
    is_other_work,
    is_sure_opening,
    source_start,
)
from transforms.articles.date_words import find_meaning
from transforms.articles.dates_in_lines import cut_dates, is_label, may_hold_date, spot_dates
from transforms.articles.facts import NamedAuthor
from transforms.articles.name_forms import (
    is_domain,
    is_named_as_month,
    is_office_line,
    is_organization,
    is_person,
    is_single_name,
    is_vietnamese,
)
from transforms.articles.names import read_names
from transforms.articles.reporters import find_reporters, find_signature
from transforms.articles.sentence_ends import STOPS
from transforms.characters import is_wide

MAX_BYLINES = 6
"""Most bylines of one page."""

MAX_LINE = 250
"""Code points of the longest byline."""

MAX_NAME_LINE = 80

_SHORT_NAME = 2
"""Letters of a given name in Vietnamese that labels a date in other languages: "An"."""

_MAX_LABEL = 30
"""Code points that may stand before a date as its label."""

MAX_LINES = 8
"""Lines of one marked element that are read."""

_LONGEST_DAY = 2
"""Digits of a day of the month."""

_DAY_WORDS = 2
"""Words of a day and its month."""

_LONGEST_TEAM = 4
"""Words of an organisation that a full stop may follow, as in "Ellery Media Inc."; more are a sentence."""

_AFTER_NAME = ",|·•⋅-–—("

SEPARATORS = " |,•·⋅–—/-"

_BEHIND_SEPARATOR = re.compile(rf"[{SEPARATORS}](?=[^{SEPARATORS}])")

PROFILE = re.compile(
    r"author|autor|/profile|/journalist|/redakt|/contributor|"
    r"/(?:people|person|by|team|staff|users?|member|editors?|reporters?|columnists?|writers?)/(?!#|$)",
    re.IGNORECASE,
)
"""What the address of a person's page holds; "/people/" alone is a section."""

_SECTION = re.compile(r"[^\W\d_][^|•·⋅]{2,29} [|•·⋅] ")
"""The section of the article, before the names of its authors."""

_FILED = re.compile(r"\s(?:in|under|unter)\s(?=[A-ZÀ-Þ])")
"""What stands before the category of an article, behind the name of its author."""

_INTERVIEW = re.compile(r"interview|gespräch|entretien|entrevista|intervista", re.IGNORECASE)

_JOINED = re.compile(r"[·,]")
"""What stands between names in Hangul."""

_WITH = re.compile(r"\s(?:with|mit|avec|con|com|met|med)\s")
"""What stands before the name of who is interviewed."""

_Links = tuple[tuple[int, int, str], ...]


@dataclass(slots=True)
class Byline:
    """One line, or several that belong together, that names authors.

    Attributes:
        line: as it stands.
        is_sure: it stands in the head of the article and opens as a byline does: "By Jane Roe".
        is_below: it stands below the text.
        is_bare: it is a dateline that names a person without an office: "【ロンドン＝木下陽一】".
    """

    line: str
    authors: list[NamedAuthor]
    is_sure: bool = False
    is_below: bool = False
    is_bare: bool = False


def name_person(lines: list[Byline]) -> bool:
    """Return whether one of some lines names a person."""
    return any(is_person(author.name) for line in lines for author in line.authors)


def behind_date(line: Block) -> Block | None:
    """Return the part of a line that begins as a byline behind a date and a separator: "May 3, 2024 / By Jane Roe"."""
    if not may_hold_date(line.text):
        return None
    if not any(_opens_byline(line.text[found.end() :]) for found in _BEHIND_SEPARATOR.finditer(line.text)):
        return None  # a faster look than that for dates
    dates = spot_dates(line.text)
    if not dates or dates[0].start > _MAX_LABEL:
        return None
    start = dates[-1].end
    rest = line.text[start:]
    text = rest.lstrip(SEPARATORS)
    if not text or text == rest or not _opens_byline(text):
        return None
    begin = start + len(rest) - len(text)
    links = tuple((first - begin, last - begin, url) for first, last, url in line.links if first >= begin)
    return Block(text, links=links)


def _opens_byline(line: str) -> bool:
    """Return whether a line opens in words that a name must follow, or in others and a colon: "Author: Jane Roe"."""
    start = byline_start(line)
    return start > 0 and (":" in line[:start] or is_sure_opening(line))


def read_below_label(lines: list[Block]) -> list[NamedAuthor]:
    """Read the names in the lines below a label, each with its office below it."""
    found: list[NamedAuthor] = []
    for block in lines[:MAX_LINES]:
        text = without_dates(block.text)
        if found and is_office_line(text) and not is_person(text):
            found[-1] = found[-1]._replace(role=found[-1].role or text)
            continue
        names = read_name_line(block, text, is_marked=not found) if block.level not in (1, 2) else []
        if not names:
            break
        found += names
    return found


def without_dates(text: str) -> str:
    """Return a line without its dates, cut to the longest line."""
    text = _without_day(text[:MAX_LINE])
    parts = cut_dates(text, spot_dates(text)).split("|")
    return " | ".join(map(_without_label, parts)).strip(SEPARATORS)


def _without_day(text: str) -> str:
    """Return a line without a day and month before a byline, or alone, whose year is not shown: "Mar 6 By Jane Roe".

    >>> _without_day("Mar 6 Written By Jane Roe"), _without_day("6. März"), _without_day("June Jordan")
    ('Written By Jane Roe', '', 'June Jordan')
    """
    words = text.split(maxsplit=2)
    numbers = [word.rstrip(".,") for word in words[:2]]
    if sum(number.isdecimal() and len(number) <= _LONGEST_DAY for number in numbers) != 1 or len(words) < _DAY_WORDS:
        return text
    rest = words[2] if len(words) > _DAY_WORDS else ""
    is_day = any(find_meaning(word).month for word in numbers if not word.isdecimal())
    return rest if is_day and (not rest or is_byline(rest) or is_byline_label(rest)) else text


def _without_label(text: str) -> str:
    """Return what stands before a date without the label of the date: "Jane Roe Published", not "The Ellery Post"."""
    words = text.split()
    while len(words) > 1 and is_label(words[-1]):
        if words[-1][0].isupper() and is_organization(" ".join(words)):
            break
        if len(words[-1]) <= _SHORT_NAME and words[-1][0].isupper() and is_vietnamese(" ".join(words)):
            break
        words.pop()
    return " ".join(words)


def read_name_line(block: Block, text: str, *, is_marked: bool) -> list[NamedAuthor]:
    """Return the names that make up a line.

    Args:
        block: of the line.
        text: the line without its dates.
        is_marked: something says that it is a byline, so that one name will do, or that of an organisation.
    """
    if not 2 <= len(text) <= MAX_NAME_LINE or is_other_work(text) or source_start(text):
        return []
    if is_byline(text):
        return read_byline(text, ())
    linked = read_linked_office(block, text)
    if linked is not None:
        return [linked]
    end = next((end for start, end, url in block.links[:1] if start == 0 and PROFILE.search(url)), 0)
    if block.text[end : end + 1].isalnum() and end:
        text = block.text[:end]  # no blank separates the linked name from what follows
    names = read_names(text)
    if is_marked and _SECTION.match(text) and len(names) > 1 and not is_person(names[0].name):
        names = names[1:] if all(is_person(name.name) for name in names[1:]) else names  # "Politics · Jane Roe"
    is_alone = len(names) == 1 and (names[0].role is not None or names[0].name == text) and not block.text.endswith(",")
    urls = {block.text[start:end]: url for start, end, url in block.links}
    if is_marked and names and is_agency(names[0].name):  # "Reuters, Washington"
        names = [name for name in names if is_person(name.name) or is_agency(name.name)]
    if not names or not (
        is_person(names[0].name)
        or (is_marked and (_is_team(names[0].name) or (is_alone and is_single_name(names[0].name))))
        or (is_marked and urls and is_named_as_month(names[0].name))
    ):
        return []
    return [NamedAuthor(name.name, urls.get(name.name), role=name.role) for name in names if _is_author(name.name)]


def read_linked_office(block: Block, text: str) -> NamedAuthor | None:
    """Return who is linked at the start of a line in which only their office follows; None for other lines.

    Args:
        block: of the line.
        text: the line without its dates.
    """
    if len(block.links) != 1:
        return None
    start, end, url = block.links[0]
    name, office = block.text[start:end], text[end:].strip(SEPARATORS)
    is_known = not start and text.startswith(name) and is_person(name) and is_office_line(office)
    return NamedAuthor(name, url, role=office) if is_known and office and not is_person(office) else None


def is_source_name(name: str) -> bool:
    """Return whether a name is that of an agency, and not "AA", which is also what sets the size of letters."""
    return is_agency(name) and len(set(name)) > 1


def _is_team(name: str) -> bool:
    is_sentence = name.endswith((".", "!", "?")) and len(name.split()) > _LONGEST_TEAM
    first = name.removeprefix("the ")[:1]
    is_without_case = first.isalpha() and not first.islower() and not is_wide(first)
    is_name = first.isupper() or is_without_case or is_domain(name.split(maxsplit=1)[0])
    return is_source_name(name) or (is_organization(name) and is_name and not is_sentence)


def _is_author(name: str) -> bool:
    return is_person(name) or _is_team(name) or is_single_name(name) or is_named_as_month(name)


def read_byline(text: str, links: _Links) -> list[NamedAuthor]:
    """Return the names of a line that opens as a byline does; those that are linked, where the first is."""
    reporters = find_reporters(text)[0] or find_signature(text)[0]
    if reporters:
        return [NamedAuthor(name) for name in reporters]
    start = byline_start(text)
    labelled = find_labelled(text) if not start else ""
    named = [name.strip() for name in _JOINED.split(labelled)]
    if labelled and all(map(is_person, named)):
        linked_as = {text[begin:end]: url for begin, end, url in links}
        return [NamedAuthor(name, linked_as.get(name)) for name in named]
    linked = [
        NamedAuthor(text[begin:end], url)
        for begin, end, url in links[:20]
        if begin >= start
        and (begin == start or PROFILE.search(url) or is_agency(text[begin:end]))
        and 2 <= end - begin <= 60
    ]
    rest = text[start:] if len(text) <= MAX_LINE else text[start:MAX_LINE].rpartition(",")[0]
    if _INTERVIEW.search(text[:start]):
        rest = _WITH.split(rest, maxsplit=1)[0]
    filed = _FILED.search(rest)
    if filed and any(start + filed.end() == begin and not PROFILE.search(url) for begin, _, url in links[:20]):
        rest = rest[: filed.start()]
    dates = [date.start for date in spot_dates(rest) if date.start > 2]
    rest = _without_label(rest[: dates[0]]) if dates else without_dates(rest)
    names = [NamedAuthor(name.name, None, role=name.role) for name in read_names(rest.split(" | ")[0])]
    persons = [name for name in names if is_person(name.name)]
    if linked and any(begin == start for begin, _, _ in links) and len(linked) >= len(persons):
        roles = {name.name: name.role for name in names}
        return [name._replace(role=roles.get(name.name)) for name in linked]
    found = [
        name
        for name in names
        if is_person(name.name) or _is_team(name.name) or (is_sure_opening(text) and is_named_as_month(name.name))
    ]
    if not found and names and is_sure_opening(text) and is_single_name(names[0].name):
        after = rest.strip().removeprefix(names[0].name).lstrip()
        found = names[:1] if not after or after[0] in _AFTER_NAME else []
    if not found or found[0] != names[0]:
        return []
    if is_agency(found[0].name) and text.endswith(STOPS) and len(text.split()) > _LONGEST_TEAM:
        return []  # a sentence
    urls = {name.name: name.url for name in linked}
    return [name._replace(url=urls.get(name.name)) for name in found]


def is_date(line: str) -> bool:
    """Return whether a line is hardly more than a date."""
    return len(line) <= MAX_NAME_LINE and 2 * sum(date.end - date.start for date in spot_dates(line)) >= len(line)
