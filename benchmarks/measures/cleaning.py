"""Precision of each rule of cleaning: how much of what it removes does not stand in the true text."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from transforms.articles.cleaning.clean import Cleaned

LONG = 25
"""Code points from which a removal is looked for anywhere in the truth; a shorter one must be a whole line of it."""


@dataclass(slots=True)
class Precision:
    """What one rule removed on some pages; ``right`` counts what is not in the truth.

    Attributes:
        cuts: removals.
        chars: code points removed.
        right_cuts: removals of what is not in the truth.
        right_chars: code points of these.
        wrong: texts that are in it.
    """

    cuts: int
    chars: int
    right_cuts: int
    right_chars: int
    wrong: list[str]


def fold_words(text: str) -> str:
    """Return the words of a text in lower case, each between blanks."""
    words = " ".join(re.findall(r"[^\W_]+", text.casefold()))
    return f" {words} "


def check_account(cleaned: Cleaned) -> None:
    """Check that the raw text without the removed ranges is the text.

    Raises:
        ValueError: it is not, or ranges overlap.
    """
    parts, position = [], 0
    for action in cleaned.actions:
        if not position <= action.start < action.end <= len(cleaned.raw):
            raise ValueError(f"{action} does not follow offset {position} of a text of {len(cleaned.raw)}")
        parts.append(cleaned.raw[position : action.start])
        position = action.end
    parts.append(cleaned.raw[position:])
    if "".join(parts) != cleaned.text:
        raise ValueError(f"the raw text without {len(cleaned.actions)} ranges is not the text")


def rule_precision(pages: Iterable[tuple[Cleaned, str]]) -> dict[str, Precision]:
    """Return for each rule what it removed, by name.

    A removal is wrong where its words stand more often in the truth than in the text that was kept.

    Args:
        pages: what cleaning gave, and the true text.

    Raises:
        ValueError: an account that does not give the text.
    """
    found: dict[str, Precision] = {}
    for cleaned, truth in pages:
        check_account(cleaned)
        words, kept = fold_words(truth), fold_words(cleaned.text)
        lines = [fold_words(line) for line in truth.splitlines()]
        kept_lines = [fold_words(line) for line in cleaned.text.splitlines()]
        for action in cleaned.actions:
            text = cleaned.raw[action.start : action.end].strip("\n")
            key = fold_words(text)
            if len(key) >= LONG:
                is_wrong = words.count(key.strip()) > kept.count(key.strip())
            else:
                is_wrong = key.strip() != "" and lines.count(key) > kept_lines.count(key)
            one = found.setdefault(action.rule, Precision(0, 0, 0, 0, []))
            one.cuts += 1
            one.chars += len(text)
            if is_wrong:
                one.wrong.append(text)
            else:
                one.right_cuts += 1
                one.right_chars += len(text)
    return dict(sorted(found.items()))
