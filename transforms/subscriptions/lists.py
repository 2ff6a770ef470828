"""Subscriptions of a list (``feeds.toml``, OPML or plain addresses), and additions to it.

A ``feeds.toml`` (see :mod:`transforms.subscriptions.feeds_toml`) is written to by adding at its end, so that every byte
that a person put there stays where it is. A library that keeps comments while it rewrites, tomlkit, moves them once
tables of one kind stand apart, and takes 0.5 ms a feed.
"""

import re
import shlex
from collections.abc import Callable, Iterable
from pathlib import Path

from schemas.documents import SUBSCRIBABLE, Source
from schemas.errors import AlreadySubscribed, ListError
from schemas.feeds import FeedState
from schemas.trouble import Trouble
from schemas.userinfo import mask_userinfo
from transforms.sources.address_lists import parse_url_list
from transforms.sources.paths import special_kind
from transforms.sources.recognize import HEAD_BYTES, recognize
from transforms.subscriptions.feeds_toml import (
    Subscription,
    Subscriptions,
    feed_to_toml,
    host_to_toml,
    merge,
    parse_feeds_toml,
)
from transforms.subscriptions.opml import Listed, make_opml, read_opml, web_address
from transforms.urls import canonical_url, is_web_url, split_url

__all__ = [
    "Subscription",
    "Subscriptions",
    "add_feed",
    "add_feeds",
    "read_subscriptions",
    "subscriptions_to_sources",
    "write_opml",
    "write_toml",
]

_FIRST_LINES = "# Feeds that newsmill polls; 'newsmill feeds --help' says how to add, list and check them.\n"


_LIST_PATH = re.compile(r"[./](?:opml|toml)/?$", re.IGNORECASE)


def is_list_address(url: str) -> bool:
    """Return whether an address is taken for that of a list rather than of a feed.

    >>> is_list_address("https://news.example/feeds.opml"), is_list_address("https://news.example/feed.xml")
    (True, False)
    """
    return is_web_url(url) and _LIST_PATH.search(split_url(url).path) is not None


def read_subscriptions(
    path_or_url: str, *, get: Callable[[str], bytes] | None = None, is_list: bool = False, is_new: bool = False
) -> Subscriptions:
    """Read the feeds of a ``feeds.toml``, an OPML file or a list of addresses, recognised by content.

    An http(s) address is a list where its path ends in ``opml`` or ``toml``; any other is taken for a feed's and
    is the only subscription. It is not requested: that would be a request beside the schedule, each time.

    Feeds with the same canonical address are merged, with a warning: the first one's address counts, tags are
    put together, and for the rest whichever says something first.

    Args:
        path_or_url: local path, object-store path, or http(s) address.
        get: requests the address of a list; by default politely, under the default policy.
        is_list: an http(s) address is that of a list, whatever its name.
        is_new: a local list that is not there is an empty one.

    Raises:
        ListError: the list is not there or not right; names file, line, value and remedy.
    """
    if is_web_url(path_or_url) and not is_list and not is_list_address(path_or_url):
        return merge([Subscription(path_or_url)], (), ())
    if is_new and "://" not in path_or_url and not Path(path_or_url).exists():
        return Subscriptions()
    data = _load(path_or_url, get)
    url = path_or_url if is_web_url(path_or_url) else None
    is_toml = path_or_url.lower().endswith(".toml")
    kind = "toml" if is_toml or not data.strip() else recognize(data[:HEAD_BYTES], name_hint=path_or_url)
    try:
        if kind == "opml":
            listed, left_out = read_opml(data, url=url)
            return merge([Subscription(feed.url, feed.title, feed.tags) for feed in listed], (), left_out)
        if kind == "url_list":
            addresses = [(line, web_address(line)) for line in parse_url_list(data)]
            wrong = [f"{line[:200]!r} is not an http(s) address" for line, address in addresses if not address]
            return merge([Subscription(address) for _, address in addresses if address], (), wrong)
    except Trouble as why:
        raise ListError(f"{path_or_url}: {why.message}: give an OPML file that names feeds") from why
    if kind not in ("toml", "text"):
        remedy = "add it with 'newsmill feeds add'" if kind in (*SUBSCRIBABLE, "html") else "name a list"
        raise ListError(f"{path_or_url} is not a list of feeds but {kind}: {remedy}")
    return parse_feeds_toml(_decoded(data, path_or_url), name=path_or_url)


def _load(path_or_url: str, get: Callable[[str], bytes] | None) -> bytes:
    try:
        if is_web_url(path_or_url):
            return (get or _ask)(path_or_url)
        if "://" not in path_or_url:
            kind = special_kind(Path(path_or_url).stat().st_mode)
            if kind is not None:
                raise ListError(f"{path_or_url} cannot be read: it is {kind}: name a list of feeds")
            return Path(path_or_url).read_bytes()
        from transforms.lake import files  # noqa: PLC0415  loads Beam, which local lists can do without

        return files.read_bytes(path_or_url)
    except FileNotFoundError as error:
        is_toml = path_or_url.lower().endswith(".toml")
        remedy = f"newsmill feeds add URL --file {shlex.quote(path_or_url)} makes it" if is_toml else "check the path"
        raise ListError(f"{path_or_url} does not exist: {remedy}") from error
    except (OSError, Trouble) as error:
        raise ListError(f"{mask_userinfo(path_or_url)} cannot be read: {error}") from error


def _ask(url: str) -> bytes:
    from transforms.web.policy import FetchPolicy  # noqa: PLC0415  only lists on the web need a client
    from transforms.web.polite_client import fetch_source, open_client  # noqa: PLC0415

    with open_client(FetchPolicy()) as web:
        return fetch_source(web, url).body


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ListError(f"{name}, line {line}: byte {data[error.start]:#x} is not UTF-8: save it as UTF-8") from error


def add_feed(path: str, subscription: Subscription) -> None:
    """Add one feed at the end of a ``feeds.toml``, which is made where there is none.

    One writer at a time. The new content is read back before it takes the place of the old.

    Raises:
        AlreadySubscribed: a feed of the list has the same canonical address.
        ListError: the list is not right, or not a ``feeds.toml``; names file, line, value and remedy.
    """
    if not add_feeds(path, [subscription]):
        raise AlreadySubscribed(f"{path} has {subscription.url} already")


def add_feeds(path: str, subscriptions: Iterable[Subscription]) -> tuple[Subscription, ...]:
    """Add the feeds that a ``feeds.toml`` does not have yet; all or, on an error, none.

    Returns:
        Those that were added, in order.

    Raises:
        ListError: as :func:`add_feed`.
    """
    from transforms.lake import files  # noqa: PLC0415  loads Beam

    wanted = tuple(subscriptions)
    place = path if "://" in path else str(Path(path).resolve())  # a link stays a link
    try:
        before = read_subscriptions(path) if files.exists(place) else None
        data = files.read_bytes(place) if before else _FIRST_LINES.encode()
    except OSError as error:
        raise ListError(f"{path} cannot be read: {error}") from error
    if before and not path.lower().endswith(".toml") and data.strip() and recognize(data[:HEAD_BYTES]) != "text":
        command = f"newsmill feeds import {shlex.quote(path)} --file feeds.toml"
        raise ListError(f"{path} is not a feeds.toml: make one with {command}")
    known = {canonical_url(feed.url) for feed in before.feeds} if before else set()
    added = []
    for feed in wanted:
        key = canonical_url(feed.url)
        if key not in known:
            known.add(key)
            added.append(feed)
    if not added:
        return ()
    text = data.decode("utf-8")
    newline = "\r\n" if "\r\n" in text else "\n"
    gap = "" if not text or text.endswith("\n") else newline
    tables = "\n".join(f"\n{feed_to_toml(feed)}\n" for feed in added).replace("\n\n\n", "\n\n")
    made = text + gap + tables.replace("\n", newline)
    try:
        after = parse_feeds_toml(made, name=path)
    except ListError as error:
        remedy = "write each feed below a line [[feed]] of its own, not as one array"
        raise ListError(f"nothing can be added to {path}: {error}: {remedy}") from error
    if len(after.feeds) != len(known):
        raise ListError(f"nothing was added to {path}: {len(after.feeds)} feeds would be in it, not {len(known)}")
    try:
        files.save_bytes(place, made.encode("utf-8"))
    except OSError as error:
        raise ListError(f"{path} cannot be written: {error}") from error
    return tuple(added)


def write_toml(subscriptions: Subscriptions) -> bytes:
    """Write a whole ``feeds.toml``."""
    tables = [*map(feed_to_toml, subscriptions.feeds), *(host_to_toml(*pair) for pair in subscriptions.host_delays)]
    return (_FIRST_LINES + "".join(f"\n{table}\n" for table in tables)).encode("utf-8")


def write_opml(subscriptions: Subscriptions, *, title: str = "newsmill") -> bytes:
    """Write OPML 2.0 with the tags as outlines around the feeds; it has no place for intervals and delays of hosts."""
    return make_opml((Listed(feed.url, feed.title, feed.tags) for feed in subscriptions.feeds), title=title)


def subscriptions_to_sources(subscriptions: Subscriptions) -> list[Source]:
    """Make a Source for each feed, in order, with the state of one that was never polled."""
    return [
        Source(
            uri=feed.url,
            tags=feed.tags,
            feed=FeedState(
                feed_url=feed.url,
                title=feed.title,
                min_interval_s=feed.min_interval_s,
                max_interval_s=feed.max_interval_s,
            ),
        )
        for feed in subscriptions.feeds
    ]
