"""The address of the article itself, among the links and the id of a feed entry."""

import re
from typing import Any
from urllib.parse import parse_qsl

from transforms.sources.json_feeds import absolute
from transforms.sources.recognize import HTML_TYPES
from transforms.sources.xml_feeds import parts
from transforms.urls import split_url

_PROXIES = re.compile(
    r"(?:feedproxy\.google|feeds\d?\.feedburner|feeds\.feedblitz|news\.google|(?:www\.)?pheedo)\.com"
    r"|(?:[\w-]+\.)*feedsportal\.com"
)
_REDIRECTORS = re.compile(r"(?:(?:www|news)\.google\.[a-z.]{2,6}|(?:www\.)?bing\.com)(?:/news)?/(?:url|apiclick\.aspx)")
_COUNTED_PATH = re.compile(r"/~r/")
"""Where FeedBurner puts a publisher's links when it runs at an address of the publisher's own."""

_TARGET_KEYS = ("url", "q")


def entry_link(item: Any, base: str | None) -> str | None:
    """Return the address of the article, absolute and http(s); None where the entry names none.

    An original that the feed names (feedburner:origLink, pheedo:origLink) counts most; then links to a page,
    other links and a guid that is a link. Where the link found is that of a service that counts clicks and the feed
    itself says where it leads (in the link, by a second one, or by a guid that is an address), that is taken.
    """
    found = first_web(base, (dict.get(item, "feedburner_origlink"), dict.get(item, "pheedo_origlink")))
    if found:
        return _target(found) or found
    links = [link for link in parts(item, "links") if link.get("rel") == "alternate"]
    guid = dict.get(item, "id")
    is_guid = bool(dict.get(item, "guidislink"))
    named = dict.get(item, "link")
    if is_guid and named == guid:
        named = None
    pages = [link.get("href") for link in links if link.get("type") in HTML_TYPES]
    hrefs = [*pages, named, *(link.get("href") for link in links)]
    found = first_web(base, hrefs)
    if found is None:
        # feedparser denies that a guid is a link wherever there is a link, be it of no use.
        if is_guid and isinstance(guid, str) and "/" in guid:
            return absolute(base, guid)
        return absolute(None, guid) if named else None
    if not is_proxy(found):
        return found
    canonical = [link.get("href") for link in parts(item, "links") if link.get("rel") == "canonical"]
    others = [*(absolute(base, href) for href in (*canonical, *hrefs)), absolute(None, guid)]
    return _target(found) or next((url for url in others if url and not is_proxy(url)), found)


def first_web(base: str | None, hrefs: Any) -> str | None:
    """Return the first link that leads to an http(s) address."""
    return next((url for url in (absolute(base, href) for href in hrefs) if url), None)


def is_proxy(url: str) -> bool:
    """Return whether an address is that of a service between reader and publisher.

    >>> is_proxy("https://feedproxy.google.com/~r/post/~3/x"), is_proxy("https://feeds.post.example/~r/post/~3/x")
    (True, True)
    >>> is_proxy("https://post.example/google.com")
    False
    """
    host, path = _host_and_path(url)
    return bool(_PROXIES.fullmatch(host) or _REDIRECTORS.fullmatch(host + path) or _COUNTED_PATH.match(path))


def _target(url: str) -> str | None:
    """Return the address that a redirecting address names itself."""
    host, path = _host_and_path(url)
    if not _REDIRECTORS.fullmatch(host + path):
        return None
    named = dict(parse_qsl(split_url(url).query, max_num_fields=100)) if url.count("&") < 100 else {}
    return first_web(None, (named.get(key) for key in _TARGET_KEYS))


def _host_and_path(url: str) -> tuple[str, str]:
    split = split_url(url)
    return (split.hostname or "").lower(), split.path
