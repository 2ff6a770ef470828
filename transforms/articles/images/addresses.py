"""The addresses of pictures: which of several an element gives, and which are of one picture."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple
from urllib.parse import unquote

from lxml.html import HtmlElement

from transforms.articles.blocks import MAX_ADDRESS
from transforms.articles.page_addresses import resolve
from transforms.urls import is_plain, split_url

MAX_SRCSET = 8_000
"""Code points of a srcset that are read."""

MIN_SHORT_NAME = 10
"""Code points, with the extension, from which the name of a file with a digit is of one picture of its host."""

MIN_FILE_NAME = 10
"""Code points from which the name of a file is taken to be that of one picture alone."""

_LAZY = (
    "data-src", "data-lazy-src", "data-original", "data-lazy", "data-full-src", "data-hi-res-src", "data-image-src",
    "data-orig-file", "data-large-file",
)  # fmt: skip
_SRCSETS = ("data-srcset", "data-lazy-srcset", "srcset")
_MAX_ATTRIBUTES = 40
_MAX_HOLDERS = 20
"""Elements around a picture, and sources beside it, from which on no more are taken."""

PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif|heic|tiff?)$", re.IGNORECASE)
_SIZE = re.compile(
    r"(?:[-_.@](?:\d{2,4}x\d{2,4}|[wh]\d{2,4}|\d{2,4}[wh]|\dx|scaled|large|medium|small|thumb|thumbnail)"
    r"|\.0|=[a-z]\d{1,4}[\w-]{0,40}){1,4}+$",
    re.IGNORECASE,
)
_ONLY_SIZE = re.compile(r"(?:\d{2,4}x\d{2,4}|[wh]?\d{2,4}|original|large|medium|small|thumb)$", re.IGNORECASE)
_INNER = re.compile(r"https?(?:://|%3a%2f%2f|%253a%252f%252f)", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{16,64}+(?![0-9A-Za-z])|\d{8,}+")
_TIME = re.compile(
    r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d"
    r"|1\d{9}"
)
"""Days in digits, and seconds since 1970: pictures that were stored together share them."""


def read_address(element: HtmlElement, base: str | None) -> str | None:
    """Return the largest of the addresses that an ``<img>`` gives, those for lazy loading included."""
    ranked: list[tuple[float, float, str]] = []
    holders = [element]
    above = element.getparent()
    while above is not None and above.tag in ("source", "picture") and len(holders) < _MAX_HOLDERS:
        holders.append(above)  # to the parser, each source holds what follows it
        if above.tag == "picture":
            holders += islice(above.iterchildren("source"), 20)
        above = above.getparent()
    for holder in holders:
        for name in _SRCSETS:
            if written := holder.get(name):
                ranked += _candidates(written[:MAX_SRCSET])
    ranked += [(0.0, 0.0, written) for name in (*_LAZY, "src") if (written := element.get(name))]
    ranked.sort(key=lambda candidate: candidate[:2], reverse=True)  # stable: what is stated first stays first
    return _first_readable(ranked[:60], base) or _first_readable(_other_addresses(element), base)


def _first_readable(ranked: list[tuple[float, float, str]], base: str | None) -> str | None:
    for _, _, written in ranked:
        if "{" in written or written.startswith("data:"):
            continue
        url = resolve(base, written)
        if url is not None and not file_name(url).lower().endswith(".svg"):
            return url
    return None


def _other_addresses(element: HtmlElement) -> list[tuple[float, float, str]]:
    """Return the addresses in attributes that no list names, whose names end in "src" or "srcset": "x-lazy-src"."""
    found: list[tuple[float, float, str]] = []
    for name in element.keys()[:_MAX_ATTRIBUTES]:
        if name.endswith("-srcset"):
            found += _candidates((element.get(name) or "")[:MAX_SRCSET])
        elif name.endswith("-src"):
            found.append((0.0, 0.0, element.get(name) or ""))
    found.sort(key=lambda candidate: candidate[:2], reverse=True)
    return found[:60]


def _candidates(srcset: str) -> Iterator[tuple[float, float, str]]:
    """Yield width, density and address of each candidate of a srcset (HTML, 4.8.4.2.1), at most 60.

    >>> list(_candidates("a.jpg 320w, b,c.jpg 640w,d.jpg 2x"))
    [(320.0, 0.0, 'a.jpg'), (640.0, 0.0, 'b,c.jpg'), (0.0, 2.0, 'd.jpg')]
    """
    words = srcset.split()[:200]
    words.reverse()
    number = 0
    while words and number < 60:
        url = words.pop().lstrip(",")
        if not url:
            continue
        number += 1
        if url.endswith(","):
            yield 0.0, 0.0, url.rstrip(",")
            continue
        width = density = 0.0
        while words:
            descriptor, comma, rest = words.pop().partition(",")
            try:
                value = float(descriptor[:-1][:10]) if descriptor[-1:] in ("w", "x") else 0.0
            except ValueError:
                value = 0.0
            if descriptor.endswith("w"):
                width = value
            elif descriptor.endswith("x"):
                density = value
            if comma:
                if rest:
                    words.append(rest)
                break
        yield width, density, url


def _split(url: str) -> tuple[str, str, str]:
    """Return host, path and query of an address, those of a plain one in a fifth of the time."""
    if not is_plain(url):
        parts = split_url(url)
        return parts.netloc, parts.path, parts.query
    place, _, query = url.partition("?")
    host, _, path = place.partition("://")[2].partition("/")
    return host, f"/{path}", query


@lru_cache(maxsize=256)  # of one picture it is asked for several times
def file_name(url: str) -> str:
    """Return the last step of the path of an address."""
    path = url.partition("?")[0] if is_plain(url) else split_url(url).path
    name = path.rstrip("/").rpartition("/")[2]
    return unquote(name).rpartition("/")[2] if "%2F" in name else name


@lru_cache(maxsize=256)
def file_key(url: str) -> str:
    """Return what different sizes of one picture have in common: the name of the file without extension and size.

    Of an address that a server of resized pictures is given within another, it is that of the picture itself.

    >>> file_key("https://a.example/pier-at-dusk-640x480.jpg"), file_key("https://a.example/7/lead_large.jpg")
    ('pier-at-dusk', 'a.example/7/lead')
    >>> file_key("https://a.example/900x600/https%3A%2F%2Fb.example%2Fpier-at-dusk.jpg")
    'pier-at-dusk'
    """
    url = _inner_address(url)
    name = file_name(url)[-200:]
    is_file = PICTURE_FILE.search(name) is not None
    stem = _SIZE.sub("", PICTURE_FILE.sub("", PICTURE_FILE.sub("", name)))
    if len(stem) >= MIN_FILE_NAME:
        return stem
    host, path, query = _split(url)
    if not is_file and stem == name:
        return f"{host}{path}?{query}"
    folder = f"{host}{path.rpartition('/')[0]}"
    return folder if _ONLY_SIZE.fullmatch(stem) else f"{folder}/{stem}"


def _inner_address(url: str) -> str:
    """Return the address that stands in another, as servers of resized pictures take it; else the address itself."""
    if url.find("http", 1) < 0:
        return url
    at = max((found.start() for found in _INNER.finditer(url[:MAX_ADDRESS], 1)), default=0)
    if not at:
        return url
    inner = url[at:MAX_ADDRESS]
    if "?" in url[:at]:
        inner = inner.partition("&")[0]
    if "%" in inner[: inner.find("/") if "/" in inner else None]:
        inner = unquote(unquote(inner))
    return inner if split_url(inner).netloc else url


class PictureName(NamedTuple):
    """What tells whether an address is of the same picture as another, in another size or section of it.

    Attributes:
        key: what different sizes have in common.
        folder: host and path without the name of the file.
        short: host and name of the file, where that is long enough not to be general, and has a digit; else empty.
        numbers: those in the name of the file, decimal or hexadecimal, that are long enough to be of one picture.
    """

    key: str
    folder: str
    short: str
    numbers: frozenset[str]

    def is_same(self, other: "PictureName") -> bool:
        """Return whether both are of one picture.

        Their files have one name, or names with one long number that is not a time, or a short one on one host; or
        all that one of them names is a size, and it stands in the folder of the other.

        >>> name_picture("https://a.example/p/4_9.jpg").is_same(name_picture("https://a.example/p/920x920.jpg"))
        True
        """
        if self.key == other.key or not self.numbers.isdisjoint(other.numbers):
            return True
        if self.short and self.short == other.short:
            return True
        return self.folder == other.folder and self.folder in (self.key, other.key)


def name_picture(url: str) -> PictureName:
    """Return what tells whether an address is of the same picture as another.

    >>> sorted(name_picture("https://a.example/p/123456789_v4_3-20260305.jpg").numbers)
    ['123456789']
    """
    inner = _inner_address(url)
    host, path, _ = _split(inner)
    name = file_name(inner)[-200:]
    numbers = _NUMBER.findall(name)
    is_own = len(name) >= MIN_SHORT_NAME and any(map(str.isdigit, name)) and PICTURE_FILE.search(name) is not None
    return PictureName(
        file_key(inner),
        f"{host}{path.rpartition('/')[0]}",
        f"{host}/{name}" if is_own else "",
        frozenset(number for number in numbers if not _TIME.fullmatch(number)),
    )
