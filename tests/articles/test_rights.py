"""What pages and headers reserve is read and decided; paywalls are told. All sites are invented."""

import apache_beam as beam
import pytest
from apache_beam.testing.util import assert_that, equal_to
from hypothesis import given
from hypothesis import strategies as st

from schemas.documents import Document, Entry, Origin, Response
from schemas.trouble import LeftOut, Trouble
from tests.support.samples import make_article
from transforms.articles.extract import ExtractArticles
from transforms.articles.pages import parse_page
from transforms.articles.policy import ExtractPolicy
from transforms.articles.read import read_document
from transforms.articles.rights import (
    MAX_DIRECTIVES,
    MAX_LINES,
    Rights,
    decide_rights,
    read_rights,
    reservation_of,
    rights_reserved,
    split_directives,
)

OPTED_OUT = ExtractPolicy(respect_opt_outs=True)
URL = "https://harbourtimes.example/2024/pier"
ORIGIN = Origin(uri="list.txt", kind="url_list", position=0)
BODY = "<article><h1>Pier</h1><p>The harbour council voted on Tuesday to rebuild the eastern pier.</p></article>"


def fetched(head: str = "", body: str = BODY, **headers: str) -> Document:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Document(
        media="html",
        origin=ORIGIN,
        body=f"<html><head>{head}</head><body>{body}</body></html>".encode(),
        url=URL,
        response=Response(url=URL, status=200, headers=named),
    )


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("noindex", ["noindex"]),
        ("NOINDEX, NoArchive", ["noindex", "noarchive"]),
        ("otherbot: noindex, nofollow", []),
        ("newsmill: noindex, nofollow", ["noindex", "nofollow"]),
        ("noai, otherbot: noindex, newsmill: nosnippet, *: noarchive", ["noai", "nosnippet", "noarchive"]),
        ("max-snippet: 50, max-image-preview:large", ["max-snippet:50", "max-image-preview:large"]),
        ("otherbot: max-snippet:0, noindex", []),
        ("newsmill: max-snippet:0", ["max-snippet:0"]),
        ("unavailable_after: 25-Aug-2029 15:00:00 EST", ["unavailable_after:25-aug-2029 15:00:00 est"]),
        ("unavailable_after: Sat, 25 Aug 2029 15:00:00 GMT", ["unavailable_after:sat, 25 aug 2029 15:00:00 gmt"]),
        ("newsmill: unavailable_after: 2029-08-25", ["unavailable_after:2029-08-25"]),
        (" , ,", []),
        ("", []),
    ],
)
def test_directives_are_those_meant_for_us(value: str, found: list[str]) -> None:
    assert split_directives(value) == found


@given(st.text(max_size=80))
def test_any_value_is_split(value: str) -> None:
    assert all(rule == rule.lower().strip() for rule in split_directives(value) if rule.isascii())


@pytest.mark.parametrize(
    ("metas", "headers", "rights"),
    [
        ({}, {}, Rights()),
        ({}, {"tdm-reservation": "1"}, Rights(True, None, (), True)),
        ({"tdm-reservation": "1"}, {}, Rights(True, None, (), True)),
        ({"tdm-reservation": " 0 "}, {"tdm-reservation": "1"}, Rights(False, None, (), False)),
        ({"tdm-reservation": "yes"}, {"tdm-reservation": "1"}, Rights(True, None, (), True)),
        ({"tdm-reservation": "2"}, {}, Rights()),
        (
            {"tdm-reservation": "1", "tdm-policy": "/rights/tdm.json"},
            {},
            Rights(True, "https://harbourtimes.example/rights/tdm.json", (), True),
        ),
        ({"tdm-policy": "javascript:alert(1)"}, {}, Rights()),
        ({"robots": "noai, noimageai"}, {}, Rights(None, None, ("noai", "noimageai"), True)),
        ({"robots": "noimageai"}, {}, Rights(None, None, ("noimageai",), None)),
        ({"robots": "noindex, noarchive"}, {}, Rights(None, None, ("noindex", "noarchive"), None)),
        ({"newsmill": "nosnippet"}, {"x-robots-tag": "noai"}, Rights(None, None, ("noai", "nosnippet"), True)),
        ({"otherbot": "noai"}, {"x-robots-tag": "otherbot: noai"}, Rights()),
        ({}, {"disallowaitraining": ""}, Rights(None, None, ("disallowaitraining",), True)),
        ({"robots": "DisallowAITraining"}, {}, Rights(None, None, ("disallowaitraining",), True)),
        ({"robots": "AllowAITraining"}, {}, Rights(None, None, ("allowaitraining",), False)),
        ({"robots": "noai"}, {"tdm-reservation": "0"}, Rights(False, None, ("noai",), True)),
        ({"robots": "noindex"}, {"x-robots-tag": "noarchive, noindex"}, Rights(None, None, ("noarchive", "noindex"))),
        ({"x-robots-tag": "noai"}, {"robots": "noai"}, Rights()),
    ],
)
def test_rights_are_decided(metas: dict[str, str], headers: dict[str, str], rights: Rights) -> None:
    assert decide_rights(metas.items(), headers.items(), url=URL) == rights


def test_another_name_is_another_robot() -> None:
    assert decide_rights([("robots", "index"), ("vaskbot", "noai")], [], agent="vaskbot").ai_opt_out is True
    assert decide_rights([], [("x-robots-tag", "vaskbot: noai")], agent="vaskbot").ai_opt_out is True


def test_a_flood_of_directives_is_cut() -> None:
    many = [("robots", ", ".join(f"rule-{n}" for n in range(9_000)))] * 9
    assert len(decide_rights(many, []).robots_directives) == MAX_DIRECTIVES


def test_meta_tags_are_read_however_they_are_written() -> None:
    tree = parse_page(
        b"<html><head><META NAME='Robots' CONTENT='NOAI'><meta property='tdm-reservation' content='1'>"
        b"<meta http-equiv='X-Robots-Tag' content='noimageai'><meta name='robots'></head><body><p>x</p></body></html>"
    )
    assert read_rights(tree.iter("meta"), ()) == Rights(True, None, ("noai", "noimageai"), True)


def test_an_article_has_what_page_and_headers_say() -> None:
    head = '<meta name="robots" content="max-snippet:-1"><meta name="tdm-policy" content="https://harbour.example/tdm">'
    article = read_document(fetched(head, tdm_reservation="1", x_robots_tag="noarchive"))
    assert (article.tdm_reservation, article.tdm_policy) == (True, "https://harbour.example/tdm")
    assert article.robots_directives == ("noarchive", "max-snippet:-1")
    assert article.ai_opt_out is True
    plain = read_document(fetched())
    assert (plain.tdm_reservation, plain.tdm_policy, plain.robots_directives, plain.ai_opt_out) == (
        None,
        None,
        (),
        None,
    )


def test_opt_outs_are_respected_where_that_is_asked_for() -> None:
    document = fetched('<meta name="robots" content="noai">')
    assert read_document(document).ai_opt_out is True
    with pytest.raises(LeftOut) as caught:
        read_document(document, policy=OPTED_OUT)
    assert caught.value.reason == "rights.reserved"
    assert "noai" in caught.value.message
    assert read_document(fetched('<meta name="robots" content="noindex">'), policy=OPTED_OUT).text


def test_the_stage_leaves_out_what_is_reserved() -> None:
    documents = [fetched(), fetched(x_robots_tag="noai"), fetched('<meta name="tdm-reservation" content="1">')]
    with beam.Pipeline(runner="apache_beam.runners.portability.fn_api_runner.FnApiRunner") as pipeline:
        found = pipeline | beam.Create(documents) | ExtractArticles(policy=OPTED_OUT)
        told = found.dropped | beam.Map(lambda row: (row.stage, row.outcome, row.reason))
        assert_that(told, equal_to([("extract", "filtered", "rights.reserved")] * 2), label="dropped")
        assert_that(found.articles | beam.Map(lambda article: article.ai_opt_out), equal_to([None]), label="done")
        assert_that(found.dead, equal_to([]), label="dead")


def test_the_entry_that_stands_in_is_bound_by_the_page() -> None:
    told = Entry(url=URL, content_html=f"<p>{'The council voted to rebuild the pier. ' * 4}</p>")
    empty = fetched('<meta name="tdm-reservation" content="1">', body="<p>Loading</p>")
    document = Document(media="html", origin=ORIGIN, body=empty.body, url=URL, response=empty.response, entry=told)
    assert read_document(document).text_source == "feed_content"
    with pytest.raises(LeftOut):
        read_document(document, policy=OPTED_OUT)


def test_a_page_is_judged_before_it_is_kept() -> None:
    assert reservation_of(fetched('<meta name="tdm-reservation" content="1">')) == "tdm-reservation: 1"
    assert reservation_of(fetched(x_robots_tag="noai")) == "robots: noai"
    assert reservation_of(fetched(x_robots_tag="noarchive")) is None
    broken = Document(media="html", origin=ORIGIN, body=b"", response=Response(url=URL, status=200))
    assert reservation_of(broken) is None
    assert reservation_of(Document(media="entry", origin=ORIGIN)) is None


def test_what_is_reserved_is_told_of_articles_too() -> None:
    assert rights_reserved(make_article(robots_directives=("noindex",))) is None
    assert rights_reserved(make_article(tdm_reservation=True, tdm_policy="https://harbour.example/tdm")) == (
        "tdm-reservation: 1, policy https://harbour.example/tdm"
    )


LD = '<script type="application/ld+json">%s</script>'
OWN = '{"@type": "NewsArticle", "headline": "Pier"%s}'
PART = ', "hasPart": {"@type": "WebPageElement", "isAccessibleForFree": "False", "cssSelector": ".paid"}'


@pytest.mark.parametrize(
    ("head", "free"),
    [
        ("", None),
        (LD % '{"@type": "NewsArticle", "headline": "Pier", "isAccessibleForFree": "False"}', False),
        (LD % '{"@type": "NewsArticle", "headline": "Pier", "isAccessibleForFree": "https://schema.org/True"}', True),
        (LD % '{"@type": "NewsArticle", "headline": "Pier", "isAccessibleForFree": 0}', False),
        (LD % (OWN % PART), False),
        (LD % (OWN % PART.replace("False", "True")), None),
        (LD % (OWN % (', "isAccessibleForFree": true' + PART)), True),
        (LD % '[{"@type": "NewsArticle", "name": "Pier"}, {"@type": "WebPage", "isAccessibleForFree": false}]', False),
        (
            LD % '[{"@type": "NewsArticle", "headline": "Pier"}, '
            '{"@type": "Article", "headline": "Another one", "isAccessibleForFree": false}]',
            None,
        ),
        (
            LD % '[{"@type": "NewsArticle", "headline": "Pier", "url": "http://harbourtimes.example/pier"}, {"@type": '
            '"NewsArticle", "headline": "A pier", "url": "https://harbourtimes.example/pier/", '
            '"isAccessibleForFree": "no"}]',
            False,
        ),
        ('<meta property="article:content_tier" content="metered">', False),
        ('<meta property="article:content_tier" content="locked">', False),
        ('<meta property="article:content_tier" content="free">', True),
        ('<meta property="article:opinion" content="false">', None),
        (
            LD % '{"@type": "NewsArticle", "headline": "Pier", "isAccessibleForFree": false}'
            + '<meta property="article:content_tier" content="free">',
            False,
        ),
    ],
)  # fmt: skip
def test_a_paywall_is_what_the_page_declares(head: str, free: bool | None) -> None:
    assert read_document(fetched(head)).is_accessible_for_free is free


def test_a_page_without_text_is_still_trouble() -> None:
    with pytest.raises(Trouble, match=r"extract\.no_main_text"):
        read_document(fetched('<meta name="robots" content="noai">', body="<p>Loading</p>"), policy=OPTED_OUT)


def test_so_many_directives_are_looked_at_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def count(value: str, *, agent: str) -> list[str]:
        asked.append(len(value))
        return ["noai"]

    monkeypatch.setattr("transforms.articles.rights.split_directives", count)
    tag = f'<meta name="robots" content="{"a, " * 10_000}">'
    page = parse_page(f"<html><head>{tag * 300}</head><body></body></html>".encode())
    found = read_rights(page.iter("meta"), ())
    assert found.ai_opt_out is True
    assert (len(asked), max(asked)) == (MAX_LINES, 5_000)
