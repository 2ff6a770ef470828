"""How near a text is to the true one, and what in it does not belong to an article."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

MAX_PROMO = 200
"""Most characters of a promo line: a paragraph about newsletters is longer."""

MIN_REPEATED = 4
"""Fewest words of a line that counts as repeated: names and labels may recur."""

# How such lines begin, or with "$" the whole of them, after folding: without punctuation and case.
_CALLS = (
    r"(?:read|see|watch|hear|find out|learn) (?:more|also|next|now|the full|on)\b",
    r"more (?:from|on|about|stories)\b",
    r"(?:also|you (?:may|might)(?: also)?) (?:read|like|be interested)",
    r"related (?:articles?|stories|topics|posts|content)\b",
    r"(?:sign up|subscribe|register|log in|sign in|join us|donate|support us)\b",
    r"(?:get|receive) (?:our|the|your) .{0,60}(?:newsletter|inbox|email|app)\b",
    r"(?:our|the|free|daily|weekly) .{0,30}newsletter",
    r"newsletter\b",
    r"follow (?:us|me|him|her|[a-z]+ on)\b",
    r"(?:click|tap) (?:here|to)\b",
    r"download (?:our|the) .{0,30}app\b",
    r"share(?: (?:this|on|via|article)\b|$)",
    r"(?:tweet|email|print|copy link|comments?|advertisement|advertising|sponsored|recommended|trending)(?: .{0,20})?$",
    r"(?:most read|image credit|photo credit|picture credit|image source)\b",
    r"(?:all rights reserved|copyright|disclosure|skip to|back to)\b",
    r"this (?:article|story) (?:originally|first) appeared",
    r"(?:lesen sie|lies|mehr zum thema|mehr dazu|zum newsletter|folgen sie|anzeige$|teilen$)",
    r"jetzt (?:abonnieren|anmelden|testen)",
    r"(?:lire aussi|à lire|lisez|abonnez vous|partager|inscrivez vous|suivez)\b",
    r"(?:lea|lee|leer|ver) (?:también|más)\b",
    r"(?:suscríbete|suscríbase|síguenos|compartir$|publicidad$)",
    r"(?:leggi anche|iscriviti|condividi$|seguici)",
    r"(?:leia (?:também|mais)|assine|inscreva se|compartilhe|siga)\b",
    r"(?:lees (?:ook|meer)|abonneer|schrijf je in|deel$)",
    r"(?:läs (?:mer|också)|les også|læs også|lue myös|dela$|del$)",
    r"(?:czytaj|zobacz) (?:też|także|więcej)",
    r"(?:přečtěte si|čtěte také|ayrıca okuyun|devamını oku)",
    r"(?:читайте (?:также|ещё|еще|також)|подпис(?:аться|ывайтесь)|підпис(?:атися|уйтесь))",
    r"(?:関連記事|あわせて読みたい|続きを読む|関連タグ|広告$|シェア$)",
    r"(?:관련기사|구독|공유하기|기사 더보기|相关阅读|延伸阅读|阅读更多|推荐阅读)",
)
_PROMO = re.compile("|".join(_CALLS))


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return re.findall(r"\w+", text.lower())


def fold(text: str) -> str:
    """Return words alone, case folded.

    >>> fold("Read more: “Grüße”!")
    'read more grüsse'
    """
    return " ".join(re.findall(r"\w+", text.casefold()))


def spaced(text: str) -> str:
    """Return the words of a text for :func:`count_in`: two blanks between them, so that copies side by side count."""
    return f"  {fold(text).replace(' ', '  ')}  "


def count_in(line: str, text: str) -> int:
    """Count how often the words of a line stand side by side in a text that is :func:`spaced`."""
    words = fold(line).replace(" ", "  ")
    return text.count(f" {words} ") if words else 0


def grams(text: str) -> Counter[tuple[str, ...]]:
    """Return the multiset of word 4-grams; a shorter text is one gram."""
    words = words_of(text)
    return Counter(tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3))) if words else Counter()


def _f1(one: Counter[Any], other: Counter[Any]) -> float:
    both = sum((one & other).values())
    return 2 * both / (sum(one.values()) + sum(other.values())) if both else 0.0


def f1(found: str, truth: str) -> float:
    """Return the F1 of word 4-grams of two texts, 0 to 1.

    >>> f1("a b c d e", "a b c d x"), f1("", "a")
    (0.5, 0.0)
    """
    return _f1(grams(found), grams(truth))


def word_f1(found: str, truth: str) -> float:
    """Return the F1 of words of two texts, 0 to 1.

    >>> word_f1("a b c", "c b a"), word_f1("a a", "a b")
    (1.0, 0.5)
    """
    return _f1(Counter(words_of(found)), Counter(words_of(truth)))


def lines_of(text: str) -> list[str]:
    """Return the lines of a text that hold anything, without the marks of list items."""
    return [line for line in (line.strip().removeprefix("- ") for line in text.splitlines()) if line]


def has_headline_first(found: str, truth: str, headlines: Iterable[str]) -> bool:
    """Return whether a text begins with its headline, and the true one does not."""
    known = {fold(headline) for headline in headlines} - {""}
    first, true_first = (fold(next(iter(lines_of(text)), "")) for text in (found, truth))
    return first in known and true_first not in known


def promo_lines(found: str, truth: str) -> list[str]:
    """Return the lines of a text that advertise, lead away or label, and do not stand in the true text.

    >>> promo_lines("It rained.\\nRead more: Sun\\nFollow us on X", "It rained.\\nFollow us on X")
    ['Read more: Sun']
    """
    true = spaced(truth)
    short = (line for line in lines_of(found) if len(line) <= MAX_PROMO)
    return [line for line in short if _PROMO.match(fold(line)) and not count_in(line, true)]


def repeated_lines(found: str, truth: str) -> list[str]:
    """Return the lines of four or more words that a text holds more often than the true text, once for each repetition.

    >>> repeated_lines("a b c d\\nx\\nx\\nA b c d.", "a b c d")
    ['A b c d.']
    """
    true = spaced(truth)
    seen: Counter[str] = Counter()
    repeated = []
    for line in lines_of(found):
        folded = fold(line)
        seen[folded] += 1
        if seen[folded] > 1 and folded.count(" ") >= MIN_REPEATED - 1 and seen[folded] > count_in(line, true):
            repeated.append(line)
    return repeated


def copied_lines(found: str, truth: str) -> list[str]:
    """Return those of the repeated lines that the true text holds, only less often.

    Others do not belong to the article at all, so that what is wrong with them is not that they stand there twice.

    >>> copied_lines("a b c d\\nA b c d.\\nbuy it for less\\nbuy it for less", "a b c d")
    ['A b c d.']
    """
    true = spaced(truth)
    return [line for line in repeated_lines(found, truth) if count_in(line, true)]


def bootstrap(differences: Sequence[float], *, rounds: int = 2000, seed: int = 7) -> tuple[float, float]:
    """Return the interval that holds the mean of a sample in 95 of 100 resamples.

    >>> bootstrap([0.5, 0.5, 0.5])
    (0.5, 0.5)
    """
    values = np.asarray(differences, dtype=np.float64)
    picks = np.random.default_rng(seed).integers(0, len(values), (rounds, len(values)))
    low, high = np.quantile(values[picks].mean(axis=1), (0.025, 0.975))
    return float(low), float(high)
