"""Links of one host, fetched or read from their feed entries, each once."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from schemas.documents import Document, Entry, Link
from schemas.trouble import LeftOut, Trouble
from transforms.feeds.shared_links import has_enough_text, has_text, own_guid, says_the_same
from transforms.identity import address_of, article_id, fold
from transforms.overlap import has_much_in_common
from transforms.urls import canonical_url
from transforms.web.client import FetchedPage
from transforms.web.home_pages import check_landing

MODES = ("all", "missing", "never")
"""Which pages are fetched: of all links, of those whose feed entry has no content, or none."""


class FetchResult(NamedTuple):
    """What became of one link.

    Attributes:
        result: the document, or why there is none.
        duplicate_of: article_id of the link that is kept in its place; None unless it repeats one.
    """

    link: Link
    result: Document | Exception
    duplicate_of: str | None


def has_content(link: Link) -> bool:
    """Return whether the feed has the whole text of the article."""
    return link.entry is not None and bool((link.entry.content_html or "").strip())


def has_summary(link: Link) -> bool:
    """Return whether the feed has a summary."""
    return link.entry is not None and bool((link.entry.summary_html or "").strip())


def entry_document(link: Link, fetch_error: str | None = None) -> Document:
    """Make the document of the feed entry alone."""
    return Document(media="entry", origin=link.origin, url=link.url, entry=link.entry, fetch_error=fetch_error)


def fetch_document(link: Link, mode: str, get: Callable[[str], FetchedPage]) -> Document:
    """Make the document of one link.

    An entry that shares its link with others is read from the feed: the page is not its own.

    Args:
        mode: one of MODES.
        get: requests an address; raises Trouble.

    Raises:
        LeftOut: fetch.off, only the address is known and fetching is off.
        Trouble: the page could not be fetched, and the feed has no content to use instead.
    """
    if mode == "never" and not has_content(link) and not has_summary(link):
        raise _off(link)
    is_of_feed = link.entry is not None and link.entry.told_by is not None and has_text(link.entry)
    if is_of_feed or _is_read(link, mode):
        return entry_document(link)
    try:
        page = get(link.url)
        check_landing(link.url, page.response.url)
    except Trouble as why:
        if has_content(link):
            return entry_document(link, why.code)
        raise
    return Document(
        media=page.media,
        origin=link.origin,
        body=page.body,
        charset=page.charset,
        url=page.response.url,
        entry=link.entry,
        response=page.response,
    )


def _off(link: Link) -> LeftOut:
    return LeftOut("fetch.off", f"only its address is known, and fetching is off: {link.url}")


def pick_links(links: Iterable[Link], mode: str = "all") -> Iterator[tuple[Link, str | None]]:
    """Sort the links of one host and mark copies.

    Of links with one canonical address the first is kept: one with content before one with a summary before one with
    neither, then by origin. Where more than that address identifies entries, the first of each identity is kept. Where
    entries are read instead of the page, an entry is also kept if its guid, title and text all differ from those of the
    first. Where pages are fetched, entries with next to no text are identified by their link after all.
    The order depends on the links alone.

    Args:
        mode: one of MODES.

    Yields:
        Each link, with None, or with the article_id of the link that is kept in its place.

    Raises:
        ValueError: a link without a canonical address.
    """
    keyed = sorted(((canonical_url(link.url), _rank(link), link) for link in links), key=itemgetter(0, 1))
    for address, copies in groupby(keyed, key=itemgetter(0)):
        stays: set[str] = set()
        for link in _tell_apart(address, [link for _, _, link in copies], mode):
            entry = link.entry
            if entry is not None and entry.told_by == "text":
                yield link, None  # equal texts are found once the text is read
                continue
            name = _name(link)
            yield link, name if name in stays else None
            stays.add(name)


def _name(link: Link) -> str:
    """Return the article_id of a link, as far as it is known before the page is read."""
    return article_id(address_of(link.url, link.entry), None, "", link.entry)[0]


def _tell_apart(address: str, links: list[Link], mode: str) -> Iterator[Link]:
    """Yield links of one canonical address, each with what identifies it among the others."""
    told_by_guid = {link.entry.entry_id for link in links if link.entry is not None and link.entry.told_by == "guid"}
    first = links[0].entry
    for link in links:
        entry, told_by = link.entry, None
        if entry is None or not has_text(entry):
            yield link
            continue
        if entry.told_by is not None:
            told_by = entry.told_by if mode == "never" or has_enough_text(entry) else None
        elif entry.entry_id in told_by_guid:
            told_by = "guid"
        elif first is not None and _is_read(link, mode) and _is_another(entry, first, address):
            told_by = "reused"
        yield link if told_by == entry.told_by else replace(link, entry=replace(entry, told_by=told_by))


def _is_read(link: Link, mode: str) -> bool:
    """Return whether the feed entry is read instead of the page."""
    return mode == "never" or (mode == "missing" and has_content(link))


def _is_another(entry: Entry, first: Entry, address: str) -> bool:
    """Return whether guid, title and text all show that two entries with one link are two articles."""
    guid, others = own_guid(entry, address), own_guid(first, address)
    if not guid or not others or guid == others or not has_text(first):
        return False
    title = fold(entry.title or "")
    if title and title == fold(first.title or ""):
        return False
    return not has_much_in_common(*(one.content_html or one.summary_html or "" for one in (entry, first)))


def _rank(link: Link) -> tuple[int, str, int, str]:
    position = -1 if link.origin.position is None else link.origin.position
    quality = 0 if has_content(link) else 1 if has_summary(link) else 2
    return quality, link.origin.uri, position, repr(link)


def fetch_links(links: Iterable[Link], mode: str, get: Callable[[str], FetchedPage]) -> Iterator[FetchResult]:
    """Fetch the links of one host, in the order of :func:`pick_links`.

    Args:
        mode: one of MODES.
        get: requests an address; raises Trouble.
    """
    kept: dict[str, Entry | None] = {}
    for link, copy_of in pick_links(links, mode):
        if copy_of is not None:
            why = _why_left_out(link, kept.get(copy_of), mode)
            yield FetchResult(link, why, copy_of if why.reason.startswith("repeats.") else None)
            continue
        kept[_name(link)] = link.entry
        result: Document | Exception
        try:
            result = fetch_document(link, mode, get)
        except Exception as error:  # whatever a server provokes fails one page, not the run
            result = error
        yield FetchResult(link, result, None)


def _why_left_out(link: Link, kept: Entry | None, mode: str) -> LeftOut:
    if mode == "never" and link.entry is not None and not has_text(link.entry):
        return _off(link)
    if link.entry is not None and kept is not None and says_the_same(link.entry, kept):
        return LeftOut("repeats.same_text", f"another entry of the run says the same and leads to {link.url}")
    return LeftOut("repeats.same_id", f"another link of the run leads to {canonical_url(link.url)}")
