"""The main text of a page, read by trafilatura."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import islice
from typing import Any

from lxml.etree import XPath, strip_elements
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Extractor
from trafilatura.xml import xmltotxt

from transforms.articles.blocks import Block, Structure
from transforms.articles.folding import letters, tidy_text

EXTRACTOR = f"trafilatura {version('trafilatura')}"
"""What Article.extractor says."""

MAX_DECLARED = 300_000
"""Code points of the longest ``articleBody`` that is compared with the page."""

MAX_BLOCKS = 3_000
"""Most paragraphs that are looked for in it: each is searched in the whole."""

MAX_COMPARED = 6_000
"""Most elements of a page whose reading is compared with justext's, which takes time quadratic in them."""

ENOUGH = 3_000
"""Characters from which trafilatura's own reading may be taken though it is less than half of the page."""

_ITEM = re.compile(r"[-–•*]\s+")

_FAST = Extractor(fast=True, comments=False, tables=True)
_FULL = Extractor(fast=False, comments=False, tables=True)
_RECALL = Extractor(fast=False, recall=True, comments=False, tables=True)
_FAST_RECALL = Extractor(fast=True, recall=True, comments=False, tables=True)

_EMBEDS: Any = XPath(
    "//blockquote[contains(@class, 'twitter-tweet') or contains(@class, 'instagram-media') or contains(@class, "
    "'tiktok-embed')"
    " or contains(@class, 'bluesky-embed')]"
)
_UNCLEAN: Any = XPath(
    ".//*[self::aside or self::audio or self::button or self::fieldset or self::figure or self::footer or "
    "self::iframe or self::input"
    " or self::label or self::link or self::nav or self::noindex or self::noscript or self::object or self::option "
    "or self::select"
    " or self::source or self::svg or self::time]"
)
_VISIBLE: Any = XPath("//body//text()", smart_strings=False)
_UNSEEN = ("script", "style", "svg", "template", "link", "meta")
_BLOCKS = frozenset(("p", "h2", "h3", "h4", "li", "blockquote", "pre"))


@dataclass(slots=True, eq=False)
class MainText:
    """What is the article of a page.

    Attributes:
        blocks: those of the page where the text comes from them, in order; else with text and kind alone.
        confidence: how much of it is likely to be right, 0 to 1; None where nothing says so.
        extractor: what read it, with its version.
    """

    blocks: list[Block]
    confidence: float | None
    extractor: str


def _drop(element: HtmlElement) -> None:
    parent = element.getparent()
    if parent is not None:
        element.drop_tree()


def prune(tree: HtmlElement) -> None:
    """Remove from the tree, in place, what trafilatura would take for text: embedded posts, lists of teasers."""
    for element in _EMBEDS(tree):
        _drop(element)
    strip_elements(tree, *_UNSEEN, with_tail=False)  # trafilatura copies the tree up to ten times


def _in_one_line(text: str) -> str:
    r"""Return the text with each newline, and the white space around it, as one blank.

    >>> _in_one_line(" One  \n\n two\n")
    ' One two '
    """
    first, *others = text.split("\n")
    between = [line for line in map(str.strip, others[:-1]) if line]
    return " ".join([first.rstrip(), *between, others[-1].lstrip()])


def _extract(tree: HtmlElement, options: Extractor) -> tuple[str, bool]:
    found = bare_extraction(tree, options=options)
    if found is None or found.body is None:
        return "", False
    for element in found.body.iter():
        if element.tag in ("code", "pre"):
            continue
        for name in ("text", "tail"):
            value = getattr(element, name)
            if value and "\n" in value:
                setattr(element, name, _in_one_line(value))
    text = xmltotxt(found.body, False)
    return text, options.fast and _is_sound(found.body, text, tree)


def _is_sound(body: HtmlElement, text: str, tree: HtmlElement) -> bool:
    """Return whether trafilatura's comparison with its fallbacks would keep this reading.

    readability replaces it when it is twice as long, has no paragraph or more tables than paragraphs;
    justext, when tags of the page's boilerplate are left in it. Half of all the page's text cannot be doubled.
    """
    paragraphs = len(body.findall(".//p"))
    if paragraphs < 2 or len(body.findall(".//table")) > paragraphs or _UNCLEAN(body) or len(text) < 500:
        return False
    share = len(text) / max(1, sum(len(piece) for piece in map(str.strip, _VISIBLE(tree)) if piece))
    return share >= 0.5 or (share >= 0.3 and len(text) > ENOUGH and paragraphs >= 5)


def _outer_blocks(tree: HtmlElement) -> Iterator[HtmlElement]:
    """Yield paragraphs, headings and items that stand in no other."""
    stack = [tree]
    while stack:
        element = stack.pop()
        if element.tag in _BLOCKS:
            yield element
        else:
            stack.extend(reversed(element))


def _align(tree: HtmlElement, body: str) -> str:
    """Return the paragraphs of the page that stand in ``body``; an empty text when they do not cover it."""
    whole = letters(body)
    kept: dict[str, None] = {}
    covered = 0
    for element in islice(_outer_blocks(tree), MAX_BLOCKS):
        line = " ".join(" ".join(element.itertext()).split())
        key = letters(line)
        if len(key) > 10 and key in whole and line not in kept:
            kept[line] = None
            covered += len(key)
    return "\n".join(kept) if covered >= 0.9 * len(whole) else ""


def find_blocks(text: str, structure: Structure) -> list[Block]:
    """Return the blocks of the page that lines of a text are, in order; a plain block for a line that is none."""
    places: dict[str, list[int]] = {}
    for number, block in enumerate(structure.blocks):
        places.setdefault(letters(block.text), []).append(number)
    found = []
    last = -1
    for line in text.splitlines():
        is_item = _ITEM.match(line)
        bare = line[is_item.end() :] if is_item else line
        if not bare:
            continue
        numbers = places.get(letters(bare), ())
        number = next((number for number in numbers if number > last), -1)
        if number < 0:
            found.append(Block(bare, kind="list_item" if is_item else "paragraph", tag="li" if is_item else "p"))
        else:
            found.append(structure.blocks[number])
            last = number
    return found


def read_main_text(
    tree: HtmlElement, structure: Structure, *, declared_body: str | None = None, titles: Sequence[str | None] = ()
) -> MainText:
    """Read the main text of a page; its blocks are empty when there is none. Changes the tree.

    Args:
        tree: as transforms.articles.pages gives it; metadata must have been read from it before.
        structure: of the same tree.
        declared_body: JSON-LD articleBody.
        titles: headline and other titles of the article.
    """
    del titles  # not used by this reading
    text = _read_text(tree, declared_body)
    return MainText(find_blocks(text, structure), None, EXTRACTOR)


def _read_text(tree: HtmlElement, declared_body: str | None) -> str:
    """Read the main text of a page, paragraphs separated by one newline; return an empty text when there is none.

    The fast reading is taken when trafilatura's comparison with its fallbacks could not change it, and of pages of
    more than MAX_COMPARED elements. Where the
    page declares a longer ``articleBody`` that holds what was read, the page's own paragraphs are picked by it.
    Changes the tree.

    Args:
        tree: as transforms.articles.pages gives it; metadata must have been read from it before.
        declared_body: JSON-LD articleBody.
    """
    prune(tree)
    is_large = next(islice(tree.iter(), MAX_COMPARED, None), None) is not None
    text, sound = _extract(tree, _FAST)
    if not sound and not is_large:
        text, _ = _extract(tree, _FULL)
    if not text.strip():  # the careful reading found nothing at all: take what the generous one finds
        text, _ = _extract(tree, _FAST_RECALL if is_large else _RECALL)
    text = tidy_text(text)
    if not declared_body or len(declared_body) > MAX_DECLARED:
        return text
    body = declared_body
    if re.search(r"<(?:p|br|div)\b", body):
        body = re.sub(r"<[^<>]{1,500}>", "", re.sub(r"<(?:/p|br\s*/?|/div)>", "\n", body))
    body = tidy_text(body)
    if len(body) < 1.15 * len(text):
        return text
    whole = letters(body)
    lines = [letters(line) for line in text.splitlines()[:MAX_BLOCKS]]
    inside = sum(len(line) for line in lines if line in whole)
    if inside < 0.6 * sum(map(len, lines)):
        return text
    return _align(tree, body) or (body if "\n" in body or not text else text)
