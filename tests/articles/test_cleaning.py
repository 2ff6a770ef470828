"""What cleaning removes, and its account of it."""

from hypothesis import given
from hypothesis import strategies as st

from transforms.articles.blocks import Block
from transforms.articles.cleaning.clean import Cleaned, Context, clean, text_to_blocks

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
