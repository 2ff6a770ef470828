"""Every enrichment is declared once, keeps to its columns, and can be done again."""

import dataclasses
from typing import Any

import pytest

from pipeline.parse import parse
from pipeline.settings import settings_from, shaping_text
from schemas import stages
from schemas.articles import Article
from schemas.errors import UsageError
from schemas.outcomes import ArticleRows
from schemas.stages import NOT_RUN, STAGES, VERSIONS
from tests.support.samples import make_article
from transforms.archive.renew import renew_columns
from transforms.enrich.enrichment import (
    Enrichment,
    check_left_out,
    clear,
    register,
    take_over,
    with_dependents,
)
from transforms.enrich.entities.policy import EntityPolicy
from transforms.enrich.fold import fold_steps
from transforms.enrich.not_run import note_not_run
from transforms.enrich.policy import NAMES, EnrichPolicy
from transforms.enrich.registry import EARLY, ENRICHMENTS, LATE
from transforms.workers.policy import call_preload
from transforms.workers.steps import Ended, run_steps

POLICIES: dict[type, Any] = {EntityPolicy: EntityPolicy(models=())}
RAW = make_article(in_language=None, not_run=("metadata.json_ld",))


def enrich(article: Article, enrichments: tuple[Enrichment, ...]) -> Article:
    ended: Ended = run_steps(article, steps=fold_steps(enrichments, POLICIES))
    return ended.result.article if isinstance(ended.result, ArticleRows) else article


def named(name: str) -> Enrichment:
    return next(enrichment for enrichment in ENRICHMENTS if enrichment.name == name)


@pytest.mark.parametrize("enrichment", ENRICHMENTS, ids=lambda enrichment: enrichment.name)
def test_an_enrichment_sets_its_columns_and_no_other(enrichment: Enrichment) -> None:
    before = enrich(clear(RAW, ENRICHMENTS), ENRICHMENTS[: ENRICHMENTS.index(enrichment)])
    after = enrich(before, (enrichment,))
    changed = {
        field.name for field in dataclasses.fields(Article) if getattr(before, field.name) != getattr(after, field.name)
    }
    assert changed <= {*enrichment.columns, "not_run"}
    assert changed
    assert clear(after, (enrichment,)) == before
    assert set(after.not_run) - set(before.not_run) == {
        reason for reason in after.not_run if reason.startswith(f"{enrichment.name}.")
    }
    for preload in fold_steps((enrichment,), POLICIES)[0].preload:
        call_preload(preload)


@pytest.mark.parametrize("left_out", ENRICHMENTS, ids=lambda enrichment: enrichment.name)
def test_one_that_is_left_out_of_the_registry_is_missed(left_out: Enrichment) -> None:
    with pytest.raises(ValueError, match=f"{left_out.name}: declare the stage in schemas/stages.py, and list"):
        register(*(enrichment for enrichment in ENRICHMENTS if enrichment is not left_out))


def test_declarations_that_contradict_others_are_refused() -> None:
    language, entities, topics = map(named, ("language", "entities", "topics"))
    language, entities, topics = named("language"), named("entities"), named("topics")
    language, entities, topics = (named(name) for name in ("language", "entities", "topics"))

    def refuse(message: str, changed: Enrichment) -> None:
        others = [enrichment for enrichment in ENRICHMENTS if enrichment.stage is not changed.stage]
        with pytest.raises(ValueError, match=message):
            register(*others, changed)

    refuse("sets 'topic', which is not a column", dataclasses.replace(topics, columns=("topic",), model="topic"))
    refuse("'entities' belongs to both", dataclasses.replace(topics, columns=("entities", "topic_model")))
    refuse("'topic_model' is not among its columns", dataclasses.replace(topics, columns=("topics",)))
    refuse("needs 'topics', which nothing before it", dataclasses.replace(entities, needs=("text", "topics")))
    refuse("has tables: its stage must stand behind versions", dataclasses.replace(language, tables=("quotes",)))


def test_their_order_is_that_of_the_stages() -> None:
    assert (*EARLY, *LATE) == ENRICHMENTS == register(*reversed(ENRICHMENTS))
    assert [enrichment.stage for enrichment in ENRICHMENTS] == [stage for stage in STAGES if stage.enriches]
    assert [enrichment.stage for enrichment in LATE] == [
        stage for stage in STAGES[STAGES.index(VERSIONS) :] if stage.enriches
    ]


def test_what_needs_another_is_done_again_with_it() -> None:
    some = ENRICHMENTS[: 1 + ENRICHMENTS.index(named("topics"))]
    names = {name: [found.name for found in with_dependents([name], some)] for name in ("language", "topics")}
    assert names == {"language": ["language", "entities", "topics"], "topics": ["topics"]}
    with pytest.raises(ValueError, match="weather is not an enrichment: choose from language, entities, topics"):
        with_dependents(["weather"], ENRICHMENTS)


def test_doing_one_again_changes_nothing_else() -> None:
    row = dataclasses.replace(enrich(clear(RAW, ENRICHMENTS), ENRICHMENTS), byline="By hand", publisher_domain="odd")
    topics = (named("topics"),)
    assert renew_columns(row, enrich(clear(row, topics), topics), enrichments=topics) is None
    older = dataclasses.replace(row, topics=(), topic_model="older 1")
    newer = renew_columns(older, enrich(clear(older, topics), topics), enrichments=topics)
    assert newer is not None
    assert (newer.topics, newer.topic_model, newer.version) == (row.topics, row.topic_model, 2)
    labels: dict[str, Any] = {"version": 1, "version_id": row.version_id, "newsmill_version": "0"}
    assert dataclasses.replace(newer, **labels) == row


def test_a_code_for_what_was_not_run_is_declared_with_its_stage() -> None:
    article = make_article(not_run=("metadata.json_ld",))
    assert note_not_run(article, stages.QUOTES, "no_language").not_run == ("metadata.json_ld", "quotes.no_language")
    with pytest.raises(ValueError, match="too_dull is not a code for not_run: declare it in schemas/stages"):
        note_not_run(article, stages.QUOTES, "too_dull")
    assert {f"{enrichment.name}.off" for enrichment in ENRICHMENTS} < set(NOT_RUN)


def test_why_something_was_not_run_stays_in_order() -> None:
    row = make_article(not_run=("metadata.json_ld", "entities.off", "topics.no_model"))
    made = dataclasses.replace(row, not_run=("metadata.json_ld", "topics.no_model", "entities.no_model"))
    kept = take_over(row, made, (named("entities"),))
    assert kept.not_run == ("metadata.json_ld", "entities.no_model", "topics.no_model")


@pytest.mark.parametrize("name", NAMES)
def test_one_that_is_off_leaves_its_columns_empty_and_says_so(name: str) -> None:
    before = clear(RAW, ENRICHMENTS)
    off = (named(name),)
    (step,) = fold_steps(off, {EnrichPolicy: EnrichPolicy(without=NAMES)})
    assert step.preload == ()
    after = run_steps(before, steps=(step,)).result
    assert after == ArticleRows(dataclasses.replace(before, not_run=("metadata.json_ld", f"{name}.off")))
    assert clear(after.article, off) == before


def test_no_entities_by_either_option_is_the_same() -> None:
    def find(policies: dict[type, Any]) -> Any:
        return run_steps(RAW, steps=fold_steps((named("entities"),), policies)).result

    assert find({EntityPolicy: EntityPolicy(models=())}) == find({EnrichPolicy: EnrichPolicy(without=("entities",))})


def test_what_others_need_is_left_out_with_them_alone() -> None:
    assert EnrichPolicy(without=NAMES).without == NAMES
    with pytest.raises(ValueError, match=r"--without language: .*topics.* it: leave out .* too, or keep language"):
        EnrichPolicy(without=("language",))
    with pytest.raises(ValueError, match="weather is not an enrichment: choose from language, entities"):
        EnrichPolicy(without=("weather",))
    language, entities, *_ = ENRICHMENTS
    headlines = dataclasses.replace(entities, needs=("text",), uses=("language",))
    check_left_out(("language",), (language, headlines))
    with pytest.raises(ValueError, match="entities needs it: leave out that too"):
        check_left_out(("language",), (language, dataclasses.replace(headlines, needs=("in_language",))))
    assert with_dependents(["language"], (language, headlines)) == (language, headlines)


def test_a_run_is_another_one_with_other_enrichments_but_not_with_another_order_of_them() -> None:
    def words(*given: str) -> str:
        known, beam = parse(["run", "--input", "x", "--output", "out", "--run_id", "r", "--without", *given])
        return shaping_text(settings_from(known, beam))

    assert words("topics", "entities") == words("entities", "topics", "entities") != words("topics")
    with pytest.raises(UsageError, match="--without language: "):
        words("language")
    with pytest.raises(UsageError, match="--without is 'topic': did you mean topics"):
        words("topic")
