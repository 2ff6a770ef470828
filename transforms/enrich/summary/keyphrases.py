"""What a text is about in its own words: phrases that are frequent in it and whose words are rare elsewhere.

A phrase is one to three words that follow each other, none of which says nothing. Its weight is how often it stands in
the text, and more where the headline and the lead have it, times how rare its words are in a fixed collection; more for
what is mostly written with capitals, and for phrases whose words seldom stand alone. One that holds or repeats another
of more weight is left out.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Container

from transforms.enrich.summary.background import MAX_LETTERS, Background, read_word, split_words

MAX_CHARS = 60_000
"""Code points of a text that are read, some 10,000 words."""

MAX_PHRASES = 10
"""Most phrases of an article."""

MAX_WORDS = 3
LEAD_TOKENS = 60
"""TextWords and marks of the text that are its lead."""

_IN_HEADLINE = 4
_IN_LEAD = 1
_MIN_LETTERS = 3

Phrase = tuple[str, ...]


def choose_keyphrases(title: "TextWords", words: "TextWords", background: Background) -> tuple[str, ...]:
    """Return the phrases of an article, most telling first, as they are most often written. Linear in the text.

    A phrase stands in the text twice, or in the headline, too.

    Args:
        title: the words of the headline.
        words: those of the text.
        background: of its language.
    """
    titles = {*title.places({*title.count})}
    # A phrase that stands in the text twice is made of words that do.
    frequent = {word for word, often in words.count.items() if often > 1 or word in title.count}
    places = words.places(frequent)
    weights = {}
    for phrase, firsts in places.items():
        often = len(firsts)
        if (often > 1 or phrase in titles) and not (len(phrase) == 1 and phrase[0] in background.weekdays):
            weight: float = often + _IN_HEADLINE * (phrase in titles) + _IN_LEAD * (firsts[0] < LEAD_TOKENS)
            weight *= sum(background.weights.get(word, background.unseen) for word in phrase)
            weights[phrase] = weight * words.likelihood(phrase, firsts)
    return tuple(words.written(phrase, places[phrase]) for phrase in _choose(weights))


class TextWords:
    """The words of a text, of which the first :data:`MAX_CHARS` code points are read.

    Args:
        text: what is read.
        background: of its language; None where nothing is known of that.

    Attributes:
        count: how often each word stands in the text, folded; without those that say nothing.
    """

    def __init__(self, text: str, background: Background | None) -> None:
        stop_words = background.stop_words if background else frozenset()
        self._tokens = split_words(text[:MAX_CHARS])
        self._read: dict[str, tuple[str, str, bool, bool]] = {}
        self.count: dict[str, int] = {}
        self._capitals: dict[str, int] = {}
        count, reads = self.count, self._read
        for token, often in Counter(self._tokens).items():
            if not _MIN_LETTERS <= len(token) <= MAX_LETTERS:
                continue
            if token.isalpha():
                if token in stop_words:
                    continue
                read = token, token.lower(), False, False
            else:
                read = read_word(token)
            word = read[1]
            if word not in stop_words and len(word) >= _MIN_LETTERS and word[0].isalpha():
                reads[token] = read
                count[word] = count.get(word, 0) + often
                if read[0][0].isupper():
                    self._capitals[word] = self._capitals.get(word, 0) + often

    def places(self, wanted: Container[str]) -> dict[Phrase, list[int]]:
        """Return phrases of wanted words, with the index of the first word of each place, in order."""
        found: dict[Phrase, list[int]] = defaultdict(list)
        kept = {token: read for token, read in self._read.items() if read[1] in wanted}
        before: Phrase = ()
        following = -1
        for at, (_, word, is_first, is_last) in [
            (at, kept[token]) for at, token in enumerate(self._tokens) if token in kept
        ]:
            if is_first or at != following:
                before = ()
            found[(word,)].append(at)
            for size in range(1, len(before) + 1):
                found[(*before[-size:], word)].append(at - size)
            before = () if is_last else (*before, word)[1 - MAX_WORDS :]
            following = at + 1
        return found

    def likelihood(self, phrase: Phrase, firsts: list[int]) -> float:
        """Return how much more a phrase weighs for its form."""
        often = len(firsts)
        if len(phrase) == 1:
            return 2.0 if self._capitals.get(phrase[0], 0) * 2 >= often else 1.0
        last = len(phrase) - 1
        capitals = sum([self._is_capital(at) and self._is_capital(at + last) for at in firsts])
        together = often / min([self.count[word] for word in phrase])
        likely = 2.0 if capitals * 2 >= often else 1.0
        return likely * (1 + max(0.0, together - 0.5)) / math.sqrt(len(phrase))

    def _is_capital(self, at: int) -> bool:
        return self._read[self._tokens[at]][0][0].isupper()

    def written(self, phrase: Phrase, firsts: list[int]) -> str:
        """Return a phrase as it is most often written; of forms that are as frequent, the first."""
        forms: dict[str, int] = {}
        size = len(phrase)
        for at in firsts:
            form = " ".join([self._read[token][0] for token in self._tokens[at : at + size]])
            forms[form] = forms.get(form, 0) + 1
        return max(forms, key=forms.__getitem__)


def _choose(weights: dict[Phrase, float]) -> list[Phrase]:
    """Return phrases that neither hold nor repeat another one of more weight, whatever stands in the plural."""
    chosen: dict[Phrase, Phrase] = {}
    parts: set[Phrase] = set()
    for phrase in sorted(weights, key=lambda phrase: (-weights[phrase], phrase)):
        stem = tuple([word.removesuffix("s") for word in phrase])
        mine = _parts(stem)
        if stem not in parts and mine.isdisjoint(chosen):
            chosen[stem] = phrase
            parts |= mine
            if len(chosen) == MAX_PHRASES:
                break
    return list(chosen.values())


def _parts(phrase: Phrase) -> set[Phrase]:
    many = len(phrase)
    return {phrase[first:last] for first in range(many) for last in range(first + 1, many + 1)}
