"""``newsmill show``: one article of a file or an address, as text and as HTML."""

import dataclasses
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import document_fromstring

from pipeline.article_view import CUT, count_marks, marked_columns, view_article
from pipeline.cli import main
from pipeline.show_html import render_html
from pipeline.show_text import render_text
from schemas.articles import (
    Article,
    Author,
    CleaningAction,
    DateCandidate,
    Entity,
    ImageObject,
    Mention,
    TextBlock,
    TextLink,
    Topic,
)
from schemas.errors import ExitCode
from schemas.quotes import Quote
from schemas.record import from_row
from tests.support.paths import ROOT
from tests.support.samples import make_article
from tests.support.servers import Reply, Serve, serve
from transforms.enrich.fold import fold_steps
from transforms.enrich.policy import NAMES, EnrichPolicy
from transforms.enrich.registry import ENRICHMENTS
from transforms.workers.steps import run_steps

__all__ = ["serve"]

PAGE = ROOT / "tests" / "data" / "pages" / "blocks_and_cuts.html"
URL = "https://harbourtimes.example/news/pier"
QUICK = ("--without", "entities")
"""Most of these tests are not about the recogniser, which takes seconds to load."""


def test_a_page_is_shown_with_its_cuts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(PAGE), "--url", URL, *QUICK]) == 0
    shown = capsys.readouterr().out
    assert "## What is planned" in shown
    assert "• The lighthouse keeps burning" in shown
    assert re.search(r"^✂ [a-z_.]+: Sign up for our newsletter", shown, re.MULTILINE)
    assert "https://council.example/minutes/2026-03-03" in shown
    assert "Photo: Sam Doe/Harbour Times" in shown
    assert re.search(r"^ *dateline +PORT ELLERY, March 5 *$", shown, re.MULTILINE)


def test_one_html_file_needs_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "story.html"
    assert main(["show", str(PAGE), "--url", URL, "--html", str(file)]) == 0
    assert capsys.readouterr().out == f"wrote {file}\n"
    page = file.read_text(encoding="utf-8")
    tree: Any = document_fromstring(page.encode())
    assert tree.xpath("//script|//link|//img|//iframe|//*[@src]|//*[@style]") == []
    assert "url(" not in page
    assert "@import" not in page
    assert [item.text_content() for item in tree.xpath("//article//li")][2:] == [
        "The lighthouse keeps burning in all that time."
    ]
    cuts = {" ".join(cut.itertext()) for cut in tree.xpath("//*[@class='cut']/del")}
    assert "Follow us on Facebook and Twitter" in cuts
    assert tree.xpath("//article//blockquote")[0].text_content().startswith("“We have waited")


def test_a_page_is_fetched_politely(serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    server = serve({"/news/pier": Reply(PAGE.read_text(encoding="utf-8")), "/private": Reply("<p>x</p>")})
    server.routes["/robots.txt"] = Reply("User-agent: *\nDisallow: /private", headers={"Content-Type": "text/plain"})
    address = server.url("/news/pier")
    assert main(["show", address, "--allow_private", "--contact", "me@example.org", *QUICK]) == 0
    assert "What is planned" in capsys.readouterr().out
    assert server.paths() == ["/robots.txt", "/news/pier"]
    assert "newsmill" in server.requests()[-1].headers["User-Agent"]
    assert main(["show", server.url("/private"), "--allow_private"]) == ExitCode.FAILED
    assert "fetch.robots" in capsys.readouterr().err
    assert "/private" not in server.paths()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nowhere.html"], ExitCode.USAGE, "there is no file nowhere.html"),
        (["seeds"], ExitCode.USAGE, "seeds is a directory"),
        (["seeds/awkward/empty.txt"], ExitCode.FAILED, "read.empty"),
        (["seeds/awkward/unknown.bin"], ExitCode.FAILED, "read.unrecognised"),
        (["seeds/awkward/empty_page.html"], ExitCode.FAILED, "extract.no_main_text"),
        (["seeds/feeds/city_journal.json", "--position", "99"], ExitCode.USAGE, "holds nothing at position 99"),
        (["seeds/lists/links.txt"], ExitCode.USAGE, "is a list: newsmill show https://"),
        (["seeds/pages/no_date.html", "--url", "x"], ExitCode.USAGE, "x is not an address"),
        (["seeds/pages/no_date.html", "--html", "seeds"], ExitCode.USAGE, "seeds is a directory"),
        (["seeds/pages/no_date.html", "--min_chars", "0"], ExitCode.USAGE, "--min_chars"),
        (["-", "--position", "7"], ExitCode.FAILED, "read.empty: standard input is empty"),
        (["http://127.0.0.1:1/"], ExitCode.FAILED, "fetch.private_address"),
    ],
)
def test_a_mistake_is_one_line(
    words: list[str], code: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert main(["show", *words]) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert said in shown.err
    assert shown.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "headline"),
    [
        (["seeds/text/plain.txt"], "Thieves Steal"),
        (["seeds/feeds/city_journal.json", "--position", "1"], ""),
        (["seeds/archives/crawl.warc.gz"], ""),
        (["seeds/records/archive.jsonl"], ""),
    ],
)
def test_whatever_a_run_takes_is_shown(
    words: list[str], headline: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["show", *words, *QUICK]) == 0
    assert capsys.readouterr().out.startswith(headline)


def test_a_page_on_standard_input_is_shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(PAGE.read_bytes())))
    assert main(["show", "-", "--format", "json", *QUICK]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["source_uri"] == "-"
    assert row["lead_summary"]
    assert from_row(Article, row).article_id == row["article_id"]


def test_what_is_switched_off_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(PAGE), "--without", *NAMES]) == 0
    shown = capsys.readouterr().out
    assert "What is planned" in shown
    assert ", ".join(f"{name}.off" for name in NAMES) in " ".join(shown.split())
    assert main(["show", str(PAGE), "--without", "language"]) == ExitCode.USAGE


FOUND = (
    "Mara Lind, who heads the council, said on 3 March 2026: “We paid $3 million for the pier.”\n"
    "“It was worth it,” she said in Paris."
)


def found_article() -> Article:
    steps = fold_steps(ENRICHMENTS, {EnrichPolicy: EnrichPolicy(without=("entities", "topics"))})
    ended = run_steps(make_article(text=FOUND, headline="Pier"), steps=steps)
    made: Article = ended.result.article
    mention = Mention(text="Mara Lind", start=0, end=9)
    entity = Entity(name="Mara Lind", type="PERSON", count=1, first=0, mentions=(mention,))
    return dataclasses.replace(made, entities=(entity,))


def test_every_nested_column_with_offsets_is_marked_and_in_the_legend() -> None:
    declared = {one.column for one in marked_columns()}
    assert {"links", "entities", "quotes", "amounts", "dates_mentioned"} <= declared
    assert not {"cleaning_actions", "text_blocks"} & declared
    article = found_article()
    counts = count_marks(view_article(article))
    assert {"entities", "quotes", "quotes.speaker", "amounts", "dates_mentioned"} <= {*counts}
    page: Any = document_fromstring(render_html(article))
    boxes = {box.get("id"): box.getparent().text_content() for box in page.xpath("//input[@type='checkbox']")}
    assert len(boxes) == sum("." not in kind for kind in counts)
    for name, words in boxes.items():
        marks = page.xpath(f"//article//mark[@class='{name}']")
        assert marks, words
        assert all(words.startswith(mark.get("title").partition(":")[0]) for mark in marks)
    assert "".join(page.xpath("//article")[0].itertext()).split() == FOUND.split()
    titles = {mark.text_content(): mark.get("title") for mark in page.xpath("//article//mark")}
    assert "value: 3,000,000, currency: USD" in titles["$3 million"]
    headings = [heading.text for heading in page.xpath("//h2[@class='part']")]
    assert headings[:4] == ["Entities", "Quotes", "Amounts", "Dates mentioned"]


def test_things_are_listed_in_a_terminal_with_a_legend_where_there_are_colors() -> None:
    plain, colored = render_text(found_article()), render_text(found_article(), color=True)
    for word in ("quotes", "amounts", "dates_mentioned", "method: ", "currency: USD"):
        assert word in plain
    assert "\x1b" not in plain
    assert "entities 1 · " not in plain
    assert "entities 1" in re.sub("\x1b\\[[0-9;]*m", "", colored)


def test_the_command_that_is_proposed_can_be_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "links.jsonl").write_text('{"url": "https://a.example/?a=1&b=2"}')
    monkeypatch.setenv("NEWSMILL_COMMAND", "./run.sh")
    assert main(["show", str(tmp_path / "links.jsonl")]) == ExitCode.USAGE
    assert capsys.readouterr().err.endswith(": ./run.sh show 'https://a.example/?a=1&b=2'\n")


def test_a_narrow_terminal_and_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    narrow = render_text(found_article(), width=40)
    assert max(map(len, narrow.splitlines())) <= 40
    assert "\x1b[3" in render_text(found_article(), color=True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search("\x1b\\[[0-9;]*3[0-9]", render_text(found_article(), color=True))


def luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lower, higher = sorted((luminance(one), luminance(other)))
    return (higher + 0.05) / (lower + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_and_marks_have_the_contrast_of_wcag(scheme: int) -> None:
    """AAA for text, AA for what is less, 3:1 for lines."""
    style = render_html(found_article()).partition("<style>")[2]
    colors = dict(re.findall(r"--([a-z0-9-]+):(#[0-9a-f]{6})", style.split("@media")[scheme]))
    papers = [colors[name] for name in colors if re.fullmatch(r"m\d", name)]
    assert len(papers) == 6
    assert all(contrast(colors["ink"], paper) >= 7 for paper in (colors["paper"], colors["panel"], *papers))
    assert all(contrast(colors[name], colors["paper"]) >= 4.5 for name in ("soft", "link", "cut", "warn"))
    assert all(contrast(colors["link"], paper) >= 4.5 for paper in papers)
    assert contrast(colors["cut"], colors["cut-paper"]) >= 4.5
    assert all(contrast(colors[name], colors["paper"]) >= 3 for name in colors if re.fullmatch(r"l\d", name))


EVIL = "</style><script>alert(1)</script>\x1b[31m\u202e\"'&"


def evil_article() -> Article:
    text = f"{EVIL}\n{EVIL} two"
    return dataclasses.replace(
        make_article(text=text, headline=EVIL, subheadline=EVIL),
        text_raw=f"{EVIL}\n{text}",
        cleaning_actions=(CleaningAction(rule=EVIL, start=0, end=len(EVIL) + 1),),
        text_blocks=(
            TextBlock(kind="heading", level=9, start=0, end=len(EVIL)),
            TextBlock(kind=EVIL, start=len(EVIL) + 1, end=len(text)),
        ),
        links=(TextLink(url="https://a.example/?\"'<b>", start=0, end=4),),
        images=(ImageObject(url="javascript:alert(1)", caption=EVIL, credit=EVIL, alt=EVIL),),
        authors=(Author(name=EVIL, url="javascript:alert(1)", role=EVIL),),
        date_candidates=(DateCandidate(source=EVIL, raw=EVIL),),
        in_language=EVIL,
        lead_summary=EVIL,
        keyphrases=(EVIL,),
        entities=(
            Entity(name=EVIL, type=EVIL, count=1, first=0, mentions=(Mention(text=EVIL, start=0, end=len(EVIL)),)),
        ),
        quotes=(Quote(start=0, end=8, text=EVIL, speaker=EVIL, speaker_start=9, speaker_end=12, method=EVIL),),
        topics=(Topic(code=EVIL, label=EVIL, score=1, source=EVIL),),
        page_type=EVIL,
        is_truncated=True,
    )


def test_text_from_outside_is_text() -> None:
    page = render_html(evil_article())
    tree: Any = document_fromstring(page)
    assert tree.xpath("//script") == []
    assert len(tree.xpath("//style")) == 1
    assert all(link.get("href").startswith("https://") for link in tree.xpath("//a"))
    assert not re.search("[\x1b\u202e]", page)
    assert not re.search("[\x1b\u202e]", render_text(evil_article()))


def test_entities_are_marked_in_text_and_links() -> None:
    words = "Mara Lind heads the council."
    mention = Mention(text="Mara Lind", start=0, end=9)
    article = dataclasses.replace(
        make_article(text=words),
        links=(TextLink(url="https://a.example/", start=5, end=15),),
        entities=(Entity(name="Mara Lind", type="PERSON", count=1, first=0, mentions=(mention,)),),
    )
    (line,) = view_article(article)
    assert [(piece.text, [mark.kind for mark in piece.marks]) for piece in line.pieces] == [
        ("Mara ", ["entities"]),
        ("Lind", ["entities", "links"]),
        (" heads", ["links"]),
        (" the council.", []),
    ]
    page: Any = document_fromstring(render_html(article))
    (inner,) = page.xpath("//article//mark[contains(@title, 'PERSON')]/a[@href='https://a.example/']")
    assert inner.text == "Lind"


@given(st.data())
def test_no_word_is_lost_between_marks(data: st.DataObject) -> None:
    lines = data.draw(st.lists(st.text("ab 🛳", min_size=1, max_size=9), min_size=1, max_size=5))
    raw = "\n".join(lines)
    points = sorted(data.draw(st.sets(st.integers(0, len(raw)), max_size=6)))
    actions = tuple(
        CleaningAction(rule="x", start=start, end=end) for start, end in zip(points[::2], points[1::2], strict=False)
    )
    kept = [at for at in range(len(raw)) if not any(one.start <= at < one.end for one in actions)]
    text = "".join(raw[at] for at in kept)
    edges = st.integers(0, len(text))
    spans = data.draw(st.lists(st.tuples(edges, edges).filter(lambda span: span[0] < span[1]), max_size=3))
    links = tuple(TextLink(url=f"https://a.example/{n}", start=a, end=b) for n, (a, b) in enumerate(spans))
    article = dataclasses.replace(make_article(), text=text, text_raw=raw, cleaning_actions=actions, links=links)
    shown = view_article(article)
    assert [line.text for line in shown] == [line for line in lines if line]
    cut = "".join(piece.text for line in shown for piece in line.pieces if piece.mark(CUT))
    assert cut == "".join(raw[at] for at in range(len(raw)) if at not in set(kept) and raw[at] != "\n")
    for number, (start, end) in enumerate(spans):
        mine = [
            piece.text
            for line in shown
            for piece in line.pieces
            if not piece.mark(CUT) and any(mark.label == f"https://a.example/{number}" for mark in piece.marks)
        ]
        assert "".join(mine) == text[start:end].replace("\n", "")
