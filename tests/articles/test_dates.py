"""Dates are read strictly: instants need a zone, and what is impossible or ambiguous is None."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.articles.dates import parse_date

INSTANTS = [
    ("2024-05-03T10:00:00Z", datetime(2024, 5, 3, 10, tzinfo=UTC)),
    ("2024-05-03T10:00:00.123+02:00", datetime(2024, 5, 3, 8, tzinfo=UTC)),
    ("2024-05-03 10:00:00 +0200", datetime(2024, 5, 3, 8, tzinfo=UTC)),
    ("20240503T100000Z", datetime(2024, 5, 3, 10, tzinfo=UTC)),
    ("Fri, 03 May 2024 10:00:00 EST", datetime(2024, 5, 3, 15, tzinfo=UTC)),
    ("Fri, 3 May 24 10:00:00 GMT", datetime(2024, 5, 3, 10, tzinfo=UTC)),
    ("03 May 2024 10:00 PDT", datetime(2024, 5, 3, 17, tzinfo=UTC)),
    ("May 3, 2024 at 10:00 PM EDT", datetime(2024, 5, 4, 2, tzinfo=UTC)),
    ("Fri May 03 2024 10:00:00 GMT+0200 (CEST)", datetime(2024, 5, 3, 8, tzinfo=UTC)),
    ("1714730400", datetime(2024, 5, 3, 10, tzinfo=UTC)),
]
DAYS = [
    ("2024-05-03", None),
    ("2024-05-03T10:00:00", None),
    ("2024-05-03 10:00 IST", None),
    ("3. Mai 2024, 10:00 Uhr", "de"),
    ("3 mai 2024", "fr"),
    ("3 de mayo de 2024", "es"),
    ("3 mei 2024", "nl"),
    ("03/05/2024", "fr"),
    ("05/03/2024", "en-US"),
    ("03.05.2024 - 12:30", None),
    ("May 3rd, 2024", "en"),
    ("Published: 3 May 2024", None),
]
NEVER = [
    "2024-13-45", "2024-02-30", "9999-01-01", "-1-01-01", "0001-01-01T00:00:00Z", "1823-05-03", "yesterday",
    "2 hours ago",
    "May 2024", "2024", "03/05/2024", "", "null", "2024-05-03T25:00:00Z", "Fri, 99 Foo 2024 10:00:00 GMT", "x" * 500,
]  # fmt: skip


@pytest.mark.parametrize(("raw", "at"), INSTANTS)
def test_an_instant_is_kept(raw: str, at: datetime) -> None:
    found = parse_date(raw)
    assert found is not None
    assert (found.at, found.precision) == (at, "instant")


@pytest.mark.parametrize(("raw", "language"), DAYS)
def test_without_time_and_zone_only_the_day_is_known(raw: str, language: str | None) -> None:
    found = parse_date(raw, language=language)
    assert found is not None
    assert (found.at, found.precision) == (datetime(2024, 5, 3, tzinfo=UTC), "day")


@pytest.mark.parametrize("raw", NEVER)
def test_nothing_is_invented(raw: str) -> None:
    assert parse_date(raw, language="en") is None


def test_the_day_is_the_publishers() -> None:
    found = parse_date("2024-05-03T23:30:00-04:00")
    assert found is not None
    assert (found.at.day, found.day.day) == (4, 3)


@given(st.datetimes(min_value=datetime(1900, 1, 2), max_value=datetime(2100, 12, 30), timezones=st.just(UTC)))
def test_an_iso_instant_comes_back(at: datetime) -> None:
    whole = at.replace(microsecond=0)
    found = parse_date(whole.isoformat())
    assert found is not None
    assert (found.at, found.precision) == (whole, "instant")


@given(st.text(alphabet="0123456789-/:. TZ+AaPpMmy,GMT", max_size=30))
def test_rubbish_never_raises(raw: str) -> None:
    parse_date(raw)
