"""Dates in invented sentences."""

import datetime
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.samples import make_article
from transforms.enrich.dates.annotate import MODEL, add_dates
from transforms.enrich.dates.find import MAX_DATES, find_dates
from transforms.enrich.dates.names import LANGUAGES

PUBLISHED = datetime.date(2024, 4, 26)
"""A Friday."""

FOUND = [
    # language, sentence, words, first day, last day, precision
    ("en", "The pier burnt on 3 May 2019.", "3 May 2019", "2019-05-03", "2019-05-03", "day"),
    ("en", "The pier burnt on May 3rd, 2019.", "May 3rd, 2019", "2019-05-03", "2019-05-03", "day"),
    ("en", "It burnt on Friday, May 3, 2019.", "Friday, May 3, 2019", "2019-05-03", "2019-05-03", "day"),
    ("en", "The log says 2019-05-03.", "2019-05-03", "2019-05-03", "2019-05-03", "day"),
    ("en", "The log says 25/12/2019.", "25/12/2019", "2019-12-25", "2019-12-25", "day"),
    ("en", "It was held from 3-5 May 2019.", "3-5 May 2019", "2019-05-03", "2019-05-05", "day"),
    ("en", "It fell between 3 and 5 May 2019.", "3 and 5 May 2019", "2019-05-03", "2019-05-05", "day"),
    ("en", "The fair ran Feb. 25-27, 2019.", "Feb. 25-27, 2019", "2019-02-25", "2019-02-27", "day"),
    ("en", "The council met on March 30.", "March 30", "2024-03-30", "2024-03-30", "day"),
    ("en", "The council will meet on May 10.", "May 10", "2024-05-10", "2024-05-10", "day"),
    ("en", "He was hurt on November 13.", "November 13", "2023-11-13", "2023-11-13", "day"),
    ("en", "The mayor resigned on Tuesday.", "Tuesday", "2024-04-23", "2024-04-23", "day"),
    ("en", "The mayor said Friday that rents fell.", "Friday", "2024-04-26", "2024-04-26", "day"),
    ("en", "The council will meet on Tuesday.", "Tuesday", "2024-04-30", "2024-04-30", "day"),
    ("en", "He said on Tuesday that he will resign.", "Tuesday", "2024-04-23", "2024-04-23", "day"),
    ("en", "It opened last Friday.", "Friday", "2024-04-19", "2024-04-19", "day"),
    ("en", "It opens next Friday.", "Friday", "2024-05-03", "2024-05-03", "day"),
    ("en", "It burnt yesterday.", "yesterday", "2024-04-25", "2024-04-25", "day"),
    ("en", "It opens tomorrow.", "tomorrow", "2024-04-27", "2024-04-27", "day"),
    ("en", "The court ruled today that rents may rise.", "today", "2024-04-26", "2024-04-26", "day"),
    ("en", "It burnt last week.", "last week", "2024-04-15", "2024-04-21", "week"),
    ("en", "Rents rose last month.", "last month", "2024-03-01", "2024-03-31", "month"),
    ("en", "Rents rose this year.", "this year", "2024-01-01", "2024-12-31", "year"),
    ("en", "It opened in March.", "March", "2024-03-01", "2024-03-31", "month"),
    ("en", "It opened in February 2020.", "February 2020", "2020-02-01", "2020-02-29", "month"),
    ("en", "It opened in November last year.", "November last year", "2023-11-01", "2023-11-30", "month"),
    ("en", "It opened in 2019.", "2019", "2019-01-01", "2019-12-31", "year"),
    ("en", "Voters in the 2020 election stayed away.", "2020", "2020-01-01", "2020-12-31", "year"),
    ("en", "Rents rose between 2015 and 2019.", "2015 and 2019", "2015-01-01", "2019-12-31", "year"),
    ("en", "He was mayor from 2015 to 2019.", "2015 to 2019", "2015-01-01", "2019-12-31", "year"),
    ("en", "The mill (1898\u20131902) was rebuilt.", "1898\u20131902", "1898-01-01", "1902-12-31", "year"),
    ("en", "It was a hit of the 1990s.", "1990s", "1990-01-01", "1999-12-31", "decade"),
    ("en", "It was a hit of the '80s.", "80s", "1980-01-01", "1989-12-31", "decade"),
    ("en", "A mill of the 19th century.", "19th century", "1801-01-01", "1900-12-31", "century"),
    ("en", "Profit fell in the third quarter of 2023.", "third quarter of 2023", "2023-07-01", "2023-09-30", "quarter"),
    ("en", "Profit fell in Q3 2023.", "Q3 2023", "2023-07-01", "2023-09-30", "quarter"),
    ("en", "It closed three days ago.", "three days ago", "2024-04-23", "2024-04-23", "day"),
    ("en", "She asked them to stay in until Sunday morning.", "Sunday", "2024-04-28", "2024-04-28", "day"),
    ("en", "They stayed in until Tuesday.", "Tuesday", "2024-04-23", "2024-04-23", "day"),
    ("en", "He said that the pier would close on Tuesday.", "Tuesday", "2024-04-30", "2024-04-30", "day"),
    ("en", "They agreed to meet on Tuesday.", "Tuesday", "2024-04-30", "2024-04-30", "day"),
    ("en", "The tour starts on Tuesday.", "Tuesday", "2024-04-30", "2024-04-30", "day"),
    ("en", "Her album is out on Friday.", "Friday", "2024-04-26", "2024-04-26", "day"),
    ("en", "The union has until 1700 GMT on Monday to answer.", "Monday", "2024-04-29", "2024-04-29", "day"),
    ("en", "By 1700 the town had a mill.", "1700", "1700-01-01", "1700-12-31", "year"),
    ("fr", "La fin de l\u2019année 2019 fut froide.", "2019", "2019-01-01", "2019-12-31", "year"),
    ("en", "It closed two years ago.", "two years ago", "2022-01-01", "2022-12-31", "year"),
    ("de", "Das Werk brannte am 3. Mai 2019.", "3. Mai 2019", "2019-05-03", "2019-05-03", "day"),
    ("de", "Das Werk brannte am 03.05.2019.", "03.05.2019", "2019-05-03", "2019-05-03", "day"),
    ("de", "Der Rat tagte am Dienstag.", "Dienstag", "2024-04-23", "2024-04-23", "day"),
    ("de", "Der Rat wird am Dienstag tagen.", "Dienstag", "2024-04-30", "2024-04-30", "day"),
    ("de", "Die Preise stiegen im März.", "März", "2024-03-01", "2024-03-31", "month"),
    ("de", "Im vergangenen Jahr stieg die Miete.", "vergangenen Jahr", "2023-01-01", "2023-12-31", "year"),
    ("de", "Das Schiff, das 2002 gebaut wurde, sank.", "2002", "2002-01-01", "2002-12-31", "year"),
    ("de", "Ein Haus des 16. Jahrhunderts.", "16. Jahrhunderts", "1501-01-01", "1600-12-31", "century"),
    ("de", "Er ging vor zwei Jahren.", "vor zwei Jahren", "2022-01-01", "2022-12-31", "year"),
    ("de", "Es geht ab 9. August um Altlasten und Geschäfte.", "9. August", "2024-08-09", "2024-08-09", "day"),
    ("de", "Am 7. Oktober verließ er den Rat.", "7. Oktober", "2023-10-07", "2023-10-07", "day"),
    ("fr", "La règle vaut à partir du 1er août.", "1er août", "2024-08-01", "2024-08-01", "day"),
    ("en", "More rain was forecast through Monday.", "Monday", "2024-04-29", "2024-04-29", "day"),
    ("en", "The Gulls host Oakhaven on Tuesday.", "Tuesday", "2024-04-30", "2024-04-30", "day"),
    ("en", "Gulls: Visit Oakhaven on Tuesday.", "Tuesday", "2024-04-30", "2024-04-30", "day"),
    ("en", "The plan will be published on Tuesday.", "Tuesday", "2024-04-30", "2024-04-30", "day"),
    ("en", "The mayor's visit on Tuesday was brief.", "Tuesday", "2024-04-23", "2024-04-23", "day"),
    ("fr", "Le pont a brûlé le 3 mai 2019.", "3 mai 2019", "2019-05-03", "2019-05-03", "day"),
    ("fr", "Le conseil a voté mardi 23 avril.", "mardi 23 avril", "2024-04-23", "2024-04-23", "day"),
    ("fr", "Il a démissionné lundi dernier.", "lundi", "2024-04-22", "2024-04-22", "day"),
    ("fr", "Un moulin du XIXe siècle.", "XIXe siècle", "1801-01-01", "1900-12-31", "century"),
    ("es", "El puente ardió el 3 de mayo de 2019.", "3 de mayo de 2019", "2019-05-03", "2019-05-03", "day"),
    ("de", "Für den morgigen Samstag ist alles bereit.", "Samstag", "2024-04-27", "2024-04-27", "day"),
    ("de", "Der Rat berät am Dienstag.", "Dienstag", "2024-04-30", "2024-04-30", "day"),
    ("nl", "De raad debatteert dinsdag.", "dinsdag", "2024-04-30", "2024-04-30", "day"),
    ("en", "The inquest continues on Tuesday.", "Tuesday", "2024-04-30", "2024-04-30", "day"),
    ("fr", "L'arrêt sera mis en délibéré au 11 décembre.", "11 décembre", "2024-12-11", "2024-12-11", "day"),
    (
        "it",
        "La legge sarà votata il 3 settembre.",
        "3 settembre",
        "2024-09-03",
        "2024-09-03",
        "day",
    ),
    ("en", "The review has it: Marle J Med. 2014 Oct 1;174.", "2014 Oct 1", "2014-10-01", "2014-10-01", "day"),
    ("en", "The storm should ease by Tuesday.", "Tuesday", "2024-04-30", "2024-04-30", "day"),
    ("fr", "Un hommage sera rendu lundi.", "lundi", "2024-04-29", "2024-04-29", "day"),
    ("fr", "Le front a reculé lundi.", "lundi", "2024-04-22", "2024-04-22", "day"),
    ("es", "La votación será el martes.", "martes", "2024-04-30", "2024-04-30", "day"),
    ("it", "Lunedì contro l'Oakhaven dobbiamo reagire.", "Lunedì", "2024-04-29", "2024-04-29", "day"),
    ("pt", "A votação será na segunda-feira.", "segunda-feira", "2024-04-29", "2024-04-29", "day"),
    ("pt", "A ponte fechou há duas semanas.", "há duas semanas", "2024-04-08", "2024-04-14", "week"),
    ("nl", "De brug brandde één week geleden.", "één week geleden", "2024-04-15", "2024-04-21", "week"),
    ("en", "Demand is forecast to hit a high on Tuesday.", "Tuesday", "2024-04-30", "2024-04-30", "day"),
    ("es", "El alcalde dimitió el martes.", "martes", "2024-04-23", "2024-04-23", "day"),
    ("es", "Subieron el año pasado.", "el año pasado", "2023-01-01", "2023-12-31", "year"),
    ("it", "Il ponte bruciò il 3 maggio 2019.", "3 maggio 2019", "2019-05-03", "2019-05-03", "day"),
    ("it", "È bruciato ieri.", "ieri", "2024-04-25", "2024-04-25", "day"),
    ("pt", "A ponte ardeu em 3 de maio de 2019.", "3 de maio de 2019", "2019-05-03", "2019-05-03", "day"),
    ("nl", "De brug brandde op 3 mei 2019 af.", "3 mei 2019", "2019-05-03", "2019-05-03", "day"),
    ("nl", "Vorig jaar brandde de brug.", "Vorig jaar", "2023-01-01", "2023-12-31", "year"),
]

NOT_FOUND = [
    "Some 2000 people came.",
    "The flat costs $2019 a month.",
    "She drives a Kestrel 2019.",
    "Call 2019-1234.",
    "They won 20-19.",
    "Theresa May and April Roe marched on.",
    "It may rain, and we march on.",
    "The Sunday Times and Monday Night Football are on.",
    "Black Friday and Good Friday are near.",
    "He is there every Tuesday, and on Tuesdays she is, too.",
    "The pupils of today are the voters of tomorrow.",
    "A 1500-metre race and 1,999 boats.",
    "Sheffield Wednesday lost.",
    "He told Oakhaven Today that he had left.",
    "It was due by 1700 GMT, and late from 1930 hours.",
]

OPEN = [
    ("It happened on 3/4/2019.", "3/4/2019", "day"),
    ("Rents are too high today.", "today", "day"),
    ("The hall in July, a big one.", "July", "month"),
    ("The cup, a draw on 20 September.", "20 September", "day"),
    ("I will never forget that Saturday.", "Saturday", "day"),
]


@pytest.mark.parametrize(("language", "text", "expected"), [(row[0], row[1], row[2:]) for row in FOUND])
def test_dates_are_found_and_resolved(language: str, text: str, expected: tuple[str, str, str, str]) -> None:
    (found,) = find_dates(text, language, PUBLISHED)
    assert (found.text, str(found.interval_start), str(found.interval_end), found.precision) == expected
    assert text[found.start : found.end] == found.text


@pytest.mark.parametrize("text", NOT_FOUND)
def test_other_words_are_not_dates(text: str) -> None:
    assert [found.text for found in find_dates(text, "en", PUBLISHED)] == []


@pytest.mark.parametrize(("text", "words", "precision"), OPEN)
def test_what_does_not_decide_stays_open(text: str, words: str, precision: str) -> None:
    (found,) = find_dates(text, "en", PUBLISHED)
    assert (found.text, found.interval_start, found.interval_end, found.precision) == (words, None, None, precision)


def test_without_a_date_of_publication_relative_dates_stay_open() -> None:
    found = find_dates("It burnt on Tuesday, May 3, and in June 2019, two years ago and yesterday.", "en", None)
    assert [(item.text, item.relation, item.interval_start is None) for item in found] == [
        ("Tuesday, May 3", "relative", True),
        ("June 2019", "absolute", False),
        ("two years ago", "relative", True),
        ("yesterday", "relative", True),
    ]


def test_a_day_named_with_its_year_once_keeps_it() -> None:
    found = find_dates("The mail of 2 February 2019 was lost. The mail of 2 February was found.", "en", PUBLISHED)
    assert {item.interval_start for item in found} == {datetime.date(2019, 2, 2)}


def test_the_first_day_of_a_stretch_has_the_year_of_its_last() -> None:
    found = find_dates(
        "It ran from 29 September to 1 October 2006, and from December 30 - January 2, 2015.", "en", PUBLISHED
    )
    days = [
        datetime.date(2006, 9, 29),
        datetime.date(2006, 10, 1),
        datetime.date(2014, 12, 30),
        datetime.date(2015, 1, 2),
    ]
    assert [item.interval_start for item in found] == days


def test_a_sentence_about_another_year_gives_it_or_leaves_it_open() -> None:
    first, second = find_dates("In 1910, on October 5, it burnt.", "en", PUBLISHED)
    assert (first.precision, second.interval_start) == ("year", datetime.date(1910, 10, 5))
    _, open_one = find_dates("It opened in 1910 and closed in May.", "en", PUBLISHED)
    assert open_one.interval_start is None


def test_a_list_of_days_goes_on_from_its_first() -> None:
    found = find_dates("They will play on July 2 in Marle; Aug. 4 -- Oakhaven; Oct. 3 -- Norland", "en", PUBLISHED)
    assert [str(item.interval_start) for item in found] == ["2024-07-02", "2024-08-04", "2024-10-03"]


def test_an_article_gets_its_dates_counted_from_the_publishers_day() -> None:
    article = make_article(
        text="It burnt yesterday.",
        date_published=datetime.datetime(2024, 4, 25, 23, tzinfo=datetime.UTC),
        published_date=PUBLISHED,
    )
    made = add_dates(article)
    assert [item.interval_start for item in made.dates_mentioned] == [datetime.date(2024, 4, 25)]
    assert made.date_model == MODEL


@pytest.mark.parametrize(("language", "reason"), [(None, "dates.language_unknown"), ("ja", "dates.no_language")])
def test_a_language_without_rules_is_named(language: str | None, reason: str) -> None:
    made = add_dates(make_article(in_language=language))
    assert made.not_run[-1] == reason
    assert made.dates_mentioned == () and made.date_model is None


def test_a_long_text_is_cut_and_dates_are_bounded() -> None:
    made = add_dates(make_article(text="It was in 2019. " * 20_000))
    assert len(made.dates_mentioned) == MAX_DATES
    assert made.not_run[-1] == "dates.text_too_long"


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            "May 3 2019 - , to and . on Monday last year ago two days İ 31 Feb '90 s 1990s Q1 / (".split(" ")
        ),
        max_size=20,
    ).map(" ".join),
    st.sampled_from(LANGUAGES),
    st.sampled_from((PUBLISHED, datetime.date(1, 1, 1), datetime.date(9999, 12, 31), None)),
)
def test_any_text_gives_dates_in_order(text: str, language: str, published: datetime.date | None) -> None:
    before = 0
    for found in find_dates(text, language, published):
        assert text[found.start : found.end] == found.text
        assert before <= found.start < found.end
        assert (found.interval_start is None) == (found.interval_end is None)
        if found.interval_start and found.interval_end:
            assert found.interval_start <= found.interval_end
        before = found.end


@pytest.mark.parametrize(
    "piece",
    ["May 3 ", "3 ", "2019 ", "Monday ", "1-2-", "may ", "two days ", "3 and ", "will ", "last ", "1990"],
)
def test_hostile_texts_are_read_in_linear_time(piece: str) -> None:
    def seconds(count: int) -> float:
        start = time.thread_time()
        find_dates(piece * count, "en", PUBLISHED)
        return time.thread_time() - start

    seconds(100)
    short, long = (min(seconds(count) for _ in range(3)) for count in (2_000, 8_000))
    assert long < 12 * short + 0.05
