"""Pages from a real server into WARC files and back: true to the wire, valid, and found at their offsets."""

import argparse
import contextlib
import gzip
import io
import re
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from schemas.documents import Document, Entry, Exchange, Link, Origin, Response
from schemas.trouble import Trouble
from tests.support.archives import Place, archived_documents
from tests.support.collect import Collected, collect
from tests.support.servers import Reply, Serve, redirect
from transforms.archive.layout import archive_path
from transforms.archive.read import Archive, read_pages
from transforms.archive.write import ArchiveFile, ArchivePages
from transforms.lake.commits import Commit, commit_files
from transforms.lake.lake import Lake
from transforms.lake.manifest import DataFile
from transforms.lake.write import CommitFiles
from transforms.web.fetch import FetchPages
from transforms.web.policy import FetchPolicy

POLICY = FetchPolicy(timeout_s=20, deadline_s=60, delay_s=0, allow_private=True, keep_exchange=True)
DAY = date(2026, 3, 2)
STORY = "<html><body><p>The ferry <b>Marigold</b> stayed in Port Ellery, since the wind blew from the west.</p></body>"


class Fetched(NamedTuple):
    documents: beam.PCollection[Document]
    files: beam.PCollection[DataFile]


class FetchAndArchive(beam.PTransform[Any, Fetched]):
    def __init__(self, commit: Commit, policy: FetchPolicy, max_bytes: int) -> None:
        super().__init__()
        self._fetch = FetchPages(policy=policy)
        self._archive = ArchivePages(commit=commit, user_agent=policy.user_agent, max_bytes=max_bytes)

    def expand(self, links: Any) -> Fetched:
        archived = (links | "Fetch" >> self._fetch).documents | "Archive" >> self._archive
        return Fetched(archived.documents, archived.files)


def fetch(
    output: Path, urls: list[str], *options: str, policy: FetchPolicy = POLICY, max_bytes: int = 1 << 20, chunk: int = 0
) -> Collected:
    links = [Link(url=url, origin=Origin(uri="list", kind="url_list", position=n)) for n, url in enumerate(urls)]
    commit = Commit(output=str(output), run_id="run1", ingest_date=DAY, chunk=chunk)
    made = collect(links, FetchAndArchive(commit, policy, max_bytes), options=options)
    commit_files(commit, made.files)
    return made


def records(path: Path) -> list[tuple[str, str, bytes, int]]:
    """Type, address, block and offset of each record."""
    found = []
    with path.open("rb") as stream:
        every = ArchiveIterator(stream, no_record_parse=True)
        for record in every:
            offset = every.offset
            url = record.rec_headers.get_header("WARC-Target-URI") or ""
            found.append((record.rec_type, url, record.raw_stream.read(), offset))
    return found


def headers(path: Path, kind: str) -> list[dict[str, str]]:
    with path.open("rb") as stream:
        return [dict(record.rec_headers.headers) for record in ArchiveIterator(stream) if record.rec_type == kind]


def only_file(output: Path) -> Path:
    (path,) = (output / "archive").rglob("*.gz")
    return path


def check(path: Path) -> None:
    """As the users of WARC do: ``warcio check`` looks at every digest."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = Checker(argparse.Namespace(inputs=[str(path)], verbose=True)).process_all()
    assert code == 0, said.getvalue()
    assert "digest pass" in said.getvalue()


RAW_HEAD = b"HTTP/1.1 200 Very Well\r\nX-oDd-CaSe: B\xe4r\r\ncontent-TYPE: text/html\r\nX-Twice: 1\r\nX-Twice: 2\r\n"


def test_what_went_over_the_wire_is_kept(serve: Serve, tmp_path: Path) -> None:
    raw = RAW_HEAD + b"Content-Length: %d\r\n\r\n" % len(STORY) + STORY.encode()
    server = serve({"/raw": Reply(raw=raw)})
    made = fetch(tmp_path, [server.url("/raw")])
    path = only_file(tmp_path)
    check(path)
    info, response, request = records(path)
    assert response[2] == raw
    head, _, rest = request[2].partition(b"\r\n")
    assert head == b"GET /raw HTTP/1.1"
    asked = server.requests()[-1]
    lines = [line.split(b": ", 1) for line in rest.strip().split(b"\r\n")]
    assert [(name.decode(), value.decode()) for name, value in lines] == list(asked.headers.items())
    assert rest.endswith(b"\r\n\r\n")
    assert info[0] == "warcinfo"
    for expected in (
        b"software: newsmill/",
        b"http-header-user-agent: newsmill/",
        b"robots: classic",
        b"isPartOf: run1",
    ):
        assert expected in info[2]
    (of_response,), (of_request,) = headers(path, "response"), headers(path, "request")
    (document,) = made.documents
    assert of_response["WARC-IP-Address"] == "127.0.0.1"
    assert of_request["WARC-Concurrent-To"] == of_response["WARC-Record-ID"]
    assert datetime.fromisoformat(of_response["WARC-Date"]) == document.response.fetched_at
    assert path.read_bytes().startswith(b"\x1f\x8b\x08\0\0\0\0\0"), "no time in the gzip header"
    assert path.name.startswith("run1-00000-")
    assert path.parent.name == "ingest_date=2026-03-02"


def test_encoded_and_chunked_bodies_stay_as_sent(serve: Serve, tmp_path: Path) -> None:
    packed = gzip.compress(STORY.encode(), mtime=0)
    pieces = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (packed[:20], packed[20:])) + b"0\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n"
    server = serve(
        {
            "/gzip": Reply(raw=head + b"Content-Length: %d\r\n\r\n" % len(packed) + packed),
            "/chunked": Reply(raw=head + b"Transfer-Encoding: chunked\r\n\r\n" + pieces),
        }
    )
    made = fetch(tmp_path, [server.url("/gzip"), server.url("/chunked")])
    path = only_file(tmp_path)
    check(path)
    blocks = {url.rpartition("/")[2]: block for kind, url, block, _ in records(path) if kind == "response"}
    assert blocks["gzip"].endswith(b"\r\n\r\n" + packed)
    # One chunk in the place of two: a valid message with the head that was sent.
    assert blocks["chunked"].endswith(b"chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed))
    with path.open("rb") as stream:
        for record in ArchiveIterator(stream):
            if record.rec_type == "response":
                assert record.content_stream().read() == STORY.encode(), "any reader of WARC gets at the page"
    assert [document.body for document in made.documents] == [STORY.encode()] * 2


def test_the_pointer_opens_the_response_and_gives_the_document_back(serve: Serve, tmp_path: Path) -> None:
    latin = "<html><body><p>Die Fähre blieb im Hafen von Öland, weil Sturm war.</p></body></html>".encode("latin-1")
    server = serve(
        {
            "/a": Reply(STORY, gzip=True),
            "/b": Reply(latin, headers={"Content-Type": "text/html; charset=ISO-8859-1"}),
            "/c": Reply("Plain words, and more of them.", headers={"Content-Type": "text/plain"}),
            "/empty": Reply(b""),
            "/moved": redirect("/b"),
            "/gone": Reply("no", status=404),
        }
    )
    made = fetch(tmp_path, [server.url(path) for path in ("/a", "/b", "/c", "/empty", "/moved", "/gone")])
    assert len(made.documents) == 5
    path = only_file(tmp_path)
    check(path)
    kinds = {offset: (kind, url) for kind, url, _, offset in records(path)}
    for document in made.documents:
        assert document.archive_file == path.relative_to(tmp_path).as_posix()
        assert document.response.exchanges == ()
        assert kinds[document.archive_offset][0] in ("response", "revisit")
        assert kinds[document.archive_offset][1] == document.url
        ((offset, again),) = read_pages(Lake(str(tmp_path)), document.archive_file, [document.archive_offset])
        assert isinstance(again, Document)
        assert offset == document.archive_offset
        response = replace(document.response, redirects=())
        assert again == replace(document, origin=again.origin, response=response)
    assert {document.media for document in made.documents} == {"html", "text"}
    manifests = Lake(str(tmp_path)).manifests()
    (file,) = manifests[0].files
    assert (file.table, file.rows, file.bytes) == ("archive", 5, path.stat().st_size)
    every = list(archived_documents(tmp_path))
    assert {place for place, _ in every} == {Place(d.archive_file, d.archive_offset) for d in made.documents}
    (found,) = (document for _, document in every if document.url == server.url("/c"))
    assert found.body.startswith(b"Plain words")


def test_redirects_are_kept_without_their_bodies(serve: Serve, tmp_path: Path) -> None:
    server = serve({"/old": redirect("/older", 301), "/older": redirect("/new"), "/new": Reply(STORY)})
    fetch(tmp_path, [server.url("/old")])
    path = only_file(tmp_path)
    check(path)
    answers = [
        (url.removeprefix(server.url("")), block[:12]) for kind, url, block, _ in records(path) if kind == "response"
    ]
    assert answers == [("/old", b"HTTP/1.1 301"), ("/older", b"HTTP/1.1 302"), ("/new", b"HTTP/1.1 200")]
    assert [head.get("WARC-Truncated") for head in headers(path, "response")] == ["length", "length", None]
    assert [kind for kind, _, _, _ in records(path)] == ["warcinfo", *["response", "request"] * 3]


def test_the_same_payload_is_kept_once(serve: Serve, tmp_path: Path) -> None:
    server = serve({"/a": Reply(STORY), "/b": Reply(STORY, headers={"X-Other": "yes"}), "/c": Reply(STORY + "more")})
    made = fetch(tmp_path, [server.url(f"/{name}") for name in "abc"])
    path = only_file(tmp_path)
    check(path)
    (revisit,) = headers(path, "revisit")
    first = headers(path, "response")[0]
    assert revisit["WARC-Refers-To"] == first["WARC-Record-ID"]
    assert revisit["WARC-Refers-To-Target-URI"] == first["WARC-Target-URI"] == server.url("/a")
    assert revisit["WARC-Refers-To-Date"] == first["WARC-Date"]
    assert revisit["WARC-Payload-Digest"] == first["WARC-Payload-Digest"]
    assert revisit["WARC-Profile"].endswith("/1.1/revisit/identical-payload-digest")
    (block,) = [block for kind, _, block, _ in records(path) if kind == "revisit"]
    assert b"X-Other: yes" in block
    assert b"Marigold" not in block
    every = {document.url: document for _, document in archived_documents(tmp_path)}
    assert {document.url: document.body for document in made.documents} == {url: d.body for url, d in every.items()}
    assert len(every) == 3


def test_files_roll_over_and_revisits_stay_within_theirs(serve: Serve, tmp_path: Path) -> None:
    server = serve({"*": lambda path: Reply(STORY + path[:2])})
    made = fetch(tmp_path, [server.url(f"/{n % 2}/{n}") for n in range(12)], max_bytes=3000)
    found = sorted((tmp_path / "archive").rglob("*.gz"))
    assert len(found) > 2
    for path in found:
        check(path)
    assert sum(file.rows for file in made.files) == 12
    every = {place: d.body for place, d in archived_documents(tmp_path)}
    assert every == {Place(d.archive_file, d.archive_offset): d.body for d in made.documents}


@pytest.mark.parametrize(
    "options",
    [
        ("--direct_runner_bundle_repeat=2",),
        pytest.param(("--direct_running_mode=multi_processing", "--direct_num_workers=2"), marks=pytest.mark.slow),
        ("--direct_running_mode=multi_threading", "--direct_num_workers=3"),
    ],
    ids=["replayed", "processes", "threads"],
)
def test_every_pointer_is_right_whatever_the_bundles(serve: Serve, tmp_path: Path, options: tuple[str, ...]) -> None:
    servers = [serve({"*": lambda path: Reply(STORY + path)}, host=f"127.0.0.{n + 1}") for n in range(4)]
    links = [
        Link(url=server.url(f"/{n}"), origin=Origin(uri="list", kind="url_list"))
        for server in servers
        for n in range(5)
    ]
    commit = Commit(output=str(tmp_path), run_id="run1", ingest_date=DAY)
    staged = tmp_path / "out"
    runner = beam.Pipeline(runner=FnApiRunner(), options=PipelineOptions(list(options)))

    class Commits(beam.PTransform[Any, Any]):
        def expand(self, links: Any) -> Any:
            both = links | FetchAndArchive(commit, POLICY, 1 << 20)
            _ = both.documents | beam.Map(_pointer) | beam.io.WriteToText(str(staged))
            return both.files | CommitFiles(commit)

    with runner as pipeline:
        _ = pipeline | beam.Create(links) | Commits()
    pointers = [line.split() for path in tmp_path.glob("out-*") for line in path.read_text().splitlines()]
    every = {document.url: place for place, document in archived_documents(tmp_path)}
    assert {url: (file, int(at)) for url, file, at in pointers} == every
    assert len(every) == 20
    assert not (tmp_path / "_staging").exists()
    for path in (tmp_path / "archive").rglob("*.gz"):
        check(path)


def _pointer(document: Document) -> str:
    return f"{document.url} {document.archive_file} {document.archive_offset}"


def test_what_was_not_fetched_passes_untouched(tmp_path: Path) -> None:
    commit = Commit(output=str(tmp_path), run_id="run1", ingest_date=DAY)
    origin = Origin(uri="feed.xml", kind="rss", position=0)
    given = [
        Document(media="entry", origin=origin, url="https://a.example/1", entry=Entry(content_html="<p>x</p>")),
        Document(media="html", origin=origin, body=b"<p>x", response=Response(url="https://a.example/2", status=200)),
    ]
    made = collect(given, ArchivePages(commit=commit, user_agent="newsmill/0"))
    assert made.documents == given
    assert made.files == []
    assert list(tmp_path.iterdir()) == []


def test_an_ordinary_run_keeps_nothing(serve: Serve, tmp_path: Path) -> None:
    server = serve({"/old": redirect("/a"), "/a": Reply(STORY)})
    made = fetch(tmp_path, [server.url("/old")], policy=replace(POLICY, keep_exchange=False))
    assert made.documents[0].response.exchanges == ()
    assert made.files == []


def make_document(n: int = 0, **changes: Any) -> Document:
    at = datetime(2026, 3, 2, 8, 0, n, tzinfo=UTC)
    url = f"https://river.example/{n}"
    exchange = Exchange(
        url=url, at=at, request_head=b"GET / HTTP/1.1\r\n\r\n",
        response_head=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", body=f"<p>Otter {n}".encode(),
    )  # fmt: skip
    response = Response(url=url, status=200, fetched_at=at, exchanges=(replace(exchange, **changes),))
    return Document(media="html", origin=Origin(uri="list", kind="url_list", position=n), url=url, response=response)


def write(output: Path, documents: list[Document]) -> tuple[DataFile, list[int]]:
    commit = Commit(output=str(output), run_id="run1", ingest_date=DAY)
    file = ArchiveFile(commit, documents[0], {"robots": "classic"})
    offsets = [file.add(document.response.exchanges) for document in documents if document.response]
    done = file.close()
    commit_files(commit, [done])
    return done, offsets


def test_the_same_pages_give_the_same_bytes(tmp_path: Path) -> None:
    documents = [make_document(n) for n in range(5)]
    one, other = write(tmp_path / "a", documents)[0], write(tmp_path / "b", documents)[0]
    assert (one.path, one.sha256, one.bytes) == (other.path, other.sha256, other.bytes)


def test_names_differ_where_anything_does() -> None:
    commit = Commit(output="out", run_id="run1", ingest_date=DAY)
    first = make_document()
    assert first.response is not None
    later = replace(first.response, fetched_at=datetime(2026, 3, 3, tzinfo=UTC))
    names = [
        archive_path(commit, first),
        archive_path(replace(commit, chunk=1), first),
        archive_path(replace(commit, run_id="run2"), first),
        archive_path(commit, make_document(1)),
        archive_path(commit, replace(first, response=later)),
        archive_path(commit, replace(first, response=replace(first.response, redirects=("https://a.example/",)))),
    ]
    assert len(set(names)) == len(names)
    assert re.fullmatch(r"archive/ingest_date=2026-03-02/run1-00000-[0-9a-f]{16}\.warc\.gz", names[0])


def only_error(output: Path, path: str, offset: int, **limits: int) -> Trouble:
    ((_, found),) = read_pages(Lake(str(output)), path, [offset], **limits)
    assert isinstance(found, Trouble)
    return found


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    file, offsets = write(tmp_path, [make_document(n) for n in range(3)])
    assert only_error(tmp_path, "archive/none.warc.gz", 0).code == "read.missing"
    assert only_error(tmp_path, file.path, 0).code == "read.corrupt", "a warcinfo record is not a page"
    assert only_error(tmp_path, file.path, offsets[0] + 1).code == "read.corrupt"
    assert only_error(tmp_path, file.path, file.bytes + 5).code == "read.corrupt"
    assert only_error(tmp_path, file.path, offsets[0], max_page_bytes=5).code == "read.too_large"
    bomb = make_document(7, body=gzip.compress(b" " * 9_000_000), response_head=(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
    ))  # fmt: skip
    big, (at,) = write(tmp_path / "bomb", [bomb])
    assert only_error(tmp_path / "bomb", big.path, at).code == "read.too_large"


def test_a_page_that_is_not_what_it_was_is_told(tmp_path: Path) -> None:
    file, (offset,) = write(tmp_path, [make_document(body=b"<p>Nine otters in the river")])
    whole = (tmp_path / file.path).read_bytes()
    member = gzip.decompress(whole[offset:][: _member_length(whole[offset:])])
    forged = whole[:offset] + gzip.compress(member.replace(b"Nine", b"Five"))
    (tmp_path / file.path).write_bytes(forged)
    why = only_error(tmp_path, file.path, offset)
    assert why.code == "read.corrupt"
    assert "digest" in why.message


def _member_length(data: bytes) -> int:
    engine = zlib.decompressobj(16 + zlib.MAX_WBITS)
    engine.decompress(data)
    return len(data) - len(engine.unused_data)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes], Archive]:
    output = tmp_path_factory.mktemp("fuzz")

    def put(data: bytes) -> Archive:
        (output / "x.warc.gz").write_bytes(data)
        return Archive(Lake(str(output)), "x.warc.gz")

    return put


@given(st.binary(max_size=200), st.booleans())
def test_bytes_that_are_no_archive_fail_only_in_a_named_way(
    sample: Callable[[bytes], Archive], data: bytes, is_record: bool
) -> None:
    head = b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\n" if is_record else b""
    archive = sample(gzip.compress(head + data) if is_record else data)
    try:
        archive.document(0)
    except Trouble as why:
        assert why.code.startswith(("read.", "fetch.protocol"))
    archive.close()
