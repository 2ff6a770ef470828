"""The objects of JSON-LD that speak of the article of their page."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from transforms.articles.facts import MAX_TEXT
from transforms.articles.folding import letters
from transforms.articles.json_ld.nodes import address_of, rank_of, text_of
from transforms.urls import split_url


class PageIdentity(NamedTuple):
    """What a page says of itself elsewhere; of several articles in its JSON-LD, the one that agrees is its own."""

    urls: Sequence[str] = ()
    """Addresses of the page: requested, canonical, og:url."""
    titles: Sequence[str] = ()
    """Its headings and titles."""


def _place(url: str) -> tuple[str, str] | None:
    """Return what addresses of one page have in common: host without its device, path and query without decoration."""
    parts = split_url(url.strip()[:MAX_TEXT])
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.").removeprefix("amp.")
    path = re.sub(r"/(?:amp|index\.\w{1,5})?/?$", "", parts.path).removesuffix(".amp")
    return (host, path.rstrip("/")) if host else None


def addresses_of(node: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the addresses of an object as host and path; those of home pages are left out."""
    found = (address_of(node.get(name)) for name in ("url", "mainEntityOfPage", "@id"))
    keys = [key for url in found if url and (key := _place(url)) is not None]
    return [key for key in keys if key[1]]


def _is_home(node: dict[str, Any]) -> bool:
    """Return whether an object gives the address of a home page, not of a part of it, as its own."""
    url = split_url((address_of(node.get("url")) or address_of(node.get("@id")) or "")[:MAX_TEXT])
    return bool(url.hostname) and url.path in ("", "/") and not url.query and not url.fragment


def _agrees(node: dict[str, Any], places: set[tuple[str, str]], titles: list[str]) -> int:
    """Rate how an object agrees with its page: 2 by address, 1 by headline, 0 where it is silent, -1 not at all."""
    own = addresses_of(node)
    if any(place in places for place in own):
        return 2
    if not own and places and rank_of(node) == 1 and _is_home(node):
        return -1
    headline = letters(text_of(node.get("headline") or node.get("name")) or "")
    if len(headline) > 8 and any(
        title.startswith(headline) or headline.startswith(title) or headline in title for title in titles
    ):
        return 1
    if not own or not headline or not titles or not places:
        return 0
    tails = {path.rsplit("/", 1)[-1] for _, path in places}
    return 0 if any(path.rsplit("/", 1)[-1] in tails for _, path in own) else -1


def choose_nodes(nodes: list[dict[str, Any]], page: PageIdentity) -> list[dict[str, Any]]:
    """Return the objects that speak of the page's article or of the page, best first."""
    places = {key for url in page.urls if (key := _place(url)) is not None and key[1]}
    titles = [key for key in (letters(title[:1_000]) for title in page.titles) if len(key) > 8]
    judged = [(node, rank, _agrees(node, places, titles)) for node in nodes if (rank := rank_of(node))]
    judged = [entry for entry in judged if entry[2] >= 0]
    judged.sort(
        key=lambda entry: (
            entry[1] > 2, entry[2] if entry[1] > 2 else 0, entry[1],
            bool(entry[0].get("headline")), bool(entry[0].get("datePublished")),
        ),
        reverse=True,
    )  # fmt: skip
    if not judged or judged[0][1] <= 2:
        return [node for node, _, _ in judged]
    best, _, agreement = judged[0]
    headlines, own = (None, text_of(best.get("headline"))), set(addresses_of(best))
    return [
        node
        for node, rank, agrees in judged
        if node is best
        or rank <= 1
        or agrees >= max(1, agreement)
        or text_of(node.get("headline")) in headlines
        or own.intersection(addresses_of(node))
    ]
