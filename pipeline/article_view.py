"""An article as it is shown: its text before cleaning in lines, with marks for what was cut, links and entities.

Marks of any kind may be added: the renderers of text and HTML lay out pieces between the edges of all marks.
"""

import bisect
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.articles import Article, CleaningAction


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """Something about a range of the shown text.

    Attributes:
        kind: 'cut', 'link' or 'entity'.
        start: offset of its first code point in ArticleView.text.
        end: offset after its last.
        label: rule of a cut, address of a link, type of an entity.
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
        cut = self.pieces[0].mark("cut") if self.is_cut else None
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
    marks = [Annotation(kind="cut", start=one.start, end=one.end, label=one.rule) for one in actions]
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


def _spans(article: Article) -> Iterator[tuple[str, int, int, str]]:
    """Yield kind, start and end in the cleaned text, and label of all that is marked in it."""
    for link in article.links:
        yield "link", link.start, link.end, link.url
    for entity in article.entities:
        for mention in entity.mentions:
            yield "entity", mention.start, mention.end, entity.type


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
