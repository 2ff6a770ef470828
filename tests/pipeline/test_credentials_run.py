"""A run whose addresses name users and passwords: servers get them, and no file, row, log or screen does."""

import zlib
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline.cli import main
from tests.support.lakes import read_lake
from tests.support.servers import Reply, Server, redirect

STORY = (
    "<html lang=en><head><title>Ferry resumes</title><link rel=canonical href='http://PAGEUSER:PAGEPW@{host}/story'>"
    "</head><body><article><h1>Ferry resumes</h1>"
    + "<p>The ferry between Norrby and Sund sails again after a winter of repairs, the harbour board of Sund said.</p>"
    * 6
    + "</article></body></html>"
)


def everything_in(directory: Path) -> str:
    """All that the files below a directory say, inflated."""
    said = []
    for path in directory.rglob("*"):
        if path.suffix == ".parquet":
            said.append(repr(pq.read_table(path).to_pylist()) + repr(pq.read_schema(path)))
        elif path.is_file():
            data = path.read_bytes()
            while data[:2] == b"\x1f\x8b":
                engine = zlib.decompressobj(31)
                said.append((engine.decompress(data) + engine.flush()).decode("latin-1"))
                data = engine.unused_data
            said.append(data.decode("latin-1"))
    return "\n".join([*said, *map(str, directory.rglob("*"))])


def test_nothing_tells_of_them(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with Server() as other, Server(host="127.0.0.2") as server:
        secret = server.url("").replace("://", "://SECRETUSER:SECRETPW@")
        page = Reply(STORY.format(host=f"127.0.0.2:{server.port}"))
        items = "".join(
            f"<item><title>{n}</title><link>{link}</link></item>"
            for n, link in enumerate([f"{secret}/story", "/gone", f"{secret}:x/bad", "/away"])
        )
        server.routes |= {
            "/feed.xml": Reply(f"<rss><channel><title>Wire</title><link>{secret}</link>{items}</channel></rss>"),
            "/more.xml": Reply("<rss><channel><title>More</title></channel></rss>"),
            "/refused.xml": Reply(status=401),
            "/story": page,
            "/away": redirect(other.url("/story")),
        }
        other.routes["/story"] = Reply(STORY.replace("winter", "year").format(host="127.0.0.1"))
        listed = other.url("").replace("://", "://SECRETUSER:SECRETPW@")
        (tmp_path / "list.txt").write_text(f"{listed}/listed\n{listed}:x/bad\nhttps://SECRETUSER:SECRETPW@:1/\n")
        (tmp_path / "feeds.toml").write_text(f'[[feed]]\nurl = "{secret}/more.xml"\n')
        words = ["run", "--input", f"{secret}/feed.xml", f"{secret}/refused.xml", str(tmp_path / "list.txt")]
        words += ["--feeds", str(tmp_path / "feeds.toml"), "--output", str(tmp_path / "out"), "--archive"]
        words += ["--allow_private", "--delay_s", "0", "--spacy_model", "none", "--max_dead_ratio", "1"]
        assert main(words) == 0
        assert {asked.headers.get("Authorization") for asked in server.requests()} == {
            "Basic U0VDUkVUVVNFUjpTRUNSRVRQVw=="
        }
        assert {asked.headers.get("Authorization") for asked in other.requests()} == {None}
        assert {"/feed.xml", "/more.xml", "/story", "/robots.txt"} <= set(server.paths())
        lake = read_lake(tmp_path / "out")
    assert len(lake["articles"]) == 2
    assert any("user:password" in letter["message"] for letter in lake["dead_letters"])
    assert "PAGEPW" not in repr(lake), "what a page itself says stays in its archive alone"
    said = everything_in(tmp_path / "out") + "".join(capfd.readouterr())
    assert "ferry between Norrby" in said
    for secret in ("SECRETUSER", "SECRETPW", "U0VDUkVUVVNFUjpTRUNSRVRQVw"):
        at = said.find(secret)
        assert at < 0, said[max(0, at - 500) : at + 200]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--input", "http://SECRETUSER:SECRETPW@"], "not an address with a host: 'http://'"),
        (["--input", "http://SECRETUSER:SECRETPW@:80/"], "not an address with a host"),
        (["--input", "a.html", "--quiet", "https://SECRETUSER:SECRETPW@a.example/"], "does not belong to an option"),
        (["--feeds", "https://SECRETUSER:SECRETPW@a.example/f.opml"], "save it as a file"),
        (["--input", "http://u:SECRETPW@a.example/1", "http://u:SECRETPW2@a.example/2"], "two user names or passwords"),
    ],
)
def test_what_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    assert main(["run", *words, "--output", str(tmp_path / "out"), "--spacy_model", "none", "--quiet"]) == 2
    shown = "".join(capfd.readouterr())
    assert said in shown
    assert "SECRET" not in shown


def test_feeds_add_refuses_them(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    words = ["feeds", "add", "https://SECRETUSER:SECRETPW@a.example/feed", "--file", str(tmp_path / "feeds.toml")]
    assert main(words) == 2
    shown = "".join(capfd.readouterr())
    assert "write a user name and password into" in shown
    assert "SECRET" not in shown
