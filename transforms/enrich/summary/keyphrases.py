"""What a text is about in its own words: phrases that are frequent in it and whose words are rare elsewhere.

A phrase is one to three words that follow each other, none of which says nothing. Its weight is how often it stands in
the text, and more where the headline and the lead have it, times how rare its words are in a fixed collection; more for
what is mostly written with capitals, and for phrases whose words seldom stand alone. One that holds or repeats another
of more weight is left out.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import filterfalse, repeat

from transforms.enrich.summary.background import MAX_LETTERS, Background, fold_word, read_word, split_words, strip_words

MAX_CHARS = 60_000
"""Code points of a text that are read, some 10,000 words."""

MAX_PHRASES = 10
"""Most phrases of an article."""

LEAD_TOKENS = 60
"""Words and marks of the text that are its lead."""

_IN_HEADLINE = 4
_IN_LEAD = 1
_MIN_LETTERS = 3

Phrase = tuple[str, ...]

_PLAIN = 1
"""Kind of a word without marks; 2 has some before it, 3 behind it, 4 both, and 0 is none that is wanted."""

_PAIR = re.compile(b"[\1\2](?=[\1\3])")
"""A word that another follows without a mark between them."""


def choose_keyphrases(title: "TextWords", words: "TextWords", background: Background) -> tuple[str, ...]:
    """Return the phrases of an article, most telling first, as they are most often written. Linear in the text.

    A phrase stands in the text twice, or in the headline, too.

    Args:
        title: the words of the headline.
        words: those of the text.
        background: of its language.
    """
    # A phrase that stands in the text twice is made of words that do.
    frequent = [word for word, often in words.count.items() if often > 1 or word in title.count]
    rarity = {word: background.weights.get(word, background.unseen) for word in frequent}
    names, lead = words.names(rarity), words.lead()
    weights: dict[Phrase, float] = {}
    for word, rare in rarity.items():
        if word not in background.weekdays:
            weight: float = words.count[word] + _IN_HEADLINE * (word in title.count) + _IN_LEAD * (word in lead)
            weights[(word,)] = weight * rare * (2.0 if word in names else 1.0)
    titles, found = title.find_phrases(title.count), words.find_phrases(rarity)
    for phrase, places in found.items():
        if len(places) > 1 or phrase in titles:
            weight = len(places) + _IN_HEADLINE * (phrase in titles) + _IN_LEAD * (places[0] < LEAD_TOKENS)
            weights[phrase] = weight * sum([rarity[word] for word in phrase]) * words.likelihood(phrase, places)
    return words.written(_choose(weights), found)


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
        self._often = Counter(self._tokens)
        tokens = [token for token in self._often if _MIN_LETTERS <= len(token) <= MAX_LETTERS]
        plain = list(filter(str.isalpha, tokens))
        small = list(filterfalse(stop_words.__contains__, filter(str.islower, plain)))
        large = list(filterfalse(str.islower, plain))
        marked = list(filterfalse(str.isalpha, tokens))
        forms = strip_words(marked)
        self._forms = dict(zip(marked, forms, strict=True))
        self._words = dict(zip(small, small, strict=True))
        self.count = dict(zip(small, map(self._often.__getitem__, small), strict=True))
        words, count, often = self._words, self.count, self._often
        for token, word in zip(large + marked, map(fold_word, large + forms), strict=True):
            if word not in stop_words and len(word) >= _MIN_LETTERS and word[0].isalpha():
                words[token] = word
                count[word] = count.get(word, 0) + often[token]

    def read(self, tokens: Iterable[str]) -> Iterator[str]:
        """Yield the words of tokens that stand in the text, too, without those that say nothing."""
        return filter(None, map(self._words.get, tokens))

    def _form(self, token: str) -> str:
        return self._forms.get(token, token)

    def lead(self) -> set[str | None]:
        """Return the words of the lead."""
        return {*map(self._words.get, self._tokens[:LEAD_TOKENS])}

    def names(self, wanted: Container[str]) -> set[str]:
        """Return those of some words that are mostly written with a capital letter."""
        capitals: dict[str, int] = {}
        for token, word in self._words.items():
            if word in wanted and self._form(token)[0].isupper():
                capitals[word] = capitals.get(word, 0) + self._often[token]
        return {word for word, often in capitals.items() if often * 2 >= self.count[word]}

    def find_phrases(self, wanted: Container[str]) -> dict[Phrase, list[int]]:
        """Return phrases of two and three wanted words, with the index of the first word at each place, in order."""
        kinds = {token: _PLAIN for token, word in self._words.items() if word in wanted}
        for token in filter(kinds.__contains__, self._forms):
            _, _, is_first, is_last = read_word(token)
            kinds[token] = _PLAIN + is_first + 2 * is_last
        found: dict[Phrase, list[int]] = defaultdict(list)
        tokens, words = self._tokens, self._words
        before, expected = "", -1
        for pair in _PAIR.finditer(bytes(map(kinds.get, tokens, repeat(0)))):
            at = pair.start()
            first, second = words[tokens[at]], words[tokens[at + 1]]
            found[first, second].append(at)
            if at == expected:
                found[before, first, second].append(at - 1)
            before, expected = first, at + 1
        return found

    def likelihood(self, phrase: Phrase, places: list[int]) -> float:
        """Return how much more a phrase of several words weighs for its form."""
        last = len(phrase) - 1
        capitals = sum([self._is_capital(at) and self._is_capital(at + last) for at in places])
        together = len(places) / min([self.count[word] for word in phrase])
        likely = 2.0 if capitals * 2 >= len(places) else 1.0
        return likely * (1 + max(0.0, together - 0.5)) / math.sqrt(len(phrase))

    def _is_capital(self, at: int) -> bool:
        return self._form(self._tokens[at])[0].isupper()

    def written(self, phrases: Iterable[Phrase], places: Mapping[Phrase, list[int]]) -> tuple[str, ...]:
        """Return phrases as they are most often written; of forms that are as frequent, the first."""
        forms: dict[Phrase, dict[str, int]] = {phrase: {} for phrase in phrases}
        alone = {phrase[0]: known for phrase, known in forms.items() if len(phrase) == 1}
        for token in self._often:  # in the order in which they first stand in the text
            word = self._words.get(token)
            if word in alone:
                form = self._form(token)
                alone[word][form] = alone[word].get(form, 0) + self._often[token]
        for phrase, known in forms.items():
            for at in places.get(phrase, ()):
                form = " ".join(map(self._form, self._tokens[at : at + len(phrase)]))
                known[form] = known.get(form, 0) + 1
        return tuple([max(known, key=known.__getitem__) for known in forms.values()])


def _choose(weights: dict[Phrase, float]) -> list[Phrase]:
    """Return phrases that neither hold nor repeat another one of more weight, whatever stands in the plural."""
    chosen: dict[Phrase, Phrase] = {}
    parts: set[Phrase] = set()
    for _, phrase in sorted([(-weight, phrase) for phrase, weight in weights.items()]):
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
