"""Every enrichment is declared once, keeps to its columns, and can be done again."""

import dataclasses
from typing import Any

import pytest

from schemas.articles import Article
from schemas.outcomes import ArticleRows
from schemas.stages import ENTITIES, STAGES, STORIES, TOPICS
from tests.support.samples import make_article
from transforms.archive.renew import renew_columns
from transforms.enrich.enrichment import Enrichment, clear, fold_steps, register, take_over, with_dependents
from transforms.enrich.entities.policy import EntityPolicy
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
    assert [enrichment.stage for enrichment in LATE] == [ENTITIES, TOPICS, STORIES]


def test_what_needs_another_is_done_again_with_it() -> None:
    names = {name: [found.name for found in with_dependents([name], ENRICHMENTS)] for name in ("language", "topics")}
    assert names == {"language": ["language", "entities", "topics"], "topics": ["topics"]}
    with pytest.raises(ValueError, match="quotes is not an enrichment: choose from language, entities, topics"):
        with_dependents(["quotes"], ENRICHMENTS)


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


def test_why_something_was_not_run_stays_in_order() -> None:
    row = make_article(not_run=("metadata.json_ld", "entities.off", "topics.no_model"))
    made = dataclasses.replace(row, not_run=("metadata.json_ld", "topics.no_model", "entities.no_model"))
    kept = take_over(row, made, (named("entities"),))
    assert kept.not_run == ("metadata.json_ld", "entities.no_model", "topics.no_model")
