"""Who said what, in invented sentences."""

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from schemas.articles import Article, Entity, Mention
from schemas.quotes import Quote
from tests.support.collect import collect
from tests.support.samples import make_article
from transforms.enrich.quotes.annotate import QUOTE_MODEL, quote_article
from transforms.enrich.quotes.attribute import MAX_QUOTES
from transforms.enrich.quotes.marks import find_paragraphs
from transforms.enrich.quotes.stage import AttributeQuotes
from transforms.enrich.quotes.words import load_languages

CASES = Path(__file__).with_name("cases.txt")


class Case(NamedTuple):
    """A text and what is quoted in it: words, speaker, name, method."""

    language: str
    text: str
    persons: tuple[str, ...]
    expected: tuple[tuple[str, ...], ...]


def read_cases() -> list[Case]:
    """Cases of cases.txt, which says how they are written."""
    cases = []
    for block in CASES.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in block.splitlines() if not line.startswith("#")]
        if not lines:
            continue
        language, _, text = lines[0].partition(": ")
        persons = tuple(line[2:] for line in lines if line.startswith("@ "))
        expected = tuple(tuple(line[2:].split(" | ")) for line in lines if line.startswith("> "))
        cases.append(Case(language, text.replace("\\n", "\n"), persons, expected))
    return cases


def entities_of(text: str, persons: tuple[str, ...]) -> tuple[Entity, ...]:
    """Entities with these names: "TYPE Full Name = Name = …"."""
    found = []
    for line in persons:
        label, _, names = line.partition(" ")
        forms = names.split(" = ")
        mentions: list[Mention] = []
        for form in sorted(forms, key=len, reverse=True):
            at = text.find(form)
            while at >= 0:
                if not any(one.start <= at < one.end for one in mentions):
                    mentions.append(Mention(text=form, start=at, end=at + len(form)))
                at = text.find(form, at + 1)
        mentions.sort(key=lambda one: one.start)
        found.append(
            Entity(name=forms[0], type=label, count=len(mentions), first=mentions[0].start, mentions=tuple(mentions))
        )
    return tuple(sorted(found, key=lambda one: one.first))


def quoted(language: str, text: str, persons: tuple[str, ...] = ()) -> Article:
    return quote_article(make_article(in_language=language, text=text, entities=entities_of(text, persons)))


def shown(quote: Quote) -> tuple[str, ...]:
    return (quote.text.replace("\n", "\\n"), quote.speaker or "-", quote.speaker_name or "-", quote.method)


@pytest.mark.parametrize("case", read_cases(), ids=lambda case: f"{case.language} {case.text[:40]}")
def test_quotes_and_speakers_are_found(case: Case) -> None:
    article = quoted(case.language, case.text, case.persons)
    assert tuple(map(shown, article.quotes)) == case.expected
    for quote in article.quotes:
        assert article.text[quote.start : quote.end] == quote.text
        if quote.speaker is not None:
            assert article.text[quote.speaker_start : quote.speaker_end] == quote.speaker
    assert article.quote_model == QUOTE_MODEL


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He said “one two,” and “three.”", ["one two,", "three."]),
        ('He said "one two," and "three."', ["one two,", "three."]),
        ('Mixed “one two" and "three”.', ["one two", "three"]),
        ("»Eins zwei«, sagte er, ›drei‹", ["Eins zwei", "drei"]),
        ("«Eins zwei», sagte er", ["Eins zwei"]),
        ("« Un deux », dit-il, qu’« il faut trois ».", ["Un deux", "il faut trois"]),
        ("„Eins zwei“, sagte er. „Drei”", ["Eins zwei", "Drei"]),
        ("“Uno dos“, dijo. ”Tres“", ["Uno dos", "Tres"]),
        ("‘One two,’ he said of the boats’ owners", ["One two,"]),
        ("'One two,' he said of the '90s and the boats' owners.", ["One two,"]),
        ("The boats’ owners didn’t see the pier’s end.", []),
        ("“One ‘two’ three”", ["One ‘two’ three"]),
        ("‘One “two” three,’", ["One “two” three,"]),
        ('«One "two" three»', ['One "two" three']),
        ('A 6" pipe and a 4" one', []),
        ('He said:"No." She said,"Yes."', ["No.", "Yes."]),
        ("“One.\n“Two.\n“Three.”", ["One.", "Two.", "Three."]),
        ("“One.\nTwo.” Three.", ["One.", "Two."]),
        ("“One is never closed.\nTwo “three” four.", ["three"]),
        ("“One is never closed. “Two three.”", ["Two three."]),
    ],
)
def test_marks_are_paired(text: str, expected: list[str]) -> None:
    spans = [span for paragraph in find_paragraphs(text) for span in paragraph.spans if not span.is_lost]
    assert [text[span.start : span.end] for span in spans] == expected


def test_other_languages_are_named() -> None:
    for language, code in (("fi", "quotes.no_language"), (None, "quotes.language_unknown")):
        article = quote_article(make_article(in_language=language, text="“Yksi kaksi”, sanoi Aino."))
        assert (article.quotes, article.quote_model, article.not_run) == ((), None, (code,))


def test_of_a_text_too_long_the_first_part_is_read() -> None:
    text = f"“We will mend the pier,” she said.\n{'The pier is old. ' * 12_000}\n“It is mended,” she said."
    article = quoted("en", text)
    assert [quote.start for quote in article.quotes] == [1]
    assert article.not_run == ("quotes.text_too_long",)


def test_there_are_at_most_so_many() -> None:
    article = quoted("en", "“We will mend the pier,” she said.\n" * (MAX_QUOTES + 20))
    assert len(article.quotes) == MAX_QUOTES


@pytest.mark.parametrize(
    "text",
    [
        "“" * 5000,
        '"a b c d e said" ' * 3000,
        "« " * 4000 + "» " * 4000,
        "said, " * 9000,
        "’x ‘y " * 5000,
        "“a\n" * 5000,
    ],
)
def test_odd_texts_are_read(text: str) -> None:
    for language in load_languages():
        quoted(language, text)


def test_each_list_of_a_language_fits_the_others() -> None:
    for code, language in load_languages().items():
        assert language.strong <= language.verbs, code
        assert not language.strong & language.objects, code
        assert language.inner <= language.prepositions | language.determiners, code


def test_a_pipeline_attributes_quotes() -> None:
    changes: dict[str, Any] = {"text": "“We will mend the pier,” Ana Torv said.", "in_language": "en"}
    result = collect([make_article(**changes)], AttributeQuotes())
    (article,) = result.articles
    assert [quote.speaker for quote in article.quotes] == ["Ana Torv"]
    assert (result.dead, result.dropped) == ([], [])
