"""An address with a user name and a password goes in; the bare address and what is sent to its host come out.

They are given in addresses, ``https://user:password@news.example/feed``, on the command line and in lists of
subscriptions. From there on addresses go without them through files, rows and logs; what is sent is part of the
:class:`~transforms.web.policy.FetchPolicy`, and no repr shows it.
"""

from base64 import b64encode
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote

from schemas.userinfo import strip_userinfo
from transforms.urls import split_url, web_origin


class Credentials(NamedTuple):
    """What one origin is sent: user name and password, by HTTP Basic (RFC 7617)."""

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
    """An address without its user name and password, and these; None where it has none.

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
        return bare, None  # an address that cannot be asked, as will be said


def merge_credentials(found: Iterable[Credentials]) -> tuple[Credentials, ...]:
    """Each origin once, sorted.

    Raises:
        ValueError: two for one origin.
    """
    kept: dict[str, Credentials] = {}
    for one in found:
        if kept.setdefault(one.origin, one) != one:
            raise ValueError(
                f"two user names or passwords for {one.origin}: a host is sent one, so use runs of their own"
            )
    return tuple(kept[origin] for origin in sorted(kept))


def credentials_for(url: str, known: Iterable[Credentials]) -> Credentials | None:
    """What an address is to be sent; None for an address of another origin.

    What was given for http on the usual port is also for https on the usual port of that host, where redirects lead;
    never the other way round.
    """
    try:
        origin = web_origin(url)
    except ValueError:
        return None
    spec = {origin}
    if origin.startswith("https://") and origin.endswith(":443"):
        spec.add(f"http://{origin[8:-3]}80")
    return next((one for one in known if one.origin in spec), None)
