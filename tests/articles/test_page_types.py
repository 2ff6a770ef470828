"""Kinds of pages: what is declared, what the structure shows, and what of the written pages becomes an article."""

import itertools
from collections import Counter
from unittest.mock import patch

import pytest

from schemas.documents import Document, Entry, Origin
from schemas.record import replace
from schemas.stages import REASONS
from schemas.trouble import LeftOut, Trouble
from schemas.values import PAGE_TYPES
from tests.support.page_kinds import FAMILIES, LANGUAGES, SHAPES, KindPage, make_page
from transforms.articles.lengths import count_words, measure_length
from transforms.articles.metadata import read_metadata
from transforms.articles.page_elements import find_elements
from transforms.articles.page_types.address import decide_address
from transforms.articles.page_types.declared import Declared, decide_declared
from transforms.articles.page_types.features import measure_page
from transforms.articles.page_types.find import read_declaration, states_article
from transforms.articles.page_types.model import Words, load_model
from transforms.articles.page_types.stated import measure_metadata, name_types
from transforms.articles.pages import parse_text
from transforms.articles.policy import DEFAULTS, ExtractPolicy
from transforms.articles.read import read_document
from transforms.articles.walk import read_structure

KEPT = DEFAULTS.keep_page_types
TEXT = "<p>The harbour board of Ellery agreed on Monday to rebuild the eastern pier at a cost of four millions.</p>"
CARD = (
    "<article class=teaser><h3><a href='/2026/05/03/pier-{0}'>Council votes on pier {0}</a></h3><p>The board met.</p>"
    "</article>"
)
FRONT = f"<h1>News</h1><section>{''.join(CARD.format(number) for number in range(30))}</section>"
LD = '<script type="application/ld+json">{{"@context": "https://schema.org", "@type": "{}", "name": "Pier"}}</script>'

DECLARED = [
    (Declared(types=("webpage", "collectionpage")), 0, ("index", "CollectionPage")),
    (Declared(types=("searchresultspage",)), 0, ("index", "SearchResultsPage")),
    (Declared(types=("profilepage", "person")), 0, ("profile", "ProfilePage")),
    (Declared(types=("discussionforumposting",)), 5_000, ("forum", "DiscussionForumPosting")),
    (Declared(types=("product", "organization")), 3_000, ("product", "Product")),
    (Declared(og_type="product"), 0, ("product", "og:type product")),
    (Declared(template="error"), 0, ("error", "its template")),
    (Declared(template="index", og_type="article"), 0, ("index", "its template")),
    (Declared(types=("videoobject",)), 200, ("video", "VideoObject")),
    (Declared(types=("videoobject",)), 2_500, None),
    (Declared(types=("imagegallery",)), 900, ("gallery", "ImageGallery")),
    (Declared(types=("imagegallery", "newsarticle")), 0, None),
    (Declared(types=("product", "review")), 0, None),
    (Declared(types=("collectionpage", "newsarticle")), 0, None),
    (Declared(types=("product",), template="article"), 0, None),
    (Declared(types=("webpage", "itemlist", "breadcrumblist"), og_type="website"), 0, None),
    (Declared(og_type="article"), 0, None),
    (Declared(types=("techarticle", "qapage")), 0, ("forum", "QAPage")),
]
ADDRESSES = [
    ("https://news.example/", "index"),
    ("https://news.example/?utm_source=feed", "index"),
    ("https://news.example/?p=5123", None),
    ("https://news.example/tag/harbour", "index"),
    ("https://news.example/author/mara-ellwood/page/2", "profile"),
    ("https://news.example/category/politics/council-votes-to-rebuild-the-pier", None),
    ("https://news.example/2026/05/03/council-votes", None),
    ("https://forum.example/t/how-to-start/51", "forum"),
    ("https://travel.example/ShowTopic-g29-i52-Tips_for_a_first_visit.html", "forum"),
    ("https://shop.example/products/lamp", "product"),
    ("https://docs.tool.example/start", "listing"),
    ("https://office.example/service/rules-of-entry", "product"),
    ("https://office.example/service/press/releases/2026/new-rules-of-entry", None),
    ("https://news.example/section/forum-on-ports-opens", None),
    ("https://office.example/tax/data-entry-services", "product"),
    ("https://bank.example/savings/retirement-income-calculator.htm", "product"),
    ("https://firma.example/unsere-leistungen/", "product"),
    ("https://town.example/departments/building/repair-of-homes", "product"),
    ("https://school.example/seminars/wiring-for-beginners", "product"),
    ("https://school.example/seminars", None),
    ("https://news.example/best-streaming-services", None),
    ("https://news.example/council-rejects-plan-to-merge-emergency-services", None),
    ("https://news.example/2026/05/emergency-services", None),
    ("https://news.example/pier-2-services", None),
    ("https://office.example/en/news", "index"),
    ("https://office.example/news?nr=512", None),
    ("https://office.example/news/pier-opens", None),
    ("https://firma.example/karriere.html", "listing"),
    (None, None),
]


def read(page: KindPage, keep: tuple[str, ...] = KEPT) -> str:
    """Return the page_type of the row that a page becomes, or why it becomes none."""
    document = Document(media="html", url=page.url, origin=Origin(uri="a.html", kind="html"), body=page.body)
    try:
        return read_document(document, policy=ExtractPolicy(keep_page_types=keep)).page_type or "none"
    except Trouble as error:
        return error.code
    except LeftOut as left_out:
        return left_out.reason


def written(body: str, head: str = "", url: str | None = None, entry: Entry | None = None) -> Document:
    text = f"<html lang=en><head><title>Pier</title>{head}</head><body>{body}</body></html>"
    return Document(media="html", url=url, origin=Origin(uri="a.html", kind="html"), body=text.encode(), entry=entry)


def declared_by(body: str) -> Declared:
    """Return what a page declares."""
    tree = parse_text(f"<body>{body}</body>")
    structure, elements = read_structure(tree), find_elements(tree)
    metadata = read_metadata(tree, structure, elements=elements)
    return read_declaration(tree, structure, elements=elements, metadata=metadata)


@pytest.mark.parametrize(("declared", "prose", "found"), DECLARED)
def test_a_declared_type_decides_unless_an_article_is_declared_too(
    declared: Declared, prose: int, found: tuple[str, str] | None
) -> None:
    assert decide_declared(declared, prose) == found


@pytest.mark.parametrize(("url", "kind"), ADDRESSES)
def test_an_address_names_few_kinds(url: str | None, kind: str | None) -> None:
    assert (decide_address(url) or (None,))[0] == kind


def test_reviews_by_customers_do_not_make_goods_an_article() -> None:
    said = "<li itemprop=review itemscope itemtype='https://schema.org/Review'><p itemprop=reviewBody>Bright.</p></li>"
    goods = f"<h1 itemprop=name>Lamp</h1>{TEXT}<ul>{said * 2}</ul>"
    lamp = f"<div itemscope itemtype='https://schema.org/Product'>{goods}</div>"
    alone = f"<div itemscope itemtype='https://schema.org/Review'><h1 itemprop=name>The lamp</h1>{TEXT}</div>"
    assert declared_by(lamp).types == ("product",)
    assert decide_declared(declared_by(lamp), 0) == ("product", "Product")
    assert declared_by(alone).is_article
    assert declared_by(lamp + alone).is_article


@pytest.mark.parametrize("shape", [shape for shape, (kind, _) in SHAPES.items() if kind in KEPT])
def test_an_article_of_each_shape_is_kept(shape: str) -> None:
    number = list(SHAPES).index(shape)
    family, language = FAMILIES[number % len(FAMILIES)], LANGUAGES[number % len(LANGUAGES)]
    assert read(make_page(family, language, shape, 7)) in KEPT


def test_few_pages_of_other_shapes_become_articles() -> None:
    others = [shape for shape, (kind, _) in SHAPES.items() if kind not in KEPT]
    found = {
        shape: read(make_page(FAMILIES[number % len(FAMILIES)], LANGUAGES[number % len(LANGUAGES)], shape, 7))
        for number, shape in enumerate(others)
    }
    assert sum(kind in KEPT for kind in found.values()) <= len(others) / 4, found  # one each; all are counted below


@pytest.mark.slow(10)
def test_of_the_written_pages_all_articles_are_kept_and_few_others() -> None:
    rows: Counter[tuple[bool, bool]] = Counter()
    lost: list[str] = []
    for number, (family, language, shape) in enumerate(itertools.product(FAMILIES, LANGUAGES, SHAPES)):
        if number % 3 == 1:
            continue  # two thirds show as much: each shape is read in four languages of every family
        page, is_kept = make_page(family, language, shape, 9), SHAPES[shape][0] in KEPT
        is_row = read(page) in KEPT
        rows[is_kept, is_row] += 1
        lost += [page.name] if is_kept and not is_row else []
    assert lost == []
    assert rows[False, True] <= 0.15 * (rows[False, True] + rows[False, False]), rows


def test_written_pages_are_the_same_every_time() -> None:
    assert make_page("soup", "fr", "section", 3) == make_page("soup", "fr", "section", 3)


def test_a_live_blog_is_found_by_its_entries() -> None:
    assert {read(make_page(family, "en", "live", 2)) for family in ("semantic", "hashed", "wordpress")} == {"live_blog"}


PROSE = f"<p>{2 * TEXT[3:-4]}</p>"
STATED_LD = (
    '<script type="application/ld+json">{"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Pier", '
    '"datePublished": "2026-05-03T10:00:00+02:00"}</script>'
)
STATED_OG = "<meta property=og:type content=article>"
CLOCKS = "".join(f"<p>{hour}:15</p>" for hour in range(10, 15))
STATING = [
    (STATED_LD + STATED_OG, PROSE * 6, None, True),
    (STATED_LD + STATED_OG, PROSE * 6, "https://news.example/2026/pier-to-be-rebuilt", True),
    (STATED_LD + STATED_OG, PROSE * 6, "https://news.example/tag/pier", False),
    (STATED_LD + STATED_OG, PROSE * 2, None, False),
    (STATED_LD + STATED_OG, f"<nav>{PROSE * 6}</nav>", None, False),
    (STATED_LD + STATED_OG, PROSE * 6 + CLOCKS, None, False),
    (STATED_LD + STATED_OG + LD.format("LiveBlogPosting"), PROSE * 6, None, False),
    (STATED_LD, PROSE * 6, None, False),
    (LD.format("NewsArticle") + STATED_OG, PROSE * 6, None, False),
    (STATED_LD.replace("NewsArticle", "WebPage") + STATED_OG, PROSE * 6, None, False),
]


@pytest.mark.parametrize(("head", "body", "url", "is_stated"), STATING)
def test_nothing_is_measured_of_a_page_that_states_to_be_an_article_and_holds_it(
    head: str, body: str, url: str | None, is_stated: bool
) -> None:
    page = written(f"<h1>Pier</h1>{body}", head)
    tree = parse_text(page.body.decode())
    structure, elements = read_structure(tree), find_elements(tree)
    metadata = read_metadata(tree, structure, elements=elements, url=url)
    declared = read_declaration(tree, structure, elements=elements, metadata=metadata)
    assert states_article(declared, structure, metadata, url) is is_stated
    with patch("transforms.articles.page_types.find.measure_page", side_effect=ZeroDivisionError):
        if is_stated:
            assert read_document(replace(page, url=url)).page_type == "article"
        else:
            with pytest.raises(ZeroDivisionError):
                read_document(replace(page, url=url))


def test_a_short_page_is_an_article_whatever_its_address_says() -> None:
    for url in (None, "https://news.example/", "https://news.example/tag/pier"):
        assert read_document(written(f"<h1>Pier</h1>{TEXT}", url=url)).page_type == "article"


def test_what_is_left_out_says_which_type_it_is_and_why() -> None:
    with pytest.raises(LeftOut, match=r"type index \(by what it declares: CollectionPage\)") as left_out:
        read_document(written(FRONT + TEXT, LD.format("CollectionPage")))
    assert left_out.value.reason == "page.not_an_article"
    assert "--keep_page_types" in REASONS["page.not_an_article"]


def test_types_that_are_asked_for_are_kept() -> None:
    page = written(FRONT + TEXT * 3, LD.format("CollectionPage"))
    article = read_document(page, policy=ExtractPolicy(keep_page_types=("article", "index")))
    assert article.page_type == "index"


def test_a_full_entry_stands_in_for_a_page_that_is_not_an_article() -> None:
    entry = Entry(title="Pier", content_html=TEXT * 2, url="https://news.example/pier")
    article = read_document(written(FRONT + TEXT, LD.format("CollectionPage"), entry=entry))
    assert (article.text_source, article.page_type) == ("feed_content", None)


def test_a_summary_does_not_stand_in() -> None:
    entry = Entry(title="Pier", summary_html=TEXT, url="https://news.example/pier")
    with pytest.raises(LeftOut):
        read_document(written(FRONT + TEXT, LD.format("CollectionPage"), entry=entry))


def test_a_missing_page_is_a_dead_letter_and_not_an_index() -> None:
    gone = "<h1>Page not found</h1><p>The page may have been moved.</p>" + FRONT
    document = written(gone, LD.format("CollectionPage"))
    with pytest.raises(Trouble, match="not_found_page"):
        read_document(document)


def test_a_template_for_errors_is_one() -> None:
    body = f"<html><head><title>Ellery Post</title></head><body class='error404 wp'>{FRONT}{TEXT}</body></html>"
    with pytest.raises(Trouble, match="not_found_page"):
        read_document(Document(media="html", origin=Origin(uri="a", kind="html"), body=body.encode()))


def test_metadata_and_title_are_counted_and_types_named() -> None:
    url = "https://news.example/politics/board-agrees-on-the-pier"
    head = "<title>Board agrees on the pier | Ellery Post</title><meta property=og:type content=Article>"
    tree = parse_text(
        f"<html><head>{head}{LD.format('TechArticle')}</head><body><h1>Board agrees on the pier</h1>{TEXT}"
    )
    metadata = read_metadata(tree, read_structure(tree), url=url)
    found = measure_metadata(metadata, "Board agrees on the pier | Ellery Post", url)
    assert (found["title_parts"], found["title_longest"], found["title_bar"]) == (2, 5, 1)
    assert (found["url_in_headline"], found["url_file"], found["published_ld"]) == (1, 0, 0)
    assert name_types(metadata) == {"techarticle", "og article"}
    nothing = measure_metadata(metadata, "", None)
    assert not any(value for name, value in nothing.items() if name.startswith(("url_", "title_")))


def test_short_lines_are_labels() -> None:
    body = f"<body><a href=/cart>Add to Cart</a><p>12 reviews</p>{TEXT}</body>"
    labels = measure_page(read_structure(parse_text(body)), Declared(), None).labels
    assert labels == {"add to cart", "w:add", "w:to", "w:cart", "w:reviews"}


def test_a_class_around_the_whole_page_hides_nothing_of_it() -> None:
    plain = measure_page(read_structure(parse_text(f"<body><div>{TEXT * 5}</div></body>")), Declared(), None)
    body = f"<body><div class='overflow-hidden nav-open'>{TEXT * 5}</div></body>"
    wrapped = measure_page(read_structure(parse_text(body)), Declared(), None)
    assert (plain.values["inside"], plain.words) == (wrapped.values["inside"], wrapped.words)


def test_menus_that_are_longer_than_the_text_are_menus() -> None:
    plain = measure_page(read_structure(parse_text(f"<body><div>{TEXT * 5}</div></body>")), Declared(), None)
    menu = "".join(
        f"<li><a href=/office/{number}>Forms and leaflets of office {number}</a></li>" for number in range(90)
    )
    body = f"<body><div class=main-navigation><h2>Offices</h2><ul>{menu}</ul></div><div>{TEXT * 5}</div></body>"
    below = measure_page(read_structure(parse_text(body)), Declared(), None)
    assert (plain.values["inside"], plain.words) == (below.values["inside"], below.words)


def test_paragraphs_of_scripts_that_say_more_in_a_character_are_long() -> None:
    text = "理事会は月曜日、東の桟橋を四百万円かけて建て直すことを決めた。" * 3
    page = measure_page(read_structure(parse_text(f"<body><p>{text}</p></body>")), Declared(), None)
    assert page.values["long_count"] > 0


def test_titles_without_blanks_have_words() -> None:
    tree = parse_text(
        "<html><head><title>町議会、東の桟橋の建て替えを決定｜エレリー新聞</title></head><body></body></html>"
    )
    metadata = read_metadata(tree, read_structure(tree))
    found = measure_metadata(metadata, "町議会、東の桟橋の建て替えを決定｜エレリー新聞", None)
    assert (found["title_parts"], found["title_bar"], found["title_first"], found["title_size"]) == (2, 1, 5, 57)


def test_lengths_compare_across_scripts() -> None:
    told = "The board of the harbour agreed on Monday to rebuild the eastern pier."
    for text in (
        "港湾局の理事会は月曜日、東の桟橋を建て直すことで合意した。",
        "港务局理事会周一同意重建东侧码头，工程将于今年年底完成。",
        "항만 위원회는 월요일에 동쪽 부두를 다시 짓기로 합의했다고 밝혔다.",
    ):
        assert 0.6 < measure_length(text) / len(told) < 1.4
        assert 0.6 < count_words(text) / count_words(told) < 1.4
    assert measure_length("Совет порта решил перестроить пирс.") == 35


def test_the_model_fits_the_measures_and_names_known_types() -> None:
    model = load_model()
    assert set(model.kinds) <= set(PAGE_TYPES)
    assert len(model.trees.columns) == len(model.kinds_of.means)
    assert model.address_limit < model.limit


def test_long_texts_do_not_weigh_more_for_their_length() -> None:
    weights = {f"word{number}": 1.0 for number in range(400)}
    known = frozenset(weights)
    damped, plain = Words(weights, 0.5, 64.0, known), Words(weights, 0.5, 0.0, known)
    assert damped.rate(frozenset()) == plain.rate(frozenset({"other"})) == 0.5
    assert damped.rate(frozenset(list(known)[:36]) | {"other"}) == 0.5 + 36 / 10
    assert plain.rate(known) == 400.5
    assert damped.rate(known) < 20


def test_an_unknown_type_cannot_be_kept() -> None:
    with pytest.raises(ValueError, match="gallery"):
        ExtractPolicy(keep_page_types=("galery",))
    with pytest.raises(ValueError, match="names no type"):
        ExtractPolicy(keep_page_types=())
