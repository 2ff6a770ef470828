"""Addresses are split and joined in one module, whatever they hold."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.paths import ROOT
from transforms.urls import host_of, join_url, split_url, web_origin

PARSERS = re.compile(r"\b(?:urlsplit|urlparse|urljoin|httpx\.URL)\b")
REQUESTED = "transforms/web/request_url.py"
DATABASE = "transforms/export/loads/postgres_url.py"
"""Addresses of databases have passwords and options that are not those of pages."""
"""The one other module with a parser: it encodes addresses as they are sent."""


def test_one_module_parses_addresses() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for package in ("schemas", "transforms", "pipeline")
        for path in (ROOT / package).rglob("*.py")
        if PARSERS.search(path.read_text(encoding="utf-8"))
    }
    assert found == {"transforms/urls.py", REQUESTED, DATABASE}


@given(st.text(max_size=60))
@example("https://[news")
@example("http://a]/")
def test_any_text_is_split_and_joined(text: str) -> None:
    parts = split_url(text)
    assert host_of(text) == (parts.hostname or "").rstrip(".")
    assert isinstance(join_url("https://news.example/a", text), str | None)
    assert isinstance(join_url(text, "b"), str | None)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://news.example/a", "https://news.example:443"),
        ("HTTPS://News.Example.:443", "https://news.example:443"),
        ("http://[::1]:8080/", "http://::1:8080"),
        ("news.example", "://:0"),
    ],
)
def test_origin(url: str, origin: str) -> None:
    assert web_origin(url) == origin


def test_a_port_that_is_none_has_no_origin() -> None:
    with pytest.raises(ValueError, match="Port out of range"):
        web_origin("https://news.example:99999/")
