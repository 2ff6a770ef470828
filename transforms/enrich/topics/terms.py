"""Terms that speak for topics, by language, and how often they occur in a text.

A term is a word, several words, or the start (``econom*``) or end (``*krieg``) of a word. Case does not matter. How
words are told apart and folded depends on the language: English loses the ending of the plural; Arabic its article,
particles and the commonest endings; Chinese has no blanks, so terms are found at every character, the longest first.
"""

import functools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import compress
from typing import NamedTuple

MAX_WORD_CHARS = 60
"""Code points of a word that are looked at; all terms are shorter."""

PHRASE_GAIN = 1.3
"""How much more a term of several words weighs: it means less by accident than one word."""

_ENGLISH = re.compile(rf"([a-z0-9][a-z0-9&-]{{0,{MAX_WORD_CHARS - 1}}})[a-z0-9&-]*")
_BRACKETS = re.compile(r"\([^()]*\)")
_OTHER = re.compile(r"[^\W_][\w-]*")
_KEEP_S = frozenset({"news", "gas", "bus", "lens", "series", "species", "texas", "always", "perhaps"})
_ARABIC_MARKS = re.compile("[ً-ٰٟـ]")
_ARABIC_LETTERS = str.maketrans("أإآٱى", "ااااي")
_ARABIC_STARTS = ("وال", "فال", "بال", "كال", "لل", "ال", "و", "ف", "ب", "ل", "ك", "س")
_ARABIC_ENDS = ("ات", "ين", "ون", "ان", "ية", "ها", "هم", "ة", "ي", "ه")
_LEAST_STEM = 3
"""Letters that a word of Arabic keeps, and that a start or end of a word has."""


class TermIndex(NamedTuple):
    """Terms of one language, each with its number, and what they weigh for which subject."""

    language: str
    words: Mapping[str, int]
    starts: Mapping[str, int]
    ends: Mapping[str, int]
    phrases: Mapping[tuple[str, str], Sequence[tuple[list[str], int]]]
    """By the first two words: the words that follow, longest first, and the number of the term."""
    firsts: frozenset[str]
    """First words of phrases."""
    heads: frozenset[str]
    """The first letters of the starts, as many as the shortest has."""
    head: int
    """How many these are."""
    looks_further: bool
    """Whether a word is looked for in other forms than as it stands and by its start."""
    longest: Mapping[str, int]
    """By first character: characters of the longest term, for a language without blanks."""
    weights: tuple[tuple[tuple[int, float], ...], ...]
    """By number of the term: subjects, by position, and the weight for each."""

    def __hash__(self) -> int:
        """Identity; a vocabulary is made once."""
        return id(self)


def fold_word(word: str) -> str:
    """Return a word of English without the ending of the plural.

    >>> [fold_word(word) for word in ("elections", "parties", "churches", "crisis", "virus")]
    ['election', 'party', 'church', 'crisis', 'virus']
    """
    if len(word) < 4 or not word.endswith("s") or word in _KEEP_S or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    return word[:-1]


def split_words(text: str, language: str = "en") -> list[str]:
    """Return the words of a text, folded; for Chinese its characters, as they stand.

    >>> split_words("Prime Minister's elections")
    ['prime', 'minister', 'election']
    >>> split_words("La grève de l'usine", "fr")
    ['la', 'grève', 'de', 'l', 'usine']
    """
    if language == "zh":
        return [text]
    plain = text.lower().replace("’", "'")
    if language == "en":
        found = _ENGLISH.findall(plain.replace("'s", ""))
        return [fold_word(word) if word[-1] == "s" else word for word in found]
    if language == "ar":
        plain = _ARABIC_MARKS.sub("", plain).translate(_ARABIC_LETTERS)
    return [word[:MAX_WORD_CHARS] for word in _OTHER.findall(plain)]


def name_as_term(name: str) -> str:
    """Return the English name of a concept as a term, without what stands in brackets.

    >>> name_as_term("elections (local)")
    'election'
    """
    return " ".join(split_words(_BRACKETS.sub("", name)))


def make_vocabulary(language: str, terms: Sequence[Mapping[str, float]], *, rarity: Sequence[float]) -> TermIndex:
    """Return the vocabulary of the terms of some subjects.

    Args:
        language: ISO 639-1 code.
        terms: of each subject, term and weight, as written.
        rarity: factor of a term of 1, 2, … subjects; the last one also counts for more.
    """
    held: dict[str, dict[int, float]] = {}
    for subject, of_subject in enumerate(terms):
        for term, weight in of_subject.items():
            plain = term if "*" in term else " ".join(split_words(term, language))
            if plain:
                known = held.setdefault(plain, {})
                known[subject] = max(weight, known.get(subject, 0.0))
    words: dict[str, int] = {}
    starts: dict[str, int] = {}
    ends: dict[str, int] = {}
    phrases: dict[tuple[str, str], list[tuple[list[str], int]]] = {}
    weights = []
    for number, (term, subjects) in enumerate(sorted(held.items())):
        first, *rest = term.split()
        if rest:
            phrases.setdefault((first, rest[0]), []).append((rest[1:], number))
        elif term.endswith("*"):
            starts[term[:-1]] = number
        elif term.startswith("*"):
            ends[term[1:]] = number
        else:
            words[term] = number
        factor = rarity[min(len(subjects), len(rarity)) - 1] * (PHRASE_GAIN if rest else 1.0)
        weights.append(tuple((subject, weight * factor) for subject, weight in sorted(subjects.items())))
    longest: dict[str, int] = {}
    for word in words:
        longest[word[0]] = max(len(word), longest.get(word[0], 0))
    for rests in phrases.values():
        rests.sort(key=lambda it: -len(it[0]))
    firsts = frozenset(first for first, _ in phrases)
    head = min(map(len, starts), default=0)
    heads = frozenset(start[:head] for start in starts)
    looks_further = bool(ends) or language == "ar"
    return TermIndex(
        language, words, starts, ends, phrases, firsts, heads, head, looks_further, longest, tuple(weights)
    )


def _forms(word: str, language: str) -> tuple[str, ...]:
    """The forms under which a word may be known, the word itself first."""
    if language != "ar":
        return (word,)
    stems = [word]
    stems += [word.removeprefix(start) for start in _ARABIC_STARTS if word.startswith(start)]
    stems += [stem.removesuffix(end) for stem in stems for end in _ARABIC_ENDS if stem.endswith(end)]
    stems += [f"{stem}ة" for stem in stems if not stem.endswith("ة")]
    return tuple(stem for stem in stems if len(stem) >= _LEAST_STEM)


@functools.lru_cache(maxsize=100_000)
def _term_of(word: str, vocabulary: TermIndex) -> int | None:
    for form in _forms(word, vocabulary.language):
        exact = vocabulary.words.get(form)
        if exact is not None:
            return exact
    for end in range(len(word) if vocabulary.starts else 0, 1, -1):
        found = vocabulary.starts.get(word[:end])
        if found is not None:
            return found
    for start in range(1, len(word) - _LEAST_STEM + 1 if vocabulary.ends else 0):
        found = vocabulary.ends.get(word[start:])
        if found is not None:
            return found
    return None


def _scan(text: str, vocabulary: TermIndex) -> Counter[int]:
    """Count the terms of a text without blanks, the longest one at each character."""
    counts: Counter[int] = Counter()
    words, longest = vocabulary.words, vocabulary.longest
    start = 0
    while start < len(text):
        for end in range(min(len(text), start + longest.get(text[start], 0)), start, -1):
            found = words.get(text[start:end])
            if found is not None:
                counts[found] += 1
                start = end
                break
        else:
            start += 1
    return counts


def count_terms(words: list[str], vocabulary: TermIndex) -> Counter[int]:
    """Return how often each term occurs; a word that is part of a phrase found does not count for itself.

    Args:
        words: as :func:`split_words` gives them.
        vocabulary: of the same language.
    """
    if vocabulary.language == "zh":
        return sum((_scan(text, vocabulary) for text in words), Counter())
    phrases = vocabulary.phrases
    counts: Counter[int] = Counter()
    left = list(words)
    free = 0
    for start in compress(range(len(words) - 1), map(vocabulary.firsts.__contains__, words)):
        if start < free:
            continue
        for rest, term in phrases.get((words[start], words[start + 1]), ()):
            end = start + 2 + len(rest)
            if words[start + 2 : end] == rest:
                counts[term] += 1
                left[start:end] = [""] * (end - start)
                free = end
                break
    exact, heads, head, looks_further = vocabulary.words, vocabulary.heads, vocabulary.head, vocabulary.looks_further
    for word, count in Counter(left).items():
        found = None if looks_further else exact.get(word)
        if found is None and (looks_further or word[:head] in heads):
            found = _term_of(word, vocabulary) if word else None
        if found is not None:
            counts[found] += count
    return counts
