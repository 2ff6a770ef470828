"""Place, date and agency that open a report, such as "PARIS, May 3 (AFP) —".

A dateline stays in the text, which is as published. Only what a paragraph states is returned, in its own words. An
agency is one of those listed in ``agencies.json``; a place without an agency must be in capitals before a long dash.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from transforms.characters import is_wide
from transforms.package_data import load_json

_DATA = load_json(__package__, "agencies.json")
AGENCIES = frozenset(_DATA["agencies"])
"""Names of agencies as reports write them."""
_NO_PLACES = frozenset(_DATA["no_places"])
_UNSPACED = tuple(name for name in _DATA["agencies"] if is_wide(name[0]))

MAX_HEAD = 110
"""Code points from the start of a paragraph in which a dateline ends."""
MAX_PLACE = 60
"""Code points of the longest place and date."""

# For text in which white space is folded.
_OPENING = re.compile(r"[(\[【［]\s?([^()\[\]【】［］]{2,40})[)\]】］]\s?(?:[—–-]{1,2}|=|:)?\s?")
_BRACKETS = re.compile(
    r"(?:\((?P<agency>[^()]{2,40})\)|/(?P<slashed>[^/()]{2,30})/)\s?(?P<dash>\.?\s?[—–-]{1,2}|[.:：=,])?"
)
_DASH = re.compile(r"—|–|\s--?(?=\s)")
_NO_PLACE = re.compile(r"[()/:;!?\"“”]")
_XINHUA = re.compile(r"(?P<agency>新华社|新華社|中新社|中新网|中新網)(?P<place>[^，。,.]{2,14}?\d{1,2}日)[电電]")
_DATE = re.compile(r"[^\W\d]{2,12}\.?\s\d{1,2}(?:,?\s\d{4})?|\d{1,2}\.?\s(?:de\s)?[^\W\d]{2,12}\.?(?:\s\d{4})?")
_SENTENCE = re.compile(r"[^\W\d]{4}\.\s|[!?;]|\s(?:is|are|was|were|has|had|said|says)\s")
_AT_END = re.compile(r"[.!?”\"]\s?(?:\(([^()]{2,40})\)|/([^/()]{2,30})/)\.?$")


class Dateline(NamedTuple):
    """What the start of a report says; None for what it does not say.

    Attributes:
        dateline: place and date.
        provider_name: agency.
    """

    dateline: str | None = None
    provider_name: str | None = None


def read_dateline(paragraphs: Sequence[str]) -> Dateline:
    """Read the dateline that opens the first or second paragraph, and an agency named there or at the very end.

    >>> read_dateline(["PARIS, May 3 (AFP) — The bridge is open."])
    Dateline(dateline='PARIS, May 3', provider_name='AFP')
    >>> read_dateline(["The bridge is open, and all is well. (dpa)"])
    Dateline(dateline=None, provider_name='dpa')
    """
    for paragraph in paragraphs[:2]:
        found = _read_opening(paragraph[:MAX_HEAD])
        if found is not None:
            return found
    if paragraphs:
        end = _AT_END.search(paragraphs[-1], max(0, len(paragraphs[-1]) - 50))
        agency = _find_agency(end[1] or end[2]) if end else None
        if agency:
            return Dateline(None, agency)
    return Dateline()


def has_dateline(paragraph: str) -> bool:
    """Return whether a paragraph opens with a place or an agency, as the first of a report does."""
    return _read_opening(paragraph[:MAX_HEAD]) is not None


def _read_opening(head: str) -> Dateline | None:
    opening = _OPENING.match(head)
    if opening:
        agency, place = _split_agency(opening[1])
        if agency is None:
            return None
        if not place:  # "(ANSA) - ROMA, 03 MAG - "
            place, _, _ = _before_dash(head[opening.end() :])
        return Dateline(place or None, agency)
    xinhua = _XINHUA.match(head)
    if xinhua:
        return Dateline(xinhua["place"], xinhua["agency"])
    bracketed = _BRACKETS.search(head)
    if bracketed and 2 <= bracketed.start() <= MAX_PLACE:
        place = head[: bracketed.start()].strip(" ,")
        agency = _find_agency(bracketed["agency"] or bracketed["slashed"])
        if agency and bracketed["dash"] and _is_capitalised(place) and not _SENTENCE.search(place):
            return Dateline(place.rstrip(".") if bracketed["slashed"] else place, agency)
        has_dash = (bracketed["dash"] or "").strip(". ").startswith(("—", "–", "-"))
        if bracketed["agency"] and has_dash and is_place(place):
            return Dateline(place, None)
    place, dash, after = _before_dash(head)
    if place and any(char.islower() for char in after) and (dash != "-" or _DATE.search(place)):
        return Dateline(place, None)
    return None


def _before_dash(head: str) -> tuple[str, str, str]:
    """Split a line at its first dash into place, dash and rest; all are empty where no place precedes the dash."""
    dash = _DASH.search(head)
    place = head[: dash.start()].strip(" ,") if dash else ""
    if dash is None or _NO_PLACE.search(place) or not is_place(place):
        return "", "", ""
    return place, dash.group().strip(), head[dash.end() :]


def _find_agency(name: str) -> str | None:
    """Return an agency of "Reuters", "AP" or "dpa/AFP" as it is written; None where none is known."""
    name = name.strip()
    parts = re.split(r"\s?[/,+&]\s?|\s(?:and|und|et|y|e)\s", name)
    return name if name in AGENCIES or (len(parts) < 5 and all(part in AGENCIES for part in parts)) else None


def _split_agency(inside: str) -> tuple[str | None, str]:
    """Return the agency and the rest of what stands in opening brackets, such as "서울=연합뉴스"."""
    agency = _find_agency(inside)
    if agency:
        return agency, ""
    for name in _UNSPACED:
        if inside.endswith(name) and len(inside) > len(name):
            return name, inside[: -len(name)].strip(" =、")
    place, space, last = inside.rpartition(" ")
    return (last, place) if space and last in AGENCIES and any(char.isdigit() for char in place) else (None, "")


def _is_capitalised(place: str) -> bool:
    """Return whether all words before the first comma but short ones, such as "de", begin with a capital or digit."""
    words = place.split(",", maxsplit=1)[0].split()
    is_capital = [not word[0].islower() for word in words]
    return bool(words) and is_capital[0] and all(map(lambda is_fine, word: is_fine or len(word) < 4, is_capital, words))


def is_place(text: str) -> bool:
    """Return whether a text is a place in capitals, with or without what follows its comma: a state, a date."""
    place, _, rest = text.strip(" ,.").partition(",")
    words = place.split()
    letters = [char for char in place if char.isalpha()]
    if not 1 <= len(words) <= 5 or len(letters) < 4 or any(char.islower() for char in letters) or len(text) > MAX_PLACE:
        return False
    if not letters[0].isupper() or any(char.isdigit() for char in place):
        return False
    plain = place.replace("’", "").replace("'", "").lower()
    return plain not in _NO_PLACES and len(rest.split()) <= 6 and not _SENTENCE.search(rest)
