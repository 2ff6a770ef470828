"""What cleaning removes, and its account of it."""

import dataclasses
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import document_fromstring, fromstring

from transforms.articles.blocks import Block
from transforms.articles.cleaning.clean import Cleaned, Context, clean, text_to_blocks
from transforms.articles.cleaning.credit_lines import is_date_line, name_credit, name_signature
from transforms.articles.cleaning.phrases import find_call, fold, load_phrases, split_words
from transforms.articles.cleaning.rules import RULES, name_rule
from transforms.articles.folding import tidy_line
from transforms.articles.walk import read_structure

LINES = st.sampled_from([
    "Bridge opens", "By Jane Roe", "Advertisement", "Read more:", "- Ten things to do", "The bridge was opened.",
    "Follow us on Twitter and Facebook", "A band played until midnight.", "___", "", "Foto: Jane Roe", "More:",
    "The port is open again, and the first ships are on their way. Read more at The Daily Example",
]) | st.text(max_size=30)  # fmt: skip
CONTEXT = Context(titles=["Bridge opens", None], names=["Jane Roe"])


def check(cleaned: Cleaned) -> None:
    """Check that the parts of what cleaning gives belong together."""
    rest, position = "", 0
    for action in cleaned.actions:
        assert position <= action.start < action.end <= len(cleaned.raw)
        rest += cleaned.raw[position : action.start]
        position = action.end
    assert rest + cleaned.raw[position:] == cleaned.text
    assert cleaned.text == "\n".join(kept.text for kept in cleaned.blocks)
    for kept in cleaned.blocks:
        assert cleaned.text[kept.start : kept.end] == kept.text != ""
        assert kept.text in kept.block.text


@settings(deadline=None)
@given(st.lists(LINES, max_size=12), st.sampled_from(["paragraph", "list_item", "heading"]))
def test_the_raw_text_without_the_ranges_is_the_text(lines: list[str], kind: str) -> None:
    blocks = [Block(text=line, kind=kind) for line in lines]
    cleaned = clean(blocks, CONTEXT)
    assert cleaned.raw == "\n".join(line for line in lines if line)
    check(cleaned)


def test_each_removal_is_under_the_name_of_its_rule() -> None:
    cleaned = clean(text_to_blocks("Bridge opens\nBy Jane Roe\nThe bridge was opened.\nAdvertisement"), CONTEXT)
    assert cleaned.text == "The bridge was opened."
    assert [action.rule for action in cleaned.actions][:2] == ["repeats.headline", "credits.byline"]
    check(cleaned)


def test_where_all_goes_nothing_is_left() -> None:
    cleaned = clean(text_to_blocks("Advertisement\nBy Jane Roe\nAdvertisement"), CONTEXT)
    assert (cleaned.text, cleaned.blocks) == ("", ())
    check(cleaned)


EXAMPLES = tomllib.loads(Path(__file__).parents[1].joinpath("data/cleaning/examples.toml").read_text(encoding="utf-8"))
TITLE = "Bridge opens after eleven years of work"
BODY = [
    "The bridge was opened on Friday by the mayor, who had promised it for eleven years and thanked the builders at "
    "length.",
    "A band played until midnight, and the ferry made its last crossing, with six hundred people on board who sang and "
    "did not want to leave it when it reached the eastern shore for the last time in its life, an hour late.",
    "The council wants to sell the ferry in the autumn. Three towns in the north have asked for it, and one of them "
    "has offered to take the crew as well, which the union calls the best news since the plans of the bridge.",
]


def read_example(example: str | dict[str, Any]) -> tuple[Block, bool, bool, bool]:
    """Return a block, whether it is one of a page, the last of the article, and the second of two that are alike."""
    fields: dict[str, Any] = {"text": example} if isinstance(example, str) else dict(example)
    is_page, is_last, is_copied = (fields.pop(name, False) for name in ("is_page", "is_last", "is_copied"))
    name = fields.pop("class", "")
    fields["links"] = tuple(map(tuple, fields.get("links", ())))
    element = fromstring(f'<p class="{name}"></p>') if is_page or name else None
    return Block(**fields, element=element), is_page, is_last, is_copied


def rules_for(rule: str, example: str | dict[str, Any]) -> list[str]:
    """Return the rules under which a block goes from an article that it stands in."""
    block, is_page, is_last, is_copied = read_example(example)
    paragraphs = [Block(text=text) for text in BODY]
    place = 0 if rule.startswith(("repeats", "credits")) else 3 if is_last else 2
    originals = [dataclasses.replace(block)] if is_copied else []
    blocks = [*paragraphs[:place], *originals, block, *paragraphs[place:]]
    cleaned = clean(blocks, Context(titles=[TITLE], names=["Jane Roe"], source="page" if is_page else "feed"))
    check(cleaned)
    left = [kept.block for kept in cleaned.blocks]
    assert left == [other for other in blocks if other is not block or block in left]
    return [action.rule for action in cleaned.actions]


def cases(kind: str) -> list[Any]:
    """Return the examples of all rules, each with the name of its rule."""
    pairs = [(rule, example) for rule in RULES for example in EXAMPLES[rule][kind]]
    return [pytest.param(*pair, id=f"{pair[0]}-{number}") for number, pair in enumerate(pairs)]


def test_each_rule_has_examples_and_is_described() -> None:
    assert set(EXAMPLES) == set(RULES)
    for rule, description in RULES.items():
        assert EXAMPLES[rule]["cuts"] and EXAMPLES[rule]["keeps"] and description


@pytest.mark.parametrize(("rule", "example"), cases("cuts"))
def test_a_rule_removes(rule: str, example: str | dict[str, Any]) -> None:
    assert rules_for(rule, example) == [rule]


@pytest.mark.parametrize(("rule", "example"), cases("keeps"))
def test_a_near_miss_stays(rule: str, example: str | dict[str, Any]) -> None:
    assert rules_for(rule, example) == []


def test_all_phrases_are_folded_and_belong_to_rules() -> None:
    phrases = load_phrases()
    assert set(phrases.labels.values()) <= set(RULES)
    assert all(fold(phrase) == phrase != "" for phrase in [*phrases.labels, *phrases.heads, *phrases.pointers])
    assert {call.rule for calls in phrases.calls.values() for call in calls} <= set(RULES)


def test_a_list_of_links_goes_with_its_heading() -> None:
    items = [Block(text="One thing", kind="list_item"), Block(text="Another thing", kind="list_item")]
    cleaned = clean([Block(text=BODY[0]), Block(text="Related articles"), *items, Block(text=BODY[1])], Context())
    assert cleaned.text == f"{BODY[0]}\n{BODY[1]}"
    assert [action.rule for action in cleaned.actions] == ["boilerplate.link_list"] * 3


@pytest.mark.parametrize(
    ("last", "stays"),
    [
        ("Our films of the harbour", False),
        ("What would you have done?", True),
        ("A bridge is a promise that a town makes to all who are born behind it, " * 2, True),
    ],
)
def test_a_last_heading_with_nothing_under_it_goes(last: str, stays: bool) -> None:
    blocks = [*map(Block, BODY), Block(text=last.strip(), kind="heading", level=2)]
    assert (last.strip() in clean(blocks, Context()).text) is stays


def test_headings_that_are_a_list_stay() -> None:
    headings = [Block(text=f"Pier {number} is closed", kind="heading", level=3) for number in range(3)]
    assert len(clean([*map(Block, BODY), *headings], Context()).blocks) == len(BODY) + 3


def test_a_headline_goes_with_the_byline_behind_its_line_break() -> None:
    first = Block(text=f"{TITLE} 3 May 2024 | Jane Roe", seams=(len(TITLE),))
    cleaned = clean([first, *map(Block, BODY)], Context(titles=[TITLE], names=["Jane Roe"]))
    assert [kept.text for kept in cleaned.blocks] == BODY
    check(cleaned)


def test_a_list_of_the_article_stays() -> None:
    text = f"{BODY[0]}\nThe plan has two parts:\n- One thing\n- Another thing"
    assert clean(text_to_blocks(text), Context()).text == text


def test_a_link_that_ends_a_paragraph_goes_alone() -> None:
    start = len(BODY[0]) + 1
    block = Block(text=f"{BODY[0]} Read more", links=((start, start + 9, "/a"),), link_chars=9)
    cleaned = clean([block], Context())
    assert (cleaned.text, cleaned.actions[0].rule) == (BODY[0], "boilerplate.read_also")
    check(cleaned)


def test_the_end_of_a_teaser_goes_with_the_call_before_it() -> None:
    cleaned = clean([Block(text=f"{BODY[0]} Read more […]")], Context(source="feed"))
    assert (cleaned.text, [action.rule for action in cleaned.actions]) == (BODY[0], ["boilerplate.read_also"])
    check(cleaned)


def test_what_says_of_itself_that_it_is_a_biography_stays_where_most_of_the_text_does() -> None:
    blocks = [Block(text=text, roles=1 << 19) for text in BODY]
    assert clean(blocks, Context()).text == "\n".join(BODY)


def test_what_cannot_be_seen_goes() -> None:
    assert tidy_line("Stadt\u00adrat\u200b  von\u00a0Hohe\u0301nau ") == "Stadtrat von Hohénau"


def test_parts_of_a_call_stand_in_order() -> None:
    assert find_call("sign up today for the newsletter of the week") == "boilerplate.subscribe"
    assert find_call("the newsletter that you sign up for") is None


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [(BODY[1], BODY[2], 2), (BODY[1], None, 1), (BODY[1], "The market", 3), (BODY[1], "Share", 1),
     ("Three towns asked:", BODY[2], 3), (BODY[1], "Read also: A ferry for three towns", 3), (None, BODY[2], 2)],
)  # fmt: skip
def test_a_pointer_without_a_link_goes_where_it_stands_alone(before: str | None, after: str | None, kept: int) -> None:
    lines = [line for line in (before, "Read also: A second bridge for Ellery", after) if line]
    blocks = [Block(line, element=fromstring("<p></p>")) for line in lines]
    cleaned = clean(blocks, Context(titles=[TITLE]))
    assert len(cleaned.blocks) == kept
    check(cleaned)


def test_a_list_of_kickers_and_linked_titles_goes() -> None:
    items = [
        Block(text=f"Harbour: Ten things to do {number}", kind="list_item", links=((9, 27, "/a"),), link_chars=18)
        for number in range(3)
    ]
    around = [Block(text=text) for text in BODY]
    assert clean([*around[:2], *items, around[2]], Context()).text == "\n".join(BODY)
    assert clean([*around[:2], *items[:2], around[2]], Context()).text.count("Harbour: ") == 2


CALL = "<p>Sign up for our newsletter and get the news every morning.</p>"


@pytest.mark.parametrize(
    ("box", "kept"),
    [
        (f"<div><h3>Good to know</h3>{CALL}</div>", []),
        (f"<div><h3>Good to know</h3>{CALL}<p>The pier is closed on Mondays.</p></div>",
         ["Good to know", "The pier is closed on Mondays."]),
        (f"<h3>Good to know</h3>{CALL}", ["Good to know"]),
        (f"<div><h3>{'A pier is more than what one sees above the water' * 2}</h3>{CALL}</div>",
         ["A pier is more than what one sees above the water" * 2]),
    ],
)  # fmt: skip
def test_the_heading_of_a_box_goes_with_what_it_held(box: str, kept: list[str]) -> None:
    page = f"<body><p>{BODY[0]}</p>{box}<p>{BODY[1]}</p></body>"
    cleaned = clean(read_structure(document_fromstring(page)).blocks, Context(source="page"))
    assert [block.text for block in cleaned.blocks] == [BODY[0], *kept, BODY[1]]
    check(cleaned)


CARDS = "".join(
    f"<h4><a href=/{name}>The {name} has a bridge</a></h4><p>{name}: the council says what it cost.</p>"
    for name in ("canal", "river")
)


@pytest.mark.parametrize(
    ("end", "kept"),
    [
        (f"<h3>Related</h3>{CARDS}", 2),
        (f"<h3>What bridges cost</h3>{CARDS}", 7),
        (f"<h3>Related</h3>{CARDS}<h3>What comes next</h3><p>The council votes in May.</p>", 8),
        ("<h3>Related</h3><p>The council votes in May.</p>", 3),
    ],
)
def test_cards_at_the_end_go_with_the_heading_that_says_so(end: str, kept: int) -> None:
    page = f"<body><p>{BODY[0]}</p><p>{BODY[1]}</p>{end}</body>"
    cleaned = clean(read_structure(document_fromstring(page)).blocks, Context(source="page"))
    assert len(cleaned.blocks) == kept
    check(cleaned)


@pytest.mark.parametrize(
    ("end", "kept"),
    [
        ("<h3><a href=/crane>What the crane of 1961 has cost</a></h3><p>The council says that it was less.</p>", 2),
        ("<div><h3><a href=/crane>What the crane of 1961 has cost</a></h3></div><p>It says that it was less.</p>", 1),
        ("<h3><a href=/crane>What the crane of 1961 has cost</a></h3><p><a href=/crane>More of cranes</a></p>", 1),
        ("<h3><a href=/crane>What the crane of 1961 has cost</a></h3>", 0),
    ],
)
def test_a_linked_heading_at_the_end_stays_above_its_text(end: str, kept: int) -> None:
    page = f"<body><p>{BODY[0]}</p><p>{BODY[1]}</p>{end}</body>"
    cleaned = clean(read_structure(document_fromstring(page)).blocks, Context(source="page"))
    assert len(cleaned.blocks) == 2 + kept
    check(cleaned)


ABOUT = "Jane Roe has written about the port since 2009. She lives on a boat and knows each of the ferries by its horn."
RELATED = "".join(
    f"<li><a href=/{name}>What the new {name} has cost the town</a> The council says that it was {sum}.</li>"
    for name, sum in (("canal", "a million"), ("crane", "less"))
)


@pytest.mark.parametrize(
    ("end", "kept"),
    [
        (f"<div class=author-text><h4>Jane</h4><p>{ABOUT}</p></div>", 0),
        (f"<div class=author-note><p>{ABOUT}</p></div>", 1),
        (f"<div class=author-text><p>{ABOUT}</p></div><p>Corrections: none.</p>", 1),
        (f"<div class=author-text><p>{ABOUT}</p></div><p>{BODY[1]}</p>", 2),
        (f"<div class=author-text><p>{ABOUT}</p><p>{ABOUT * 5}</p></div>", 2),
        (f"<div class=disclaimer><p>{ABOUT}</p></div><div class=author-text><p>{ABOUT}</p></div>", 0),
        (f"<div class=related-posts><h4>Of the same</h4><ul>{RELATED}</ul></div>", 0),
        (f"<div class=list><h4>Of the same</h4><ul>{RELATED}</ul></div>", 3),
        ("<div class=related-cases><p>The court has heard two cases of this kind.</p></div>", 1),
    ],
)
def test_boxes_behind_the_text_go_where_a_class_says_what_they_are(end: str, kept: int) -> None:
    page = f"<body><div class=author><p>{BODY[0]} {BODY[0]}</p>{end}</div></body>"
    cleaned = clean(read_structure(document_fromstring(page)).blocks, Context(source="page"))
    assert len(cleaned.blocks) == 1 + kept
    assert {action.rule.removeprefix("boilerplate.") for action in cleaned.actions} <= {
        "biography", "disclaimer", "link_list",
    }  # fmt: skip
    check(cleaned)


COPIES = tomllib.loads(Path(__file__).parents[1].joinpath("data/cleaning/copies.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", COPIES)
def test_what_a_page_holds_twice_for_its_own_sake_goes_once(name: str) -> None:
    structure = read_structure(document_fromstring(COPIES[name]["html"]))
    cleaned = clean(structure.blocks, Context(source="page"))
    assert [kept.text for kept in cleaned.blocks] == COPIES[name]["kept"]
    assert all(action.rule == "duplicates.copy" for action in cleaned.actions)
    check(cleaned)


CONTENTS = tomllib.loads(Path(__file__).parents[1].joinpath("data/cleaning/contents.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", CONTENTS)
def test_a_table_of_contents_goes_with_its_heading(name: str) -> None:
    sections = [f"<h2>{heading}</h2><p>{BODY[1]}</p>" for heading in ("The ferry", "The crew", "What it costs")]
    page = f"<article>{CONTENTS[name]['html']}{''.join(sections)}</article>"
    cleaned = clean(read_structure(document_fromstring(page)).blocks, Context(source="page"))
    texts = [kept.text for kept in cleaned.blocks]
    above = next(number for number, text in enumerate(texts) if text == "The ferry" and texts[number + 1] == BODY[1])
    assert texts[:above] == CONTENTS[name]["kept"]
    assert {action.rule for action in cleaned.actions} == ({"boilerplate.contents"} if cleaned.actions else set())
    check(cleaned)


FORM = [
    f"Are dogs allowed on the boats of pier {number}, and what do they pay? All are, and they pay"
    for number in range(5)
]


def read_repeats(lines: list[str]) -> list[str]:
    """Return what is left of some paragraphs."""
    cleaned = clean([Block(text=line) for line in lines], Context(source="page"))
    check(cleaned)
    return [kept.text for kept in cleaned.blocks]


def test_what_stands_between_two_repeats_goes_where_it_is_repeated_too() -> None:
    own = ["The harbour is closed.", *BODY]
    assert read_repeats([BODY[0], "The ferry", BODY[1], *own[:1], BODY[0], "The ferry.", BODY[1]]) == [
        BODY[0], "The ferry", BODY[1], own[0],
    ]  # fmt: skip
    assert read_repeats([BODY[0], "The ferry", BODY[1], BODY[0], "The crew", BODY[1]]) == [
        BODY[0], "The ferry", BODY[1], "The crew",
    ]  # fmt: skip


@pytest.mark.parametrize("count", [3, 4])
def test_what_is_repeated_in_many_places_stays(count: int) -> None:
    answers = [f"{line} nothing at all in the first year." for line in FORM[:count]]
    lines = [line for number, answer in enumerate(answers) for line in (answer, f"Pier {number}")]
    again = [line for number, answer in enumerate(answers) for line in (answer, f"Quay {number}")]
    left = read_repeats([*lines, *again])
    assert left == ([*lines, *again] if count == 4 else [*lines, *again[1::2]])


@pytest.mark.parametrize("before", ["In other words:", "He asked again.", None])
def test_what_is_announced_or_asked_again_stays(before: str | None) -> None:
    text = BODY[0] if before else f"{BODY[0][:-1]}, or did he not thank them?"
    lines = [text, BODY[1], *([before] if before else []), text]
    assert read_repeats(lines) == (lines if before != "He asked again." else lines[:-1])


@pytest.mark.parametrize(
    ("kind", "places", "kept"), [("paragraph", "abc", 1), ("paragraph", "aba", 4), ("list_item", "abc", 4)]
)
def test_words_that_lead_to_many_places_are_a_button(kind: str, places: str, kept: int) -> None:
    buttons = [Block("Book a crossing", kind=kind, links=((0, 15, f"/{place}"),), link_chars=15) for place in places]
    cleaned = clean([*buttons, Block(BODY[1])], Context(source="page"))
    assert len(cleaned.blocks) == kept
    assert {action.rule for action in cleaned.actions} == ({"boilerplate.read_also"} if kept == 1 else set())
    check(cleaned)


def test_short_links_beside_titles_of_articles_at_the_end_go() -> None:
    titles = [
        "What the second bridge will cost the town",
        "The crew",
        "Why is the ferry late?",
        "Four piers and a storm in May",
    ]
    links = "".join(f"<p><a href=/{number}>{title}</a></p>" for number, title in enumerate(titles))
    page = f"<body><div><p>{BODY[1]}</p><div><p><a href=/b>The board</a></p></div><div>{links}</div></div></body>"
    cleaned = clean(read_structure(document_fromstring(page)).blocks, Context(source="page"))
    assert [kept.text for kept in cleaned.blocks] == [BODY[1], "The board"]
    assert {action.rule for action in cleaned.actions} == {"boilerplate.link_list"}
    check(cleaned)


@pytest.mark.parametrize(
    ("last", "kept"), [("Wednesday: the brass band of Ellery", 4), ("The band plays on all days.", 3)]
)
def test_links_among_lines_of_a_list_stay(last: str, kept: int) -> None:
    lines = ["Monday: the choir of the pilots", "<a href=/roe>Tuesday: Jane Roe and her harp</a>", last]
    page = f"<body><div><p>{BODY[1]}</p><p>{'</p><p>'.join(lines)}</p></div></body>"
    cleaned = clean(read_structure(document_fromstring(page)).blocks, Context(source="page"))
    assert len(cleaned.blocks) == kept
    check(cleaned)


NOTICES = [
    ("boilerplate.disclaimer", "【免责声明】本文仅代表作者本人观点，与海州网无关。"),
    ("boilerplate.disclaimer", "图片来自网络，如有侵权，请联系删除。"),
    ("boilerplate.disclaimer", "الآراء الواردة أدناه لا تعبر عن رأي الموقع، بل تعكس وجهات نظر أصحابها فقط."),
    ("boilerplate.disclaimer", "Notice: The content above is uploaded and posted by a user of Harbour Net."),
    ("boilerplate.feedback", "违法和不良信息举报电话：010-555"),
    ("boilerplate.follow", "更多精彩！欢迎扫描二维码关注海州新闻官方微信"),
    ("boilerplate.player", "ख़बर सुनें"),
    ("boilerplate.comments", "Vi ønsker en åben og livlig debat og opfordrer alle til at kommentere."),
    ("boilerplate.consent", "Pełne korzystanie z serwisu wymaga włączonego w Twojej przeglądarce JavaScript."),
    ("boilerplate.read_also", "Читайте материал «Мост открыт»"),
    ("boilerplate.photo_credit", "大桥周一上午通车。海州晚报记者 周文 摄"),
    ("boilerplate.photo_credit", "市民在桥头等候。市交通局供图 海州网"),
    ("boilerplate.photo_credit", "大桥夜景。视频截图"),
    ("boilerplate.follow", "Последвайте ни в Телеграм и Инстаграм"),
    ("boilerplate.photo_credit", "Снимка: БГНЕС"),
    ("boilerplate.follow", "Pratite nas na našoj Facebook i Instagram stranici"),
    ("boilerplate.photo_credit", "Извор: Танјуг"),
    ("boilerplate.copyright", "Sva prava pridržana. Ellery vijesti"),
    ("boilerplate.navigation", "انتهای پیام/"),
    ("boilerplate.share", "لینک کوتاه: https://post.example/x"),
    ("boilerplate.photo_credit", "منبع: ایسنا"),
    ("boilerplate.app", "حمل تطبيقنا الآن"),
    ("boilerplate.app", "Uygulamamızı indirin"),
    ("boilerplate.feedback", "Ошибка в тексте? Выделите её и нажмите Ctrl+Enter"),
    ("boilerplate.photo_credit", "ፎቶ: ኢዜአ"),
    (None, "Последвайте ни до моста, каза кметът."),
    (None, "Pratite nas, rekao je gradonačelnik."),
    ("boilerplate.counts", "点击：1204"),
    ("boilerplate.counts", "瀏覽數：1,204"),
    ("boilerplate.counts", "조회수 1,204"),
    ("boilerplate.counts", "閲覧数 1204"),
    ("boilerplate.counts", "Lượt xem: 1204"),
    ("boilerplate.counts", "อ่าน 1,204 ครั้ง"),
    ("boilerplate.counts", "Dibaca 1204 kali"),
    ("boilerplate.counts", "পঠিত হয়েছে: ১২০৪ বার"),
    ("boilerplate.counts", "வாசிப்புகள் 1204"),
    ("boilerplate.copyright", "Bản quyền thuộc về Báo Hải Châu"),
    ("boilerplate.copyright", "สงวนลิขสิทธิ์ ไห่โจวนิวส์"),
    (None, "Bản quyền thuộc về nhạc sĩ, tòa án phán quyết."),
    (None, "Dilarang mengambil foto di atas jembatan, kata wali kota."),
    (None, "他一天阅读 1204 页。"),
    (None, "他说这是现场拍摄"),
    (None, "警方公布了现场视频截图"),
    (None, "他把照片交给了周文，请他供图。"),
    (None, "法院认为，如有侵权行为，应当依法承担责任。"),
    (None, "免责条款写进了合同，双方都签了字。"),
]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("12 марта 2026, 14:30 👁 1523 Комментариев: 12", "credits.date"),
        ("12.03.2026 14:30 | Görüntülenme: 340", "credits.date"),
        ("12-03-2026 • leestijd 2 minuten", "credits.date"),
        ("زمان مطالعه: ۳ دقیقه", "credits.reading_time"),
        ("זמן קריאה: 3 דקות", "credits.reading_time"),
        ("Lästid 3 min", "credits.reading_time"),
        ("12 марта 2026, 14:30, двенадцать мостов", None),
        ("二〇二四年五月三日，星期五", "credits.date"),
        ("民國113年5月3日（星期五）", "credits.date"),
        ("二〇二四年五月三日的會議", None),
    ],
)
def test_counts_and_reading_times_near_the_start(line: str, rule: str | None) -> None:
    assert name_credit(line, []) == rule


@pytest.mark.parametrize(
    ("office", "kind", "kept"),
    [
        ("Corresponsal en Ellery", "paragraph", []),
        ("Correspondent in Ellery", "heading", ["Correspondent in Ellery"]),
        ("The editor came late.", "paragraph", ["The editor came late."]),
    ],
)
def test_an_office_below_a_byline_goes_with_it(office: str, kind: str, kept: list[str]) -> None:
    blocks = [Block("Ana Prado"), Block(office, kind=kind), *map(Block, BODY)]
    cleaned = clean(blocks, Context(names=["Ana Prado"], source="page"))
    assert [block.text for block in cleaned.blocks] == [*kept, *BODY]
    check(cleaned)


@pytest.mark.parametrize(("rule", "line"), NOTICES)
def test_notices_in_other_languages(rule: str | None, line: str) -> None:
    assert name_rule(Block(line)) == rule


@pytest.mark.parametrize(
    "line",
    [
        "শুক্রবার, ৩ মে, ২০২৪, ১০:২০ এএম",
        "మే 3, 2024 10:20 ఉదయం",
        "3 మే 2024, శుక్రవారం",
        "வெள்ளிக்கிழமை, 3 மே 2024",
        "३ मे २०२४ सकाळी १०:२०",
        "جمعہ، 3 مئی 2024، 10:20 صبح",
        "2024年5月3日（金）10時20分",
        "2024年5月4日 8時10分更新",
        "2024/05/03 10:20 송고",
        "2024-05-03 10:20 更新",
    ],
)
def test_lines_of_a_date_leave_the_text(line: str) -> None:
    words = split_words(fold(line))
    assert is_date_line(line, words)
    assert not is_date_line(line + " nine", split_words(fold(line + " nine")))


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("Nguyễn Văn An (TTXVN/Vietnam+)", "credits.byline"),
        ("Bài và ảnh: Nguyễn Văn An", "credits.byline"),
        ("Nguyễn Văn An (trái)", None),
        ("Cầu do Nguyễn Văn An thiết kế", None),
    ],
)
def test_the_line_of_who_signs_a_vietnamese_report(line: str, rule: str | None) -> None:
    assert name_signature(line, ["nguyễnvănan"]) == rule


@pytest.mark.parametrize(
    ("line", "is_cut"),
    [("(dpa/AFP)", True), ("/ritzau/", True), ("Nguồn: TTXVN", True), ("Theo TTXVN", True), ("Fonte ANSA", True),
     ("Theo TTXVN, cầu đã mở", False), ("Reuters", True), ("(AA)", True), ("AA", False),
     ("Reuters was there.", False), ("Source: the harbour board", False)],
)  # fmt: skip
def test_a_last_line_that_is_an_agency(line: str, is_cut: bool) -> None:
    assert name_signature(line, []) == ("credits.byline" if is_cut else None)


def test_words_keep_the_vowels_that_are_marks() -> None:
    assert fold("మే") != fold("మా")
    assert split_words(fold("3మే 2024")) == ["3", "మే", "2024"]
    assert [fold(word) for word in ("ମେ", "මැයි", "ഏപ്രിൽ", "ਅਪ੍ਰੈਲ")] == ["ମେ", "මැයි", "ഏപ്രിൽ", "ਅਪ੍ਰੈਲ"]


def test_an_author_without_a_letter_names_no_one() -> None:
    cleaned = clean([Block("Morning edition"), *map(Block, BODY)], Context(names=["-----", "@@@@@"], source="feed"))
    assert [block.text for block in cleaned.blocks] == ["Morning edition", *BODY]
