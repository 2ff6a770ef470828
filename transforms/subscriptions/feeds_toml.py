"""Subscriptions in the text of a ``feeds.toml``, read and written.

A ``feeds.toml`` has a ``[[feed]]`` for each feed, and perhaps a ``[hosts."example.org"]`` for a host::

    [[feed]]
    url = "https://news.example/feed.xml"
    title = "Harbour Post"
    tags = ["ports"]
    min_interval = "15m"   # or "2h", "1d", or seconds
    max_interval = "12h"

    [hosts."news.example"]
    delay_s = 5
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from schemas.errors import ListError
from schemas.suggest import suggest
from schemas.userinfo import mask_userinfo
from transforms.parsers import parse_toml
from transforms.sources.strings import squeeze, unique
from transforms.urls import canonical_url, is_web_url
from transforms.web.credentials import Credentials, merge_credentials, split_credentials

SHORTEST_S, LONGEST_S = 1, 366 * 86_400
"""What an interval may be, seconds."""

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}
_INTERVAL = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd]?)")
_KEYS = ("url", "title", "tags", "min_interval", "max_interval")
_UTF8_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Subscription:
    """One feed that is to be polled.

    Args:
        url: absolute http(s) address.
        title: what people call it.
        tags: become the tags of its articles' origin.
        min_interval_s: shortest time between two polls, seconds; None leaves it to the schedule.
        max_interval_s: longest such time.
    """

    url: str
    title: str | None = None
    tags: tuple[str, ...] = ()
    min_interval_s: int | None = None
    max_interval_s: int | None = None


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """A list of feeds.

    Args:
        feeds: in the order of the list, each canonical address once.
        host_delays: host (and unusual port) to the least pause between two requests, seconds; sorted.
        warnings: what was merged or left out when it was read, in words.
        credentials: user names and passwords that its addresses named.
    """

    feeds: tuple[Subscription, ...] = ()
    host_delays: tuple[tuple[str, float], ...] = ()
    warnings: tuple[str, ...] = ()
    credentials: tuple[Credentials, ...] = field(default=(), repr=False)


def merge(feeds: Iterable[Subscription], delays: Sequence[tuple[str, float]], said: Sequence[str]) -> Subscriptions:
    """Merge feeds by canonical address, and separate the user names and passwords that addresses name.

    The first one's address counts, tags are put together, and for the rest whichever says something first.

    Args:
        feeds: as listed.
        delays: as Subscriptions has them, in any order.
        said: warnings so far.

    Raises:
        ValueError: two user names or passwords for one host.
    """
    kept: dict[str, Subscription] = {}
    warnings = list(map(mask_userinfo, said))
    secrets: list[Credentials] = []
    for given in feeds:
        bare, secret = split_credentials(given.url)
        feed = replace(given, url=bare) if bare != given.url else given
        secrets += [secret] if secret else []
        try:
            key = canonical_url(feed.url)
        except ValueError as error:
            warnings.append(f"left out: {error}")
            continue
        first = kept.get(key)
        if first is None:
            kept[key] = feed
            continue
        warnings.append(f"{feed.url} is listed twice, merged{f' with {first.url}' if first.url != feed.url else ''}")
        kept[key] = replace(
            first,
            title=first.title or feed.title,
            tags=unique((*first.tags, *feed.tags)),
            min_interval_s=first.min_interval_s if first.min_interval_s is not None else feed.min_interval_s,
            max_interval_s=first.max_interval_s if first.max_interval_s is not None else feed.max_interval_s,
        )
    return Subscriptions(tuple(kept.values()), tuple(sorted(delays)), tuple(warnings), merge_credentials(secrets))


def parse_feeds_toml(text: str, *, name: str = "feeds.toml") -> Subscriptions:
    r"""Parse the feeds of a ``feeds.toml``.

    >>> parse_feeds_toml('[[feed]]\nurl = "https://news.example/feed"\nmin_interval = "2h"').feeds[0].min_interval_s
    7200

    Raises:
        ListError: not TOML, an unknown name, a wrong value; with ``name``, line, value and remedy.
    """
    text = text.removeprefix(_UTF8_MARK)
    try:
        found = parse_toml(text)
    except ValueError as error:
        raise ListError(f"{name} is not TOML: {error}: look for a missing quote or bracket there") from error
    lines = _Lines(text, name)
    lines.check_names(found, ("feed", "hosts"), None)
    feeds = found.get("feed", [])
    if not isinstance(feeds, list) or not all(isinstance(feed, dict) for feed in feeds):
        raise lines.wrong(None, "feed", feeds, "write [[feed]] above each feed, in double brackets")
    hosts = found.get("hosts", {})
    if not isinstance(hosts, dict):
        raise lines.wrong(None, "hosts", hosts, 'write [hosts."example.org"] and delay_s = 5 below it')
    read = [_subscription(feed, index, lines) for index, feed in enumerate(feeds)]
    return merge(read, [_host_delay(host, given, lines) for host, given in hosts.items()], ())


class _Lines:
    """The lines of a file, to name the place of a value in messages: tomllib does not say."""

    def __init__(self, text: str, name: str) -> None:
        self._lines = text.splitlines()
        self._name = name
        self._feeds = [at for at, line in enumerate(self._lines) if re.match(r"\s*\[\[\s*feed\s*\]\]", line)]

    def wrong(self, table: int | str | None, key: str, value: object, remedy: str) -> ListError:
        """Make the error for one value of a table: the number of a feed, the name of a host, or the whole file."""
        at = self._find(table, key)
        place = f", line {at + 1}" if at is not None else f", feed {table + 1}" if isinstance(table, int) else ""
        said = "missing" if value is None else f"{mask_userinfo(str(value))[:200]!r}"
        return ListError(f"{self._name}{place}: {key} is {said}: {remedy}")

    def check_names(self, found: dict[str, Any], allowed: Sequence[str], table: int | str | None) -> None:
        """Refuse an unknown name."""
        for key, value in found.items():
            if key not in allowed:
                remedy = suggest(key, allowed, f"known here are {', '.join(allowed)}")
                raise self.wrong(table, key, value, f"unknown name {key!r}: {remedy}")

    def _find(self, table: int | str | None, key: str) -> int | None:
        first, last = 0, len(self._lines)
        if isinstance(table, int):
            if table >= len(self._feeds):
                return None  # written in some other way than [[feed]]
            first, last = self._feeds[table], next(iter(self._feeds[table + 1 :]), last)
        elif table is not None:
            first = next((at for at, line in enumerate(self._lines) if table in line), 0)
        pattern = re.compile(rf"""\s*(?:\[+\s*(?:hosts\s*\.\s*)?)?["']?{re.escape(key)}["']?\s*[=\].]""")
        found = next((at for at in range(first, last) if pattern.match(self._lines[at])), None)
        return first if found is None and table is not None else found


def _subscription(given: dict[str, Any], index: int, lines: _Lines) -> Subscription:
    lines.check_names(given, _KEYS, index)
    url, title, tags = given.get("url"), given.get("title"), given.get("tags", [])
    if not isinstance(url, str) or not is_web_url(url.strip()):
        raise lines.wrong(index, "url", url, "give an absolute http(s) address")
    try:
        canonical_url(url)
    except ValueError as error:
        raise lines.wrong(index, "url", url, f"give an address that can be requested: {error}") from error
    if title is not None and not isinstance(title, str):
        raise lines.wrong(index, "title", title, "give a string in quotes")
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise lines.wrong(index, "tags", tags, 'give a list of strings, like ["ports", "north"]')
    seconds: dict[str, int | None] = {}
    for key in ("min_interval", "max_interval"):
        try:
            seconds[key] = parse_interval(given[key]) if key in given else None
        except ValueError as error:
            raise lines.wrong(index, key, given[key], str(error)) from error
    shortest, longest = seconds["min_interval"], seconds["max_interval"]
    if shortest is not None and longest is not None and shortest > longest:
        raise lines.wrong(index, "max_interval", given["max_interval"], "make it at least min_interval")
    names = unique(squeeze(tag) for tag in tags)
    return Subscription(url.strip(), squeeze(title) or None, names, shortest, longest)


def parse_interval(value: object) -> int:
    """Parse "90s", "15m", "2h", "1d" or a number to seconds.

    >>> parse_interval("15m"), parse_interval(90)
    (900, 90)

    Raises:
        ValueError: none of these, or out of range; says what to write.
    """
    remedy = 'give seconds, or a string like "15m", "2h" or "1d"'
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(remedy)
    found = _INTERVAL.fullmatch(str(value).strip().lower()[:40])
    if found is None:
        raise ValueError(remedy)
    seconds = float(found[1]) * _UNITS[found[2]]
    if not SHORTEST_S <= seconds <= LONGEST_S:
        raise ValueError(f"{remedy}, from {SHORTEST_S} second to {LONGEST_S // 86_400} days")
    return round(seconds)


def interval_text(seconds: int) -> str:
    """Write an interval in the shortest way.

    >>> interval_text(7200), interval_text(90)
    ('2h', '90s')
    """
    for unit in ("d", "h", "m"):
        if seconds and seconds % _UNITS[unit] == 0:
            return f"{seconds // _UNITS[unit]}{unit}"
    return f"{seconds}s"


def intervals_text(feed: Subscription) -> str:
    """Write the shortest and the longest interval of a feed; empty where it has none.

    >>> intervals_text(Subscription("https://a.example/f", None, (), 900, 7200))
    '15m–2h'
    """
    low, high = (interval_text(s) if s else "" for s in (feed.min_interval_s, feed.max_interval_s))
    return f"{low}–{high}" if low and high else f"≥ {low}" if low else f"≤ {high}" if high else ""


def _host_delay(host: str, given: object, lines: _Lines) -> tuple[str, float]:
    try:
        key = canonical_url(f"https://{host}/").split("/", 3)[2] if "/" not in host else ""
    except ValueError:
        key = ""
    if not key:
        raise lines.wrong(None, host, given, 'name a host, like [hosts."example.org"]')
    if not isinstance(given, dict):
        raise lines.wrong(None, host, given, f'write [hosts."{host}"] and delay_s = 5 below it')
    lines.check_names(given, ("delay_s",), host)
    delay = given.get("delay_s", 0.0)
    if isinstance(delay, bool) or not isinstance(delay, int | float) or not 0 <= delay <= 3600:
        raise lines.wrong(host, "delay_s", delay, "give seconds from 0 to 3600")
    return key, float(delay)


def feed_to_toml(feed: Subscription) -> str:
    """Write one feed as a table that can be added at the end of any ``feeds.toml``.

    >>> print(feed_to_toml(Subscription("https://a.example/f", "A 'b'", ("x",), 900)))
    [[feed]]
    url = "https://a.example/f"
    title = "A 'b'"
    tags = ["x"]
    min_interval = "15m"
    """
    lines = ["[[feed]]", f"url = {_quoted(feed.url)}"]
    if feed.title:
        lines.append(f"title = {_quoted(feed.title)}")
    if feed.tags:
        lines.append(f"tags = [{', '.join(map(_quoted, feed.tags))}]")
    for key, seconds in (("min_interval", feed.min_interval_s), ("max_interval", feed.max_interval_s)):
        if seconds is not None:
            lines.append(f'{key} = "{interval_text(seconds)}"')
    return "\n".join(lines)


def _quoted(text: str) -> str:
    # A JSON string is a TOML basic string, but for DEL; lone surrogates are in neither's UTF-8.
    plain = text.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(plain, ensure_ascii=False).replace("\x7f", "\\u007f")


def host_to_toml(host: str, delay_s: float) -> str:
    """Write the table of one host.

    >>> print(host_to_toml("a.example", 5.0))
    [hosts."a.example"]
    delay_s = 5
    """
    return f"[hosts.{_quoted(host)}]\ndelay_s = {delay_s:.10g}"
