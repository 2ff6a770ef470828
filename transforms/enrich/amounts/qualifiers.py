"""Words before an amount that say how exact it is."""

import re
from collections.abc import Mapping
from functools import cache

_WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "en": {
        "about": (
            *("about", "around", "approximately", "approx", "approx.", "roughly", "some", "an estimated", "estimated"),
            *("circa", "c.", "in the region of", "somewhere around", "~", "or so"),
        ),
        "nearly": ("nearly", "almost", "close to", "just under", "just shy of", "just below", "just short of"),
        "more than": ("more than", "over", "above", "in excess of", "upwards of", "greater than", "exceeding", ">"),
        "at least": ("at least", "a minimum of", "minimum of", "not less than", "no less than", "starting at"),
        "less than": ("less than", "under", "below", "fewer than", "<"),
        "up to": ("up to", "as much as", "as many as", "at most", "no more than", "not more than", "a maximum of"),
    },
    "de": {
        "about": ("etwa", "rund", "ungefähr", "circa", "ca.", "zirka", "gut", "in etwa", "schätzungsweise"),
        "nearly": ("knapp", "fast", "beinahe", "nahezu", "annähernd"),
        "more than": ("mehr als", "über"),
        "at least": ("mindestens", "wenigstens", "ab"),
        "less than": ("weniger als", "unter"),
        "up to": ("bis zu", "höchstens", "maximal"),
    },
    "fr": {
        "about": ("environ", "quelque", "autour de", "à peu près"),
        "nearly": ("près de", "presque"),
        "more than": ("plus de", "plus d'"),
        "at least": ("au moins",),
        "less than": ("moins de", "moins d'"),
        "up to": ("jusqu'à", "au maximum", "au plus"),
    },
    "es": {
        "about": ("unos", "unas", "cerca de", "alrededor de", "aproximadamente"),
        "nearly": ("casi",),
        "more than": ("más de", "más del"),
        "at least": ("al menos", "por lo menos"),
        "less than": ("menos de", "menos del"),
        "up to": ("hasta", "hasta un"),
    },
    "it": {
        "about": ("circa", "intorno a", "all'incirca"),
        "nearly": ("quasi",),
        "more than": ("oltre", "più di", "oltre il"),
        "at least": ("almeno",),
        "less than": ("meno di",),
        "up to": ("fino a", "fino al"),
    },
    "pt": {
        "about": ("cerca de", "aproximadamente", "em torno de"),
        "nearly": ("quase",),
        "more than": ("mais de",),
        "at least": ("pelo menos", "ao menos"),
        "less than": ("menos de",),
        "up to": ("até",),
    },
    "nl": {
        "about": ("ongeveer", "circa", "zo'n", "rond", "rond de"),
        "nearly": ("bijna", "krap"),
        "more than": ("meer dan", "ruim", "boven"),
        "at least": ("minstens", "ten minste"),
        "less than": ("minder dan", "onder"),
        "up to": ("tot", "maximaal", "hooguit"),
    },
}

_NOT_MORE = re.compile(
    r"\b(?:row|dispute|battle|fight|concerns?|worries|anger|outrage|lawsuit|sued|fined|charged|argument|clash|questions|"
    r"won|win|victory|pass|passed|hand(?:ed|ing)?|tak(?:e|en|ing)|took|all|game) over $"
)
"""What makes "over" and "under" something else than a comparison."""


_THAN_THE = ("than the", "over the", "under the", "above the", "below the")
"""What compares something with an amount that is known: less than the $5 that it cost."""

_SUM_OF = re.compile(
    r"(?:kredit|kredite|darlehen|rechnung|rechnungen|vertrag|verträge|scheck|auftrag|aufträge|strafe|strafen|bußgeld|"
    r"linie|anleihe|anleihen|paket|bürgschaft|programm|hypothek|forderung|überweisung|spende) über $"
)
"""Nouns behind which German "über" means "of": a loan of 5 million."""


@cache
def _pattern(language: str) -> re.Pattern[str]:
    known = {phrase: name for name, phrases in _WORDS[language].items() for phrase in phrases}
    ordered = sorted(known, key=len, reverse=True)
    return re.compile(rf"(?<![\w'-])(?:{'|'.join(map(re.escape, ordered))}) ?(?:the |a |an )?$")


@cache
def _names(language: str) -> Mapping[str, str]:
    return {phrase: name for name, phrases in _WORDS[language].items() for phrase in phrases}


def qualifier_before(low: str, start: int, language: str, *, is_area: bool = False) -> str | None:
    """Return how exact the amount is that begins at an offset of a text in lower case.

    Before an area, "over" may also say where something is: "spread over six acres".

    >>> qualifier_before("it cost just under $5", 19, "en")
    'nearly'
    """
    window = low[max(0, start - 26) : start]
    found = _pattern(language).search(window)
    if found is None:
        return None
    words = found.group().rstrip()
    if words.endswith(_THAN_THE):
        return None
    for article in (" the", " an", " a"):
        words = words.removesuffix(article)
    if words == "over" and (is_area or _NOT_MORE.search(window)):
        return None
    if words == "über" and _SUM_OF.search(window):
        return None
    return _names(language).get(words)
