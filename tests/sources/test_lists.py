"""OPML and URL lists."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.trouble import Trouble
from transforms.sources.address_lists import Outline, is_url_list, parse_url_list, read_outlines

OPML = """<?xml version="1.0" encoding="{charset}"?>
<opml version="2.0"><head><title>Mine</title></head><body>
  <outline text="Världen &amp; haven">
    <outline title="Norden">
      <outline text="Post" type="rss" xmlUrl="https://post.example/feed?a=1&amp;b=2" htmlUrl="https://post.example/"/>
    </outline>
    <outline text="Local" xmlUrl="feeds/local.xml" category="/Towns,Ports"/>
  </outline>
  <outline text="Old reader" type="rss" url="https://old.example/rss"/>
  <outline text="Site only" htmlUrl="https://site.example/"/>
  <outline text="More" type="include" url="https://more.example/list.opml"/>
  <outline text="Nothing"/>
</body></opml>"""

WANTED = [
    Outline("https://post.example/feed?a=1&b=2", ("Världen & haven", "Norden"), title="Post"),
    Outline("feeds/local.xml", ("Världen & haven", "Ports", "Towns"), title="Local"),
    Outline("https://old.example/rss", (), title="Old reader"),
    Outline("https://site.example/", (), is_feed=False, title="Site only"),
    Outline("https://more.example/list.opml", (), title="More", is_list=True),
]


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_opml(charset: str) -> None:
    declared = charset.removesuffix("-sig")
    assert read_outlines(OPML.format(charset=declared).encode(charset)) == (WANTED, 0)


def test_broken_opml_gives_what_can_be_read() -> None:
    broken = b"<opml><body><outline text='A & B'><outline xmlUrl='https://a.example/'><outline xmlUrl='https://b.exam"
    assert [outline.url for outline in read_outlines(broken)[0]] == ["https://a.example/"]


def test_an_address_in_two_places_has_the_tags_of_both() -> None:
    feed = "<outline xmlUrl='https://a.example/'/>"
    data = f"<opml><body><outline text='One'>{feed}</outline><outline text='Two'>{feed}</outline></body></opml>"
    assert read_outlines(data.encode())[0] == [Outline("https://a.example/", ("Two", "One"))]


@pytest.mark.parametrize("data", [b"<opml><body/></opml>", b"<opml", b"\0", b""])
def test_opml_without_address(data: bytes) -> None:
    with pytest.raises(Trouble, match=r"read\.bad_list"):
        read_outlines(data)


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16"])
def test_url_list(charset: str) -> None:
    text = (
        "# mine\r\nhttps://a.example/ö#part # why\r\n\r\n  http://b.example/\t#x\rhttps://a.example/ö#part\nwww.oops\n"
    )
    wanted = ["https://a.example/ö#part", "http://b.example/", "https://a.example/ö#part", "www.oops"]
    assert parse_url_list(text.encode(charset)) == wanted


def test_the_name_of_a_column_is_no_line() -> None:
    assert parse_url_list(b'\xef\xbb\xbf"URL"\r\nhttps://a.example/1\r\n') == ["https://a.example/1"]
    assert parse_url_list(b"https://a.example/1\nurl\n") == ["https://a.example/1", "url"]


def test_a_heading_among_many_addresses_is_a_slip_in_a_list() -> None:
    addresses = "".join(f"https://post.example/{n}\n" for n in range(9))
    assert is_url_list("My favourite stories\n" + addresses)
    assert not is_url_list("My favourite stories\n" + addresses[: addresses.rfind("https")])
    assert not is_url_list(
        "The council of Ellery met on Monday, and decided to mend the old quay by May.\n" * 2 + addresses
    )
    assert not is_url_list(
        "The council of Ellery met on Monday evening, and decided to mend the old quay by May.\n" + addresses
    )
    assert not is_url_list("More of it:\n" + addresses.replace("\n", " and more\n"))


def test_url_list_without_address() -> None:
    with pytest.raises(Trouble, match="none of 1 lines"):
        parse_url_list(b"nothing\n# https://a.example/")


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_fail_only_in_a_named_way(data: bytes) -> None:
    for parse in (read_outlines, parse_url_list):
        for given_data in (data, b"<opml><body><outline xmlUrl='" + data):
            try:
                parse(given_data)
            except Trouble as trouble:
                assert trouble.code == "read.bad_list"
