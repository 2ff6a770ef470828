"""Letters of a server that was ill are replayed when it is well, and of files that were broken when they are mended."""

import contextlib
import gzip
import io
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.dataset as ds
import pytest

from pipeline.cli import main
from schemas.articles import Article, DeadLetter
from schemas.documents import Document, Entry, Link, Origin, Response, Source
from schemas.record import from_row, row
from schemas.trouble import Trouble
from tests.support.lakes import read_table
from tests.support.samples import TEXT, make_article
from tests.support.servers import Reply, Server
from transforms.articles.read import read_document
from transforms.identity import article_id, link_id
from transforms.lake.lake import Lake
from transforms.letters.became import Answer, Answers, Became, make_replays
from transforms.letters.make import make_dead_letter
from transforms.letters.open_letters import load_letters, open_letters
from transforms.letters.replay_element import answer_to, element_from, element_key, entry_of, replay_element
from transforms.urls import canonical_url

FAST = ["--allow_private", "--delay_s", "0", "--timeout_s", "5", "--deadline_s", "20"]
CALM = ["--spacy_model", "none", "--quiet", "--max_dead_ratio", "1"]
OFF = ["--fetch", "never", "--spacy_model", "none"]


def text(n: int) -> str:
    return " ".join(f"Report {n} says in sentence {m} what the council did on day {m * n + n}." for m in range(9))


def make_page(n: int) -> Reply:
    body = "".join(
        f"<p>Paragraph {part} of report {n}: the council of Port Ellery heard {n * 7 + part} people on the new harbour "
        f"wall, and put off its decision to the sitting on day {n + part} of the session.</p>"
        for part in range(6)
    )
    return Reply(
        f"<html lang=en><head><title>R {n}</title></head><body><article><h1>Report {n}</h1>{body}</article></body>"
    )


def make_feed(paths: list[str]) -> Reply:
    items = "".join(f"<item><title>Item {path}</title><link>{path}</link></item>" for path in paths)
    feed = f'<rss version="2.0"><channel><title>Harbour wire</title><link>/</link>{items}</channel></rss>'
    return Reply(feed, headers={"Content-Type": "application/rss+xml"})


ILL = {
    "/slow": Reply("late", delay_s=60),
    "/error": Reply("no", status=500),
    "/hollow": Reply("<html><body><nav><a href=/>Home</a></nav></body></html>"),
    "/gone": Reply("no", status=404),
    "/moved": Reply("no", status=503),
    "/away.xml": Reply("no", status=503),
}
WELL = {
    "/slow": make_page(1),
    "/error": Reply("no", status=410),
    "/hollow": make_page(2),
    "/moved": Reply(status=302, headers={"Location": "/elsewhere"}),
    "/elsewhere": make_page(3),
    "/away.xml": make_feed(["/new"]),
    "/new": make_page(4),
}
LINES = [json.dumps({"url": f"https://post.example/{n}", "title": f"T {n}", "text": text(n)}) for n in range(10, 16)]


class Then(NamedTuple):
    """An output as it was after one command, and what the server was asked by it."""

    open: dict[str, DeadLetter]
    dead: dict[str, int]
    replays: list[tuple[str, int]]
    replayed: set[str]
    articles: list[dict[str, Any]]
    answers: set[str | None]
    asked: list[str]
    said: str


class Story:
    """Commands, one after the other, on one output."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.output = folder / "out"
        self.inputs = [server.url("/feed.xml"), str(folder / "feeds.opml"), str(folder / "in")]

    def do(self, *words: str, output: Path | None = None) -> Then:
        """Carry out a command, and note how things are then."""
        where, asked = output or self.output, len(self.server.log)
        said = say([words[0], "--output", str(where), *words[1:]])
        counts = json.loads(say(["dead", "--output", str(where), "--by", "code", "--json"]))["counts"]
        table = where / "replays"
        rows = ds.dataset(table, partitioning="hive").to_table().to_pylist() if table.exists() else []
        return Then(
            open={self.name(letter): letter for letter in load_letters(Lake(str(where)))},
            dead={count["code"]: count["letters"] for count in counts},
            replays=sorted((row["outcome"], row["attempts"]) for row in rows),
            replayed={row["article_id"] for row in rows if row["article_id"]},
            articles=read_table(where, "articles"),
            answers={row["replay_of"] for row in ds.dataset(where / "articles").to_table().to_pylist()},
            asked=sorted(path for path in self.server.paths()[asked:] if path != "/robots.txt"),
            said=said,
        )

    def name(self, letter: DeadLetter) -> str:
        """Path on the server, or file and position."""
        if letter.url is not None and letter.url.startswith(self.server.url()):
            return letter.url.removeprefix(self.server.url("")).split("?")[0]
        return f"{Path(letter.source_uri).name}:{letter.source_position}"


def say(words: list[str]) -> str:
    """What a command prints."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        assert main(words) == 0
    return out.getvalue()


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Then]]:
    """Every step of one story: all is ill, some is tried again, all is well but one, and so on."""
    folder = tmp_path_factory.mktemp("replay")
    (folder / "in").mkdir()
    lines, opml = folder / "in" / "a.jsonl", folder / "feeds.opml"
    lines.write_text("\n".join([*LINES[:2], LINES[2][:-5], LINES[3], '{"text": "short", "id": 4}', LINES[5]]))
    (folder / "in" / "gone.txt").symlink_to(folder / "in" / ".away.txt")
    (folder / "in" / "nothing.txt").write_text("")
    routes = {"/feed.xml": make_feed(["/fine", *list(ILL)[:5]]), "/fine": make_page(99), **ILL}
    with pytest.MonkeyPatch.context() as patch, Server(routes) as server:
        patch.setattr("sys.argv", ["newsmill"])
        away = f'<outline text="P" xmlUrl="{server.url("/away.xml")}"/>'
        opml.write_text(f'<opml><body><outline text="Sea">{away}</outline></body></opml>')
        tale, steps = Story(server, folder), {}
        steps["ill"] = tale.do("run", "--input", *tale.inputs, *FAST, *CALM)
        steps["off"] = tale.do("replay", *OFF, "--reason", "fetch.timeout", "fetch.http_404")
        server.routes |= WELL
        lines.write_text("\n".join(LINES))
        (folder / "in" / ".away.txt").write_text("The harbour opens\n\n" + text(3))
        steps["some"] = tale.do(
            "replay", "--reason", "fetch.timeout", "fetch.http_404", "read.bad_record", *FAST, *CALM
        )
        steps["all"] = tale.do("replay", "--chunk_documents", "3", *FAST, *CALM)
        steps["spared"] = tale.do("replay", "--max_attempts", "2", *FAST)
        steps["elsewhere"] = tale.do("replay", "--host", "post.example", *FAST)
        steps["direct"] = tale.do("run", "--input", *tale.inputs, *FAST, *CALM, output=folder / "direct")
        steps["kinds"] = steps["all"]._replace(
            said=",".join(found.kind for found in Lake(str(tale.output)).manifests())
        )
        yield steps


@pytest.mark.slow
def test_what_is_ill_is_open(story: dict[str, Then]) -> None:
    ill = story["ill"]
    assert {name: letter.code for name, letter in ill.open.items()} == {
        "/slow": "fetch.timeout",
        "/error": "fetch.http_5xx",
        "/hollow": "extract.no_main_text",
        "/gone": "fetch.http_404",
        "/moved": "fetch.http_5xx",
        "/away.xml": "fetch.http_5xx",
        "a.jsonl:2": "read.bad_record",
        "a.jsonl:4": "extract.no_main_text",
        "gone.txt:None": "read.missing",
        "nothing.txt:None": "read.empty",
    }
    assert {letter.attempts for letter in ill.open.values()} == {1}
    assert ill.replays == []


@pytest.mark.slow
def test_what_is_not_asked_for_stays_as_open_as_it_was(story: dict[str, Then]) -> None:
    off = story["off"]
    assert "replayed 2 dead letters: 2 not tried, since fetching is off" in off.said
    assert (off.open, off.replays, off.asked) == (story["ill"].open, [], [])


@pytest.mark.slow
def test_only_what_is_wanted_is_tried(story: dict[str, Then]) -> None:
    some = story["some"]
    assert some.asked == ["/gone", "/slow"]
    assert some.replays == [("article", 2), ("article", 2), ("dead_letter", 2)]
    assert set(story["ill"].open) - set(some.open) == {"/slow", "a.jsonl:2"}
    # One line of the file was read, and not those beside it.
    assert {row["source_position"] for row in some.articles if row["source_kind"] == "jsonl"} == {0, 1, 2, 3, 5}


@pytest.mark.slow
def test_what_fails_again_counts_its_attempts(story: dict[str, Then]) -> None:
    found = {name: (letter.code, letter.attempts) for name, letter in story["all"].open.items()}
    assert found == {
        "/gone": ("fetch.http_404", 3),
        "/error": ("fetch.http_410", 2),  # another code, and still one letter
        "nothing.txt:None": ("read.empty", 2),
    }
    tried = [("dead_letter", 2), ("dead_letter", 2), ("dead_letter", 2), ("dead_letter", 3)]
    assert story["all"].replays == [("article", 2)] * 7 + tried


@pytest.mark.slow
def test_dead_counts_what_is_open(story: dict[str, Then]) -> None:
    before, after = story["ill"].dead, story["all"].dead
    assert before == dict(Counter(letter.code for letter in story["ill"].open.values()))
    assert after == {"fetch.http_404": 1, "fetch.http_410": 1, "read.empty": 1}


@pytest.mark.slow
def test_nothing_to_do(story: dict[str, Then]) -> None:
    for step in ("spared", "elsewhere"):
        assert story[step].said == "no open dead letter to replay\n"
        assert story[step].asked == []
        assert story[step].articles == story["all"].articles


@pytest.mark.slow
def test_articles_are_what_they_would_have_been(story: dict[str, Then]) -> None:
    assert story["all"].articles == story["direct"].articles
    ids = {row["article_id"] for row in story["all"].articles}
    assert story["all"].replayed == ids - {row["article_id"] for row in story["ill"].articles}
    assert len(story["all"].replayed) == 7
    (new,) = [row for row in story["all"].articles if (row["url"] or "").endswith("/new")]
    assert new["tags"] == ["Sea"]
    assert new["article_id"] == article_id(canonical_url(new["url"]), None, "")[0]
    assert set(story["kinds"].said.split(",")) == {"run", "replay"}


@pytest.mark.slow
def test_what_a_replay_writes_names_the_letter_that_it_answers(story: dict[str, Then]) -> None:
    letters = {letter.letter_id: name for name, letter in story["ill"].open.items()}
    names = {letters[letter] for letter in story["all"].answers if letter is not None}
    assert names == {"/slow", "/hollow", "/moved", "/away.xml", "a.jsonl:2", "a.jsonl:4", "gone.txt:None"}
    assert story["ill"].answers == story["direct"].answers == {None}


FEED = Origin(uri="https://post.example/feed", kind="rss", position=3, tags=("Sea",))
BOOK = Origin(uri="a.jsonl", kind="jsonl", position=3)
ENTRY = Entry(url="https://post.example/a", title="A")
MOVED = Response(url="https://post.example/new", status=200, redirects=("https://post.example/a",))

FED_BACK = [
    (Link(url="https://post.example/a", origin=FEED, entry=ENTRY), None),
    (Source(uri="a.jsonl", first=500), None),
    (
        Document(media="html", origin=FEED, url=MOVED.url, entry=ENTRY, response=MOVED),
        Link(url="https://post.example/a", origin=FEED, entry=ENTRY),
    ),
    (
        Document(media="entry", origin=FEED, url="https://post.example/a", entry=ENTRY),
        Link(url="https://post.example/a", origin=FEED, entry=ENTRY),
    ),
    (Document(media="entry", origin=FEED, entry=Entry()), Source(uri=FEED.uri, tags=("Sea",), first=3, last=4)),
    (Document(media="text", origin=BOOK, url=ENTRY.url, entry=ENTRY), Source(uri="a.jsonl", first=3, last=4)),
    (
        Document(media="html", origin=Origin(uri="a.warc", kind="warc", position=0), url=MOVED.url, response=MOVED),
        Source(uri="a.warc", first=0, last=1),
    ),
    (Document(media="html", origin=Origin(uri="a.html", kind="html")), Source(uri="a.html")),
    (
        make_article(source_uri="a.jsonl", source_kind="jsonl", source_position=7),
        Source(uri="a.jsonl", first=7, last=8),
    ),
    (make_article(source_uri="a.txt", source_kind="text"), Source(uri="a.txt")),
]


@pytest.mark.parametrize(("subject", "wanted"), FED_BACK)
def test_what_is_fed_back(subject: Any, wanted: Source | Link | None) -> None:
    letter = make_dead_letter(subject, "extract", Trouble("extract.crash", "x"))
    assert replay_element(letter.replay_json) == (wanted or subject)


SAID = Entry(
    url="https://post.example/a", entry_id="g", title="What the feed says", published_raw="2026-03-03T18:40:00Z",
    authors=("Feed Author",), categories=("Harbour",), feed_url=FEED.uri, feed_title="Wire",
)  # fmt: skip
PAGE = (
    "<html lang=en><head><title>What the page says</title><meta property='article:published_time' "
    "content='2026-03-09T08:00:00Z'><meta name=author content='Page Author'></head><body><article><h1>What the page "
    f"says</h1><p>{TEXT}</p></article></body></html>"
)


def read_page(entry: Entry | None, origin: Origin = FEED) -> Article:
    response = Response(url="https://post.example/a", status=200, fetched_at=datetime(2026, 3, 9, tzinfo=UTC))
    page = Document(media="html", origin=origin, body=PAGE.encode(), url=response.url, entry=entry, response=response)
    return read_document(page)


def test_an_article_goes_back_with_what_its_feed_said_and_nothing_that_the_page_said() -> None:
    article = read_page(SAID)
    assert (article.headline, article.date_published_source) == ("What the page says", "meta")
    letter = make_dead_letter(article, "entities", Trouble("entities.crash", "x"))
    assert replay_element(letter.replay_json) == Link(url="https://post.example/a", origin=FEED, entry=SAID)
    listed = Origin(uri="urls.txt", kind="url_list", position=3)
    alone = make_dead_letter(read_page(None, listed), "entities", Trouble("entities.crash", "x"))
    assert replay_element(alone.replay_json) == Link(url="https://post.example/a", origin=listed, entry=None)


def test_of_an_article_that_is_stored_only_what_is_certain_is_the_feeds() -> None:
    stored = from_row(Article, row(read_page(SAID)))
    assert stored.entry is None
    link = element_from("Article", row(stored))
    assert isinstance(link, Link)
    certain = Entry(url=SAID.url, entry_id="g", published_raw=SAID.published_raw, feed_url=FEED.uri, feed_title="Wire")
    assert link.entry == certain
    again = entry_of(stored, is_read_again=True)
    assert again is not None
    assert again.title == "What the page says"
    full = make_article(
        source_uri=FEED.uri, source_kind="rss", text="A <b>\nC", text_source="feed_content", feed_title="Wire",
        date_published_raw="2026-03-03", date_published_source="feed",
    )  # fmt: skip
    link = element_from("Article", row(full))
    assert isinstance(link, Link)
    assert link.entry is not None
    assert link.entry.content_html == "<p>A &lt;b&gt;</p><p>C</p>"
    assert (link.entry.title, link.entry.published_raw) == (full.headline, "2026-03-03"), "no page was fetched"
    with pytest.raises(ValueError, match="a letter about a Response"):
        element_from("Response", {})


A, B, OFF_ROW = Answer("article", "a" * 32), Answer("article", "b" * 32), Answer("untried")
DEAD, DUPLICATE, FILTERED = Answer("dead_letter"), Answer("duplicate"), Answer("filtered")
LINK = Link(url="https://post.example/a", origin=FEED)
LINK_ID = link_id(LINK.url) or ""
PLACE, WHOLE = Source(uri="a.jsonl", first=3, last=4), Source(uri="a.jsonl")
LINK_DEAD, PLACE_DEAD, WHOLE_DEAD = (
    Answer("dead_letter", key=element_key(element)) for element in (LINK, PLACE, Source(uri="a.jsonl", first=500))
)
REPEAT = Answer("duplicate", stands_for=LINK_ID)
MINE, OTHER = "mine", "other"
ARTICLE, SOME_ARTICLE = Became("article", "a" * 32), Became("article")
OUTCOMES = [
    (LINK, [], Became("duplicate")),
    (LINK, [(MINE, A)], ARTICLE),
    (LINK, [(OTHER, A), (None, A)], Became("duplicate")),
    (LINK, [(MINE, LINK_DEAD)], Became("dead_letter")),
    (LINK, [(MINE, REPEAT), (OTHER, LINK_DEAD)], Became("dead_letter")),  # two letters lead to one page
    (LINK, [(MINE, REPEAT), (OTHER, A)], ARTICLE),
    (LINK, [(MINE, REPEAT)], Became("duplicate")),
    (LINK, [(MINE, FILTERED)], Became("filtered")),
    (LINK, [(MINE, OFF_ROW)], None),
    (PLACE, [(MINE, A), (OTHER, DEAD)], ARTICLE),
    (PLACE, [(MINE, PLACE_DEAD)], Became("dead_letter")),
    (WHOLE, [(MINE, A), (MINE, DEAD)], ARTICLE),
    (WHOLE, [(MINE, A), (MINE, B)], SOME_ARTICLE),
    (WHOLE, [(MINE, DEAD)], Became("dead_letter")),
    (WHOLE, [(MINE, DEAD), (MINE, DUPLICATE)], Became("duplicate")),
    (WHOLE, [(MINE, A), (MINE, WHOLE_DEAD)], Became("dead_letter")),  # it breaks off after some articles
    (PLACE, [(MINE, A), (OTHER, WHOLE_DEAD)], ARTICLE),
]


@pytest.mark.parametrize(("element", "rows", "wanted"), OUTCOMES)
def test_what_became_of_it(element: Source | Link, rows: list[Any], wanted: Became | None) -> None:
    letter = make_dead_letter(element, "read", Trouble("read.missing", "x"))
    answers = Answers()
    for whose, answer in rows:
        link = LINK_ID if isinstance(element, Link) else None
        answers.add(letter.letter_id if whose == MINE else whose, answer, link)
    made = make_replays([letter], answers)
    assert [(replay.outcome, replay.article_id, replay.attempts) for replay in made] == (
        [(wanted.outcome, wanted.article_id, 2)] if wanted else []
    )


def test_a_letter_of_an_interrupted_replay_has_the_answers_of_the_one_that_it_answers() -> None:
    first = make_dead_letter(LINK, "fetch", Trouble("fetch.timeout", "x"))
    second = make_dead_letter(answer_to(first), "fetch", Trouble("fetch.http_404", "x"))
    assert second.replay_of == first.letter_id != second.letter_id
    assert replay_element(second.replay_json) == LINK, "what is fed back names no letter"
    answers = Answers()
    answers.add(second.replay_of, LINK_DEAD, LINK_ID, second.letter_id)
    assert [replay.outcome for replay in make_replays([second], answers)] == ["dead_letter"]


@pytest.mark.slow
def test_a_crash_before_the_last_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The letter stays open although its article is there, and the next replay finds that out."""
    away, output = tmp_path / "away.txt", tmp_path / "out"
    (tmp_path / "there.txt").symlink_to(away)
    assert main(["run", "--input", str(tmp_path / "there.txt"), "--output", str(output), *CALM]) == 0
    away.write_text("The harbour opens\n\n" + text(3))

    def fail(*_: Any) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("pipeline.replay.commit_replays", fail)
        assert main(["replay", "--output", str(output), *CALM]) == 1
    assert [found.code for found in open_letters(Lake(str(output)))] == ["read.missing"]
    assert main(["replay", "--output", str(output), *CALM]) == 0
    assert open_letters(Lake(str(output))) == []
    assert len(read_table(output, "articles")) == 1
    (found,) = ds.dataset(output / "replays").to_table().to_pylist()
    assert (found["outcome"], found["attempts"]) == ("duplicate", 2)


@pytest.mark.slow
def test_no_failure_is_fed_back_twice(tmp_path: Path) -> None:
    """A file has failures of its own before it breaks off: one letter each, also after a replay."""
    given, output = tmp_path / "lines.jsonl.gz", str(tmp_path / "out")
    lines = "\n".join([LINES[0], "{", *LINES[1:]])
    given.write_bytes(gzip.compress(lines.encode())[:-8])
    assert main(["run", "--input", str(given), "--output", output, *CALM]) == 0
    codes = [found.code for found in open_letters(Lake(output))]
    assert sorted(codes) == ["read.bad_record", "read.corrupt"]
    assert main(["replay", "--output", output, *CALM]) == 0
    assert sorted(found.code for found in open_letters(Lake(output))) == sorted(codes)
    assert main(["verify", "--output", output]) == 0
    given.write_bytes(gzip.compress(lines.encode()))
    assert main(["replay", "--output", output, *CALM]) == 0
    assert [found.code for found in open_letters(Lake(output))] == ["read.bad_record"]
    assert main(["verify", "--output", output]) == 0


WRONG = [
    (["--reason", "fetch.tiemout"], "did you mean fetch.timeout"),
    (["--since", "yesterday"], "--since: 'yesterday' is not a day"),
    (["--max_attempts", "0"], "--max_attempts is 0: give a whole number of at least 1"),
    ([], "does not hold a run"),
]


@pytest.mark.parametrize(("words", "wanted"), WRONG)
def test_wrong_words(words: list[str], wanted: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "--output", str(tmp_path), *CALM, *words]) == 2
    assert wanted in capsys.readouterr().err
    assert open_letters(Lake(str(tmp_path))) == []
