"""A date as published comes in; an instant or a day goes out, and never more than was said."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

EARLIEST_YEAR, LATEST_YEAR = 1900, 2100
"""Years that a date of publication may have; what lies outside is a mistake of the page."""

_MAX_LENGTH = 80

_ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "bst": 60,
    "cet": 60, "mez": 60, "cest": 120, "mesz": 120, "eet": 120, "eest": 180, "msk": 180,
    "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
    "akst": -540, "akdt": -480, "hst": -600, "jst": 540, "kst": 540, "aest": 600, "aedt": 660, "awst": 480,
    "nzst": 720, "nzdt": 780,
}  # fmt: skip
"""Minutes east of UTC. Names of several zones (IST, AST) are not here; CST is read as RFC 822 does, BST as Europe."""

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("january", "february", "march", "april", "may", "june", "july",
         "august", "september", "october", "november", "december"), 1
    )
    for name in (names, names[:3], *(("sept",) if number == 9 else ()))
}  # fmt: skip

_ZONE = (
    r"(?P<zone>[A-Za-z]{1,5}(?:\s?[+-]\d{1,2}(?::?\d{2})?)?(?:\s*\([^)]*\))?|[+-−]\d{1,2}(?::?\d{2})?(?:\s*\([^)]*\))?)"
)
_CLOCK = (
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?"
)
_AT = rf"(?:(?:,|\s|\bat\b|\||-)*{_CLOCK}(?:\s*\(?{_ZONE}\)?)?)?"
_WEEKDAY = r"(?:[A-Za-z]{2,9}\.?,?\s+)?"

_FORMS = tuple(
    re.compile(form)
    for form in (
        # ISO 8601, extended and basic, and the near misses seen in feeds
        r"(?P<year>\d{4})(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?:(?:[Tt_,]|\s)\s*"
        rf"{_CLOCK}\s*{_ZONE}?)?",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
        r"(?:[Tt\s]?(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,]\d+)?)?(?P<half>)\s*"
        rf"{_ZONE}?)?",
        # RFC 822 and its relatives: Fri, 03 May 2024 10:00:00 +0200
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s-]+(?P<name>[A-Za-z]{{3,9}})\.?,?[\s-]+"
        rf"(?P<year>\d{{4}}|\d{{2}}(?=\s+\d)){_AT}",
        # May 3, 2024 at 10:00 AM EDT
        rf"{_WEEKDAY}(?P<name>[A-Za-z]{{3,9}})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}}){_AT}",
        # asctime: Fri May  3 10:00:00 2024
        rf"{_WEEKDAY}(?P<name>[A-Za-z]{{3,9}})\s+(?P<day>\d{{1,2}})\s+{_CLOCK}\s+(?:{_ZONE}\s+)?(?P<year>\d{{4}})",
    )
)
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")
_NUMERIC = re.compile(r"(?P<a>\d{1,2})(?P<sep>[./-])\s?(?P<b>\d{1,2})(?P=sep)\s?(?P<year>\d{4})(?:\D.*)?")
_LABEL = re.compile(
    r"^\W*(?:published|updated|posted|date|on|am|le|el|il|op|den|der|stand)\b[\s:,]*(?:on|am|le|at)?\s*", re.I
)


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """One date of publication.

    ``at`` is aware UTC: the instant, or midnight of ``day`` where only the day is known.
    ``precision`` is 'instant' or 'day'. ``day`` is the day as written, in the publisher's zone.
    """

    at: datetime
    precision: str
    day: date


def parse_date(raw: str | None, *, language: str | None = None) -> ParsedDate | None:
    """Read a date strictly: what is impossible, relative or ambiguous is None, never a guess.

    An instant needs a clock time and a zone; without a zone the time is not used, since it could be any.

    >>> found = parse_date("2024-05-03T23:30:00-04:00")
    >>> found.at.isoformat(), found.precision, found.day.isoformat()
    ('2024-05-04T03:30:00+00:00', 'instant', '2024-05-03')
    >>> parse_date("2024-05-03 23:30").precision
    'day'
    >>> parse_date("2024-13-45") is None
    True

    Args:
        raw: as published.
        language: BCP 47 tag of the page, for names of months and the order of day and month.
    """
    if raw is None:
        return None
    text = " ".join(raw.split())
    if not 6 <= len(text) <= _MAX_LENGTH:
        return None
    if _EPOCH.fullmatch(text):
        return _from_epoch(int(text))
    for form in _FORMS:
        match = form.fullmatch(text)
        if match is not None:
            parts = match.groupdict()
            if not parts.get("name") or parts["name"].lower() in _MONTHS:
                return _from_parts(parts)
    if (match := _NUMERIC.fullmatch(text)) is not None:
        return _from_numeric(match, language)
    return _from_words(text, (language or "").split("-")[0].lower() or None)


def _from_epoch(value: int) -> ParsedDate | None:
    at = datetime.fromtimestamp(value / 1000 if value >= 10**12 else value, tz=UTC)
    return ParsedDate(at, "instant", at.date()) if EARLIEST_YEAR <= at.year <= LATEST_YEAR else None


def _on_day(year: int, month: int, day: int) -> ParsedDate | None:
    try:
        at = datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
    return ParsedDate(at, "day", at.date()) if EARLIEST_YEAR <= year <= LATEST_YEAR else None


def _from_parts(parts: dict[str, Any]) -> ParsedDate | None:
    month = int(parts["month"]) if parts.get("month") else _MONTHS[parts["name"].lower()]
    year = int(parts["year"])
    if len(parts["year"]) == 2:  # RFC 822 years, read as RFC 2822 says
        year += 2000 if year < 50 else 1900
    on = _on_day(year, month, int(parts["day"]))
    if on is None or parts.get("hour") is None:
        return on
    hour, minute, second = int(parts["hour"]), int(parts["minute"]), min(int(parts.get("second") or 0), 59)
    if parts.get("half"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if parts["half"] in "pP" else 0)
    if hour > 23 or minute > 59:
        return None
    minutes = _zone_minutes(parts.get("zone"))
    if minutes is None:
        return on
    local = on.at.replace(hour=hour, minute=minute, second=second, tzinfo=timezone(timedelta(minutes=minutes)))
    return ParsedDate(local.astimezone(UTC), "instant", on.day)


def _zone_minutes(zone: str | None) -> int | None:
    if not zone:
        return None
    match = re.fullmatch(r"([A-Za-z]*)\s?(?:([+-−])(\d{1,2}):?(\d{2})?)?(?:\s*\(.*\))?", zone.strip())
    if match is None:
        return None
    name, sign, hours, minutes = match.groups()
    base = _ZONES.get(name.lower()) if name else 0
    if base is None or (sign and name and base):
        return None
    offset = (int(hours) * 60 + int(minutes or 0)) * (1 if sign == "+" else -1) if sign else 0
    return base + offset if abs(base + offset) <= 14 * 60 else None


def _from_numeric(match: re.Match[str], language: str | None) -> ParsedDate | None:
    first, second, year = int(match["a"]), int(match["b"]), int(match["year"])
    tag = (language or "").lower().replace("_", "-")
    if first == second or first > 12 or match["sep"] == ".":
        return _on_day(year, second, first)
    if second > 12 or tag == "en-us":
        return _on_day(year, first, second)
    if tag and tag != "en":
        return _on_day(year, second, first)
    return None  # 03/05/2024: March or May, nothing says


@lru_cache(maxsize=4096)
def _from_words(text: str, language: str | None) -> ParsedDate | None:
    """A day with the month in words of any language that dateparser knows; its time of day is not used."""
    bare = _LABEL.sub("", text)
    numbers = [int(number) for number in re.findall(r"\d+", bare)[:8]]
    years = [number for number in numbers if EARLIEST_YEAR <= number <= LATEST_YEAR]
    if len(years) != 1 or not (re.search(r"[^\W\d_]{3}", bare) or "年" in bare):
        return None
    import dateparser  # noqa: PLC0415 - its first import takes 3 s, and few pages need it

    try:
        found = dateparser.parse(
            bare,
            languages=[language] if language else None,
            settings={
                "PARSERS": ["absolute-time"],
                "STRICT_PARSING": True,
                "REQUIRE_PARTS": ["day", "month", "year"],
                "DATE_ORDER": "DMY",
                "RETURN_AS_TIMEZONE_AWARE": False,
            },
        )
    except (ValueError, OverflowError, TypeError):  # also an unknown language
        return None
    if found is None or found.year != years[0] or found.day not in numbers:
        return None
    return _on_day(found.year, found.month, found.day)


def warm_up() -> None:
    """Import what the first date in words would import, so that it does not count against one page."""
    parse_date("3. Mai 2024", language="de")
