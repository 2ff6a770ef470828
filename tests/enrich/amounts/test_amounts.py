"""Amounts in invented sentences."""

import dataclasses
import json
import time
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.samples import make_article
from transforms.enrich.amounts.annotate import MODEL, add_amounts
from transforms.enrich.amounts.figures import read_number
from transforms.enrich.amounts.find import MAX_AMOUNTS, find_amounts
from transforms.enrich.amounts.names import LANGUAGES, load_words

FOUND = [
    # language, domain, sentence, what is expected: (text, value, end of range, currency or unit)
    ("en", None, "The harbour cost $14.8 trillion.", ("$14.8 trillion", 14.8e12, None, "USD")),
    ("en", None, "A bridge for €3bn is planned.", ("€3bn", 3e9, None, "EUR")),
    ("en", None, "She was fined £1.2m by the court.", ("£1.2m", 1.2e6, None, "GBP")),
    ("en", None, "The ticket costs Dh50 in Dubai.", ("Dh50", 50, None, "AED")),
    ("en", None, "It costs 50p each, and in pence.", ("50p", 0.5, None, "GBP")),
    ("en", None, "Farmers got 500 cedis a bag.", ("500 cedis", 500, None, "GHS")),
    ("en", None, "The house in South Africa sold for R120 000.", ("R120 000", 120_000, None, "ZAR")),
    ("en", None, "India will lend 3 crore rupees.", ("3 crore rupees", 3e7, None, "INR")),
    ("en", None, "The board of Oakhaven paid Rs 5 lakh in Pakistan.", ("Rs 5 lakh", 5e5, None, "PKR")),
    ("en", None, "Dinner cost NT$900 each.", ("NT$900", 900, None, "TWD")),
    ("en", None, "The union asked for A$3.3 million.", ("A$3.3 million", 3.3e6, None, "AUD")),
    ("en", None, "They paid NZ $ 26 million.", ("NZ $ 26 million", 2.6e7, None, "NZD")),
    ("en", None, "He won a million dollars.", ("a million dollars", 1e6, None, "USD")),
    ("en", None, "They gave half a million euros.", ("half a million euros", 5e5, None, "EUR")),
    ("en", None, "Two and a half million pounds was lost.", ("Two and a half million pounds", 2.5e6, None, "GBP")),
    ("en", None, "A bun costs 50 cents.", ("50 cents", 0.5, None, "USD")),
    ("en", None, "The toll is 5 million Kenyan shillings.", ("5 million Kenyan shillings", 5e6, None, "KES")),
    ("en", None, "They paid N1.2 billion.", ("N1.2 billion", 1.2e9, None, "NGN")),
    ("en", None, "Oil workers earn 20,000 naira.", ("20,000 naira", 20_000, None, "NGN")),
    ("en", None, "It rose to CHF 1,500 a night.", ("CHF 1,500", 1500, None, "CHF")),
    ("en", None, "Between $3m and $5m is missing.", ("$3m and $5m", 3e6, 5e6, "USD")),
    ("en", None, "It will cost $3-5 million.", ("$3-5 million", 3e6, 5e6, "USD")),
    ("en", None, "Rooms are $39-$54 a night.", ("$39-$54", 39, 54, "USD")),
    ("en", None, "They owe $500 to $1 million.", ("$500 to $1 million", 500, 1e6, "USD")),
    ("en", None, "Rents rose 3 percent.", ("3 percent", 3, None, "percent")),
    ("en", None, "Rents rose 3.5 per cent.", ("3.5 per cent", 3.5, None, "percent")),
    ("en", None, "Support fell by 2 percentage points.", ("2 percentage points", 2, None, "percentage_point")),
    ("en", None, "The bank added 25 basis points.", ("25 basis points", 25, None, "basis_point")),
    ("en", None, "Between 10 and 15% stayed away.", ("10 and 15%", 10, 15, "percent")),
    ("en", None, "Some 10-15 percent left.", ("10-15 percent", 10, 15, "percent")),
    ("en", None, "Seventy-eight percent agreed.", ("Seventy-eight percent", 78, None, "percent")),
    ("en", None, "Half a percent was lost.", ("Half a percent", 0.5, None, "percent")),
    ("en", None, "The trail is 12 km long.", ("12 km", 12, None, "kilometer")),
    ("en", None, "They shipped 3 million tonnes of rice.", ("3 million tonnes", 3e6, None, "metric_ton")),
    ("en", None, "The fire burnt 40 hectares.", ("40 hectares", 40, None, "hectare")),
    ("en", None, "A 500MW plant will open.", ("500MW", 500, None, "megawatt")),
    ("en", None, "They pump 2 million barrels a day.", ("2 million barrels", 2e6, None, "oil_barrel")),
    ("en", None, "A 6-foot-6 keeper stood there.", ("6-foot-6", 6.5, None, "foot")),
    ("en", None, "It was 30°C in the shade.", ("30°C", 30, None, "degree_Celsius")),
    ("en", None, "It was -5°C at night.", ("-5°C", -5, None, "degree_Celsius")),
    ("en", "harbour.example.co.uk", "Raise the load by 5 pounds.", ("5 pounds", 5, None, "pound")),
    ("en", None, "The man weighs 200 pounds.", ("200 pounds", 200, None, "pound")),
    ("en", None, "The flat has 1,500 sq. ft. of floor.", ("1,500 sq. ft.", 1500, None, "square_foot")),
    ("en", None, "A park of 5 square kilometres opens.", ("5 square kilometres", 5, None, "kilometer ** 2")),
    ("en", None, "Add 1 1/2 cups of flour.", ("1 1/2 cups", 1.5, None, "cup")),
    ("en", "harbour.example.co.za", "The rent is R5500 a month.", ("R5500", 5500, None, "ZAR")),
    ("en", "harbour.example.com.au", "Sydney, Australia, paid $5m.", ("$5m", 5e6, None, "AUD")),
    ("en", None, "Shares lost .5 percent.", (".5 percent", 0.5, None, "percent")),
    ("en", None, "A 5-to-7 percent rise is due.", ("5-to-7 percent", 5, 7, "percent")),
    ("en", None, "They spent 500 zł in Warsaw.", ("500 zł", 500, None, "PLN")),
    (
        "en",
        None,
        "It cost one hundred and fifty thousand dollars.",
        ("one hundred and fifty thousand dollars", 150_000, None, "USD"),
    ),
    ("en", "harbour.example.co.uk", "A bun costs 50p.", ("50p", 0.5, None, "GBP")),
    ("en", "harbour.example.co.uk", "The payout is 240p a share.", ("240p", 2.4, None, "GBP")),
    ("en", None, "The aid came to 500 million meticais.", ("500 million meticais", 5e8, None, "MZN")),
    ("en", None, "Czech police found 900 crowns.", ("900 crowns", 900, None, "CZK")),
    ("en", None, "It rained 2.1 millimetres.", ("2.1 millimetres", 2.1, None, "millimeter")),
    ("en", None, "The heat reached 31C in Oakhaven.", ("31C", 31, None, "degree_Celsius")),
    ("en", None, "It was 88F at noon, in great heat.", ("88F", 88, None, "degree_Fahrenheit")),
    ("en", None, "They climb above -60 C by noon.", ("-60 C", -60, None, "degree_Celsius")),
    ("en", None, "It is minus 18C on the ice.", ("minus 18C", -18, None, "degree_Celsius")),
    ("en", None, "The mean is plus or minus 3 percent.", ("3 percent", 3, None, "percent")),
    ("de", None, "Er kostet von 3,1 bis 3,3 Mrd. Euro.", ("3,1 bis 3,3 Mrd. Euro", 3.1e9, 3.3e9, "EUR")),
    ("de", None, "Es waren minus 12 Grad Celsius.", ("minus 12 Grad Celsius", -12, None, "degree_Celsius")),
    ("es", None, "Pagó $500 pesos en México.", ("$500 pesos", 500, None, "MXN")),
    ("es", None, "Entre el 5 y el 10 % no votó.", ("5 y el 10 %", 5, 10, "percent")),
    ("fr", None, "Le parc coûte 2,5 M€.", ("2,5 M€", 2.5e6, None, "EUR")),
    ("de", None, "Das kostet 5.000 Euro.", ("5.000 Euro", 5000, None, "EUR")),
    ("de", None, "Das sind 3,2 Milliarden Dollar.", ("3,2 Milliarden Dollar", 3.2e9, None, "USD")),
    ("de", None, "Es sind 12 Mio. Franken.", ("12 Mio. Franken", 1.2e7, None, "CHF")),
    ("de", None, "Die Miete stieg um 1,5 Prozent.", ("1,5 Prozent", 1.5, None, "percent")),
    ("de", None, "Er verlor zwei Prozentpunkte.", ("zwei Prozentpunkte", 2, None, "percentage_point")),
    ("fr", None, "Le pont coûte 1 234,50 euros.", ("1 234,50 euros", 1234.5, None, "EUR")),
    ("fr", None, "Il faut 1,5 million d'euros.", ("1,5 million d'euros", 1.5e6, None, "EUR")),
    ("es", None, "Cuesta 2 mil millones de dólares.", ("2 mil millones de dólares", 2e9, None, "USD")),
    ("es", None, "Pagó 3 millones de pesos mexicanos.", ("3 millones de pesos mexicanos", 3e6, None, "MXN")),
    ("it", None, "Costa 1,2 miliardi di euro.", ("1,2 miliardi di euro", 1.2e9, None, "EUR")),
    ("pt", None, "Custa 3 bilhões de reais.", ("3 bilhões de reais", 3e9, None, "BRL")),
    ("nl", None, "Het kost 2,5 miljoen euro.", ("2,5 miljoen euro", 2.5e6, None, "EUR")),
]

NOT_FOUND = [
    "Call 555-1234 or (020) 7946 0958.",
    "Oakhaven won 3-2 after leading 2-0.",
    "The 2019 season began in May 2018.",
    "Version 2.5.1 runs on the Kestrel 11 Pro.",
    "She lives at 221 Baker Street, Oakhaven 70454.",
    "COVID-19 spread to 5 million people in 3 weeks.",
    "A 5G phone plays 1080p video at 60fps in 4K.",
    "He is 32 and has three sons.",
    "The R24 and the N1 were closed, and so was the A5.",
    "They were 10 times as many at 10:30.",
    "ALL 50 members met at COP 26.",
    "3 won and 5 lost.",
    "Sweden's team won 3 crowns.",
    "Shares passed the 10,000 mark.",
    "They asked 10,000 real people.",
    "The TL2010Q sews well.",
    "The Kestrel R6700 router is out.",
    "SDG 11 is about cities.",
    "He left seat 14C for 22F.",
    "Of the cold rooms 5 C and 6 F are free.",
    "Section 3C of the act is about heat.",
    "50 Cent sang, and the film is in 720p.",
    "It was the best of 2022 and the worst of 2023.",
    "That was 3170 W. County Road.",
]

ABOUT = [
    ("The bank gave a $3bn loan to the town.", "loan"),
    ("The judge set a fine of $500.", "fine"),
    ("He wants $3bn in damages.", "damages"),
    ("A profit before tax of $3bn.", "profit before tax"),
    ("He paid the $20 reportedly demanded.", None),
    ("A 3 percent rise in prices followed.", "rise in prices"),
    ("They sold 40 tonnes of rice.", "rice"),
    ("It cost $3bn in March.", None),
    ("He stood 3 feet of a wall away.", None),
    ("It cost $3bn.", None),
    ("Half of them lost $500 and went home.", None),
]

QUALIFIERS = [
    ("It cost about $5.", "about"),
    ("It cost just under $5.", "nearly"),
    ("It cost more than $5.", "more than"),
    ("It cost at least $5.", "at least"),
    ("It cost $5 or more.", "at least"),
    ("It cost $5+.", "at least"),
    ("It cost less than $5.", "less than"),
    ("It cost up to $5.", "up to"),
    ("A row over $5.", None),
    ("It is less than the $5 that it cost.", None),
    ("It cost $5 plus tax.", None),
    ("It cost $5 plus.", "at least"),
    ("The reef lies over 6 acres.", None),
    ("It cost $5.", None),
]

GERMAN_QUALIFIERS = [
    ("Es kostet über 500 Euro.", "more than"),
    ("Ein Kredit über 500 Euro.", None),
]

BASES = [
    ("It cost US$5.", None, "USD", "stated"),
    ("It cost $5.", None, "USD", "default"),
    ("It cost $5 in Canada.", "paper.example.ca", "CAD", "publisher"),
    ("It cost $5 in New York.", "paper.example.ca", "USD", "default"),
    ("It cost $5.", "paper.example.co", "USD", "default"),
    ("Uganda paid 300 shillings.", None, "UGX", "text"),
    ("They paid 300 pesos.", None, None, None),
    ("It cost £5, as in the Falkland Islands.", None, "GBP", "default"),
    ("It gave South Sudan £5 million.", None, "GBP", "default"),
    ("It cost ¥500 in Japan.", None, "JPY", "text"),
]


@pytest.mark.parametrize(("language", "domain", "text", "expected"), FOUND)
def test_amounts_are_found(
    language: str, domain: str | None, text: str, expected: tuple[str, float, float | None, str]
) -> None:
    (amount,) = find_amounts(text, language, domain=domain)
    assert (amount.text, amount.value, amount.max_value, amount.currency or amount.unit) == expected
    assert text[amount.start : amount.end] == amount.text


@pytest.mark.parametrize("text", NOT_FOUND)
def test_other_numbers_are_not_amounts(text: str) -> None:
    assert find_amounts(text, "en") == ()


@pytest.mark.parametrize(("text", "about"), ABOUT)
def test_what_an_amount_is_about(text: str, about: str | None) -> None:
    (amount,) = find_amounts(text, "en")
    assert amount.about == about
    if about is not None:
        assert text[amount.about_start : amount.about_end] == about


@pytest.mark.parametrize(("text", "qualifier"), QUALIFIERS)
def test_how_exact_an_amount_is(text: str, qualifier: str | None) -> None:
    (amount,) = find_amounts(text, "en")
    assert amount.qualifier == qualifier


@pytest.mark.parametrize(("text", "qualifier"), GERMAN_QUALIFIERS)
def test_how_exact_a_german_amount_is(text: str, qualifier: str | None) -> None:
    (amount,) = find_amounts(text, "de")
    assert amount.qualifier == qualifier


@pytest.mark.parametrize(("text", "domain", "currency", "basis"), BASES)
def test_what_decides_a_currency(text: str, domain: str | None, currency: str | None, basis: str | None) -> None:
    (amount,) = find_amounts(text, "en", domain=domain)
    assert (amount.currency, amount.currency_basis) == (currency, basis)


def test_a_year_before_an_amount_is_not_the_end_of_a_range() -> None:
    found = find_amounts("It rose from €2.2 million in 2023 to €3.6 million in 2024.", "en")
    assert [(amount.value, amount.max_value) for amount in found] == [(2.2e6, None), (3.6e6, None)]
    found = find_amounts("It rose from 3,100 tonnes in 2022 to 4,500 tonnes.", "en")
    assert [(amount.value, amount.max_value) for amount in found] == [(3100, None), (4500, None)]


def test_a_change_is_two_amounts_and_not_a_range() -> None:
    german = find_amounts("Die Miete stieg von 0,4 auf 0,9 Prozent.", "de")
    assert [(amount.value, amount.max_value) for amount in german] == [(0.4, None), (0.9, None)]
    found = find_amounts("Rents rose from $500 to $600, or from 10 to 15 percent.", "en")
    assert [(amount.value, amount.max_value) for amount in found] == [(500, None), (600, None), (10, None), (15, None)]


@pytest.mark.parametrize(
    ("digits", "language", "value"),
    [
        ("1,234.5", "en", 1234.5),
        ("1.234,5", "de", 1234.5),
        ("1.5", "de", 1.5),
        ("1,5", "fr", 1.5),
        ("1'234.50", "de", 1234.5),
        ("12,34,567", "en", 1234567),
        ("120 000", "en", 120000),
        ("1.2.3", "en", None),
        ("1,2,3", "en", None),
    ],
)
def test_numbers_are_read_as_their_language_writes_them(digits: str, language: str, value: float | None) -> None:
    found = read_number(digits, language)
    assert (found and found[0]) == value


def test_an_article_gets_its_amounts() -> None:
    article = make_article(text="The bridge cost $5m.", in_language="en")
    made = add_amounts(article)
    assert [amount.text for amount in made.amounts] == ["$5m"]
    assert made.amount_model == MODEL


@pytest.mark.parametrize(("language", "reason"), [(None, "amounts.language_unknown"), ("ja", "amounts.no_language")])
def test_a_language_without_rules_is_named(language: str | None, reason: str) -> None:
    made = add_amounts(make_article(text="5 %", in_language=language))
    assert made.not_run[-1] == reason
    assert made.amounts == () and made.amount_model is None


def test_a_long_text_is_cut_and_amounts_are_bounded() -> None:
    article = make_article(text="It cost $5. " * 30_000, in_language="en")
    made = add_amounts(article)
    assert len(made.amounts) == MAX_AMOUNTS
    assert made.not_run[-1] == "amounts.text_too_long"


@settings(max_examples=200, deadline=None)
@given(
    st.text(st.sampled_from("$€£R 0123456789.,-–%kKmMbn'\nİab½/"), max_size=60),
    st.sampled_from(LANGUAGES),
)
def test_offsets_are_those_of_the_text(text: str, language: str) -> None:
    before = 0
    for amount in find_amounts(text, language):
        assert text[amount.start : amount.end] == amount.text
        assert before <= amount.start < amount.end
        before = amount.end


@pytest.mark.parametrize(
    "piece", ["$5 ", "5-", "1 000 ", "one hundred and ", "$3 to ", "5 million ", "1/2 ", "1,", "$ "]
)
def test_hostile_texts_are_read_in_linear_time(piece: str) -> None:
    def seconds(count: int) -> float:
        start = time.thread_time()
        find_amounts(piece * count, "en")
        return time.thread_time() - start

    seconds(100)
    short, long = (min(seconds(count) for _ in range(3)) for count in (2_000, 8_000))
    assert long < 12 * short + 0.05


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_each_language_load(language: str) -> None:
    words = load_words(language)
    assert words.behind and words.countries and words.numbers


def test_stored_names_say_where_they_are_from() -> None:
    for name in ("currencies.json", "units.json"):
        stored = json.loads(files("transforms.enrich.amounts").joinpath(name).read_text(encoding="utf-8"))
        assert "CLDR" in stored["source"]


def test_an_amount_is_a_record() -> None:
    (amount,) = find_amounts("It cost $5.", "en")
    assert dataclasses.replace(amount, value=6.0).value == 6
