"""The text of one block, written piece by piece while a page is walked over."""

import re

from transforms.articles.folding import tidy_piece
from transforms.characters import is_wide

_EDIT = re.compile(r"\s?\[\s?([^\[\]]{1,40}?)\s?\]$")
"""The link that ends a heading for editors, in brackets."""

_OPENING = frozenset("([{<-‐‑'’‘\"“„«‹/#@&$€£¥")
"""Characters that belong to the word behind them."""


def _is_seam(before: str, after: str) -> bool:
    """Return whether two pieces of text without a blank between are two words, and neither is punctuation alone."""
    return after[0].isalnum() and before[-1] not in _OPENING


class BlockWriter:
    """The text of one block while it is being gathered."""

    __slots__ = (
        "blank_lines", "breaks", "closed", "has_break", "length", "line_ends", "link_chars", "links", "parts", "seams",
        "space", "strong_chars",
    )  # fmt: skip

    def __init__(self) -> None:
        self.seams: list[int] = []
        self.blank_lines: list[int] = []
        self.line_ends: list[int] = []
        self.links: list[tuple[int, int, str]] = []
        self.clear()

    def clear(self) -> None:
        """Begin another block."""
        self.parts: list[str] = []
        self.length = self.breaks = self.link_chars = self.strong_chars = 0
        self.space = self.has_break = False
        self.closed = -1
        if self.links:
            self.links = []
        if self.seams or self.blank_lines or self.line_ends:  # few blocks have any
            self.seams, self.blank_lines, self.line_ends = [], [], []

    def add(self, text: str, strong: int) -> None:
        """Add text that is more than white space; ``strong``: how many elements around it make it bold."""
        if not text.isascii():
            text = tidy_piece(text)
            if not text or text.isspace():
                self.space = True
                return
        # Of white space, only the blank is printable: most text is folded already.
        if "  " not in text and text.isprintable():
            folded = text.strip(" ")
        else:
            folded = " ".join(text.split())
            if "\n\n" in text and is_wide(folded[0]):
                self.note_blank_lines(text)
        if self.length and (self.space or text[0].isspace()):
            self.parts.append(" ")
            self.length += 1
        elif self.length == self.closed and self.length and _is_seam(self.parts[-1], folded):
            self.seams.append(self.length)
        self.parts.append(folded)
        self.length += len(folded)
        self.space = text[-1].isspace()
        self.breaks = 0
        if strong:
            self.strong_chars += len(folded)

    def note_blank_lines(self, text: str) -> None:
        """Note where blank lines stand between the parts of a text: style sheets may show it as it is written.

        Only in Han, kana and hangul is that more than the layout of the source.
        """
        place = self.length + (1 if self.length and (self.space or text[0].isspace()) else 0)
        for part in text.split("\n\n"):
            size = len(" ".join(part.split()))
            if size:
                self.blank_lines.append(place)
                place += size + 1


def leave_edit_link(text: str, writer: BlockWriter) -> str:
    """Return a heading without the link in brackets that ends it, as in "Reactions [edit]"."""
    start, end, _ = writer.links[-1]
    found = _EDIT.search(text, max(0, len(text) - 50))
    if found is None or not found.start() or (start, end) != found.span(1):
        return text
    writer.links.pop()
    writer.link_chars -= end - start
    writer.seams = [seam for seam in writer.seams if seam < found.start()]
    return text[: found.start()]
