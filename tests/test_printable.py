"""Text from outside is shown without anything in it that is not seen, and read back from JSON it is the same."""

import json
import logging
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.userinfo import mask_userinfo
from transforms.printable import PrintableFormatter, printable, printable_json, printable_lines

ODD = [
    "a\x1b[31mRED\x1b]0;title\x07.txt",
    "line1\n12:00:00 newsmill INFO all is well",
    "carriage\rreturn, tab\t, null\x00, delete\x7f, backspace\b",
    "one-character CSI \x9b31m and OSC \x9d0;title\x9c",
    "\u202etxt.exe \u2066 \u2069 \u200e\u200f\u061c",
    "\u2028line and paragraph\u2029, no-break \ufeff, soft\xad",
    "byte outside UTF-8: \udce9",
    "tags \U000e0041, filler \u3164",
]


def is_seen(text: str) -> bool:
    bad = {"Cc", "Cs", "Zl", "Zp"}
    return not any(
        unicodedata.category(c) in bad or unicodedata.bidirectional(c) in ("RLO", "LRO", "RLI") for c in text
    )


@pytest.mark.parametrize("text", ODD)
def test_what_is_not_seen_is_escaped(text: str) -> None:
    shown = printable(text)
    assert is_seen(shown)
    assert "\\" in shown
    shown.encode()


@given(st.text(st.characters(codec=None)))
def test_any_text_comes_out_in_one_line_and_only_once_changed(text: str) -> None:
    shown = printable(text)
    assert is_seen(shown)
    assert printable(shown) == shown


@pytest.mark.parametrize(
    "text", ["Zürich", "[/b] [link=x]y[/link] :smile:", "日本\u3000語", "می\u200cخواهم", "👩\u200d🚒\ufe0f"]
)
def test_letters_of_all_scripts_stay(text: str) -> None:
    assert printable(text) == text


def test_what_is_long_is_cut() -> None:
    assert printable("x" * 10_000, limit=10) == "xxxxxxxxx…"


@given(st.dictionaries(st.text(), st.text(st.characters(codec=None))))
def test_json_reads_back_the_same(value: dict[str, str]) -> None:
    text = printable_json(value, indent=1)
    assert all(is_seen(line) for line in text.split("\n"))
    assert json.loads(text) == value


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("GET https://me:p@ss@host.example/a failed", "GET https://***@host.example/a failed"),
        ("s3://key@bucket/x and ftp://u:p@h.example", "s3://***@bucket/x and ftp://***@h.example"),
        ("https://host.example/@name", "https://host.example/@name"),
        ("mail you@example.org", "mail you@example.org"),
    ],
)
def test_users_in_addresses_are_masked(text: str, masked: str) -> None:
    assert mask_userinfo(text) == masked


def test_a_record_is_one_line_and_its_traceback_is_set_in() -> None:
    try:
        raise ValueError("bad\n12:00:00 newsmill INFO all is well\x1b[2J")
    except ValueError:
        record = logging.LogRecord("newsmill", logging.INFO, "", 1, "read %s", ("a\nb\x1b[31m",), sys.exc_info())
    first, *rest = PrintableFormatter().format(record).split("\n")
    assert first.endswith(r"newsmill INFO read a\nb\x1b[31m")
    assert rest
    assert all(line.startswith("  ") and is_seen(line) for line in rest)


def test_lines_of_our_own_stay_lines() -> None:
    assert printable_lines("head\n a\x1b[0m\n") == "head\n a\\x1b[0m\n"
