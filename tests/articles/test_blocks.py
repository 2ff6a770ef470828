"""The walk over a page, the numbers of its blocks, the trees, and the main text that they choose."""

from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import document_fromstring
from numpy.typing import NDArray

from transforms.articles import block_choice, main_text, trafilatura_reading, unrelated_blocks
from transforms.articles.block_features import measure_blocks
from transforms.articles.block_model import Trees, load_trees, parse_trees
from transforms.articles.blocks import Block, Structure
from transforms.articles.main_text import find_blocks, read_main_text
from transforms.articles.pages import parse_text
from transforms.articles.roles import Role, roles_of
from transforms.articles.walk import MAX_BLOCKS, read_structure

# All of it is invented.
SENTENCES = (
    "The council of Port Ellery voted on Tuesday to rebuild the harbour bridge, which a storm had damaged in March.",
    "“We have waited for two winters,” said Oda Brandt, who runs the ferry, “and now the money is there.”",
    "Work begins in May and is expected to take fourteen months; until then lorries use the road over Hellin.",
    "The region pays two thirds of the cost, and the town borrows the rest at a rate that was fixed last year.",
    "Fishermen had asked for a lower bridge, since the old one stood in the wind and was closed on forty days.",
)


def structure_of(body: str) -> Structure:
    return read_structure(parse_text(f"<html><body>{body}</body></html>"))


def texts(body: str) -> list[str]:
    return [block.text for block in structure_of(body).blocks]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>One <b>two</b>\n three.</p><p>Four.</p>", ["One two three.", "Four."]),
        ("<div>One.<br><br>Two.<br>Still two.</div>", ["One.", "Two. Still two."]),
        (f"<p>{'One and ' * 12}two.<br>{'Six, ' * 20}ten.</p>", ["One and " * 12 + "two.", "Six, " * 20 + "ten."]),
        ("<div>Before <p>within</p> after</div>", ["Before", "within", "after"]),
        ("<table><tr><td>Mon</td><td>rain</td></tr><tr><th>Tue</th></tr></table>", ["Mon | rain", "Tue"]),
        ("<p>Kept<script>var x</script> on.</p><style>p{}</style>", ["Kept on."]),
        ("<a href=/x><p>Linked paragraph</p></a>", ["Linked paragraph"]),
        ("<p></p><div>  </div><hr>", []),
        ("<p>One <embed src=/a.swf> two.</p><embed src=/b.swf><p>Three.</p>", ["One two.", "Three."]),
        ("<p>A <b>quay</b><span class=a-tooltip>A quay is a wall.</span> of stone.</p>", ["A quay of stone."]),
        ("<p>A <sup>1</sup><span class=note role=tooltip>Quays differ.</span> quay</p>", ["A 1 quay"]),
        ("<p>A <span class=tooltip>quay</span> of stone.</p>", ["A quay of stone."]),
        ("<p>soft\u00adhyphen and zero\u200bwidth</p>", ["softhyphen and zerowidth"]),
    ],
)  # fmt: skip
def test_a_page_falls_into_blocks(body: str, expected: list[str]) -> None:
    assert texts(body) == expected


WRAPPED = (
    "The harbour board of Ellery agreed on Monday to rebuild the\n"
    "eastern pier, a year after a storm had torn off its end and\nleft it.{}"
    "Work begins in May, when the last of the winter gales is over,\nand ends in August."
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("At dawn\n  the <b>ships</b> wait.\n\nIt rains.\n", ["At dawn\nthe ships wait.\nIt rains."]),
        ("At dawn<br>the ships wait.<br><br>It<br>rains.", ["At dawn\nthe ships wait.", "It\nrains."]),
        ("<code>if <i>it</i>:\r\n    wait()\r\n</code>", ["if it:\nwait()"]),
        ("one line of it", ["one line of it"]),
        ("one\n<div>two\nthree</div>four\nfive", ["one", "two three", "four five"]),
        (WRAPPED.format("\n\n"), [WRAPPED.replace("\n", " ").format("\n")]),
        (WRAPPED.format("\n   "), [WRAPPED.replace("\n", " ").format("\n")]),
    ],
)
def test_what_is_shown_as_it_is_written_keeps_its_lines(body: str, expected: list[str]) -> None:
    assert texts(f"<pre>{body}</pre>") == expected


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        ("<img alt='{0}'><div>{0}</div><p>It rains.</p>", ["caption", "paragraph"]),
        ("<div>{0} [Ellery Agency]<p>It rains.</p></div><img alt='{0}'>", ["paragraph", "paragraph"]),
        ("<p>It rains.</p><div>{0} [Ellery Agency]</div><img alt='{0}'>", ["paragraph", "caption"]),
        ("<img alt='{0}'><p>{0}, but nobody sees it, since the rain is as thick as a wall.</p>", ["paragraph"]),
        ("<img alt='{0}'><h2>{0}</h2>", ["heading"]),
        ("<img alt='{0}'><p>{0}</p><p>It rains.</p>", ["caption", "paragraph"]),
        ("<p>It rains.</p><p>{0}</p><figure><img alt='{0}'></figure>", ["paragraph", "paragraph"]),
        ("<p>It rains.</p><p class=cap>{0}</p><img alt='{0}'>", ["paragraph", "caption"]),
        ("<img alt='{0}, as it has each night since the gale, and rain falls.'><p>{0}, as it has each night since "
         "the gale, and rain falls.</p><p>It rains.</p>", ["paragraph", "paragraph"]),
        ("<img alt='It rains.'><p>It rains.</p>", ["paragraph"]),
    ],
)  # fmt: skip
def test_a_line_that_repeats_the_picture_beside_it_is_its_caption(body: str, kinds: list[str]) -> None:
    structure = structure_of(body.format("The ferry waits at the northern quay"))
    assert [block.kind for block in structure.blocks] == kinds


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>See <a href=/a>the <b>plan</b></a> and <a href=/b>map</a>.</p>", [("the plan", "/a"), ("map", "/b")]),
        ("<p><a href=/a>All of it</a></p>", [("All of it", "/a")]),
        ("<p>Nothing <a href=/a></a>here</p>", []),
        ("<p>A\n<a href=/c> spaced </a> link</p>", [("spaced", "/c")]),
    ],
)
def test_offsets_of_links_are_those_of_the_text(body: str, expected: list[tuple[str, str]]) -> None:
    (block,) = structure_of(body).blocks
    assert [(block.text[start:end], address) for start, end, address in block.links] == expected
    assert block.link_chars == sum(end - start for start, end, _ in block.links)


def test_a_link_around_blocks_is_in_each_of_them() -> None:
    found = structure_of("<a href=/x>One<p>two</p>three</a>").blocks
    assert [(block.text, block.links) for block in found] == [
        ("One", ((0, 3, "/x"),)),
        ("two", ((0, 3, "/x"),)),
        ("three", ((0, 5, "/x"),)),
    ]


def test_containers_hold_their_blocks_also_where_cells_are_joined() -> None:
    structure = structure_of(
        "<main><p>One.</p><table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table><p>Two.</p></main>"
    )
    assert [block.text for block in structure.blocks] == ["One.", "a | b", "c", "Two."]
    for container in structure.containers:
        assert 0 <= container.start <= container.end <= len(structure.blocks)
    main = next(container for container in structure.containers if container.tag == "main")
    assert (main.start, main.end) == (0, 4)
    for number, block in enumerate(structure.blocks):
        around = structure.containers[block.container]
        assert around.start <= number < around.end


def test_roles_come_from_words_of_classes() -> None:
    assert roles_of("relatedStories") & Role.RELATED
    assert roles_of("story__newsletter-box") & Role.NEWSLETTER
    assert not roles_of("threadbare") & Role.RELATED
    (block,) = structure_of("<div class=comments><p>Well said.</p></div>").blocks
    assert block.roles & Role.COMMENT


@pytest.mark.parametrize(
    ("body", "elements"),
    [
        ("<div>" * 100_000 + "deep", 100_000),
        ("<p>x</p>" * 100_000, 100_000),
        ("<i></i>" * 100_000, 100_000),
        ("<table>" + "<tr><td>a<td>b" * 25_000 + "</table>", 100_000),
    ],
)
def test_each_element_is_entered_once_at_most(body: str, elements: int) -> None:
    structure = read_structure(document_fromstring(f"<html><body>{body}</body></html>"))
    assert structure.elements <= elements + 10
    assert len(structure.blocks) <= MAX_BLOCKS
    assert len(structure.containers) <= elements + 10


TREES = {
    "columns": ["a", "b"],
    "roots": [0, 3],
    "feature": [0, 0, 0, 1, 0, 0],
    "threshold": [1.0, 0, 0, 5.0, 0, 0],
    "left": [1, 1, 2, 4, 4, 5],
    "right": [2, 1, 2, 5, 4, 5],
    "value": [0, -1.0, 1.0, 0, -0.5, 0.25],
}


def test_trees_add_up() -> None:
    trees = parse_trees(TREES)
    found = trees.predict(np.array([[0.0, 1.0, 2.0], [9.0, 5.0, 5.5]], dtype=np.float32))
    expected = 1 / (1 + np.exp(-np.array([-0.75, -1.5, 1.25])))
    assert np.allclose(found, expected)


def test_a_model_with_arrays_that_do_not_belong_together_is_refused() -> None:
    with pytest.raises(ValueError, match="arrays of"):
        parse_trees({**TREES, "left": [1]})


def test_the_model_that_is_shipped_knows_the_columns_that_are_measured() -> None:
    trees = load_trees()
    measured = measure_blocks(structure_of("<p>One paragraph.</p>"))
    assert measured.names == trees.columns
    assert list(trees.confidence[1]) == sorted(trees.confidence[1])
    likely = trees.predict(measured.numbers)
    assert likely.shape == (1,)
    assert 0 < likely[0] < 1


def test_numbers_do_not_depend_on_what_was_measured_before() -> None:
    structure = structure_of("".join(f"<p>{sentence}</p>" for sentence in SENTENCES))
    first = measure_blocks(structure, ["A title"])
    measure_blocks(structure_of("<p>Another.</p>"))
    assert np.array_equal(first.numbers, measure_blocks(structure, ["A title"]).numbers)


def cards(count: int) -> str:
    return "".join(
        f"<div class=card><h3><a href=/s/{number}>Story {number} of the week</a></h3><p>Short words.</p></div>"
        for number in range(count)
    )


PARAGRAPHS = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
MENU = "<nav><ul>" + "".join(f"<li><a href=/{name}>{name}</a>" for name in ("Home", "Sport", "Money")) + "</ul></nav>"
FOOT = "<footer><p>Port Ellery Courier, 12 Quay Street. All rights reserved.</p></footer>"
PAGES = {
    "plain": f"{MENU}<article><h1>Bridge vote</h1>{PARAGRAPHS}</article>{FOOT}",
    "cards after it": f"{MENU}<main><div class=story><h1>Bridge vote</h1>{PARAGRAPHS}</div></main>{cards(9)}{FOOT}",
    "breaks": f"{MENU}<div id=text><h1>Bridge vote</h1>{'<br><br>'.join(SENTENCES)}</div>{FOOT}",
    "divs": f"{MENU}<div class=x1><h1>Bridge vote</h1>{PARAGRAPHS.replace('p>', 'div>')}</div>{FOOT}",
    "newsletter within": f"{MENU}<article><h1>Bridge vote</h1>{PARAGRAPHS}<div class=newsletter-signup>"
    f"<p>Get our letter every morning.</p></div></article>{FOOT}",
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_the_article_of_a_page_is_read(name: str) -> None:
    tree = parse_text(f"<html><head><title>Bridge vote</title></head><body>{PAGES[name]}</body></html>")
    structure = read_structure(tree)
    found = read_main_text(tree, structure, titles=["Bridge vote"])
    text = " ".join(block.text for block in found.blocks)
    assert all(sentence in text for sentence in SENTENCES)
    assert not any(noise in text for noise in ("Sport", "All rights", "Story 4", "our letter"))
    own = {id(block) for block in structure.blocks}
    assert all(id(block) in own for block in found.blocks)
    assert found.confidence is not None
    assert 0 <= found.confidence <= 1


def test_no_text_has_no_confidence() -> None:
    tree = parse_text("<html><body><div></div></body></html>")
    found = read_main_text(tree, read_structure(tree))
    assert (found.blocks, found.confidence) == ([], None)


def test_a_sure_page_is_not_read_by_trafilatura(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trafilatura_reading, "read_text", lambda *_: pytest.fail("asked"))
    monkeypatch.setattr(main_text, "DOUBTFUL", 0.0)
    tree = parse_text(f"<html><body>{PAGES['plain']}</body></html>")
    assert read_main_text(tree, read_structure(tree)).extractor == main_text.EXTRACTOR


def test_what_trafilatura_gives_as_a_last_resort_is_no_text() -> None:
    items = "".join(f"<span>{sentence}</span> " for sentence in SENTENCES)
    page = f"<html><body><div>{items}</div></body></html>"
    assert SENTENCES[-1] in trafilatura_reading.read_text(parse_text(page))
    assert SENTENCES[-1] in trafilatura_reading.read_text(parse_text(page), lambda text: SENTENCES[-1] not in text)
    assert trafilatura_reading.read_text(parse_text(page), lambda text: SENTENCES[-1] in text) == ""


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 150 + "<a href=/more>More</a> " * 1_400,
        "<article>" * 9 + f"<p>{' '.join(SENTENCES)}</p>" * 2_300,
        "<p>x" * 10_000 + "y" * 100_000,
    ],
)
def test_a_page_that_costs_quadratic_time_is_not_read_by_trafilatura(
    body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trafilatura_reading, "bare_extraction", lambda *_, **__: pytest.fail("asked"))
    assert trafilatura_reading.read_text(parse_text(f"<html><body>{body}</body></html>")) == ""


PROSE = "\n".join(SENTENCES[:3])


def test_a_doubtful_page_is_read_by_trafilatura_and_mapped_to_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main_text, "DOUBTFUL", 2.0)
    monkeypatch.setattr(trafilatura_reading, "read_text", lambda *_: f"{PROSE}\n- An item of its own")
    tree = parse_text(f"<html><body>{PAGES['plain']}</body></html>")
    structure = read_structure(tree)
    found = read_main_text(tree, structure)
    assert found.extractor == trafilatura_reading.EXTRACTOR
    assert found.blocks[0] in structure.blocks
    assert (found.blocks[3].text, found.blocks[3].kind) == ("An item of its own", "list_item")


@pytest.mark.parametrize(
    ("opening", "is_taken"), [("ELLERY (AP) — The bridge is open", True), ("The bridge is open", False)]
)
def test_the_block_that_opens_a_report_is_not_missed(
    opening: str, is_taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = [Block(f"{opening}, and a band played until midnight."), *map(Block, SENTENCES)]
    choice = block_choice.Choice(blocks, 0.5, list(range(len(blocks))), [0.5] * len(blocks))
    monkeypatch.setattr(main_text, "choose_blocks", lambda *_: choice)
    monkeypatch.setattr(trafilatura_reading, "read_text", lambda *_: "\n".join(SENTENCES))
    tree = parse_text(f"<html><body>{PAGES['plain']}</body></html>")
    found = read_main_text(tree, Structure(blocks=blocks))
    assert found.extractor == trafilatura_reading.EXTRACTOR
    assert found.blocks == (blocks if is_taken else blocks[1:])


@pytest.mark.parametrize(
    ("roles", "extractor"), [(0, main_text.EXTRACTOR), (int(Role.COMMENT), trafilatura_reading.EXTRACTOR)]
)
def test_a_fragment_of_the_chosen_text_is_not_taken(
    roles: int, extractor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = [Block(SENTENCES[0]), *(Block(sentence, roles=roles) for sentence in SENTENCES[1:])]
    choice = block_choice.Choice(blocks, 0.5, list(range(len(blocks))), [0.9] * len(blocks))
    monkeypatch.setattr(main_text, "choose_blocks", lambda *_: choice)
    monkeypatch.setattr(trafilatura_reading, "read_text", lambda *_: SENTENCES[0])
    tree = parse_text(f"<html><body>{PAGES['plain']}</body></html>")
    assert read_main_text(tree, Structure(blocks=blocks)).extractor == extractor


@pytest.mark.parametrize(("chosen", "extractor"), [(4, main_text.EXTRACTOR), (2, trafilatura_reading.EXTRACTOR)])
def test_a_text_without_the_ends_of_blocks_is_taken_only_where_it_holds_far_more(
    chosen: int, extractor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = [Block(sentence) for sentence in SENTENCES[:4]]
    rest = " ".join(f"And {sentence}" for sentence in SENTENCES)
    choice = block_choice.Choice(blocks[:chosen], 0.5, list(range(4)), [0.5] * 4)
    monkeypatch.setattr(main_text, "choose_blocks", lambda *_: choice)
    text = " ".join(SENTENCES[:4]) if chosen > 2 else f"{' '.join(SENTENCES[:4])} {rest}"
    monkeypatch.setattr(trafilatura_reading, "read_text", lambda *_: text)
    tree = parse_text(f"<html><body>{PAGES['plain']}</body></html>")
    assert read_main_text(tree, Structure(blocks=blocks)).extractor == extractor


LEAD = (
    "The council has argued for nine years about one bridge. Now it has voted, and those who live by the river want to "
    "know what the toll will cost them."
)


@pytest.mark.parametrize(
    ("lead", "is_taken"),
    [
        (f"<p class=teaser-intro>{LEAD}</p>", True),
        (f"<h2 class=teaser-intro>{LEAD}</h2>", True),
        (f"<p class=teaser-intro>{LEAD} (Sam Doe/Harbour News)</p>", False),
        (f"<p class=teaser-intro>{LEAD[:60]}.</p>", False),
        (f"<p class=teaser-intro><a href=/x>{LEAD}</a></p>", False),
        (f"<div class=newsletter>{LEAD}</div>", False),
        (f"<figure><figcaption>{LEAD}</figcaption></figure>", False),
    ],
)
def test_a_lead_stands_between_headline_and_text(lead: str, is_taken: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(block_choice, "LIKELY", 0.8)
    tree = parse_text(f"<html><body><h1>Bridge vote</h1>{lead}<div class=story>{PARAGRAPHS}</div></body></html>")
    structure = read_structure(tree)
    found = [block.text for block in read_main_text(tree, structure, titles=["Bridge vote"]).blocks]
    assert found == [LEAD] * is_taken + list(SENTENCES)


@pytest.mark.parametrize(
    ("frame", "lead", "is_taken"),
    [
        ("modal-ready", f"<p>{LEAD}</p>", True),
        ("modal-ready", f"<div class=newsletter>{LEAD}</div>", False),
        ("with-sidebar", f"<p>{LEAD}</p>", False),
        ("modal-ready", f"<p>{LEAD.replace(' ', '-')}</p>", False),
    ],
)
def test_what_the_frame_of_a_page_is_called_says_nothing_of_its_lead(frame: str, lead: str, is_taken: bool) -> None:
    page = f"<div class={frame}><h1>Bridge vote</h1>{lead}<div class=story>{PARAGRAPHS}</div></div>"
    structure = structure_of(page)
    chosen = np.arange(2, 2 + len(SENTENCES))
    assert block_choice._find_lead(structure, ["Bridge vote"], chosen) == [1] * is_taken


ASIDE = "<aside><h3>What the blog is about</h3><p>Bridges and those who cross them, since 2009.</p></aside>"


@pytest.mark.parametrize(
    ("page", "is_left"),
    [
        ("<article>{text}</article>{aside}", True),
        ("<div><div class=entry-content>{text}</div><div class=column>{aside}</div></div>", True),
        ("<article>{text}{aside}</article>", False),
        ("<main><div>{text}</div>{aside}</main>", False),
        ("<aside><article>{text}</article></aside>", False),
    ],
)
def test_asides_of_the_page_are_left_and_those_of_the_article_stay(page: str, is_left: bool) -> None:
    structure = structure_of(page.format(text=PARAGRAPHS, aside=ASIDE))
    left = unrelated_blocks.leave_asides(structure, structure.blocks)
    assert [block.text for block in left][: len(SENTENCES)] == list(SENTENCES)
    assert (len(left) == len(SENTENCES)) == (is_left or "aside}" not in page)


PIERS = "".join(f"<li><a href=/{number}>Pier {number}</a></li>" for number in range(20))


@pytest.mark.parametrize(
    ("before", "joined", "extractor"),
    [
        ("", "\n", trafilatura_reading.EXTRACTOR),
        ("", " ", main_text.EXTRACTOR),
        (" ".join(f"Pier {number}" for number in range(20)), " ", main_text.EXTRACTOR),
    ],
)
def test_a_line_of_several_blocks_or_of_all_that_a_page_holds_is_no_text(
    before: str, joined: str, extractor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main_text, "DOUBTFUL", 2.0)
    monkeypatch.setattr(trafilatura_reading, "read_text", lambda *_: f"{before} {joined.join(SENTENCES)}".strip())
    tree = parse_text(f"<html><body><ul>{PIERS}</ul>{PAGES['plain']}</body></html>")
    assert read_main_text(tree, read_structure(tree)).extractor == extractor


class _Chances:
    """Trees that give blocks the probabilities that a test names."""

    def __init__(self, *chances: float) -> None:
        self.columns = load_trees().columns
        self.chances = np.array(chances)

    def predict(self, numbers: NDArray[np.float32]) -> NDArray[np.float64]:
        return self.chances[: numbers.shape[1]]


@pytest.mark.parametrize(
    ("blocks", "chances", "taken"),
    [
        ("<p>One.<h2>Two</h2><p>Three.", (0.9, 0.1, 0.9), [0, 1, 2]),
        ("<p>One.<h2>Two</h2><p>Three.", (0.9, 0.1, 0.1), [0]),
        ("<p>One.<h2>Two</h2><h2>Three</h2><p>Four.", (0.9, 0.2, 0.2, 0.9), [0, 3]),
        ("<p>One.<blockquote>Two.</blockquote><p>Three.", (0.9, 0.1, 0.9), [0, 1, 2]),
        ("<p>One, two.<blockquote>“Two”</blockquote><p>Three.", (0.9, 0.1, 0.9), [0, 2]),
        ("<p>One.<pre>two = 2</pre><p>Three.", (0.9, 0.1, 0.9), [0, 1, 2]),
        ("<p>One.<table><tr><td>2<td>3</table><p>Three.", (0.9, 0.2, 0.9), [0, 1, 2]),
        ("<p>One.<table><tr><td>2<td>3</table>", (0.9, 0.2), [0]),
        ("<p>One.<p>Two.<p>Three.", (0.9, 0.4, 0.9), [0, 2]),
    ],
)
def test_headings_quotes_code_and_tables_stay_where_they_stand_inside_the_text(
    blocks: str, chances: tuple[float, ...], taken: list[int]
) -> None:
    structure = structure_of(blocks)
    found = block_choice.choose_blocks(structure, (), cast("Trees", _Chances(*chances)))
    assert [structure.blocks.index(block) for block in found.blocks] == taken


def test_lines_are_mapped_in_order() -> None:
    structure = Structure(blocks=[Block("Same."), Block("Other."), Block("Same.")])
    found = find_blocks("Other.\nSame.", structure)
    assert [structure.blocks.index(block) for block in found] == [1, 2]


TAGS = ("p", "div", "a href=/x", "b", "ul", "li", "table", "tr", "td", "h1", "h2", "section class=related", "br", "img")
HTML = st.lists(
    st.one_of(
        st.sampled_from([f"<{tag}>" for tag in TAGS]),
        st.sampled_from([f"</{tag.split()[0]}>" for tag in TAGS]),
        st.text(max_size=30),
        st.sampled_from(SENTENCES),
    ),
    max_size=60,
).map("".join)


@settings(max_examples=40, deadline=None)
@given(HTML)
def test_any_markup_is_read(markup: str) -> None:
    tree = parse_text(f"<html><body><div>{markup}</div></body></html>")
    structure = read_structure(tree)
    for block in structure.blocks:
        assert block.text == " ".join(block.text.split())
        assert all(0 <= start < end <= len(block.text) for start, end, _ in block.links)
    for container in structure.containers:
        assert 0 <= container.start <= container.end <= len(structure.blocks)
    if structure.blocks:
        assert np.isfinite(measure_blocks(structure, ["x"]).numbers).all()
    read_main_text(tree, structure, titles=["x"])


def test_a_menu_that_is_not_closed_does_not_hide_the_page() -> None:
    assert texts("<nav><a href=/>Front</a><main><h1>One</h1><p>Two.</p></main></nav>") == ["Front", "One", "Two."]
    assert texts("<nav><a href=/>Front</a></nav><p>Two.</p>") == ["Two."]
    assert texts("<p>Top.</p><nav><a href=/>Front</a><main><p>Two.</p></main>") == ["Top.", "Front", "Two."]
    assert texts("<p>Top.</p><nav><article><h1>One</h1><p>Two.</p></article>") == ["Top.", "One", "Two."]
    assert texts("<p>Top.</p><footer><main><p>Two.</p></main>") == ["Top.", "Two."]
    assert texts("<nav><h1>Site</h1><article><h2>Teaser</h2></article></nav><p>Two.</p>") == ["Two."]
    assert texts("<nav><article><a href=/1><h1>Teaser</h1></a></article></nav><p>Two.</p>") == ["Two."]
    assert texts("<p>Two.</p><footer><article><h1>Teaser</h1></article></footer>") == ["Two."]
