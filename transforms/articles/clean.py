"""The paragraphs of an article without repeated headline, byline and share bars."""

import re
import unicodedata
from collections.abc import Iterable

from transforms.articles.boilerplate import asks_for_action, is_boilerplate, is_dateline, opens_link_list

_INVISIBLE = re.compile(
    "[\u00ad\u200b\u200c\u2060\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069\x00-\x08\x0b\x0e-\x1f\x7f]"
)
_ITEM = re.compile(r"^[-–•*]\s+")
_START = 6
"""Paragraphs at the start that may repeat the headline or be a byline."""


def tidy_line(line: str) -> str:
    """Return a paragraph in NFC, with plain blanks and without invisible characters.

    Joiners that scripts such as Persian or Hindi need (U+200C between letters) are kept.
    """
    if not line.isascii():
        joined = "\u200c" in line and re.search("[\u0600-\u06ff\u0900-\u0dff]\u200c", line)
        line = unicodedata.normalize("NFC", line)
        line = _INVISIBLE.sub(lambda match: "\u200c" if joined and match.group() == "\u200c" else "", line)
    return " ".join(line.split())


def tidy_text(text: str) -> str:
    """Return text with one newline between paragraphs, without empty ones."""
    return "\n".join(line for line in map(tidy_line, text.splitlines()) if line)


def letters(text: str) -> str:
    """Reduce a text to its letters and digits, case folded, for comparing."""
    return re.sub(r"[\W_]+", "", text).casefold()


def _repeats(key: str, titles: list[str]) -> bool:
    """Return whether a paragraph is a title, alone or after a short kicker, or the title cut short."""
    for title in titles:
        if key == title or (len(title) > 15 and key.endswith(title) and len(key) - len(title) <= 60):
            return True
        if len(key) > 20 and title.startswith(key) and len(key) * 2 > len(title):
            return True
    return False


def clean_text(text: str, *, titles: Iterable[str | None] = (), names: Iterable[str] = ()) -> str:
    """Drop the paragraphs that are not part of the article.

    Whole paragraphs are kept or dropped, never cut. What is dropped: a headline repeated at the start, lines
    that hold nothing but a byline, a date or a reading time near the start, and anywhere the boilerplate of news
    sites in English, German, French, Spanish, Italian, Dutch and Portuguese (calls to subscribe, follow, share
    or read on, advertisement labels, picture credits), with the list of links that such a call opens.

    Args:
        text: paragraphs separated by newlines.
        titles: headline, subheadline and other titles of the article.
        names: authors.
    """
    paragraphs = [line for line in map(tidy_line, text.splitlines()) if line.strip(" -–—_*•|·.")]
    keys = [key for key in (letters(title) for title in titles if title) if len(key) > 3]
    people = [letters(name) for name in names if len(name) > 4]
    kept: list[str] = []
    in_links = False
    for paragraph in paragraphs:
        item = bool(_ITEM.match(paragraph))
        bare = _ITEM.sub("", paragraph)
        key = letters(bare)
        if in_links and item:
            continue
        in_links = False
        if len(kept) < _START and _repeats(key, keys):
            continue
        if len(kept) < 4 and is_dateline(bare, key, people):
            continue
        if opens_link_list(bare):
            in_links = True
            continue
        if is_boilerplate(bare) or asks_for_action(bare):
            continue
        kept.append(paragraph)
    while kept and (opens_link_list(kept[-1]) or (kept[-1].endswith(":") and len(kept[-1]) < 30 and len(kept) > 3)):
        kept.pop()
    return "\n".join(kept)
