"""The walk over a page.

One walk over the tree gives all that the readers of a page need to look at: blocks with their links, containers,
images, times, and elements whose class says that they hold a byline, a date or a subheadline. The walk is linear and
does not change the tree.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, pairwise

from lxml import etree
from lxml.html import HtmlElement

from transforms.articles.block_writer import BlockWriter, leave_edit_link
from transforms.articles.blocks import MAX_ADDRESS, Block, Container, Mark, Picture, Structure, split_block
from transforms.articles.folding import letters
from transforms.articles.page_elements import split_rel
from transforms.articles.preformatted import keep_lines
from transforms.articles.roles import ARIA_ROLES, READ_ALOUD, TAG_ROLES, Role, roles_of
from transforms.articles.sentence_ends import SENTENCE_ENDS

MAX_BLOCKS = 20_000
"""Most blocks that are read of one page."""

MAX_DEPTH = 400
"""Elements deeper than this are not entered."""

_ABOUT_CHARS = 300
"""Code points of a class, id or role that are read."""

# Plain integers for the walk: an operation on an IntFlag costs as much as entering an element.
_CAPTION, _QUOTE, _LIST_ITEM = int(Role.CAPTION), int(Role.QUOTE), int(Role.LIST_ITEM)
_FIGURE = int(Role.FIGURE)
_PREFORMATTED, _HIDDEN, _BY = int(Role.PREFORMATTED), int(Role.HIDDEN), int(Role.BYLINE)
_INHERITED = ~int(Role.BYLINE | Role.DATE | Role.SUBHEADLINE | Role.TITLE)
_MARKS = int(Role.BYLINE | Role.DATE | Role.SUBHEADLINE | Role.TITLE)
_SKIPPED = frozenset((
    "script", "style", "svg", "template", "head", "iframe", "object", "select", "option", "textarea", "canvas",
    "map", "audio", "video", "noscript", "button", "input", "meta", "link", "math", "datalist", "progress", "noembed",
    "noframes", "frameset", "applet", "dialog",
))  # fmt: skip
_BLOCK_TAGS = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr",
    "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot",
    "th", "thead", "tr", "ul", "html",
))  # fmt: skip
_PERHAPS_LEFT_OUT: frozenset[object] = _SKIPPED | {
    "nav", "footer", "br", "img", "amp-img", etree.Comment, etree.ProcessingInstruction, etree.Entity,
}  # fmt: skip
"""Tags of what is not entered, or not everywhere. That of a comment is a function."""
_COUNTED = frozenset(("button", "input", "video", "audio", "iframe"))
_LEVELS = {f"h{level}": level for level in range(1, 7)}
_NOT_DISPLAYED = re.compile(r"display\s{0,3}:\s{0,3}none")

_MAX_REFERENCE, _MAX_PIECES = 10, 6
"""Code points of the longest reference to a note, and strings that it may consist of."""

_FEW_BLOCKS, _LITTLE_TEXT, _LEAST_TEXT = 3, 200, 500
"""A page of so few blocks and less text shows nothing; so much text for readers without scripts is not a notice."""

_MAX_PICTURES, _LEAST_CAPTION, _MAX_CAPTION, _MAX_CREDIT = 500, 25, 500, 40
"""Pictures whose alternative text is looked at, code points that such a text has, and those of a credit behind it."""

_NEAR = 3
"""Blocks before and behind a paragraph among which one like it is looked for."""

_MAX_TAGS = 500
"""Links to tags that are noted: a page that lists many articles has those of each."""

_LEAST_PARAGRAPH = 25
"""Code points of the shortest paragraph that blank lines alone set apart."""

_LEAST_LINE = 80
"""Code points of the shortest paragraph that a single line break sets apart."""

_MAX_ARTICLES = 20
"""Articles in a menu or foot that are looked at."""

_MAX_NOSCRIPT = 20
_MAX_FALLBACKS = 3
"""Pictures of one ``<noscript>`` that are noted: most hold that which a script shows in its place."""

_HIDING = frozenset(("hidden", "aria-hidden", "style"))
_LINE_ENDS = " \t\r\n"
_INDENTS = ("\u3000", "\u2003", "\xa0\xa0")
"""What the first line of a paragraph begins with where line breaks alone set it apart."""


_OF_KIND = _PREFORMATTED | _CAPTION | _QUOTE | _LIST_ITEM
_KIND_TAGS = frozenset((*_LEVELS, "figcaption", "caption"))


def _kind(tag: str, roles: int) -> str:
    if tag in _LEVELS:
        return "heading"
    if roles & _PREFORMATTED:
        return "preformatted"
    if tag in ("figcaption", "caption") or roles & _CAPTION:
        return "caption"
    if roles & _QUOTE:
        return "quote"
    return "list_item" if roles & _LIST_ITEM else "paragraph"


def _hides(key: str, value: str) -> bool:
    """Return whether an attribute, one of _HIDING, says that its element is not shown."""
    if key == "style":
        return _NOT_DISPLAYED.search(value[:_ABOUT_CHARS]) is not None
    return key == "hidden" or value == "true"


def _is_reference(element: HtmlElement, tag: str) -> bool:
    """Return whether a link to a place in the same page has no letter; with a number, it must be set high."""
    link = element if tag == "a" else next(element.iter("a"), None)
    href = link.get("href") if link is not None else None
    if href is None or len(href) < 2 or href[0] != "#":
        return False
    words = "".join(islice(element.itertext(), _MAX_PIECES))
    if len(words) > _MAX_REFERENCE or not (sign := words.strip()) or any(map(str.isalpha, sign)):
        return False
    return tag == "sup" or (len(element) > 0 and element[0].tag == "sup") or not any(map(str.isdigit, sign))


def _is_tooltip(element: HtmlElement) -> bool:
    """Return whether an element that begins where another ends holds what is shown while that one is pointed at."""
    return element.get("role") == "tooltip" or "tooltip" in (element.get("class") or "")[:_ABOUT_CHARS].lower()


def _is_unclosed(element: HtmlElement, tag: str) -> bool:
    """Return whether a menu or foot holds the article, since nothing closes it; the h1 of a teaser is a link."""
    return any(
        inner.tag == "main"
        or (tag == "nav" and (title := next(inner.iter("h1"), None)) is not None and not _links(title))
        for inner in islice(element.iter("main", "article"), _MAX_ARTICLES)
    )


def _links(title: HtmlElement) -> bool:
    """Return whether a heading holds a link or stands in one."""
    return any(next(links, None) is not None for links in (title.iterancestors("a"), title.iter("a")))


def _is_shown(template: HtmlElement) -> bool:
    """Return whether a ``<template>`` is the content of the element around it, which browsers show."""
    return template.get("shadowrootmode") is not None


def read_structure(tree: HtmlElement) -> Structure:
    """Walk over a page once and return its blocks and what stands around them."""
    body = tree.find("body") if tree.tag != "body" else tree
    structure = Structure()
    _Walk(structure).run(body if body is not None else tree)
    if not structure.blocks and "nav" in structure.counts:  # it was not closed, and the rest of the page is in it
        structure = Structure()
        _Walk(structure, skips_nav=False).run(body if body is not None else tree)
    if len(structure.blocks) <= _FEW_BLOCKS and sum(len(block.text) for block in structure.blocks) < _LITTLE_TEXT:
        structure = _read_without_scripts(body if body is not None else tree) or structure
    _mark_captions(structure)
    return structure


def _mark_captions(structure: Structure) -> None:
    """Make captions of paragraphs that a picture right before or behind them has as its alternative text."""
    blocks = structure.blocks
    for picture in structure.pictures[:_MAX_PICTURES]:
        alt = picture.element.get("alt") or ""
        if not _LEAST_CAPTION <= len(alt) <= _MAX_CAPTION:
            continue
        first = alt[0].casefold()
        for number in (picture.block, picture.block - 1):
            block = blocks[number] if 0 <= number < len(blocks) else None
            if block is None or block.kind != "paragraph" or len(block.text) > len(alt) + _MAX_CREDIT:
                continue
            if block.text[0].casefold() != first and block.text[0].isalnum() and first.isalnum():
                continue  # seen without reducing both to their letters
            if letters(block.text).startswith(letters(alt)) and not _is_of_text(blocks, number, picture):
                blocks[number] = replace(block, kind="caption", roles=block.roles | _CAPTION | _FIGURE)
                break


def _is_of_text(blocks: list[Block], number: int, picture: Picture) -> bool:
    """Return whether a paragraph that a picture has as its alternative text is one of the article's all the same.

    It is like another paragraph near it, in one element with it, and stands before the picture or is a long sentence.
    Some systems make the alternative text of the first words that they find.
    """
    block = blocks[number]
    own = block.element
    if own is None or block.tag != "p":
        return False
    is_sentence = len(block.text) >= _LEAST_LINE and block.text.endswith(SENTENCE_ENDS)
    if not is_sentence and number >= picture.block:
        return False
    beside = (one.element for one in blocks[max(0, number - _NEAR) : number + 1 + _NEAR] if one is not block)
    return any(
        one is not None
        and one.tag == own.tag
        and one.getparent() is own.getparent()
        and one.get("class") == own.get("class")
        for one in beside
    )


def _read_without_scripts(body: HtmlElement) -> Structure | None:
    """Read what a page that scripts fill shows without them; None where that is not an article, but a notice."""
    for element in islice(body.iter("noscript"), _MAX_NOSCRIPT):
        structure = Structure()
        _Walk(structure).run(element)
        if sum(len(block.text) for block in structure.blocks) >= _LEAST_TEXT and len(structure.blocks) > _FEW_BLOCKS:
            return structure
    return None


_State = tuple[str, int, int, HtmlElement | None]
"""Tag, roles, container and element of what is around an element; they hold again after it."""

_Frame = tuple[HtmlElement, Iterator[HtmlElement], str, _State, int]
"""An element, its children still to come, how it is written, what holds again after it, and its first block.

To go over a slice of the children takes half the time that lxml's iterators take.
"""


class _Walk:
    """The walk over one page."""

    def __init__(self, structure: Structure, *, skips_nav: bool = True) -> None:
        self.structure = structure
        self.skips_nav = skips_nav
        self.writer = BlockWriter()
        self.tag = "body"
        self.roles = 0
        self.container = 0
        self.strong = 0
        self.element: HtmlElement | None = None
        self.lined: HtmlElement | None = None
        self.link: str | None = None
        self.link_part = 0
        self.link_start = 0

    def open_link(self, link: str) -> None:
        """Note where in the block under way a link begins, and its address."""
        self.link, self.link_part, self.link_start = link, len(self.writer.parts), self.writer.length

    def close_link(self) -> None:
        """Note the link that ends here, unless it holds no text of this block."""
        writer = self.writer
        if self.link is None or self.link_start >= writer.length:
            return
        start = self.link_start + (writer.parts[self.link_part] == " ")
        writer.links.append((start, writer.length, self.link))
        writer.link_chars += writer.length - start

    def flush(self) -> None:
        """End the block under way."""
        writer = self.writer
        if not writer.length:
            writer.space, writer.breaks = False, 0
            return
        if self.link is not None:
            self.close_link()
        parts, tag, roles = writer.parts, self.tag, self.roles
        text = parts[0] if len(parts) == 1 else "".join(parts)
        kind = _kind(tag, roles) if roles & _OF_KIND or tag in _KIND_TAGS else "paragraph"
        if tag == "pre":  # read once: between blocks in it, there may be many more
            text = keep_lines(text, self.element if self.element is not self.lined else None, writer.line_ends)
            self.lined = self.element
        level = _LEVELS.get(tag, 0)
        if level and writer.links and text[-1] == "]":
            text = leave_edit_link(text, writer)
        links = tuple(writer.links) if writer.links else ()
        self.structure.blocks.append(
            # In order: keywords take as long again, and a page has hundreds.
            Block(
                text, kind, level, tag, roles, self.container, links, writer.link_chars, writer.strong_chars,
                writer.has_break, self.element, tuple(writer.seams) if writer.seams else (),
            )
        )  # fmt: skip
        if len(writer.blank_lines) > 1:
            self._split_at_blank_lines(writer.blank_lines)
        elif writer.line_ends and kind == "paragraph":
            self._split_at_line_ends(writer.line_ends)
        writer.clear()
        if self.link is not None:
            self.open_link(self.link)

    def _split_at_blank_lines(self, places: list[int]) -> None:
        """Make several blocks of the last one where blank lines stand between paragraphs in it."""
        block = self.structure.blocks[-1]
        ends = [*places[1:], len(block.text)]
        if block.kind == "preformatted" or any(
            end - start < _LEAST_PARAGRAPH for start, end in zip([0, *places[1:]], ends, strict=True)
        ):
            return
        self.structure.blocks[-1:] = split_block(block, places)

    def _split_at_line_ends(self, places: list[int]) -> None:
        """Make several blocks of the last one where each of its lines is long and ends as a sentence does."""
        block = self.structure.blocks[-1]
        starts, ends = [0, *places], [*places, len(block.text)]
        if all(
            end - start >= _LEAST_LINE and block.text[start:end].rstrip().endswith(SENTENCE_ENDS)
            for start, end in zip(starts, ends, strict=True)
        ):
            self.structure.blocks[-1:] = [replace(part, has_break=False) for part in split_block(block, places)]

    def run(self, root: HtmlElement) -> None:
        """Walk over the tree below an element, in document order and without recursion."""
        structure, writer, blocks = self.structure, self.writer, self.structure.blocks
        own = TAG_ROLES.get(root.tag, 0)
        structure.containers.append(Container(root, -1, str(root.tag), "", own, own, 0, 0))
        self.element, self.roles = root, own
        stack: list[_Frame] = [(root, iter(root[:]), "block", (self.tag, own, 0, root), 0)]
        if root.text and not root.text.isspace():
            writer.add(root.text, 0)
        while stack:
            element, children, way, before, first = stack[-1]
            for child in children:
                tag = child.tag
                if tag in _PERHAPS_LEFT_OUT and self._leave_out(child, tag):
                    pass
                elif tag == "span" and writer.length == writer.closed and not writer.space and _is_tooltip(child):
                    structure.elements += 1
                elif len(stack) < MAX_DEPTH and len(blocks) < MAX_BLOCKS:
                    structure.elements += 1
                    frame = self._enter_block(child, tag) if tag in _BLOCK_TAGS else self._enter_inline(child, tag)
                    if frame is not None:
                        stack.append(frame)
                        break
                tail = child.tail
                if tail:
                    if tail.isspace():
                        writer.space = True
                    else:
                        writer.add(tail, self.strong)
            else:
                stack.pop()
                if way == "block":
                    self._leave_block(element, before, first)
                else:
                    self._leave_inline(element, way, before[1])
                tail = element.tail
                if tail and stack:
                    if tail.isspace():
                        writer.space = True
                    else:
                        writer.add(tail, self.strong)
        self.flush()

    def _leave_out(self, element: HtmlElement, tag: str) -> bool:
        """Note an element that is not entered, such as a line break or a picture; return False if it is entered."""
        structure = self.structure
        if tag == "br":
            self._break_line(element)
        elif tag in ("img", "amp-img"):
            structure.elements += 1
            structure.pictures.append(Picture(element, self.roles, len(structure.blocks), self.container))
        elif tag in ("nav", "footer"):
            if (self._is_in_article() if tag == "footer" else not self.skips_nav) or _is_unclosed(element, tag):
                return False
            self.flush()
            structure.counts[tag] = structure.counts.get(tag, 0) + 1
        elif tag in _COUNTED:
            structure.counts[tag] = structure.counts.get(tag, 0) + 1
        elif tag == "noscript" and len(element):
            structure.pictures += [
                Picture(image, self.roles, len(structure.blocks), self.container, is_fallback=True)
                for image in islice(element.iter("img"), _MAX_FALLBACKS)
            ]
        elif tag == "template":
            return not _is_shown(element)
        return True

    def _break_line(self, br: HtmlElement) -> None:
        """Note a line break; a second one, or an indented line behind it, ends the block under way."""
        writer = self.writer
        writer.breaks += 1
        if writer.breaks > 1 or (br.tail and br.tail.lstrip(_LINE_ENDS).startswith(_INDENTS)):
            self.flush()
            return
        writer.space = True
        writer.has_break = writer.length > 0
        if writer.length:
            writer.seams.append(writer.length)
            writer.line_ends.append(writer.length)

    def _enter_block(self, element: HtmlElement, tag: str) -> _Frame | None:
        """Enter a block element; return the frame for its children, or None where it is done with."""
        writer = self.writer
        if writer.length:
            self.flush()
        else:
            writer.space, writer.breaks = False, 0
        text = element.text
        is_blank = not text or text.isspace()
        # Most elements hold text alone or nothing: they need no frame.
        children = element[:]
        if is_blank and not children:
            return None
        before = (self.tag, self.roles, self.container, self.element)
        self._begin_container(element, tag)
        if not is_blank:
            writer.add(text, self.strong)
        elif text:
            writer.space = True
        first = len(self.structure.blocks)
        if children:
            return element, iter(children), "block", before, first
        self._leave_block(element, before, first)
        return None

    def _leave_block(self, element: HtmlElement, before: _State, first: int) -> None:
        """End a block element; ``first``: how many blocks there were when it began."""
        writer, structure = self.writer, self.structure
        if writer.length:
            self.flush()
        else:
            writer.space, writer.breaks = False, 0
        if self.tag == "tr":
            self._join_row(first, element)
        structure.containers[self.container].end = len(structure.blocks)
        self.tag, self.roles, self.container, self.element = before

    def _enter_inline(self, element: HtmlElement, tag: str) -> _Frame | None:
        """Enter an inline element; return the frame for its children, or None where it is done with."""
        writer, text = self.writer, element.text
        is_blank = not text or text.isspace()
        children = element[:]
        if is_blank and not children and tag != "time":
            if text:
                writer.space = True
            return None
        roles = self.roles
        way = self._begin_inline(element, tag)
        if way == "unread":
            self.roles = roles
            return None
        if way == "strong":
            self.strong += 1
        if not is_blank:
            writer.add(text, self.strong)
        elif text:
            writer.space = True
        if children:
            return element, iter(children), way, (self.tag, roles, self.container, self.element), 0
        self._leave_inline(element, way, roles)
        return None

    def _leave_inline(self, element: HtmlElement, way: str, roles: int) -> None:
        """End an inline element whose text was written in some way; ``roles``: those of what is around it."""
        if way == "link":
            self.close_link()
            self.link = None
        elif way == "strong":
            self.strong -= 1
        elif way == "caption" and not (element.tail or "")[:1].isalnum():
            self.flush()
        self.roles = roles
        self.writer.closed = self.writer.length

    def _is_read_aloud(self, element: HtmlElement) -> bool:
        """Return whether an element for screen readers adds to a link, or says what stands before it another way.

        So does "opens in a new window", and the whole word behind a drop cap. Alone, it may be a label of a date.
        """
        if not self.writer.length or READ_ALOUD.isdisjoint(element.get("class", "")[:_ABOUT_CHARS].lower().split()):
            return False
        before = element.getprevious()
        is_instead = before is not None and before.get("aria-hidden") == "true" and not before.tail
        return is_instead or (self.link is not None and self.writer.length > self.link_start)

    def _is_in_article(self) -> bool:
        """Return whether an ``<article>`` is open: its own footer may hold the byline and the date."""
        containers, number = self.structure.containers, self.container
        while number >= 0 and containers[number].tag != "article":
            number = containers[number].parent
        return number >= 0

    def _begin_container(self, element: HtmlElement, tag: str) -> None:
        """Begin a block element, which is a container."""
        structure, around = self.structure, self.roles
        own, name = TAG_ROLES.get(tag, 0), ""
        for key, value in element.items():
            if key == "class":
                name = value[:_ABOUT_CHARS]
                own |= roles_of(name)
            elif key == "id":
                own |= roles_of(value[:_ABOUT_CHARS])
            elif key == "role":
                own |= ARIA_ROLES.get(value, 0)
            elif key in _HIDING and _hides(key, value):
                own |= _HIDDEN
        blocks = len(structure.blocks)
        if own & _MARKS:
            structure.marks.append(Mark(element, own, around | own, blocks, self.container))
        containers = structure.containers
        roles = around & _INHERITED | own
        depth = containers[self.container].depth + 1
        number = len(containers)
        containers.append(Container(element, self.container, tag, name, own, roles, depth, blocks, blocks))
        self.container, self.tag, self.element, self.roles = number, tag, element, roles

    def _begin_inline(self, element: HtmlElement, tag: str) -> str:
        """Begin an inline element; return how its text is written, "unread" where it is none."""
        structure, around = self.structure, self.roles
        own, address, rel = 0, "", ""
        for key, value in element.items():
            if key == "class":
                own = roles_of(value[:_ABOUT_CHARS])
            elif key == "href":
                address = value[:MAX_ADDRESS]
            elif key == "rel":
                rel = value
        if own & _HIDDEN and tag == "span" and self._is_read_aloud(element):
            return "unread"
        if rel and tag == "a":
            words = split_rel(rel)
            own |= _BY if "author" in words else 0
            if "license" in words:
                structure.licenses.append(element)
            elif "tag" in words and len(structure.tags) < _MAX_TAGS:
                structure.tags.append(Mark(element, own, self.roles | own, len(structure.blocks), self.container))
        if tag == "time":
            structure.times.append(Mark(element, own, self.roles | own, len(structure.blocks), self.container))
        elif own & _MARKS:
            structure.marks.append(Mark(element, own, self.roles | own, len(structure.blocks), self.container))
        if own:
            self.roles |= own & _INHERITED
        writer = self.writer
        if tag == "a":
            if address[:1] == "#" and _is_reference(element, tag):
                return "unread"
            self.open_link(address)
            return "link"
        if tag == "span":
            writer.closed = writer.length or writer.closed
        elif tag == "sup" and _is_reference(element, tag):
            return "unread"
        if own & _CAPTION and self.link is None and not around & _CAPTION and (writer.space or not writer.length):
            roles, self.roles = self.roles, around
            self.flush()
            self.roles = roles
            return "caption"
        return "strong" if tag in ("b", "strong") else "inline"

    def _join_row(self, first: int, row: HtmlElement) -> None:
        """Make one block of the cells of a table's row, unless a cell holds blocks of its own."""
        blocks = self.structure.blocks
        cells = blocks[first:]
        if not cells or any(cell.tag not in ("td", "th") for cell in cells) or sum(len(c.text) for c in cells) > 2_000:
            return
        if any(one.element is other.element for one, other in pairwise(cells)):  # paragraphs, set apart by line breaks
            return
        links: list[tuple[int, int, str]] = []
        offset = 0
        for cell in cells:
            links += [(start + offset, end + offset, address) for start, end, address in cell.links]
            offset += len(cell.text) + 3
        blocks[first:] = [
            Block(
                text=" | ".join(cell.text for cell in cells),
                kind="table_row",
                tag="tr",
                roles=self.roles,
                container=self.container,
                links=tuple(links),
                link_chars=sum(cell.link_chars for cell in cells),
                strong_chars=sum(cell.strong_chars for cell in cells),
                element=row,
            )
        ]
        for container in self.structure.containers[self.container + 1 :]:
            container.start, container.end = first, first + 1
