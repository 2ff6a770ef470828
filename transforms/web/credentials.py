"""User names and passwords given in addresses.

They are given as ``https://user:password@news.example/feed``, on the command line and in lists of subscriptions, and
removed from the address there, so that files, rows and logs have the bare addresses. They are part of the
:class:`~transforms.web.policy.FetchPolicy`, and no repr shows them.
"""

from base64 import b64encode
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote

from schemas.userinfo import strip_userinfo
from transforms.urls import split_url, web_origin


class Credentials(NamedTuple):
    """User name and password for one origin, sent by HTTP Basic (RFC 7617)."""

    origin: str
    user: str
    password: str

    def __repr__(self) -> str:
        return f"Credentials({self.origin!r}, ***)"

    @property
    def header(self) -> bytes:
        """Value of the Authorization header."""
        return b"Basic " + b64encode(f"{self.user}:{self.password}".encode("utf-8", "replace"))


def split_credentials(url: str) -> tuple[str, Credentials | None]:
    """Return an address without its user name and password, and these; None without them.

    >>> split_credentials("https://me:p%40ss@news.example/a")
    ('https://news.example/a', Credentials('https://news.example:443', ***))
    """
    bare = strip_userinfo(url)
    if bare == url:
        return url, None
    try:
        info = split_url(url.strip()).netloc.rpartition("@")[0]
        user, _, password = info.partition(":")
        return bare, Credentials(web_origin(bare.strip()), unquote(user), unquote(password)) if info else None
    except ValueError:
        return bare, None  # an address that cannot be requested; the request reports it


def merge_credentials(found: Iterable[Credentials]) -> tuple[Credentials, ...]:
    """Return the credentials of each origin once, sorted.

    Raises:
        ValueError: two differ for one origin.
    """
    kept: dict[str, Credentials] = {}
    for one in found:
        if kept.setdefault(one.origin, one) != one:
            raise ValueError(
                f"two user names or passwords for {one.origin}: only one is sent to a host, so use separate runs"
            )
    return tuple(kept[origin] for origin in sorted(kept))


def credentials_for(url: str, known: Iterable[Credentials]) -> Credentials | None:
    """Return the credentials for an address; None for an address of another origin.

    Credentials for http on the usual port also apply to https on the usual port of that host, where redirects lead, but
    not the reverse.
    """
    try:
        origin = web_origin(url)
    except ValueError:
        return None
    spec = {origin}
    if origin.startswith("https://") and origin.endswith(":443"):
        spec.add(f"http://{origin[8:-3]}80")
    return next((one for one in known if one.origin in spec), None)
