"""What the benchmark of determinism says of rows that differ."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks.measures import enrichment_determinism


def rows(text: str) -> enrichment_determinism.Rows:
    """One article without a story."""
    return {"articles": [{"article_id": "a", "version": 1, "text": text}], "stories": [], "relations": []}


def start_runs(monkeypatch: pytest.MonkeyPatch, different: str) -> None:
    """Let each run give the same rows, except for one."""

    def run(inputs: object, output: Path, *options: str, **more: Any) -> enrichment_determinism.Rows:
        return rows("other" if output.name == different else "same")

    monkeypatch.setattr(enrichment_determinism, "choose_pages", lambda count: [])
    monkeypatch.setattr(enrichment_determinism, "run", run)


def test_it_passes_where_all_rows_are_equal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    start_runs(monkeypatch, "none")
    enrichment_determinism.report()
    assert capsys.readouterr().out.count(" tables equal") == 4


@pytest.mark.parametrize("different", ["two", "chunks", "killed", "other"])
def test_it_fails_where_rows_differ(
    different: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    start_runs(monkeypatch, different)
    with pytest.raises(AssertionError, match="rows differ"):
        enrichment_determinism.report()
    assert "articles.text: 1 rows" in capsys.readouterr().out
