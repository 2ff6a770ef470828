"""Dates that are all digits: 2019, 12.05.2019, the 1990s, the 19th century, quarters."""

import itertools
import re
from collections.abc import Iterator

from transforms.enrich.dates import names
from transforms.enrich.dates.intervals import century_of, choose_year, day_of, quarter_of, years_of
from transforms.enrich.dates.known import MAX_ANCHORS, WORD_BEFORE, FoundDate, Known
from transforms.enrich.dates.patterns import DASH

_DIGITS = re.compile(r"[0-9]\d{0,3}")
_ISO = re.compile(r"((?:19|20)\d\d)-([01]\d)-([0-3]\d)(?!\d)")
_DOTTED = re.compile(r"(\d{1,2})([./])(\d{1,2})\2((?:19|20)\d\d|\d\d)(?![\d/]|\.\d)")
_YEARS = re.compile(rf"(1[5-9]\d\d|20\d\d)(?:{DASH}|/)((?:1[5-9]|20)?\d\d)(?![\d%.,]\d|\d|%|-\d)")
_DECADE = re.compile(r"(1[5-9]\d0|20\d0|['\u2019]?[1-9]0)(?:['\u2019]?s|er(?:[ -][Jj]ahren?)?)(?!\w)")
_DECADE_BEFORE = re.compile(r"\b(?:années|años|anni|anos|jaren) ['\u2019]?$")
_EARLY = re.compile(
    r"(?:\bthe (?:early|late|mid)?[ -]?|\b(?:den|der|die) |early |late |mid-|since |in |0s and )['\u2019]?$"
)
_CENTURY = re.compile(r"(\d{1,2})(?:(?:st|nd|rd|th)[ -]century|\. jahrhunderts?|(?:de|ste|e) eeuw)(?!\w)")
_ROMAN_CENTURY = re.compile(
    r"(?:siglo |século )([XVI]{1,5})(?!\w)|(?<!\w)([XVI]{1,5})(?:e|ème)? (?:siècle|secolo)(?!\w)"
)
_QUARTER = re.compile(
    r"\b(?:q([1-4])|(first|second|third|fourth|1st|2nd|3rd|4th)[ -]quarter|(ersten|zweiten|dritten|vierten) quartal|"
    r"(premier|deuxième|troisième|quatrième) trimestre|(primer|segundo|tercer|cuarto) trimestre)"
    r"(?: of| de| des jahres| del)?(?: fiscal)?[ /]((?:19|20)\d\d|this year|last year|next year|dieses jahres)(?!\w)"
)
_QUARTER_WORDS = (re.compile("q(?:uart(?:er|al)|[1-4])"), re.compile("trimestre"))
_QUARTER_BEFORE, _QUARTER_BEHIND = 12, 40  # most code points of a quarter before such a word and from it on
_CENTURIES = dict.fromkeys(("fr", "es", "it", "pt"), ("siglo ", "século ", " siècle", " secolo"))
_ORDINALS = {
    word: number
    for row in (
        "first second third fourth",
        "1st 2nd 3rd 4th",
        "ersten zweiten dritten vierten",
        "premier deuxième troisième quatrième",
        "primer segundo tercer cuarto",
    )
    for number, word in enumerate(row.split(), 1)
}
_COUNTED = re.compile(
    r"[ -](?:people|men|women|children|soldiers|troops|jobs|votes|metres|meters|km|pixels|feet|miles|euros?|dollars|"
    r"pounds|percent|per cent|units|copies|words|homes|houses|cases|deaths|points|times|square|tonnes|tons|kg|calories|"
    r"rpm|hp|prozent|menschen|personen|personnes|personas|persone|pessoas|mensen|kilomet\w{1,4}|million\w{0,3}|meter|mal|"
    r"dólares|habitantes|employees|workers|participants|residents|members|students|followers|subscribers|steps)\b"
)
_CLOCK = re.compile(
    r" ?(?:GMT|UTC|BST|CES?T|EES?T|[ECMPAN][SD]?T|AE[SD]T|[IJKMH]ST|SAST|[CEW]AT|hrs|hours|local time|"
    r"Uhr|heures|horas|ore|uur)\b"
)
"""What follows four digits that are a time of day."""
_ELISION = re.compile(r"['\u2019]")
_YEAR_BEFORE = re.compile(r"(?:1[5-9]|20)\d\d, $")
_NEXT_WORD = re.compile(r" ([^\W\d_]\w{0,20})")
_VERB = re.compile(
    r" (?:was|is|were|has|had|will|saw|marked|brought|began|started|ended|and|proved|would|also)\b|, |"
    r"(?: [a-zäöüéèàìòù]{2,20})"
)
_THINGS = frozenset(
    "election elections campaign season presidential olympic olympics census budget report draft race primary "
    "primaries cycle edition study survey film movie novel album midterm midterms referendum revolution attack "
    "attacks invasion war world general protests agreement deal act law coup crisis recession pandemic earthquake "
    "debut fiscal tax annual playoffs championship conference summit financial federal state".split()
)


def find_by_digits(known: Known) -> Iterator[FoundDate]:
    """Yield the dates of a text that are written in digits, in order, without overlaps."""
    text, low = known.text, known.low
    taken = 0
    for match in itertools.islice(_DIGITS.finditer(low), MAX_ANCHORS):
        start = match.start()
        if start < taken:
            continue
        item = _at_digits(known, start, match.end())
        if item is not None:
            taken = item.end
            yield item
    yield from _quarters(known)
    if known.language in _CENTURIES and any(word in low for word in _CENTURIES[known.language]):
        for found in itertools.islice(_ROMAN_CENTURY.finditer(text), 100):
            number = _ROMAN.get(found[1] or found[2])
            if number:
                yield FoundDate(found.start(), found.end(), century_of(number), "century", True)


_ROMAN = {
    roman: number
    for number, roman in enumerate(
        "I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX XXI".split(), 1
    )
}


def _quarters(known: Known) -> Iterator[FoundDate]:
    taken = 0
    words = (match.start() for pattern in _QUARTER_WORDS for match in pattern.finditer(known.low))
    for at in sorted(itertools.islice(words, 100)):
        found = _QUARTER.search(known.low, max(taken, at - _QUARTER_BEFORE), at + _QUARTER_BEHIND)
        if found is None:
            continue
        taken = found.end()
        number = int(found[1]) if found[1] else _ORDINALS[next(word for word in found.groups()[1:5] if word)]
        year = found[6]
        if year.isdigit():
            yield FoundDate(found.start(), found.end(), quarter_of(int(year), number), "quarter", True)
        elif known.published:
            offset = {"last": -1, "next": 1}.get(year.split()[0], 0)
            yield FoundDate(
                found.start(), found.end(), quarter_of(known.published.year + offset, number), "quarter", False
            )


def _at_digits(known: Known, start: int, end: int) -> FoundDate | None:
    """Read a date that begins with digits and holds no name of a month."""
    low = known.low
    before = low[start - 1 : start]
    if before and (
        before.isalnum() or before in "$£€#@_/=&:" or (before in ".,-\u2013" and low[start - 2 : start - 1].isdigit())
    ):
        return None
    length = end - start
    if length <= 2:
        if found := _CENTURY.match(low, start):
            number = int(found[1])
            return FoundDate(start, found.end(), century_of(number), "century", True) if 1 <= number <= 22 else None
        if found := _DOTTED.match(low, start):
            return _numeric(known, found)
    if length == 4 and (found := _ISO.match(low, start)):
        day = day_of(int(found[1]), int(found[2]), int(found[3]))
        return FoundDate(start, found.end(), day, "day", True) if day else None
    if known.language == "de" and length <= 2 and (found := _DAY_MONTH.match(low, start)):
        return _day_month(known, found)
    if length == 2 and low[start - 1 : start] in ("'", "\u2019") and _SINCE.search(low, max(0, start - 6), start):
        year = int(low[start:end]) + (1900 if int(low[start:end]) >= 30 else 2000)
        return FoundDate(start, end, years_of(year, year), "year", True)
    if (found := _DECADE.match(low, start)) and length in (2, 4):
        return _decade(known, found)
    is_round = length in (2, 4) and low[end - 1] == "0" and low[start] != "0"
    if is_round and _DECADE_BEFORE.search(low, max(0, start - 12), start):  # years 90, in Romance languages and Dutch
        first = int(low[start:end]) + (1900 if length == 2 else 0)
        return FoundDate(start, end, years_of(first, first + 9), "decade", True)
    if length != 4 or not 1500 <= int(low[start:end]) <= 2099:
        return None
    return _year_at(known, start, end)


_DAY_MONTH = re.compile(r"(\d{1,2})\.(\d{1,2})\.(?!\d)(?= |\)|,|$)")
_SINCE = re.compile(r"\b(?:dal|nel|del|since|in|of|seit|en|depuis) ?['\u2019]$")


def _day_month(known: Known, found: re.Match[str]) -> FoundDate | None:
    """Read a German 12.3., where brackets or a preposition say that it is a day and not a number of a list."""
    day, month = int(found[1]), int(found[2])
    before = known.low[max(0, found.start() - 5) : found.start()]
    if not (1 <= month <= 12 and 1 <= day <= 31) or not before.endswith(
        ("(", "am ", "vom ", "bis ", "zum ", "den ", "ab ")
    ):
        return None
    year = choose_year(known.published, month, day, None) if known.published else None
    return FoundDate(found.start(), found.end(), day_of(year, month, day) if year else None, "day", False)


def _decade(known: Known, found: re.Match[str]) -> FoundDate | None:
    digits = found[1].strip("'\u2019")
    start = found.start()
    if len(digits) == 2:
        if not _EARLY.search(known.low, max(0, start - 14), start):
            return None
        behind = known.low[found.end() : found.end() + 5]
        apostrophe = known.low[start - 1 : start] in ("'", "\u2019")
        if known.language == "en" and not apostrophe and int(digits) < 50 and not behind.startswith((" and", ",", ".")):
            return None
        first = (2000 if int(digits) < 30 else 1900) + int(digits)
        if int(digits) < 30:
            return None
        return FoundDate(start, found.end(), years_of(first, first + 9), "decade", True)
    first = int(digits)
    if first % 100 == 0 and known.language == "en" and first >= 2000:
        return FoundDate(start, found.end(), years_of(first, first + 9), "decade", True)
    if first % 100 == 0:
        return FoundDate(start, found.end(), years_of(first, first + 99), "century", True)
    return FoundDate(start, found.end(), years_of(first, first + 9), "decade", True)


def _numeric(known: Known, found: re.Match[str]) -> FoundDate | None:
    first, second = int(found[1]), int(found[3])
    year = int(found[4]) if len(found[4]) == 4 else 2000 + int(found[4])
    if len(found[4]) == 2 and known.published and year > known.published.year + 1:
        return None
    if found[2] == "." and known.language == "en" and len(found[4]) == 2:
        return None
    if found[2] == "." or known.language != "en" or first > 12:
        interval = day_of(year, second, first)
    elif second > 12 or first == second:
        interval = day_of(year, first, second)
    else:
        return FoundDate(found.start(), found.end(), None, "day", True)  # 3/4/2024 is one day here and another there
    return FoundDate(found.start(), found.end(), interval, "day", True) if interval else None


def _year_at(known: Known, start: int, end: int) -> FoundDate | None:
    low, language = known.low, known.language
    year = int(low[start:end])
    behind = low[end : end + 1]
    last, stop = year, end
    if found := _YEARS.match(low, start):
        digits = found[2]
        last = int(digits) if len(digits) == 4 else year // 100 * 100 + int(digits)
        if len(digits) == 2 and language == "en" and int(digits) <= 12 and "-" in found.group() and last <= year:
            return None
        if not year < last <= year + 200:
            return None
        stop = found.end()
    elif behind and (behind.isalnum() or behind in "%/:=" or (behind in ".,-" and low[end + 1 : end + 2].isdigit())):
        return None
    elif found := _TO_YEAR.match(low, end):
        before = low[max(0, start - 9) : start]
        is_range = found[1] in ("to", "bis", "à", "a", "al", "tot", "through") or before.endswith(_BETWEEN_YEARS)
        if is_range and year < int(found[2]) <= year + 200:
            last, stop = int(found[2]), found.end()
    if not _is_year(known, start, stop, year):
        return None
    return FoundDate(start, stop, years_of(year, last), "year", True)


_TO_YEAR = re.compile(r" (to|and|bis|und|à|et|a|y|e|al|tot|en|through) ((?:1[5-9]|20)\d\d)(?![\d%/:])(?![.,-]\d)")
_BETWEEN_YEARS = ("between ", "zwischen ", "entre ", "tra ", "fra ", "tussen ", "dal ")


def _is_year(known: Known, start: int, end: int, year: int) -> bool:
    """Tell four digits that are a year from a count, by the words around them."""
    text, low, language = known.text, known.low, known.language
    if _COUNTED.match(low, end) or _CLOCK.match(text, end):
        return False
    if end - start > 4:
        return True
    before = text[start - 1 : start]
    if before == "(":
        return low[end : end + 1] in "),;\u2013-" or low[end : end + 2] in (" (",)
    if not before or before == "\n" or low[start - 2 : start] in (". ", "? ", "! ", ": ", "\u201c", "\u201d "):
        return year >= 1900 and bool(_VERB.match(text, end)) and text[end : end + 2] != ". "
    if _YEAR_BEFORE.search(low, max(0, start - 6), start) or (
        low[start - 2 : start] == ", " and low[end : end + 1] in ",)" and year >= 1800
    ):
        return True
    word = WORD_BEFORE.search(low, max(0, start - 17), start)
    if word is None:
        return False
    if word[1] in names.BEFORE_YEAR[language] or word[1].rpartition("-")[2] in ("mid", "pre", "post", "early", "late"):
        return True
    if language in ("fr", "it") and _ELISION.split(word[1])[-1] in names.BEFORE_YEAR[language]:
        return True
    if year < 1800:
        return False
    if word[1].endswith(("'s", "\u2019s")):
        return True
    following = _NEXT_WORD.match(text, end)
    if word[1] in names.MAYBE_BEFORE_YEAR[language]:
        return not (year % 100 == 0 and following is not None and following[1].endswith("s"))
    if language == "de":
        return following is None or following[1][:1].islower()
    if language == "en":
        return (
            following is not None
            and following[1].lower() in _THINGS
            and not text[max(0, start - 17) : start].rstrip().rpartition(" ")[2][:1].isupper()
        )
    return False
