"""Six kinds of edits that publishers make to a text that they take over."""

import random
import re
from collections.abc import Callable, Mapping, Sequence

_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’»)]?\s+(?=[^\sa-z])")


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a text, roughly."""
    return [part for part in _SENTENCE.split(text) if part.strip()]


def put_other_head(text: str, rng: random.Random, words: Sequence[str]) -> str:
    """Put another headline, byline and foot around a text."""
    headline = " ".join(rng.choices(words, k=9)).capitalize()
    byline = f"By {' '.join(rng.choices(words, k=2)).title()}, staff writer"
    foot = f"Read more: {' '.join(rng.choices(words, k=12))}. Sign up for our newsletter."
    return f"{headline}\n{byline}\n{text}\n{foot}"


def cut_in_half(text: str, rng: random.Random, words: Sequence[str]) -> str:
    """Keep the first half of a text."""
    del rng, words
    pieces = re.split(r"(\s+)", text)
    return "".join(pieces[: len(pieces) // 2])


def drop_paragraphs(text: str, rng: random.Random, words: Sequence[str]) -> str:
    """Drop every third paragraph, or sentence of a text without paragraphs."""
    del words
    paragraphs = [part for part in text.split("\n") if part.strip()]
    if len(paragraphs) < 3:
        paragraphs = split_sentences(text)
    dropped = set(rng.sample(range(len(paragraphs)), len(paragraphs) // 3))
    return "\n".join(part for n, part in enumerate(paragraphs) if n not in dropped)


def change_words(text: str, rng: random.Random, words: Sequence[str], *, share: float) -> str:
    """Change a share of the words into others."""
    pieces = re.split(r"(\s+)", text)
    places = [n for n, piece in enumerate(pieces) if piece.strip()]
    for n in rng.sample(places, round(len(places) * share)):
        pieces[n] = rng.choice(words)
    return "".join(pieces)


def make_brief(text: str, rng: random.Random, words: Sequence[str]) -> str:
    """Keep four sentences: the first, and three of the others."""
    del words
    sentences = split_sentences(text)
    chosen = sorted({0, *rng.sample(range(1, len(sentences)), min(3, len(sentences) - 1))}) if sentences else []
    return " ".join(sentences[n] for n in chosen)


EDITS: Mapping[str, Callable[[str, random.Random, Sequence[str]], str]] = {
    "other headline and byline": put_other_head,
    "cut in half": cut_in_half,
    "a third of the paragraphs dropped": drop_paragraphs,
    "5 % of the words changed": lambda text, rng, words: change_words(text, rng, words, share=0.05),
    "15 % of the words changed": lambda text, rng, words: change_words(text, rng, words, share=0.15),
    "four-sentence brief": make_brief,
}
"""By name; each takes a text, a source of chance, and words to use."""
