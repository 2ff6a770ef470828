"""The agency that a report names as its source outside its dateline.

Only what names agencies and nothing else counts: an author, or a whole line such as "With files from Reuters". An
agency that a sentence of the text mentions is never the source.
"""

import re
from collections.abc import Iterator, Sequence

from transforms.articles.agencies import (
    AGENCIES,
    EDGES,
    MAX_NAMES,
    MAX_PARTS,
    PART,
    UNSPACED,
    any_pattern,
    find_agency,
    is_agency,
    join_agencies,
    may_name_agency,
    without_article,
)
from transforms.articles.byline_openings import byline_start, source_start
from transforms.articles.sentence_ends import STOPS, is_amid_prose
from transforms.articles.words import words_of
from transforms.package_data import load_json

_DATA = load_json(__package__, "providers.json")

MAX_CREDIT = 220
"""Code points of the longest credit line."""

MAX_END = 60
"""Code points at the end of a paragraph in which an agency is looked for."""

MAX_WORD = 4
"""Letters of the longest initials beside an agency."""

_LONGEST_SOURCE = 100
"""Code points behind the label of a source."""

_CREDIT_LINES = 8
"""Lines at the end of a text that are read for a credit."""

_HEAD_LINES = 2
_END_LINES = 3
"""The last lines, of which each may end with an agency."""

_LEAST_SUFFIX = 7
_SUFFIXES = tuple(f" {name}" for name in AGENCIES if len(name) >= _LEAST_SUFFIX or " " in name)
_WORD = re.compile(r"\w+")
_OFFICE = re.compile(r"\s(?:writers?|reporters?|journalists?|correspondents?|staff|editors?)\b", re.IGNORECASE)
_MAX_WORDS = 2
"""Words between an agency and the office of those who write for it: "AP Technology Writer"."""

_LABEL = re.compile(rf"(?:{any_pattern(_DATA['labels'])})\s?[:：]\s?", re.IGNORECASE)
_WITH = re.compile(
    rf"(?:{any_pattern((*_DATA['with'], *words_of('source')))})(?:\s|(?<=['’]))(?P<agency>.{{2,200}})", re.IGNORECASE
)
_PUBLISHED = re.compile(
    r"th(?:is|e) (?:report|article|story|item) "
    r"(?:by|from|was (?:(?:originally|first) )?(?:published|written|provided) by) "
    r"(?P<agency>.{2,60}?)(?: (?:was|on|and) .{2,100})?",
    re.IGNORECASE,
)
_MATERIAL = re.compile(r"\s(?:inputs?|files|reports?|reporting|material)$", re.IGNORECASE)
_REPORTER = re.compile(rf"(?P<agency>{'|'.join(UNSPACED)})[記记]者")
_CONTRIBUTED = re.compile(rf"\s(?:{any_pattern(_DATA['contributed'])})$", re.IGNORECASE)
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright)[\s©]{0,3}(?:by\s)?(?P<year>\d{4}(?:\s?[-–]\s?\d{4})?\s)?(?P<agency>[^,.|\d]{2,60}?)"
    r"(?P<later>\s\d{4})?(?P<rest>[,.|].{0,200})?",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…。！？।؟][\"”“»«’)]{0,2}")
_CELLS = " | "
"""What stands between the cells of a row in a text."""

_AT_END = re.compile(r"\s?(?:[—–-]{1,2}\s?|[/(（\[]\s?)(?P<agency>[^()/（）\[\]]{2,40}?)\s?[)/）\]]?(?:[.。])?$")
_OPENING = re.compile(r"\s?[(（\[—–-]")
_BARE_END = re.compile(r"\s?(?P<agency>[^()/（）\[\].]{2,40}?)(?:\s[A-Z]{2,4}){0,5}\.?$")


def find_provider(text: str, *, raw: str = "", names: Sequence[str] = (), publisher: str = "") -> str | None:
    r"""Find the agency that authors, credit lines or the end of a report name as its source.

    Args:
        text: of the report, one paragraph a line.
        raw: the same with what cleaning removed.
        names: authors, and what markup names as the source.
        publisher: its names and domain; an agency that publishes its own report is not named as its source.

    >>> find_provider("The bridge is open.\nWith files from Reuters")
    'Reuters'
    >>> find_provider("The bridge is open.", names=["Jane Roe", "dpa"])
    'dpa'
    >>> find_provider("The bridge is open, Reuters said.") is None
    True
    """
    own = set(_WORD.findall(publisher[:MAX_CREDIT].casefold()))
    names = [name[:MAX_CREDIT] for name in names[:MAX_NAMES]]
    if may_name_agency(names):
        found = dict.fromkeys(
            agency for name in names if (agency := _find_among(name, with_suffix=True)) and not _is_own(agency, own)
        )
        if found:
            return join_agencies(part for agency in found for part in agency.split("/"))
    return next((agency for agency in _read_lines(text, raw or text) if not _is_own(agency, own)), None)


def _is_own(agency: str, own: set[str]) -> bool:
    """Return whether a publisher's words are those of an agency, its initials, or the agency that it is a desk of.

    >>> _is_own("CNN Business", {"cnn"}), _is_own("The Associated Press", {"ap", "news"}), _is_own("dpa", {"ap"})
    (True, True, False)
    """
    words = [word for word in _words(agency) if word != "the"]
    if own.issuperset(words) or len(words) < 2 or not is_agency(agency):
        return own.issuperset(words)
    initials = "".join(word[0] for word in words)
    return any(short in own and is_agency(short.upper()) for short in (initials, words[0]))


def _words(name: str) -> list[str]:
    return _WORD.findall(name.casefold())


def _read_lines(text: str, raw: str) -> Iterator[str]:
    """Yield the agencies of the credit lines of a text, those at its end first."""
    lines = raw[-4 * MAX_CREDIT * _CREDIT_LINES :].split("\n")[-_CREDIT_LINES:]
    last = text[-4 * MAX_CREDIT :].rsplit("\n", 1)[-1]
    heads = raw[: 4 * MAX_CREDIT].split("\n")[:_HEAD_LINES]
    whole = [line for line in map(str.strip, (*heads, *lines)) if len(line) <= MAX_CREDIT]
    if not may_name_agency(
        [*whole, *(line[-MAX_CREDIT:] for line in (*lines[-_END_LINES:], last) if len(line) > MAX_CREDIT)]
    ):
        return
    credits = (
        None if _is_of_figure(lines, number) else _read_credit(lines[number]) for number in reversed(range(len(lines)))
    )
    yield from (agency for agency in credits if agency is not None)
    for line in dict.fromkeys((last, *reversed(lines[-_END_LINES:]))):
        agency = _read_end(line, is_last=line in (last, lines[-1]))
        if agency is not None:
            yield agency
        if len(line) > MAX_END and line != last:
            break
    labelled = (_read_label(line) for line in heads)
    yield from (agency for agency in labelled if agency is not None)


def _is_of_figure(lines: Sequence[str], number: int) -> bool:
    """Return whether a line with a label names the source of a figure: below a table, or amid paragraphs."""
    if not number or _read_label(lines[number]) is None:
        return False
    beside = lines[number - 1 : number + 2 : 2]
    return _CELLS in beside[0] or (len(beside) > 1 and is_amid_prose(*beside))


def _find_among(name: str, *, with_suffix: bool = False) -> str | None:
    """Return the agencies of a list of names: "Le Courrier avec AFP", "ntv, dpa", "Jane Roe Associated Press"."""
    agency = _read_house(name)
    if agency is not None:
        return agency
    name = name[byline_start(name) :]
    parts = [without_article(part.strip(EDGES)) for part in PART.split(name, maxsplit=MAX_PARTS)]
    known = [part for part in parts if is_agency(part)]
    if known:
        return join_agencies(known)
    name = name.strip(EDGES)
    if with_suffix and name.endswith(_SUFFIXES):
        return max((suffix for suffix in _SUFFIXES if name.endswith(suffix)), key=len).strip()
    return None


def _read_label(line: str) -> str | None:
    """Read the agencies of "(Source: dpa, AFP)"."""
    line = line.strip(EDGES)
    label = _LABEL.match(line[:MAX_CREDIT])
    start = label.end() if label else source_start(line)
    return _find_among(line[start:]) if start and len(line) - start <= _LONGEST_SOURCE else None


def _read_credit(line: str) -> str | None:
    """Read the agencies of a whole line that names them as its source, or as one of them."""
    line = line.strip()
    if not 2 <= len(line) <= MAX_CREDIT:
        return None
    agency = _read_label(line)
    if agency is not None:
        return agency
    bare = line.strip(EDGES)
    opening = byline_start(bare)
    if opening and len(bare) <= MAX_END:
        is_sentence = line.endswith(STOPS) and " " in bare[opening:].strip()
        agency = find_agency(bare[opening:]) if is_sentence else _find_among(bare[opening:])
    elif line.startswith(("(", "/")):
        agency = find_agency(bare.strip("©"))
    if agency is not None:
        return agency
    wholes = [found for form in (_WITH, _PUBLISHED) if (found := form.fullmatch(bare))]
    contributed = _CONTRIBUTED.search(bare)
    for names in [*(found["agency"] for found in wholes), *([bare[: contributed.start()]] if contributed else [])]:
        agency = _read_house(_MATERIAL.sub("", names))
        if agency is not None:
            return agency
    reporter = _REPORTER.match(bare)
    if reporter:
        return reporter["agency"]
    own = _COPYRIGHT.fullmatch(line)
    if own and (own["year"] or own["later"] or "dpa:" in (own["rest"] or "")):
        return find_agency(own["agency"])
    return None


def _read_house(names: str) -> str | None:
    """Return the agency of "Associated Press writers Jane Roe and Sam Doe", or one that stands alone."""
    office = _OFFICE.search(names)
    if office is None:
        return find_agency(names)
    words = names[: office.start()].split(" ")
    houses = (find_agency(" ".join(words[: len(words) - number])) for number in range(min(_MAX_WORDS + 1, len(words))))
    return next((house for house in houses if house is not None), None)


def _read_end(line: str, *, is_last: bool) -> str | None:
    """Read the agency behind the last sentence of a paragraph: "… is open. (dpa)", "… is open. — AFP"."""
    if is_last and len(line) <= MAX_END and (agency := find_agency(line) or _read_initials(line)) is not None:
        return agency
    end = line[-MAX_CREDIT // 2 :]
    for stop in list(_SENTENCE_END.finditer(end))[-4:]:
        found = _AT_END.match(end, stop.end()) or (_BARE_END.match(end, stop.end()) if is_last else None)
        agency = find_agency(found["agency"]) if found else None
        if agency is None and is_last and _OPENING.match(end, stop.end()):
            agency = _read_credit(end[stop.end() :])
        if agency is not None:
            return agency
    return None


def _read_initials(line: str) -> str | None:
    """Read the agencies of "APA/red", "Redacción/EFE" or "ČTK, jr": beside them stand single words or initials."""
    parts = [part.strip() for part in line.strip(EDGES).split("/")]
    longest = MAX_END if len(parts) > 1 else MAX_WORD
    parts = parts if len(parts) > 1 else [part.strip() for part in line.split(",")]
    known = [part for part in parts if is_agency(part)]
    others = [part for part in parts if not is_agency(part)]
    is_code = all(" " not in part and len(part) <= longest for part in others)
    return join_agencies(known) if known and 1 < len(parts) <= MAX_PARTS and is_code else None
