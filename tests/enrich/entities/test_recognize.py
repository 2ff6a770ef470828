"""Texts cut into pieces that a model reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.enrich.entities.recognize import MAX_CHARS, MAX_PIECE_CHARS, MAX_WORD_CHARS, cut_text, readable_part


@given(st.text(alphabet="ab \n\r\u2028\U0001f600\u0301", max_size=120), st.integers(1, 9))
def test_pieces_are_the_text(text: str, most: int) -> None:
    pieces = list(cut_text(text, most=most))
    rest = list(text)
    for piece in pieces:
        assert 0 < len(piece.words) <= most
        assert text[piece.start : piece.start + len(piece.words)] == piece.words
        assert not set(piece.words) & set("\r\n\u2028")
        rest[piece.start : piece.start + len(piece.words)] = " " * len(piece.words)
    assert not "".join(rest).strip()


def test_long_paragraphs_are_cut_at_spaces() -> None:
    pieces = list(cut_text("word " * 10_000))
    assert max(len(piece.words) for piece in pieces) <= MAX_PIECE_CHARS
    assert all(piece.words.endswith(" ") for piece in pieces)


@pytest.mark.parametrize("word", ["(" * 5_000, "'s" * 5_000, "ab" * 5_000, "a/" * 5_000, "\u6771\u4eac\u3002" * 900])
def test_long_words_are_cut(word: str) -> None:
    text = f"One {word} two"
    pieces = list(cut_text(text))
    assert "".join(piece.words for piece in pieces) == text
    assert max(len(part) for piece in pieces for part in piece.words.split()) <= MAX_WORD_CHARS


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("One two.\nThree four", "One two.\nThree four"),
        ("One two.\u2028Three four five six.", "One two.\u2028"),
        ("One two three four five six seven eight", "One two three four five six "),
        ("(((((((((", "(((((("),
        ("a\nb\nc\nd\ne\nf", "a\nb\nc\n"),
    ],
)
def test_the_beginning_is_read_up_to_a_paragraph(text: str, read: str) -> None:
    assert readable_part(text, most=6) == read


def test_a_text_without_word_breaks_is_too_long_by_its_characters() -> None:
    assert len(readable_part("\u6771" * 300_000)) == MAX_CHARS
