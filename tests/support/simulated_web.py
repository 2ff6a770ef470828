"""A simulated web: a thousand hosts on loopback addresses, each with a feed, articles, a robots.txt and its faults.

    with SimulatedWeb(hosts=1000, seed=1) as web:
        web.write_opml(path)             # what to subscribe to
        ...                              # a client polls and fetches
        web.advance(share=0.1)           # the next round: a tenth of the feeds have news
        ...
        requests, connections = web.log()

The servers are one process of their own (``tests/support/simulated_server.py``; what they say is in
``tests/support/simulated_sites.py``), so that their clock and processor time are not the client's. Which host does what
depends on the seed alone; what is said follows from the requests in order. The shares are chosen so that
every case occurs; they do not describe the real web.
"""

import json
import random
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from tests.support.breaches import Held, Seen
from tests.support.paths import ROOT
from tests.support.processes import newsmill_environment

KINDS = {"rss": 0.6, "atom": 0.25, "json": 0.15}
ROBOTS = {
    "absent": 0.32,  # 404
    "allow": 0.25,
    "some": 0.1,  # /inside/ is disallowed
    "crawl": 0.08,  # Crawl-delay
    "wildcard": 0.04,
    "group": 0.04,  # all is shut, but for newsmill only /inside/
    "empty": 0.04,
    "forbidden": 0.03,  # 403
    "redirect": 0.03,
    "slow": 0.02,
    "shut": 0.02,
    "error": 0.015,  # 500
    "unavailable": 0.01,  # 503
    "cut": 0.005,  # the connection ends
}
VALIDATORS = {"etag": 0.4, "both": 0.3, "modified": 0.26, "dynamic": 0.025, "none": 0.015}
FEED_FAULTS = {
    "": 0.83,
    "lie": 0.02,  # 304 to whatever is conditional
    "moved": 0.02,
    "moved_host": 0.02,
    "gone": 0.015,  # 410 from the second request on
    "busy_seconds": 0.02,  # once, at the second or third request: 429 with Retry-After: 2
    "busy_date": 0.02,
    "busy_silent": 0.01,  # once 429 without Retry-After
    "unavailable": 0.015,  # once 503
    "cut": 0.015,  # once the connection ends in the middle
    "patience": 0.005,  # 429 with Retry-After: 3600
}
PAGE_FAULTS = {"": 0.86, "busy_seconds": 0.04, "busy_date": 0.03, "unavailable": 0.03, "cut": 0.03, "patience": 0.01}
KEEPING = {"keep": 0.7, "close": 0.15, "idle": 0.15}
"""Connections: kept, closed after each answer, closed after a second of silence."""
LATENCIES_S = {(0.01, 0.08): 0.7, (0.1, 0.4): 0.2, (0.4, 1.0): 0.07, (1.0, 2.0): 0.03}


@dataclass(frozen=True, kw_only=True)
class Host:
    """One host and what it will do."""

    number: int
    address: str
    kind: str
    robots: str
    validators: str
    feed_fault: str
    page_fault: str
    fault_at: int  # at which request for the feed; for a page the one before
    keeping: str
    latency_s: float
    is_gzip: bool
    entries: int
    guest_of: int | None = None

    @property
    def feed_path(self) -> str:
        """Path of the feed as it is subscribed to."""
        return "/feed.json" if self.kind == "json" else "/feed.xml"

    def link(self, entry: int) -> str:
        """Path that the feed gives for an entry."""
        if entry % 3 == 2:
            return f"/inside/{entry}"
        return f"/go/{entry}" if entry % 5 == 4 else f"/news/{entry}"


def loopback(number: int) -> str:
    """Address of a host.

    >>> loopback(0), loopback(999)
    ('127.1.0.1', '127.1.3.250')
    """
    return f"127.{1 + number // 62_500}.{number // 250 % 250}.{1 + number % 250}"


def plan_hosts(hosts: int, seed: int, *, slowest_s: float = 2.0) -> list[Host]:
    """The hosts of a web: the same for the same arguments, every fault at least once where there are 20 or more."""
    chance = random.Random(f"web-{seed}")
    kinds, robots, validators = (_deal(chance, hosts, cards) for cards in (KINDS, ROBOTS, VALIDATORS))
    feed_faults, page_faults, keeping = (_deal(chance, hosts, cards) for cards in (FEED_FAULTS, PAGE_FAULTS, KEEPING))
    latencies = _deal(chance, hosts, LATENCIES_S)
    open_hosts = [number for number in range(hosts) if robots[number] in ("absent", "allow", "empty")]
    planned = []
    for number in range(hosts):
        fault, guests = feed_faults[number], [other for other in open_hosts if other != number]
        if fault == "moved_host" and not guests:
            fault = "moved"
        planned.append(
            Host(
                number=number,
                address=loopback(number),
                kind=kinds[number],
                robots=robots[number],
                validators="etag" if fault == "lie" else validators[number],
                feed_fault=fault,
                # What failed may be asked for again when its feed is read again, as those are each time.
                page_fault="" if validators[number] in ("dynamic", "none") else page_faults[number],
                fault_at=chance.randrange(2, 4),
                keeping=keeping[number],
                latency_s=min(slowest_s, chance.uniform(*latencies[number])),
                is_gzip=chance.random() < 0.4,
                entries=chance.choices(range(6), (1, 2, 3, 3, 2, 2))[0],
                guest_of=chance.choice(guests) if fault == "moved_host" else None,
            )
        )
    return planned


def _deal(chance: random.Random, hosts: int, cards: Mapping[Any, float]) -> list[Any]:
    """One card a host in the shares given, each at least once in webs of 20 hosts or more if it is rare."""
    commonest = next(iter(cards))
    dealt = []
    for card, share in cards.items():
        dealt += [card] * max(round(share * hosts), int(hosts >= 20 and card != "none"))
    dealt = dealt[-hosts:] if len(dealt) > hosts else dealt + [commonest] * (hosts - len(dealt))
    chance.shuffle(dealt)
    return dealt


class Log(NamedTuple):
    """What the servers saw."""

    requests: list[Seen]
    connections: list[Held]


class SimulatedWeb:
    """The web, running from ``with`` to its end.

    Args:
        hosts: how many.
        seed: what they do.
        crawl_delay_s: Crawl-delay of the hosts that have one, seconds.
        patience_s: short Retry-After, whole seconds.
        slowest_s: longest latency, and that of a slow robots.txt, seconds.
    """

    def __init__(
        self, *, hosts: int = 1000, seed: int = 1, crawl_delay_s: int = 2, patience_s: int = 2, slowest_s: float = 2.0
    ) -> None:
        self.hosts = plan_hosts(hosts, seed, slowest_s=slowest_s)
        self._words = {
            "hosts": hosts,
            "seed": seed,
            "crawl_delay_s": crawl_delay_s,
            "patience_s": patience_s,
            "slowest_s": slowest_s,
        }

    def __enter__(self) -> Self:
        words = [f"--{name}={value}" for name, value in self._words.items()]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.simulated_server", *words],
            cwd=ROOT,
            env=newsmill_environment(),
            stdin=subprocess.PIPE,  # the server ends when this does, so it never outlives us
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        ports = json.loads(self._process.stdout.readline())
        self.port: int = ports["port"]
        self._control = socket.create_connection(("127.0.0.1", ports["control"]))
        self._lines = self._control.makefile("rwb")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lines.close()
        self._control.close()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def url(self, number: int, path: str = "/") -> str:
        """Absolute address of a path of a host."""
        return f"http://{self.hosts[number].address}:{self.port}{path}"

    def feeds(self) -> list[str]:
        """Addresses of all feeds, as they are subscribed to."""
        return [self.url(host.number, host.feed_path) for host in self.hosts]

    def write_opml(self, path: Path) -> None:
        """Write the subscriptions."""
        outlines = "".join(f'<outline type="rss" xmlUrl="{escape(url)}"/>\n' for url in self.feeds())
        path.write_text(f'<opml version="2.0"><body>\n{outlines}</body></opml>\n', encoding="utf-8")

    def advance(self, *, share: float = 0.0, only: Sequence[int] | None = None) -> list[int]:
        """Begin the next round; a share of the feeds, or just those named, get one or two new entries.

        Returns:
            Numbers of the hosts whose feeds changed.
        """
        changed: list[int] = self._ask({"do": "advance", "share": share, "only": only})["changed"]
        return changed

    def log(self) -> Log:
        """All requests and connections so far, of all rounds."""
        told = self._ask({"do": "log"})
        endless = float("inf")
        requests = [
            Seen(**{**row, "ended": endless if row["ended"] is None else row["ended"]}) for row in told["requests"]
        ]
        connections = [
            Held(**{**row, "closed": endless if row["closed"] is None else row["closed"]})
            for row in told["connections"]
        ]
        return Log(requests, connections)

    def stats(self) -> dict[str, float]:
        """``cpu_s`` of the servers; ``lag_s`` and ``lag_p99_s``, by how much their loop was late at worst and mostly.

        A request can have come so much earlier than the log says: breaches smaller than that can hide, none is made up.
        """
        told: dict[str, float] = self._ask({"do": "stats"})
        return told

    def _ask(self, order: dict[str, Any]) -> Any:
        self._lines.write(json.dumps(order).encode() + b"\n")
        self._lines.flush()
        return json.loads(self._lines.readline())
