"""Bytes of any kind become a tree or a named trouble, in little time."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.etree import tostring
from trafilatura.utils import load_html

from schemas.trouble import Trouble
from transforms.articles.pages import decode, parse_page, parse_text

_ATTRIBUTES = b" ".join(b"a%d=1" % number for number in range(7_000))
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
        (b"<p " + b" ".join(b'a%d="x > y"' % number for number in range(7_000)) + b">x</p>", "extract.too_complex"),
        (b"<script " + _ATTRIBUTES + b">x</script>", "extract.too_complex"),
        (b"<titlex " + _ATTRIBUTES + b">x</titlex>", "extract.too_complex"),
        (b"<textarea " + _ATTRIBUTES, "extract.too_complex"),
        (b"<!-- <script> --><p " + _ATTRIBUTES + b">x</p>", "extract.too_complex"),
        (b"<title><script></title><p " + _ATTRIBUTES + b">x</p>", "extract.too_complex"),
        (b"<script/><p " + _ATTRIBUTES + b">x</p>", "extract.too_complex"),
        (b"<\x00p " + _ATTRIBUTES + b">x</p>", "extract.too_complex"),
        (b"<p/" + _ATTRIBUTES.replace(b"=1 ", b"/") + b">x</p>", "extract.too_complex"),
        (b'<p ="' + _ATTRIBUTES + b'">x</p>', "extract.too_complex"),
        (b'<p x=y="' + _ATTRIBUTES + b'">x</p>', "extract.too_complex"),
        (b"<p " + b" ".join(b'a%d="<" b%d c%d' % (n, n, n) for n in range(2_500)) + b">x</p>", "extract.too_complex"),
        (b"<p " + b"".join(b'a%d=">"' % n for n in range(7_000)) + b">x</p>", "extract.too_complex"),
        (b"<p " * 7_000, "extract.too_complex"),
        (b"<p>" + b"word " * 13_105 + b"<p " + _ATTRIBUTES + b">x</p>", "extract.too_complex"),
        ((b"<p " + b" ".join(b"a%d" % n for n in range(1_100)) + b">x</p>") * 61, "extract.too_complex"),
    ],
)
def test_what_is_no_page_is_refused_at_once(body: bytes, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if code != "extract.not_html":  # what holds no tag is known for it when it is parsed
        monkeypatch.delattr("transforms.articles.pages.load_html")
    with pytest.raises(Trouble) as caught:
        parse_page(body)
    assert caught.value.code == code


@pytest.mark.parametrize("control", ["\x01", "\x0b", "\x0c", "\x1f"])
def test_controls_are_left_out_wherever_they_stand(control: str) -> None:
    tree = parse_text(f"<html><body><p>{'word ' * 30_000}la{control}st</p></body></html>")
    assert tree.text_content().endswith(" last")


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


_HEADS = (
    "<!DOCTYPE html>\n<html>", "<!DOCTYPE html><html lang=en>", "\r\n <!doctype html>\n<HTML>", "<html>", "<html/>\n",
    "<?xml version='1.0' encoding='latin-1'?>\n<html>", "<!-- before --><!DOCTYPE html><html>",
    "<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Strict//EN' 'http://www.w3.org/TR/xhtml1.dtd'>\n<html>",
    "<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Strict//EN'\n 'http://www.w3.org/TR/xhtml1.dtd'>\n<html>",
    "<!DOCTYPE " + 600 * "/" + ">\n<html>", "<!DOCTYPE html SYSTEM 'about:legacy-compat'>\n<html/>\n",
)  # fmt: skip


@pytest.mark.parametrize("head", _HEADS)
@pytest.mark.parametrize("text", ["one", "é\x07日本\x1f", "\ufffe\uffff", "\ud800", "&#1;&nbsp;\x85\x0c"])
def test_the_tree_is_the_one_that_trafilatura_loads(head: str, text: str) -> None:
    page = f"{head}<head><meta charset=latin-1><title>t</title></head><body><p>{text}</p><p>two</p></body></html>"
    loaded = load_html(page)
    assert loaded is not None
    assert tostring(parse_text(page), encoding="unicode") == tostring(loaded, encoding="unicode")
