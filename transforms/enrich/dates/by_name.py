"""Dates that hold a name: months, weekdays, "yesterday", "two years ago"."""

import datetime
import itertools
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from transforms.enrich.dates import names
from transforms.enrich.dates.intervals import Interval, choose_year, count_from, day_of, month_of, nearest_weekday
from transforms.enrich.dates.known import MAX_ANCHORS, SENTENCE_END, WORD_BEFORE, FoundDate, Known
from transforms.enrich.dates.patterns import Patterns, load_patterns
from transforms.enrich.word_search import find_words

_THAT_YEAR = re.compile(
    r"(?: of)? (?:(last)|(this)|(next)) year\b|"
    r",? (?:(letzten|vergangenen|vorigen)|(dieses)|(nächsten|kommenden)) jahres\b|"
    r" (?:(del año pasado)|(de este año)|(del próximo año))|"
    r" (?:(de l['\u2019](?:an|année) dernière?)|(de cette année)|(de l['\u2019]année prochaine))|"
    r" (?:(dell['\u2019]anno scorso)|(di quest['\u2019]anno)|(del prossimo anno))|"
    r" (?:(do ano passado)|(deste ano)|(do próximo ano))|"
    r" (?:(vorig jaar|van vorig jaar)|(van dit jaar)|(van volgend jaar))"
)
"""Behind a month: a year before, the same, or one ahead, by the number of the group."""
_YEAR_BEHIND = re.compile(r",? (?:of |de |del |d'|dell'anno |in )?((?:1[5-9]|20)\d\d)(?![\d%])(?!\.\d)")
_YEAR_RIGHT_BEFORE = re.compile(r"(?<!\w)((?:19|20)\d\d) $")
_MONTH_NEAR = re.compile(
    r"\b(?:january|february|march|april|june|july|august|september|october|november|december|early|late|mid|until|month)\b"
)
_NOT_WEEKDAY_BEFORE = re.compile(
    r"\b(?:every|each|black|good|super|cyber|palm|easter|ash|bloody|fat|giving|ruby|sheffield|boxing|throwback|"
    r"taco|casual|holy|maundy|prime|shrove|red|jeder|jeden|chaque|cada|ogni|todo|toda|todos|elke|first|second|third|"
    r"fourth|other|most) $"
)
_NOT_WEEKDAY_BEHIND = re.compile(
    r" (?:night (?:football|live|lights|fever|raw)|times|mirror|club|morning (?:football|live)|nero|noir|negro|negra)\b"
)
_ON = re.compile(r"\b(?:on|last|this|next|since|until|by|from|late|early|before|after|past|coming|through|for|till) $")
_THAT_WEEK = re.compile(r" (?:of )?(?:(last)|(this)|(next)) week\b")
_STARTS = "ab|starting|beginning|effective|a partir del|vanaf"
_FROM = re.compile(rf"\b(?:{_STARTS}|à partir de) (?:le |el )?$")
"""What stands before a day from which something holds, as a rule one to come."""

_UNTIL_DAY = re.compile(r"(?<!\w)(?:until|till|through|bis(?: zum)?|jusqu'à|jusqu\u2019à|hasta el|fino a|até|tot) $")
"""What stands before a day that ends a stretch of time: one to come where that is near."""

_NEAR_DAYS = 3

_SAID = re.compile(
    r"\b(?:said|says|told|earlier|later|here|released|announced|confirmed|reported|ruled|filed|issued|until|start|died|won|"
    r"published|arrested|signed|voted|launched|added|opened|sagte|mitteilte|gesagt|a annoncé|dijo|anunció|ha detto)\b"
    r"(?: [\w',\u2019]{1,14}){0,2} $"
)
_TODAY_BEHIND = re.compile(
    r" (?:said|announced|that|at|\(|released|confirmed|issued|ruled|filed|published|takes|took|signed)"
    r"|['\u2019]s (?:\w{1,20} )?(?:announcement|decision|vote|ruling|hearing|meeting|match|game|session|statement|"
    r"event|"
    r"election|report|attack|verdict|conference|briefing|debate|summit|speech|hearings|protests?|strike|launch)\b"
)


class _Month(NamedTuple):
    """A month with what stands beside it; 0 for no day, None for no year."""

    start: int
    end: int
    month: int
    day: int
    last_day: int
    year: int | None
    is_stated: bool


_Stated = dict[tuple[int, int], list[tuple[int, int]]]
"""Offsets and years of months and days that are named with their year, by month and day (0 for none)."""


def find_by_name(known: Known) -> Iterator[FoundDate]:
    """Yield the dates of a text that hold a name."""
    patterns = load_patterns(known.language)
    months, weekdays = names.months(known.language), names.weekdays(known.language)
    relative = names.RELATIVE[known.language]
    stated: _Stated = {}
    read: list[_Month] = []
    for start, end in itertools.islice(find_words(patterns.anchor, known.low), MAX_ANCHORS):
        found: FoundDate | None = None
        name = known.low[start:end]
        if name in months:
            month = _read_month(known, start, end, months[name], patterns)
            if month is not None:
                read.append(month)
                if month.is_stated and month.year is not None:
                    for day in {month.day, 0}:
                        stated.setdefault((month.month, day), []).append((month.start, month.year))
        elif name in relative:
            found = _read_relative(known, start, end)
        elif (weekday := _weekday_of(name, weekdays)) is not None:
            found = _read_weekday(known, start, end, weekday, patterns)
        else:
            found = _read_ago(known, start, end, patterns)
        if found is not None:
            yield found
    for match in itertools.islice(patterns.days_ago.finditer(known.low), MAX_ANCHORS):
        found = _read_ago(known, match.start(), match.end(), patterns)
        if found is not None:
            yield found
    before: FoundDate | None = None
    for number, month in enumerate(read):
        behind = read[number + 1] if number + 1 < len(read) else None
        if behind is not None and behind.is_stated and month.year is None:
            month = _with_year_of(known.low, month, behind)  # noqa: PLW2901
        before = _resolve(known, month, stated, patterns, before)
        yield before


def _weekday_of(name: str, weekdays: Mapping[str, int]) -> int | None:
    """Return the weekday of a name, to which German may join the time of day."""
    if name in weekdays:
        return weekdays[name]
    return next((weekdays[day] for day in weekdays if name.startswith(day)), None)


def _read_month(known: Known, start: int, end: int, month: int, patterns: Patterns) -> _Month | None:
    """Read the day and year around the name of a month; None where it is not a date."""
    low, text = known.low, known.text
    name = low[start:end]
    is_full = name in names.full_months(known.language)
    if known.language == "en" and not text[start].isupper():
        return None
    name_start, name_end = start, end
    day = last_day = 0
    before = patterns.day_before.search(low, max(0, start - 24), start)
    if before and 1 <= int(before[1]) <= 31:
        first, second = int(before[1]), int(before[2] or 0)
        if not second or first < second <= 31:
            day, last_day, start = first, second, before.start(1)
    if low[end : end + 1] == "." and not is_full:
        end += 1
    if not day and known.language == "en" and (behind := patterns.day_behind.match(low, name_end)):
        first, second = int(behind[1]), int(behind[2] or 0)
        if 1 <= first <= 31:
            is_range = first < second <= 31
            day, last_day, end = first, second if is_range else 0, behind.end() if is_range else behind.end(1)
            end += len(_SUFFIX.match(low, end)[0]) if not is_range else 0  # type: ignore[index]
    year: int | None = None
    is_stated = False
    if found := _YEAR_BEHIND.match(low, end):
        year, end, is_stated = int(found[1]), found.end(), True
    elif (found := _THAT_YEAR.match(low, end)) and known.published:
        year = known.published.year + ((found.lastindex or 1) - 1) % 3 - 1
        end = found.end()
    if day and not is_stated and (found := _YEAR_RIGHT_BEFORE.search(low, max(0, start - 6), start)):
        year, start, is_stated = int(found[1]), found.start(1), True
    if day:
        if weekday := patterns.weekday_before.search(low, max(0, start - 20), start):
            start = weekday.start()
    elif year is None and not _is_bare_month(known, name_start, name_end, name, is_full=is_full):
        return None
    return _Month(start, end, month, day, last_day, year, is_stated)


_SUFFIX = re.compile(r"(?:st|nd|rd|th)?")


def _is_bare_month(known: Known, start: int, end: int, name: str, *, is_full: bool) -> bool:
    """Tell whether a name without day and year is a month, by the word before it."""
    low, text = known.low, known.text
    if not is_full:
        return False
    word = WORD_BEFORE.search(low, max(0, start - 16), start)
    if low.startswith(("d'", "d\u2019", "l'", "l\u2019"), start - 2) or low[start - 4 : start] == "mid-":
        return True
    if word is None or word[1] not in names.BEFORE_MONTH[known.language]:
        if name in names.NAMES_TOO or known.language != "en" or low.startswith(("'s", "\u2019s"), end):
            return False
        return not (text[end + 1 : end + 2].isupper() or _is_name_before(text, start))
    if name not in names.NAMES_TOO or word[1] not in _WEAK_BEFORE:
        return True
    if text[end : end + 1] == " " and text[end + 1 : end + 2].isupper():
        return False
    if word[1] == "the":
        return True
    return bool(_MONTH_NEAR.search(low, max(0, start - 30), start) or _MONTH_NEAR.search(low, end, end + 30))


_WEAK_BEFORE = frozenset(("and", "of", "for", "to", "the", "or", "from", "his", "her", "its", "as", "that", "on"))


def _is_name_before(text: str, start: int) -> bool:
    """Tell whether the word before begins with a capital, as in the name of a person or a show."""
    if start < 2 or text[start - 1] != " " or not text[start - 2].isalnum():
        return False
    word = text[max(0, start - 20) : start - 1].rpartition(" ")[2]
    return word[:1].isupper() and word.isalpha()


_UNTIL = re.compile(
    r"(?: ?[-\u2013\u2014]{1,2} ?| (?:to|and|through|until|bis(?: zum)?|und|au|et|al?|y|e|tot|en) )"
    r"(?:the |le |el |il |den )?"
)


def _with_year_of(low: str, month: _Month, behind: _Month) -> _Month:
    """Return the first day of a stretch with the year that its last day has, as in 29 September - 1 October 2006."""
    if behind.year is None or behind.start - month.end > 12 or not _UNTIL.fullmatch(low, month.end, behind.start):
        return month
    is_before = (month.month, month.day) <= (behind.month, behind.day or 31)
    return month._replace(year=behind.year - (0 if is_before else 1), is_stated=True)


def _resolve(known: Known, month: _Month, stated: _Stated, patterns: Patterns, before: FoundDate | None) -> FoundDate:
    precision = "day" if month.day else "month"
    year = month.year if month.year is not None else _year_of(known, month, stated, patterns, before)
    interval: Interval | None = None
    if year is not None:
        interval = day_of(year, month.month, month.day) if month.day else month_of(year, month.month)
        if interval is not None and month.last_day:
            last = day_of(year, month.month, month.last_day)
            interval = Interval(interval.start, last.end) if last else interval
    return FoundDate(month.start, month.end, interval, precision, month.is_stated)


_LISTED_CHARS, _LISTED_DAYS = 160, 92  # most that lie between a day of a list and the next


def _year_in_list(month: _Month, before: FoundDate | None) -> int | None:
    """Return the year of a day that follows on another one shortly, as in a list of days in order."""
    if before is None or before.interval is None or before.precision != "day" or not month.day:
        return None
    if month.start - before.end > _LISTED_CHARS:
        return None
    last = before.interval.start
    for year in (last.year, last.year + 1):
        found = day_of(year, month.month, month.day)
        if found is not None and 0 < (found.start - last).days <= _LISTED_DAYS:
            return year
    return None


def _year_of(known: Known, month: _Month, stated: _Stated, patterns: Patterns, before: FoundDate | None) -> int | None:
    """Decide the year of a day or month that is named without one; ``before`` is the date before it."""
    tense = _said_tense(known.low, month.start, month.end, patterns)
    if tense is None:
        rows = stated.get((month.month, month.day), ())
        years = {year for at, year in rows if month.day or 0 < month.start - at < 400}
        if len(years) == 1:
            return years.pop()
    if known.published is None:
        return None
    tense = tense or find_tense(known, month.start, month.end, patterns)
    if tense is None and (listed := _year_in_list(month, before)) is not None:
        return listed
    if tense is None and _STARTING.search(known.low, max(0, month.start - 24), month.start):
        tense = _tense_of_start(known.published, month)
    if tense != "future" and (told := _year_before(known, month.start)) is not None:
        return told or None
    year = choose_year(known.published, month.month, month.day or None, tense)
    if month.day and tense in ("past", None) and (year is None or _is_old(known.published, year, month)):
        # A story that has named "July 2021" continues with "July 8".
        rows = stated.get((month.month, 0), ())
        years = {stated_year for at, stated_year in rows if 0 < month.start - at < 1_500}
        if len(years) == 1:
            return years.pop()
    return year


_STARTING = re.compile(
    rf"(?<!\w)(?:{_STARTS}|ab dem|à partir du|à compter du|a partir de|a partire dal)(?: on| from)? $"
)
"""What stands before a day with which something starts."""

_HALF_YEAR = 182  # days


def _tense_of_start(published: datetime.date, month: _Month) -> str | None:
    """Return "future" for a day with which something starts, where the next such day is nearer than the last one."""
    for year in (published.year, published.year + 1):
        found = day_of(year, month.month, month.day or 1)
        if found is not None and 0 <= (found.start - published).days <= _HALF_YEAR:
            return "future"
    return None


_IN_YEAR = re.compile(r"\b((?:1[5-9]|20)\d\d)(?=(,? (?:on|in|am|im|le|en|el|il|op) (?:the )?$)|\D)")


def _year_before(known: Known, start: int) -> int | None:
    """Return the year that a sentence about the past names before a date: 0 where the date may be of another one.

    "In 1910, on October 5" is of that year; "He came in 1910 and left in May" may be of any.
    """
    begin = max(0, start - 120)
    for ended in SENTENCE_END.finditer(known.low, begin, start):
        begin = ended.end()
    found: re.Match[str] | None = None
    for found in _IN_YEAR.finditer(known.low, begin, start):  # noqa: B007  the last one
        pass
    if found is None or known.published is None or int(found[1]) >= known.published.year - 1:
        return None
    return int(found[1]) if found[2] is not None else 0


def _is_old(published: datetime.date, year: int, month: _Month) -> bool:
    found = day_of(year, month.month, month.day)
    return found is not None and (published - found.start).days > 90


def _said_tense(low: str, start: int, end: int, patterns: Patterns) -> str | None:
    """Return "last" or "next" where a word beside a date says so."""
    if patterns.last_before.search(low, max(0, start - 24), start) or patterns.last_behind.match(low, end):
        return "last"
    if patterns.next_before.search(low, max(0, start - 24), start) or patterns.next_behind.match(low, end):
        return "next"
    return None


def find_tense(known: Known, start: int, end: int, patterns: Patterns) -> str | None:
    """Tell whether the clause around a date speaks of what is past or to come; None where it is not plain.

    The word for either that stands nearest before the date decides; without one, the first behind it.
    """
    low = known.low
    begin = max(0, start - 90)
    for ended in SENTENCE_END.finditer(low, begin, start):
        begin = ended.end()
    before = [*_cues(known, begin, start, patterns)]
    participle = _PARTICIPLES.get(known.language)
    finite = [cue for cue in before if participle is None or not participle.fullmatch(cue.group())]
    found = next(reversed(finite or before), None)
    if found is None:
        stop = SENTENCE_END.search(low, end, end + 70)
        found = next(_cues(known, end, stop.start() if stop else end + 70, patterns), None)
    if found is None:
        return None
    return "future" if found[1] else "past"


_PARTICIPLES: Mapping[str, re.Pattern[str]] = {
    "fr": re.compile(r"\w{1,12}é"),
    "it": re.compile(r"\w{1,12}(?:ato|ito|uto)"),
}
"""Words that are past or to come as the verb before them is: sera jugé, sarà votato."""


def _cues(known: Known, begin: int, end: int, patterns: Patterns) -> Iterator[re.Match[str]]:
    """Yield the words of a clause that tell past from future.

    A German word with a capital is a noun, unless the clause begins with it.
    """
    for found in patterns.cue.finditer(known.low, begin, end):
        is_noun = known.language == "de" and known.text[found.start()].isupper()
        if not is_noun or not known.text[begin : found.start()].strip():
            yield found


_EVERY: Mapping[str, tuple[str, ...]] = {"fr": ("le ",), "it": ("il ", "la ")}
"""Articles that make a weekday every one of its name, as a rule."""


def _read_weekday(known: Known, start: int, end: int, weekday: int, patterns: Patterns) -> FoundDate | None:
    low, text = known.low, known.text
    if known.language in ("en", "de") and not text[start].isupper():
        return None
    if low.startswith(_EVERY.get(known.language, ()), start - 3) and not patterns.last_behind.match(low, end):
        return None
    if low[start - 1 : start] == "-" or low[end : end + 1] == "-" or patterns.date_behind.match(low, end):
        return None
    if _NOT_WEEKDAY_BEFORE.search(low, max(0, start - 14), start) or _NOT_WEEKDAY_BEHIND.match(low, end):
        return None
    is_on = _ON.search(low, max(0, start - 9), start) is not None
    if known.language == "en" and not is_on and text[end : end + 1] == " " and text[end + 1 : end + 2].isupper():
        return None
    if known.published is None or low.startswith("that ", start - 5):
        return FoundDate(start, end, None, "day", is_absolute=False)
    if week := _THAT_WEEK.match(low, end):
        offset = (week.lastindex or 1) - 2
        monday = count_from(known.published, "week", offset)
        interval = monday and count_from(monday.start, "day", weekday)
        return FoundDate(start, week.end(), interval, "day", is_absolute=False)
    tense = _said_tense(low, start, end, patterns)
    if tense is None:
        is_from = _FROM.search(low, max(0, start - 14), start)
        is_until = (
            _UNTIL_DAY.search(low, max(0, start - 12), start)
            and (weekday - known.published.weekday()) % 7 <= _NEAR_DAYS
        )
        tense = "future" if is_from or is_until else find_tense(known, start, end, patterns)
    if tense is None and not is_on and known.language == "en":
        return FoundDate(start, end, None, "day", is_absolute=False)  # as in a table of days
    tense = tense or "past"
    return FoundDate(start, end, nearest_weekday(known.published, weekday, tense), "day", is_absolute=False)


def _read_relative(known: Known, start: int, end: int) -> FoundDate | None:
    low = known.low
    phrase = low[start:end]
    unit, offset = names.RELATIVE[known.language][phrase]
    before = low[max(0, start - 12) : start]
    if low.startswith(("'s", "\u2019s"), end) and phrase in ("today", "tomorrow") and not _TODAY_BEHIND.match(low, end):
        return None
    if known.language == "en" and known.text[start].isupper() and _is_name_before(known.text, start):
        return None  # USA Today
    if phrase in ("tomorrow", "yesterday", "today") and (before.endswith(("of ", "for ")) or low[end : end + 1] == "-"):
        return None
    if phrase == "the weekend":
        if not before.endswith(("over ", " at ", " on ", "during ")):
            return None
        tense = find_tense(known, start, end, load_patterns(known.language))
        is_past = known.published and known.published.weekday() < 5 and tense != "future"
        offset = -1 if is_past else 0
    if phrase in names.NOW and not (_SAID.search(low, max(0, start - 40), start) or _TODAY_BEHIND.match(low, end)):
        return FoundDate(start, end, None, "day", is_absolute=False)
    interval = count_from(known.published, unit, offset) if known.published else None
    return FoundDate(start, end, interval, "day" if unit == "weekend" else unit, is_absolute=False)


def _read_ago(known: Known, start: int, end: int, patterns: Patterns) -> FoundDate | None:
    found = patterns.ago.search(known.low, start, end)
    if found is None or found.lastindex is None:
        return None
    count = int(found[1]) if found[1].isdigit() else names.NUMBERS[known.language][found[1]]
    unit = list(names.UNITS[known.language].values())[found.lastindex - 2]
    interval = count_from(known.published, unit, -count) if known.published else None
    return FoundDate(start, end, interval, unit, is_absolute=False)
