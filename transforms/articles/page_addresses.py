"""The addresses in a page: its own, that of its next part, and what relative ones are resolved against."""

import re
from collections.abc import Iterable
from itertools import islice

from courlan import extract_domain
from lxml.html import HtmlElement

from transforms.articles.blocks import MAX_ADDRESS
from transforms.articles.facts import MAX_TEXT
from transforms.articles.page_elements import words_of_rel
from transforms.urls import host_of, is_plain, is_readable, is_web_url, join_url, split_url

MAX_URLS = 20
"""Most addresses that are tried as the page's own."""

MAX_LINKS = 200
"""Most ``<link>`` that are looked at for the next page."""

_PAGE_NUMBER = re.compile(r"(?:(/page/|/seite/|[?&](?:page|seite|pagina)=)|/)(\d{1,2})/?$")
_MAX_NUMBER = 20


def base_of(tree: HtmlElement, url: str | None) -> str | None:
    """Return the address that relative ones of a page are resolved against: that of the page, or what ``<base>`` says.

    >>> from lxml.html import document_fromstring
    >>> base_of(document_fromstring("<base href='/b/'><p>Text"), "https://a.example/c/d")
    'https://a.example/b/'
    """
    element = tree.find("head/base")
    if element is None:
        element = tree.find("body/base")
    written = (element.get("href") or "").strip()[:MAX_ADDRESS] if element is not None else ""
    return (join_url(url, written) or url) if written else url


def resolve(base: str | None, written: str | None) -> str | None:
    """Return the absolute http or https address of a link or picture; None for what is none of these.

    >>> resolve("https://a.example/b", "//c.example/d e"), resolve(None, "mailto:a@b.example"), resolve(None, "/c")
    ('https://c.example/d%20e', None, None)
    """
    written = (written or "").strip()
    if not written or len(written) > MAX_ADDRESS:
        return None
    if written.startswith("//") and not base:
        written = f"https:{written}"
    if is_plain(written) and is_readable(base):
        return written
    found = join_url(base, "".join(written.splitlines()).replace(" ", "%20"))
    return found if found and is_web_url(found) else None


def _is_same_site(one: str, other: str) -> bool:
    left, right = (host_of(url) for url in (one, other))
    return left == right or (extract_domain(one) or ".".join(left.split(".")[-2:])) == (
        extract_domain(other) or ".".join(right.split(".")[-2:])
    )


def choose_url(candidates: Iterable[str], page_url: str | None) -> str | None:
    """Choose the address that the page gives itself, if it can be believed.

    Absolute http(s), on the site that the page was read from, and no home page or section of it.
    """
    for candidate in islice(candidates, MAX_URLS):
        try:
            parts = split_url(candidate[:MAX_TEXT].strip())
            if parts.scheme not in ("http", "https") or not parts.hostname or "." not in parts.hostname:
                continue
            segments = [segment for segment in parts.path.split("/") if segment]
            if page_url is None:
                if segments or parts.query:
                    return candidate.strip()
                continue
            here = [segment for segment in split_url(page_url).path.split("/") if segment]
            if not _is_same_site(candidate, page_url) or (not segments and not parts.query and here):
                continue
            if len(segments) == 1 and len(here) > 2 and here[0] == segments[0] and not parts.query:
                continue
        except ValueError:
            continue
        return candidate.strip()
    return None


def has_next_page(links: Iterable[HtmlElement], own: list[str]) -> bool:
    """Return whether ``<link rel=next>`` leads to the next page of the same article, and not to another article.

    Its address is that of the page, with the number of the page behind it.

    Args:
        links: of the page.
        own: addresses of the page; the number in them may be missing on the first.
    """
    next_ones = (link.get("href") for link in islice(links, MAX_LINKS) if "next" in words_of_rel(link))
    return is_next_page(next(next_ones, None) or "", own)


def is_next_page(target: str, own: Iterable[str]) -> bool:
    """Return whether an address is that of the page with the number of the page behind it.

    >>> is_next_page("?page=2", ["https://post.example/pier"]), is_next_page("/pier-2", ["https://post.example/pier"])
    (True, False)

    Args:
        target: as the page has it.
        own: addresses of the page; the number in them may be missing on the first.
    """
    if not target[:MAX_TEXT].partition("#")[0].rstrip("/ \t\r\n")[-1:].isdigit():
        return False  # seen at once
    for address in islice(own, MAX_URLS):
        there = _split_page_number(join_url(address, target[:MAX_TEXT]) or "")
        here = _split_page_number(address)
        if there == (address.rstrip("/"), 2, there[2]) or (there[2] and there == (here[0], max(1, here[1]) + 1, True)):
            return True
    return False


def _split_page_number(address: str) -> tuple[str, int, bool]:
    """Split an address into what stands before the number of its page, that, or 0, and whether a word says so."""
    address = address.partition("#")[0]
    found = _PAGE_NUMBER.search(address, max(0, len(address) - _MAX_NUMBER))
    if found is None:
        return address.rstrip("/"), 0, False
    return address[: found.start()].rstrip("/"), int(found[2]), found[1] is not None
