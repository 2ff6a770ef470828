"""Addresses as they are requested: checked, encoded, and resolved against the one that redirects to them."""

import re

import httpcore
import httpx

from schemas.trouble import Trouble
from transforms.urls import split_url

LONGEST_URL = 8192
"""Longest address that is requested, characters: servers take no longer ones."""

_UNSENDABLE = re.compile(r"[\x00-\x20\x7f]")


def checked_url(url: str) -> str:
    """Return an address in the form that is requested: encoded, without fragment and credentials.

    >>> checked_url("HTTP://user:secret@Example.org/ä#top")
    'http://example.org/%C3%A4'

    Raises:
        Trouble: fetch.bad_url.
    """
    if len(url) > LONGEST_URL:
        raise Trouble("fetch.bad_url", f"an address of {len(url)} characters, over {LONGEST_URL}: {url[:200]!r}")
    try:
        made = httpx.URL(url.strip())
        # A percent sign in a host: characters that no name has, which httpx encodes.
        wrong = not made.host or b"%" in made.raw_host or split_url(str(made)).port == 0
        if made.scheme not in ("http", "https") or wrong:
            raise Trouble("fetch.bad_url", f"not an absolute http(s) address: {url[:200]!r}")
        text = str(made.copy_with(username=None, password=None, fragment=None))
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise Trouble("fetch.bad_url", f"not an address: {url[:200]!r}: {error}") from error
    return text


def joined_url(url: str, location: str) -> str:
    """Resolve the address that a redirect leads to.

    >>> joined_url("http://example.org/a/b", "../c d#top")
    'http://example.org/c%20d'

    Raises:
        Trouble: fetch.bad_url.
    """
    try:
        # Servers send raw spaces and UTF-8 in Location; browsers encode them.
        target = str(httpx.URL(url).join(_UNSENDABLE.sub(lambda bad: f"%{ord(bad[0]):02X}", location)))
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise Trouble("fetch.bad_url", f"{url} redirects to {location[:200]!r}: {error}") from error
    try:
        return checked_url(target)
    except Trouble as why:
        raise Trouble("fetch.bad_url", f"{url} redirects to {location[:200]!r}: {why.message}") from why


def core_url(url: str) -> httpcore.URL:
    """Return a checked address as httpcore takes it."""
    parts = httpx.URL(url)
    return httpcore.URL(scheme=parts.raw_scheme, host=parts.raw_host, port=parts.port, target=parts.raw_path)
