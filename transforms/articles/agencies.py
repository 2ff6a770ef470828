"""The news agencies that are known, and the agency that a report names as its source outside its dateline.

Only what names agencies and nothing else counts: an author, or a whole line such as "With files from Reuters". An
agency that a sentence of the text mentions is never the source.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from transforms.articles.byline_openings import byline_start
from transforms.articles.sentence_ends import STOPS, is_amid_prose
from transforms.characters import is_wide
from transforms.package_data import load_json

_DATA = load_json(__package__, "agencies.json")
AGENCIES = frozenset(_DATA["agencies"])
"""Names of agencies as reports write them."""

_BROADCASTERS = frozenset(name.casefold() for name in _DATA["broadcasters"])

LEAST_FOLDED = 6
"""Characters of the shortest name that is known in any case: "Ansa" is one, "ABC" is many things."""

MAX_CREDIT = 220
"""Code points of the longest credit line."""
MAX_END = 60
"""Code points at the end of a paragraph in which an agency is looked for."""
MAX_WORD = 4
"""Letters of the longest initials beside an agency."""
MAX_PARTS = 8
"""Names in one credit at most."""
MAX_NAMES = 60
"""Authors and declared sources that are read at most."""

_CREDIT_LINES = 8
"""Lines at the end of a text that are read for a credit."""
_HEAD_LINES = 2
_END_LINES = 3
"""The last lines, of which each may end with an agency."""


def is_unspaced(name: str) -> bool:
    """Return whether a name is written without blanks before and behind it, at least at one end."""
    return is_wide(name[0]) or is_wide(name[-1])


_SAME = {name.casefold(): names[0].casefold() for names in _DATA["same"] for name in names}
"""Names of agencies that have several, folded, each with the first of them."""

_LEAST_SUFFIX = 7
_FOLDED = frozenset(name.casefold() for name in AGENCIES if len(name) >= LEAST_FOLDED)
_SUFFIXES = tuple(f" {name}" for name in AGENCIES if len(name) >= _LEAST_SUFFIX or " " in name)
_PART = re.compile(r"\s?[/,+&;、・|•()]\s?|\s[–—-]\s|\s(?:and|und|et|y|e|og|och|i|и|та|ve|with|mit|avec|con|com)\s")
_WORD = re.compile(r"\w+")
_OTHER_SCRIPT = re.compile(r"[\u0370-\u1dff\u2c00-\U0010ffff]")
_BLANKS = bytes(byte if chr(byte).isalpha() and byte < 0x80 else 0x20 for byte in range(0x100))


def _ascii_words(text: str) -> list[bytes]:
    """Return the runs of ASCII letters of a text."""
    return text.encode("utf-8", "surrogatepass").translate(_BLANKS).split()


def _list_words() -> dict[bytes, list[frozenset[bytes]]]:
    """Return the words of each agency with a name in Latin script, by the longest, case folded; so are long names."""
    found: dict[bytes, list[frozenset[bytes]]] = {}
    for name in AGENCIES:
        words = _ascii_words(name.casefold() if len(name) >= LEAST_FOLDED else name)
        if words:
            found.setdefault(max(words, key=len).lower(), []).append(frozenset(words))
    return found


_BY_WORD = _list_words()
_TELLING = frozenset(_BY_WORD)

_EDGES = " \t\"'“”„«»‘’()[]（）【】［］*_–—-=·•.。,;:：/"
_OFFICE = re.compile(r"\s(?:writers?|reporters?|journalists?|correspondents?|staff|editors?)\b", re.IGNORECASE)
_MAX_WORDS = 2
"""Words between an agency and the office of those who write for it: "AP Technology Writer"."""


def _any_of(key: str) -> str:
    """Return a pattern for any of some words, longer ones first, with either apostrophe."""
    return "|".join(sorted(_DATA[key], key=len, reverse=True)).replace("'", "['’]")


_ARTICLE = re.compile(rf"(?:(?:{_any_of('articles')})(?:\s|(?<=['’])))+", re.IGNORECASE)
_LABEL = re.compile(rf"(?:{_any_of('labels')})\s?[:：]\s?(?P<agency>.{{2,100}})", re.IGNORECASE)
_WITH = re.compile(rf"(?:{_any_of('with')})(?:\s|(?<=['’]))(?P<agency>.{{2,200}})", re.IGNORECASE)
_PUBLISHED = re.compile(
    r"th(?:is|e) (?:report|article|story|item) "
    r"(?:by|from|was (?:(?:originally|first) )?(?:published|written|provided) by) "
    r"(?P<agency>.{2,60}?)(?: (?:was|on|and) .{2,100})?",
    re.IGNORECASE,
)
_MATERIAL = re.compile(r"\s(?:inputs?|files|reports?|reporting|material)$", re.IGNORECASE)
UNSPACED = tuple(sorted(filter(is_unspaced, AGENCIES), key=len, reverse=True))
"""Agencies whose names are written without blanks, longer ones first."""

_REPORTER = re.compile(rf"(?P<agency>{'|'.join(UNSPACED)})[記记]者")
_CONTRIBUTED = re.compile(rf"\s(?:{_any_of('contributed')})$", re.IGNORECASE)
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


def is_agency(name: str) -> bool:
    """Return whether a name is that of an agency, as reports write it.

    >>> is_agency("dpa"), is_agency("ASSOCIATED PRESS"), is_agency("Pa")
    (True, True, False)
    """
    return name in AGENCIES or (len(name) >= LEAST_FOLDED and name.casefold() in _FOLDED)


def is_newsroom(name: str) -> bool:
    """Return whether a name is that of an agency or a broadcaster, also with what a hyphen adds to its initials.

    >>> is_newsroom("dpa-infocom"), is_newsroom("BBC"), is_newsroom("Sid")
    (True, True, False)
    """
    initials, hyphen, more = name.partition("-")
    return (
        is_agency(name)
        or name.casefold() in _BROADCASTERS
        or (bool(hyphen) and more.isalnum() and not initials.istitle() and is_newsroom(initials))
    )


def find_agency(name: str) -> str | None:
    """Return an agency of "Reuters", "the AP" or "dpa/AFP" as it is written; None where anything else is named.

    >>> find_agency("dpa/AFP"), find_agency("l'AFP"), find_agency("Reuters and Jane Roe")
    ('dpa/AFP', 'AFP', None)
    """
    name = name.strip(_EDGES)
    if is_agency(name):
        return name
    name = _without_article(name)
    for parts in (_PART.split(name, maxsplit=MAX_PARTS), name.split("-", MAX_PARTS)):
        if len(parts) < MAX_PARTS and all(is_agency(_without_article(part.strip())) for part in parts):
            return name
    return None


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
    if _may_name(names):
        found = dict.fromkeys(
            agency for name in names if (agency := _find_among(name, with_suffix=True)) and not _is_own(agency, own)
        )
        if found:
            return _join(part for agency in found for part in agency.split("/"))
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


def _may_name(lines: Iterable[str]) -> bool:
    """Return whether the words of an agency stand in some lines, or another script than Latin; most have neither."""
    whole = "\n".join(lines)
    if not whole.isascii() and _OTHER_SCRIPT.search(whole):
        return True
    folded = _ascii_words(whole.casefold())
    if _TELLING.isdisjoint(folded):
        return False
    words = {*_ascii_words(whole), *folded}
    return any(name <= words for word in _TELLING & words for name in _BY_WORD[word])


def _join(agencies: Iterable[str]) -> str:
    """Join the names of agencies, each agency once, by its first name.

    >>> _join(["Anadolu Ajansı", "AA", "AFP", "afp"])
    'Anadolu Ajansı/AFP'
    """
    found: dict[str, str] = {}
    for agency in agencies:
        key = agency.casefold()
        found.setdefault(_SAME.get(key, key), agency)
    return "/".join(found.values())


def _words(name: str) -> list[str]:
    return _WORD.findall(name.casefold())


def _read_lines(text: str, raw: str) -> Iterator[str]:
    """Yield the agencies of the credit lines of a text, those at its end first."""
    lines = raw[-4 * MAX_CREDIT * _CREDIT_LINES :].split("\n")[-_CREDIT_LINES:]
    last = text[-4 * MAX_CREDIT :].rsplit("\n", 1)[-1]
    heads = raw[: 4 * MAX_CREDIT].split("\n")[:_HEAD_LINES]
    whole = [line for line in map(str.strip, (*heads, *lines)) if len(line) <= MAX_CREDIT]
    if not _may_name(
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


def _without_article(name: str) -> str:
    found = _ARTICLE.match(name)
    return name[found.end() :].strip(_EDGES) if found and name not in AGENCIES else name


def _find_among(name: str, *, with_suffix: bool = False) -> str | None:
    """Return the agencies of a list of names: "Le Courrier avec AFP", "ntv, dpa", "Jane Roe Associated Press"."""
    agency = _read_house(name)
    if agency is not None:
        return agency
    name = name[byline_start(name) :]
    parts = [_without_article(part.strip(_EDGES)) for part in _PART.split(name, maxsplit=MAX_PARTS)]
    known = [part for part in parts if is_agency(part)]
    if known:
        return _join(known)
    name = name.strip(_EDGES)
    if with_suffix and name.endswith(_SUFFIXES):
        return max((suffix for suffix in _SUFFIXES if name.endswith(suffix)), key=len).strip()
    return None


def _read_label(line: str) -> str | None:
    """Read the agencies of "(Source: dpa, AFP)"."""
    label = _LABEL.fullmatch(line.strip(_EDGES)) if len(line) <= MAX_CREDIT else None
    return _find_among(label["agency"]) if label else None


def _read_credit(line: str) -> str | None:
    """Read the agencies of a whole line that names them as its source, or as one of them."""
    line = line.strip()
    if not 2 <= len(line) <= MAX_CREDIT:
        return None
    agency = _read_label(line)
    if agency is not None:
        return agency
    bare = line.strip(_EDGES)
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
    parts = [part.strip() for part in line.strip(_EDGES).split("/")]
    longest = MAX_END if len(parts) > 1 else MAX_WORD
    parts = parts if len(parts) > 1 else [part.strip() for part in line.split(",")]
    known = [part for part in parts if is_agency(part)]
    others = [part for part in parts if not is_agency(part)]
    is_code = all(" " not in part and len(part) <= longest for part in others)
    return _join(known) if known and 1 < len(parts) <= MAX_PARTS and is_code else None


def join_names(names: Iterable[str | None]) -> tuple[str, ...]:
    """Return the names that are there, each once, at most MAX_NAMES."""
    return tuple(dict.fromkeys(name for name in names if name))[:MAX_NAMES]
