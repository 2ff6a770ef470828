"""The sentences at the beginning of a text that carry its story."""

import math
import re
from collections.abc import Iterable
from typing import NamedTuple

from schemas.articles import TextBlock
from transforms.enrich.summary.background import Background, split_words
from transforms.enrich.summary.keyphrases import TextWords
from transforms.enrich.summary.sentences import split_sentences

MAX_SENTENCES = 2
MAX_SUMMARY_WORDS = 60
MIN_TEXT_WORDS = 80
"""Words of a text that is summarised; a shorter one is its own summary."""

_LOOKED_AT = 6
_MIN_WORDS, _MAX_WORDS = 6, 50
_LATER = 0.5
_TOP = 15
_PROSE = frozenset(("paragraph", "quote"))
_LEANS_ON_OTHERS = re.compile(r"[\"'“‘„«]?(?:He|She|It|They|His|Her|Their|But|And|However|So|That|Those)\b")

_AGENCY = re.compile(r" {0,2}(?:\([^()\n]{1,40}\))? {0,2}[-–—]{1,2} {1,2}")
"""What follows a dateline: an agency in brackets, and a dash."""


class Sentence(NamedTuple):
    """A sentence, as offsets into the text of an article."""

    start: int
    end: int


def find_sentences(text: str, blocks: Iterable[TextBlock], language: str | None) -> tuple[list[Sentence], int]:
    """Return the first sentences of the prose of a text, in order, and how many sentences the whole text has.

    Headings, list items, captions and rows of tables count as sentences; they are not among those returned.
    """
    prose: list[Sentence] = []
    count = 0
    is_prose = {block.start: block.kind in _PROSE for block in blocks}
    begins = sorted(is_prose)
    at, keeps = 0, True
    for start, end in split_sentences(text, language):
        while at < len(begins) and begins[at] <= start:
            keeps = is_prose[begins[at]]
            at += 1
        count += 1
        if keeps and len(prose) < _LOOKED_AT:
            prose.append(Sentence(start, end))
    return prose, count


def choose_lead(
    text: str,
    sentences: list[Sentence],
    headline: TextWords,
    words: TextWords,
    background: Background | None,
) -> str | None:
    """Return up to two of the first sentences of a text, as they stand there, in their order; None where none will do.

    A sentence is worth what its words are: those of the headline, by how rare they are elsewhere, and those that are
    frequent in the text; less where it is long and the later it stands. One that leans on the one before, such as by
    beginning with "He", is taken with that one alone. In a language whose frequent words are not known, the first ones
    are taken.

    Args:
        text: of the article.
        sentences: the first of its prose.
        headline: its words.
        words: those of the text.
        background: of the language.
    """
    wanted = headline.count
    repeated = sorted([(-often, word) for word, often in words.count.items() if often > 1])
    top = {word: math.sqrt(-often) for often, word in repeated[:_TOP]}
    found = []
    for place, (start, end) in enumerate(sentences):
        tokens = split_words(text[start:end])
        if _MIN_WORDS <= len(tokens) <= _MAX_WORDS:
            worth = -_LATER * place
            if background is not None:
                here = sorted({*words.read(tokens)})
                rare = [background.weights.get(word, background.unseen) for word in here if word in wanted]
                told = 2 * sum(rare) + sum([top[word] for word in here if word in top])
                worth += told / math.sqrt(max(10, len(tokens)))
            found.append((-worth, place, len(tokens)))
    chosen: set[int] = set()
    words_left = MAX_SUMMARY_WORDS
    for _, place, many in sorted(found):
        start, end = sentences[place]
        if many > words_left or (place - 1 not in chosen and _LEANS_ON_OTHERS.match(text, start)):
            continue
        chosen.add(place)
        words_left -= many
        if len(chosen) == MAX_SENTENCES:
            break
    return " ".join(text[slice(*sentences[place])] for place in sorted(chosen)) or None


def skip_dateline(text: str, dateline: str | None, sentences: list[Sentence]) -> list[Sentence]:
    """Return the sentences without the dateline that opens the first one.

    >>> skip_dateline("ELLERY, May 8 (Reuters) - All is well.", "ELLERY, May 8", [Sentence(0, 38)])
    [Sentence(start=26, end=38)]
    """
    if not dateline or not sentences or not text.startswith(dateline, sentences[0].start):
        return sentences
    found = _AGENCY.match(text, sentences[0].start + len(dateline))
    if found is None or found.end() >= sentences[0].end:
        return sentences
    return [Sentence(found.end(), sentences[0].end), *sentences[1:]]
