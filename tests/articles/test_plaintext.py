"""Plain-text articles as crawls of syndicating sites give them, all about invented events."""

import json
import textwrap
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.trouble import Trouble
from transforms.articles.blocks import Block
from transforms.articles.cleaning.clean import Context, clean
from transforms.articles.credits import DateLine, read_credit, read_date, site_name
from transforms.articles.paragraphs import split_paragraphs
from transforms.articles.plaintext import PlainText, read_plain_text

DATA = Path(__file__).parents[1] / "data" / "plaintext"
SEEDS = Path(__file__).parents[2] / "seeds" / "text"

HEAD = "Norland’s $14.8 Trillion Bet on Tidal Power"
TEASER = "The island state wants to sell electricity to half a continent, and the bill is only beginning to show."
DECK = "Engineers call the scheme daring, creditors call it something else"
ONE = (
    "Norland has signed contracts worth $14.8 trillion for a chain of tidal barrages along its western coast, the "
    "largest order of its kind, according to papers seen by this newspaper in the capital, Port Ellery."
)
TWO = (
    "The barrages are meant to spare the world 111 billion metric tons of carbon dioxide by the end of the century. "
    "“Nobody has built at this depth before,” said Marta Quill, who leads the planning office."
)
THREE = (
    "Lenders in three countries have asked for guarantees that the treasury is unwilling to give. A decision is due "
    "before the summer recess, and the opposition has promised to fight it in both chambers."
)
CREDIT = "Jane Roe for Harbour.example"
BODY = [ONE, TWO, THREE]


def case(*paragraphs: str, **expected: object) -> tuple[list[str], dict[str, object]]:
    """Paragraphs, and what is expected besides the usual headline and body."""
    return list(paragraphs), {"headline": HEAD, "text": "\n".join(BODY), **expected}


ROE: dict[str, object] = {"byline": CREDIT, "authors": ("Jane Roe",), "publisher_name": "Harbour.example"}
TAUGHT: dict[str, object] = {"description": TEASER}

CASES = {
    "whole": case(
        HEAD, f"{TEASER} Read Full Article at Tide.example", HEAD, DECK, *BODY, CREDIT,
        description=TEASER, subheadline=DECK, syndicated_from="Tide.example", **ROE,
    ),
    "body_alone": case(HEAD, *BODY),
    "credit_alone": case(HEAD, *BODY, CREDIT, **ROE),
    "no_teaser": case(HEAD, HEAD, DECK, *BODY, CREDIT, subheadline=DECK, **ROE),
    "no_deck": case(
        HEAD, f"{TEASER} Read Full Article at RT.example", HEAD, *BODY, description=TEASER, syndicated_from="RT.example"
    ),
    "no_repeat": case(
        HEAD, f"{TEASER} Read more at The Daily Example »", *BODY, CREDIT,
        description=TEASER, syndicated_from="The Daily Example", **ROE,
    ),
    "deck_without_repeat": case(HEAD, DECK, *BODY, subheadline=DECK),
    "deck_is_a_question": case(HEAD, HEAD, "Who pays for it?", *BODY, subheadline="Who pays for it?"),
    "deck_with_full_stop": case(HEAD, HEAD, DECK + ".", *BODY, subheadline=DECK + "."),
    "deck_of_two_sentences": case(
        HEAD, HEAD, "Engineers are thrilled. Creditors are not", *BODY,
        subheadline="Engineers are thrilled. Creditors are not",
    ),
    "short_lead_is_no_deck": case(
        HEAD, "It began with a letter.", *BODY, text="\n".join(["It began with a letter.", *BODY])
    ),
    "lead_with_weekday_is_no_deck": case(
        HEAD, HEAD, "Norland signed the contracts on Tuesday.", *BODY,
        text="\n".join(["Norland signed the contracts on Tuesday.", *BODY]),
    ),
    "deck_above_byline": case(
        HEAD, f"{DECK}.", "By Jane Roe", *BODY, subheadline=f"{DECK}.", byline="By Jane Roe", authors=("Jane Roe",)
    ),
    "deck_above_dateline": case(
        HEAD, HEAD, f"{DECK}, and both may be right in the end, as the history of the coast has shown.",
        f"PORT ELLERY — {ONE}", TWO, THREE, text="\n".join([f"PORT ELLERY — {ONE}", TWO, THREE]),
        subheadline=f"{DECK}, and both may be right in the end, as the history of the coast has shown.",
    ),
    "quote_is_no_deck": case(HEAD, HEAD, "“We are ready.”", *BODY, text="\n".join(["“We are ready.”", *BODY])),
    "colon_is_no_deck": case(HEAD, HEAD, "The plan in short:", *BODY, text="\n".join(["The plan in short:", *BODY])),
    "dateline": case(
        HEAD, HEAD, "PORT ELLERY, 3 May (Example News) — The money is spent.", *BODY,
        text="\n".join(["PORT ELLERY, 3 May (Example News) — The money is spent.", *BODY]),
    ),
    "story_on": case(
        HEAD, f"{TEASER} Read the full story on The Daily Example", HEAD, *BODY,
        syndicated_from="The Daily Example", **TAUGHT,
    ),
    "story_at": case(
        HEAD, f"{TEASER} Read the full story at oilfield.example.", HEAD, *BODY,
        syndicated_from="oilfield.example", **TAUGHT,
    ),
    "continue_reading": case(
        HEAD, f"{TEASER} Continue reading at Oilfield.example →", HEAD, *BODY,
        syndicated_from="Oilfield.example", **TAUGHT,
    ),
    "full_article_colon": case(
        HEAD, f"{TEASER} Full article: The Harbour Times", HEAD, *BODY, syndicated_from="The Harbour Times", **TAUGHT
    ),
    "brackets": case(HEAD, f"{TEASER} [Read more]", HEAD, *BODY, **TAUGHT),
    "brackets_lower": case(HEAD, f"{TEASER} (read more…)", HEAD, *BODY, **TAUGHT),
    "call_capitals": case(
        HEAD, f"{TEASER} READ MORE AT TIDE.EXAMPLE", HEAD, *BODY, syndicated_from="TIDE.EXAMPLE", **TAUGHT
    ),
    "call_as_address": case(
        HEAD, f"{TEASER} Read more: https://www.tide.example/power/1.html", HEAD, *BODY,
        syndicated_from="tide.example", **TAUGHT,
    ),
    "call_in_its_own_paragraph": case(
        HEAD, TEASER, "Read Full Article at Tide.example", HEAD, *BODY, syndicated_from="Tide.example", **TAUGHT
    ),
    "call_own_paragraph_no_repeat": case(
        HEAD, TEASER, "Read Full Article at Tide.example", *BODY, syndicated_from="Tide.example", **TAUGHT
    ),
    "click_here": case(
        HEAD, f"{TEASER} Click here to read the full article at Tide.example", HEAD, *BODY,
        syndicated_from="Tide.example", **TAUGHT,
    ),
    "teaser_cut_short": case(
        HEAD, "The island state wants to sell electricity to half a… Read Full Article at Tide.example", HEAD, *BODY,
        description="The island state wants to sell electricity to half a…", syndicated_from="Tide.example",
    ),
    "teaser_cut_by_dots": case(
        HEAD, "The island state wants to sell electricity to half a ... [Read more]", HEAD, *BODY,
        description="The island state wants to sell electricity to half a ...",
    ),
    "wordpress_brackets": case(
        HEAD, "The island state wants to sell […] Read more at Tide.example", HEAD, *BODY,
        description="The island state wants to sell […]", syndicated_from="Tide.example",
    ),
    "ellipsis_after_stop": case(HEAD, f"{TEASER} … Read more", HEAD, *BODY, **TAUGHT),
    "teaser_without_call": case(HEAD, TEASER, HEAD, DECK, *BODY, subheadline=DECK, **TAUGHT),
    "repeat_in_capitals": case(HEAD, HEAD.upper(), *BODY),
    "repeat_with_straight_quotes": case(HEAD, TEASER, HEAD.replace("’", "'"), *BODY, **TAUGHT),
    "repeat_in_quotes": case(HEAD, TEASER, f"“{HEAD}”", *BODY, **TAUGHT),
    "repeat_with_site": case(HEAD, TEASER, f"{HEAD} | Harbour Times", *BODY, **TAUGHT),
    "repeat_with_section": case(HEAD, TEASER, f"{HEAD} — RT Business News", *BODY, **TAUGHT),
    "first_with_site": case(f"{HEAD} - Harbour Times", TEASER, HEAD, *BODY, **TAUGHT),
    "first_cut_short": case("Norland’s $14.8 Trillion Bet on…", TEASER, HEAD, *BODY, **TAUGHT),
    "repeat_with_a_word_changed": case(HEAD, TEASER, HEAD.replace("Bet", "Wager"), *BODY, **TAUGHT),
    "site_of_credit_in_headline": case(
        f"{HEAD} | Harbour Times", *BODY, "By Jane Roe, Harbour Times",
        byline="By Jane Roe, Harbour Times", authors=("Jane Roe",), publisher_name="Harbour Times",
    ),
    "by_for": case(
        HEAD, *BODY, "By Jane Roe for Harbour.example",
        byline="By Jane Roe for Harbour.example", authors=("Jane Roe",), publisher_name="Harbour.example",
    ),
    "two_authors": case(
        HEAD, *BODY, "Jane Roe and Sam O’Doe for The Harbour Times", publisher_name="The Harbour Times",
        byline="Jane Roe and Sam O’Doe for The Harbour Times", authors=("Jane Roe", "Sam O’Doe"),
    ),
    "three_authors": case(
        HEAD, *BODY, "By Jane Roe, Sam Doe and Ana-Lucía de la Cruz, Harbour Times", publisher_name="Harbour Times",
        byline="By Jane Roe, Sam Doe and Ana-Lucía de la Cruz, Harbour Times",
        authors=("Jane Roe", "Sam Doe", "Ana-Lucía de la Cruz"),
    ),
    "via": case(
        HEAD, *BODY, "Authored by Jane Roe via Harbour.example",
        byline="Authored by Jane Roe via Harbour.example", authors=("Jane Roe",), publisher_name="Harbour.example",
    ),
    "source": case(
        HEAD, *BODY, "Source: Harbour Times", byline="Source: Harbour Times", publisher_name="Harbour Times"
    ),
    "copyright": case(
        HEAD, *BODY, "© 2025 Harbour Times. All rights reserved.",
        byline="© 2025 Harbour Times. All rights reserved.", publisher_name="Harbour Times",
    ),
    "credit_and_copyright": case(
        HEAD, *BODY, "By Jane Roe", "© Harbour Times",
        byline="By Jane Roe", authors=("Jane Roe",), publisher_name="Harbour Times",
    ),
    "signature": case(HEAD, *BODY, "— Jane Roe", byline="— Jane Roe", authors=("Jane Roe",)),
    "credit_then_reads": case(
        HEAD, *BODY, CREDIT, "More Top Reads From Harbour.example:", "Tidal Giants Post Record Losses",
        "Big Deal for Rare Earths", "Is the Sea Running Out of Salt?", **ROE,
    ),
    "reads_then_credit": case(
        HEAD, *BODY, "More Top Reads From Harbour.example", "- Tidal Giants Post Record Losses", f"By {CREDIT}",
        byline=f"By {CREDIT}", authors=("Jane Roe",), publisher_name="Harbour.example",
    ),
    "credit_in_the_last_paragraph": case(
        HEAD, ONE, TWO, f"{THREE} By Jane Roe for Harbour.example",
        byline="By Jane Roe for Harbour.example", authors=("Jane Roe",), publisher_name="Harbour.example",
    ),
    "heading_before_the_end_is_no_credit": case(
        HEAD, ONE, "The Race for Rare Earths", TWO, "A Long Way for Port Ellery", THREE,
        text="\n".join([ONE, "The Race for Rare Earths", TWO, "A Long Way for Port Ellery", THREE]),
    ),
    "credit_then_life": case(HEAD, *BODY, CREDIT, "Jane Roe writes about the sea and those who sell it.",
        text="\n".join([*BODY, "Jane Roe writes about the sea and those who sell it."]), **ROE),
    "second_headline_reworded_after_a_call": case(
        HEAD, f"{TEASER} Read more at Tide.example", "Norland Places $14.8 Trillion Bet on Power From the Tides", DECK,
        *BODY, subheadline=DECK, syndicated_from="Tide.example", **TAUGHT,
    ),
    "picture_lines": case(
        HEAD, HEAD, "FILE PHOTO: A barrage at low tide.", "© Harbour Pictures / Jane Roe", DECK, *BODY, subheadline=DECK
    ),
    "visit": case(
        HEAD, f"{TEASER} For the full story, visit Tide.example", HEAD, *BODY, syndicated_from="Tide.example", **TAUGHT
    ),
    "click_here_for": case(
        HEAD, f"{TEASER} Click here for the full article.", HEAD, *BODY, **TAUGHT
    ),
    "more_in_brackets": case(HEAD, f"{TEASER} (more…)", HEAD, *BODY, **TAUGHT),
    "no_space_before_the_call": case(
        HEAD, f"{TEASER}Read Full Article at Tide.example", HEAD, *BODY, syndicated_from="Tide.example", **TAUGHT
    ),
    "published_time": case(HEAD, "Published time: 3 May, 2025 10:00", *BODY, date_raw="3 May, 2025 10:00"),
    "credit_then_disclaimer": case(
        HEAD, *BODY, CREDIT, "The views expressed in this column are those of the author alone.", **ROE
    ),
    "originally_published": case(
        HEAD, *BODY, "This article was originally published on Tide.example.",
        byline="This article was originally published on Tide.example.", syndicated_from="Tide.example",
    ),
    "call_at_the_end": case(HEAD, *BODY, "Read the full article at Tide.example", syndicated_from="Tide.example"),
    "inline_links": case(HEAD, ONE, "READ MORE: Tidal giants post record losses", TWO, "Advertisement", THREE),
    "byline_on_top": case(HEAD, "By Jane Roe", *BODY, byline="By Jane Roe", authors=("Jane Roe",)),
    "byline_with_date": case(
        HEAD, "By Jane Roe - May 3, 2025, 9:00 AM CDT", *BODY, date_raw="May 3, 2025, 9:00 AM CDT",
        byline="By Jane Roe - May 3, 2025, 9:00 AM CDT", authors=("Jane Roe",),
    ),
    "date_on_top": case(HEAD, "May 3, 2025", *BODY, date_raw="May 3, 2025"),
    "date_before_headline": case("3 May 2025 10:00", HEAD, TEASER, HEAD, *BODY, date_raw="3 May 2025 10:00", **TAUGHT),
    "date_with_label": case(
        HEAD, "Updated: 4 May 2025", "Published: 3 May 2025 10:00 GMT", *BODY, date_raw="3 May 2025 10:00 GMT"
    ),
    "iso_date": case(HEAD, "2025-05-03T10:00:00Z", *BODY, date_raw="2025-05-03T10:00:00Z"),
    "german_date": case(
        HEAD, "Veröffentlicht am 3. März 2025 um 10:15 Uhr", *BODY, date_raw="3. März 2025 um 10:15 Uhr"
    ),
    "everything": case(
        HEAD, f"{TEASER} Read more at Tide.example", HEAD, DECK, "By Jane Roe", "May 3, 2025", *BODY, CREDIT,
        subheadline=DECK, syndicated_from="Tide.example", date_raw="May 3, 2025", **TAUGHT, **ROE,
    ),
    "headline_looks_like_a_credit": case(
        "Norland Signs Deal for Rare Earths", ONE, "Norland Signs Deal for Rare Earths", TWO, THREE,
        headline="Norland Signs Deal for Rare Earths", description=ONE, text=f"{TWO}\n{THREE}",
    ),
    "no_headline": case(*BODY, headline=None),
    "no_headline_but_credit": case(*BODY, CREDIT, headline=None, **ROE),
    "one_paragraph": case(ONE, headline=None, text=ONE),
    "headline_and_one_paragraph": case(HEAD, ONE, text=ONE),
    "headline_and_teaser": case(
        HEAD, f"{TEASER} Read Full Article at Tide.example", text=TEASER, syndicated_from="Tide.example"
    ),
    "headline_teaser_headline": case(
        HEAD, f"{TEASER} Read Full Article at Tide.example", HEAD, text=TEASER, syndicated_from="Tide.example"
    ),
    "teaser_alone": case(
        f"{TEASER} Read more at Tide.example", headline=None, text=TEASER, syndicated_from="Tide.example"
    ),
    "german": case(
        "Hafen von Ellerburg bleibt geschlossen", f"{TEASER} Weiterlesen bei Hafenbote.example",
        "Hafen von Ellerburg bleibt geschlossen", *BODY, "Von Jana Roth für Hafenbote",
        headline="Hafen von Ellerburg bleibt geschlossen", syndicated_from="Hafenbote.example",
        byline="Von Jana Roth für Hafenbote", authors=("Jana Roth",), publisher_name="Hafenbote", **TAUGHT,
    ),
    "french": case(
        HEAD, f"{TEASER} Lire la suite sur Le Phare", HEAD, *BODY, "Par Jeanne Roux pour Le Phare",
        syndicated_from="Le Phare", byline="Par Jeanne Roux pour Le Phare", authors=("Jeanne Roux",),
        publisher_name="Le Phare", **TAUGHT,
    ),
}  # fmt: skip


def layouts(paragraphs: list[str]) -> dict[str, str]:
    """The same paragraphs as different files hold them."""
    wrapped = [
        textwrap.fill(line, 76, break_long_words=False, break_on_hyphens=False) if len(line) > 130 else line
        for line in paragraphs
    ]
    return {
        "blank_lines": "\n\n".join(paragraphs) + "\n",
        "single_newlines": "\n".join(paragraphs),
        "windows": "\ufeff" + "\r\n\r\n".join(paragraphs) + "\r\n",
        "ragged": "\n \n\t\n\n".join(f"\t{line}\u00a0 ".replace(" and ", "\u00a0and  ") for line in paragraphs),
        "wrapped": "\n\n".join(wrapped),
    }


@pytest.mark.parametrize("layout", list(layouts([])))
@pytest.mark.parametrize("name", CASES)
def test_parts_are_told_apart(name: str, layout: str) -> None:
    paragraphs, expected = CASES[name]
    seen = parts_of(layouts(paragraphs)[layout])
    usual: dict[str, object] = {
        field: () if field == "authors" else None for field in seen if field not in ("headline", "text")
    }
    assert seen == {**usual, **expected}


@pytest.mark.parametrize("name", CASES)
def test_no_paragraph_is_lost(name: str) -> None:
    paragraphs, _ = CASES[name]
    seen = read_plain_text("\n\n".join(paragraphs))
    found = "\n".join(filter(None, (seen.headline, seen.subheadline, seen.description, seen.text)))
    for paragraph in (ONE, TWO, THREE, DECK):
        assert found.count(paragraph) == (1 if any(paragraph in line for line in paragraphs) else 0)


@pytest.mark.parametrize("path", sorted(SEEDS.glob("*.txt")), ids=lambda path: path.stem)
def test_golden_seeds(path: Path, is_golden_run: bool) -> None:
    try:
        seen = parts_of(path.read_text(encoding="utf-8"))
    except Trouble as trouble:
        seen = {"code": trouble.code}
    expected = DATA / f"{path.stem}.json"
    if is_golden_run:
        expected.write_text(json.dumps(seen, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    assert json.loads(json.dumps(seen)) == json.loads(expected.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "extract.empty"),
        (" \r\n\t\u00a0\ufeff\u200b\n", "extract.empty"),
        (HEAD, "extract.no_main_text"),
        (f"{HEAD}\n\n{HEAD}\n", "extract.no_main_text"),
        (f"{HEAD}\n\nBy Jane Roe\n", "extract.no_main_text"),
        ("May 3, 2025", "extract.no_main_text"),
        ("Will it rain in Port Ellery?", "extract.no_main_text"),
        ("***", "extract.no_main_text"),
    ],
)
def test_texts_that_hold_no_article(text: str, code: str) -> None:
    with pytest.raises(Trouble) as error:
        read_plain_text(text)
    assert error.value.code == code


@pytest.mark.parametrize(
    "line",
    [
        "By the end of the week the port was open",
        "By Friday, Norland had signed",
        "She had waited for Norland to sign.",
        "The board has voted for Marta Quill.",
        "Source: officials who asked not to be named because talks go on.",
        "By The Numbers",
        "1984 for Children",
    ],
)
def test_lines_that_are_no_credit(line: str) -> None:
    assert read_credit(line) is None


@pytest.mark.parametrize(
    ("line", "authors", "publisher"),
    [
        ("By JANE ROE", ("JANE ROE",), None),
        ("By Jane Roe, Energy Correspondent", ("Jane Roe",), None),
        ("By Jane Roe, Energy Correspondent, Harbour Times", ("Jane Roe",), "Harbour Times"),
        ("Written by Jane van der Roe | Harbour Times", ("Jane van der Roe",), "Harbour Times"),
        ("By Dr. Jane Q. Roe for the Harbour Times.", ("Jane Q. Roe",), "the Harbour Times"),
        ("(Reporting by Jane Roe in Port Ellery; editing by Sam Doe)", ("Jane Roe",), None),
        ("Jane Roe, Sam Doe and Max Poe for Harbour Times", ("Jane Roe", "Sam Doe", "Max Poe"), "Harbour Times"),
        ("By Jane Roe of Harbour.example", ("Jane Roe",), "Harbour.example"),
        ("By Jane Roe (Harbour Times)", ("Jane Roe",), "Harbour Times"),
        ("*Jane Roe for Harbour Times*", ("Jane Roe",), "Harbour Times"),
        ("Door Jane Roe", ("Jane Roe",), None),
        ("Text: Jane Roe, Harbour Times", ("Jane Roe",), "Harbour Times"),
    ],
)
def test_credits(line: str, authors: tuple[str, ...], publisher: str | None) -> None:
    credit = read_credit(line)
    assert credit is not None
    assert (credit.authors, credit.publisher) == (authors, publisher)


@pytest.mark.parametrize(
    ("line", "raw", "is_update"),
    [
        ("Published: 3 May 2025 10:00 GMT", "3 May 2025 10:00 GMT", False),
        ("(Published Saturday, May 3, 2025)", "Saturday, May 3, 2025", False),
        ("UPDATE 2025-05-03", "2025-05-03", True),
        ("Mis à jour le 3 mai 2025 à 10h30", "3 mai 2025 à 10h30", True),
        ("Stand: 03.05.2025", "03.05.2025", True),
        ("Thurs, 1 May 2025", "Thurs, 1 May 2025", False),
        ("3 мая 2025, 10:00", "3 мая 2025, 10:00", False),
    ],
)
def test_lines_that_are_a_date(line: str, raw: str, is_update: bool) -> None:
    assert read_date(line) == DateLine(raw, is_update)


@pytest.mark.parametrize(
    "line",
    [
        "2025", "May 2025", "12 of 20 boats", "On 3 May 2025 the port closed", "1, 2, 3", "Release date: 3 May 2025",
        "3 days ago",
    ],
)  # fmt: skip
def test_lines_that_are_no_date(line: str) -> None:
    assert read_date(line) is None


@pytest.mark.parametrize(("name", "site"), [("RT.example »", "RT.example"), ("it.", None), ("", None), ("…", None)])
def test_site_names(name: str, site: str | None) -> None:
    assert site_name(name) == site


def test_wrapped_lines_are_joined_without_blank_lines() -> None:
    lines = "\n".join(textwrap.fill(paragraph, 64, break_on_hyphens=False) for paragraph in (HEAD, *BODY))
    assert split_paragraphs(lines) == [HEAD, *BODY]


def test_wrapped_lines_without_letter_case() -> None:
    paragraphs = [
        "한빛 항구의 새 부두가 " + "다음 달 문을 열 예정이라고 시 당국이 밝혔다고 지역 신문이 전했다 " * 3 + "끝."
    ] * 2
    assert split_paragraphs("\n\n".join(textwrap.fill(line, 60) for line in paragraphs)) == paragraphs


def test_wrapped_headline_that_repeats() -> None:
    long = "Norland’s parliament votes through a tidal power bill that nobody in the chamber claims to have read"
    text = "\n".join(textwrap.fill(paragraph, 64, break_on_hyphens=False) for paragraph in (long, TEASER, long, *BODY))
    seen = read_plain_text(text)
    assert (seen.headline, seen.description, seen.text) == (long, TEASER, "\n".join(BODY))


def parts_of(text: str) -> dict[str, object]:
    """Return the parts of a plain text, and check that cleaning makes its text of its paragraphs."""
    found = asdict(read_plain_text(text))
    paragraphs = found.pop("paragraphs")
    cleaned = clean([Block(text=paragraph) for paragraph in paragraphs], Context(source="text"))
    assert cleaned.text == found["text"]
    return found


def attempt(text: str) -> PlainText | None:
    """What a text gives; None for the two codes it may fail with."""
    try:
        return read_plain_text(text)
    except Trouble as trouble:
        assert trouble.code in ("extract.empty", "extract.no_main_text")
        return None


@settings(max_examples=300, deadline=None)
@given(st.text(st.one_of(st.characters(), st.sampled_from("\n\n\r .,…:»|©- ByRead moreat")), max_size=400))
def test_any_text_is_read_or_fails_in_a_named_way(text: str) -> None:
    seen = attempt(text)
    if seen is not None:
        paragraphs = seen.text.split("\n")
        assert all(line.strip() for line in paragraphs)
        assert seen.headline != paragraphs[0]
        assert seen == attempt(text)


word = st.sampled_from(["port", "tide", "boat", "law", "tax", "crew", "storm", "line", "barrage", "treasury", "lender"])
sentence = st.lists(word, min_size=6, max_size=25).map(lambda words: " ".join(words).capitalize() + ".")
paragraph = st.lists(sentence, min_size=1, max_size=4).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(paragraph, min_size=1, max_size=6, unique=True),
    st.none() | st.just(DECK),
    st.none() | st.just(TEASER),
    st.booleans(),
    st.sampled_from(["\n", "\n\n", "\r\n\r\n"]),
)
def test_every_paragraph_is_in_exactly_one_field(
    body: list[str], deck: str | None, teaser: str | None, has_credit: bool, gap: str
) -> None:
    front = [HEAD, teaser + " Read more at Tide.example", HEAD] if teaser else [HEAD, HEAD]
    lines = [*front, *([deck] if deck else []), *body, *([CREDIT] if has_credit else [])]
    seen = read_plain_text(gap.join(lines))
    fields = [seen.headline, seen.description, seen.subheadline, *seen.text.split("\n"), seen.byline]
    wanted = [HEAD, teaser, deck, *body, CREDIT if has_credit else None]
    assert [line for line in fields if line] == [line for line in wanted if line]
    assert seen.syndicated_from == ("Tide.example" if teaser else None)
    again = read_plain_text("\n".join([HEAD, HEAD, *filter(None, [seen.subheadline]), *seen.text.split("\n")]))
    assert (again.headline, again.subheadline, again.text) == (seen.headline, seen.subheadline, seen.text)


def test_large_hostile_text_is_read_in_time() -> None:
    for text in ("Read " * 200_000, "By Jane " * 100_000, "a. " * 300_000, "(" * 500_000, "A\n" * 200_000):
        attempt(text)
