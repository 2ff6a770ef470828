"""Which currency an amount of money is in."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from transforms.enrich.amounts.names import Word, domain_currencies

DEFAULTS: Mapping[str, str] = {
    **dict.fromkeys(("$", "dollar", "dollars", "dólar", "dólares", "dollaro", "dollari"), "USD"),
    **dict.fromkeys(
        ("£", "pound", "pounds", "pfund", "libra", "libras", "livres", "sterlina", "sterline", "pond"), "GBP"
    ),
    **dict.fromkeys(("¥",), "JPY"),
    **dict.fromkeys(("Rs", "Rs.", "rupee", "rupees", "rupien", "roupies", "rupias", "rupie"), "INR"),
    **dict.fromkeys(("won", "wons"), "KRW"),
    **dict.fromkeys(("rouble", "roubles", "ruble", "rubles", "rubel", "rublos", "rubli"), "RUB"),
    **dict.fromkeys(("C$",), "CAD"),
    **dict.fromkeys(("lira", "liras"), "TRY"),
    **dict.fromkeys(("Dh", "Dhs"), "AED"),
}
"""What a symbol or name of several currencies is where nothing says more."""

_DOLLARS = frozenset(("dollar", "dollars", "dólar", "dólares", "dollaro", "dollari", "$"))
_WEIGHS = re.compile(
    r"\b(?:weigh\w{0,6}|weights?|lifted|heav\w{1,4}|los[et]|losing|gain\w{0,4}|shed|lbs?|ounces?|kilos?|kilograms?|kg|meat|"
    r"loads?|reps?|dumbbells?|barbells?|workouts?|exercises?|muscles?|squats?|"
    r"ingredients|pounds of)\b"
)
_OF_SOMETHING = re.compile(
    r"[ -](?:of (?!debt|money|cash|taxpayer|investment|savings|public|government|losses|funding)|per week)"
)
_STERLING = re.compile(r"£|\bsterling\b|\bpence\b|\bgbp\b")


class Surroundings(NamedTuple):
    """What decides between currencies that share a symbol or name.

    Attributes:
        low: the text in lower case.
        language: that of the text.
        domain: host of the publisher; None where it is not known.
        countries: words for the countries of each currency.
        phrases: symbols and names of all amounts of the text.
        counted: what was counted already, so that a text is searched once for each country.
    """

    low: str
    language: str
    domain: str | None
    countries: Mapping[str, tuple[str, ...]]
    phrases: frozenset[str]
    counted: dict[str, int]


def publisher_currency(domain: str | None) -> str | None:
    """Return the currency of the country whose domain a host has.

    >>> publisher_currency("news.example.co.za"), publisher_currency("news.example")
    ('ZAR', None)
    """
    return domain_currencies().get(domain.rpartition(".")[2].lower()) if domain else None


def count_countries(code: str, context: Surroundings) -> int:
    """Count how often a text names the countries of a currency, at most 9 times a word."""
    if code in context.counted:
        return context.counted[code]
    total = 0
    for word in context.countries.get(code, ()):
        at = context.low.find(word)
        count = 0
        while at >= 0 and count < 9:
            before, behind = context.low[at - 1 : at], context.low[at + len(word) : at + len(word) + 1]
            count += not (before.isalnum() or behind.isalnum())
            at = context.low.find(word, at + len(word))
        total += count
    context.counted[code] = total
    return total


def _is_in(pattern: re.Pattern[str], context: Surroundings) -> bool:
    """Tell whether an expression is found in a text, which is searched for it once."""
    if pattern.pattern not in context.counted:
        context.counted[pattern.pattern] = int(pattern.search(context.low) is not None)
    return bool(context.counted[pattern.pattern])


def decide_currency(
    word: Word, context: Surroundings, *, is_large: bool, is_joined: bool
) -> tuple[str | None, str | None] | None:
    """Decide the currency of an amount; None where it is not an amount of money at all.

    Args:
        word: the symbol or name.
        context: of the text.
        is_large: the figure has a magnitude or is grouped, as sums are.
        is_joined: the figure follows the symbol without a space.

    Returns:
        ISO 4217 code and what decided it; both are None where the text leaves it open.
    """
    if word.phrase == "p":
        return "GBP", "stated"  # the caller has seen that the text counts in sterling
    codes = word.codes
    publisher = publisher_currency(context.domain)
    if publisher == "COP" and context.language != "es":
        publisher = None  # co is the domain of many companies
    if word.is_weak:
        named = [code for code in codes if code == publisher or count_countries(code, context)]
        has_word = len(word.phrase.rstrip(".")) > 1
        if not named and not (is_large and (has_word or (is_joined and word.phrase in ("R", "N")))):
            return None
        codes = tuple(named) or codes
    if word.phrase in _DOLLARS or codes == ("$",):
        if word.phrase == "$" and publisher in _PESO_CODES:
            return publisher, "publisher"
        return _decide_dollar(word, publisher, context)
    if len(codes) == 1:
        return codes[0], "stated"
    counts = {code: count_countries(code, context) for code in codes}
    most = max(counts.values())
    if publisher in counts and counts[publisher] == most:
        return publisher, "publisher"
    leading = [code for code in codes if counts[code] == most]
    if most and len(leading) == 1:
        return leading[0], "text"
    if publisher in counts:
        return publisher, "publisher"
    default = DEFAULTS.get(word.phrase)
    return (default, "default") if default in codes else (None, None)


def _decide_dollar(word: Word, publisher: str | None, context: Surroundings) -> tuple[str | None, str | None]:
    """Decide what a bare dollar is: that of the publisher's country, unless the text tells dollars apart."""
    is_told_apart = any("$" in phrase and phrase != "$" for phrase in context.phrases)
    if context.language == "es" and publisher is None and word.phrase == "$":
        return None, None  # dollars of the United States, or pesos
    if publisher not in _DOLLAR_CODES or is_told_apart:
        return "USD", "default"
    if not count_countries(publisher or "", context) and _is_in(_AMERICA, context):
        return "USD", "default"  # news from abroad, often an agency's
    return publisher or "USD", "publisher"


_AMERICA = re.compile(
    r"\b(?:u\.s\.|united states|america|washington|new york|california|texas|florida|chicago|los angeles)\b"
)


_PESO_CODES = frozenset(("ARS", "CLP", "COP", "CUP", "DOP", "MXN", "UYU"))
_DOLLAR_CODES = frozenset("AUD BBD BMD BND BSD BZD CAD FJD GYD HKD JMD KYD LRD NAD NZD SBD SGD SRD TTD TWD XCD".split())


def has_sterling(context: Surroundings) -> bool:
    """Tell whether a text counts in pounds and pence: it says so, or its publisher is British."""
    return publisher_currency(context.domain) == "GBP" or _is_in(_STERLING, context)


def is_weight(low: str, start: int, end: int, word: Word, context: Surroundings, *, is_scaled: bool) -> bool:
    """Tell pounds of weight from pounds of money."""
    if word.phrase not in ("pound", "pounds") or is_scaled:
        return False
    if _OF_SOMETHING.match(low, end):
        return True
    if _WEIGHS.search(low, max(0, start - 60), min(len(low), end + 40)):
        return True
    if has_sterling(context):
        return False
    return not any(count_countries(code, context) for code in word.codes)
