"""The main text of a page as trafilatura reads it."""

from importlib.metadata import version
from itertools import islice
from typing import Any

from lxml.etree import XPath, strip_elements
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Extractor
from trafilatura.xml import xmltotxt

from transforms.articles.folding import tidy_text

EXTRACTOR = f"trafilatura {version('trafilatura')}"
"""What Article.extractor says."""

MAX_COMPARED = 6_000
"""Most elements of a page whose reading is compared with justext's, which takes time quadratic in them."""

ENOUGH = 3_000
"""Characters from which trafilatura's own reading may be taken though it is less than half of the page."""

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


def read_text(tree: HtmlElement) -> str:
    """Read the main text of a page, paragraphs separated by one newline; return an empty text when there is none.

    The fast reading is taken when trafilatura's comparison with its fallbacks could not change it, and of pages of
    more than MAX_COMPARED elements. Where all came out as one paragraph, the generous reading has the right ones.
    Changes the tree.

    Args:
        tree: as transforms.articles.pages gives it; metadata must have been read from it before.
    """
    prune(tree)
    is_large = next(islice(tree.iter(), MAX_COMPARED, None), None) is not None
    text, sound = _extract(tree, _FAST)
    if not sound and not is_large:
        text, _ = _extract(tree, _FULL)
    text = tidy_text(text)
    if "\n" not in text:
        again, _ = _extract(tree, _FAST_RECALL if is_large else _RECALL)
        again = tidy_text(again)
        if len(again) >= 0.9 * len(text):
            return again
    return text
