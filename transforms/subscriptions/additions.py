"""Addresses that a person wants to subscribe to: as they are typed, and which of them a list has already."""

import re
from collections.abc import Iterable

from schemas.userinfo import mask_userinfo
from transforms.subscriptions.feeds_toml import Subscription
from transforms.subscriptions.opml import web_address
from transforms.urls import canonical_url

_BARE = re.compile(r"[\w-]+(?:\.[\w-]+)+(?::\d{1,5})?(?:[/?#]\S*)?")
"""An address without its scheme: a host with a dot in it, and what may follow."""


def typed_address(text: str) -> str:
    """Return the http(s) address that a person means; ``https://`` may be left out.

    >>> typed_address("news.example/feed"), typed_address("feed://news.example/rss")
    ('https://news.example/feed', 'http://news.example/rss')

    Raises:
        ValueError: not an address; says what to write.
    """
    address = web_address(text) or (web_address(f"https://{text}") if _BARE.fullmatch(text) else None)
    if address is None:
        raise ValueError(f"{mask_userinfo(text)!r} is not an address: give one like https://news.example/")
    return address


def split_listed(addresses: Iterable[str], feeds: Iterable[Subscription]) -> tuple[list[Subscription], list[str]]:
    """Split addresses into the feeds of a list that they name, and those that the list does not have.

    Raises:
        ValueError: an address without a canonical form.
    """
    known = {canonical_url(feed.url): feed for feed in feeds}
    keyed = [(url, canonical_url(url)) for url in addresses]
    return [known[key] for _, key in keyed if key in known], [url for url, key in keyed if key not in known]
