"""Where a text stands in quotation marks."""

import itertools
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

MAX_SPANS = 1000
"""Pairs of marks of a text that are looked at."""

MAX_PARAGRAPHS = 8
"""Paragraphs that one quotation may run over."""

_PARAGRAPH = re.compile(r"[^\r\n\u2028\u2029]+")
_SINGLE = "‘’‚'"
_MARK = re.compile(rf"[\"“”„‟«»‹›{_SINGLE}](?:(?<![^\W_][{_SINGLE}])|(?![^\W_]))")
"""A quotation mark; single ones within a word are apostrophes."""
_FAMILY = {**dict.fromkeys('"“”„‟', "double"), **dict.fromkeys("«»", "guillemet"), **dict.fromkeys("‹›", "single")}
_OPENS = "“„‟«‹‘‚"
_CLOSES = "”»›"
_BEFORE_OPENING = frozenset("([{<-–—/|:;,…*\u200b\u200e\ufeff\"“”„«»‹›‘’‚'¿¡")
_ENDS_CLAUSE = frozenset(",;:!?)")  # what no quotation begins with
_AFTER_CLOSING = frozenset(")]}>-–—/|:;,.…!?*\u200b\ufeff\"“”„«»‹›‘’‚'")


_PAIR = re.compile(r"(?<![\d'’‘`])(?:''|’’|‘‘|``)(?!['’‘`])")
"""Two single marks for a double one, as news agencies set them; behind a digit they are inches or seconds."""


def _one_mark(pair: re.Match[str]) -> str:
    """A double mark with a space of no width, so that offsets stay."""
    text, start = pair.string, pair.start()
    is_free = start == 0 or text[start - 1].isspace() or text[start - 1] in _BEFORE_OPENING
    if pair.group() in ("‘‘", "``") or (is_free and text[pair.end() : pair.end() + 1].isalnum()):
        return "“\u200b"
    return "\u200b”"


class Span(NamedTuple):
    """Words between two quotation marks, or between one and the end of the paragraph."""

    start: int
    """First code point of the words, behind mark and white space."""
    end: int
    """After the last one."""
    outer_start: int
    """The opening mark; first of the paragraph where it has none."""
    outer_end: int
    """After the closing mark; end of the paragraph where it has none."""
    continues: bool
    """Whether it continues what the paragraph before left open."""
    mark: str
    """The opening mark."""
    is_lost: bool = False
    """Whether nothing closes it, in this paragraph or a later one."""


class Paragraph(NamedTuple):
    """One paragraph and what stands in quotation marks there, outermost only, in order."""

    start: int
    end: int
    spans: tuple[Span, ...]


def find_paragraphs(text: str) -> Iterator[Paragraph]:
    r"""Yield the paragraphs of a text with what stands in quotation marks.

    Which way a mark faces is read from the white space around it first and by its shape second, since both straight
    marks and those of other languages (»so«, „so“, «so», “so„) face either way. A mark within a word is an
    apostrophe. A quotation that its paragraph leaves open goes on in the next one where that begins with the same
    mark, or where its first mark closes; else it is lost. Takes time linear in the text.

    >>> text = "He said: “One two.\n“Three ‘four’ five,” and left."
    >>> [[text[span.start : span.end] for span in paragraph.spans] for paragraph in find_paragraphs(text)]
    [['One two.'], ['Three ‘four’ five,']]
    """
    count, run = 0, 0
    carried = ""
    paragraphs = [match.span() for match in _PARAGRAPH.finditer(text)]
    places = [match.start() for match in _MARK.finditer(text)]
    if "``" in text or any(behind - at == 1 and text[at] == text[behind] for at, behind in itertools.pairwise(places)):
        text = _PAIR.sub(_one_mark, text)
        places = [match.start() for match in _MARK.finditer(text)]
    taken = 0
    for number, (start, end) in enumerate(paragraphs):
        first, taken = taken, bisect_left(places, end, taken)
        if count >= MAX_SPANS or (first == taken and not carried):
            run = 0
            yield Paragraph(start, end, ())
            continue
        spans, left_open = _read_paragraph(text, start, end, carried, places[first:taken])
        carried = ""
        if left_open is not None:
            mark = text[left_open]
            following = None
            if number + 1 < len(paragraphs):
                following = _first_mark(text, *paragraphs[number + 1], (places[at] for at in range(taken, len(places))))
            goes_on = following is not None and (
                (following.leads and following.mark in _same_opening(mark))
                or (following.faces == "closes" and _FAMILY.get(following.mark) == _FAMILY.get(mark, "none"))
            )
            run = run + 1 if goes_on else 0
            if goes_on and run < MAX_PARAGRAPHS and mark not in _SINGLE:
                carried = mark
                spans.append(_span(text, left_open, end, mark, continues=False, is_closed=False))
            elif not goes_on and mark not in _SINGLE and text[left_open] == mark:
                lost = _span(text, left_open, end, mark, continues=False, is_closed=False)
                spans = [*(span for span in spans if span.outer_end <= left_open), lost._replace(is_lost=True)]
        else:
            run = 0
        found = tuple(span for span in spans if span.start < span.end)[: MAX_SPANS - count]
        count += len(found)
        yield Paragraph(start, end, found)


class _First(NamedTuple):
    mark: str
    leads: bool
    faces: str


def _first_mark(text: str, start: int, end: int, places: Iterable[int]) -> _First | None:
    """The first mark of a paragraph that is not a single one, and whether nothing stands before it."""
    for at in places:
        if at >= end:
            return None
        if text[at] not in _SINGLE:
            return _First(text[at], not text[start:at].strip("\u200b\ufeff \t\xa0"), _faces(text, at, start, end))
    return None


def _same_opening(mark: str) -> str:
    return '"“”„' if mark in '"“”„' else mark


def _faces(text: str, at: int, start: int, end: int) -> str:
    """Whether a mark opens, closes, or may do both ("either") or neither ("none", an apostrophe)."""
    mark = text[at]
    before = text[at - 1] if at > start else " "
    after = text[at + 1] if at + 1 < end else " "
    free_before, free_after = before.isspace(), after.isspace()
    can_open = free_before or before in _BEFORE_OPENING
    can_close = free_after or after in _AFTER_CLOSING
    if mark in _SINGLE:
        if text[at + 1 : at + 3].isdigit() and not text[at + 3 : at + 4].isdigit():
            return "none"  # the ’90s
        if mark == "‘" and free_before and not free_after:
            return "opens"
        if can_open and after.isalnum() and mark != "’":
            return "opens"
        return "closes" if can_close and not free_before else "none"
    if mark in "«»" and free_before != free_after:  # French sets a space within the marks: « so »
        if mark == "«" and free_after and not (before.isalnum() or before in ".,!?…)"):
            return "opens"
        if mark == "»" and free_before and not (after.isalnum() or after in "([¿¡"):
            return "closes"
    if free_before and not free_after:
        return "opens"
    if free_after and not free_before:
        return "closes"
    if can_open and not can_close:
        return "either" if before in ".,:;…" and mark not in _OPENS else "opens"
    if can_close and not can_open:
        return "closes"
    if after in _ENDS_CLAUSE:
        return "closes"
    if mark in _OPENS and mark != "“":
        return "opens"
    if mark in _CLOSES:
        return "closes"
    return "opens" if mark == "“" and can_open and not before.isalnum() else "either"


def _read_paragraph(
    text: str, start: int, end: int, carried: str, places: Sequence[int]
) -> tuple[list[Span], int | None]:
    """The spans of one paragraph, and the mark that is left open; ``carried`` is that of the paragraph before.

    ``places`` are those of its marks.
    """
    spans: list[Span] = []
    opened: int | None = None
    opening = carried
    continues = bool(carried)
    if carried:
        opened = start
    inner = ""
    singles: list[int] = []
    is_first = True
    for at in places:
        mark = text[at]
        if mark in _SINGLE:
            if opened is None:
                singles.append(at)
            continue
        faces = _faces(text, at, start, end)
        if is_first and carried and faces != "closes" and mark in _same_opening(carried):
            opened, opening = at, mark  # the mark that is repeated where a paragraph begins
            is_first = False
            continue
        is_first = False
        if opened is None:
            if faces in ("opens", "either"):
                opened, opening, inner, continues = at, mark, "", False
            continue
        same = _FAMILY[mark] == _FAMILY[opening]
        if inner:
            if faces == "opens":
                if same and mark == opening and mark != inner:
                    opened, inner = at, ""
                continue
            if _closes(inner, mark):
                inner = ""
                continue
            if not same:
                continue
            inner = ""
        elif faces == "opens" and not (faces == "opens" and same and mark in "”»›" and opening != mark):
            if same and (mark == opening or {mark, opening} <= {"”", "“"}):
                opened, continues = at, False  # the one before was never closed
            else:
                inner = mark
            continue
        elif not same:
            continue
        if faces == "opens" and not _closes(opening, mark):
            continue
        spans.append(
            _span(text, opened, at, opening, continues=continues, is_closed=True, has_mark=text[opened] == opening)
        )
        opened, continues, opening = None, False, ""
    outer = list(_single_spans(text, start, end, singles, spans)) if singles else []
    if outer:
        spans = sorted([*outer, *_outside(spans, outer)])
    return spans, opened


def _outside(spans: list[Span], others: list[Span]) -> Iterator[Span]:
    """Those that stand in none of the others; both in order."""
    at = 0
    for span in spans:
        while at < len(others) and others[at].outer_end <= span.outer_start:
            at += 1
        if at == len(others) or span.outer_start < others[at].outer_start:
            yield span


def _closes(opening: str, mark: str) -> bool:
    return _FAMILY[opening] == _FAMILY[mark]


def _single_spans(text: str, start: int, end: int, singles: list[int], doubles: list[Span]) -> Iterator[Span]:
    """Spans in single marks, beside those in double ones; an apostrophe that ends a word is not a closing mark."""
    opened: int | None = None
    is_crossed = False  # whether a quotation in double marks stands within
    held: int | None = None  # a mark that closes, or is the apostrophe of a plural
    borders = iter([span.outer_start for span in doubles] + [end])
    border = next(borders)
    for at in [*singles, end]:
        while at > border:  # a quotation in double marks lies between
            if opened is not None and held is not None:
                yield _span(text, opened, held, text[opened], continues=False, is_closed=True)
                opened = held = None
            is_crossed = True
            border = next(borders, end + 1)
        if at == end:
            break
        faces = _faces(text, at, start, end)
        if faces == "opens":
            if opened is not None and held is not None:
                yield _span(text, opened, held, text[opened], continues=False, is_closed=True)
            opened, held, is_crossed = at, None, False
        elif faces == "closes" and opened is not None:
            if is_crossed and text[at - 1] not in ",.!?…":
                continue
            if text[at - 1] in "sz" and text[at + 1 : at + 2].isspace() and held is None:
                held = at
                continue
            yield _span(text, opened, at, text[opened], continues=False, is_closed=True)
            opened = held = None
    if opened is not None and held is not None:
        yield _span(text, opened, held, text[opened], continues=False, is_closed=True)


def _span(
    text: str, opened: int, closed: int, mark: str, *, continues: bool, is_closed: bool, has_mark: bool = True
) -> Span:
    start, end = opened + 1 if has_mark else opened, closed
    while start < end and (text[start].isspace() or text[start] in "\u200b\ufeff"):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in "\u200b\ufeff"):
        end -= 1
    return Span(start, end, opened, closed + 1 if is_closed else closed, continues, mark)
