"""Limits, delays and identity of requests."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache

from schemas import NEWSMILL_VERSION
from transforms.urls import canonical_url
from transforms.web.credentials import Credentials

MIB = 1024 * 1024

DEFAULT_USER_AGENT = f"newsmill/{NEWSMILL_VERSION}"


def make_user_agent(contact: str | None) -> str:
    """Make the User-Agent header: the real name, with an address for complaints where there is one.

    >>> make_user_agent("https://example.org/bot").partition(" ")[2]
    '(+https://example.org/bot)'
    """
    return f"{DEFAULT_USER_AGENT} (+{contact})" if contact else DEFAULT_USER_AGENT


def host_key(url: str) -> str:
    """Return the host of an address, with its port if that is unusual; equal for http and https.

    >>> host_key("HTTP://Example.org:80/a"), host_key("https://example.org:8443/a")
    ('example.org', 'example.org:8443')

    Raises:
        ValueError: the address is not an absolute http(s) address.
    """
    return canonical_url(url).split("/", 3)[2]


@lru_cache(maxsize=8)
def _delays(host_delays: tuple[tuple[str, float], ...]) -> Mapping[str, float]:
    """Return the delays by :func:`host_key`; the longer of two for one host."""
    found: dict[str, float] = {}
    for host, delay_s in host_delays:
        key = host_key(f"http://{host}/")
        found[key] = max(delay_s, found.get(key, 0.0))
    return found


def _check_delays(host_delays: tuple[tuple[str, float], ...]) -> None:
    for host, delay_s in host_delays:
        if not 0 <= delay_s <= 3600:
            raise ValueError(f"the delay of {host} is {delay_s}: give a number from 0 to 3600")
        if re.search(r"[\s/@*?#]", host):
            raise ValueError(
                f"a delay is given for {host!r}: name a host, such as example.org; its subdomains share it"
            )
    _delays(host_delays)


@dataclass(frozen=True, kw_only=True)
class FetchPolicy:
    """Limits, delays and identity of requests; checked when it is made.

    Args:
        user_agent: User-Agent header; the part before the first ``/`` is looked up in robots.txt.
        timeout_s: longest wait for a connection or the next byte, seconds.
        deadline_s: longest time for one address, with its redirects and without waiting for turns, seconds.
        max_page_bytes: largest page, bytes, as sent and as inflated.
        max_input_bytes: largest feed or other input, bytes.
        max_redirects: redirects followed for one address.
        delay_s: least pause between two requests to one host, seconds.
        host_delays: hosts, and the least pause for each and its subdomains instead of ``delay_s``, seconds; the
            longest name counts, and a name with a port counts for that port only.
        max_crawl_delay_s: longest pause that a Crawl-delay of robots.txt or a slow host can ask for, seconds.
        max_retry_after_s: longest Retry-After that is waited for, seconds; a longer one closes the host.
        max_failures: failures in a row (no connection, no answer, 429) after which a host is closed for a while.
        max_hosts_at_once: hosts that one worker sends requests to at the same time, one connection each.
        allow_private: permit addresses of the private network and of this machine.
        respect_robots: request robots.txt and obey it.
        credentials: user names and passwords, each sent to its own origin only.
        keep_exchange: return with each page the requests and responses as they went over the wire, for the archive.

    Raises:
        ValueError: a value out of range; names the value and the remedy.
    """

    user_agent: str = DEFAULT_USER_AGENT
    timeout_s: float = 20.0
    deadline_s: float = 60.0
    max_page_bytes: int = 4 * MIB
    max_input_bytes: int = 20 * MIB
    max_redirects: int = 10
    delay_s: float = 1.0
    host_delays: tuple[tuple[str, float], ...] = ()
    max_crawl_delay_s: float = 30.0
    max_retry_after_s: float = 60.0
    max_failures: int = 5
    max_hosts_at_once: int = 128
    allow_private: bool = False
    respect_robots: bool = True
    keep_exchange: bool = False
    credentials: tuple[Credentials, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        ranges: dict[str, tuple[float, float]] = {
            "timeout_s": (0.01, 3600),
            "deadline_s": (0.01, 86_400),
            "max_page_bytes": (1, 1024 * MIB),
            "max_input_bytes": (1, 1024 * MIB),
            "max_redirects": (0, 50),
            "delay_s": (0, 3600),
            "max_crawl_delay_s": (0, 3600),
            "max_retry_after_s": (0, 86_400),
            "max_failures": (1, 1_000_000),
            "max_hosts_at_once": (1, 1000),
        }
        for one in fields(self):
            least, most = ranges.get(one.name, (0, 0))
            value = getattr(self, one.name)
            if one.name in ranges and not least <= value <= most:
                raise ValueError(f"{one.name} is {value}: give a number from {least} to {most}")
        _check_delays(self.host_delays)
        if self.deadline_s < self.timeout_s:
            raise ValueError(
                f"deadline_s ({self.deadline_s}) is shorter than timeout_s ({self.timeout_s}): "
                "raise deadline_s or lower timeout_s"
            )
        if not re.fullmatch(r"[A-Za-z][A-Za-z_-]*(/[!-~]+)?( [ -~]*[!-~])?", self.user_agent):
            raise ValueError(
                f"user_agent is {self.user_agent!r}: give a name of letters, '/', a version, "
                "then a comment of printable ASCII, such as 'newsmill/1.0 (+https://example.org)'"
            )

    def delay_of(self, host: str) -> float:
        """Return the least pause configured for a host, as :func:`host_key` names it, seconds.

        >>> FetchPolicy(host_delays=(("example.org", 5.0),)).delay_of("news.example.org:8080")
        5.0
        """
        if not self.host_delays:
            return self.delay_s
        delays = _delays(self.host_delays)
        name, colon, port = host.partition(":") if not host.startswith("[") else (host, "", "")
        while name:
            for key in (name + colon + port, name):
                if key in delays:
                    return delays[key]
            name = name.partition(".")[2]
        return self.delay_s

    @property
    def robots_name(self) -> str:
        """The product token that is looked up in robots.txt (RFC 9309, 2.2.1)."""
        return self.user_agent.partition(" ")[0].partition("/")[0].lower()
