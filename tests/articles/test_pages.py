"""Bytes of any kind become a tree or a named trouble, in little time."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.trouble import Trouble
from transforms.articles.pages import decode, parse_page

PAGE = "<html{}><head>{}</head><body><p>Grüße aus Köln – „schön“</p></body></html>"


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (PAGE.format("", "").encode(), None),
        (PAGE.format("", "").encode(), "latin-1"),
        (b"\xef\xbb\xbf" + PAGE.format("", "").encode(), "latin-1"),
        (PAGE.format("", "").encode("utf-16"), None),
        (PAGE.format("", "").encode("utf-16-le"), "utf-16le"),
        (PAGE.format("", "").encode("cp1252"), "iso-8859-1"),
        (PAGE.format("", "").encode("cp1252"), "utf-8"),
        (PAGE.format(" lang='de'", "").encode("cp1252"), None),
        (PAGE.format("", '<meta charset="windows-1252">').encode("cp1252"), None),
        (PAGE.format("", "").encode("cp1252"), "no-such-charset"),
    ],
)
def test_the_text_comes_out_whatever_is_declared(body: bytes, charset: str | None) -> None:
    assert "Grüße aus Köln – „schön“" in decode(body, charset=charset)


def test_a_few_broken_bytes_leave_it_utf8() -> None:
    assert decode("Grüße, schöne Bäume, müde Füße, öde Höfe".encode() + b"\xff").startswith("Grüße, schöne")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "extract.empty"),
        (b" \n\t ", "extract.empty"),
        (b"%PDF-1.7 ...", "extract.not_html"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "extract.not_html"),
        (bytes(range(32)) * 50 + b"<p>", "extract.not_html"),
        (b"just words, no tag", "extract.not_html"),
        (b"<p>" * 30_001, "extract.too_complex"),
        (b"<p " + b" ".join(b"a%d=1" % number for number in range(100_000)) + b">x</p>", "extract.too_complex"),
        (b"<p " + b" ".join(b'a%d="x > y"' % number for number in range(5_000)) + b">x</p>", "extract.too_complex"),
    ],
)
def test_what_is_no_page_is_refused_at_once(body: bytes, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if code != "extract.not_html":  # what holds no tag is known for it when it is parsed
        monkeypatch.delattr("transforms.articles.pages.load_html")
    with pytest.raises(Trouble) as caught:
        parse_page(body)
    assert caught.value.code == code


def test_long_values_are_no_attributes() -> None:
    value = "word " * 5_000
    assert parse_page(f'<html><body><div data-json="{value}"><p>Text</p></div></body></html>'.encode()) is not None


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_fail_only_in_a_named_way(body: bytes) -> None:
    for candidate in (body, b"<html><body><p>" + body):
        try:
            parse_page(candidate)
        except Trouble as trouble:
            assert trouble.code.startswith("extract.")
