"""Lists of addresses, as OPML or one a line, with the tags of each address."""

import re
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from lxml import etree

from schemas.trouble import Trouble
from transforms.articles.charsets import decode_bytes
from transforms.sources.field_names import is_known_name
from transforms.sources.strings import squeeze
from transforms.sources.xml_text import clean_xml
from transforms.urls import is_web_url

_OUTLINE = re.compile(rb"<(?:[\w.-]{1,40}:)?outline[\s>/]")
_MAX_CATEGORY_CHARS = 2_000

MAX_TAGS = 100
"""Tags of one address."""

_PATH_LIKE = re.compile(r"\w[./]\w|^\.{0,2}/")
_HEADING_LENGTH = 80
"""Longest line of words in a list of addresses, code points."""

_COMMENT = re.compile(r"(?:^|\s)#.*")


class Outline(NamedTuple):
    """One address of an OPML file.

    Attributes:
        url: verbatim.
        tags: titles of the outlines around it, outermost first, then its ``category`` attribute.
        is_feed: False for the address of a site (``htmlUrl``) whose outline names no feed.
        title: its own title, white space squeezed; None where it has none.
        is_list: whether it includes another list (type ``include`` or ``link``).
    """

    url: str
    tags: tuple[str, ...]
    is_feed: bool = True
    title: str | None = None
    is_list: bool = False


def decode_list(data: bytes) -> str:
    """Decode a list by the same rules as a page: see :func:`transforms.articles.charsets.decode_bytes`."""
    return decode_bytes(data, is_xml=True).text


def _lines(text: str) -> list[str]:
    stripped = (_COMMENT.sub("", line).strip() for line in re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff")))
    lines = [line for line in stripped if line]
    # A CSV of one column begins with its name, such as "url".
    return lines[1:] if len(lines) > 1 and is_known_name(lines[0].strip('"'), field="url") else lines


def is_url_list(text: str) -> bool:
    """Return whether the lines that are not blank or a comment are addresses, files and slips of these.

    A line with words in it must begin with an address, as one does into which a space slipped; short ones such as a
    heading need not where nine of ten lines are an address and nothing else. At least half of all
    lines must begin so; fewer, or none, where all are like addresses or paths, in ASCII: no article is. A slip, such
    as ``htp://…``, becomes a dead letter, the list does not become an article.
    """
    lines = _lines(text)
    rest = [line for line in lines if not is_web_url(line.split(maxsplit=1)[0])]
    bare = sum(is_web_url(line) and len(line.split(maxsplit=1)) == 1 for line in lines)
    if lines and 10 * bare >= 9 * len(lines) and all(len(line) <= _HEADING_LENGTH for line in rest):
        return True
    if not lines or any(len(line.split(maxsplit=1)) > 1 for line in rest):
        return False
    return 2 * len(rest) <= len(lines) or all(line.isascii() and _PATH_LIKE.search(line) for line in rest)


def parse_url_list(data: bytes) -> list[str]:
    r"""Split a URL list into lines, repeats kept, without comments, blank lines and a byte order mark.

    A ``#`` begins a comment at the start of a line or after white space; elsewhere it is part of the
    address. A first line that names the column, such as ``url``, is left out. Lines are not checked: see
    :func:`is_web_url`.

    >>> parse_url_list(b"# mine\nhttps://news.example/#top # good\n\nhttps://news.example/b")
    ['https://news.example/#top', 'https://news.example/b']

    Raises:
        Trouble: read.bad_list where no line is an address.
    """
    lines = _lines(decode_list(data))
    if not any(is_web_url(line) for line in lines):
        raise Trouble("read.bad_list", f"none of {len(lines)} lines is an absolute http(s) address")
    return lines


def read_outlines(data: bytes) -> tuple[list[Outline], int]:
    """Read the outlines of an OPML file that have an address, and count those that cannot be read.

    An address that occurs twice is given once, with the tags of both places and the first title.

    >>> read_outlines(b"<opml><body><outline text='World'><outline xmlUrl='a.xml'/></outline></body></opml>")
    ([Outline(url='a.xml', tags=('World',), is_feed=True, title=None, is_list=False)], 0)

    Raises:
        Trouble: read.bad_list where no outline has an address.
    """
    root, lost = _tree(data)
    if root is None:
        raise Trouble("read.bad_list", "the OPML has no element that can be read")
    above: dict[etree._Element, tuple[str, ...]] = {}
    found: dict[str, Outline] = {}
    paths: dict[str, list[Sequence[str]]] = {}
    for node in root.iter("{*}outline"):
        attributes = {str(key).lower(): str(value).strip() for key, value in node.attrib.items()}
        url = _feed_url(attributes)
        site = "" if url or node.find("{*}outline") is not None else attributes.get("htmlurl", "")
        parent = node.getparent()
        titles = above.get(parent, ()) if parent is not None else ()
        if url or site:
            outline = found.setdefault(url or site, Outline(url or site, (), is_feed=bool(url)))
            found[url or site] = outline._replace(
                title=outline.title or squeeze(attributes.get("title") or attributes.get("text")) or None,
                is_list=outline.is_list or _is_inclusion(attributes),
            )
            paths.setdefault(url or site, []).extend((*_categories(attributes.get("category", "")), titles))
            above[node] = titles
        else:
            title = attributes.get("text") or attributes.get("title") or ""
            above[node] = (*titles, title) if title and title not in titles else titles
    if not found:
        raise Trouble("read.bad_list", "no outline of the OPML has an address")
    return [outline._replace(tags=_tags(paths[url])) for url, outline in found.items()], lost


def _feed_url(attributes: dict[str, str]) -> str:
    """Return the address of a feed, or of a list that is included, which an outline names."""
    if attributes.get("xmlurl"):
        return attributes["xmlurl"]
    # OPML 1 files of some readers say type="rss" url="…".
    is_named = attributes.get("type", "").lower() in ("rss", "atom", "feed", "link", "include")
    return attributes.get("url", "") if is_named else ""


def _is_inclusion(attributes: dict[str, str]) -> bool:
    is_named = attributes.get("type", "").lower() in ("include", "link")
    return is_named and bool(attributes.get("url")) and not attributes.get("xmlurl")


def _categories(value: str) -> list[list[str]]:
    """Return the paths in a ``category`` attribute, separated by commas."""
    return [path.split("/") for path in value[:_MAX_CATEGORY_CHARS].split(",")]


def _tags(paths: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return names of all places that an address has, the last place first, each once."""
    names = (name.strip() for path in reversed(paths) for name in path)
    return tuple(islice(dict.fromkeys(name for name in names if name), MAX_TAGS))


def _tree(data: bytes) -> tuple[etree._Element | None, int]:
    """Return the elements, and how many outlines are not among them."""
    parser = etree.XMLParser(recover=True, no_network=True, load_dtd=False, resolve_entities=False)
    clean = clean_xml(data).data
    try:
        root = etree.fromstring(clean, parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        return None, 0
    return root, max(0, len(_OUTLINE.findall(clean)) - sum(1 for _ in root.iter("{*}outline")))
