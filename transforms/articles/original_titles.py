"""The title under which a Chinese report first appeared, where its page says it."""

import re
from functools import cache

from transforms.articles.blocks import Structure
from transforms.articles.words import han_words

_LONGEST_LINE = 120
"""Code points of the longest line that states it."""


def find_original_title(structure: Structure) -> str | None:
    """Return the title under which a report first appeared, where one line of its page says it."""
    lines = [block.text for block in structure.blocks if not block.text.isascii()]
    found = {title for line in lines if (title := read_original_title(line)) is not None}
    return found.pop() if len(found) == 1 else None


def read_original_title(line: str) -> str | None:
    """Return the title under which a report first appeared, where a line on a Chinese page says it; else None.

    >>> read_original_title("（原标题：跨海大桥通车）"), read_original_title("原标题很长。")
    ('跨海大桥通车', None)
    """
    if len(line) > _LONGEST_LINE or line.isascii():
        return None
    found = _original_titles().fullmatch(line)
    return found[1] if found else None


@cache
def _original_titles() -> re.Pattern[str]:
    labels = "|".join(han_words()["original_titles"])
    return re.compile(rf"[（(【]?(?:本文)?(?:{labels})(?:\s?[:：]\s?《?|\s?《)([^《》]{{4,100}}?)》?[）)】]?")
