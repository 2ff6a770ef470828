"""A list of addresses goes in, OPML or plain lines; the addresses and their tags come out."""

import codecs
import re
from typing import NamedTuple
from urllib.parse import urlsplit

import listparser
from lxml import etree

from schemas.trouble import Trouble
from transforms.articles.charsets import decode_bytes
from transforms.sources.xml_text import clean_xml

_OUTLINE = re.compile(rb"<(?:[\w.-]{1,40}:)?outline[\s>/]")
_COMMENT = re.compile(r"(?:^|\s)#.*")


class Outline(NamedTuple):
    """One address of an OPML file."""

    url: str
    tags: tuple[str, ...]
    is_feed: bool = True


def is_web_url(text: str) -> bool:
    """Whether a string is an absolute http(s) address with a host and no white space.

    >>> is_web_url("https://news.example/a"), is_web_url("news.example/a"), is_web_url("javascript:x")
    (True, False, False)
    """
    try:
        parts = urlsplit(text)
        return parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", text)
    except ValueError:
        return False


def decode_list(data: bytes) -> str:
    """A list as text, by the same rules as a page: see :func:`transforms.articles.charsets.decode_bytes`."""
    return decode_bytes(data, is_xml=True).text


def _lines(text: str) -> list[str]:
    stripped = (_COMMENT.sub("", line).strip() for line in re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff")))
    return [line for line in stripped if line]


def is_url_list(text: str) -> bool:
    """Whether every line that is not blank or a comment is an address.

    A slip or two are allowed for, such as ``htp://…`` or a forgotten scheme, as long as no line has words
    in it and most lines are addresses: they become dead letters, the list does not become an article.
    """
    lines = _lines(text)
    good = sum(is_web_url(line) for line in lines)
    return good > 0 and 2 * good >= len(lines) and not any(re.search(r"\s", line) for line in lines)


def parse_url_list(data: bytes) -> list[str]:
    r"""The lines of a URL list, in order, repeats kept: comments, blank lines and a byte order mark are gone.

    A ``#`` begins a comment at the start of a line or after white space; elsewhere it is part of the
    address. Lines are not checked: see :func:`is_web_url`.

    >>> parse_url_list(b"# mine\nhttps://news.example/#top # good\n\nhttps://news.example/b")
    ['https://news.example/#top', 'https://news.example/b']

    Raises:
        Trouble: read.bad_list where no line is an address.
    """
    lines = _lines(decode_list(data))
    if not any(is_web_url(line) for line in lines):
        raise Trouble("read.bad_list", f"none of {len(lines)} lines is an absolute http(s) address")
    return lines


def parse_opml(data: bytes) -> list[Outline]:
    """The outlines of an OPML file that have an address; as :func:`read_outlines`."""
    return read_outlines(data)[0]


def read_outlines(data: bytes) -> tuple[list[Outline], int]:
    """The outlines of an OPML file that have an address, in order, verbatim; and how many outlines cannot be read.

    Tags are the titles of the outlines around it, outermost first, then its ``category`` attribute.
    An address that occurs twice is given once, with the tags of both places. An outline with a site
    (``htmlUrl``) but no feed comes with ``is_feed`` False.

    >>> parse_opml(b"<opml><body><outline text='World'><outline xmlUrl='a.xml'/></outline></body></opml>")
    [Outline(url='a.xml', tags=('World',), is_feed=True)]

    Raises:
        Trouble: read.bad_list where no outline has an address.
    """
    root, lost = _tree(data)
    if root is None:
        raise Trouble("read.bad_list", "the OPML has no element that can be read")
    # listparser reads through an HTML parser, which takes UTF-8 without a mark for Latin-1.
    found = listparser.parse(codecs.BOM_UTF8 + etree.tostring(root, encoding="utf-8"))
    outlines = {
        item["url"]: Outline(item["url"], _tags(item.get("categories", [])), is_feed)
        for part, is_feed in (("feeds", True), ("lists", True), ("opportunities", False))
        for item in found[part]
    }
    order: dict[str, None] = {}
    for node in root.iter("{*}outline"):
        attributes = {str(key).lower(): str(value).strip() for key, value in node.attrib.items()}
        url = attributes.get("xmlurl") or attributes.get("url")
        site = attributes.get("htmlurl")
        if site and not url and node.find("{*}outline") is None:
            order.setdefault(site)
            outlines.setdefault(site, Outline(site, _titles_above(node), is_feed=False))
        if not url:
            continue
        order.setdefault(url)
        # OPML 1 files of some readers say type="rss" url="…", which listparser takes for a folder.
        if url not in outlines and attributes.get("type", "").lower() in ("rss", "atom", "feed"):
            outlines[url] = Outline(url, _titles_above(node))
    if not outlines:
        raise Trouble("read.bad_list", "no outline of the OPML has an address")
    known = [outlines.pop(url) for url in order if url in outlines]
    return known + list(outlines.values()), lost


def opml_tree(data: bytes) -> etree._Element | None:
    """The elements of an OPML file as far as they can be read; None where none can."""
    return _tree(data)[0]


def _tree(data: bytes) -> tuple[etree._Element | None, int]:
    """The elements, and how many outlines are not among them."""
    parser = etree.XMLParser(recover=True, no_network=True, load_dtd=False, resolve_entities=False)
    clean = clean_xml(data).data
    try:
        root = etree.fromstring(clean, parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        return None, 0
    return root, max(0, len(_OUTLINE.findall(clean)) - sum(1 for _ in root.iter("{*}outline")))


def _tags(categories: list[list[str]]) -> tuple[str, ...]:
    # listparser puts the category attribute first and the place among the outlines last.
    names = (name.strip() for path in reversed(categories) for name in path)
    return tuple(dict.fromkeys(name for name in names if name))


def _titles_above(node: etree._Element) -> tuple[str, ...]:
    above = [parent for parent in node.iterancestors() if etree.QName(parent).localname.lower() == "outline"]
    titles = ((parent.get("text") or parent.get("title") or "").strip() for parent in reversed(above))
    return tuple(dict.fromkeys(title for title in titles if title))
