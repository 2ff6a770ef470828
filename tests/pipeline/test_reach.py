"""What a run may reach: with ``--fetch never`` nobody, and object stores only where their package is installed."""

import json
import socket
from pathlib import Path
from typing import Any, NoReturn

import pytest

from pipeline.cli import main
from tests.support.lakes import read_lake

STORY = "<p>The ferry between Norrby and Sund sails again after a winter of repairs, said the harbour board.</p>" * 5


def test_never_opens_no_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    connect = socket.socket.connect

    def refuse(*args: Any, **_: Any) -> NoReturn:
        asked.append(args)
        raise OSError("no network")

    def connect_here(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX:  # processes of this machine may speak to each other
            refuse(address)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_here)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    given = tmp_path / "in"
    given.mkdir()
    (given / "page.html").write_text(
        "<html><head><base href='http://a.example/'><link rel=stylesheet href=/a.css><script src=/a.js></script>"
        f"<title>Ferry resumes</title></head><body><article><h1>Ferry resumes</h1>{STORY}<img src=/a.png>"
    )
    (given / "feed.xml").write_text(
        "<!DOCTYPE rss SYSTEM 'http://a.example/x.dtd' [<!ENTITY e SYSTEM 'http://a.example/e'>]>"
        "<rss><channel><title>Wire</title><link>http://a.example/</link><item><title>A</title>"
        "<link>http://a.example/1</link></item></channel></rss>"
    )
    (given / "list.opml").write_text(
        "<opml version='2.0'><body><outline type='rss' xmlUrl='http://a.example/f'/>"
        "<outline type='rss' xmlUrl='s3://bucket/feed.xml'/><outline type='rss' xmlUrl='gs://bucket/f'/></body></opml>"
    )
    (given / "list.txt").write_text("http://a.example/2\nhttp://user:pw@b.example/3\n")
    (given / "sitemap.xml").write_text(
        "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><sitemap><loc>http://a.example/s.xml</loc>"
        "</sitemap></sitemapindex>"
    )
    (given / "records.jsonl").write_text(json.dumps({"url": "http://a.example/4", "title": "B"}) + "\n")
    words = ["run", "--input", str(given), "http://a.example/feed", "--output", str(tmp_path / "out"), "--quiet"]
    words += ["--feeds", "http://a.example/feed2"]
    assert main([*words, "--fetch", "never", "--spacy_model", "none", "--max_dead_ratio", "1"]) == 0
    assert asked == []
    lake = read_lake(tmp_path / "out")
    assert [row["headline"] for row in lake["articles"]] == ["Ferry resumes"]
    assert not lake.get("fetch_log")


def test_a_list_at_an_address_needs_the_network(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    words = ["run", "--feeds", "https://a.example/list.opml", "--output", str(tmp_path), "--fetch", "never"]
    assert main([*words, "--spacy_model", "none", "--quiet"]) == 2
    assert "save it as a file" in capfd.readouterr().err
