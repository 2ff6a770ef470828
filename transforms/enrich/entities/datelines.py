"""Datelines: the place, the day and the agency that a report begins with."""

import re
from collections.abc import Iterator, Sequence

from transforms.enrich.entities.gazetteer import find_places
from transforms.enrich.entities.labels import Labelled

MAX_PARAGRAPHS = 12
"""Paragraphs at the start of a text in which a dateline is looked for."""

_WORD = r"[^\W\d_][\w.'’-]{0,30}"
_PLACE = re.compile(rf"[ \t]{{0,4}}({_WORD}(?: {_WORD}){{0,3}})")
_REGION = re.compile(rf",[ ]({_WORD}(?: {_WORD}){{0,2}})(?=[ ,(])")
_DATE = re.compile(rf",?[ ](?:{_WORD} \d{{1,2}}|\d{{1,2}}\.? {_WORD})(?:, \d{{4}}|,? \d{{4}})?(?=[ ,(])")
_AGENCY = re.compile(r",?[ ]\(([^\W\d_a-z][\w. &/]{1,30})\)")
_CAPITALS = re.compile(r"([^\W\d_]{3,20}(?: [^\W\d_]{2,20}){0,2}): (?=[^\W\d_a-z])")
_DASH = re.compile(r"[ ]?[-–—]{1,2}[ ]")


def label_datelines(text: str, mentions: Sequence[Labelled]) -> list[Labelled]:
    """The place of a dateline is a place, its agency an organisation: "VELDEN, May 5 (Marle Press) - The board".

    The place begins with a capital letter; a date or an agency follows, and a dash ends it. A known place in capitals
    before a colon is one, too, in newspapers of India and Africa: "VELDEN: The board".
    """
    lines = list(_datelines(text))
    if not lines:
        return list(mentions)
    kept = [m for m in mentions if not any(m.start < end and start < m.end for start, end, _ in lines)]
    return sorted([*kept, *(one for _, _, found in lines for one in found)])


def _datelines(text: str) -> Iterator[tuple[int, int, tuple[Labelled, ...]]]:
    start = 0
    for _ in range(MAX_PARAGRAPHS):
        found = _read_dateline(text, start) or _read_capitals(text, start)
        if found is not None:
            yield found
        start = text.find("\n", start) + 1
        if not start:
            return


def _read_capitals(text: str, start: int) -> tuple[int, int, tuple[Labelled, ...]] | None:
    found = _CAPITALS.match(text, start)
    if found is None or not found[1].isupper() or not find_places(found[1]):
        return None
    return *found.span(1), (Labelled(*found.span(1), "GPE"),)


def _read_dateline(text: str, start: int) -> tuple[int, int, tuple[Labelled, ...]] | None:
    place = _PLACE.match(text, start)
    if place is None or not all(word[0].isupper() for word in place[1].split()):
        return None
    found = [Labelled(*place.span(1), "GPE")]
    end = place.end()
    date = _DATE.match(text, end)
    if date is None:
        region = _REGION.match(text, end)
        if region is not None and all(word[0].isupper() for word in region[1].split()):
            found.append(Labelled(*region.span(1), "GPE"))
            end = region.end()
            date = _DATE.match(text, end)
    end = date.end() if date else end
    agency = _AGENCY.match(text, end)
    if agency is not None:
        found.append(Labelled(*agency.span(1), "ORG"))
        end = agency.end()
    dash = _DASH.match(text, end)
    if dash is None or (date is None and agency is None):
        return None
    if agency is None and not place[1].isupper():
        return None
    return start, end, tuple(found)
