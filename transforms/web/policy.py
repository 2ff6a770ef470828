"""Limits, delays and identity of requests."""

import re
from collections.abc import Mapping
from functools import lru_cache

from schemas import NEWSMILL_VERSION
from schemas.policy import Setting, field_of, policy, setting
from transforms.urls import canonical_url
from transforms.web.credentials import Credentials

MIB = 1024 * 1024

_ADDRESS = re.compile(r"\w(?:[@.]|://)\w")

DEFAULT_USER_AGENT = f"newsmill/{NEWSMILL_VERSION}"


def make_user_agent(contact: str | None) -> str:
    """Make the User-Agent header: the real name, with an address for complaints where there is one.

    >>> make_user_agent("https://example.org/bot").partition(" ")[2]
    '(+https://example.org/bot)'

    Raises:
        ValueError: nobody can write to that address.
    """
    if contact and not (_ADDRESS.search(contact) and contact.isascii() and contact.isprintable()):
        raise ValueError(f"{contact!r} is not a mail or web address: give one in ASCII, such as you@example.org")
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


MAX_PAGE_BYTES = Setting(
    doc="largest page or text, as sent and as inflated; a larger one becomes a dead letter, wherever it was read",
    kind=int,
    default=4 * MIB,
    shapes_rows=True,
    at_least=1,
    at_most=1024 * MIB,
    unit="bytes",
)
"""Shared with what reads files; see :class:`transforms.sources.limits.ReadLimits`."""


@policy
class FetchPolicy:
    """Limits, delays and identity of requests; checked when it is made.

    Raises:
        ValueError: a value out of range; names the value and the remedy.
    """

    user_agent: str = setting(
        "User-Agent header; the name before the first / is looked up in robots.txt",
        help="mail or web address that the operator of a site may write to; becomes part of the User-Agent",
        default=None,
        unset="a User-Agent without it",
        shapes_rows=True,
        option="contact",
        metavar="MAIL_OR_URL",
        read=make_user_agent,
    )
    timeout_s: float = setting(
        "longest wait for a connection or for the next byte of a response",
        default=20.0,
        shapes_rows=True,
        at_least=0.01,
        at_most=3600,
        unit="seconds",
    )
    deadline_s: float = setting(
        "longest time for one page, with its redirects and without waiting for its host's turn",
        default=60.0,
        shapes_rows=True,
        at_least=0.01,
        at_most=86_400,
        unit="seconds",
    )
    delay_s: float = setting(
        "shortest pause between two requests to one host",
        default=1.0,
        shapes_rows=False,
        at_least=0,
        at_most=3600,
        unit="seconds",
    )
    max_page_bytes: int = field_of(MAX_PAGE_BYTES, default=MAX_PAGE_BYTES.default)
    max_input_bytes: int = setting(
        "largest feed or other input",
        default=20 * MIB,
        shapes_rows=True,
        no_option="no feed is larger",
        at_least=1,
        at_most=1024 * MIB,
        unit="bytes",
    )
    max_redirects: int = setting(
        "redirects followed for one address",
        default=10,
        shapes_rows=True,
        at_least=0,
        at_most=50,
    )
    max_hosts_at_once: int = setting(
        "hosts that one worker sends requests to at the same time, each over one connection",
        default=128,
        shapes_rows=False,
        option="max_hosts",
        at_least=1,
        at_most=1000,
    )
    allow_private: bool = setting(
        "permit addresses of private networks and of this machine",
        default=False,
        shapes_rows=True,
    )
    respect_robots: bool = setting(
        "request robots.txt and obey it",
        help="do not request robots.txt; for hosts that are your own",
        default=True,
        shapes_rows=True,
        option="ignore_robots",
    )
    host_delays: tuple[tuple[str, float], ...] = setting(
        "hosts, and the shortest pause for each and its subdomains instead of delay_s, seconds; the longest name "
        "counts, and a name with a port is for that port only",
        default=(),
        shapes_rows=False,
        no_option="written in feeds.toml",
    )
    max_crawl_delay_s: float = setting(
        "longest pause that a Crawl-delay of robots.txt or a slow host can ask for",
        default=30.0,
        shapes_rows=False,
        no_option="measured; see docs/feeds.md",
        at_least=0,
        at_most=3600,
        unit="seconds",
    )
    max_retry_after_s: float = setting(
        "longest Retry-After that is waited for; a longer one closes the host for that time",
        default=60.0,
        shapes_rows=True,
        no_option="measured; see docs/feeds.md",
        at_least=0,
        at_most=86_400,
        unit="seconds",
    )
    max_failures: int = setting(
        "failures in a row (no connection, no response, 429) after which a host is closed for a while",
        default=5,
        shapes_rows=True,
        no_option="measured; see docs/feeds.md",
        at_least=1,
    )
    keep_exchange: bool = setting(
        "return with each page the requests and responses as they went over the wire, for the archive",
        default=False,
        shapes_rows=True,
        no_option="set by --archive",
    )
    credentials: tuple[Credentials, ...] = setting(
        "user names and passwords, each sent to its own origin only",
        default=(),
        shapes_rows=False,
        no_option="written in the addresses of inputs and feeds",
    )

    def __post_init__(self) -> None:
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
