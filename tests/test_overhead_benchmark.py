"""What the benchmark of overhead compares with a run does what a run does."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchmarks import overhead
from benchmarks.measures.warc import write_warc
from pipeline.cli import main
from tests.support.lakes import read_lake
from transforms.enrich.registry import ENRICHMENTS


@pytest.mark.slow
def test_a_bare_loop_gives_the_columns_of_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overhead, "DATA", tmp_path / "none")
    pages, warc = overhead.find_pages(10), tmp_path / "pages.warc.gz"
    write_warc(warc, pages)
    overhead.run_bare(warc, tmp_path / "bare.parquet", every=1, first=0, entities=False)
    words = ["run", "--input", str(warc), "--output", str(tmp_path / "lake"), "--fetch", "never", "--quiet"]
    assert main([*words, "--spacy_model", "none"]) == 0
    names = ["url", "text", "not_run", *(name for enrichment in ENRICHMENTS for name in enrichment.columns)]
    expected = sorted(([row[name] for name in names] for row in read_lake(tmp_path / "lake")["articles"]), key=str)
    found = pq.read_table(tmp_path / "bare.parquet", columns=names).to_pylist()
    assert sorted(([row[name] for name in names] for row in found), key=str) == expected
    assert len(expected) == len(pages), "an invented page was left out as a repeat"
