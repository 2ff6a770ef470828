"""Which pictures are of an article, under which address, and with which caption and credit."""

import json

import pytest

from schemas.articles import Article, ImageObject
from schemas.documents import Document, Origin
from transforms.articles.cleaning.clean import Context, clean
from transforms.articles.images.addresses import file_key, name_picture
from transforms.articles.images.captions import find_captions, split_credit
from transforms.articles.pages import parse_text
from transforms.articles.read import read_document
from transforms.articles.walk import read_structure

URL = "https://news.example/politics/story"
LONG = "The council voted on Monday to rebuild the old bridge over the river, which had been closed for two years. "
PIER = "https://news.example/img/pier-at-dusk.jpg"
IMG = "<img src='/img/pier-at-dusk.jpg' alt='A pier'>"


def read(inside: str = "", *, above: str = "", head: str = "", around: str = "") -> Article:
    page = (
        f"<html><head><title>The bridge</title>{head}</head><body><article class='{around}'><h1>The bridge</h1>{above}"
        f"<div class=article-body><p>{LONG}</p>{inside}<p>{LONG}It costs nine million.</p><p>{LONG * 2}It opens in May."
        "</p></div></article></body></html>"
    )
    return read_document(Document(media="html", body=page.encode(), url=URL, origin=Origin(uri="x.html", kind="html")))


def images(inside: str = "", *, above: str = "", head: str = "", around: str = "") -> tuple[ImageObject, ...]:
    return read(inside, above=above, head=head, around=around).images


def og(address: str) -> str:
    return f"<meta property='og:image' content='{address}'>"


LOGO = "https://news.example/img/bridge-logo.png"
SHOWN = "<img src='/img/bridge-logo.png'>"


@pytest.mark.parametrize(
    ("above", "inside", "found"),
    [
        (f"<header><a href='/'>{SHOWN}</a></header>", "", False),
        (f"<div><a href='https://news.example'>{SHOWN}</a></div>", "", False),
        (f"<div class=header>{SHOWN}</div>", "", False),
        (f"<div>{SHOWN}</div>", "", True),
        ("", f"<header>{SHOWN}</header>", True),
        ("", f"<p><a href='#'>{SHOWN}</a></p>", True),
        ("", "", False),
    ],
)
def test_a_declared_logo_is_of_the_article_unless_it_is_the_site_s(above: str, inside: str, found: bool) -> None:
    page = (
        f"<html><head><title>The bridge</title>{og(LOGO)}</head><body>{above}<article><h1>The bridge</h1>"
        f"<p>{LONG}</p>{inside}<p>{LONG * 2}</p></article></body></html>"
    )
    article = read_document(Document(media="html", body=page.encode(), url=URL, origin=Origin(uri="x", kind="html")))
    assert [image.url for image in article.images] == [LOGO] * found
    assert article.image_url == LOGO


@pytest.mark.parametrize(
    ("headline", "found"),
    [("The bridge has a new logo", True), ("A new logo for the ferry", False), ("The bridge has a new sign", False)],
)
def test_a_headline_that_speaks_of_the_declared_logo(headline: str, found: bool) -> None:
    page = f"<html><head>{og(LOGO)}</head><body><article><h1>{headline}</h1><p>{LONG * 2}</p></article></body></html>"
    article = read_document(Document(media="html", body=page.encode(), url=URL, origin=Origin(uri="x", kind="html")))
    assert [image.url for image in article.images] == [LOGO] * found


@pytest.mark.parametrize(
    ("markup", "caption", "credit"),
    [
        (f"<div class=pic>{IMG}<p class=caption>Ships wait.</p></div>", "Ships wait.", None),
        (f"<div><div class=m>{IMG}</div><p class=caption>Ships wait.</p><div class=credit>Jane Roe</div></div>",
         "Ships wait.", "Jane Roe"),
        (f"<div><div>{IMG}</div><div class=credits>© Jane Roe</div></div>", None, "© Jane Roe"),
        (f"<div id=lead>{IMG}<p class=photo_credit>Photographer: Jane Roe/Harbour Pictures</p></div>",
         None, "Photographer: Jane Roe/Harbour Pictures"),
        (f"<div>{IMG}<div class=wp-caption-text><span>Ships wait</span> <span class='credit'>AP</span></div></div>",
         "Ships wait", "AP"),
        (f"<div>{IMG}<p class=caption>سفينة في الميناء. تصوير: ليلى حداد</p></div>",
         "سفينة في الميناء.", "تصوير: ليلى حداد"),
    ],
)  # fmt: skip
def test_captions_outside_figures(markup: str, caption: str | None, credit: str | None) -> None:
    wanted = (ImageObject(url=PIER, caption=caption, credit=credit, alt="A pier"),)
    assert images(markup) == wanted
    assert images(above=markup) == wanted


def test_captions_outside_figures_are_not_text() -> None:
    caption = "<p class=caption>Ships wait for a third day.</p>"
    table = f"<table><caption>Ships</caption><tr><td>{IMG}</td><td class=caption>Six ships</td></tr></table>"
    page = f"<p>{LONG}</p><div>{IMG}{caption}</div><p>{LONG}x</p>{caption}<p>{LONG}y</p>{table}"
    structure = read_structure(parse_text(f"<html><body>{page}</body></html>"))
    cleaned = clean(structure.blocks, Context(captions=frozenset(find_captions(structure))))
    assert [action.rule for action in cleaned.actions] == ["boilerplate.caption"]
    assert [block.text for block in cleaned.blocks] == [
        block.text for number, block in enumerate(structure.blocks) if number != 1
    ]


def test_pictures_of_a_text_that_a_page_declares() -> None:
    box = f"<div>{IMG}<p class=caption>Ships wait.</p></div>"
    body = f"{box}<p>{LONG * 3}</p><img src='/img/tug-at-night.jpg'><p>{LONG}x</p>"
    node = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "The bridge", "articleBody": body}
    page = (
        f"<html><body><script type='application/ld+json'>{json.dumps(node)}</script><h1>The bridge</h1></body></html>"
    )
    article = read_document(
        Document(media="html", body=page.encode(), url=URL, origin=Origin(uri="x.html", kind="html"))
    )
    assert article.text_source == "json_ld"
    assert "Ships wait" not in article.text
    assert [(image.url, image.caption) for image in article.images] == [
        (PIER, "Ships wait."),
        ("https://news.example/img/tug-at-night.jpg", None),
    ]


def test_a_caption_belongs_to_one_picture() -> None:
    found = images(
        f"<div class=row>{IMG}<img src='/img/tug-at-night.jpg'><p class=caption>A pier and a tug.</p></div>"
        "<img src='/img/crane-on-deck.jpg'><figure><figcaption>Six pictures</figcaption></figure>"
    )
    assert [(image.url.rpartition("/")[2], image.caption) for image in found] == [
        ("pier-at-dusk.jpg", "A pier and a tug."),
        ("tug-at-night.jpg", None),
        ("crane-on-deck.jpg", None),
    ]


@pytest.mark.parametrize(
    "shown",
    [
        f"<div class=hero>{IMG}</div>",
        "<div><img src='/img/pier-at-dusk-640x480.jpg?w=1' alt='A pier'></div>",
        "<img src='https://r.example/900x/https%3A%2F%2Fnews.example%2Fimg%2Fpier-at-dusk.jpg' alt='A pier'>",
        "<img src='https://r.example/f?u=https%3A%2F%2Fnews.example%2Fimg%2Fpier-at-dusk.jpg&w=9' alt='A pier'>",
        "<picture><img width=0 height=0 src='/img/pier-at-dusk.jpg' alt='A pier'></picture>",
    ],
)
def test_the_declared_picture_is_described_where_the_page_shows_it(shown: str) -> None:
    assert images(above=shown, head=og(PIER)) == (ImageObject(url=PIER, alt="A pier"),)


def test_the_declared_picture_is_not_described_by_a_teaser_of_it() -> None:
    teaser = f"<nav><ul><li><a href='/x'>{IMG}</a></li></ul></nav>"
    assert images(above=teaser, head=og(PIER)) == (ImageObject(url=PIER),)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("/7/lead.jpg", "/7/lead_large.jpg", True),
        ("/7/lead.jpg", "/8/lead.jpg", False),
        ("/7/original.jpg", "/7/920x920.jpg", True),
        ("/7/raw.jpg", "/7/920x920.jpg", True),
        ("/7/raw.jpg", "/8/920x920.jpg", False),
        ("/a/pier-at-dusk-thumb.jpg", "/b/pier-at-dusk.webp", True),
        ("/a/241847488_v4_3_800.jpeg", "/a/241847488_v16_9_1600.webp", True),
        ("/a/20260305-pier.jpg", "/a/20260305-tugs.jpg", False),
        ("/a/pier-1769008307.jpg", "/a/tugs-1769008307.jpg", False),
        ("/photo.php?id=3", "/photo.php?id=4", False),
        ("/a/3fe18b6b02b6de93ee91c78a.fp-1200-630.jpg", "/a/3fe18b6b02b6de93ee91c78a.fit-1000w.jpg", True),
        (
            "/free/2916606401232c7abc354b161cd5af6a/?t=crop:6000",
            "/free/2916606401232c7abc354b161cd5af6a/?t=fill:948",
            True,
        ),
        ("/free/7/?t=crop:6000", "/free/8/?t=crop:6000", False),
        ("/u/ships-at-dusk.jpg", "/u/ships-at-dusk.0.jpg", True),
        ("/1200/800/1072476.jpg", "/960/540/q_80/1072476.jpg", True),
        ("/1200/800/image.jpg", "/960/540/image.jpg", False),
        ("/u/ships-at-dusk.jpg", "/r/90x90/u%2Fships-at-dusk.jpg", True),
    ],
)
def test_same_picture(one: str, other: str, is_same: bool) -> None:
    first, second = name_picture(f"https://a.example{one}"), name_picture(f"https://a.example{other}")
    assert (first.is_same(second), second.is_same(first)) == (is_same, is_same)


def test_key_of_an_address_with_odd_parts() -> None:
    for address in (
        "https://",
        "https://a.example",
        "https://a.example/?u=https://",
        "https://a.example/%",
        "https://[x/y.jpg",
    ):
        assert isinstance(file_key(address), str)


@pytest.mark.parametrize(
    ("img", "address"),
    [
        ("<img src='data:image/gif;base64,R0' fast-lazy-src='/img/pier-at-dusk.jpg'>", PIER),
        ("<img src='data:image/gif;base64,R0' x-srcset='/s.jpg 300w, /img/pier-at-dusk.jpg 900w'>", PIER),
        ("<noscript><img src='/img/pier-at-dusk.jpg'></noscript>", PIER),
        ("<noscript><img src='/count?id=3'></noscript>", None),
        ("<noscript><img src='/img/pier-at-dusk.jpg' width=1 height=1></noscript>", None),
        ("<img src='/img/harbour-badge.png' width=400 height=419>", "https://news.example/img/harbour-badge.png"),
        ("<img src='/img/harbour-badge.png'>", None),
        ("<img data-src='/img/pier-at-dusk.jpg' data-srcset='/img/pier-at-dusk.jpg 2x' width=564 height=0>", PIER),
        ("<img src='/img/pier-at-dusk.jpg' width=0 height=0>", None),
        ("<img src='/img/jane-roe.jpg' class='author-img'>", None),
        ("<img src='/authors/M7yqHwiFAPooqhDKsj.jpg' width=150 height=187>", None),
        ("<div><div><img src='/img/pier-at-dusk.jpg'></div><a href='/other'>Another story</a></div>", None),
    ],
)  # fmt: skip
def test_pictures_in_the_text(img: str, address: str | None) -> None:
    assert [image.url for image in images(img)] == ([address] if address else [])


def test_a_picture_for_readers_without_scripts_is_not_a_second_one() -> None:
    lazy = "<img src='data:image/gif;base64,R0' data-src='/img/pier-at-dusk-300x200.jpg'>"
    figure = (
        f"<figure>{lazy}<noscript><img src='/img/pier-at-dusk.jpg'></noscript><figcaption>A pier</figcaption></figure>"
    )
    assert [(image.url, image.caption) for image in images(figure)] == [
        ("https://news.example/img/pier-at-dusk-300x200.jpg", "A pier")
    ]


def test_a_figure_may_be_laid_out_by_an_overlay() -> None:
    figure = (
        f"<figure><div class='overlay-container'>{IMG}</div><figcaption>Jane Roe. Ships wait.</figcaption></figure>"
    )
    assert [image.caption for image in images(above=figure)] == ["Jane Roe. Ships wait."]


def test_a_figure_between_the_lead_and_the_rest() -> None:
    above = f"<p class=lead>{LONG}And so it will be.</p><figure>{IMG}<figcaption>Ships wait.</figcaption></figure>"
    assert [image.caption for image in images(above=above)] == ["Ships wait."]


def test_a_portrait_in_a_figure_with_the_byline() -> None:
    assert images(above=f"<figure>{IMG}<p>By Jane Roe, Editor</p></figure>") == ()


def test_a_byline_behind_a_picture_is_not_its_credit() -> None:
    markup = f"<div>{IMG}<p class=byline-author>Jane Roe, Harbour Times</p></div>"
    assert images(markup) == (ImageObject(url=PIER, alt="A pier"),)


def test_the_name_of_a_file_is_not_a_caption() -> None:
    figure = f"<figure>{IMG}<figcaption>/ pier-at-dusk-640.jpg</figcaption></figure>"
    assert [image.caption for image in images(figure)] == [None]


def test_a_figure_that_links_to_another_article() -> None:
    figure = f"<figure>{IMG}<figcaption><a href='/tugs'>Tugs go on strike again</a></figcaption></figure>"
    assert images(f"<div class=related>{figure}</div>") == ()


def test_figures_of_a_list_of_links() -> None:
    item = f"<li><a href='/tugs'><figure>{IMG}<figcaption>Tugs go on strike</figcaption></figure></a></li>"
    assert images(f"<ul>{item}</ul>") == ()
    assert len(images(f"<ul>{item.replace('/tugs', '/pier.jpg')}</ul>")) == 1


def test_a_figure_with_an_ornament_at_its_bottom() -> None:
    assert len(images(f"<figure class='ornament-bottom'>{IMG}<figcaption>Ships wait.</figcaption></figure>")) == 1
    assert len(images(f"<figure class='ornament-bottom'>{IMG}</figure>")) == 1


def test_pictures_that_are_numbered_in_their_folder() -> None:
    pictures = "".join(f"<p><img src='/img/2026/{number}.jpg'> {LONG}</p>" for number in range(8, 13))
    assert len(images(pictures)) == 5


def test_a_picture_in_a_page_that_is_called_after_its_player() -> None:
    figure = f"<figure>{IMG}<p>Ships wait.</p></figure>"
    found = read(figure, around="story video-embed-page").images
    assert [image.caption for image in found] == ["Ships wait."]


def test_a_picture_that_stands_in_a_player_too() -> None:
    player = f"<figure><div class=video-player>{IMG}<div>Watch: ships at dusk</div></div></figure>"
    figure = f"<figure>{IMG}<figcaption>Ships wait. Photo: Jane Roe</figcaption></figure>"
    assert images(player + figure) == (
        ImageObject(url=PIER, caption="Ships wait.", credit="Photo: Jane Roe", alt="A pier"),
    )


@pytest.mark.parametrize("name", ["harbour_logo.png", "site-icon.png", "blank.gif", "HarbourLogo.jpg"])
def test_a_logo_is_not_the_picture_of_an_article(name: str) -> None:
    assert images(head=og(f"https://news.example/static/{name}")) == ()


def test_a_picture_that_json_ld_names_by_its_id() -> None:
    node = '{"@type":"ImageObject","@id":"https://news.example/s#primaryimage","url":"/img/pier-at-dusk.jpg"}'
    for graph, wanted in (
        (node.replace('"/img', '"https://news.example/img'), PIER),
        ('{"@id":"https://x.example"}', None),
    ):
        ld = (
            '<script type="application/ld+json">{"@context":"https://schema.org","@graph":['
            '{"@type":"NewsArticle","headline":"The bridge","image":{"@id":"https://news.example/s#primaryimage"}},'
            f"{graph}]}}</script>"
        )
        article = read(head=ld)
        assert article.image_url == wanted
        assert [image.url for image in article.images] == ([wanted] if wanted else [])
        assert read(head=ld + og(PIER)).image_url == PIER


@pytest.mark.parametrize(
    ("said", "shown", "caption", "credit"),
    [
        ({"caption": "<p>Ships wait. (AP Photo/Jane Roe)</p>"}, IMG, "Ships wait.", "AP Photo/Jane Roe"),
        ({"caption": "Ships wait", "creditText": "Jane Roe"}, "", "Ships wait", "Jane Roe"),
        ({"caption": "Ships wait", "copyrightHolder": {"name": "Jane Roe"}}, "", "Ships wait", "Jane Roe"),
        ({"caption": "Ships", "creditText": "EPA"}, f"<div>{IMG}<p class=caption>Ships wait (Jane Roe/AP)</p></div>",
         "Ships wait", "Jane Roe/AP"),
        ({"caption": "Ships wait in the harbour."}, IMG, "Ships wait in the harbour.", None),
        ({"caption": "船只在港口等候。"}, IMG, "船只在港口等候。", None),
        ({"caption": "ships in a harbour"}, IMG, None, None),
        ({"caption": "A pier", "creditText": "EPA"}, IMG, None, "EPA"),
        ({"caption": "The bridge", "creditText": "EPA"}, IMG, None, "EPA"),
        ({"caption": "Harbour Times", "creditText": "EPA"}, IMG, None, "EPA"),
        ({"caption": ["Ships wait in the harbour."], "creditText": {}}, IMG, "Ships wait in the harbour.", None),
    ],
)  # fmt: skip
def test_what_json_ld_says_of_the_picture(
    said: dict[str, object], shown: str, caption: str | None, credit: str | None
) -> None:
    node = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "The bridge",
        "publisher": {"@type": "Organization", "name": "Harbour Times"},
        "image": {"@type": "ImageObject", "url": PIER, **said},
    }
    head = f"<script type='application/ld+json'>{json.dumps(node)}</script>"
    for found in (images(shown, head=head), images(above=shown, head=head)):
        assert [(image.url, image.caption, image.credit) for image in found] == [(PIER, caption, credit)]


@pytest.mark.parametrize(
    ("figcaption", "caption", "credit"),
    [
        ("<span>Ships wait.</span><span itemprop='copyrightHolder'><span>Credit...</span><span>Jane Roe</span></span>",
         "Ships wait.", "Credit...Jane Roe"),
        ("<span>Ships wait.</span><span>Credit...</span><span>Jane Roe</span>", "Ships wait.", "Credit...Jane Roe"),
        ("Ships wait <cite>(Jane Roe/Harbour Times)</cite>", "Ships wait", "Jane Roe/Harbour Times"),
        ("Ships wait. <small>Jane Roe</small>", "Ships wait.", "Jane Roe"),
        ("Ships wait. <small>They came at dawn.</small>", "Ships wait. They came at dawn.", None),
        ("<small>Ships wait in the harbour</small>", "Ships wait in the harbour", None),
        ("<span>Ships wait.</span><span class=m>Jane Roe (dpa/picture alliance)</span>",
         "Ships wait.", "Jane Roe (dpa/picture alliance)"),
        ("Ships wait. <span>Jane Roe (REUTERS)</span>", "Ships wait.", "Jane Roe (REUTERS)"),
        ("<span>Ships wait.</span> Photo by Jane Roe <span>/AFP via Getty Images</span>",
         "Ships wait.", "Photo by Jane Roe /AFP via Getty Images"),
        ("Ships that <span>wait for days. (Photo: AP)</span>", "Ships that wait for days.", "Photo: AP"),
        ("<span>Ships</span> wait. <span>They came at dawn.</span>", "Ships wait. They came at dawn.", None),
        ("<p class=credit>The ships have waited for two days. Photo: Jane Roe</p>",
         "The ships have waited for two days.", "Photo: Jane Roe"),
        ("<span class=credit>Photo by Jane Roe</span> /<span class=seller>Getty Images/Harbour Stock</span>",
         None, "Photo by Jane Roe /Getty Images/Harbour Stock"),
        ("Ships wait. <span class=credit>/ Photo: Jane Roe</span>", "Ships wait.", "Photo: Jane Roe"),
        ("/ <b>pier-at-dusk.jpg</b>", None, None),
    ],
)  # fmt: skip
def test_credits_by_markup(figcaption: str, caption: str | None, credit: str | None) -> None:
    found = images(f"<figure>{IMG}<figcaption>{figcaption}</figcaption></figure>")
    assert [(image.caption, image.credit) for image in found] == [(caption, credit)]


@pytest.mark.parametrize(
    ("text", "caption", "credit"),
    [
        ("Navios esperam no porto Imagem: Joana Rocha/Porto", "Navios esperam no porto", "Imagem: Joana Rocha/Porto"),
        ("Statek w porcie (Fot. Jan Nowak / Agencja Port)", "Statek w porcie", "Fot. Jan Nowak / Agencja Port"),
        ("REUTERS/Jane Roe", None, "REUTERS/Jane Roe"),
        ("A coffee house, 1797 — via Harbour Library", "A coffee house, 1797", "via Harbour Library"),
        ("Ships reach the town via Ellery Sound", "Ships reach the town via Ellery Sound", None),
        ("Ten ships wait.(HT Photo)", "Ten ships wait.", "HT Photo"),
        ("Ten ships wait (FILE Photo)", "Ten ships wait (FILE Photo)", None),
        ("Illustration: Jane Roe", None, "Illustration: Jane Roe"),
        ("Ships wait. Imago/Harbour-Pictures.example", "Ships wait.", "Imago/Harbour-Pictures.example"),
        ("Ships wait | Getty Images/Jane.Roe", "Ships wait", "Getty Images/Jane.Roe"),
        ("Ships wait. Photo: Dr. Jane Roe, Dept. of Works", "Ships wait.", "Photo: Dr. Jane Roe, Dept. of Works"),
        ("Ships wait. The firm joined Reuters on Monday.", "Ships wait. The firm joined Reuters on Monday.", None),
        ("EPA headquarters in Ellery", "EPA headquarters in Ellery", None),
        ("Ships wait. Jane van der Roe for Reuters.", "Ships wait.", "Jane van der Roe for Reuters"),
        ("Ships wait. Piet van het Hof/ANP", "Ships wait.", "Piet van het Hof/ANP"),
        ("The fort is a Reuters archive", "The fort is a Reuters archive", None),
        ("Ships wait. Jane Roe/Post via AP file photo", "Ships wait.", "Jane Roe/Post via AP file photo"),
        ("Ten ships have news on Reuters.example for us.", "Ten ships have news on Reuters.example for us.",
         None),
        ("Photo: Jane Roe. Ships wait.", "Photo: Jane Roe. Ships wait.", None),
        ("船只在港口等候。摄影：林晓燕", "船只在港口等候。", "摄影：林晓燕"),
    ],
)  # fmt: skip
def test_credits_by_words(text: str, caption: str | None, credit: str | None) -> None:
    assert split_credit(text) == (caption, credit)
