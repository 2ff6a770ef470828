"""Entities of texts, found by a spaCy pipeline."""

import re
import threading
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from schemas.articles import Entity
from transforms.enrich.entities.group import group_mentions
from transforms.enrich.entities.labels import RANK, Labelled
from transforms.enrich.entities.rules import rules_for, settle_mentions
from transforms.enrich.entities.surface import trim_span

if TYPE_CHECKING:
    from spacy.language import Language

MAX_PIECE_CHARS = 20_000
"""Longest piece given to the model at once, in code points; longer paragraphs are cut, at a space if there is one."""

MAX_WORD_CHARS = 400
"""Longest run without white space given to the model at once: spaCy's tokenizer takes time quadratic in its marks."""

MAX_CHARS = 200_000
"""Code points of a text that are read, some 35,000 words. A text of millions would hold a worker for minutes."""

MAX_TOKENS = 40_000
"""Words and marks of a text that are read, each at about 0.1 ms; the end of a paragraph counts as one."""

_PARAGRAPH = re.compile(r"[^\r\n\u2028\u2029]+")
_TOKEN = re.compile(r"\w+|[^\w\s]|[\r\n\u2028\u2029]+")
_WORD = re.compile(r"\S+")
_one_at_a_time = threading.Lock()


class Piece(NamedTuple):
    """Part of a text: which text, where it begins in it, and its words."""

    text_index: int
    start: int
    words: str


def readable_part(text: str, *, most: int = MAX_TOKENS) -> str:
    r"""Return the beginning of a text that is read for entities; most texts whole.

    Ends with a paragraph, or within the first one where that is too long by itself.

    >>> readable_part("One two.\nThree four five.", most=5)
    'One two.\n'

    Args:
        most: words and marks.
    """
    if len(text) <= most:
        return text
    beyond = next(islice(_TOKEN.finditer(text, 0, MAX_CHARS), most, None), None)
    end = beyond.start() if beyond else MAX_CHARS
    if end >= len(text):
        return text
    paragraph = max(text.rfind(mark, 0, end) for mark in "\r\n\u2028\u2029") + 1
    return text[: paragraph or end]


def find_entities(nlp: "Language", texts: Sequence[str], *, language: str | None = None) -> list[tuple[Entity, ...]]:
    """Find the entities of each text; each text by itself, so the result does not depend on what stands beside it.

    Memory stays bounded however many texts are read: what the pipeline learns of words is freed at the end
    of each call. Safe to call from many threads, which then take turns.

    Args:
        nlp: a pipeline with ``ner``.
        texts: the documents.
        language: of the texts (ISO 639-1), which says what rules they get; without, that of the pipeline.
    """
    found = label_mentions(nlp, texts)
    labels = frozenset(nlp.get_pipe("ner").labels)
    return [
        make_entities(text, mentions, labels=labels, language=language or nlp.lang)
        for text, mentions in zip(texts, found, strict=True)
    ]


def make_entities(
    text: str, mentions: Sequence[Labelled], *, labels: frozenset[str], language: str
) -> tuple[Entity, ...]:
    """Settle the labels of what was found in a text, and group it into entities.

    Args:
        text: the document.
        mentions: found in it, by position, not overlapping.
        labels: that what found them may give.
        language: of the text, ISO 639-1.
    """
    return group_mentions(text, settle_mentions(text, mentions, rules_for(labels, language)))


def label_mentions(nlp: "Language", texts: Sequence[str]) -> list[list[Labelled]]:
    """Find what the model labels in each text, spans trimmed, numbers and dates left out; in order, not overlapping.

    The model sees one paragraph at a time: no name goes across a paragraph's end, and it is neither slower
    nor worse than the whole text at once.
    """
    pieces = [piece for index, text in enumerate(texts) for piece in cut_text(text, index)]
    found: list[list[Labelled]] = [[] for _ in texts]
    # A pipeline has one vocabulary, and that has one memory zone at a time.
    with _one_at_a_time, nlp.memory_zone():
        for doc, (index, offset, _) in zip(nlp.pipe(piece.words for piece in pieces), pieces, strict=True):
            for span in doc.ents:
                label = str(span.label_)
                if label not in RANK:
                    continue
                start, end = trim_span(texts[index], offset + span.start_char, offset + span.end_char, label)
                if start < end:
                    found[index].append(Labelled(start, end, label))
    return found


def cut_text(text: str, index: int = 0, *, most: int = MAX_PIECE_CHARS) -> Iterator[Piece]:
    r"""Yield the paragraphs of a text, those that are too long in pieces; what is left out is white space alone.

    A word of more than :data:`MAX_WORD_CHARS` is cut, too, after a mark if there is one.

    >>> [(piece.start, piece.words) for piece in cut_text("One two three\r\n four", most=8)]
    [(0, 'One two '), (8, 'three'), (15, ' four')]

    Args:
        most: longest piece, in code points, at least 1.
    """
    for paragraph in _PARAGRAPH.finditer(text):
        start = paragraph.start()
        for end in (*_cut_words(text, *paragraph.span()), paragraph.end()):
            while end - start > most:
                space = text.rfind(" ", start, start + most)
                cut = space + 1 if space > start else start + most
                yield Piece(index, start, text[start:cut])
                start = cut
            if not text[start:end].isspace():
                yield Piece(index, start, text[start:end])
            start = end


def _cut_words(text: str, start: int, end: int) -> Iterator[int]:
    """Yield where to cut the words of a paragraph that are too long."""
    for word in _WORD.finditer(text, start, end):
        at = word.start()
        while word.end() - at > MAX_WORD_CHARS:
            cut = at + MAX_WORD_CHARS
            at = next((after for after in range(cut, at, -1) if not text[after - 1].isalnum()), cut)
            yield at
