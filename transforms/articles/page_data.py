"""The text of an article in the data that a page's scripts hold, where the page itself shows none.

Frameworks write it as JSON: in ``<script type="application/json">``, such as ``__NEXT_DATA__`` and ``__NUXT_DATA__``,
or assigned to a variable of the window. Newer versions of Next.js call ``self.__next_f.push`` with pieces of a stream
whose rows of text are ``id:Tlength,text``.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from lxml.html import HtmlElement

from transforms.articles.folding import letters
from transforms.parsers import JsonDecoder

MAX_SCRIPT = 2_000_000
"""Characters of one script that are read."""

MAX_PUSHES = 500
"""Pieces of a stream that are joined."""

MIN_TEXT = 300
"""Code points of the shortest text that is taken, markup included."""

MAX_TEXT = 500_000
"""Code points of the longest text that is taken."""

MIN_PARAGRAPHS = 3
"""Paragraphs of a text without a title beside it."""

_MAX_NODES = 20_000
_MAX_DEPTH = 40
_NEAR = 3
"""Objects around a text in which the title of its article must stand."""
_MIN_TITLE = 12
"""Letters of the shortest title that says whose text stands beside it; the page's own may end in the site's name."""
_MIN_BLOCK = 40
_FEWEST_BLOCKS = 3
_TITLES = ("title", "headline", "name", "seoTitle", "pageTitle")
_TEXTS = ("text", "html", "content", "value", "body")
_MAX_ITEMS = 500
_ASSIGNMENT = re.compile(r"\s{0,99}(?:window|self|globalThis)\.[\w$]{1,60}\s{0,9}=\s{0,9}(?=[{\[])")
"""What opens a script that assigns JSON to a variable of the page."""
_PUSH = "self.__next_f.push("
_ROW = re.compile(rb"[0-9a-f]{1,6}:T([0-9a-f]{1,6}),")


def read_page_data(scripts: Iterable[HtmlElement], titles: Iterable[str | None]) -> str | None:
    """Return the text of the page's article, as markup or in lines; None where no data holds it.

    JSON counts where an object around the text has a title of the page, so that it is not that of another article; a
    row of a stream, where it is the longest and has paragraphs.

    Args:
        scripts: of the page.
        titles: what the page calls itself.
    """
    keys = {key for key in (letters(title[:1_000]) for title in titles if title) if len(key) >= _MIN_TITLE}
    pieces: list[str] = []
    for script in scripts:
        text = (script.text or "")[:MAX_SCRIPT]
        if script.get("type") == "application/json" or script.get("id") == "__NEXT_DATA__" or _ASSIGNMENT.match(text):
            found = _read_json(text, keys)
            if found is not None:
                return found
        elif text.lstrip().startswith(_PUSH) and len(pieces) < MAX_PUSHES:
            pieces.append(_read_push(text))
    return _read_rows("".join(pieces)[:MAX_SCRIPT]) if pieces else None


def _read_json(text: str, keys: set[str]) -> str | None:
    """Return the longest text of a JSON document, or of one that a variable is given, that stands near a title."""
    assignment = _ASSIGNMENT.match(text)
    try:
        root = JsonDecoder().raw_decode(text, assignment.end())[0] if assignment else orjson.loads(text)
    except ValueError:
        return None
    if isinstance(root, list) and all(isinstance(node, int | str | dict | list | float | None) for node in root):
        root = _join_pieces(root)
    return max(_texts_of(root, keys), key=len, default=None)


def _join_pieces(pieces: list[Any]) -> list[Any]:
    """Put the values of a flat list into its objects, which name them by their place (Nuxt 3, SvelteKit).

    One level deep, and for lists of such objects: a text and its title stand in one.
    """
    size = len(pieces)

    def value_of(place: Any) -> Any:
        return pieces[place] if isinstance(place, int) and 0 <= place < size else place

    def fill(node: Any) -> Any:
        return {name: value_of(place) for name, place in node.items()} if isinstance(node, dict) else node

    filled = [fill(node) for node in pieces[:_MAX_NODES]]
    for node in filled:
        if isinstance(node, dict):
            for name, value in node.items():
                if isinstance(value, list):
                    node[name] = [fill(value_of(place)) for place in value[:_MAX_ITEMS]]
    return filled


def _texts_of(root: Any, keys: set[str]) -> Iterator[str]:
    """Yield texts of articles in JSON values."""
    # Each entry: a value, its depth, and in how many objects inwards of here a title still counts.
    stack: list[tuple[Any, int, int]] = [(root, 0, 0)]
    for _ in range(_MAX_NODES):
        if not stack:
            return
        node, depth, near = stack.pop()
        if isinstance(node, dict):
            own = [key for key in map(letters, _titles_of(node)) if len(key) >= _MIN_TITLE]
            is_page = any(key.startswith(title) for title in own for key in keys)
            near = _NEAR if is_page else 0 if own else near - 1
            children: Iterable[Any] = node.values()
        elif isinstance(node, list):
            if near > 0:
                lines = [line for line in map(_line_of, node) if line]
                if sum(len(line) >= _MIN_BLOCK for line in lines) >= _FEWEST_BLOCKS:
                    yield from _if_long("\n".join(lines))
            children = node
        else:
            if near > 0 and isinstance(node, str) and node.count("<p") >= _FEWEST_BLOCKS - 1:
                yield from _if_long(node)
            continue
        if depth < _MAX_DEPTH:
            stack.extend((child, depth + 1, near) for child in children if isinstance(child, dict | list | str))


def _if_long(text: str) -> list[str]:
    return [text] if MIN_TEXT <= len(text) <= MAX_TEXT else []


def _titles_of(node: dict[str, Any]) -> list[str]:
    return [node[name][:1_000] for name in _TITLES if isinstance(node.get(name), str)]


def _line_of(block: Any) -> str:
    """Return the text of one block of a body that is a list; empty for what has none."""
    if not isinstance(block, dict):
        return ""
    return next((block[name] for name in _TEXTS if isinstance(block.get(name), str)), "")


def _read_push(text: str) -> str:
    """Return the piece of a stream that one script pushes."""
    start = text.find(_PUSH) + len(_PUSH)
    try:
        pushed = orjson.loads(text[start : text.rfind(")")])
    except ValueError:
        return ""
    is_piece = isinstance(pushed, list) and len(pushed) == 2 and isinstance(pushed[1], str)
    return pushed[1] if is_piece else ""


def _read_rows(stream: str) -> str | None:
    """Return the longest row of text in a stream that has paragraphs; its length is given in bytes of UTF-8."""
    data = stream.encode("utf-8", "replace")
    best = ""
    position = 0
    while (row := _ROW.search(data, position)) is not None:
        position = row.end() + int(row[1], 16)
        text = data[row.end() : position].decode("utf-8", "replace")
        if len(best) < len(text) <= MAX_TEXT and text.count("<p") >= MIN_PARAGRAPHS:
            best = text
    return best if len(best) >= MIN_TEXT else None
