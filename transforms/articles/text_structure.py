"""Blocks of the cleaned text and the links in it, by their offsets."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from lxml.html import HtmlElement

from schemas.articles import CleaningAction, TextBlock, TextLink
from transforms.articles.blocks import Block
from transforms.urls import is_web_url, join_url

MAX_LINKS = 2_000
"""Most links that are kept of one text."""

MAX_ADDRESS = 2_000
"""Code points of the longest address of a link or picture that is kept."""

KINDS = ("heading", "paragraph", "list_item", "quote", "table_row", "caption", "preformatted")
"""Every kind of a block."""


class KeptBlock(Protocol):
    """A block of the page and where what is left of it stands in the text; as cleaning returns it."""

    @property
    def block(self) -> Block:
        """The block as it was read."""

    @property
    def start(self) -> int:
        """Offset of its first code point in the text."""

    @property
    def end(self) -> int:
        """Offset after its last code point in the text."""


def base_of(tree: HtmlElement, url: str | None) -> str | None:
    """Return the address that relative ones of a page are resolved against: that of the page, or what ``<base>`` says.

    >>> from lxml.html import document_fromstring
    >>> base_of(document_fromstring("<base href='/b/'><p>Text"), "https://a.example/c/d")
    'https://a.example/b/'
    """
    element = tree.find(".//base")
    written = (element.get("href") or "").strip()[:MAX_ADDRESS] if element is not None else ""
    return (join_url(url, written) or url) if written else url


def resolve(base: str | None, written: str | None) -> str | None:
    """Return the absolute http or https address of a link or picture; None for what is none of these.

    >>> resolve("https://a.example/b", "//c.example/d e"), resolve(None, "mailto:a@b.example"), resolve(None, "/c")
    ('https://c.example/d%20e', None, None)
    """
    written = (written or "").strip()
    if not written or len(written) > MAX_ADDRESS:
        return None
    if written.startswith("//") and not base:
        written = f"https:{written}"
    found = join_url(base, "".join(written.splitlines()).replace(" ", "%20"))
    return found if found and is_web_url(found) else None


def describe_blocks(kept: Iterable[KeptBlock]) -> tuple[TextBlock, ...]:
    """Say of each block what it is and where it stands in the text."""
    return tuple(
        TextBlock(kind=one.block.kind, level=one.block.level, start=one.start, end=one.end)
        for one in kept
        if one.end > one.start
    )


def find_links(blocks: Sequence[Block], actions: Sequence[CleaningAction], *, base: str | None) -> tuple[TextLink, ...]:
    """Find the links in the text that cleaning left, in order; of one that was cut in part, what is left.

    Links that lead nowhere else (scripts, mail, a place in the same page) are left out. Takes time linear in blocks,
    links and actions.

    Args:
        blocks: those whose texts, joined by newlines, are the text before cleaning; empty ones are passed over.
        actions: what was removed from that text, in order and apart from each other.
        base: address that relative ones are resolved against.
    """
    found: list[TextLink] = []
    cuts = _Cuts(actions)
    offset = 0
    for block in blocks:
        if not block.text:
            continue
        for start, end, written in sorted(block.links):
            if written.startswith("#") or not written:
                continue
            first, after = cuts.left_before(offset + start), cuts.left_before(offset + end)
            url = resolve(base, written) if after > first else None
            if url is not None:
                found.append(TextLink(url=url, start=first, end=after))
        if len(found) >= MAX_LINKS:
            return tuple(found[:MAX_LINKS])
        offset += len(block.text) + 1
    return tuple(found)


class _Cuts:
    """What is left before an offset of the text before cleaning, for offsets that hardly ever go back."""

    def __init__(self, actions: Sequence[CleaningAction]) -> None:
        self._actions = actions
        self._next = 0
        self._removed = 0

    def left_before(self, offset: int) -> int:
        """Return how many code points before an offset were not removed."""
        while self._next and self._actions[self._next - 1].end > offset:  # the links of a block may lie in each other
            self._next -= 1
            self._removed -= self._actions[self._next].end - self._actions[self._next].start
        while self._next < len(self._actions) and self._actions[self._next].end <= offset:
            self._removed += self._actions[self._next].end - self._actions[self._next].start
            self._next += 1
        inside = 0
        if self._next < len(self._actions):
            inside = max(0, offset - self._actions[self._next].start)
        return offset - self._removed - inside
