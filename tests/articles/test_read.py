"""Pages, entries and texts become articles; the entry fills what the page leaves open."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from schemas.documents import Document, Entry, Origin, Response
from schemas.trouble import Trouble
from transforms.articles.headlines import strip_site
from transforms.articles.page_addresses import choose_url
from transforms.articles.read import read_document
from transforms.identity import content_hash

ORIGIN = Origin(uri="feed.xml", kind="rss", position=3, tags=("Local",))
CONTENT = "<p>The ferry ran aground near Ostrel on Tuesday, and nobody was hurt.</p><p>It floated free before noon.</p>"
PAGES = Path(__file__).resolve().parents[1] / "data" / "pages"
URL = "https://news.example.org/2024/ferry"


def entry(**values: object) -> Entry:
    return Entry(**{"url": URL, "title": "Ferry runs aground", "entry_id": "guid-1", **values})  # type: ignore[arg-type]


def page(body: str, **values: object) -> Document:
    return Document(**{"media": "html", "origin": ORIGIN, "body": body.encode(), "url": URL, **values})  # type: ignore[arg-type]


def test_an_entry_alone_is_an_article() -> None:
    found = read_document(
        Document(
            media="entry",
            origin=ORIGIN,
            entry=entry(
                content_html=CONTENT, summary_html="<b>Short</b> of it", authors=("By Jane Roe",), categories=("Sea",),
                published_raw="Tue, 07 May 2024 09:00:00 +0200", language="en-gb", feed_title="Ostrel News",
            ),
            fetch_error="fetch.http_404",
        )
    )  # fmt: skip
    assert (
        found.text == "The ferry ran aground near Ostrel on Tuesday, and nobody was hurt.\nIt floated free before noon."
    )
    assert (found.text_source, found.fetch_error, found.headline) == (
        "feed_content",
        "fetch.http_404",
        "Ferry runs aground",
    )
    assert (found.description, found.keywords, found.tags) == ("Short of it", ("Sea",), ("Local",))
    assert [author.name for author in found.authors] == ["Jane Roe"]
    assert found.date_published == datetime(2024, 5, 7, 7, tzinfo=UTC)
    assert (found.date_published_source, found.date_published_precision) == ("feed", "instant")
    assert (found.in_language_declared, found.feed_title, found.source_position) == ("en-gb", "Ostrel News", 3)


@pytest.mark.parametrize("title", ["x" * 5_000, "Fer\u00adry runs\u200b", "A &amp;amp; B", " \n", "T\x00\x85 a"])
def test_the_hash_is_of_the_headline_that_is_stored(title: str) -> None:
    body = "<p>A ferry ran aground off the point this morning, and all on board are safe and well.</p>"
    found = read_document(Document(media="entry", origin=ORIGIN, entry=entry(title=title, content_html=body)))
    assert found.content_hash == content_hash(found.headline, found.text)


def test_a_summary_is_better_than_nothing() -> None:
    found = read_document(Document(media="entry", origin=ORIGIN, entry=entry(summary_html=CONTENT)))
    assert (found.text_source, found.description) == ("feed_summary", None)


def test_the_entry_stands_in_for_a_page_without_article() -> None:
    empty = "<html><body><nav><a href='/'>Home</a></nav><p>Loading</p></body></html>"
    found = read_document(page(empty, entry=entry(content_html=CONTENT)))
    assert (found.text_source, found.fetch_error) == ("feed_content", None)
    with pytest.raises(Trouble, match=r"extract\.no_main_text"):
        read_document(page(empty, entry=entry()))


def test_the_feed_knows_the_time_of_a_day() -> None:
    body = (PAGES / "day_only.html").read_bytes()
    found = read_document(
        Document(media="html", origin=ORIGIN, body=body, entry=entry(published_raw="2024-04-18T06:30:00+02:00"))
    )
    assert (found.date_published, found.date_published_source) == (datetime(2024, 4, 18, 4, 30, tzinfo=UTC), "feed")
    other = read_document(
        Document(media="html", origin=ORIGIN, body=body, entry=entry(published_raw="2024-04-20T06:30:00+02:00"))
    )
    assert (other.published_date, other.date_published_source) == (date(2024, 4, 18), "meta")


def test_how_it_was_received_is_kept() -> None:
    response = Response(
        url=URL, status=200, redirects=("http://news.example.org/f",), fetched_at=datetime(2024, 5, 7, tzinfo=UTC)
    )
    found = read_document(
        Document(
            media="html", origin=ORIGIN, body=(PAGES / "no_metadata.html").read_bytes(), url=URL, response=response
        )
    )
    assert (found.url, found.url_requested, found.http_status) == (URL, "http://news.example.org/f", 200)
    assert found.extractor.startswith("newsmill blocks ")


def test_a_text_with_an_entry_takes_its_title() -> None:
    text = "Ferry hits sand\n\nThe ferry ran aground near Ostrel on Tuesday, and nobody was hurt, the coast guard said."
    document = Document(media="text", origin=ORIGIN, body=text.encode())
    assert read_document(document).headline == "Ferry hits sand"
    assert read_document(document).url is None
    assert read_document(document).id_scheme == "text1"
    told = Document(media="text", origin=ORIGIN, body=text.encode(), entry=entry())
    assert read_document(told).headline == "Ferry runs aground"


def test_the_declared_body_finds_the_paragraphs() -> None:
    first, second = (
        "The first paragraph is about the ferry and its long way home. " * 3,
        "The second one is about the harbour and its people. " * 9,
    )
    html = (
        '<html><head><script type="application/ld+json">'
        f'{{"@type":"NewsArticle","articleBody":"{first} {second}"}}</script></head>'
        f"<body><article><p>{first}</p></article><div class='sidebar'><p>{second}</p></div></body></html>"
    )
    assert read_document(page(html)).text == f"{first.strip()}\n{second.strip()}"


def test_too_short_is_no_article() -> None:
    with pytest.raises(Trouble, match=r"extract\.no_main_text"):
        read_document(page("<html><body><article><p>Too short.</p></article></body></html>"))


@pytest.mark.parametrize(
    ("candidates", "chosen"),
    [
        (["https://news.example.org/a/b"], "https://news.example.org/a/b"),
        (["https://amp.example.org/a/b"], "https://amp.example.org/a/b"),
        (["https://news.example.org/", "https://elsewhere.example.com/a"], None),
        (["/a/b", "javascript:void(0)", "https://[bad"], None),
    ],
)
def test_only_a_believable_canonical_is_taken(candidates: list[str], chosen: str | None) -> None:
    assert choose_url(candidates, URL) == chosen


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("Bridge opens - The Example Times", "Bridge opens"),
        ("Example Times: Bridge opens", "Example Times: Bridge opens"),
        ("Bridge opens – again", "Bridge opens – again"),
        ("Bridge | News | Example Times", "Bridge | News"),
    ],
)
def test_the_site_leaves_the_title(title: str, bare: str) -> None:
    assert strip_site(title, ["Example Times"]) == bare


RECORD = Origin(uri="a.jsonl", kind="jsonl", position=0)
SENTENCE = "The harbour board of Port Ansel agreed on Monday to rebuild the eastern breakwater"


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        (f"By the sea there is a wall.\n\n{SENTENCE}.\n\nWork begins in spring, said Ida Holm.", 3),
        (f"{SENTENCE}\n\nWork begins in spring and will last two summers", 2),
        (f"Board agrees\n\n{SENTENCE}.", 2),
        (f"May 6, 2024\n\n{SENTENCE}.\n\nJane Roe for Harbour Times", 3),
        ("港口委员会星期一同意重建东部防波堤，工程将于春季开始，预计持续两个夏天" * 2, 1),
        ("คณะกรรมการท่าเรือมีมติเมื่อวันจันทร์ให้สร้างเขื่อนกันคลื่นด้านตะวันออกขึ้นใหม่", 1),
    ],
)
def test_a_record_with_a_title_keeps_all_of_its_text(text: str, paragraphs: int) -> None:
    found = read_document(Document(media="text", origin=RECORD, body=text.encode(), entry=entry(title="Board agrees")))
    assert found.text == text.replace("\n\n", "\n")
    assert len(found.text.split("\n")) == paragraphs
    assert (found.headline, found.text_source, found.description, found.byline) == ("Board agrees", "text", None, None)


def test_one_paragraph_of_a_record_is_its_text() -> None:
    for text in (
        SENTENCE,
        "港口委员会星期一同意重建东部防波堤，工程将于春季开始，预计持续两个夏天，轮渡将停靠北码头直到那时为止，委员会说",
    ):
        found = read_document(Document(media="text", origin=RECORD, body=text.encode()))
        assert (found.text, found.headline) == (text, None)


def test_one_long_line_in_a_script_without_full_stops_is_a_text() -> None:
    text = "คณะกรรมการท่าเรือมีมติเมื่อวันจันทร์ให้สร้างเขื่อนกันคลื่นด้านตะวันออกขึ้นใหม่ งานจะเริ่มในฤดูใบไม้ผลิ และใช้เวลาสองปี"
    file = Document(media="text", origin=Origin(uri="a.txt", kind="text"), body=text.encode())
    assert read_document(file).text == text
    with pytest.raises(Trouble, match=r"extract\.no_main_text"):
        read_document(Document(media="text", origin=file.origin, body=SENTENCE.encode()))


def test_a_long_first_line_in_another_script_is_no_headline() -> None:
    first = "港口委员会星期一同意重建东部防波堤，工程将于春季开始，预计持续两个夏天，轮渡将停靠北码头直到那时为止。"
    thai = "คณะกรรมการท่าเรือมีมติเมื่อวันจันทร์ให้สร้างเขื่อนกันคลื่นด้านตะวันออกขึ้นใหม่ " * 3
    for text in (f"{first}\n\n{first[::-1]}", f"{thai.strip()}\n\n{thai[::-1].strip()}"):
        found = read_document(Document(media="text", origin=RECORD, body=text.encode()))
        assert (found.headline, found.text) == (None, text.replace("\n\n", "\n"))
