"""``newsmill show``: one article of a file or an address, as text and as HTML."""

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import document_fromstring

from pipeline.article_view import view_article
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
)
from schemas.errors import ExitCode
from tests.support.samples import make_article
from tests.support.servers import Reply, Serve, serve

__all__ = ["serve"]

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "tests" / "data" / "pages" / "blocks_and_cuts.html"
URL = "https://harbourtimes.example/news/pier"


def test_a_page_is_shown_with_its_cuts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(PAGE), "--url", URL]) == 0
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
    assert main(["show", address, "--allow_private", "--contact", "me@example.org"]) == 0
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
        (["http://127.0.0.1:1/"], ExitCode.FAILED, "fetch.private_address"),
    ],
)
def test_a_mistake_is_one_line(
    words: list[str], code: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
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
    assert main(["show", *words]) == 0
    assert capsys.readouterr().out.startswith(headline)


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
        ("Mara ", ["entity"]),
        ("Lind", ["entity", "link"]),
        (" heads", ["link"]),
        (" the council.", []),
    ]
    assert '<mark title="PERSON">Lind</mark></a>' in render_html(article)


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
    cut = "".join(piece.text for line in shown for piece in line.pieces if piece.mark("cut"))
    assert cut == "".join(raw[at] for at in range(len(raw)) if at not in set(kept) and raw[at] != "\n")
    for number, (start, end) in enumerate(spans):
        mine = [
            piece.text
            for line in shown
            for piece in line.pieces
            if not piece.mark("cut") and any(mark.label == f"https://a.example/{number}" for mark in piece.marks)
        ]
        assert "".join(mine) == text[start:end].replace("\n", "")
