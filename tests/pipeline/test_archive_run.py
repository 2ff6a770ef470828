"""A run that keeps its pages: each row of a fetched page points at the record it was read from."""

from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from pipeline.cli import main
from tests.support.lakes import read_table
from tests.support.servers import Reply, Server


def test_rows_point_at_their_pages(tmp_path: Path) -> None:
    body = "".join(
        f"<p>Paragraph {n}: the ferry to Port Ellery stayed in the harbour for the night.</p>" for n in range(6)
    )
    routes = {f"/{name}": Reply(f"<html lang=en><h1>Ferry {name}</h1>{body}{name}</html>") for name in "ab"}
    with Server({**routes, "/robots.txt": Reply(status=404)}) as server:
        (tmp_path / "links.txt").write_text("".join(server.url(path) + "\n" for path in routes))
        output = tmp_path / "out"
        words = ["run", "--input", str(tmp_path / "links.txt"), "--output", str(output), "--allow_private"]
        assert main([*words, "--delay_s", "0", "--archive", "--spacy_model", "none", "--quiet"]) == 0
        asked = {request.headers.get("User-Agent") for request in server.requests()}
    rows = read_table(output, "articles")
    assert len(rows) == len(routes)
    for row in rows:
        with (output / row["archive_file"]).open("rb") as stream:
            stream.seek(row["archive_offset"])
            record = next(iter(ArchiveIterator(stream)))
            assert record.rec_type == "response"
            assert record.rec_headers.get_header("WARC-Target-URI") == row["url"]
            assert row["headline"].encode() in record.content_stream().read()
    assert main(["verify", "--output", str(output)]) == 0
    assert len(asked) == 1
