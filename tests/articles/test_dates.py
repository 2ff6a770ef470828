"""Dates are read strictly: instants need a zone, and what is impossible or ambiguous is None."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from transforms.articles import date_words
from transforms.articles.calendars import solar_to_day
from transforms.articles.date_reading import MAX_LENGTH, fold_date
from transforms.articles.dates import is_ahead, parse_date
from transforms.articles.dates_in_lines import find_dates

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
    ("/Date(1714730400000)/", datetime(2024, 5, 3, 10, tzinfo=UTC)),
    # minus signs that are none in ASCII
    ("2024-05-03T10:00:00\u221204:00", datetime(2024, 5, 3, 14, tzinfo=UTC)),
    ("2024-05-03T10:00:00\u201304:00", datetime(2024, 5, 3, 14, tzinfo=UTC)),
    # zones in brackets, by place, twice, with seconds
    ("2024-05-03T10:00:00+05:30[Asia/Kolkata]", datetime(2024, 5, 3, 4, 30, tzinfo=UTC)),
    ("2024-05-03T10:00:00[Europe/Berlin]", datetime(2024, 5, 3, 8, tzinfo=UTC)),
    ("Fri, 03 May 2024 10:00:00 Pacific/Auckland", datetime(2024, 5, 2, 22, tzinfo=UTC)),
    ("2024-05-03 10:00 (GMT+3)", datetime(2024, 5, 3, 7, tzinfo=UTC)),
    ("2024-05-03T10:00:00-05:00Z", datetime(2024, 5, 3, 15, tzinfo=UTC)),
    ("2024-05-03T10:00:00.000+0000Z", datetime(2024, 5, 3, 10, tzinfo=UTC)),
    ("2024-05-03T10:00:00+02:00:00", datetime(2024, 5, 3, 8, tzinfo=UTC)),
    ("Fri, 03 May 2024 10:00:00 UTC+05:30", datetime(2024, 5, 3, 4, 30, tzinfo=UTC)),
    ("Fri May 03 10:00:00 CEST 2024", datetime(2024, 5, 3, 8, tzinfo=UTC)),
    ("May 3, 2024 10:00 AM ET", datetime(2024, 5, 3, 14, tzinfo=UTC)),
    ("Dec 3, 2024 10:00 AM ET", datetime(2024, 12, 3, 15, tzinfo=UTC)),
    # the end of the day
    ("Thu, 02 May 2024 24:00:00 GMT", datetime(2024, 5, 3, tzinfo=UTC)),
    # a tail that cannot be read
    ("2024-05-03T10:00:00Z (Ellery time), by the desk", datetime(2024, 5, 3, 10, tzinfo=UTC)),
    ("10:00 CEST, 3 May 2024", datetime(2024, 5, 3, 8, tzinfo=UTC)),
    ("03.05.2024, 10:00 Uhr MESZ", datetime(2024, 5, 3, 8, tzinfo=UTC)),
]
IN_WORDS = [
    ("Pe, 03 Tou 2024 10:00:00 +0200", "fi"),
    ("Pe, 03 Tou 2024 10:00:00 +0200", None),
    ("3 мая 2024 г. в 11:00 МСК", "ru"),
    ("Пт, 03 май 2024 10:00:00 +0200", None),
    ("vie, 03 may 2024 10:00:00 +0200", "es"),
    ("3 de mayo de 2024 a las 10:00 CEST", "es"),
    ("ven. 3 mai 2024 à 10h00 CEST", "fr"),
    ("2024년 5월 3일 오후 5:00 KST", "ko"),
    ("2024年5月3日(金) 17:00 JST", "ja"),
    ("금, 03 5월 2024 17:00:00 +0900", None),
    ("2024. május 3. 10:00 CEST", "hu"),
    ("2024 m. gegužės 3 d. 11:00 EEST", "lt"),
    ("2024. gada 3. maijs, 11:00 EEST", "lv"),
    ("3 tháng 5, 2024 15:00 GMT+7", "vi"),
    ("3 Mayıs 2024 Cuma 11:00 +0300", "tr"),
    ("٣ مايو ٢٠٢٤ 08:00 GMT", "ar"),
    ("๓ พ.ค. 2024 15:00 +0700", "th"),
    ("Sexta-feira, 3 de maio de 2024, 10:00 +02:00", "pt"),
    ("pá 3. května 2024 10:00 +0200", "cs"),
]
"""Each is 2024-05-03T08:00Z."""
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
    ("Publicado el viernes, 3 de mayo de 2024", "es"),
    ("2024050310", None),
    # zones that cannot be read
    ("2024-05-03T10:00:00 02:00", None),
    ("Fri, 03 May 2024 10:00:00 0530", None),
    ("Fri, 03 May 2024 10:00:00 +9999", None),
    ("2024-05-03T10:00:00+00:0", None),
    ("2024-05-03T10:00:00Z+02:00", None),
    ("2024-05-03T10:00:00 Mars/Olympus", None),
    ("Fri May  3 10:00:00 2024", None),
    ("May 3, 2024, 10:00-11:00", None),
    # tails
    ("14 اردیبهشت 1403", None),
    ("۱۴۰۳/۰۲/۱۴", "fa"),
    ("3 พฤษภาคม 2567", None),
    ("03/05/2567", "th"),
    ("令和6年5月3日", None),
    ("中華民國113年5月3日", None),
    ("民國一百一十三年五月三日", None),
    ("二〇二四年五月三日 星期五", None),
    ("二○二四年五月三日 10:21", None),
    ("令和六年五月三日", None),
    ("٣ مايو ٢٠٢٤", None),
    ("३ मई २०२४", None),
    # months of the Levant, of Algeria and of Morocco, and one by two names
    ("3 أيار 2024", "ar"),
    ("الجمعة، ٣ ماي ٢٠٢٤", "ar"),
    ("3 أيار/مايو 2024", "ar"),
    ("Thứ sáu, ngày 03 tháng 05 năm 2024", "vi"),
    # years of two digits
    ("3 พ.ค. 67 | 10:21 น.", "th"),
    ("03/05/24 a las 10:21", "es"),
    ("5/3/24 8:00 AM", "en-us"),
    ("3/5/24, 8:00 AM", "en-gb"),
    ("03.05.24, 10:21", "he"),
    ("2024-05-03 | Ellery | 4 min read", None),
    ("3 May 2024 by Jane Roe, Port Ellery", None),
    ("3 May 2024 2 comments", None),
]
NEVER = [
    "2024-13-45", "2024-02-30", "9999-01-01", "-1-01-01", "0001-01-01T00:00:00Z", "1823-05-03", "yesterday",
    "2 hours ago", "二〇二四年五月", "二〇二四年十三月三日", "三〇二四年五月三日", "民國一百一十三年二月三十日",
    "May 2024", "2024", "03/05/2024", "", "null", "2024-05-03T25:00:00Z", "Fri, 99 Foo 2024 10:00:00 GMT", "x" * 500,
    "1970-01-01", "1970-01-01T00:00:00Z", "1969-12-31T19:00:00-05:00", "0000000000", "1900-01-01", "10:00 2024",
    "3-5 May 2024", "3 May 2024 - 5 May 2024", "3 lis 2024", "2024-05-03T24:30:00Z", "3 of a kind 2024",
    "31 مهر 1403", "30 اسفند 1404", "3 May 2567", "03/05/1403", "令和6年13月3日", "٣ رمضان ١٤٤٥",
    "03/05/24", "03/05/24 8:00 AM", "10 ก.ค. 15 คน", "3 تشرين 2024",
]  # fmt: skip


@pytest.mark.parametrize(("raw", "at"), INSTANTS)
def test_an_instant_is_kept(raw: str, at: datetime) -> None:
    found = parse_date(raw)
    assert found is not None
    assert (found.at, found.precision) == (at, "instant")


@pytest.mark.parametrize(("raw", "language"), IN_WORDS)
def test_a_month_in_words_takes_no_clock_away(raw: str, language: str | None) -> None:
    found = parse_date(raw, language=language)
    assert found is not None
    assert (found.at, found.precision) == (datetime(2024, 5, 3, 8, tzinfo=UTC), "instant")


@pytest.mark.parametrize("language", ["en", "fr", "de", "es", "it", "pl", "ru", "el", "fi", "hu", "hi", "ar", "tr"])
def test_every_name_that_dateparser_knows_is_read(language: str) -> None:
    info = date_words._info(language)
    for number, key in enumerate(date_words.MONTHS, 1):
        for name in info[key]:
            found = parse_date(f"14 {name} 2024 10:20 +0200", language=language)
            if len(name) > 1:
                assert (found and found.at) == datetime(2024, number, 14, 8, 20, tzinfo=UTC), name
    for key in date_words.WEEKDAYS:
        for name in info[key]:
            found = parse_date(f"{name}, 14 {info['october'][0]} 2024", language=language)
            assert (found and found.day) == date(2024, 10, 14), name


@pytest.mark.parametrize(("raw", "language"), DAYS)
def test_without_time_and_zone_only_the_day_is_known(raw: str, language: str | None) -> None:
    found = parse_date(raw, language=language)
    assert found is not None
    assert (found.at, found.precision) == (datetime(2024, 5, 3, tzinfo=UTC), "day")


@pytest.mark.parametrize("raw", NEVER)
def test_nothing_is_invented(raw: str) -> None:
    assert parse_date(raw, language="en") is None


def test_a_name_of_two_months_needs_its_language() -> None:
    found = [parse_date("3 lis 2024", language=language) for language in ("pl", "hr", None)]
    assert [one and one.day.month for one in found] == [11, 10, None]


@pytest.mark.parametrize("raw", ["2024-03-31T02:30 Europe/Berlin", "2024-10-27T02:30 Europe/Berlin"])
def test_a_clock_that_its_place_skips_or_has_twice_gives_the_day(raw: str) -> None:
    found = parse_date(raw)
    assert found is not None
    assert (found.precision, found.day.isoformat()) == ("day", raw[:10])


def test_the_day_is_the_publishers() -> None:
    found = parse_date("2024-05-03T23:30:00-04:00")
    assert found is not None
    assert (found.at.day, found.day.day) == (4, 3)
    found = parse_date("2024-05-03T24:00:00Z")
    assert found is not None
    assert (found.at.day, found.day.day) == (4, 3)


def test_more_than_a_day_after_the_page_came_is_no_publication() -> None:
    found = parse_date("2024-05-03T10:00:00Z")
    assert found is not None
    received = [found.at - timedelta(hours=23), found.at - timedelta(hours=25), None]
    assert [is_ahead(found, one) for one in received] == [False, True, False]


@given(st.datetimes(min_value=datetime(1900, 1, 2), max_value=datetime(2100, 12, 30), timezones=st.just(UTC)))
def test_an_iso_instant_comes_back(at: datetime) -> None:
    whole = at.replace(microsecond=0)
    assume(whole.date() != date(1970, 1, 1))
    found = parse_date(whole.isoformat())
    assert found is not None
    assert (found.at, found.precision) == (whole, "instant")


@given(st.text(alphabet="0123456789-/:. TZ+AaPpMmy,GMT", max_size=30))
def test_rubbish_never_raises(raw: str) -> None:
    parse_date(raw)


WORDS = [
    "3",
    "03",
    "2024",
    "May",
    "mar",
    "maj",
    "5월",
    "年",
    "10:30",
    "24:00",
    "+",
    "-",
    "Z",
    "GMT",
    "[",
    "/",
    "Berlin",
]


@given(st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=4)), max_size=12), st.text(max_size=5))
def test_parts_of_dates_in_any_order_never_raise(parts: list[str], language: str) -> None:
    parse_date(" ".join(parts), language=language)


def test_what_is_looked_at_has_an_end() -> None:
    """A date of a megabyte costs what one of a line does: its tokens are counted."""
    assert len(fold_date("3 May " * 200_000)) <= MAX_LENGTH
    assert parse_date("3 May " * 200_000) is None
    assert parse_date("3 May 2024 " + "x" * 10**6) is not None


def test_days_of_the_iranian_calendar_follow_each_other() -> None:
    days = [
        day
        for year in range(1300, 1500)
        for month in range(1, 13)
        for number in range(1, 32)
        if (day := solar_to_day(year, month, number)) is not None
    ]
    assert days[0] == date(1921, 3, 21)
    assert all(second - first == timedelta(days=1) for first, second in pairwise(days))


@pytest.mark.parametrize(
    ("line", "language", "expected"),
    [
        ("रवि चौहान | प्रकाशित: मंगलवार, १२ नवंबर २०२४", "hi", ["मंगलवार, १२ नवंबर २०२४"]),
        ("تاریخ انتشار: ۲۲ آبان ۱۴۰۳ - ۱۴:۳۵", "fa", ["۲۲ آبان ۱۴۰۳ - ۱۴:۳۵"]),
        ("الثلاثاء ١٢ نوفمبر ٢٠٢٤ - ١٠ جمادى الأولى ١٤٤٦", "ar", ["الثلاثاء ١٢ نوفمبر ٢٠٢٤"]),
        ("令和元年5月3日 公開", "ja", ["令和元年5月3日"]),
        ("Pos Pelabuhan - 12/11/2024, 19:30 WIB", "id", ["12/11/2024, 19:30 WIB"]),
    ],
)
def test_dates_of_many_scripts_are_found_in_lines(line: str, language: str, expected: list[str]) -> None:
    assert [found.raw for found in find_dates(line, language=language)] == expected
