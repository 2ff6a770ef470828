"""What sentences end with, in the scripts that are read."""

STOPS = (".", "!", "?", "。", "！", "？", "؟", "۔", "।")
"""Marks that end a sentence; strings of one character, for ``str.endswith``."""

SENTENCE_ENDS = (*STOPS, "…", "”", '"', "’", "“", "»", "」", "』")
"""What may stand last in a sentence: a mark, or the quotation mark behind it."""

_WHOLE = (*STOPS, "…", *(stop + quote for stop in STOPS for quote in '"”’»」』'))

_LEAST_PROSE = 80
"""Code points of a paragraph of sentences."""


def is_sentence(text: str) -> bool:
    """Return whether a text ends as a sentence does.

    >>> is_sentence("“The pier is open.”"), is_sentence("पुल खुल गया है।"), is_sentence("The “pier”")
    (True, True, False)
    """
    return text.endswith(_WHOLE)


def is_amid_prose(before: str, after: str) -> bool:
    """Return whether a line stands between two paragraphs of sentences, as the source of a figure does.

    Args:
        before: the line above it.
        after: the one below it.
    """
    return all(len(line) >= _LEAST_PROSE and line.endswith(STOPS) for line in (before, after))
