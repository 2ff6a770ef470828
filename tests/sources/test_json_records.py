"""JSON records."""

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.documents import Document, Entry, Link, Origin
from schemas.outcomes import Mishap
from schemas.trouble import Trouble
from tests.support.found import at, codes
from transforms.letters.replay_element import origin_of
from transforms.sources.field_names import FieldMap
from transforms.sources.json_records import read_records
from transforms.sources.limits import ReadLimits

LINES = Origin(uri="a.jsonl", kind="jsonl", tags=("t",))


def records(data: bytes, **limits: Any) -> list[Any]:
    return list(read_records(io.BytesIO(data), LINES, head=data[:65536], limits=ReadLimits(**limits)))


def test_json_lines() -> None:
    lines = [
        {"url": "https://post.example/1", "html": "<p>ö</p>", "headline": "A <b>B</b>", "authors": ["Ann", "Bo"]},
        {"text": "Words", "title": "T", "author": "Ann", "date": 20240101, "tags": ["x"], "language": "EN"},
        {"url": "https://post.example/3", "published": "2024", "description": "D", "image": "https://i.example/i"},
        {"url": "https://post.example/4", "html": None, "text": ""},
    ]
    data = "\n\n".join(json.dumps(line) for line in lines).encode()
    assert records(b"\xef\xbb\xbf" + data) == [
        Document(
            media="html",
            origin=at(LINES, 0),
            body="<p>ö</p>".encode(),
            charset="utf-8",
            url="https://post.example/1",
            entry=Entry(url="https://post.example/1", title="A B", authors=("Ann", "Bo")),
        ),
        Document(
            media="text",
            origin=at(LINES, 1),
            body=b"Words",
            charset="utf-8",
            entry=Entry(title="T", authors=("Ann",), published_raw="20240101", categories=("x",), language="en"),
        ),
        Link(
            url="https://post.example/3",
            origin=at(LINES, 2),
            entry=Entry(
                url="https://post.example/3",
                published_raw="2024",
                summary_html="D",
                image_url="https://i.example/i",
            ),
        ),
        Link(url="https://post.example/4", origin=at(LINES, 3)),
    ]
    assert records("\n".join(json.dumps(line) for line in lines).encode("utf-16")) == records(data)
    assert records(json.dumps(lines, indent=1).encode()) == records(data)
    assert records(json.dumps(lines[0], indent=1).encode()) == records(json.dumps(lines[0]).encode())


def test_bad_lines_and_the_good_ones_between() -> None:
    data = b"""{"url": "https://a.example/1", "text": "one"}
{"url": "https://a.example/2", "text": "two
[1]
{"title": "nothing to read"}
{"url": "mailto:x", "text": "y"}
{"url": 5}
{"text": {"a": 1}}
{"url": "https://a.example/3", "text": "%s"}
{"url": "https://a.example/4", "text": "%s"}
\xff\xfe
{"text": "last"}""" % (b"x" * 150, b"y" * 700)
    found = records(data, max_page_bytes=100)
    bad = "read.bad_record"
    big = "read.too_large"
    assert codes(found) == ["Document", bad, bad, bad, bad, bad, bad, big, big, bad, "Document"]
    assert [origin_of(thing.subject).position for thing in found if isinstance(thing, Mishap)] == list(range(1, 10))
    why = [thing.why.message for thing in found if isinstance(thing, Mishap)]
    assert why[1] == "a list in the place of an object"
    assert why[2] == "neither html, text nor url, but ['title']"
    assert why[4:6] == ["url is a number, not a string", "text is an object, not a string"]
    assert found[7].subject.url == "https://a.example/3"
    assert found[10].origin.position == 10


def test_fields_that_are_there_and_empty_are_named() -> None:
    empty, none = records(b'{"url": "", "text": null, "title": "T"}\n{"url": " "}')
    assert empty.why.message == "neither html, text nor url, but ['title']; ['text', 'url'] are empty"
    assert none.why.message == "neither html, text nor url, but nothing; ['url'] are empty"


def test_one_json_value_that_cannot_be_read() -> None:
    with pytest.raises(Trouble, match=r"read\.bad_record"):
        records(b"[")
    with pytest.raises(Trouble, match=r"read\.bad_record"):
        records(b'{\n"url":\n')
    with pytest.raises(Trouble, match=r"read\.too_large"):
        records(b'[{"url": "https://a.example/"}]', max_array_bytes=10)
    assert records(b"[]") == []


LINK = b'{"url": "https://a.example/%d"}'


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"[" + LINK % 1 + b", " + LINK % 2, ["Link", "Link", "read.bad_record"]),
        (b"[" + LINK % 1 + b', {"url": oops}, [1], ' + LINK % 2 + b"]", ["Link", *["read.bad_record"] * 2, "Link"]),
        (b"[" + LINK % 1 + b', {"a": "x\\"]}, ' + LINK % 2, ["Link", "read.bad_record", "read.bad_record"]),
        (b"[\n" + LINK % 1 + b",\n" + LINK % 2 + b",\n]\n", ["Link", "Link"]),
        (b"[" + LINK % 1 + b', {"url": ' + b"[" * 5000 + b"]" * 5000 + b"}, " + LINK % 2 + b"]",
         ["Link", "read.bad_record", "Link"]),
        (LINK % 1 + b"\n" + b'{"a":' * 3000 + b"\n" + LINK % 2, ["Link", "read.bad_record", "Link"]),
        (LINK % 1 + b",\n" + LINK % 2 + b",\n\x1e" + LINK % 3, ["Link", "Link", "Link"]),
        (b"{'url': 'https://a.example/'}\n{'url': 'https://a.example/'}", ["read.bad_record", "read.bad_record"]),
    ],
)  # fmt: skip
def test_a_wrong_part_costs_its_record_alone(data: bytes, wanted: list[str]) -> None:
    assert codes(records(data)) == wanted


@pytest.mark.parametrize(
    ("value", "title"),
    [
        (b'"Ferry", "score": NaN, "low": -Infinity', "Ferry"),
        (b'"Ferry \\ud83d moves"', "Ferry \ufffd moves"),
        (b'"Ferry \\\\ud83d moves"', "Ferry \\ud83d moves"),
        (b'"Ferry \\ud83d\\ude00 moves", "n": NaN', "Ferry \U0001f600 moves"),
        (b'"Ferry\tmoves"', "Ferry moves"),
        (b'"Ferry na\xefve caf\xc3\xa9"', "Ferry na\ufffdve caf\u00e9"),
        (b'"Ferry", "tags": [],', "Ferry"),
        (b'"Ferry, ] }", "tags": [ "a" , ] , ', "Ferry, ] }"),
        (b'"Ferry", "n": ' + b"9" * 5000, "Ferry"),
        (b'"Ferry", "n": 1e999', "Ferry"),
        (b'"Ferry", "published": ' + b"9" * 300, "Ferry"),
        (b'"Ferry", "published": {"$date": "2024-05-03T10:00:00Z"}, "id": true', "Ferry"),
    ],
)
def test_what_json_writers_do_against_the_rules(value: bytes, title: str) -> None:
    line = b'{"url": "https://a.example/1", "title": ' + value + b"}\n"
    for data in (line * 2, b"[" + line + b"," + line + b"]"):
        for found in records(data):
            assert isinstance(found, Link), found
            assert found.entry is not None
            assert found.entry.title == title


def test_the_charset_of_a_file_in_an_older_one() -> None:
    line = '{"url": "https://a.example/%d", "title": "Le maire a d\u00e9clar\u00e9 la gr\u00e8ve"}\n'
    found = records("".join(line % n for n in range(9)).encode("cp1252"))
    assert {link.entry.title for link in found} == {"Le maire a d\u00e9clar\u00e9 la gr\u00e8ve"}


TEXT = "The harbour board of Port Ansel agreed on Monday to rebuild the breakwater."
HTML_TEXT = f"<p>{TEXT}</p><p>Work begins in spring.</p>"
BY_TOOL: dict[str, dict[str, Any]] = {
    "news-please": {"url": "https://a.example/1", "title": "T", "maintext": TEXT, "date_publish": "2024-05-03 10:00:00",
                    "authors": ["Ann Lee"], "date_download": "2024-06-01", "filename": "x.json"},
    "Fundus": {"title": "T", "body": {"summary": [], "sections": [{"headline": [], "paragraphs": [TEXT]}]},
               "authors": ["Ann Lee"], "publishing_date": "2024-05-03 10:00:00+00:00",
               "html": {"requested_url": "https://a.example/1", "crawl_date": "2024-06-01"}},
    "datatrove": {"text": TEXT, "id": "<urn:uuid:1>", "metadata": {"url": "https://a.example/1", "title": "T",
                  "date": "2024-05-03T10:00:00Z", "author": "Ann Lee"}},
    "newspaper4k": {"source_url": "https://a.example", "url": "https://a.example/1", "title": "T", "text": TEXT,
                    "authors": ["Ann Lee"], "publish_date": "2024-05-03", "top_image": "https://a.example/i.png"},
    "trafilatura": {"title": "T", "author": "Ann Lee; Bo Ek", "hostname": "a.example", "date": "2024-05-03",
                    "fingerprint": "1", "source": "https://a.example/1", "excerpt": "E", "raw_text": "x", "text": TEXT},
    "CC-News": {"requested_url": "https://a.example/1", "title": "T", "plain_text": TEXT, "author": "Ann Lee",
                "published_date": "2024-05-03T10:00:00Z", "sitename": "A"},
    "Common Crawl": {"warc_headers": {"WARC-Target-URI": "https://a.example/1", "WARC-Date": "2024-06-01"},
                     "content": TEXT, "title": "T", "byline": "Ann Lee", "date": "2024-05-03"},
    "Readability": {"url": "https://a.example/1", "title": "T", "byline": "Ann Lee", "content": HTML_TEXT,
                    "textContent": TEXT, "excerpt": "E", "publishedTime": "2024-05-03"},
    "Zyte": {"url": "https://a.example/1", "headline": "T", "articleBody": TEXT, "datePublished": "2024-05-03",
             "authors": [{"name": "Ann Lee"}], "mainImage": {"url": "https://a.example/i.png"}},
    "Elasticsearch": {"_index": "n", "_id": "1", "_source": {"url": "https://a.example/1", "title": "T",
                      "content": TEXT, "author": "Ann Lee", "pubDate": "2024-05-03"}},
    "Guardian": {"id": "world/1", "webUrl": "https://a.example/1", "webTitle": "T", "webPublicationDate": "2024-05-03",
                 "fields": {"bodyText": TEXT, "byline": "Ann Lee"}},
}  # fmt: skip


@pytest.mark.parametrize("tool", BY_TOOL)
def test_records_of_other_tools(tool: str) -> None:
    (found,) = records(json.dumps(BY_TOOL[tool]).encode())
    assert isinstance(found, Document)
    assert (found.media, found.body.decode(), found.url) == ("text", TEXT, "https://a.example/1")
    assert found.entry is not None
    assert (found.entry.title, found.entry.authors[0]) == ("T", "Ann Lee")
    assert (found.entry.published_raw or "").startswith("2024-05-03")


def test_html_of_an_article_alone_is_all_of_it() -> None:
    wordpress = {"link": "https://a.example/1", "title": {"rendered": "A &amp; B"}, "content": {"rendered": HTML_TEXT},
                 "date": "2024-05-03T10:00:00"}  # fmt: skip
    (found,) = records(json.dumps(wordpress).encode())
    assert (found.media, found.body, found.url) == ("entry", b"", "https://a.example/1")
    assert (found.entry.title, found.entry.content_html) == ("A & B", HTML_TEXT)
    (page,) = records(json.dumps({"body": f"<!DOCTYPE html><html><body>{HTML_TEXT}</body></html>"}).encode())
    assert page.media == "html"
    (text,) = records(json.dumps({"text": f"{TEXT} 3 < 4, and <video> is a tag"}).encode())
    assert text.media == "text"


ARTICLE = {"source": {"id": None, "name": "A"}, "author": "Ann Lee", "title": "T", "description": "D",
           "url": "https://a.example/1", "urlToImage": "https://a.example/i.png", "publishedAt": "2024-05-03T10:00:00Z",
           "content": "The harbour board\u2026 [+1234 chars]"}  # fmt: skip
SEEN = {
    "url": "https://a.example/1",
    "title": "T",
    "seendate": "20240503T100000Z",
    "socialimage": "https://a.example/i.png",
}


@pytest.mark.parametrize(
    "answer",
    [
        {"status": "ok", "totalResults": 2, "articles": [ARTICLE, ARTICLE]},
        {"pagination": {"limit": 2}, "data": [ARTICLE, ARTICLE]},
        {"articles": [SEEN, SEEN]},
        {"response": {"status": "ok", "results": [SEEN, ARTICLE]}},
        {"features": [], "rows": [{"row_idx": 0, "row": SEEN}, {"row_idx": 1, "row": ARTICLE}]},
        {"hits": {"total": 2, "hits": [{"_source": SEEN}, {"_source": ARTICLE}]}},
    ],
)
def test_the_answer_of_a_service_is_the_list_in_it(answer: dict[str, Any]) -> None:
    for data in (json.dumps(answer).encode(), json.dumps(answer, indent=1).encode()):
        found = records(data)
        assert codes(found) == ["Link", "Link"]
        assert {(link.url, link.entry.title, link.entry.image_url) for link in found} == {
            ("https://a.example/1", "T", "https://a.example/i.png")
        }
    line = json.dumps(answer).encode()
    assert codes(records(line + b"\n{oops}\n" + line)) == ["Link", "Link", "read.bad_record", "Link", "Link"]


def test_a_date_that_is_not_of_publication_is_none() -> None:
    (link,) = records(json.dumps(SEEN).encode())
    assert link.entry.published_raw is None


LONG = "The harbour board agreed on Monday. " * 9


@pytest.mark.parametrize(
    ("record", "named"),
    [
        ({"url": "https://a.example/1", "transcript": LONG}, "transcript"),
        ({"title": "T", "url": "https://a.example/1", "parts": [LONG[:120], LONG[:120]]}, "parts"),
        ({"url": "https://a.example/1", "extra": {"inner": LONG}}, "extra.inner"),
        ({"url": "https://a.example/1", "wort": "\u6e2f\u53e3\u59d4\u5458\u4f1a" * 50}, "wort"),
        ({"transcript": LONG}, "transcript"),
    ],
)
def test_a_long_string_that_nothing_reads(record: dict[str, Any], named: str) -> None:
    (mishap,) = records(json.dumps(record).encode())
    assert mishap.why.code == "read.bad_record"
    assert f"name it with --map text={named}" in mishap.why.message
    mapped = FieldMap(pairs=(("text", named),))
    (found,) = records(json.dumps(record).encode(), field_map=mapped)
    assert isinstance(found, Document)


@pytest.mark.parametrize(
    "record",
    [
        {"url": "https://a.example/1", "description": LONG},
        {"url": "https://a.example/1", "thumb": "iVBORw0KGgo" * 100},
        {"url": "https://a.example/1", "other": "https://a.example/" + "x" * 400},
        {"url": "https://a.example/1", "note": "short"},
    ],
)
def test_what_is_long_and_no_text(record: dict[str, Any]) -> None:
    assert codes(records(json.dumps(record).encode())) == ["Link"]


def test_mapped_names_are_asked_first() -> None:
    record = {"url": "https://a.example/1", "text": "no", "lead": {"long": TEXT}, "top": "T", "title": "no"}
    pairs = (("text", "lead.long"), ("title", "nothing"), ("title", "top"))
    (found,) = records(json.dumps(record).encode(), field_map=FieldMap(pairs=pairs))
    assert (found.body.decode(), found.entry.title) == (TEXT, "T")


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_json_bytes_fail_only_in_a_named_way(data: bytes) -> None:
    for given_data in (data, b'{"url": "' + data, b"[" + data, b'{"text": "x"}\n' + data):
        try:
            assert set(codes(records(given_data))) <= {"Document", "Link", "read.bad_record"}
        except Trouble as trouble:
            assert trouble.code == "read.bad_record"


@settings(deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5), lambda inner:
    st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["url", "html", "text", "title", "tags", "authors",
    "date", "language", "image"]), inner, max_size=5), max_leaves=12))  # fmt: skip
def test_any_json_values_fail_only_in_a_named_way(value: Any) -> None:
    try:
        codes(records(json.dumps(value).encode() + b"\n"))
    except Trouble as trouble:
        assert trouble.code == "read.bad_record"
