"""Texts with mentions of entities."""

from collections.abc import Sequence

from hypothesis import strategies as st

from transforms.enrich.entities.labels import KEPT_LABELS, Labelled


def marked(source: str) -> tuple[str, list[Labelled]]:
    """Text with mentions written as [words|LABEL]."""
    text, mentions = "", []
    while "[" in source:
        before, rest = source.split("[", 1)
        words, rest = rest.split("|", 1)
        label, source = rest.split("]", 1)
        text += before
        mentions.append(Labelled(len(text), len(text) + len(words), label))
        text += words
    return text + source, mentions


def said(text: str, mentions: Sequence[Labelled]) -> list[tuple[str, str]]:
    """The words of mentions, and their labels."""
    return [(text[m.start : m.end], m.label) for m in mentions]


_words = st.sampled_from(
    ["Ana Torv", "Torv", "Ana", "Ole Torv", "Ana M. Torv", "Dr. Torv", "Marle Rail Board", "MRB", "Velden", "VELDEN",
     "the Velden", "Norway", "Danes", "\U0001d400\U0001d401 Lund", "Jose\u0301 Lund", "Lund", "'s", "Jr.",
     "\u0130d", "\u00df"]
)  # fmt: skip
_glue = st.sampled_from([" ", ", ", " (", ") ", "\n", "\r\n", ". ", "'s ", "-", " \U0001f600 ", "\u0301"])
PARTS = st.lists(st.tuples(_words, _glue, st.sampled_from((*KEPT_LABELS, ""))), max_size=25)
"""Words, what stands behind them, and their label; "" for none."""


def assembled(parts: Sequence[tuple[str, str, str]]) -> tuple[str, list[Labelled]]:
    """Text with mentions, made of PARTS."""
    text, mentions = "", []
    for words, glue, label in parts:
        if label:
            mentions.append(Labelled(len(text), len(text) + len(words), label))
        text += words + glue
    return text, mentions
