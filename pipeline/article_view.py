"""An article as it is shown: its text before cleaning in lines, with marks for what was cut and for what was found.

What is marked comes from the declarations of the records: all nested columns of Article that have ``start`` and
``end``, themselves or in a list below them. The renderers lay out pieces between the edges of all marks.
"""

import bisect
import functools
import itertools
import json
import typing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from schemas.articles import Article, CleaningAction
from schemas.record import hints, row, stored_fields
from transforms import identity

CUT = "cut"
LINKS = "links"

_LAID_OUT = ("cleaning_actions", "text_blocks")
"""Columns with offsets that are not marks: what was cut is marked by the layout, of which blocks are the lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """Something about a range of the shown text.

    Attributes:
        kind: CUT, a column of Article, or a column and a part of it, such as 'quotes.speaker'.
        start: offset of its first code point in ArticleView.text.
        end: offset after its last.
        label: rule of a cut, address of a link, what else is known of another thing.
    """

    kind: str
    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Fragment:
    """Words that have the same marks, in the order in which these begin."""

    text: str
    marks: tuple[Annotation, ...]

    def mark(self, kind: str) -> Annotation | None:
        """Return the first mark of a kind; None where it has none."""
        return next((mark for mark in self.marks if mark.kind == kind), None)


@dataclass(frozen=True, slots=True)
class Line:
    """One block.

    Attributes:
        kind: as TextBlock has it; 'cut' where nothing of it was kept.
        level: of a heading.
        pieces: its words, in order.
    """

    kind: str
    level: int
    pieces: tuple[Fragment, ...]

    @property
    def rule(self) -> str:
        """The rule that removed all of it; empty where something was kept."""
        cut = self.pieces[0].mark(CUT) if self.is_cut else None
        return cut.label if cut else ""

    @property
    def is_cut(self) -> bool:
        """Whether nothing of it was kept."""
        return self.kind == "cut"

    @property
    def text(self) -> str:
        """All its words."""
        return "".join(piece.text for piece in self.pieces)


class _Offsets:
    """Offsets in the text before cleaning, for offsets in the cleaned one."""

    def __init__(self, actions: Sequence[CleaningAction]) -> None:
        self._places: list[int] = []
        self._removed: list[int] = []
        removed = 0
        for action in actions:
            self._places.append(action.start - removed)
            removed += action.end - action.start
            self._removed.append(removed)

    def before(self, offset: int) -> int:
        """Return where the code point at an offset of the text stands."""
        place = bisect.bisect_right(self._places, offset)
        return offset + (self._removed[place - 1] if place else 0)

    def after(self, offset: int) -> int:
        """Return where the range ends that ends before an offset of the text."""
        return self.before(offset - 1) + 1 if offset else 0


def view_article(article: Article) -> list[Line]:
    """Lay out the text of an article in lines, with all marks.

    Where the text before cleaning was not kept, nothing is shown of what was cut.
    """
    is_raw = article.text_raw is not None
    text = article.text_raw if article.text_raw is not None else article.text
    actions = article.cleaning_actions if is_raw else ()
    offsets = _Offsets(actions)
    marks = [Annotation(kind=CUT, start=one.start, end=one.end, label=one.rule) for one in actions]
    marks += (
        Annotation(kind=kind, start=offsets.before(start), end=offsets.after(end), label=label)
        for kind, start, end, label in _spans(article)
    )
    marks.sort(key=lambda mark: (mark.start, -mark.end))
    blocks = {offsets.before(block.start): block for block in article.text_blocks}
    starts = sorted(blocks)
    lines: list[Line] = []
    start = following = 0
    open_marks: list[Annotation] = []
    for line in text.split("\n"):
        end = start + len(line)
        while following < len(marks) and marks[following].start < end:
            open_marks.append(marks[following])
            following += 1
        open_marks = [mark for mark in open_marks if mark.end > start]
        place = bisect.bisect_left(starts, start)
        block = blocks[starts[place]] if place < len(starts) and starts[place] < end else None
        kind = block.kind if block else "cut" if starts and actions else "paragraph"
        if line:
            lines.append(Line(kind, block.level if block else 0, tuple(_pieces(line, start, open_marks))))
        start = end + 1
    return lines


class Marked(NamedTuple):
    """A nested column of Article whose items have places in the text.

    Attributes:
        column: its name.
        places: name of the list in each item that has the offsets; empty where the item has them.
        parts: names before ``_start`` and ``_end`` of further offsets in an item.
    """

    column: str
    places: str
    parts: tuple[str, ...]


@functools.cache
def marked_columns() -> tuple[Marked, ...]:
    """Find the columns whose items are marked, in the order of Article."""
    found = []
    for column, item in nested_columns():
        parts = tuple(name.removesuffix("_start") for name in hints(item) if _is_offset(item, name, "_start"))
        below = next((inner for inner, record in _nested(item) if _has_offsets(record)), "")
        if column not in _LAID_OUT and (_has_offsets(item) or below):
            found.append(Marked(column, "" if _has_offsets(item) else below, parts))
    return tuple(found)


def nested_columns() -> list[tuple[str, type]]:
    """List the columns of Article that are lists of records, with these."""
    return _nested(Article)


def _nested(cls: type) -> list[tuple[str, type]]:
    items = [(field.name, typing.get_args(hints(cls)[field.name])) for field in stored_fields(cls)]
    return [(name, args[0]) for name, args in items if len(args) == 2 and hasattr(args[0], "__dataclass_fields__")]


def _is_offset(record: type, name: str, *endings: str) -> bool:
    hint = hints(record)[name]
    return name.endswith(endings) and int in (hint, *typing.get_args(hint))


def _has_offsets(record: type) -> bool:
    return {"start", "end"} <= {field.name for field in stored_fields(record)}


def _spans(article: Article) -> Iterator[tuple[str, int, int, str]]:
    """Yield kind, start and end in the cleaned text, and label of all that is marked in it."""
    for column, places, parts in marked_columns():
        for item in getattr(article, column):
            label = describe(item)
            for place in getattr(item, places) if places else (item,):
                yield column, place.start, place.end, label
            for part in parts:
                start, end = getattr(item, f"{part}_start"), getattr(item, f"{part}_end")
                if start is not None and end is not None:
                    yield f"{column}.{part}", start, end, label


def title_of(article: Article, item: Any) -> str:
    """Return what an item of a nested column is called: its words in the text, or its name."""
    record: Any = type(item)
    names = {field.name for field in stored_fields(record)}
    if "text" in names:
        return str(item.text)
    if _has_offsets(record):
        return article.text[item.start : item.end]
    return str(next(getattr(item, name) for name in ("name", "label", *sorted(names)) if name in names))


def describe(item: Any, *, without: str = "") -> str:
    """Return what is known of an item of a nested column besides its words and places.

    Args:
        without: a value that is left out, since it stands beside.
    """
    known = [
        (name, one_line(value))
        for name, value in row(item).items()
        if name not in ("text", "start", "end", "first")
        and not _is_offset(type(item), name, "_start", "_end")
        and value not in (None, [], "", without)
        and not (isinstance(value, list) and isinstance(value[0], dict))
        and not (isinstance(value, str) and identity.is_id(value))
    ]
    if len(known) == 1:
        return known[0][1]
    return ", ".join(f"{name}: {value}" for name, value in known)


def one_line(value: Any) -> str:
    """Return a value as a user reads it.

    >>> one_line([{"name": "Jane Roe", "url": None, "role": "Editor"}, {"name": "Sam Doe"}])
    'Jane Roe (role: Editor), Sam Doe'
    """
    match value:
        case str():
            return value
        case date():
            return value.isoformat()
        case list():
            return ", ".join(map(one_line, value))
        case dict():
            name, *others = [(key, one_line(part)) for key, part in value.items() if part not in (None, [], "")]
            return name[1] + (f" ({', '.join(f'{key}: {part}' for key, part in others)})" if others else "")
        case float():
            return f"{value:.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
    return json.dumps(value)


def count_marks(lines: Sequence[Line]) -> dict[str, int]:
    """Count the marks of each kind that a text shows, in the order of the columns."""
    marks = {mark for line in lines for piece in line.pieces for mark in piece.marks}
    kinds = [kind for one in marked_columns() for kind in (one.column, *(f"{one.column}.{part}" for part in one.parts))]
    counts = {kind: sum(mark.kind == kind for mark in marks) for kind in (*kinds, CUT)}
    return {kind: count for kind, count in counts.items() if count}


def _pieces(line: str, offset: int, marks: Sequence[Annotation]) -> Iterator[Fragment]:
    """Cut a line at the edges of the marks in it, which are in the order of their starts."""
    edges = sorted({0, len(line), *(edge for mark in marks for edge in _inside(mark, offset, len(line)))})
    following = 0
    covering: list[Annotation] = []
    for start, end in itertools.pairwise(edges):
        while following < len(marks) and marks[following].start - offset <= start:
            covering.append(marks[following])
            following += 1
        covering = [mark for mark in covering if mark.end - offset > start]
        yield Fragment(line[start:end], tuple(covering))


def _inside(mark: Annotation, offset: int, length: int) -> tuple[int, int]:
    return max(0, mark.start - offset), min(length, mark.end - offset)
