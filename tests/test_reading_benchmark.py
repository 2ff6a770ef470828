"""What the benchmark of reading measures with, and a run of it over a few pages."""

import dataclasses
import gzip
import json
from pathlib import Path

import pytest

from benchmarks import reading
from benchmarks.measures import scores
from benchmarks.measures.cleaning import check_account, rule_precision
from benchmarks.measures.pages import Page, read_pages, sets_of
from benchmarks.measures.readers import Found, headings_of, read_newsmill, read_with
from benchmarks.measures.warc import write_warc
from benchmarks.measures.whole_run import spread
from schemas.articles import CleaningAction
from schemas.documents import Document, Source
from tests.support.paths import ROOT
from transforms.sources.opening import open_source

SEEDS = ROOT / "seeds" / "pages"


def page(text: str = "", body: bytes = b"", **truth: object) -> Page:
    return Page("set", "page", "https://a.example/1", body, {"text": text, **truth})


@pytest.mark.parametrize(
    ("found", "truth", "of_grams", "of_words"),
    [
        ("", "one", 0.0, 0.0),
        ("one two", "One, two!", 1.0, 1.0),
        ("one two three four five", "one two three four six", 0.5, 0.8),
        ("one one two", "one two two", 0.0, 2 / 3),
        ("four three two one", "one two three four", 0.0, 1.0),
    ],
)
def test_f1(found: str, truth: str, of_grams: float, of_words: float) -> None:
    assert scores.f1(found, truth) == pytest.approx(of_grams)
    assert scores.word_f1(found, truth) == pytest.approx(of_words)


@pytest.mark.parametrize(
    "line",
    ["Read more: The bridge", "Share", "Share this", "Lesen Sie auch: Die Brücke", "Lire aussi : Le pont", "Newsletter",
     "Follow us on X", "Читайте также: Мост", "関連記事：橋", "Sign up for our newsletter", "Advertisement"],
)  # fmt: skip
def test_promo_lines(line: str) -> None:
    assert scores.promo_lines(f"It rained.\n{line}", "It rained.") == [line]
    assert scores.promo_lines(f"It rained.\n{line}", f"It rained.\n{line}") == []


@pytest.mark.parametrize(
    "line",
    ["Shares fell on Monday.", "He read more than he wrote.", "Commentators said so.", "Read more " + 100 * "a b "],
)
def test_no_promo_lines(line: str) -> None:
    assert scores.promo_lines(line, "") == []


def test_repeated_lines() -> None:
    line = "The bridge was closed."
    assert scores.repeated_lines(f"{line}\nOther.\n{line}\n- {line}", line) == [line, line]
    assert scores.repeated_lines(f"{line}\n{line}", f"{line} {line}") == []
    assert scores.repeated_lines("Too short\nToo short", "") == []
    assert scores.copied_lines(f"{line}\n{line}", line) == [line]
    assert scores.copied_lines(f"{line}\n{line}", "It rained.") == []


def test_headline_first() -> None:
    assert scores.has_headline_first("The Bridge\nIt rained.", "It rained.", ["The bridge!"])
    assert not scores.has_headline_first("The Bridge\nIt rained.", "The bridge. \nIt rained.", ["The bridge!"])
    assert not scores.has_headline_first("It rained.", "It rained.", ["The bridge", ""])


def test_bootstrap_holds_the_mean() -> None:
    low, high = scores.bootstrap([0.0, 1.0] * 50)
    assert 0.35 < low < 0.5 < high < 0.65


def test_receipts_and_precision() -> None:
    body = (SEEDS / "border_mines.html").read_bytes()
    article = read_newsmill(body, "https://a.example/1").article
    assert article is not None
    cut = dataclasses.replace(
        article,
        text="It rained.\nIt stopped.",
        text_raw="Share\nIt rained.\nThe end.\nIt stopped.",
        cleaning_actions=(CleaningAction(rule="a", start=0, end=6), CleaningAction(rule="b", start=17, end=26)),
    )
    found = rule_precision([(reading.account_of(cut), "It rained.\nThe end.\nIt stopped.")])
    assert {rule: (one.right_cuts, one.cuts, one.wrong) for rule, one in found.items()} == {
        "a": (1, 1, []),
        "b": (0, 1, ["The end."]),
    }
    wrong = dataclasses.replace(cut, cleaning_actions=tuple(reversed(cut.cleaning_actions)))
    with pytest.raises(ValueError, match="does not follow offset"):
        check_account(reading.account_of(wrong))


def test_what_raises_is_a_failure_of_the_reader() -> None:
    def fail(body: bytes, url: str) -> Found:
        raise LookupError(url)

    assert read_with(fail, page()).failed == "LookupError"
    assert read_with(read_newsmill, page(body=b"")).failed == "extract.empty"
    assert headings_of(b"<h1>One <b>two</b></h1><h1> </h1>") == {"One two"}
    assert headings_of(b"") == set()


def test_pages_of_a_warc_come_back(tmp_path: Path) -> None:
    pages = [page(body=path.read_bytes()) for path in sorted(SEEDS.glob("*.html"))]
    some = spread(pages, 2)
    write_warc(tmp_path / "pages.warc.gz", [each.body for each in some])
    found = [each for each in open_source(Source(uri=str(tmp_path / "pages.warc.gz"))) if isinstance(each, Document)]
    assert [each.body for each in found] == [each.body for each in some]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for name, kind in (("fundus-half", None), ("wcxb-dev-others", "listing")):
        (tmp_path / name).mkdir()
        rows = []
        for path in sorted(SEEDS.glob("*.html"))[:3]:
            (tmp_path / name / f"{path.stem}.html.gz").write_bytes(gzip.compress(path.read_bytes()))
            article = read_newsmill(path.read_bytes(), f"https://a.example/{path.stem}").article
            assert article is not None
            date = article.published_date.isoformat() if article.published_date else None
            row = {"file": f"{path.stem}.html.gz", "url": f"https://a.example/{path.stem}", "text": article.text}
            rows.append({**row, "title": article.headline, "date": date, "page_type": kind})
        (tmp_path / name / "truth.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    return tmp_path


def test_it_measures(data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert sets_of(data) == ["fundus-half"]
    assert len(list(read_pages(data, "fundus-half", 2))) == 2
    monkeypatch.setattr(reading, "written_pages", lambda: iter(()))
    monkeypatch.setattr(
        "sys.argv", ["reading", "--data", str(data), "--limit", "2", "--readers", "newsmill,trafilatura", "--list"]
    )
    assert reading.main() == 0
    printed = capsys.readouterr().out
    assert "trained on these pages" in printed
    own = next(line for line in printed.splitlines() if line.startswith("newsmill"))
    assert own.split()[1] == "1.0000"
    assert "articles lost: 0 of 2, 0.0 %" in printed
    assert "text in all but []" in printed


def test_it_says_what_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["reading", "--data", str(tmp_path)])
    assert reading.main() == 0
    assert "skipped" in capsys.readouterr().out
    monkeypatch.setattr("sys.argv", ["reading", "--readers", "nobody"])
    with pytest.raises(SystemExit):
        reading.main()
