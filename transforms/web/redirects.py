"""The redirects from one address: addresses requested, cookies set, and loops."""

from collections.abc import Sequence
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import SplitResult

from transforms.http.dates import read_http_date
from transforms.urls import split_url

_MAX_COOKIES = 50
_MAX_COOKIE_BYTES = 4096
"""Longest cookie that is kept: the least that a client must accept (RFC 6265, 6.1). Longer ones are ignored."""
_MAX_SENT_BYTES = 8192
_MAX_REPEATS = 3
"""How often one address may be requested: to set a cookie, to check that it is sent, and for the page."""

_REGISTRIES = frozenset({"ac", "co", "com", "edu", "go", "gob", "gov", "gv", "mil", "ne", "net", "nom", "or", "org"})
"""Second-level names of registries: ``co.uk`` is not a site. The list is short, since cookies do not last long."""


class _Cookie(NamedTuple):
    name: bytes
    value: bytes
    domain: str
    is_host_only: bool
    path: str
    is_secure: bool

    def goes_to(self, parts: SplitResult) -> bool:
        host, path = _host(parts), parts.path or "/"
        is_below = path == self.path or path.startswith(self.path if self.path.endswith("/") else f"{self.path}/")
        is_there = host == self.domain or (not self.is_host_only and _is_below(host, self.domain))
        return is_there and is_below and (parts.scheme == "https" or not self.is_secure)


class Redirects:
    """Addresses and cookies of the redirects from one address. For one thread, and used once.

    Cookies are kept and sent by RFC 6265: only to the host that set them or below the domain that they name, below
    their path, secure ones over TLS only.
    """

    def __init__(self) -> None:
        self._cookies: dict[tuple[str, str, bytes], _Cookie] = {}
        self._requested: list[tuple[str, bytes]] = []

    def begin(self, url: str) -> tuple[tuple[str, bytes], ...]:
        """Add an address that is requested now; return the headers to send with it."""
        cookies = self._cookies_for(url)
        self._requested.append((url, cookies))
        return (("Cookie", cookies),) if cookies else ()

    def keep_cookies(self, url: str, headers: Sequence[tuple[bytes, bytes]]) -> None:
        """Keep the cookies of a response."""
        lines = [value for name, value in headers if name.lower() == b"set-cookie" and len(value) <= _MAX_COOKIE_BYTES]
        for line in lines[:_MAX_COOKIES]:
            cookie, is_kept = _read_cookie(line, split_url(url))
            if cookie is None:
                continue
            key = (cookie.domain, cookie.path, cookie.name)
            self._cookies.pop(key, None)
            if is_kept and len(self._cookies) < _MAX_COOKIES:
                self._cookies[key] = cookie

    def is_loop(self, url: str) -> bool:
        """Return whether a request would change nothing: it was sent with the same cookies before, or too often."""
        before = [cookies for requested, cookies in self._requested if requested == url]
        return len(before) >= _MAX_REPEATS or (bool(before) and self._cookies_for(url) in before)

    def _cookies_for(self, url: str) -> bytes:
        parts = split_url(url)
        fitting = [cookie for cookie in self._cookies.values() if cookie.goes_to(parts)]
        sent = b"; ".join(b"%s=%s" % (cookie.name, cookie.value) for cookie in fitting)
        return sent if len(sent) <= _MAX_SENT_BYTES else sent[:_MAX_SENT_BYTES].rpartition(b"; ")[0]


def _read_cookie(line: bytes, parts: SplitResult) -> tuple[_Cookie | None, bool]:
    """Parse one Set-Cookie line (RFC 6265, 5.2 and 5.3); the flag is False where it removes the cookie."""
    pair, *attributes = line.split(b";")
    name, equals, value = (part.strip() for part in pair.partition(b"="))
    host = _host(parts)
    if not equals or not name or not host:
        return None, False
    domain, is_host_only, path, is_secure, expires, max_age = host, True, _default_path(parts), False, "", ""
    for attribute in attributes:
        key, _, raw = attribute.partition(b"=")
        key, setting = key.strip().lower(), raw.strip().decode("latin-1")
        if key == b"domain" and (setting := setting.lower().strip(".")):
            if setting != host and (_is_registry(setting) or not _is_below(host, setting)):
                return None, False
            domain, is_host_only = setting, setting == host and _is_registry(setting)
        elif key == b"path":
            path = setting if setting.startswith("/") else _default_path(parts)
        elif key == b"secure":
            is_secure = True
        elif key == b"expires":
            expires = setting
        elif key == b"max-age":
            max_age = setting
    cookie = _Cookie(name, value, domain, is_host_only, path, is_secure)
    if max_age:
        return cookie, not (max_age.startswith("-") or (max_age.isdecimal() and not max_age.strip("0")))
    return cookie, not _is_past(expires)


def _host(parts: SplitResult) -> str:
    return (parts.hostname or "").rstrip(".")


def _is_below(host: str, domain: str) -> bool:
    if not host.endswith(f".{domain}"):
        return False
    try:
        ip_address(host)
    except ValueError:
        return True
    return False


def _is_registry(domain: str) -> bool:
    *above, last = domain.split(".")
    return not above or (len(above) == 1 and len(last) == 2 and above[0] in _REGISTRIES)


def _default_path(parts: SplitResult) -> str:
    return parts.path.rpartition("/")[0] or "/"


def _is_past(date: str) -> bool:
    """Return whether a date has passed, which removes a cookie. Later dates do not matter here."""
    at = read_http_date(date)
    return at is not None and at < datetime.now(UTC)
