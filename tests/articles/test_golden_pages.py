"""Own pages of real shape are read as their golden files say; NEWSMILL_GOLDEN=1 rewrites those."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from schemas.documents import Document, Origin
from schemas.record import row
from transforms.articles.read import read_document

PAGES = Path(__file__).resolve().parents[1] / "data" / "pages"
ELSEWHERE = (
    "extractor",
    "newsmill_version",
    "schema_version",
    "ingest_date",
    "run_id",
    "chunk",
    "source_uri",
    "source_kind",
)
"""Columns that other tests or other stages answer for."""


def read_golden(name: str) -> dict[str, Any]:
    """The columns of one page that say something."""
    document = Document(
        media="html",
        body=(PAGES / f"{name}.html").read_bytes(),
        url=f"https://news.example.org/2024/{name}",
        origin=Origin(uri=f"{name}.html", kind="html"),
    )
    values = row(read_document(document))
    filled = {key: value for key, value in values.items() if value not in (None, [], "") and key not in ELSEWHERE}
    return dict(json.loads(json.dumps(filled, default=str)))


def test_cuts_give_the_text_as_the_docs_say() -> None:
    docs = (PAGES.parents[2] / "docs" / "reading.md").read_text(encoding="utf-8")
    said: dict[str, Any] = {}
    exec(docs.split("```python\n")[1].split("```")[0], said)
    names = sorted(path.stem for path in PAGES.glob("*.html"))
    values = [read_golden(name) for name in names]
    assert [said["apply_cuts"](it["text_raw"], it.get("cleaning_actions", [])) for it in values] == [
        it["text"] for it in values
    ]
    cut = values[names.index("blocks_and_cuts")]
    words = [cut["text_raw"][it["start"] : it["end"]] for it in cut["cleaning_actions"]]
    assert "Sign up for our newsletter to get the news of the port every morning.\n" in words


@pytest.mark.parametrize("name", sorted(path.stem for path in PAGES.glob("*.html")))
def test_page_reads_as_its_golden_file_says(name: str) -> None:
    found = read_golden(name)
    golden = PAGES / f"{name}.json"
    if os.environ.get("NEWSMILL_GOLDEN") == "1":
        golden.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert found == json.loads(golden.read_text(encoding="utf-8"))
