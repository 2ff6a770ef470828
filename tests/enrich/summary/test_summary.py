"""Sentences, lead summaries, keyphrases and reading times."""

import dataclasses
import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.articles import TextBlock
from tests.support.samples import make_article
from transforms.enrich.summary.background import COUNTS, STOP_LISTS, load_background, read_word, split_words
from transforms.enrich.summary.keyphrases import MAX_PHRASES
from transforms.enrich.summary.lead import MAX_SUMMARY_WORDS
from transforms.enrich.summary.sentences import split_sentences
from transforms.enrich.summary.summarize import MODEL, summarize

SPLIT = {
    "en": (
        "Mr. Lind met Dr. Marsh at 5 p.m. on Jan. 3, 2026.",
        "The U.S. Navy left.",
        "He lives in the U.S.",
        "The navy does not.",
        "“Why now?” asked J. R. Marsh.",
        "“We waited.”",
        "Nobody spoke...",
        "No. 7 sank, e.g. in the storm.",
        "(It did.)",
        "The plan cost $3.5 million in 2019.",
        "So did plan B.",
        "That was years ago.",
        "Then Marsh Inc. built it.",
        "See www.ellery.example.",
        "Write!",
    ),
    "de": ("Am 3. Mai sprach Dr. Lind, z. B. über die Brücke.", "Das war im Jahr 2019.", "„Ja!“", "Niemand kam."),
    "fr": ("M. Lind est arrivé le 3 mai.", "« Pourquoi ? » a demandé Mme. Marsh.", "Il pleut."),
    "ru": ("Г. Линд уехал в 2019 г.", "Он вернулся.", "Это стоит 3 млн. руб. в год."),
    "hi": ("पुल बंद हो गया।", "शहर शांत है।"),
    "ar": ("أغلق الجسر.", "لماذا؟", "لا أحد يعرف."),
}


@pytest.mark.parametrize("language", SPLIT)
def test_sentences_end_where_readers_end_them(language: str) -> None:
    text = " ".join(SPLIT[language])
    assert tuple(text[start:end] for start, end in split_sentences(text, language)) == SPLIT[language]


def test_lines_and_marks_without_spaces_end_sentences() -> None:
    text = "橋は閉鎖された。町は静かだ！\n\n…\nOne line\nTwo"
    assert [text[a:b] for a, b in split_sentences(text)] == ["橋は閉鎖された。", "町は静かだ！", "One line", "Two"]


@given(st.text("aB.!? \n“”\"'0年。", max_size=80))
def test_sentences_are_in_order_and_lose_no_word(text: str) -> None:
    spans = list(split_sentences(text, "en"))
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))
    kept = {at for start, end in spans for at in range(start, end)}
    assert all(at in kept for at, letter in enumerate(text) if letter.isalnum())
    assert all(text[start:end].strip() == text[start:end] for start, end in spans)


STORY = (
    "The harbour council of Port Ellery voted on Tuesday to rebuild the eastern pier, which a storm damaged.\n"
    "It was late.\n"
    "“We have waited long enough,” said Mara Lind, who heads the council and lives beside the pier.\n"
    "The eastern pier was built in 1903 and has been closed since the storm of last January.\n"
    "Fishermen of Port Ellery asked that the slipway stay open while cranes are at work on the eastern pier.\n"
    "Mara Lind said that the council would look at the slipway again when the tenders are in.\n"
    "Work begins in May."
)


def test_a_story_is_summarised() -> None:
    article = summarize(make_article(headline="Council votes to rebuild eastern pier", text=STORY))
    assert article.lead_summary is not None
    assert article.lead_summary.startswith("The harbour council of Port Ellery voted on Tuesday")
    assert article.lead_summary.endswith("closed since the storm of last January.")
    assert len(article.lead_summary.split()) <= MAX_SUMMARY_WORDS
    assert article.sentence_count == 7
    assert article.reading_time_s == round(article.word_count * 60 / 238)
    assert {"Port Ellery", "eastern pier", "Mara Lind", "slipway"} <= {*article.keyphrases}
    assert len(article.keyphrases) <= MAX_PHRASES
    assert (article.summary_model, article.not_run) == (MODEL, ())
    assert article.keywords == ()


def test_weekdays_are_no_keyphrases_but_parts_of_some() -> None:
    text = "The ferry sank on Tuesday. The Tuesday Regatta met on Tuesday; the Tuesday Regatta bought a ferry."
    found = summarize(make_article(headline="The ferry of Tuesday", text=text)).keyphrases
    assert "Tuesday" not in found
    assert {"Tuesday Regatta", "ferry"} <= {*found}


def test_a_short_text_is_its_own_summary() -> None:
    article = summarize(make_article(text="The pier is closed. It will open in May."))
    assert (article.lead_summary, article.sentence_count) == (None, 2)


def test_what_leans_on_the_sentence_before_is_not_taken_alone() -> None:
    text = (
        "She said nothing of the eastern pier and its slipway.\n" * 3
        + "Nobody knows when the ferry leaves the town.\n" * 9
    )
    article = summarize(make_article(headline="Eastern pier and slipway", text=text))
    assert article.lead_summary is not None
    assert "She" not in article.lead_summary


def test_captions_and_headings_are_not_in_the_summary() -> None:
    caption = "The eastern pier of Port Ellery before the storm."
    text = f"{caption}\n{STORY}"
    blocks = [TextBlock(kind="caption", start=0, end=len(caption))]
    at = len(caption) + 1
    for line in STORY.split("\n"):
        blocks.append(TextBlock(kind="paragraph", start=at, end=at + len(line)))
        at += len(line) + 1
    article = dataclasses.replace(
        make_article(headline="Eastern pier before the storm", text=text), text_blocks=tuple(blocks)
    )
    made = summarize(article)
    assert made.sentence_count == 8
    assert made.lead_summary is not None
    assert caption not in made.lead_summary


@pytest.mark.parametrize(
    ("language", "reason", "time_s"),
    [(None, "summary.language_unknown", 24), ("ja", "summary.no_language", None), ("xh", "summary.no_language", 24)],
)
def test_without_words_of_the_language_there_are_no_keyphrases(
    language: str | None, reason: str, time_s: int | None
) -> None:
    article = summarize(make_article(text=STORY, in_language=language))
    assert article.keyphrases == ()
    assert article.not_run == (reason,)
    assert article.reading_time_s == time_s
    assert article.sentence_count == 7


@pytest.mark.parametrize("language", sorted(STOP_LISTS))
def test_each_language_has_its_words(language: str) -> None:
    background = load_background(language)
    assert background is not None
    assert len(background.stop_words) > 50
    assert all(weight > 0 for weight in background.weights.values())
    assert background.unseen >= max(background.weights.values(), default=0)


def test_the_background_is_small_and_holds_figures_alone() -> None:
    assert COUNTS.stat().st_size <= 300_000
    assert load_background("ja") is None


def test_words_are_read_without_marks() -> None:
    assert split_words("a—b\nc/d") == ["a", "|", "b", "|", "c", "|", "d"]
    assert read_word("…") == ("", "", True, True) or read_word("…")[1] == ""
    assert read_word("(GLP-1)") == ("GLP-1", "glp-1", True, True)


@pytest.mark.parametrize("unit", ["a. ", "A.", "“a. ", "\n", "Mr. ", "aa bb ", "x", "1. ", "...", "aa's ", "Aa—"])
def test_hostile_texts_take_time_in_proportion(unit: str) -> None:
    def spent(size: int) -> float:
        article = make_article(text=(unit * size)[:size] or "x", headline=(unit * 200)[:400])
        best = 9.0
        for _ in range(2):
            start = time.process_time()
            summarize(article)
            best = min(best, time.process_time() - start)
        return best

    assert spent(100_000) < 0.2 + 12 * spent(25_000)
