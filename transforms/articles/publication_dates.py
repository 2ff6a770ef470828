"""The date of publication, chosen among those that a page and its address state."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from schemas.articles import DateCandidate
from transforms.articles.dates import ParsedDate, is_ahead, parse_date
from transforms.articles.facts import MAX_TEXT, Facts
from transforms.urls import split_url

MAX_DATES = 20
"""Most dates of one kind that are tried; real pages have one or two of each."""

MAX_RAW_DATE = 200
"""Most characters that are kept of a date as published."""

_UTC = re.compile(r"\d\s?(?:Z|UTC|GMT|[+-]00:?00)$", re.IGNORECASE)
_WEST, _EAST = timedelta(hours=12), timedelta(hours=14)
"""How far zones lie from UTC."""

_ZONES = timedelta(days=1)
"""Most that the day of one instant differs by between zones."""

_QUARTER, _NO_TIME = timedelta(minutes=15), timedelta()
_MIDNIGHT = time()
_CLOCK = re.compile(r"\d:\d\d")
_NUMBERS = re.compile(r"\s{0,9}\d{1,2}([./-])\d{1,2}\1\d{4}")
_URL_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)([/\-_.])(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])(?!\d)")
_URL_COMPACT = re.compile(r"[/\-_](20[0-3]\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=[/\-_.]|$)")
_URL_STAMP = re.compile(
    r"(?<!\d)(20[0-3]\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d\d{0,9}(?![^/]{0,200}/.)"
)
"""A number that begins with a time to the minute, in the last step: archives put one of their own before an address."""
_URL_YEAR_LAST = re.compile(r"(?<![^/\-_~])(\d{1,2})([\-_.])(\d{1,2})\2((?:19|20)\d\d)(?!\d)")
_URL_NAMED = re.compile(r"/((?:19|20)\d\d)/([A-Za-z]{3,9})/(\d{1,2})(?=[/_.-]|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A date and where it was found; ``source`` as Article.date_published_source has it."""

    parsed: ParsedDate
    raw: str
    source: str


def date_of_url(url: str | None) -> Dated | None:
    """Read the day that an address names: /2024/05/03/, /2024/may/03/, /23-05-2024-bridge-opens, /A2024050314300012."""
    path = split_url((url or "")[:MAX_TEXT]).path
    for form in (_URL_DATE, _URL_COMPACT, _URL_STAMP):
        match = form.search(path)
        if match:
            groups = [group for group in match.groups() if group.isdigit()]
            parsed = parse_date("{}-{:0>2}-{:0>2}".format(*groups))
            if parsed is not None:
                raw = "".join(groups) if form is _URL_STAMP else match.group().strip("/-_").replace("_", "-")
                return Dated(parsed=parsed, raw=raw, source="url")
    last = _URL_YEAR_LAST.search(path)
    if last is not None and max(int(last[1]), int(last[3])) > 12:  # 05-03-2024 may be March or May
        month, day = sorted((int(last[1]), int(last[3])))
        parsed = parse_date(f"{last[4]}-{month:02}-{day:02}")
        if parsed is not None:
            return Dated(parsed=parsed, raw=last.group(), source="url")
    named = _URL_NAMED.search(path)
    raw = named.group().strip("/") if named else ""
    parsed = parse_date(raw)
    return Dated(parsed=parsed, raw=raw, source="url") if parsed is not None else None


def without_dates_of_pages(dates: list[tuple[str, str]], ld: Facts) -> list[tuple[str, str]]:
    """Return the dates that may be those of the article's publication.

    A WebPage without a headline or author says when its address came to be. Pages that were never news have that, too,
    and show their readers no date; so it counts only where something else on the page states a date.
    """
    is_alone = not ld.describes_work and all(source == "json_ld" for _, source in dates)
    return [] if is_alone else dates


def choose_date(
    candidates: Iterable[tuple[str, str]], language: str | None, received: datetime | None = None
) -> Dated | None:
    """Choose the first date that can be read; an instant of the same day is preferred to a bare day.

    Args:
        candidates: raw date and its source, most trusted first.
        language: BCP 47 tag of the page.
        received: when the page was; what lies more than a day after it is passed over. None when unknown.
    """
    best: Dated | None = None
    for raw, source in candidates:
        parsed = parse_date(raw, language=language)
        if parsed is None or is_ahead(parsed, received):
            continue
        if best is None:
            best = Dated(parsed=parsed, raw=raw[:MAX_RAW_DATE], source=source)
        if best.parsed.precision == "instant":
            return best
        if parsed.precision == "instant" and parsed.day == best.parsed.day:
            return Dated(parsed=parsed, raw=raw[:MAX_RAW_DATE], source=source)
    return best


def choose_published(
    candidates: Sequence[tuple[str, str]],
    language: str | None,
    received: datetime | None = None,
    *,
    changes: Sequence[tuple[str, str]] = (),
) -> Dated | None:
    """Choose the date of first publication, as a day where its time is one that a system made up.

    What the markup declares counts, with these exceptions:

    - Its instant is in UTC, and readers see the day before or after it as their own zone has it: that is the day.
    - Readers see an earlier day: the article was published then. Systems that publish anew declare the day that they
      did so.
    - Readers see the day whose month is the declared day, and the other way round: the order of the numbers was taken
      for another.
    - Readers see a later day, JSON-LD declares none, and nothing declares a date of change: what the meta tags have is
      the day that the page was begun.
    - The meta tags declare the time of a later day, which is the one that readers see, and nothing of the day that
      JSON-LD declares.
    - It lies after every change that the page declares, and another declared day does not: the page was put out anew.
    - Two instants differ by a zone: see ``_of_right_zone``.

    An instant at midnight in UTC is a day where another source states that day alone: its time says nothing.

    Args:
        candidates: raw date and its source, most trusted first.
        language: BCP 47 tag of the page, for names of months.
        received: when the page was.
        changes: raw dates of change that the page declares, and their sources.
    """
    best = _choose_published(candidates, language, received, changes)
    if best is None or not _is_midnight(best):
        return best
    for raw, source in candidates:
        found = parse_date(raw, language=language) if source != "url" and not _CLOCK.search(raw) else None
        if found is not None and found.precision == "day" and found.day == best.parsed.day:
            return replace(best, parsed=found)
    return best


def _is_midnight(found: Dated) -> bool:
    """Return whether a date is the instant at which its day begins in UTC, as systems write a day that they have."""
    parsed = found.parsed
    return parsed.precision == "instant" and parsed.at.time() == _MIDNIGHT and parsed.day == parsed.at.date()


def _choose_published(
    candidates: Sequence[tuple[str, str]],
    language: str | None,
    received: datetime | None,
    changes: Sequence[tuple[str, str]],
) -> Dated | None:
    best = choose_date(candidates, language, received)
    if best is None or best.source not in ("json_ld", "meta"):
        return best
    every = [found for pair in candidates if (found := choose_date([pair], language, received)) is not None]
    best = _before_change(_of_right_zone(best, every), every, changes, language)
    dated = [found for found in every if found.source in ("time", "byline")]
    address = next((found for found in every if found.source == "url"), None)
    days = {found.parsed.day for found in dated}
    if len(days) != 1 and (days or address is None):
        return best
    shown = next((found for found in dated if found.parsed.precision == "instant"), next(iter(dated), address))
    if shown is None or shown.parsed.day == best.parsed.day:
        return best
    day = shown.parsed.day
    if _is_same_instant(best, day):
        return replace(best, parsed=replace(best.parsed, day=day))
    if not days:
        return best
    if day < best.parsed.day or _is_swapped(best, day):
        return shown
    if best.source == "meta":
        return best if changes or any(found.source == "json_ld" for found in every) else shown
    metas = [found for found in every if found.source == "meta"]
    later = next((found for found in metas if found.parsed.day == day and _CLOCK.search(found.raw)), None)
    has_doubt = any(found.parsed.day == best.parsed.day or found.parsed.at == best.parsed.at for found in metas)
    return best if later is None or has_doubt else later


def _before_change(best: Dated, every: list[Dated], changes: Sequence[tuple[str, str]], language: str | None) -> Dated:
    """Return the declared date; where it lies after all changes, by more than zones, the first declared before them."""
    changed = [found.day for raw, _ in changes if (found := parse_date(raw, language=language)) is not None]
    if not changed or best.parsed.day - max(changed) <= _ZONES:
        return best
    others = (found for found in every if found.source in ("json_ld", "meta") and found.parsed.day <= max(changed))
    return next(others, best)


def _of_right_zone(best: Dated, every: list[Dated]) -> Dated:
    """Return the declared date, or another whose instant is right where that of the first has the wrong zone.

    Some systems write the clock of UTC with the zone of the site behind it. That is known where another date has the
    same zone, and the clock of the first is its instant in UTC; or where readers see an instant with its zone, which
    another date agrees with to the minute.
    """
    if best.parsed.precision != "instant":
        return best
    instants = [found for found in every if found.parsed.precision == "instant"]
    offset = best.parsed.offset
    if offset:
        clock = best.parsed.at + offset
        for found in instants:
            if found.parsed.offset == offset and found.parsed.at == clock:
                return found
    seen = {_minute(found) for found in instants if found.source == "byline"}
    if seen and _minute(best) not in seen:
        for found in instants:
            apart = abs(found.parsed.at - best.parsed.at)
            if found.source != "byline" and _minute(found) in seen and apart <= _EAST and apart % _QUARTER == _NO_TIME:
                return found
    return best


def correct_zone(modified: Dated | None, published: Dated | None, dates: list[tuple[str, str]]) -> Dated | None:
    """Return the date of a change; where its source writes the clock of UTC with another zone, as an instant of UTC.

    Args:
        modified: as it was read.
        published: the date of publication that was chosen.
        dates: of publication, and their sources.
    """
    offset = modified.parsed.offset if modified is not None else None
    if modified is None or published is None or not offset:
        return modified
    parsed = parse_date(next((raw for raw, source in dates if source == modified.source), None))
    if parsed is not None and parsed.offset == offset and parsed.at + offset == published.parsed.at:
        return replace(modified, parsed=replace(modified.parsed, at=modified.parsed.at + offset))
    return modified


def _minute(found: Dated) -> datetime:
    return found.parsed.at.replace(second=0)


def _is_swapped(found: Dated, day: date) -> bool:
    """Return whether a date in numbers is another day with day and month in the other order."""
    own = found.parsed.day
    return (own.year, own.month, own.day) == (day.year, day.day, day.month) and _NUMBERS.match(found.raw) is not None


def _is_same_instant(found: Dated, day: date) -> bool:
    """Return whether an instant that is given in UTC lies on a day somewhere on earth."""
    parsed = found.parsed
    if parsed.precision != "instant" or not _UTC.search(found.raw):
        return False
    return (parsed.at - _WEST).date() <= day <= (parsed.at + _EAST).date()


def list_candidates(dates: Iterable[tuple[str, str]], language: str | None = None) -> tuple[DateCandidate, ...]:
    """Return dates as they are stored, each once, in order.

    Args:
        dates: raw date and its source, most trusted first.
        language: BCP 47 tag of what states them.
    """
    found: dict[tuple[str, str], DateCandidate] = {}
    for written, source in dates:
        raw = written[:MAX_RAW_DATE].strip()
        if raw and (source, raw) not in found:
            parsed = parse_date(raw, language=language)
            found[source, raw] = DateCandidate(source=source, raw=raw, instant=parsed.at if parsed else None)
    return tuple(found.values())
