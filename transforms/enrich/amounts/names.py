"""Words and symbols that make a figure an amount.

Currencies are those of CLDR, units those of pint with CLDR's words; ``benchmarks/make_names.py`` makes both files.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from transforms.enrich.number_words import SMALL_NUMBERS
from transforms.package_data import load_json

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl")
"""Languages with rules, ISO 639-1."""

SCALES: Mapping[str, Mapping[str, float]] = {
    "en": {
        "hundred": 1e2,
        "thousand": 1e3,
        "million": 1e6,
        "millions": 1e6,
        "billion": 1e9,
        "trillion": 1e12,
        "hundred thousand": 1e5,
        "hundred million": 1e8,
        "hundred billion": 1e11,
        "thousand crore": 1e10,
        "lakh crore": 1e12,
        "crore": 1e7,
        "crores": 1e7,
        "lakh": 1e5,
        "lakhs": 1e5,
        "lac": 1e5,
        "lacs": 1e5,
        "mn": 1e6,
        "mln": 1e6,
        "mio": 1e6,
        "mil": 1e6,
        "bn": 1e9,
        "bln": 1e9,
        "tn": 1e12,
        "trn": 1e12,
        "trln": 1e12,
    },
    "de": {
        "tausend": 1e3,
        "million": 1e6,
        "millionen": 1e6,
        "mio": 1e6,
        "mio.": 1e6,
        "mill.": 1e6,
        "milliarde": 1e9,
        "milliarden": 1e9,
        "mrd": 1e9,
        "mrd.": 1e9,
        "mia.": 1e9,
        "billion": 1e12,
        "billionen": 1e12,
        "bio.": 1e12,
    },
    "fr": {
        "mille": 1e3,
        "million": 1e6,
        "millions": 1e6,
        "milliard": 1e9,
        "milliards": 1e9,
        "mds": 1e9,
        "md": 1e9,
        "billion": 1e12,
        "billions": 1e12,
        "mille milliards": 1e12,
    },
    "es": {
        "mil": 1e3,
        "millón": 1e6,
        "millones": 1e6,
        "mil millones": 1e9,
        "billón": 1e12,
        "billones": 1e12,
        "mdd": 1e6,
    },
    "it": {
        "mila": 1e3,
        "mille": 1e3,
        "milione": 1e6,
        "milioni": 1e6,
        "mln": 1e6,
        "miliardo": 1e9,
        "miliardi": 1e9,
        "mld": 1e9,
        "bilioni": 1e12,
    },
    "pt": {
        "mil": 1e3,
        "milhão": 1e6,
        "milhões": 1e6,
        "mil milhões": 1e9,
        "bilhão": 1e9,
        "bilhões": 1e9,
        "trilhão": 1e12,
        "trilhões": 1e12,
    },
    "nl": {
        "duizend": 1e3,
        "miljoen": 1e6,
        "mln": 1e6,
        "mln.": 1e6,
        "miljard": 1e9,
        "mld": 1e9,
        "mld.": 1e9,
        "biljoen": 1e12,
    },
}
"""Magnitudes, by their words."""

MONEY_SCALES: Mapping[str, float] = {"k": 1e3, "K": 1e3, "m": 1e6, "M": 1e6, "b": 1e9, "B": 1e9, "t": 1e12, "T": 1e12}
"""Magnitudes that only money has: '5m' alone may be metres."""

PERCENT: Mapping[str, tuple[tuple[str, str], ...]] = {
    "percent": (
        *(("en", "percent"), ("en", "per cent"), ("en", "pct"), ("de", "prozent"), ("de", "prozentig")),
        *(("fr", "pour cent"), ("es", "por ciento"), ("it", "per cento"), ("it", "percento"), ("pt", "por cento")),
        *(("pt", "porcento"), ("nl", "procent"), ("de", "prozentige"), ("de", "prozentiger"), ("de", "prozentigen")),
        *(("de", "prozentiges"), ("de", "prozentigem")),
    ),
    "percentage_point": (
        *(("en", "percentage points"), ("en", "percentage point"), ("en", "percentage-point"), ("en", "% points")),
        *(("en", "percent points"), ("en", "per cent points"), ("en", "pp"), ("en", "ppts"), ("en", "%-points")),
        *(("en", "% point"), ("de", "prozentpunkte"), ("de", "prozentpunkten"), ("de", "prozentpunkt")),
        *(("fr", "points de pourcentage"), ("fr", "point de pourcentage"), ("es", "puntos porcentuales")),
        *(("es", "punto porcentual"), ("it", "punti percentuali"), ("it", "punto percentuale")),
        *(("pt", "pontos percentuais"), ("pt", "ponto percentual"), ("nl", "procentpunt"), ("nl", "procentpunten")),
    ),
    "basis_point": (
        *(("en", "basis points"), ("en", "basis point"), ("en", "basis-point"), ("en", "bps"), ("de", "basispunkte")),
        *(("de", "basispunkten"), ("fr", "points de base"), ("es", "puntos básicos"), ("it", "punti base")),
        *(("pt", "pontos-base"), ("pt", "pontos base"), ("nl", "basispunten")),
    ),
}
"""AmountWords of percentages, by unit and language."""

CENTS: Mapping[str, Mapping[str, str]] = {
    "en": {"cents": "$", "cent": "$", "pence": "GBP"},
    "de": {"cent": "EUR", "cents": "EUR", "rappen": "CHF"},
    "fr": {"centimes": "EUR", "centime": "EUR"},
    "es": {"céntimos": "EUR", "céntimo": "EUR"},
    "it": {"centesimi": "EUR", "centesimo": "EUR"},
    "pt": {"cêntimos": "EUR"},
    "nl": {"cent": "EUR", "eurocent": "EUR"},
}
"""Hundredths of a currency; those of "$" go by what a bare dollar sign is."""

_TENS = tuple(range(20, 100, 10))


def _numbers(language: str, words: str, values: tuple[int, ...], **more: int) -> dict[str, float]:
    """Return the number words of a language: those up to twelve, and larger ones with their values."""
    larger = dict(zip(words.split(), values, strict=True))
    return {word: float(value) for word, value in {**SMALL_NUMBERS[language], **larger, **more}.items()}


NUMBER_WORDS: Mapping[str, Mapping[str, float]] = {
    "en": _numbers(
        "en",
        "thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty "
        "ninety",
        (*range(13, 20), *_TENS),
    ),
    "de": _numbers(
        "de", "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig hundert", (*_TENS, 100), eine=1, ein=1
    ),
    "fr": _numbers("fr", "quinze vingt trente quarante cinquante soixante", (15, 20, 30, 40, 50, 60)),
    "es": _numbers(
        "es", "quince veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa cien", (15, *_TENS, 100)
    ),
    "it": _numbers(
        "it",
        "quindici venti trenta quaranta cinquanta sessanta settanta ottanta novanta cento",
        (15, *_TENS, 100),
    ),
    "pt": _numbers(
        "pt", "quinze vinte trinta quarenta cinquenta sessenta setenta oitenta noventa cem", (15, *_TENS, 100)
    ),
    "nl": _numbers(
        "nl",
        "vijftien twintig dertig veertig vijftig zestig zeventig tachtig negentig honderd",
        (15, *_TENS, 100),
    ),
}
"""Numbers in words; one of other languages than English is also the article, and counts before a magnitude alone."""

WEAK_HEADS = frozenset(
    "won wons mark marks marco marcos real soles som kip kips lek leks leu lei lev leva levs dram drams tala "
    "talas pula pulas kina dong loti rand crowns manat balboa florin leone sterling riel reals reales lilangeni "
    "colones bolívares leonas corona coronas libra lira livre krone pond schilling gulden".split()
)
"""Names that are other words, too: a currency with a large figure, or where the text names the country."""

WEAK_CODES = frozenset(
    "ALL TOP PEN CUP MOP BAM SOS GEL COP RON MAD LAK CAD CDF ANG PAB AMD TRY BAN ERN MUR SLE STN MRU GIP MGA NIO "
    "SAR ARS BIF CLP DOP SDG".split()
)
"""ISO codes that are words or other acronyms."""


_SHORT_BEHIND = frozenset(("kr", "zł", "zl", "Kč", "Ft", "Rs", "RM", "TL", "Dh"))
"""Symbols of two letters that stand behind a figure, too."""


class Word(NamedTuple):
    """What a word or symbol behind a figure means.

    Attributes:
        phrase: as it stands in the text, in lower case unless it is a short form.
        kind: 'scale', 'money', 'cents', 'percent' or 'quantity'.
        factor: of a scale.
        unit: of percentages and quantities.
        codes: ISO 4217 codes of currencies that have the name or symbol.
        is_weak: it may well mean something else.
    """

    phrase: str
    kind: str
    factor: float = 1.0
    unit: str | None = None
    codes: tuple[str, ...] = ()
    is_weak: bool = False


class AmountWords(NamedTuple):
    """All words of a language.

    Attributes:
        behind: words in lower case behind a figure, by their first run of letters, the longest phrases first.
        behind_short: the same as written: short forms of units, codes and symbols.
        before: symbols and codes before a figure.
        countries: words for the countries of each currency.
        numbers: numbers in words.
    """

    behind: Mapping[str, tuple[Word, ...]]
    behind_short: Mapping[str, tuple[Word, ...]]
    before: Mapping[str, Word]
    countries: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, float]


_FIRST = re.compile(r"[^\W\d_]{1,40}")


def first_run(phrase: str) -> str:
    """Return what a phrase is looked up by: its first letters, or its first character."""
    found = _FIRST.match(phrase)
    return found.group() if found else phrase[:1]


def _by_first(words: Iterable[Word]) -> dict[str, tuple[Word, ...]]:
    found: dict[str, dict[str, Word]] = defaultdict(dict)
    for word in words:
        found[first_run(word.phrase)].setdefault(word.phrase, word)
    return {run: tuple(sorted(phrases.values(), key=lambda word: -len(word.phrase))) for run, phrases in found.items()}


@cache
def _stored(name: str) -> Any:
    return load_json(__package__, name)


@cache
def domain_currencies() -> Mapping[str, str]:
    """Return the currency of each country by its domain, such as GBP for uk."""
    found: dict[str, str] = _stored("currencies.json")["domains"]
    return found


@cache
def load_words(language: str) -> AmountWords:
    """Return the words of one of LANGUAGES."""
    currencies, units = _stored("currencies.json"), _stored("units.json")
    own = currencies["languages"][language]
    symbols = {
        symbol: Word(symbol, "money", codes=tuple(codes), is_weak=_is_weak(symbol))
        for symbol, codes in currencies["symbols"].items()
    }
    behind = [Word(phrase, "scale", factor) for phrase, factor in SCALES[language].items()]
    behind += [
        Word(phrase, "percent", unit=unit)
        for unit, phrases in PERCENT.items()
        for wanted, phrase in phrases
        if wanted == language
    ]
    behind += [Word(phrase, "cents", codes=(code,)) for phrase, code in CENTS[language].items()]
    behind += [Word(phrase, "money", codes=tuple(codes)) for phrase, codes in own["names"].items()]
    behind += [
        Word(head, "money", codes=tuple(codes), is_weak=head in WEAK_HEADS) for head, codes in own["heads"].items()
    ]
    own_units = {**units["shared"], **units["languages"][language]}
    behind += [Word(phrase, "quantity", unit=unit) for phrase, unit in own_units.items()]
    behind_short = [Word("%", "percent", unit="percent"), Word("¢", "cents", codes=("$",))]
    behind_short += [Word(phrase, "scale", factor) for phrase, factor in MONEY_SCALES.items()]
    behind_short += [Word(phrase, "quantity", unit=unit) for phrase, unit in units["short"].items()]
    behind_short += [
        word for symbol, word in symbols.items() if not symbol.isalpha() or len(symbol) > 2 or symbol in _SHORT_BEHIND
    ]
    if language == "en":
        behind_short += [Word("pc", "percent", unit="percent"), Word("p", "cents", codes=("GBP",), is_weak=True)]
    return AmountWords(
        behind=_by_first(behind),
        behind_short=_by_first(behind_short),
        before=symbols,
        countries={code: tuple(words) for code, words in own["countries"].items()},
        numbers=NUMBER_WORDS[language],
    )


def _is_weak(symbol: str) -> bool:
    if symbol in WEAK_CODES:
        return True
    letters = symbol.rstrip(".")
    return (
        letters.isalpha()
        and len(letters) <= 2
        and letters not in {"Rs", "RM", "Rp", "Re", "Dh", "zł", "Kč", "Tk", "KD", "QR"}
    )
