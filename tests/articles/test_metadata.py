"""Metadata is optional: each source of it fails by itself, and so many values of each are looked at."""

from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest

from schemas.documents import Document, Entry, Origin, Response
from transforms.articles import metadata, page_dates, publication_dates
from transforms.articles.dates import parse_date
from transforms.articles.headlines import choose_alternative, strip_site
from transforms.articles.pages import parse_text
from transforms.articles.publication_dates import MAX_DATES, choose_date
from transforms.articles.read import read_document
from transforms.articles.walk import read_structure

TEXT = "The harbour board of Ellery agreed on Monday to rebuild the eastern pier at a cost of four millions. "
MORE = "Work on the pier begins in spring and will last two summers, and the ferry will land at the northern quay. "
BODY = f"<h1>The pier opens again</h1><p>{TEXT}</p><p>{MORE}</p>"
URL = "https://post.example/pier"


def read(head: str = "", body: str = BODY, *, kind: str = "html", **more: Any) -> Any:
    page = f"<html lang=en><head>{head}</head><body><article>{body}</article></body></html>".encode()
    return read_document(Document(media="html", origin=Origin(uri="a", kind=kind), body=page, url=URL, **more))


@pytest.mark.parametrize(
    ("title", "sites", "expected"),
    [
        ("Bridge opens | The Example Times", ["Example Times"], "Bridge opens"),
        ("Bridge opens | Site | Site", ["Site"], "Bridge opens"),
        ("Bridge opens > Site", ["Site"], "Bridge opens"),
        ("Brücke eröffnet ★ Hafenpost", ["Hafenpost"], "Brücke eröffnet"),
        ("Brücke eröffnet ▸ Hafenpost", ["Marktblatt"], "Brücke eröffnet ▸ Hafenpost"),
        ("Fisch & Boot", ["Boot"], "Fisch & Boot"),
        ("다리가 다시 열렸다ㅣ해안일보", ["해안일보"], "다리가 다시 열렸다"),
        ("동쪽 부두 다시 짓기로 < 사회 < 기사본문 - 해안일보", ["해안일보"], "동쪽 부두 다시 짓기로"),
        ("海州大桥今天正式通车_时政_海州新闻网", ["海州新闻网"], "海州大桥今天正式通车"),
        ("海州大桥推动中国—东盟合作_海州新闻网", ["海州新闻网"], "海州大桥推动中国—东盟合作"),
        ("海州大桥_时政_海州新闻网", ["海州新闻网"], "海州大桥_时政"),
        ("Example Times: Bridge opens", ["Example Times"], "Example Times: Bridge opens"),
        ("Example Times – Bridge opens", ["Example Times"], "Bridge opens"),
        ("Offshore wind – Power from the sea", ["Fund Offshore Wind"], "Offshore wind – Power from the sea"),
        ("Power from the sea – Wind", ["Fund Offshore Wind"], "Power from the sea"),
        ("Bridge opens - News - Example Times", ["Example Times"], "Bridge opens - News"),
        ("Example Times", ["Example Times"], "Example Times"),
        ("Example Times | Example Times", ["Example Times"], "Example Times"),
        ("Bridge" + " | Site" * 100, ["Site"], "Bridge"),
        ("A  |  B", [None], "A  |  B"),
    ],
)
def test_the_name_of_the_site_is_taken_off_a_title(title: str, sites: list[str | None], expected: str) -> None:
    assert strip_site(title, sites) == expected


def test_a_title_that_repeats_its_site_for_ever_has_an_end() -> None:
    assert len(strip_site("Bridge opens" + " | Site" * 200_000, ["Site"])) <= 20
    assert len(strip_site(" " * 10**6 + "x | y", ["y"])) <= 10**6 + 10
    assert choose_alternative("Bridge opens", ["a: by " * 200_000 + "| b"], ["Site"]) is not None


@pytest.mark.parametrize(
    ("name", "module", "function"),
    [
        ("json_ld", metadata, "read_json_ld"),
        ("meta", metadata, "read_meta_tags"),
        ("microdata", metadata, "read_microdata"),
        ("visible", metadata, "read_visible"),
        ("headline", metadata, "choose_headline"),
        ("date_published", page_dates, "date_of_url"),
        ("authors", metadata, "choose_authors"),
        ("url", metadata, "choose_url"),
        ("url", metadata, "has_next_page"),
    ],
)
def test_a_source_that_fails_costs_itself_alone(monkeypatch: Any, name: str, module: ModuleType, function: str) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RecursionError(function)

    monkeypatch.setattr(module, function, fail)
    article = read("<meta itemprop=name content=Pier>")
    assert TEXT.strip() in article.text
    assert f"metadata.{name}" in article.not_run


def test_nothing_is_noted_where_nothing_failed() -> None:
    assert read().not_run == ()


def test_so_many_dates_are_tried_and_no_more(monkeypatch: Any) -> None:
    asked: list[str | None] = []

    def count(raw: str | None, **more: Any) -> Any:
        asked.append(raw)
        return parse_date(raw, **more)

    monkeypatch.setattr(publication_dates, "parse_date", count)
    tags = "".join(
        f'<meta property="article:published_time" content="{day} foobar{day} 2024 xx"><time>{day} of barfoo 2024</time>'
        for day in range(1_000)
    )
    assert read(tags).date_published is None
    assert 0 < len(asked) < 10 * MAX_DATES


def test_dateparser_is_not_asked(monkeypatch: Any) -> None:
    import dateparser.date

    def fail(*_: Any, **__: Any) -> None:
        raise AssertionError("dateparser was asked")

    monkeypatch.setattr(dateparser.date.DateDataParser, "get_date_data", fail)
    assert read("".join(f'<meta name="date" content="{day} foobar 2024 xx">' for day in range(40))).not_run == ()


def test_a_year_alone_is_no_day() -> None:
    assert read(body=f"{BODY}<footer>Copyright 2023 Ellery Post</footer>").date_published is None


RECEIVED = datetime(2024, 5, 3, 12, tzinfo=UTC)
FUTURE = '<meta property="article:published_time" content="2031-01-05T10:00:00Z">'


def test_what_lies_ahead_of_the_fetch_is_passed_over() -> None:
    found = choose_date([("2031-01-05", "json_ld"), ("1970-01-01", "meta"), ("2024-05-02", "meta")], "en", RECEIVED)
    assert found is not None
    assert found.raw == "2024-05-02"


def test_the_next_candidate_is_asked_up_to_the_feed() -> None:
    response = Response(url=URL, status=200, fetched_at=RECEIVED)
    entry = Entry(published_raw="Thu, 02 May 2024 08:00:00 GMT")
    article = read(FUTURE, response=response, entry=entry, kind="rss")
    assert (article.date_published, article.date_published_source) == (datetime(2024, 5, 2, 8, tzinfo=UTC), "feed")
    ahead = Entry(published_raw="Thu, 02 May 2030 08:00:00 GMT")
    assert read(FUTURE, response=response, entry=ahead, kind="rss").date_published is None


def test_where_nobody_knows_when_it_came_the_caller_may_say() -> None:
    page = f"<html><head>{FUTURE}</head><body><article>{BODY}</article></body></html>".encode()
    document = Document(media="html", origin=Origin(uri="a", kind="html"), body=page)
    assert read_document(document).date_published == datetime(2031, 1, 5, 10, tzinfo=UTC)
    assert read_document(document, clock=RECEIVED.timestamp).date_published is None


@pytest.mark.parametrize(("kind", "source"), [("atom", "feed_updated"), ("rss", "feed_updated"), ("sitemap", None)])
def test_an_entry_that_was_only_updated_has_that_as_its_date(kind: str, source: str | None) -> None:
    entry = Entry(title="Pier", summary_html=f"<p>{TEXT}</p>", modified_raw="2024-05-03T10:00:00Z")
    article = read_document(Document(media="entry", origin=Origin(uri="f.xml", kind=kind), entry=entry))
    assert article.date_published_source == source
    assert article.date_published == (datetime(2024, 5, 3, 10, tzinfo=UTC) if source else None)
    assert article.date_modified == datetime(2024, 5, 3, 10, tzinfo=UTC)


def test_an_entry_that_says_when_it_was_published_keeps_that() -> None:
    entry = Entry(title="Pier", summary_html=TEXT, published_raw="2024-05-01", modified_raw="2024-05-03T10:00:00Z")
    article = read_document(Document(media="entry", origin=Origin(uri="f.xml", kind="atom"), entry=entry))
    assert (article.date_published_source, str(article.published_date)) == ("feed", "2024-05-01")


def declared(body: str) -> str:
    return (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "The pier opens again", '
        f'"articleBody": "{body}"}}</script>'
    )


def test_the_declared_body_stands_in_where_the_page_shows_none() -> None:
    article = read(declared(f"{TEXT}\\n\\n{TEXT * 2}"), "<div id=app>Loading</div>")
    assert (article.text_source, article.text) == ("json_ld", f"{TEXT.strip()}\n{(TEXT * 2).strip()}")
    assert article.extractor.startswith("newsmill ")
    shell = "<p>You need to enable JavaScript to read the news of the Ellery Post in your browser.</p>"
    article = read(declared(f"&lt;p&gt;{TEXT * 4}&lt;/p&gt;"), shell)
    assert (article.text_source, article.text) == ("json_ld", (TEXT * 4).strip())


def test_a_notice_never_stands_before_the_declared_body() -> None:
    shown = "<p>Please enable JavaScript in your browser to read the Ellery Post as it is meant to be.</p>"
    article = read(declared(TEXT + MORE), shown)
    assert (article.text_source, article.text) == ("json_ld", (TEXT + MORE).strip())


def test_a_declared_body_that_is_cut_short_replaces_nothing() -> None:
    article = read(declared("The harbour board of Ellery agreed on Monday to …"))
    assert (article.text_source, article.word_count) == ("page", len((TEXT + MORE).split()))


TITLES = [
    # head, body, headline, alternative headline
    ("<title>The pier opens again | Ellery Post</title>", BODY, "The pier opens again", None),
    ("<title>Pier reopens after years of work</title>", BODY, "The pier opens again",
     "Pier reopens after years of work"),
    ("<meta property=og:title content='Ferries return to the old harbour'>", BODY, "The pier opens again",
     "Ferries return to the old harbour"),
    ("<meta property=og:title content='The pier opens again!'>", BODY, "The pier opens again", None),
    ("<title>The pier opens again – News – Ellery Post</title>", BODY, "The pier opens again", None),
    ("<title>Harbour: The pier of Ellery opens again</title>",
     BODY.replace("<h1>The pier", "<h1><span class=kicker>Harbour</span> The pier of Ellery"),
     "The pier of Ellery opens again", None),
    ("<meta property=og:title content='Pier opens'><title>Pier opens</title>",
     BODY.replace("The pier opens again", "Harbour: Pier opens"), "Pier opens", None),
    ("<meta property=og:title content='Pier opens'><title>Harbour: Pier opens</title>",
     BODY.replace("The pier opens again", "Harbour: Pier opens"), "Pier opens", None),
    ("<meta property=og:title content='Harbour: Pier opens'><title>Pier opens</title>",
     BODY.replace("The pier opens again", "Pier opens"), "Pier opens", None),
    ("<meta property=og:title content='Piers'><title>Piers</title>",
     BODY.replace("The pier opens again", "Harbour: Piers"), "Harbour: Piers", None),
    ("<title>Ferries return to the old harbour: The pier opens again</title>", BODY, "The pier opens again",
     "Ferries return to the old harbour: The pier opens again"),
    ("<title>The pier opens again</title>", BODY.replace("<h1>", "<h1>Ellery Post</h1><h1>"),
     "The pier opens again", None),
    ("<title>The pier opens again</title>", BODY.replace("<h1>", "<h1>Open menu, close menu</h1><h1>"),
     "The pier opens again", None),
    ("<title>Two piers and a ferry</title>", BODY.replace("h1", "div"), "Two piers and a ferry", None),
    ("<title>Two piers and a ferry | Harbourpost</title>", BODY.replace("h1", "div"),
     "Two piers and a ferry", None),
    ("<title>The pier opens again | All about boats</title>",
     "<h1><a href=/>All about boats</a></h1>" + BODY.replace("h1", "h2"), "The pier opens again", None),
    ("<title>All about boats » Blog » The pier opens again</title>",
     "<h1><a href=/>All about boats</a></h1><h2><a href=/pier>The pier opens again</a></h2>" + BODY[30:],
     "The pier opens again", None),
    ("<title>The pier opens again</title>", "<h1>Messages of the board</h1>" + BODY.replace("h1", "h3"),
     "The pier opens again", None),
    ("<title>What the pier costs | Guide to piers</title>",
     BODY.replace("<p>", f"<p>{TEXT * 2}</p><p>{TEXT * 2}") + "<h2>What the pier costs</h2>",
     "The pier opens again", "What the pier costs"),
    ("<meta property=og:title content='The eastern pier opens'>",
     BODY.replace("The pier opens again", "The eastern pier opens<small>All that the harbour wants to know</small>"),
     "The eastern pier opens", None),
    ("<meta property=og:title content='The eastern pier opens'>",
     BODY.replace("The pier opens again", "The eastern pier opens again"), "The eastern pier opens again", None),
    ("<title>Pier of Ellery | Guide to piers</title>",
     BODY.replace("</p>", "</p>" + f"<p>{TEXT * 2}</p>" * 2 + "<h1>Get news of the harbour by letter</h1>"),
     "The pier opens again", "Pier of Ellery"),
    ("<title>The pier opens again by Ellery Post</title>", BODY, "The pier opens again", None),
    ("<title>Harbour: The pier opens again | Ellery Post Harbour</title>", BODY, "The pier opens again", None),
    ("<title>The pier opens again: The Harbour</title>", BODY, "The pier opens again", None),
    ("<title>The pier opens again: ferries land at two quays</title>",
     BODY, "The pier opens again", "The pier opens again: ferries land at two quays"),
    ("<title>Ferries return to the old harbour: Ellery Post</title>",
     BODY, "The pier opens again", "Ferries return to the old harbour"),
    ("<title>Ferries return to the harbour | Local news | All of the news from Ellery | Ellery Post</title>",
     BODY, "The pier opens again", "Ferries return to the harbour"),
    ("<title>The pier opens again « The Harbour of Ellery</title>", BODY, "The pier opens again", None),
    ("<title>| The Harbour Notes</title>", BODY, "The pier opens again", None),
    ("<title>The Notes of a Harbour | The pier opens again</title>", BODY, "The pier opens again", None),
    ("<meta property=og:title content='The pier opens again (1/2 pages)'>", BODY, "The pier opens again", None),
    ("<meta property=og:title content='The pier &amp;amp;#039;opens&amp;amp;#039; again'>",
     BODY.replace("The pier opens again", "The pier 'opens' again"), "The pier 'opens' again", None),
    ("<meta name=description content='Ferries return to the old harbour.'>"
     '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "The pier opens again", '
     '"alternativeHeadline": "Ferries return to the old harbour."}</script>',
     BODY, "The pier opens again", None),
    ("<meta property=og:title content='Two quays for the ferry'><title>Two quays for the ferry - Ellery Post</title>",
     "<h1>What are you looking for?</h1><div>Two quays for the ferry</div>" + BODY.split("</h1>")[1],
     "Two quays for the ferry", None),
    ("<title>Ferries | Guide to ferries</title>",
     BODY.replace("</p>", "</p>" + f"<p>{TEXT * 2}</p>" * 2 + "<h1>Get news of the harbour by letter</h1>"),
     "Ferries | Guide to ferries", None),
    ("<title>Ellery Post</title>",
     BODY.replace("</p>", "</p>" + f"<p>{TEXT * 2}</p>" * 2 + "<h1>Get news of the harbour by letter</h1>"),
     "The pier opens again", None),
    ("<title>Open piers - The Harbours of Ellery</title>",
     "<h1>The Harbours of Ellery</h1>" + BODY.replace("The pier opens again", "Open piers"),
     "Open piers", None),
    ("<title>Piers | Guide to piers</title>",
     BODY.replace("h1", "h2") + "<h1>Choose your own harbour</h1><h1>Get news of the harbour by letter</h1>",
     "Piers | Guide to piers", None),
    ("<title>Customs online - Notices - The pier opens again</title><meta name=title "
     "content='Notices - The pier opens again'>", "<h1>Notices</h1>" + BODY, "The pier opens again", None),
    ("<title>码头重新开放，渡船返回旧港口-港口日报</title>",
     BODY.replace("h1", "div").replace("The pier opens again", "码头重新开放，渡船返回旧港口"),
     "码头重新开放，渡船返回旧港口", None),
]  # fmt: skip


@pytest.mark.parametrize(("head", "body", "headline", "alternative"), TITLES)
def test_the_headline_is_what_readers_see(head: str, body: str, headline: str, alternative: str | None) -> None:
    head = (
        f"<meta property=og:site_name content='{'Ellery Post' if 'Harbourpost' not in head else 'Harbourpost'}'>{head}"
    )
    article = read(head, body)
    assert (article.headline, article.alternative_headline) == (headline, alternative)


def test_every_declared_type_is_kept() -> None:
    blocks = [
        '{"@type": "BreadcrumbList"}',
        '{"@graph": [{"@type": "WebPage", "mainEntity": {"@type": ["NewsArticle", "Report"], "wordCount": "420", '
        '"headline": "The pier opens again", "hasPart": {"@type": "WebPageElement", "isAccessibleForFree": false, '
        '"cssSelector": ".paid"}}}, {"@type": "VideoObject"}]}',
    ]
    scripts = "".join(f'<script type="application/ld+json">{block}</script>' for block in blocks)
    tree = parse_text(f"<html><head>{scripts}<meta property=og:type content=Article></head><body>{BODY}</body></html>")
    found = metadata.read_metadata(tree, read_structure(tree), url=URL)
    assert found.declared_types == (
        "BreadcrumbList", "WebPage", "NewsArticle", "Report", "WebPageElement", "VideoObject",
    )  # fmt: skip
    assert found.main_entity_types == ("NewsArticle", "Report")
    assert (found.og_type, found.word_count_declared, found.paid_selectors) == ("article", 420, (".paid",))


@pytest.mark.parametrize(
    ("head", "body", "keywords"),
    [
        ("", '<p>In <a rel="category tag" href="/c">Local</a>, <a rel=tag href="/t">#Harbour</a></p>', ("Harbour",)),
        ("", '<p><a rel="tag" href="/a">Piers</a> <a rel="tag" href="/b">Ferries</a></p>', ("Piers", "Ferries")),
        ("", '<div class="comments"><p><a rel="tag" href="/a">Piers</a></p></div>', ()),
        ("", '<article><h2><a href="/o">Fog</a></h2><p><a rel="tag" href="/a">Fog</a></p></article>', ()),
        ("", f'<p><a rel="tag" href="/a">{"a tag is shorter than this " * 10}</a></p>', ()),
        ('<meta name="keywords" content="sea, port">', '<p><a rel="tag" href="/a">Piers</a></p>', ("sea", "port")),
        ('<meta name="keywords" content="sea, port">' * 2, "", ("sea", "port")),
        ('<meta name="keywords" content="Labour &amp;amp; Unions, sea">', "", ("Labour & Unions", "sea")),
        ('<meta property="article:tag" content="News"><meta name="keywords" content="pier, sea, News">', "",
         ("News", "pier", "sea")),
        ('<meta property="article:tag" content="News"><meta name="keywords" content="Ellery, local news">', "",
         ("News",)),
        ('<meta property="article:tag" content="News"><meta name="keywords" content="pier,opens,again,sea">', "",
         ("News",)),
        ('<meta property="article:tag" content="Ellery, Ohio"><meta property="article:tag" content="sea">', "",
         ("Ellery, Ohio", "sea")),
        ("", '<div itemscope itemtype="https://schema.org/NewsArticle"><a itemprop="keywords" href="/a">Piers</a> '
         '<a itemprop="keywords" href="/b">Sea</a></div>', ("Piers", "Sea")),
    ],
)  # fmt: skip
def test_keywords_are_those_of_the_markup_then_the_tags_of_the_article(
    head: str, body: str, keywords: tuple[str, ...]
) -> None:
    assert read(head, BODY + body).keywords == keywords


@pytest.mark.parametrize(
    ("declared_by_tag", "declared_by_script", "section"),
    [
        ("Local", "Harbour, Ports, Fishing", "Local"),
        ("Local", "Arts, Books & Media", "Arts, Books & Media"),
        ("HARBOUR, PORTS, FISHING", "", None),
    ],
)
def test_a_list_of_sections_is_not_the_section(
    declared_by_tag: str, declared_by_script: str, section: str | None
) -> None:
    head = (
        f'<meta property="article:section" content="{declared_by_tag}"><script type="application/ld+json">'
        f'{{"@type": "NewsArticle", "articleSection": "{declared_by_script}"}}</script>'
    )
    assert read(head).article_section == section


def test_a_declared_headline_below_the_first_is_the_subheadline() -> None:
    deck = "Ferries return to the old harbour after a storm took away its quay"
    body = BODY.replace("</h1>", f'</h1><h2 itemprop="alternativeHeadline">{deck}</h2>', 1)
    article = read("<title>The new pier: what it costs</title>", body)
    assert (article.subheadline, article.alternative_headline) == (deck, "The new pier: what it costs")
    assert deck not in article.text


def test_the_day_of_creation_counts_where_nothing_else_does() -> None:
    created = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "dateCreated": "2024-05-03T10:00:00Z"}</script>'
    )
    article = read(created)
    assert (article.published_date.isoformat(), article.date_published_source) == ("2024-05-03", "json_ld")
    article = read(created, BODY.replace("</h1>", "</h1><time datetime='2024-05-04'>4 May 2024</time>"))
    assert article.published_date.isoformat() == "2024-05-04"


def test_tags_beside_the_article_are_not_its_own() -> None:
    page = f'<article>{BODY}</article><div class="cloud"><a rel="tag" href="/a">Piers</a></div>'
    document = Document(media="html", origin=Origin(uri="a", kind="html"), body=page.encode(), url=URL)
    assert read_document(document).keywords == ()


TOP = "<header><h1>The pier opens again</h1>"
LINE = "The ferry will land at the northern quay for two summers, the harbour board says"


@pytest.mark.parametrize(
    ("body", "subheadline"),
    [
        (f"{TOP}<h2>{LINE}</h2></header><p>{TEXT}</p><p>{MORE}</p>", LINE),
        (f"<div class=top><h1>The pier opens again</h1><p>{LINE}</p><p>By Jane Roe</p></div><p>{TEXT}</p>", LINE),
        (f"<h1>The pier opens again</h1><h2>{LINE}</h2><p>{TEXT}</p><p>{MORE}</p>", None),  # the heading of a part
        (f"<h1>The pier opens again</h1><h2>{LINE}</h2><p>By Jane Roe</p><p>{TEXT}</p><p>{MORE}</p>", LINE),
        (f"<h1>The pier opens again</h1><div class=intro><p>{LINE}</p></div><p>{TEXT}</p><p>{MORE}</p>", LINE),
        (f"<h1>The pier opens again</h1><ul class=summary><li>{LINE}</li></ul><p>{TEXT}</p><p>{MORE}</p>", None),
        (f"{TOP}<p><a href=/f>{LINE}</a></p></header><p>{TEXT}</p><p>{MORE}</p>", None),
        (f"{TOP}<p>By Jane Roe, correspondent of the Post in Ellery</p></header><p>{TEXT}</p>", None),
        (f"{TOP}<p class=caption>{LINE}</p></header><p>{TEXT}</p><p>{MORE}</p>", None),
        (f"{TOP}<h2 class=subtitle>27 October 2024 at 18:27 (Updated: 19:56)</h2></header><p>{TEXT}</p><p>{MORE}</p>",
         None),
        (f"{TOP}<h2>27 October 2024 at 18:27 (Updated: 19:56)</h2><p>By Jane Roe</p></header><p>{TEXT}</p>", None),
    ],
)  # fmt: skip
def test_the_line_in_the_box_of_the_headline_is_the_subheadline(body: str, subheadline: str | None) -> None:
    assert read(body=body).subheadline == subheadline


@pytest.mark.parametrize(
    ("title", "link", "name"),
    [
        ("The pier opens again | Ellery Post", "<a href=/>ELLERY POST</a>", "Ellery Post"),
        (
            "Ellery Post: The pier opens again",
            "<a href=https://post.example><img alt='Ellery Post'></a>",
            "Ellery Post",
        ),
        ("The pier opens again | News", "<a href=/news/>News</a>", None),
        ("Home | The pier opens again", "<a href=/>Home</a>", None),
        ("The pier opens again | Ellery Post", "<a href=https://other.example/>Ellery Post</a>", None),
        ("The pier opens again", "<a href=/>The pier opens again</a>", None),
    ],
)
def test_the_site_is_what_title_and_link_to_its_home_page_call_it(title: str, link: str, name: str | None) -> None:
    assert read(f"<title>{title}</title>", link + BODY).publisher_name == name


def test_what_is_no_name_is_left_out() -> None:
    site = "<meta property=og:site_name content='The pier opens again - Ellery Post'>"
    teaser = f"<meta property=article:section content='{'The harbour board agreed to rebuild the eastern pier. ' * 4}'>"
    line = "<div class=subtitle>27 October 2012 at 18:27 (Updated: 19:56)</div>"
    page = read(f"<title>The pier opens again</title>{site}{teaser}", BODY.replace("</h1>", f"</h1>{line}"))
    assert (page.publisher_name, page.article_section, page.subheadline) == ("Ellery Post", None, None)


@pytest.mark.parametrize("behind", ["_新闻_港口日报", "-港口日报", "（2020年2月15日）｜港口日报", " 写真1枚 港口日報"])
def test_the_headline_with_the_site_is_no_other_headline(behind: str) -> None:
    headline = "码头重新开放，渡船返回旧港口，居民表示非常欢迎"
    page = read(f"<title>{headline}{behind}</title>", BODY.replace("The pier opens again", headline))
    assert (page.headline, page.alternative_headline) == (headline, None)


def test_the_count_of_pages_is_no_part_of_the_headline() -> None:
    headline = "港が再開し、渡船が古い埠頭に戻る"
    page = read(
        f"<title>{headline}（1/2 ページ）</title>", BODY.replace("The pier opens again", f"{headline}（1/2 ページ）")
    )
    assert (page.headline, page.alternative_headline) == (headline, None)


PAGE_AS_JSON = (
    '<meta name=parsely-page content=\'{{"title": "The pier", "pub_date": "2024-05-03T14:30:00Z", '
    '"section": "{}", "authors": ["Jane Roe", 7]}}\'>'
)


def test_one_tag_may_hold_the_page_as_json() -> None:
    article = read(PAGE_AS_JSON.format("Harbour"))
    assert article.date_published == datetime(2024, 5, 3, 14, 30, tzinfo=UTC)
    assert (article.article_section, [author.name for author in article.authors]) == ("Harbour", ["Jane Roe"])
    assert read(PAGE_AS_JSON.format("harbour2")).article_section is None


@pytest.mark.parametrize("content", ["", "[]", "{", "[" * 10_000, '{"authors": 7, "pub_date": null}', " " * 10**6])
def test_json_that_is_no_page_says_nothing(content: str) -> None:
    article = read(f"<meta name=parsely-page content='{content}'>")
    assert (article.authors, article.date_published, article.not_run) == ((), None, ())


def test_a_clock_that_the_page_has_without_a_zone_proves_none() -> None:
    body = BODY.replace("</h1>", "</h1><time datetime='2024-05-03T14:30:00'>3 May 2024</time>")
    article = read(PAGE_AS_JSON.format("Harbour"), body)
    assert (article.published_date.isoformat(), article.date_published_precision) == ("2024-05-03", "day")
