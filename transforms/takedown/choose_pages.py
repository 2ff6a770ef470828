"""Which records of a WARC file are removed with the pages of an article."""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from transforms.archive.members import Member
from transforms.urls import join_url


class Criteria(NamedTuple):
    """Which pages of a file are to be removed.

    Attributes:
        places: offsets that removed rows point at.
        held: offsets that rows which stay point at.
        is_named: whether an address is one of a removed article.
        is_copy: whether an address was left out as a repeat of a removed article.
        payloads: digests of removed pages.
    """

    places: Collection[int]
    held: Collection[int]
    is_named: Callable[[str], bool]
    is_copy: Callable[[str], bool]
    payloads: Collection[str]


class Removal(NamedTuple):
    """What is to be removed from a file.

    Attributes:
        records: to leave out, in order.
        places: offsets of the answers of removed pages, redirects included.
        payloads: digests of the pages that were asked for; the same bytes under another address are removed as well.
        page_count: number of removed pages.
        page_count_left: number of pages that stay.
    """

    records: tuple[Member, ...]
    places: frozenset[int]
    payloads: frozenset[str]
    page_count: int
    page_count_left: int


def choose_records(pages: Sequence[tuple[Member, ...]], criteria: Criteria) -> Removal:
    """Decide which records are removed; a page is removed with all the records that led to it.

    A page is removed where a removed row points at it or its address is one of the article's. Where no row that stays
    points at it, it is also removed where it was reached by one of those addresses, where it was left out as a repeat,
    and where its bytes are those of a removed page. A page that refers to the bytes of a removed one cannot be read
    without it, and is removed whoever points at it. Of a page that stays, redirects by way of the article are removed.
    """
    gone: list[Member] = []
    places: set[int] = set()
    payloads: set[str] = set()
    names: set[str] = set()
    taken = left = 0
    for page in pages:
        answers = [member for member in page if member.is_answer]
        last, offsets = answers[-1], {member.offset for member in answers}
        is_asked = criteria.is_named(last.url) or not offsets.isdisjoint(criteria.places)
        is_lost = bool(last.refers_to) and last.refers_to in names
        if is_asked and last.payload and last.status.startswith("2"):
            payloads.add(last.payload)
        by_way = _by_way(page, criteria)
        is_free = offsets.isdisjoint(criteria.held) and (
            bool(by_way) or any(criteria.is_copy(member.url) for member in answers) or last.payload in criteria.payloads
        )
        if is_asked or is_lost or is_free:
            gone += page
            taken += 1
            places |= offsets
            names |= {member.name for member in answers}
        else:
            gone += by_way
            left += 1
    return Removal(tuple(gone), frozenset(places), frozenset(payloads), taken, left)


def _by_way(page: tuple[Member, ...], criteria: Criteria) -> list[Member]:
    """Redirects to or from an address of the article, each with its request."""
    found: list[Member] = []
    is_going = False
    for member in page:
        if member.is_answer:
            is_going = member.is_redirect and (
                criteria.is_named(member.url) or criteria.is_named(_leads_to(member.url, member.location))
            )
        if is_going:
            found.append(member)
    return found


def _leads_to(url: str, location: str) -> str:
    return join_url(url, location) or ""
