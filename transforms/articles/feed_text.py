"""Paragraphs of a feed entry's HTML. All of it is the article: nothing is searched for."""

import re

from lxml.html import HtmlElement

from transforms.articles.boilerplate import is_boilerplate, opens_link_list
from transforms.articles.folding import tidy_text
from transforms.articles.heads import visible_words
from transforms.articles.pages import parse_text
from transforms.characters import unescape

_MARKUP = re.compile(r"<[a-zA-Z!/]")
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_SKIPPED = frozenset(
    [
        "script",
        "style",
        "figure",
        "figcaption",
        "iframe",
        "object",
        "noscript",
        "form",
        "button",
        "svg",
        "video",
        "audio",
        "select",
        "template",
    ]
)
_ELLIPSIS = re.compile(r"\[\s*(?:…|\.\.\.|&hellip;)\s*\]")
_ELLIPSIS_CHARS = 40


def read_feed_text(markup: str) -> str:
    r"""Read the paragraphs of an entry's content or summary; return an empty text when there are none.

    >>> read_feed_text("<p>One.</p><p>Two &amp; three.</p>")
    'One.\nTwo & three.'

    Raises:
        Trouble: ``extract.too_complex``.
    """
    if not markup.strip():
        return ""
    if not _MARKUP.search(markup):
        return tidy_text(_without_ellipsis(unescape(markup)))
    pieces: list[str] = []
    _walk(parse_text(f"<html><body><div>{markup}</div></body></html>"), pieces)
    lines = [" ".join(line.split()) for line in "".join(pieces).split("\n")]
    return tidy_text(_without_ellipsis("\n".join(line for line in lines if line)))


def _without_ellipsis(text: str) -> str:
    """Return the text without the "[…]" that ends a teaser."""
    whole = text.rstrip()
    start = max(0, len(whole) - _ELLIPSIS_CHARS)
    found = _ELLIPSIS.fullmatch(whole, max(start, whole.rfind("[", start)))
    return whole[: found.start()] if found else text


def _walk(root: HtmlElement, pieces: list[str]) -> None:
    """Gather text in document order, with a newline wherever a block begins or ends; without recursion."""
    stack: list[tuple[HtmlElement, bool]] = [(root, False)]
    while stack:
        element, done = stack.pop()
        block = element.tag in _BLOCKS
        if done:
            if block:
                pieces.append("\n")
            pieces.append(re.sub(r"\s+", " ", element.tail or ""))
            continue
        if not isinstance(element.tag, str) or element.tag in _SKIPPED or _is_call_link(element):
            pieces.append(re.sub(r"\s+", " ", element.tail or ""))
            continue
        if block:
            pieces.append("\n")
        pieces.append(re.sub(r"\s+", " ", element.text or ""))
        stack.append((element, True))
        stack.extend((child, False) for child in reversed(element))


def _is_call_link(element: HtmlElement) -> bool:
    if element.tag != "a":
        return False
    words = visible_words(element, max_chars=60, between="")
    return bool(words) and len(words) < 60 and (opens_link_list(words) or is_boilerplate(words))
