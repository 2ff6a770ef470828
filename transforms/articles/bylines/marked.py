"""Bylines in elements that are marked as such."""

from dataclasses import replace
from itertools import islice

from lxml.html import HtmlElement

from transforms.articles.blocks import Block, Container, Mark, Structure
from transforms.articles.byline_openings import is_byline, is_byline_label, is_other_work, without_about
from transforms.articles.bylines.lines import (
    MAX_BYLINES,
    MAX_LINE,
    MAX_LINES,
    PROFILE,
    SEPARATORS,
    Byline,
    is_date,
    is_source_name,
    read_byline,
    read_linked_office,
    read_name_line,
    without_dates,
)
from transforms.articles.facts import NamedAuthor
from transforms.articles.heads import Head
from transforms.articles.name_forms import is_office_line, is_person, is_user
from transforms.articles.page_elements import visible_words
from transforms.articles.roles import Role, split_name

_BYLINE = int(Role.BYLINE)
_OF_QUOTES = frozenset(("comment", "testimonial", "testimonials", "quote", "blockquote"))

_MAX_BLOCKS = 24
"""Blocks of a marked element; what holds more is the article, with its author's name in its class."""

_MAX_GAP = 4
"""Most blocks from one marked element to the next that belongs to it."""


def find_marks(structure: Structure) -> list[Mark]:
    """Return the elements that are marked as bylines."""
    return [mark for mark in structure.marks if mark.own & _BYLINE and not _is_of_quote(mark)]


def _is_of_quote(mark: Mark) -> bool:
    """Return whether an element is marked as the author of a comment or of what a customer says."""
    words = split_name((mark.element.get("class") or "")[:MAX_LINE])
    return not _OF_QUOTES.isdisjoint(words)


def read_marks(structure: Structure, marks: list[Mark], head: Head) -> list[Byline]:
    """Read elements that are marked as bylines; those of one class, side by side, belong together."""
    found: list[Byline] = []
    before: Mark | None = None
    read_to = -1
    for mark in marks:
        if mark.block < read_to or len(found) >= MAX_BYLINES:
            continue  # it stands in one that was read
        line, authors, end = _read_mark(structure, mark, head)
        if not authors:
            continue
        read_to = end
        about = (mark.element.tag, mark.element.get("class"))
        is_next = (
            before is not None
            and (before.element.tag, before.element.get("class")) == about
            and mark.block - before.block <= _MAX_GAP
            and before.element not in islice(mark.element.iterancestors(), 20)
        )
        if is_next and found:
            found[-1].authors += [author for author in authors if author not in found[-1].authors]
        else:
            found.append(Byline(line, authors))
        before = mark
    return found


def _container_of(structure: Structure, mark: Mark) -> Container | None:
    """Return the container that a marked element is; None for an inline element."""
    for container in structure.containers[mark.container + 1 :]:
        if container.start > mark.block:
            return None
        if container.element is mark.element:
            return container
    return None


def _link_of(element: HtmlElement, line: str) -> str | None:
    """Return the address that an inline element links as a whole, itself or by the only link in it."""
    links = list(islice(element.iter("a"), 2))
    is_whole = len(links) == 1 and (links[0] is element or visible_words(links[0], max_chars=MAX_LINE) == line)
    return links[0].get("href") if is_whole else None


def _read_mark(structure: Structure, mark: Mark, head: Head) -> tuple[str, list[NamedAuthor], int]:
    """Return the line of a marked element, the authors that it names, and the block after those that it holds."""
    container = _container_of(structure, mark)
    if container is None:
        line = visible_words(mark.element, max_chars=MAX_LINE)[:MAX_LINE]
        url = _link_of(mark.element, line)
        block = Block(line, links=((0, len(line), url),) if url else ())
        if is_byline(line):
            return line, read_byline(line, block.links), 0
        if url and is_user(line) and PROFILE.search(url):
            return line, [NamedAuthor(line, url)], 0
        return line, read_name_line(block, without_about(without_dates(line)), is_marked=True), 0
    is_article = head.is_inside(container) or container.tag == "article"
    if is_article or container.end - container.start > _MAX_BLOCKS:
        return "", [], 0
    blocks = structure.blocks[container.start : min(container.end, container.start + MAX_LINES)]
    found: list[NamedAuthor] = []
    lines: list[str] = []
    for block in [piece for whole in blocks for piece in _split_at_office(whole)]:
        text = without_about(without_dates(block.text))
        if is_other_work(text):
            break
        is_named = read_linked_office(block, text) is not None
        if found and not is_named and is_office_line(text) and not is_person(text):
            found[-1] = found[-1]._replace(role=found[-1].role or text)
            lines.append(block.text)
            continue
        is_opened = is_byline(block.text)
        names = read_byline(block.text, block.links) if is_opened else read_name_line(block, text, is_marked=not found)
        found += [name for name in names if name.name not in {author.name for author in found}]
        if names or is_byline_label(block.text):
            lines.append(block.text)
    return " ".join(lines)[:MAX_LINE], found, container.end


def _split_at_office(block: Block) -> list[Block]:
    """Return what the elements in a line hold, each as a block, where a name and an office or date are among them.

    "<span>Jane Roe</span> <span>Business Reporter</span>": in one line, nothing says where the name ends.
    """
    element = block.element
    if element is None or len(block.text) > MAX_LINE or not 2 <= len(element) <= MAX_LINES:
        return [block]
    if any(part.strip(SEPARATORS) for part in (element.text or "", *(child.tail or "" for child in element))):
        return [block]
    pieces = []
    for child in element:
        if not isinstance(child.tag, str):
            return [block]
        line = visible_words(child, max_chars=MAX_LINE)[:MAX_LINE]
        url = next((link.get("href") for link in child.iter("a")), None)
        pieces.append(replace(block, text=line, links=((0, len(line), url),) if url else (), seams=()))
    pieces = [piece for piece in pieces if piece.text]
    is_office = any(is_office_line(piece.text) and not is_person(piece.text) for piece in pieces[1:])
    dated = next((place for place, piece in enumerate(pieces) if block.seams and is_date(piece.text)), 0)
    pieces = pieces[: dated + 1] if dated else pieces
    is_name = bool(pieces) and is_person(pieces[0].text)
    beside = pieces[1].text if len(pieces) > 1 else ""
    is_source = bool(beside) and is_source_name(pieces[0].text) and (is_person(beside) or is_byline(beside))
    return pieces if is_source or ((is_office or dated) and is_name) else [block]
