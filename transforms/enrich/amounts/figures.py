"""Numbers in a text, in digits and in words."""

import itertools
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from transforms.enrich.amounts.names import NUMBER_WORDS, SCALES
from transforms.enrich.word_search import WordPatterns, compile_words, find_words

MAX_FIGURES = 1_000
"""Most numbers of a text that are looked at; what stands behind them is not read."""

FRACTIONS: Mapping[str, float] = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3, "⅛": 0.125}

SPACES = " \u00a0\u202f\u2009"

# It begins with a set of characters, since that is searched for fast.
_DIGITS = re.compile(
    r"[0-9½¼¾⅓⅔⅛](?:(?<=[½¼¾⅓⅔⅛])"
    r"|\d{0,2}(?:[ \u00a0\u202f\u2009]\d{3}){1,5}(?!\d)(?:[.,]\d{1,6}(?![\d.,]))?"
    r"|\d{0,17}(?:[.,'\u2019]\d{1,18}){0,6}(?: ?(?:\d/\d{1,2}(?![\d/])|[½¼¾⅓⅔⅛]))?(?:/\d{1,2}(?![\d/]))?)"
)
_GROUPED_BY_COMMA = re.compile(r"\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,6})?")
_GROUPED_INDIAN = re.compile(r"\d{1,2}(?:,\d{2}){1,4},\d{3}(?:\.\d{1,2})?")
_GROUPED_BY_DOT = re.compile(r"\d{1,3}(?:\.\d{3}){1,5}(?:,\d{1,6})?")
_GROUPED_BY_SPACE = re.compile(r"\d{1,3}(?:[ \u00a0\u202f\u2009'\u2019]\d{3}){1,5}(?:[.,]\d{1,6})?")
_POINT = re.compile(r"\d{1,18}(?:\.\d{1,9})?")
_COMMA = re.compile(r"\d{1,18}(?:,\d{1,9})?")

DECIMAL_COMMA = frozenset(("de", "fr", "es", "it", "pt", "nl"))
"""Languages that write 1.234,5 or 1 234,5."""


class Figure(NamedTuple):
    """One number.

    Attributes:
        start: offset of its first code point.
        end: offset after its last.
        value: what it says.
        is_large: it is grouped by thousands or has two decimals, as sums of money are.
        is_word: it is written in words.
    """

    start: int
    end: int
    value: float
    is_large: bool
    is_word: bool


def read_number(digits: str, language: str) -> tuple[float, bool] | None:
    """Return the value of digits with separators, and whether they are grouped; None where they are not one number.

    >>> read_number("1,234.5", "en"), read_number("1.234,5", "de"), read_number("120 000", "en")
    ((1234.5, True), (1234.5, True), (120000.0, True))
    >>> read_number("1.2.3", "en") is None
    True
    """
    if digits.isdecimal():
        return float(digits), len(digits) > 3
    if _GROUPED_BY_SPACE.fullmatch(digits):
        return float(_bare(digits).replace(",", ".")), True
    if language in DECIMAL_COMMA:
        if _GROUPED_BY_DOT.fullmatch(digits):
            return float(digits.replace(".", "").replace(",", ".")), True
        if _COMMA.fullmatch(digits):
            return float(digits.replace(",", ".")), False
        if _POINT.fullmatch(digits):
            return float(digits), False
    if _GROUPED_BY_COMMA.fullmatch(digits) or _GROUPED_INDIAN.fullmatch(digits):
        return float(digits.replace(",", "")), True
    if _POINT.fullmatch(digits):
        return float(digits), len(digits.partition(".")[2]) == 2
    return None


def _bare(digits: str) -> str:
    return digits.translate({ord(space): None for space in (*SPACES, "'", "\u2019")})


def _digits_at(found: re.Match[str], language: str) -> Figure | None:
    raw = found.group()
    start, end = found.span()
    part = 0.0
    before = found.string[max(0, start - 2) : start]
    if before.endswith(".") and raw.isdecimal() and not before[:-1].isalnum():
        return Figure(start - 1, end, float(f"0.{raw}"), is_large=False, is_word=False)  # .5 percent
    if raw[-1] in FRACTIONS:
        part, raw = FRACTIONS[raw[-1]], raw[:-1].rstrip()
        if not raw:
            return Figure(start, end, part, False, False)
    elif "/" in raw:
        before, _, below = raw.partition("/")
        whole, _, above = before.rpartition(" ")
        if not (above.isdecimal() and below.isdecimal()) or not 0 < int(above) < int(below) <= 16:
            return None
        part, raw = int(above) / int(below), whole
        if not raw:
            return Figure(start, end, part, False, False)
    number = read_number(raw, language)
    return None if number is None else Figure(start, end, number[0] + part, number[1], False)


_PART_BEHIND = r"(?: of)?(?: an?)?(?= [a-z])"


@cache
def _number_words(language: str) -> WordPatterns:
    values = NUMBER_WORDS[language]
    if language == "en":
        return compile_words(
            (
                *(rf"{one}[ -](?:quarter|half|third){_PART_BEHIND}" for one in ("an?", "one")),
                *(rf"{part}{_PART_BEHIND}" for part in ("half", "three[ -]quarters", "two[ -]thirds")),
                r"an?(?= (?:hundred|thousand|million|billion|trillion|lakh|crore|half)\b)",
                *(rf"{word}\b" for word in values),
            )
        )
    scales = "|".join(re.escape(word) for word in SCALES[language])
    return compile_words(rf"{word}(?= (?:{scales}))" if value == 1 else rf"{word}\b" for word, value in values.items())


PARTS: Mapping[str, float] = {"quarter": 0.25, "half": 0.5, "third": 1 / 3}
"""Parts of a unit or magnitude in words."""

_MORE = re.compile(
    r"(?:[ -](?:and )?(?:(?:hundred|thousand)\b|a half\b|a quarter\b)|-and-a-(?:half|quarter)\b"
    r"|(?<=ty)-(?:one|two|three|four|five|six|seven|eight|nine)\b"
    r"|(?<=hundred) (?:and )?(?:(?:twen|thir|for|fif|six|seven|eigh|nine)ty|"
    r"one|two|three|four|five|six|seven|eight|nine|ten)\b)"
)


def _words_at(low: str, start: int, end: int, numbers: Mapping[str, float], language: str) -> Figure:
    word = low[start:end]
    if language != "en":
        return Figure(start, end, numbers[word], False, True)
    part = next((PARTS[name] for name in PARTS if name in word), None)
    value = part if part is not None else 1.0 if word in ("a", "an") else numbers[word]
    if part is not None:
        return Figure(start, end, value * 3 if "three" in word else value * 2 if "two" in word else value, False, True)
    for _ in range(6):
        more = _MORE.match(low, end)
        if not more:
            break
        last = more.group().replace("-", " ").split()
        if last[-1] in ("hundred", "thousand"):
            value *= 100 if last[-1] == "hundred" else 1000
        elif last[-1] == "half":
            value += 0.5
        elif last[-1] == "quarter":
            value += 0.25
        else:
            value += numbers[last[-1]]
        end = more.end()
    return Figure(start, end, value, False, True)


def find_figures(text: str, low: str, language: str, numbers: Mapping[str, float]) -> Iterator[Figure]:
    """Yield the numbers of a text in order, at most MAX_FIGURES of them in digits and as many in words.

    Args:
        text: as it stands.
        low: the same in lower case, of the same length.
        language: that has words; see names.LANGUAGES.
        numbers: numbers in words.
    """
    found: list[Figure] = []
    for match in itertools.islice(_DIGITS.finditer(text), MAX_FIGURES):
        figure = _digits_at(match, language)
        if figure is not None:
            found.append(figure)
    taken = 0
    for start, end in itertools.islice(find_words(_number_words(language), low), MAX_FIGURES):
        if start >= taken:
            figure = _words_at(low, start, end, numbers, language)
            found.append(figure)
            taken = figure.end
    yield from sorted(found)
