"""Elements of a page by their tag, and the words in one."""

from functools import lru_cache
from itertools import islice

from lxml.html import HtmlElement

MAX_ELEMENTS = 10_000
"""Elements of find_elements that are kept of one page."""

Elements = dict[str, list[HtmlElement]]
"""Elements by their tag, in the order of the page."""

_MAX_REL = 300
"""Code points of a rel that are read."""

_NAMED = ("meta", "link", "base", "script", "title", "h1", "h2", "input")


def find_elements(tree: HtmlElement) -> Elements:
    """Return the elements of a page that say what it is, in one pass: all that read its head share them."""
    found: Elements = {name: [] for name in _NAMED}
    for element in islice(tree.iter(*_NAMED), MAX_ELEMENTS):
        found[element.tag].append(element)
    return found


def split_rel(rel: str) -> tuple[str, ...]:
    """Return the words of a ``rel``, in lower case."""
    return _split(rel[:_MAX_REL])


@lru_cache(maxsize=256)  # pages have few different ones, and several readers ask for those of all links
def _split(rel: str) -> tuple[str, ...]:
    return tuple(rel.lower().split())


def words_of_rel(element: HtmlElement) -> tuple[str, ...]:
    """Return what an element says that its link leads to, such as "next" or "license", in lower case."""
    return split_rel(element.get("rel") or "")


def visible_words(element: HtmlElement, *, max_chars: int, between: str = " ") -> str:
    """Return the words of an element in one line, or a beginning of over ``max_chars`` code points.

    Elements stand in each other: to read all of each would take time quadratic in their depth.

    Args:
        max_chars: code points that the caller needs.
        between: what separates the pieces of text.
    """
    pieces: list[str] = []
    count = 0
    for text in islice(element.itertext(), 4 * max_chars):
        piece = text[: 8 * max_chars]
        pieces.append(piece)
        count += len(" ".join(piece.split()))
        if count > max_chars:
            break
    return " ".join(between.join(pieces).split())
