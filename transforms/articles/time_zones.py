"""The time zone behind a clock time, as an offset from UTC."""

import re
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

_MINUTES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "bst": 60,
    "cet": 60, "mez": 60, "cest": 120, "mesz": 120, "eet": 120, "eest": 180, "msk": 180, "мск": 180, "trt": 180,
    "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
    "akst": -540, "akdt": -480, "hst": -600, "brt": -180, "sast": 120, "eat": 180, "pkt": 300, "npt": 345,
    "wib": 420, "wita": 480, "hkt": 480, "sgt": 480, "pht": 480, "jst": 540, "kst": 540,
    "awst": 480, "acst": 570, "acdt": 630, "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780,
}  # fmt: skip
"""Minutes east of UTC. Names of several zones (IST, AST) are not here; CST is read as RFC 822 does, BST as Europe."""

_PLACES = {"et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles"}
"""What newspapers write for summer and winter time alike."""

_OPEN = re.compile(r"\s{0,3}[,(\[]?\s{0,3}")
_PLACE = re.compile(r"[A-Za-z]{2,20}(?:/[A-Za-z0-9_+-]{2,30}){1,2}")
_NAME = re.compile(r"[^\W\d_]{1,5}(?![^\W\d_])")
_OFFSET = re.compile(r"\s?(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?(?::?00)?(?![:\d])\s?Z?")
_CLOSE = re.compile(r"\s{0,3}(?:[\])]|\([^()]{1,60}\)|\[[^\[\]]{1,60}\])")

Zone = int | str
"""Minutes east of UTC, or the IANA name of a place."""


def read_zone(text: str, start: int) -> tuple[Zone | None, int]:
    """Read the zone at a place of a text, and where it ends; None, and the same place, where there is none.

    Read are an offset with its sign, UTC and GMT with one, abbreviations that mean one zone, names of places as IANA
    has them, each also in brackets. Of an offset and a name in brackets behind it, the offset counts.

    >>> read_zone("10:00+05:30[Asia/Kolkata]", 5), read_zone("10:00 02:00", 5), read_zone("10:00 GMT+2", 5)
    ((330, 25), (None, 5), (120, 11))
    """
    opening = _OPEN.match(text, start)
    at = opening.end() if opening else start
    place = _PLACE.match(text, at)
    if place is not None:
        known = _all_places().get(place[0].casefold())
        return (known, _closed(text, place.end())) if known else (None, start)
    name = _NAME.match(text, at)
    offset = _OFFSET.match(text, name.end() if name else at)
    minutes = _minutes(offset) if offset else None
    if name is None:
        return (None, start) if minutes is None or offset is None else (minutes, _closed(text, offset.end()))
    key = name[0].casefold()
    base = _MINUTES.get(key)
    if offset is not None:
        if minutes is None or (key not in ("utc", "gmt", "ut") and base != minutes):
            return None, start
        return minutes, _closed(text, offset.end())
    zone: Zone | None = base if base is not None else _PLACES.get(key)
    return (None, start) if zone is None else (zone, _closed(text, name.end()))


def offset_of(zone: Zone, local: datetime) -> timedelta | None:
    """Return the offset of a zone from UTC at a local time; None where that time exists twice, or not at all.

    Args:
        zone: as :func:`read_zone` gives it.
        local: without a zone of its own.
    """
    if isinstance(zone, int):
        return timedelta(minutes=zone)
    try:
        place = ZoneInfo(zone)
        first, second = (local.replace(tzinfo=place, fold=fold).utcoffset() for fold in (0, 1))
    except (KeyError, ValueError, OSError, OverflowError):
        return None
    return first if first == second else None


@lru_cache(maxsize=1)
def _all_places() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


def _minutes(offset: re.Match[str]) -> int | None:
    hours, minutes = int(offset["hours"]), int(offset["minutes"] or 0)
    whole = (hours * 60 + minutes) * (1 if offset["sign"] == "+" else -1)
    return whole if minutes < 60 and -12 * 60 <= whole <= 14 * 60 else None


def _closed(text: str, end: int) -> int:
    """Return the place after the bracket that the zone stood in, or that says it again."""
    match = _CLOSE.match(text, end)
    return match.end() if match else end
