"""Redirects of an article to the home page of its site."""

import re
from urllib.parse import parse_qsl

from schemas.trouble import Trouble
from transforms.urls import canonical_url, split_url

_HOME = re.compile(
    r"/(?:[a-z]{2}(?:[-_][a-z]{2})?/?)?(?:(?:index|default|home|homepage)(?:\.[a-z]{2,5})?)?/?", re.IGNORECASE
)
_NOTES = frozenset({
    "404", "code", "e", "err", "error", "error_code", "expired", "from", "gone", "hl", "lang", "locale", "message",
    "msg", "not_found", "notfound", "old", "path", "r", "reason", "redirect", "redirect_to", "redirected", "ref",
    "referer", "referrer", "src", "source", "status", "url",
})  # fmt: skip
"""Query parameters by which a redirect to a home page gives its reason."""


def is_home_page(url: str) -> bool:
    """Return whether an address is that of a home page: the root of the site, by language or by name, too.

    A root with a query is not, since some sites name an article ``/?p=123``; parameters of a redirect are ignored.

    >>> [is_home_page(f"https://news.example{path}") for path in ("/", "/de/", "/?error=404", "/?p=1", "/a")]
    [True, True, True, False, False]
    """
    try:
        parts = split_url(canonical_url(url))
    except ValueError:
        return False
    if _HOME.fullmatch(parts.path or "/") is None:
        return False
    return all(name.lower() in _NOTES for name, _ in parse_qsl(parts.query, keep_blank_values=True))


def check_landing(requested: str, landed: str) -> None:
    """Refuse the home page in place of an article: sites redirect readers there when the page is gone.

    Args:
        requested: address of an article.
        landed: final address, after redirects.

    Raises:
        Trouble: fetch.home_page.
    """
    if is_home_page(landed) and not is_home_page(requested):
        raise Trouble("fetch.home_page", f"{requested} leads to the home page {landed}")
