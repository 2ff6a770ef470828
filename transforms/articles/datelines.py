"""Place, date and agency that open a report, such as "PARIS, May 3 (AFP) —".

A dateline stays in the text, which is as published. Only what a paragraph states is returned, in its own words. An
agency is one of those listed in ``agencies.json``; a place without an agency must be in capitals before a long dash.
Before a colon or a hyphen it must also be a well-known city, or be named in the text.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from transforms.articles.agencies import AGENCIES, UNSPACED, find_agency, is_agency
from transforms.articles.reporters import read_placed
from transforms.package_data import load_json

_DATA = load_json(__package__, "datelines.json")
_NO_PLACES = frozenset(_DATA["no_places"])
_PLACES = frozenset(_DATA["places"])
"""Cities that datelines name without their country or state."""

MAX_HEAD = 110
"""Code points from the start of a paragraph in which a dateline ends."""
LEAST_REPORT = 60
"""Code points of a paragraph that a place before a colon may open."""
MAX_SEARCHED, MAX_SEARCHED_CHARS = 40, 2_000
"""Paragraphs, and code points of each, in which the name of that place is looked for."""
MAX_PLACE = 60
"""Code points of the longest place and date."""

# For text in which white space is folded.
_OPENING = re.compile(r"[(（\[【［]\s?([^()（）\[\]【】［］]{2,40})[)）\]】］]\s?(?:[—–-]{1,2}|=|:)?\s?")
_BRACKETS = re.compile(
    r"(?:\((?P<agency>[^()]{2,40})\)|/(?P<slashed>[^/()]{2,30})/)\s?(?P<dash>\.?\s?[—–-]{1,2}|[.:：=,])?"
)
_DASH = re.compile(r"—|–|\s--?(?=\s)|\.\s?-(?=\s)")
_NO_PLACE = re.compile(r"[()/:;!?\"“”]")
_XINHUA = re.compile(r"(?P<agency>新华社|新華社|中新社|中新网|中新網)(?P<place>[^，。,.]{2,14}?\d{1,2}日)[电電]")
_CNA = re.compile(r"[（(](?P<agency>中央社)記者[\u3400-\u9fff]{3}(?P<place>[\u3400-\u9fff]{2,4}\d{1,2}日)電")
"""Its reporters have names of three signs, nearly all."""

_DATE = re.compile(r"[^\W\d]{2,12}\.?\s\d{1,2}(?:,?\s\d{4})?|\d{1,2}\.?\s(?:de\s)?[^\W\d]{2,12}\.?(?:\s\d{4})?")
_DAY_FIRST = re.compile(r"\s\d{1,2}\.?\s[^\W\d]{2,12}\.?(?:\s\d{4})?$")
_SENTENCE = re.compile(r"[^\W\d]{4}\.\s|[!?;]|\s(?:is|are|was|were|has|had|said|says)\s")
_COLON = re.compile(r"(?P<place>[^\W\d_a-z][^\d:;!?()/\"“”]{2,40}?)(?::|\s-)\s(?=[^\W\d_a-z]|[\"“‘'])")
_ARTICLES = ("the", "der", "die", "das", "dem", "den", "des", "im", "am", "zum", "zur", "vom", "ein", "eine")
_NAMED = r"(?:(?<=[^\W\d_]\s)|(?<=[^\W\d_],\s))" + "".join(rf"(?<!\b{word}\s)" for word in _ARTICLES)
"""What stands before the name of a place in a sentence: a word, but not an article."""
_DOMAIN = re.compile(r"\w\.[a-z]{2,4}$")
_TAIPEI = re.compile(r"[（(](?P<agency>中央社)[記记]者[^，。（）()]{2,30}[電电][)）]")


class Dateline(NamedTuple):
    """What the start of a report says; None for what it does not say.

    Attributes:
        dateline: place and date.
        provider_name: agency.
    """

    dateline: str | None = None
    provider_name: str | None = None


def read_dateline(paragraphs: Sequence[str]) -> Dateline:
    """Read the dateline that opens the first or second paragraph, and the agency that is named in it.

    >>> read_dateline(["PARIS, May 3 (AFP) — The bridge is open."])
    Dateline(dateline='PARIS, May 3', provider_name='AFP')
    >>> read_dateline(["【ロンドン＝木下陽一】橋が開通した。"])
    Dateline(dateline='ロンドン', provider_name=None)
    """
    for number, paragraph in enumerate(paragraphs[:2]):
        head = paragraph[:MAX_HEAD]
        found = _read_opening(head)
        rest = [paragraph[len(head) :], *paragraphs[:number], *paragraphs[number + 1 :]]
        if found is None and len(paragraph) >= LEAST_REPORT:
            found = _read_named_place(head, rest)
        if found is not None and not _is_topic(found, rest):
            return found
    return Dateline()


def _is_topic(found: Dateline, rest: Sequence[str]) -> bool:
    """Return whether the text has a place in small letters, too: then it is a topic, as in "MIGRATION – The board"."""
    place = found.dateline or ""
    if found.provider_name is not None or not place.isalpha() or not _has_case(place) or place in _PLACES:
        return False
    word = re.compile(rf"(?<!\w){place.lower()}(?!\w)")
    return _occurs(word, rest)


def _occurs(pattern: re.Pattern[str], paragraphs: Sequence[str]) -> bool:
    """Return whether a pattern is found in some paragraphs, of which the first are searched."""
    return any(pattern.search(paragraph[:MAX_SEARCHED_CHARS]) for paragraph in paragraphs[:MAX_SEARCHED])


def _read_named_place(head: str, rest: Sequence[str]) -> Dateline | None:
    """Read "CHENNAI: The port" or "FRANKFURT - Der Hafen"; other places must be named in the text as names are written.

    An interview, in which each question opens so, has no dateline.
    """
    found = _COLON.match(head)
    if found is None or not is_place(found["place"]):
        return None
    place, _, after = found["place"].partition(",")
    dateline = place if _DOMAIN.search(after) else found["place"]
    if any(_COLON.match(paragraph[:MAX_HEAD]) for paragraph in rest[1:MAX_SEARCHED]):
        return None
    if place in _PLACES:
        return Dateline(dateline, None)
    named = re.compile(rf"{_NAMED}{re.escape(place.title())}(?![^\W\d_])")
    return Dateline(dateline, None) if _occurs(named, rest) else None


def has_dateline(paragraph: str) -> bool:
    """Return whether a paragraph opens with a place or an agency, as the first of a report does."""
    return _read_opening(paragraph[:MAX_HEAD]) is not None


def _read_opening(head: str) -> Dateline | None:
    xinhua = _XINHUA.match(head) or _CNA.match(head)
    if xinhua:
        return Dateline(xinhua["place"], xinhua["agency"])
    taipei = _TAIPEI.match(head)
    if taipei:  # names of reporters and place are written without anything between them
        return Dateline(None, taipei["agency"])
    opening = _OPENING.match(head)
    if opening:
        agency, place = _split_agency(opening[1])
        if agency is None:
            placed = read_placed(opening[1])
            return Dateline(placed.place, None) if placed else None
        if not place:  # "(ANSA) - ROMA, 03 MAG - "
            place, _, _ = _before_dash(head[opening.end() :])
        return Dateline(place or None, agency)
    bracketed = _BRACKETS.search(head)
    if bracketed and 2 <= bracketed.start() <= MAX_PLACE:
        place = head[: bracketed.start()].strip(" ,")
        agency = find_agency(bracketed["agency"] or bracketed["slashed"])
        is_marked = bracketed["dash"] or _DATE.search(place) or (agency and not _has_case(agency) and "," in place)
        if agency and is_marked and _is_capitalised(place) and not _SENTENCE.search(place):
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


def _split_agency(inside: str) -> tuple[str | None, str]:
    """Return the agency and the rest of what stands in opening brackets, such as "서울=연합뉴스"."""
    agency = find_agency(inside)
    if agency:
        return agency, ""
    for name in UNSPACED:
        if inside.endswith(name) and len(inside) > len(name):
            return name, inside[: -len(name)].strip(" =＝、")
    place, slash, last = inside.rpartition("/")
    if slash and is_agency(last.strip()) and _is_capitalised(place):  # "(Oslo/NTB): "
        return last.strip(), place.strip()
    place, space, last = inside.rpartition(" ")
    return (last, place) if space and last in AGENCIES and any(char.isdigit() for char in place) else (None, "")


def _has_case(word: str) -> bool:
    return word.lower() != word.upper()


def _is_capitalised(place: str) -> bool:
    """Return whether all words before the first comma or date but short ones, such as "de", begin with a capital."""
    words = _DAY_FIRST.sub("", place.split(",", maxsplit=1)[0]).split()
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
