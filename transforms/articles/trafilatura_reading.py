"""The main text of a page as trafilatura reads it."""

from collections.abc import Callable
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

# Without its comparison with readability and justext: that takes time quadratic in the elements of a page, and on the
# pages that are asked about it gave no better text.
_FAST = Extractor(fast=True, comments=False, tables=True)
_GENEROUS = Extractor(fast=True, recall=True, comments=False, tables=True)

_EMBEDS: Any = XPath(
    "//blockquote[contains(@class, 'twitter-tweet') or contains(@class, 'instagram-media') or contains(@class, "
    "'tiktok-embed')"
    " or contains(@class, 'bluesky-embed')]"
)
MAX_AROUND_LINKS = 200_000
"""Elements around all links, each counted for every link in it. Trafilatura reads a link for most elements around it;
of annotated pages that it is asked about, the largest has 12,000."""

MAX_PIECES, MAX_JOINED = 40_000_000, 1_000_000_000
"""Sums over all elements: of the square of the number of elements in its own text, and of that number times the code
points of its own text. Trafilatura joins what it has of a paragraph anew at each; either takes it about a second. Of
4,000 public pages, one has a third of the first; none has a thirtieth of the second."""

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


def is_too_large(tree: HtmlElement) -> bool:
    """Return whether trafilatura may take time quadratic in the size of a page, and the page is large."""
    around = islice((above for link in tree.iter("a") for above in link.iterancestors()), MAX_AROUND_LINKS + 1)
    if sum(1 for _ in around) > MAX_AROUND_LINKS:
        return True
    squares = joined = 0
    for element in tree.iter():
        if len(element) > 1:
            sizes = [len(child.tail or "") for child in element if child.tag != "br"]
            count = len(sizes) - sizes.count(0)
            squares += count * count
            joined += count * sum(sizes)
    return squares > MAX_PIECES or joined > MAX_JOINED


def _extract(tree: HtmlElement, options: Extractor) -> str:
    found = bare_extraction(tree, options=options)
    if found is None or found.body is None:
        return ""
    for element in found.body.iter():
        if element.tag in ("code", "pre"):
            continue
        for name in ("text", "tail"):
            value = getattr(element, name)
            if value and "\n" in value:
                setattr(element, name, _in_one_line(value))
    return tidy_text(xmltotxt(found.body, False))


def read_text(tree: HtmlElement, is_last_resort: Callable[[str], bool] = lambda _: False) -> str:
    """Read the main text of a page, paragraphs separated by one newline; return an empty text when there is none.

    Where all comes out as one paragraph, the generous reading has the right ones. A page that is too large for it is
    not read. Changes the tree.

    Args:
        tree: as transforms.articles.pages gives it; metadata must have been read from it before.
        is_last_resort: says whether one paragraph is all that the page holds, which trafilatura gives when it
            finds nothing: the text is empty then, since the generous reading finds nothing, either.
    """
    prune(tree)
    if is_too_large(tree):
        return ""
    text = _extract(tree, _FAST)
    if "\n" in text:
        return text
    if is_last_resort(text):
        return ""
    again = _extract(tree, _GENEROUS)
    if len(again) < 0.9 * len(text):
        return text
    return "" if is_last_resort(again) else again
