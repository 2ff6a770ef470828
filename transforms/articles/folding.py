"""Lines in one normal form: white space folded, in NFC, without invisible characters; and their bare letters."""

import re

from transforms.articles.blocks import tidy_piece


def tidy_line(line: str) -> str:
    """Return a paragraph in NFC, with plain blanks and without invisible characters.

    Joiners that scripts such as Persian or Hindi need (U+200C between letters) are kept.
    """
    return " ".join((line if line.isascii() and line.isprintable() else tidy_piece(line)).split())


def tidy_text(text: str) -> str:
    """Return text with one newline between paragraphs, without empty ones."""
    return "\n".join(line for line in map(tidy_line, text.splitlines()) if line)


def letters(text: str) -> str:
    """Reduce a text to its letters and digits, case folded, for comparing.

    >>> letters("Über “uns”, 2.0")
    'überuns20'
    """
    return re.sub(r"[\W_]+", "", text).casefold()
