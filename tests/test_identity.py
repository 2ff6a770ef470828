"""The one form of an address, and the ids made of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.identity import article_id, canonical_url, content_hash, publisher_domain

SAME = [
    ("scheme and host in lower case", "HTTPS://News.Example/A", "https://news.example/A"),
    ("http is https", "http://news.example/a", "https://news.example/a"),
    ("default port", "http://news.example:80/a", "https://news.example/a"),
    ("default TLS port", "https://news.example:443/a", "https://news.example/a"),
    ("other port stays", "https://news.example:8443/a", "https://news.example:8443/a"),
    ("fragment", "https://news.example/a#comments", "https://news.example/a"),
    ("empty path", "https://news.example", "https://news.example/"),
    ("tracking", "https://news.example/a?utm_source=x&UTM_Medium=y&fbclid=z", "https://news.example/a"),
    ("tracking amid others", "https://news.example/a?id=1&gclid=2&p=3", "https://news.example/a?id=1&p=3"),
    ("order of parameters", "https://news.example/a?b=2&a=1", "https://news.example/a?a=1&b=2"),
    ("international host", "https://bücher.example/a", "https://xn--bcher-kva.example/a"),
    ("sharp s is no ss", "https://straße.example/a", "https://xn--strae-oqa.example/a"),
    ("unescaped path", "https://news.example/ä", "https://news.example/%C3%A4"),
    ("case of escapes", "https://news.example/a%2fb", "https://news.example/a%2Fb"),
    ("trailing dot of the host", "https://news.example./a", "https://news.example/a"),
    ("white space around", " https://news.example/a\n", "https://news.example/a"),
]

APART = [
    ("path case", "https://news.example/A", "https://news.example/a"),
    ("www", "https://www.news.example/a", "https://news.example/a"),
    ("trailing slash", "https://news.example/a/", "https://news.example/a"),
    ("parameter", "https://news.example/a?id=1", "https://news.example/a?id=2"),
    ("a word that only begins like tracking", "https://news.example/a?utmost=1", "https://news.example/a"),
]


@pytest.mark.parametrize(("rule", "url", "expected"), SAME, ids=[case[0] for case in SAME])
def test_same_article(rule: str, url: str, expected: str) -> None:
    assert canonical_url(url) == expected


@pytest.mark.parametrize(("rule", "one", "other"), APART, ids=[case[0] for case in APART])
def test_different_articles(rule: str, one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize("url", ["", "a/b", "ftp://news.example/a", "https:///a", "javascript:alert(1)", "https://"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        canonical_url(url)


@given(st.text(max_size=60))
def test_canonical_form_is_idempotent(tail: str) -> None:
    try:
        once = canonical_url("https://news.example/" + tail)
    except ValueError:
        return
    assert canonical_url(once) == once


def test_ids_are_fixed_for_all_time() -> None:
    assert article_id("https://news.example/a", "H", "T") == ("3096d56417da588074bdc2d0e69d14d0", "url1")
    assert article_id(None, "H", "T")[1] == "text1"


def test_white_space_and_case_are_no_change() -> None:
    assert content_hash("A  b", "c\nd") == content_hash("a b", "C d")
    assert content_hash("a", "bc") != content_hash("ab", "c")


def test_publisher_domain() -> None:
    assert publisher_domain("https://www.News.Example:8080/a") == "news.example"
    assert publisher_domain("https://wwwnews.example/") == "wwwnews.example"
    assert publisher_domain("nothing") is None
