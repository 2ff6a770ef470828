"""The one form of an address, and the ids made of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.identity import article_id, content_hash
from transforms.urls import canonical_url, fragment_of, publisher_domain

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
    ("sharp s is not ss", "https://straße.example/a", "https://xn--strae-oqa.example/a"),
    ("unescaped path", "https://news.example/ä", "https://news.example/%C3%A4"),
    ("case of escapes", "https://news.example/a%2fb", "https://news.example/a%2Fb"),
    ("trailing dot of the host", "https://news.example./a", "https://news.example/a"),
    ("Medium's source", "https://news.example/a?source=rss----7f60cf5620c9---4", "https://news.example/a"),
    ("ref from a feed", "https://news.example/a?ref=rss&from=RSS_home&b=1", "https://news.example/a?b=1"),
    ("escaped name of a parameter", "https://news.example/a?utm%5Fsource=x&%66bclid=1", "https://news.example/a"),
    ("ampersand escaped twice", "https://news.example/a?b=1&amp;utm_source=x", "https://news.example/a?b=1"),
    ("hashbang route", "http://news.example#!/story/1", "https://news.example/#!/story/1"),
    ("slash route", "https://News.example/app/#/story/1?x=y", "https://news.example/app/#/story/1?x=y"),
    ("route and tracking", "https://news.example/?fbclid=1#!s", "https://news.example/#!s"),
    ("white space around", " https://news.example/a\n", "https://news.example/a"),
]

APART = [
    ("path case", "https://news.example/A", "https://news.example/a"),
    ("www", "https://www.news.example/a", "https://news.example/a"),
    ("trailing slash", "https://news.example/a/", "https://news.example/a"),
    ("parameter", "https://news.example/a?id=1", "https://news.example/a?id=2"),
    ("a source that matters", "https://news.example/a?source=reuters", "https://news.example/a"),
    ("a ref that matters", "https://news.example/a?ref=12", "https://news.example/a"),
    ("from a place", "https://news.example/a?from=paris", "https://news.example/a"),
    ("hashbang routes", "https://news.example/#!/1", "https://news.example/#!/2"),
    ("slash routes", "https://news.example/#/1", "https://news.example/#/2"),
    ("a route and none", "https://news.example/#/1", "https://news.example/"),
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


NOISE = [
    *("utm_source", "itm_campaign", "icid", "int_cmp", "mibextid", "srsltid", "gad_source", "fbclid", "igsh", "epik"),
    *("ttclid", "twclid", "ysclid", "_openstat", "rdt_cid", "ScCid", "irclickid", "__hssc", "_hsenc", "hsCtaTracking"),
    *("mc_eid", "ml_subscriber_hash", "sfmc_id", "bsft_uid", "_ke", "elqTrackId", "dm_i", "_branch_match_id", "cm_mmc"),
    *("__twitter_impression", "matomo_campaign", "piwik_kwd", "mtm_source", "s_kwcid", "ef_id", "nr_email_referer"),
]


@pytest.mark.parametrize("name", NOISE)
def test_tracking_is_no_part_of_an_address(name: str) -> None:
    assert canonical_url(f"https://news.example/a?id=1&{name}=x") == "https://news.example/a?id=1"
    assert canonical_url(f"https://news.example/a?id=1&{name}") == "https://news.example/a?id=1"


_PIECES = st.sampled_from(
    ["utm_source", "source=rss", "%", "%75tm_id", "=", "&", "#", "#!", "/", "?", ";", "+", " ", "ä", "a"]
)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60) | st.lists(_PIECES, max_size=12).map("".join), st.booleans())
def test_canonical_form_is_idempotent(tail: str, keep_fragment: bool) -> None:
    try:
        once = canonical_url("https://news.example/" + tail, keep_fragment=keep_fragment)
    except ValueError:
        return
    assert canonical_url(once, keep_fragment=keep_fragment) == once


def test_a_long_host_is_refused() -> None:
    with pytest.raises(ValueError, match="253 characters"):
        canonical_url("https://" + "ä" * 100_000 + ".example/")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/b#n1", "n1"),
        ("https://a.example/b", ""),
        ("https://a.example/b#", ""),
        ("https://a.example/b#/n1", ""),
        ("https://a.example/b#rss", ""),
        ("https://a.example/b#utm_source=x&utm_medium=y", ""),
        ("https://a.example/b#id=1&utm_medium=y", "id=1&utm_medium=y"),
    ],
)
def test_fragments_that_may_name_a_part(url: str, expected: str) -> None:
    assert fragment_of(url) == expected


def test_ids_are_fixed_for_all_time() -> None:
    assert article_id("https://news.example/a", "H", "T") == ("3096d56417da588074bdc2d0e69d14d0", "url2")
    assert article_id(None, "H", "T")[1] == "text1"


def test_white_space_and_case_are_no_change() -> None:
    assert content_hash("A  b", "c\nd") == content_hash("a b", "C d")
    assert content_hash("a", "bc") != content_hash("ab", "c")


def test_publisher_domain() -> None:
    assert publisher_domain("https://www.News.Example:8080/a") == "news.example"
    assert publisher_domain("https://wwwnews.example/") == "wwwnews.example"
    assert publisher_domain("nothing") is None
