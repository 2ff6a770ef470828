"""Sums of money, percentages and quantities of a text."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from schemas.amounts import Amount
from transforms.enrich.amounts.about import find_subject
from transforms.enrich.amounts.currency import Surroundings, decide_currency, has_sterling, is_weight
from transforms.enrich.amounts.figures import SPACES, Figure, find_figures
from transforms.enrich.amounts.names import AmountWords, Word, first_run, load_words
from transforms.enrich.amounts.qualifiers import qualifier_before
from transforms.enrich.by_rules import MAX_CHARS, lower_in_place

MAX_AMOUNTS = 300
"""Most amounts of an article; further ones are left out."""

_SYMBOL = re.compile(r"(?:[A-Za-z.]{0,5}[$\u20a0-\u20cf£¥¢฿৳៛֏]|[A-Za-zčłKč]{1,5}(?:[./]{1,2})?)$")
_FEET_INCHES = re.compile(r"-(\d{1,2})(?![\d\w])|[ -]?(?:and )?(\d{1,2})[ -]?(?:inches\b|inch\b|in\b|ins\b)")
_PLUS = re.compile(r"\+|-plus\b| (?:or more|and (?:up|more))\b| plus(?=[.,;:)!?\n]|\Z)")
_M = re.compile(r" ?m\b(?!\.\w)")
_METRES = re.compile(
    r"[ -]?m(?:[ -](?:wide|tall|long|high|deep|thick|away|above|below|tief|hoch|lang|breit|de (?:haut|long|alto))\b"
    r"|[ -](?:sprint|hurdles|freestyle|backstroke|butterfly|breaststroke|relay|race|dash|final)\b)"
)
_MEASURED = re.compile(
    r"\b(?:wider|taller|longer|higher|deeper|depth|height|width|distance|altitude|length) (?:than|of) $"
)

_LINK = re.compile(r" (?:de|di|des)(?= )| d['\u2019]")
"""What stands between a magnitude and a currency in Romance languages."""

_LESS = re.compile(r" or (?:less|fewer|under)\b")
_HYPHENS = "-\u2010\u2011"
_JOIN = re.compile(
    r"(?: ?[-\u2013\u2014\u2011] ?| (?:up )?to |-to-| and | or | bis(?: zu)? | und | à | et (?:le )?| a | y (?:el )?|"
    r" e (?:il )?| al | tot | en | auf | naar )"
)
_BETWEEN = re.compile(r"(?<!\w)(?:between|zwischen|entre|tra|fra|tussen) (?:about |around |roughly |el |le |il )?$")
_FROM = re.compile(r"(?<!\w)(?:from|von|de|du|da|van|dal|desde) (?:about |around |the )?$")
_IN = re.compile(r"\b(?:in|im|en|nel|em|since|by|year|jahre?|année|año|anno|ano|jaar) $")
_RANGES = re.compile(r"\b(?:rang(?:e|es|ed|ing)|var(?:y|ies|ied|ying)|anywhere|cost(?:s|ing)?|priced|prices?) from $")
_AND = frozenset((" and ", " und ", " et ", " y ", " e ", " en ", " et le ", " y el ", " e il "))
_ONTO = frozenset((" auf ", " naar "))
"""What joins the first and the last value of a change, never the ends of a range."""
_UP_TO = (" bis", " tot")
"""What joins the ends of a range, never the values of a change."""
_DASHES = "-\u2013\u2014\u2011"
_IN_NAMES = frozenset("'\u2019-&")
_NOT_BEFORE = frozenset("#@_&=")
_GAME = re.compile(r"\d{1,3}-\d{1,3}$")


class _Read(NamedTuple):
    """A figure with what stands around it; ``kind`` is None where that says nothing."""

    figure: Figure
    start: int
    end: int
    value: float
    kind: str | None = None
    unit: str | None = None
    word: Word | None = None
    is_scaled: bool = False
    plus: str | None = None
    max_value: float | None = None


def find_amounts(text: str, language: str, *, domain: str | None = None) -> tuple[Amount, ...]:
    """Find the amounts that a text states, in order, at most MAX_AMOUNTS in its first MAX_CHARS code points.

    Args:
        text: of an article.
        language: one of names.LANGUAGES.
        domain: host of the publisher, which decides what a bare dollar sign is, for one.

    >>> [found] = find_amounts("The bank granted a loan of about US$3.5bn.", "en")
    >>> found.value, found.currency, found.qualifier, found.about
    (3500000000.0, 'USD', 'about', 'loan')
    """
    text = text[:MAX_CHARS]
    low = lower_in_place(text)
    words = load_words(language)
    reads = []
    for figure in find_figures(text, low, language, words.numbers):
        read = _read_figure(text, low, figure, words)
        if read is not None:
            reads.append(read)
    joined = _join_ranges(text, low, reads)
    kept: list[_Read] = []
    for read in joined:
        if read.kind is not None and (not kept or read.start >= kept[-1].end):
            kept.append(read)
    del kept[MAX_AMOUNTS:]
    phrases = frozenset(read.word.phrase for read in kept if read.word)
    context = Surroundings(low, language, domain, words.countries, phrases, {})
    made = (_make_amount(text, low, read, language, context) for read in kept)
    return tuple(amount for amount in made if amount is not None)


def _read_figure(text: str, low: str, figure: Figure, words: AmountWords) -> _Read | None:
    """Read what a figure counts; None where it is part of a name or of another figure."""
    before = None if figure.is_word else _word_before(text, figure.start, words)
    if before is None and _is_continued(text, low, figure.start):
        return None
    read, found = _read_value(text, low, figure, words, before)
    if before is not None:
        return _with_symbol(text, read, before[0], found)
    if found is not None:
        return _with_word(low, read, *found)
    if not read.is_scaled and not figure.is_word:
        if _is_metres(low, read.start, read.end):
            return read._replace(kind="quantity", unit="meter", end=low.index("m", read.end) + 1)
        if degrees := _degrees_behind(text, low, read.start, read.end, read.value):
            return _with_minus(low, read._replace(kind="quantity", unit=degrees[0], end=degrees[1]))
    # A letter that follows at once makes it a name, such as 5G, 1080p or 10x.
    return None if text[read.end : read.end + 1].isalnum() else read


def _is_continued(text: str, low: str, start: int) -> bool:
    """Return whether a figure continues what stands before it: a name, a number with points, a compound."""
    last, other = text[start - 1 : start], text[max(0, start - 2) : max(0, start - 1)]
    if last.isalnum() or (last and last in _NOT_BEFORE):
        return True
    if last and last in ".,:/'\u2019":
        return other.isdigit()
    return bool(last) and last in _HYPHENS and other.isalpha() and not low.endswith("-to-", 0, start)


def _read_value(
    text: str, low: str, figure: Figure, words: AmountWords, before: tuple[Word, int] | None
) -> tuple[_Read, tuple[Word, int] | None]:
    """Read sign, scale and bound of a figure, and find the word behind them that says what it counts."""
    start, end, value = figure.start, figure.end, figure.value
    has_currency = before is not None
    if not figure.is_word and text[start - 1 : start] in ("-", "\u2212") and (start == 1 or text[start - 2] in " \n("):
        value, start = -value, start - 1
    if before is not None:
        start = before[1]
    found = _word_behind(text, low, end, words, figure, has_currency=has_currency)
    is_scaled = found is not None and found[0].kind == "scale"
    if found is not None and is_scaled:
        value, end = value * found[0].factor, found[1]
        link = _LINK.match(low, end)
        found = _word_behind(text, low, link.end() if link else end, words, figure, has_currency=has_currency)
        if found is not None and found[0].kind == "scale":
            found = None
    plus = _bound_behind(low, end)
    if low.startswith("+", end):
        end += 1
        after = _word_behind(text, low, end, words, figure, has_currency=has_currency)
        found = after if after is not None and after[0].kind != "scale" else found
    return _Read(figure, start, end, value, is_scaled=is_scaled, plus=plus), found


def _bound_behind(low: str, end: int) -> str | None:
    """Return what the words behind a figure make it: 'at least', 'up to' or neither."""
    if _PLUS.match(low, end):
        return "at least"
    return "up to" if _LESS.match(low, end) else None


def _with_symbol(text: str, read: _Read, symbol: Word, found: tuple[Word, int] | None) -> _Read | None:
    """Return a figure behind a currency, or None where both are the name of a model, such as TL2010Q.

    Args:
        found: word behind it, and where that ends: it may name the currency, too.
    """
    if found is None and symbol.phrase[-1:].isalpha() and text[read.end : read.end + 1].isalpha():
        return None
    end = read.end
    if found is not None and found[0].kind == "money" and _agree(symbol, found[0]):
        keeps = symbol.phrase != "$" and len(found[0].codes) > 1 and bool({*symbol.codes} & {*found[0].codes})
        symbol, end = (symbol if keeps else found[0]), found[1]
    return read._replace(kind="money", word=symbol, end=end)


def _with_word(low: str, read: _Read, word: Word, end: int) -> _Read:
    """Return a figure before a word that says what it counts and ends there."""
    if word.kind == "cents":
        return read._replace(kind="money", word=word, end=end, value=read.value / 100)
    read = read._replace(kind=word.kind, word=word, end=end, unit=word.unit)
    if word.unit == "foot" and (inches := _FEET_INCHES.match(low, end)) and not read.is_scaled:
        more = float(inches[1] or inches[2])
        if more < 12:
            read = read._replace(value=read.value + more / 12, end=inches.end())
    if read.plus is None:
        read = read._replace(plus=_bound_behind(low, end))
    return _with_minus(low, read) if word.unit in _BELOW_ZERO else read


_BELOW_ZERO = frozenset(("degree_Celsius", "degree_Fahrenheit", "percent"))
"""Units before whose figures the word minus is a sign."""


def _with_minus(low: str, read: _Read) -> _Read:
    """Return a figure with the sign that stands before it as a word; "plus or minus" is none."""
    begin = read.start - len("minus ")
    if read.value <= 0 or not low.endswith("minus ", 0, read.start) or low.endswith(("or ", "er ", "/"), 0, begin):
        return read
    return read if low[begin - 1 : begin].isalnum() else read._replace(start=begin, value=-read.value)


def _degrees_behind(text: str, low: str, start: int, end: int, value: float) -> tuple[str, int] | None:
    """Return the unit of a figure with a C or F that the words around make a temperature, as in "highs of 30C".

    Returns:
        The unit and where it ends.
    """
    is_apart = text[end : end + 1] in (" ", "\u00a0")
    end += is_apart
    unit = _DEGREES.get(text[end : end + 1])
    if unit is None or text[end + 1 : end + 2].isalnum() or not -90 <= value <= 600:
        return None
    is_said = (
        low.endswith("minus ", 0, start)
        or text[start] in "-\u2212"
        or _OTHER_BEHIND.match(text, end + 1)
        or _OTHER_BEFORE.search(text, max(0, start - 5), start)
    )
    if is_said:
        return unit, end + 1
    if is_apart or _PART.search(text, max(0, start - 16), start):
        return None
    return (unit, end + 1) if _HEAT.search(low, max(0, start - 60), end + 60) else None


_DEGREES = {"C": "degree_Celsius", "F": "degree_Fahrenheit"}
_OTHER_BEFORE = re.compile(r"\d ?[CF] ?[(/] ?[-\u2212]?$")
_OTHER_BEHIND = re.compile(r" ?[(/] ?[-\u2212]?\d{1,3}(?:\.\d)? ?°?[CF]\b")
_PART = re.compile(r"\b(?!At |About |Around )[A-Z][\w-]{1,12} $")
"""What makes a figure and a letter the name of a part, such as Section 3C."""

_HEAT = re.compile(
    r"temperatur|\bdegrees?\b|\bcelsius\b|\bfahrenheit\b|\bwarm|\bhot\b|\bheat|\bcold|\bcool|\bfreez|\bthermomet|\bweather"
    r"|\bhighs\b|\blows\b|\bhigh of\b|\blow of\b|\boven\b|\bmercury\b|\bpre-industrial\b|\bgrad\b"
)


def _is_metres(low: str, start: int, end: int) -> bool:
    """Tell whether an m behind a figure is metres, which the words around must say; else it may be millions."""
    return bool(_METRES.match(low, end) or (_M.match(low, end) and _MEASURED.search(low, max(0, start - 24), start)))


def _agree(before: Word, behind: Word) -> bool:
    return bool({*before.codes} & {*behind.codes}) or "$" in before.phrase


def _word_before(text: str, start: int, words: AmountWords) -> tuple[Word, int] | None:
    """Find the symbol or code that stands before a figure, and where it begins."""
    end = start
    if end and text[end - 1] in SPACES:
        end -= 1
    if not end or text[end - 1].isdigit() or text[end - 1] in "\n,;:)!?":
        return None
    found = _SYMBOL.search(text[max(0, end - 7) : end])
    if found is None:
        return None
    written = found.group()
    symbol = words.before.get(written)
    while symbol is None and len(written) > 1 and not written[0].isalnum():
        written = written[1:]
        symbol = words.before.get(written)
    if symbol is None and len(written) == 4 and not written[3].isalpha():
        symbol = words.before.get(written[:3])  # such as GBP£
    begin = end - len(written)
    if written == "$" and (apart := words.before.get(f"{text[max(0, begin - 3) : begin].rstrip()}$")) and begin > 2:
        symbol, written, begin = apart, f"{text[begin - 3 : begin]}$", begin - 3  # NZ $5
    if symbol is None or (
        begin and (text[begin - 1].isalnum() or (text[begin - 1] in _IN_NAMES and written[0].isalpha()))
    ):
        return None
    if symbol.is_weak and end < start and not symbol.phrase.isupper():
        return None
    return symbol, begin


def _word_behind(
    text: str, low: str, end: int, words: AmountWords, figure: Figure, *, has_currency: bool
) -> tuple[Word, int] | None:
    """Find the longest word with a meaning that stands behind a figure, and where it ends."""
    at = end
    gap = text[at : at + 1]
    if gap and (gap in SPACES or gap in _HYPHENS):
        at += 1
    elif figure.is_word and end == figure.end:
        return None
    found: tuple[Word, int] | None = None
    run = first_run(text[at : at + 40])
    lower = run.lower()
    for table, subject, key in ((words.behind_short, text, run), (words.behind, low, lower)):
        for word in table.get(key, ()):
            stop = at + len(word.phrase)
            if (
                (found is None or stop > found[1])
                and subject.startswith(word.phrase, at)
                and not (
                    text[stop : stop + 1].isalnum() if word.phrase[-1].isalnum() else text[stop : stop + 1].isnumeric()
                )
                and _is_meant(text, word, figure, at - end, stop, has_currency=has_currency)
            ):
                found = word, stop
                break
    return found


def _is_meant(text: str, word: Word, figure: Figure, gap: int, stop: int, *, has_currency: bool) -> bool:
    """Tell whether a word behind a figure has its usual meaning there."""
    if word.kind == "scale" and len(word.phrase) == 1:
        if has_currency:
            return gap == 0 or word.phrase in "mMbB"
        if text[stop : stop + 1] == "€":
            return word.phrase in "MkK"
        return gap == 0 and word.phrase in "mMkK" and bool(_MONEY_BEHIND.match(text, stop))
    if has_currency:
        return word.kind in ("scale", "money")
    if word.kind == "scale":
        return True
    if word.phrase in ("p", "pc"):
        return gap == 0
    if word.phrase == "cent" and text[stop - 4].isupper():
        return False  # the rapper
    if word.phrase == "g":
        return gap > 0 or not 2 <= figure.value <= 6
    if word.kind == "quantity" and _COMPOUND.match(text, stop):
        return False
    if word.phrase in ("W", "V") and gap:
        return not _INITIAL.match(text, stop)
    if word.phrase in ("foot", "yard", "mile", "knot", "cup") and figure.is_word and figure.value == 1:
        return text[stop : stop + 1] == "-"
    return True


_COMPOUND = re.compile(r"[-\u2010\u2011/·.](?:candles?|pounds?|ft|feet|lbs?|second|sec|hours?|s|h|day|m|cm)\b(?!\.\s)")
"""What makes a unit part of another one that is not read, such as foot-candles."""

_LINES = frozenset((144, 240, 360, 480, 540, 576, 720, 1080, 1440, 2160, 4320))
"""Lines of a picture: 1080p is not a price where a text speaks of pictures."""

_PICTURE = re.compile(r"\bvideos?\b|\bhd\b|\bpixels?\b|\bresolution\b|\bscreens?\b|\bfps\b|\b4k\b|\bfilm")

_TITLES = frozenset(("crowns",))
"""Names of currencies of which few are something to be won."""

_INITIAL = re.compile(r"\.|[ -][A-Z]")
_MONEY_BEHIND = re.compile(r" ?(?:€|euros?\b|dollars?\b|pounds\b|USD\b|EUR\b|GBP\b)", re.IGNORECASE)


def _join_ranges(text: str, low: str, reads: Sequence[_Read]) -> list[_Read]:
    """Make one of two figures that are the ends of a range."""
    done: list[_Read] = []
    for read in reads:
        before = done[-1] if done else None
        joined = None if before is None else _join(text, low, before, read)
        if joined is None:
            done.append(read)
        else:
            done[-1:] = joined
    return done


def _have_one_unit(low: str, first: _Read, second: _Read, gap: str) -> bool:
    """Return whether two figures with a joining word between them may count the same."""
    if first.kind is not None and second.kind is not None:
        return first.kind == second.kind and first.unit == second.unit
    is_dash = gap.strip() in _DASHES
    if second.kind is None:
        # Behind a unit, a bare number is something else, as in "$5 and 3".
        has_symbol = first.kind == "money" and first.word is not None and first.start < first.figure.start
        return is_dash and has_symbol
    is_year = first.end - first.start == 4 and 1900 <= first.value < 2100
    if is_year and (second.value <= first.value or _IN.search(low, max(0, first.start - 8), first.start)):
        return False
    if not is_dash and second.kind == "money" and second.start < second.figure.start:
        return False  # up from 2 in 2023 to $3
    return second.is_scaled or not first.is_scaled


def _join(text: str, low: str, first: _Read, second: _Read) -> list[_Read] | None:
    """Return the range that two figures make, or both with the unit of the second; None where they do neither."""
    if first.end > second.start or second.start - first.end > 7 or first.max_value is not None:
        return None
    gap = low[first.end : second.start]
    if not _JOIN.fullmatch(gap) or (first.kind is None and second.kind is None):
        return None
    if not _have_one_unit(low, first, second, gap):
        return None
    is_dash = gap.strip() in _DASHES
    before = low[max(0, first.start - 32) : first.start]
    known = second if second.kind is not None else first
    value, top = first.value, second.value
    if second.is_scaled and not first.is_scaled and abs(first.figure.value) < min(1000, second.figure.value):
        value *= second.value / second.figure.value
    elif first.kind is None and second.word is not None and second.word.kind == "cents":
        value /= 100
    whole = _Read(
        first.figure,
        first.start,
        second.end,
        value,
        known.kind,
        known.unit,
        first.word if first.word and first.kind == "money" else known.word,
        first.is_scaled or second.is_scaled,
        None if second.plus == "at least" else second.plus,
        top,
    )
    if gap in _AND or gap == " or ":
        if gap in _AND and _BETWEEN.search(before) and value < top:
            return [whole]
        # "10 and 15 percent": two amounts that share the unit.
        if first.kind is None and not first.figure.is_word:
            return [first._replace(value=value, kind=known.kind, unit=known.unit, word=known.word), second]
        return None
    is_change = gap in _ONTO or (not gap.startswith(_UP_TO) and bool(_FROM.search(before)))
    if not is_dash and "up" not in gap and is_change and not _RANGES.search(before):
        if first.kind is None:
            return [first._replace(value=value, kind=known.kind, unit=known.unit, word=known.word), second]
        return None
    if value >= top or (is_dash and second.value < 0):
        return None
    if _GAME.search(text[max(0, first.start - 4) : first.end]):
        return None
    return [whole]


def _make_amount(text: str, low: str, read: _Read, language: str, context: Surroundings) -> Amount | None:
    currency = basis = None
    unit = read.unit
    kind = read.kind
    word = read.word
    if kind == "money" and word is not None:
        if is_weight(low, read.start, read.end, word, context, is_scaled=read.is_scaled):
            kind, unit = "quantity", "pound"
        else:
            is_large = read.is_scaled or read.figure.is_large or abs(read.value) >= 1000
            if len(word.phrase) == 1 and word.is_weak and text[read.figure.start : read.figure.end].isdecimal():
                is_large = read.is_scaled  # R6700 may be a model
            if word.phrase == "p":
                if not has_sterling(context) or (read.value * 100 in _LINES and _PICTURE.search(low)):
                    return None
            elif word.is_weak and _is_short(word) and not is_large and abs(read.value) < 100:
                return None
            decided = decide_currency(word, context, is_large=is_large, is_joined=_is_attached(text, read))
            if decided is None:
                return None
            currency, basis = decided
    qualifier = read.plus or qualifier_before(low, read.start, language, is_area=_is_area(unit or ""))
    subject = find_subject(text, low, read.start, read.end, kind or "") if language == "en" else None
    return Amount(
        kind=kind or "",
        text=text[read.start : read.end],
        start=read.start,
        end=read.end,
        value=_clean(read.value),
        max_value=None if read.max_value is None else _clean(read.max_value),
        currency=currency,
        currency_basis=basis,
        unit=unit,
        qualifier=qualifier,
        about=None if subject is None else text[subject[0] : subject[1]],
        about_start=None if subject is None else subject[0],
        about_end=None if subject is None else subject[1],
    )


def _is_short(word: Word) -> bool:
    """Tell whether a symbol or name before or behind a low figure is something else as a rule, such as P 5."""
    return len(word.phrase) == 1 or word.phrase in _TITLES


def _is_area(unit: str) -> bool:
    return unit in ("acre", "hectare") or unit.startswith("square_") or unit.endswith("** 2")


def _is_attached(text: str, read: _Read) -> bool:
    return read.start < read.figure.start and text[read.figure.start - 1] not in SPACES


def _clean(value: float) -> float:
    """Cut what multiplying by a magnitude leaves behind the 12th digit."""
    return float(f"{value:.12g}")
