"""Blocks, links and pictures of an article."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.articles import CleaningAction, ImageObject, TextLink
from schemas.documents import Document, Entry, Origin
from schemas.values import PAGE_TYPES
from transforms.articles.blocks import Block
from transforms.articles.images.captions import split_credit
from transforms.articles.images.find import find_images
from transforms.articles.page_addresses import base_of
from transforms.articles.pages import parse_text
from transforms.articles.policy import ExtractPolicy
from transforms.articles.read import read_document
from transforms.articles.text_structure import find_links
from transforms.articles.walk import read_structure

URL = "https://news.example/politics/story"
LONG = "The council voted on Monday to rebuild the old bridge over the river, which had been closed for two years. "


PARTS = (
    f"<p>{LONG}<a href='/a'>The minutes</a> say so.</p>",
    "<h2>What is <a href='/b'>planned</a></h2>",
    f"<blockquote>{LONG}<p>It 🛳 <a href='/c'>waits</a></p></blockquote>",
    "<ul><li>One <ul><li><a href='/d'>two</a></li></ul> three</li></ul>",
    "<table><tr><th>Year</th><td><a href='/e'>9</a></td></tr></table>",
    f"<pre>a = 1\n\n  b <a href='/f'>c</a></pre><dl><dt>Pier</dt><dd>{LONG}</dd></dl>",
    f"<div>{LONG}<br><br>{LONG}<a href='/g'><br><br>Read it</a></div>",
    "<p>Sign up for our newsletter to get <a href='/n'>the news</a> every day.</p>",
    "<figure><img src='/p.jpg'><figcaption><a href='/h'>A pier</a></figcaption></figure>",
)


def cut(text: str, actions: list[CleaningAction]) -> str:
    for action in reversed(actions):
        text = text[: action.start] + text[action.end :]
    return text


def test_links_of_a_block_that_was_cut_in_part() -> None:
    blocks = [
        Block("Read more: Budget", links=((0, 17, "/budget"),)),
        Block(""),
        Block("HARBOUR (AP) - 🛳 ships wait here.", links=((9, 11, "//ap.example/"), (17, 22, "ships"), (28, 32, "#a"))),
        Block("See this and that", links=((4, 17, "mailto:a@b.example"), (4, 8, "javascript:x"), (9, 17, "/a b"))),
    ]
    raw = "\n".join(block.text for block in blocks if block.text)
    actions = [
        CleaningAction(rule="boilerplate.read_on", start=0, end=18),
        CleaningAction(rule="dateline", start=18, end=33),
        CleaningAction(rule="x", start=len(raw) - 5, end=len(raw)),
    ]
    text = cut(raw, actions)
    found = find_links(blocks, actions, base=URL)
    assert [(text[link.start : link.end], link.url) for link in found] == [
        ("ships", "https://news.example/politics/ships"),
        ("and", "https://news.example/a%20b"),
    ]


@given(st.data())
def test_links_point_at_what_is_left_of_their_words(data: st.DataObject) -> None:
    texts = data.draw(st.lists(st.text("ab 🛳", min_size=1, max_size=12), min_size=1, max_size=5))
    blocks = []
    for text in texts:
        edges = st.integers(0, len(text))
        spans = data.draw(st.lists(st.tuples(edges, edges).filter(lambda s: s[0] < s[1]), max_size=3))
        blocks.append(Block(text, links=tuple((start, end, "/a") for start, end in spans)))
    raw = "\n".join(texts)
    points = sorted(data.draw(st.sets(st.integers(0, len(raw)), max_size=8)))
    pairs = list(zip(points[::2], points[1::2], strict=False))
    actions = [CleaningAction(rule="x", start=start, end=end) for start, end in pairs]
    kept = [at for at in range(len(raw)) if not any(start <= at < end for start, end in pairs)]
    expected = []
    offset = 0
    for block in blocks:
        for start, end, _ in sorted(block.links):
            places = [number for number, at in enumerate(kept) if offset + start <= at < offset + end]
            if places:
                expected.append(TextLink(url="https://news.example/a", start=places[0], end=places[-1] + 1))
        offset += len(block.text) + 1
    assert list(find_links(blocks, actions, base=URL)) == expected


def test_links_to_a_place_in_the_same_page() -> None:
    links = ((0, 1, f"{URL}#top"), (1, 2, "?#a"), (2, 3, f"{URL}/more#a"), (3, 4, URL), (4, 5, "story#b"))
    found = find_links([Block("abcde", links=links)], (), base=f"{URL}#now")
    assert [(link.start, link.url) for link in found] == [(2, f"{URL}/more#a"), (3, URL)]


@given(st.lists(st.sampled_from(PARTS), min_size=3, max_size=12))
def test_blocks_cover_the_text_and_links_stand_in_them(parts: list[str]) -> None:
    page = f"<html><body><article><h1>Bridge</h1><p>{LONG}</p>{''.join(parts)}<p>{LONG}x</p></article></body></html>"
    document = Document(media="html", body=page.encode(), url=URL, origin=Origin(uri="x.html", kind="html"))
    article = read_document(
        document, policy=ExtractPolicy(keep_page_types=PAGE_TYPES)
    )  # many lists of links make a listing
    text = article.text
    assert "\n".join(text[block.start : block.end] for block in article.text_blocks) == text
    assert all((block.kind == "heading") == (block.level > 0) for block in article.text_blocks)
    ends = [0]
    for link in article.links:
        assert ends[-1] <= link.start < link.end
        assert any(block.start <= link.start and link.end <= block.end for block in article.text_blocks)
        ends.append(link.end)


def test_base_of_a_page() -> None:
    page = "<html><head><base target='x'></head><body><p>Text"
    assert base_of(parse_text(page), URL) == URL
    assert base_of(parse_text("<html><head><base href='https://[x'></head><body><p>Text"), URL) == URL


def images(markup: str, lead: str | None = None) -> list[tuple[str, str | None, str | None, str | None]]:
    structure = read_structure(parse_text(f"<html><body>{markup}</body></html>"))
    main = [block for block in structure.blocks if block.kind == "paragraph" and len(block.text) > 80]
    found = find_images(structure, main, base=URL, lead=ImageObject(url=lead) if lead else None)
    return [(one.url, one.caption, one.credit, one.alt) for one in found]


def story(inside: str = "", *, above: str = "", below: str = "") -> str:
    return (
        f"<main><h1>Bridge</h1>{above}<div class=article-body><p>{LONG}</p>{inside}<p>{LONG}x</p></div>{below}</main>"
    )


@pytest.mark.parametrize(
    ("img", "address"),
    [
        ("<img src='/p/bridge-at-dusk.jpg'>", "https://news.example/p/bridge-at-dusk.jpg"),
        ("<amp-img src='/p/dusk.jpg' width=900 height=600></amp-img>", "https://news.example/p/dusk.jpg"),
        ("<img src='data:image/gif;base64,R0' data-src='//c.example/1.jpg'>", "https://c.example/1.jpg"),
        (
            "<img src='small.jpg' srcset='a.jpg 320w, b,c.jpg 1280w, d.jpg 640w'>",
            "https://news.example/politics/b,c.jpg",
        ),
        (
            "<picture><source srcset='/l.webp 2000w'><source srcset='/m.webp 900w'><img src='/s.jpg'></picture>",
            "https://news.example/l.webp",
        ),
        ("<img src='/x1.jpg' srcset='/x1.jpg 1x,/x2.jpg 2x'>", "https://news.example/x2.jpg"),
        ("<img src='/placeholder.png' data-src='https://c.example/{width}/a.jpg'>", None),
        ("<img src='/logo.svg'>", None),
        ("<img src='/a.jpg' width=1 height=1>", None),
        ("<img src='/a.jpg' class='author-avatar'>", None),
        ("<a href='/other-story'><img src='/a.jpg'></a>", None),
        ("<a href='/a-large.jpg'><img src='/a.jpg'></a>", "https://news.example/a.jpg"),
        ("<div class='related'><img src='/a.jpg'></div>", None),
        ("<img src='https://[a/b.jpg'>", None),
        ("<img>", None),
    ],
)
def test_address_of_a_picture(img: str, address: str | None) -> None:
    assert [image[0] for image in images(story(img))] == ([address] if address else [])


@pytest.mark.parametrize(
    ("figcaption", "caption", "credit"),
    [
        ("The bridge at dusk. Photo: Jane Roe/Harbour Times", "The bridge at dusk.", "Photo: Jane Roe/Harbour Times"),
        ("The bridge. <span class='credit'>Jane Roe</span>", "The bridge.", "Jane Roe"),
        ("<span class='photo-copyright'>Jane Roe</span> The bridge.", "The bridge.", "Jane Roe"),
        ("<p>The bridge</p><p>© dpa</p>", "The bridge", "© dpa"),
        ("Die Brücke. Foto: J. Roe, Hafenblatt", "Die Brücke.", "Foto: J. Roe, Hafenblatt"),
        ("Le pont. Crédit photo : Jane Roe", "Le pont.", "Crédit photo : Jane Roe"),
        ("The bridge on Monday (AP Photo/Jane Roe)", "The bridge on Monday", "AP Photo/Jane Roe"),
        ("The bridge (left) and the river", "The bridge (left) and the river", None),
        ("The bridge. Reuters", "The bridge.", "Reuters"),
        ("Jane Roe/Getty Images", None, "Jane Roe/Getty Images"),
        ("Der Bürgermeister Foto: Jane Roe", "Der Bürgermeister", "Foto: Jane Roe"),
        ("Harbour town [Photo courtesy of the city]", "Harbour town", "Photo courtesy of the city"),
        (
            "The image: a bridge that nobody wanted. It was built",
            "The image: a bridge that nobody wanted. It was built",
            None,
        ),
    ],
)
def test_caption_and_credit(figcaption: str, caption: str | None, credit: str | None) -> None:
    figure = f"<figure><img src='/bridge.jpg' alt=' A  bridge '><figcaption>{figcaption}</figcaption></figure>"
    assert images(story(figure)) == [("https://news.example/bridge.jpg", caption, credit, "A bridge")]


def test_which_pictures_are_of_the_article() -> None:
    page = "<header><img src='/top-of-the-site.jpg'></header>" + story(
        "<img src='/in-the-text-itself.jpg'><img src='/in-the-text-itself-640x480.jpg'>",
        above="<figure><img src='/above-the-text.jpg'></figure><p class=byline><img src='/jane-roe-portrait.jpg'></p>",
        below="<h2>More</h2><p>Another</p><figure><img src='/below-the-text.jpg'></figure>",
    )
    assert [image[0].rpartition("/")[2] for image in images(page)] == ["above-the-text.jpg", "in-the-text-itself.jpg"]


@pytest.mark.parametrize(
    ("lead", "count"),
    [
        ("https://c.example/some-other-picture.jpg", 2),
        ("https://c.example/in-the-text-itself-1200x630.jpg", 1),
        (f"{URL}#primaryimage", 1),
    ],
)
def test_lead_picture(lead: str, count: int) -> None:
    found = images(story("<img src='/in-the-text-itself.jpg'>"), lead=lead)
    assert len(found) == count
    assert (found[0][0] == lead) == (count == 2)


def test_pictures_of_a_page_without_text() -> None:
    assert images("<img src='/a-picture-alone.jpg'>") == []


@pytest.mark.parametrize(
    "text", ["(", "©", "Photo: ", "Foto: " * 200, "/" * 2000, "(" * 2000, "Photo by " + "a" * 5000]
)
def test_odd_captions(text: str) -> None:
    caption, credit = split_credit(text)
    assert len(caption or "") + len(credit or "") <= len(text)


def test_what_cannot_be_described_costs_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("transforms.articles.text_structure.find_images", fail)
    page = f"<html><body>{story('<p>It stood <a href=/a>in the river</a> for a hundred years, they say.</p>')}"
    document = Document(media="html", body=page.encode(), url=URL, origin=Origin(uri="x.html", kind="html"))
    article = read_document(document)
    assert article.not_run == ("structure.images",)
    assert article.images == ()
    assert [article.text[link.start : link.end] for link in article.links] == ["in the river"]


def test_a_row_of_one_cell_that_holds_sentences_is_a_paragraph() -> None:
    rows = "".join(f"<tr><td>{number} {LONG.strip()}</td></tr>" for number in range(6))
    page = (
        f"<html><body><h1>Bridge</h1><table>{rows}</table><table><tr><td>Cost</td><td>{LONG.strip()}</td></tr></table>"
    )
    document = Document(media="html", body=page.encode(), url=URL, origin=Origin(uri="x.html", kind="html"))
    assert [one.kind for one in read_document(document).text_blocks] == ["paragraph"] * 6 + ["table_row"]


def test_text_before_cleaning_is_kept_on_request() -> None:
    page = f"<html><body>{story('<p>Sign up for our newsletter to get the news every day.</p>')}"
    document = Document(media="html", body=page.encode(), url=URL, origin=Origin(uri="x.html", kind="html"))
    kept, left = read_document(document), read_document(document, policy=ExtractPolicy(keep_text_raw=False))
    assert kept.text_raw is not None
    assert left == dataclasses.replace(kept, text_raw=None)


def test_entries_have_blocks_links_and_pictures() -> None:
    content = f"<h3>Plans</h3><p>{LONG}<a href='/b'>The minutes</a></p><ul><li>one</li></ul><img src='/img/pier.jpg'>"
    entry = Entry(url=URL, title="Bridge", content_html=content)
    article = read_document(Document(media="entry", entry=entry, origin=Origin(uri="feed.xml", kind="rss")))
    assert [(one.kind, one.level) for one in article.text_blocks] == [
        ("heading", 3),
        ("paragraph", 0),
        ("list_item", 0),
    ]
    assert [(article.text[one.start : one.end], one.url) for one in article.links] == [
        ("The minutes", "https://news.example/b")
    ]
    assert [image.url for image in article.images] == ["https://news.example/img/pier.jpg"]
    assert article.text_raw == article.text
    assert (article.page_type, article.extraction_confidence) == (None, None)
