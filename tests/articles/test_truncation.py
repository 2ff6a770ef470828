"""A text is a teaser where it ends at a wall, at a call to read on, or far short of what the page declares."""

import json
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.documents import Document, Entry, Origin
from transforms.articles.blocks import Block
from transforms.articles.cleaning.clean import keep_all
from transforms.articles.metadata import read_metadata
from transforms.articles.pages import parse_text
from transforms.articles.read import read_document
from transforms.articles.roles import Role
from transforms.articles.truncation import find_truncation
from transforms.articles.walk import read_structure
from transforms.package_data import load_json

DATA = load_json("transforms.articles", "truncation.json")

LINE = (
    "The harbour board of Ellery agreed on Monday to rebuild the eastern pier at a cost of four millions, a year after "
    "a storm had torn off its end and left the fishermen without a landing."
)
END = "The ferry, however, has been sold to a company that nobody in Ellery had heard of before."
PAID = {"isAccessibleForFree": False}
PART = {"hasPart": {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".paid"}}
WALLS = {
    "en": "Already a subscriber? Log in",
    "en2": "This article is for subscribers only.",
    "de": "Jetzt weiterlesen mit Kurier Plus",
    "fr": "Il vous reste 72 % de cet article à lire. La suite est réservée aux abonnés.",
    "es": "Suscríbete para seguir leyendo",
    "it": "Questo articolo è riservato agli abbonati",
    "nl": "Log in of word lid om dit artikel verder te lezen",
    "pt": "Conteúdo exclusivo para assinantes",
    "sv": "Bli prenumerant för att läsa vidare",
    "pl": "Aby czytać dalej, wykup dostęp",
    "fr2": "Créez un compte pour continuer la lecture.",
    "de2": "Sie möchten weiterlesen?",
    "sv2": "Den här artikeln är för dig som är prenumerant",
    "ru": "Этот материал доступен только подписчикам",
    "ko": "이 기사는 회원 전용입니다",
    "zh": "本文为付费会员专享",
    "ja": "この記事は有料会員限定です。残り 1,024 文字",
}

ACCOUNTS = (
    "Already a subscriber? Log in",
    "Bereits Abonnent? Hier anmelden",
    "Déjà abonné ? Connectez-vous",
    "¿Ya eres suscriptor? Inicia sesión",
    "Sei già abbonato? Accedi",
    "Já é assinante? Entrar",
    "Redan prenumerant? Logga in",
)


class Case(NamedTuple):
    """One page and what is found out about it."""

    name: str
    body: str
    node: dict[str, Any] | None
    found: tuple[bool | None, str | None]


def paragraphs(count: int) -> str:
    return "".join(f"<p>{number} {LINE}</p>" for number in range(count))


CASES = [
    Case("free page without any sign", paragraphs(6), None, (False, None)),
    Case("one line and nothing else", "<p>The pier is open.</p>", None, (None, None)),
    Case("declared free", paragraphs(2), {"isAccessibleForFree": True}, (False, None)),
    Case("not free, the whole text is there", paragraphs(9), PAID, (False, None)),
    Case("not free, as long as declared", paragraphs(4), PAID | {"wordCount": 130}, (False, None)),
    Case("not free, far shorter", paragraphs(2), PAID | {"wordCount": 900}, (True, "paywall")),
    Case("shorter than declared", paragraphs(2), {"wordCount": 900}, (True, "shorter_than_declared")),
    Case("a little shorter than declared", paragraphs(4), {"wordCount": 180}, (None, None)),
    Case("articleBody is longer", paragraphs(1), {"articleBody": f"{LINE * 8} {END}"}, (True, "shorter_than_declared")),
    Case("articleBody ends like the text", f"{paragraphs(3)}<p>{END}</p>", PAID | {"articleBody": f"{LINE * 8} {END}"},
        (False, None)),
    Case("articleBody is a teaser, the page is longer", paragraphs(6), {"articleBody": LINE[:90]}, (False, None)),
    Case("number of characters as wordCount", paragraphs(4), {"wordCount": 740}, (False, None)),
    Case("the paid part is there", f"<div class='paid'>{paragraphs(6)}</div>", PAID | PART, (False, None)),
    Case("the paid part is missing", paragraphs(2), PAID | PART, (None, None)),
    Case("the paid part is empty, and the text cut", f"{paragraphs(1)}<p>All…</p>", PAID | PART, (True, "paywall")),
    Case(
        "call to continue", f"{paragraphs(2)}<p><a href=/more>Continue reading</a></p>", None,
        (True, "continue_reading"),
    ),
    Case(
        "call behind a cut", f"{paragraphs(1)}<p>The work will…</p><p><a href=/a>Read more »</a></p>", None,
        (True, "continue_reading"),
    ),
    Case(
        "heading of a wall", f"{paragraphs(6)}<div class=paywall><h2>Keep reading this for free</h2></div>", None,
        (True, "paywall"),
    ),
    Case("card behind a whole text", f"{paragraphs(5)}<p><a href=/a>Read more »</a></p>", None, (False, None)),
    Case("bracketed ellipsis", f"{paragraphs(2)}<p>The work will […]</p>", None, (True, "continue_reading")),
    Case("wall of a page that declares to be free", f"{paragraphs(5)}<p>Already a subscriber?</p>",
        {"isAccessibleForFree": True}, (False, None)),
    Case("articleBody is the teaser above a wall", f"{paragraphs(2)}<p>Already a subscriber?</p>",
        PAID | {"articleBody": f"0 {LINE} 1 {LINE}"}, (True, "paywall")),
    Case(
        "wall behind a long text", f"{paragraphs(30)}<div class=paywall><p>This post is for paid subscribers</p></div>",
        None, (True, "paywall"),
    ),
    Case(
        "wall before the comments of a long text",
        f"{paragraphs(30)}<div class=paywall><p>A comment?</p><p>Share it</p><p>This is reserved</p>"
        "<p>Already a member? Log in</p></div>",
        None, (False, None),
    ),
    Case(
        "wall in the navigation", f"{paragraphs(3)}<div class='menu paywall'><p>Déjà abonnée?</p></div>",
        None, (True, "paywall"),
    ),
    Case(
        "lines of a wall that were taken for text",
        f"{paragraphs(3)}<p>Already a member? Sign in</p><p>Read all we write</p><p>Get our letter</p>",
        None, (True, "paywall"),
    ),
    Case(
        "words of a wall in prose", f"{paragraphs(3)}<p>{LINE} Who meets “Subscribe to continue reading” leaves.</p>",
        None, (False, None),
    ),
    *(Case(f"whole text above {wall!r}", f"{paragraphs(6)}<div><p>{wall}</p></div>", None, (None, None))
        for wall in ACCOUNTS),
    Case("teaser above a line for subscribers", f"{paragraphs(3)}<p>All…</p><div><p>Déjà abonné ?</p></div>", None,
        (True, "paywall")),
    Case("paid text above a line for subscribers", f"{paragraphs(6)}<div><p>Déjà abonné ?</p></div>", PAID,
        (True, "paywall")),
    Case("whole text above a wall with a line for subscribers",
        f"{paragraphs(6)}<div><p>Subscribe to continue reading</p><p>Already a subscriber? Log in</p></div>", None,
        (True, "paywall")),
    Case("line for subscribers in an element that is a wall",
        f"{paragraphs(6)}<div class=paywall><p>Already a subscriber? Log in</p></div>", None, (True, "paywall")),
    Case("sentence about a paywall",
        f"{paragraphs(6)}<p>The paper put up a wall: who had read three was asked to pay to continue reading.</p>",
        None, (False, None)),
    Case("sentence about a member", f"{paragraphs(6)}<p>Who is already a member keeps the old fee.</p>", None,
        (False, None)),
    Case("sentence that addresses someone", f"{paragraphs(6)}<p>“You've used all your luck,” she said.</p>", None,
        (False, None)),
    Case("wall in one long sentence",
        f"{paragraphs(6)}<p>To continue reading this and all texts of the Ellery Post, take a subscription.</p>",
        None, (True, "paywall")),
    Case("thanks for reading", f"{paragraphs(3)}<p>Thank you for taking the time to read this article.</p>", None,
        (False, None)),
    Case("call in the last line", f"{paragraphs(1)}<p>The work will… Read the full story at Harbour Times</p>", None,
        (True, "continue_reading")),
    Case("button that shows the rest", f"{paragraphs(4)}<p><a href='#'>Continue reading</a></p>", None, (False, None)),
    Case("banner below a long text", f"{paragraphs(30)}<p>Already a subscriber? Log in</p>", None, (False, None)),
    *(Case(f"wall {name}", f"{paragraphs(2)}<div><p>{wall}</p></div>", None, (True, "paywall"))
        for name, wall in WALLS.items()),
]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "target", "goes_on"),
    [
        ("/pier?page=1", "?page=2", True),
        ("/pier/", "/pier/2/", True),
        ("/pier/page/2", "/pier/page/3", True),
        ("/pier", "/the-ferry-is-sold", False),
        ("/n/11", "/n/12", False),
        ("/pier/", "/pier/comment-page-2/", False),
    ],
)
def test_a_page_whose_next_one_has_its_address_and_a_number_is_a_part(url: str, target: str, goes_on: bool) -> None:
    site = "https://post.example"
    link = f"<link rel='Next prefetch' href='{site}{target}'>"
    page = f"<html><head>{link}</head><body><main>{paragraphs(6)}</main></body></html>"
    if target.startswith("?"):
        page = page.replace(site, "")
    tree = parse_text(page)
    structure = read_structure(tree)
    metadata = read_metadata(tree, structure, url=site + url)
    found = find_truncation(keep_all(structure.blocks), source="page", metadata=metadata, structure=structure)
    assert found == ((True, "continue_reading") if goes_on else (False, None))


@pytest.mark.parametrize(
    ("below", "goes_on"),
    [
        ("<p>Halaman <b>1</b> <a href='?page=2'>2</a> <a href='?page=2'>Selanjutnya</a></p>", True),
        ("<ul class=pager><li>1<li><a href='/pier/2'>2</a><li>…<li><a href='/pier/8'>8</a></ul>", True),
        ("<h5><a href='/pier/seite/2'>The ferry is sold…</a></h5><a href='/pier/seite/2'>2</a>", True),
        ("<p><a href='/piers?page=2'>2</a> <a href='/piers?page=3'>3</a></p>", False),
        ("<p><a href='?page=3'>3</a> <a href='#'>2</a> <a href='?page=2'>Next</a></p>", False),
        ("<p><a href='?note=2'>2</a></p>", False),
        ("<h3>More reports</h3><p>1 <a href='?page=2'>2</a></p>", False),
        ("<div class=comments><p>A fine pier.</p><p>1 <a href='?page=2'>2</a></p></div>", False),
        ("<p>Short.</p>" * 40 + "<p>1 <a href='?page=2'>2</a></p>", False),
    ],
)
def test_a_page_whose_pager_has_a_link_to_the_next_one_is_a_part(below: str, goes_on: bool) -> None:
    tree = parse_text(f"<html><body><main>{paragraphs(6)}</main><div>{below}</div></body></html>")
    structure = read_structure(tree)
    metadata = read_metadata(tree, structure, url="https://post.example/pier")
    text = keep_all(structure.blocks[:6])
    found = find_truncation(text, source="page", metadata=metadata, structure=structure)
    assert found == ((True, "continue_reading") if goes_on else (False, None))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_a_page_shows_decides(case: Case) -> None:
    node = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Pier", **(case.node or {})}
    head = f'<script type="application/ld+json">{json.dumps(node)}</script>' if case.node else ""
    tree = parse_text(f"<html><head>{head}</head><body><main>{case.body}</main></body></html>")
    structure = read_structure(tree)
    text = [block for block in structure.blocks if block.text not in WALLS.values() and not block.links]
    text = [block for block in text if "a subscriber" not in block.text and not block.roles & Role.PAYWALL]
    found = find_truncation(keep_all(text), source="page", metadata=read_metadata(tree, structure), structure=structure)
    assert found == case.found


@pytest.mark.parametrize(
    ("text", "source", "found"),
    [
        (f"{LINE} The work […]", "feed_summary", True),
        (f"{LINE} The work will…", "feed_summary", True),
        (f"{LINE} The work will...", "feed_content", True),
        (f"{LINE}\nLire la suite", "feed_content", True),
        (f"{LINE}\nRead more »", "feed_summary", True),
        (LINE, "feed_summary", None),
        (LINE, "feed_content", None),
        ("\n".join([LINE] * 5), "feed_content", False),
        (f"{LINE} The work […]", "text", True),
        (f"{LINE} And then…", "text", None),
        (LINE, "text", None),
    ],
)
def test_feeds_cut_their_texts_with_an_ellipsis_or_a_link(text: str, source: str, found: bool | None) -> None:
    content = keep_all([Block(text=line) for line in text.split("\n")])
    assert find_truncation(content, source=source).is_truncated is found


@pytest.mark.parametrize(
    ("ending", "found"),
    [
        ("The work [&hellip;]</p>", True),
        (
            "The work [&#8230;]</p><p>The post <a href=/a>Pier</a> appeared first on <a href=/>Ellery Post</a>.</p>",
            True,
        ),
        ("The work will&#8230; <a href='/a'>Read more</a></p>", True),
        ("</p><p><a class=more href='/a'>Continue reading →</a></p>", True),
        ("</p>", None),
        ("</p><p>See <a href='/a'>the plan of the pier</a></p>", None),
    ],
)
def test_the_end_of_an_entry_shows_what_cleaning_removes(ending: str, found: bool | None) -> None:
    entry = Entry(title="Pier", summary_html=f"<p>{LINE} {ending}")
    article = read_document(Document(media="entry", origin=Origin(uri="feed.xml", kind="feed"), entry=entry))
    assert (article.is_truncated, article.page_type) == (found, None)
    assert article.truncated_reason == ("continue_reading" if found else None)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(list(DATA["wall"])), st.data())
def test_all_that_walls_say_has_a_word_that_is_looked_for_first(form: str, data: st.DataObject) -> None:
    line = data.draw(st.from_regex(form))
    assert any(word in line for word in DATA["wall"][form])
