"""An address goes in; whether robots.txt of its host lets us ask for it comes out (RFC 9309)."""

import re
import threading
from collections import OrderedDict
from urllib.parse import urlsplit

from protego import Protego

from schemas.trouble import Trouble
from transforms.web.client import Client
from transforms.web.pacing import UNREACHED, Pacer
from transforms.web.policy import FetchPolicy

ROBOTS_BYTES = 500 * 1024
"""How much of a robots.txt is read (RFC 9309, 2.5)."""

ROBOTS_REDIRECTS = 5
"""Redirects followed from a robots.txt; more count as "not there" (RFC 9309, 2.3.1.2)."""

_KEPT = 1000  # hosts whose rules stay in memory
_AGENT = re.compile(r"\s*user[ -]?agent\s*:?\s*(.*)", re.IGNORECASE)


class Rules:
    """What the robots.txt of one host says to us.

    Args:
        text: its content, from any server.
        name: our product token, lower case.
    """

    def __init__(self, text: str, name: str) -> None:
        self._name = name
        self._rules = Protego.parse(only_ours(text, name))
        self.crawl_delay_s: float = self._rules.crawl_delay(name) or 0.0

    def allows(self, url: str) -> bool:
        """True if ``url`` may be asked for."""
        return bool(self._rules.can_fetch(url, self._name))


def only_ours(text: str, name: str) -> str:
    r"""A robots.txt in which all agents that are not us share one name.

    The groups stay as they are. Parsing costs agents times rules, which a hostile file drives into gigabytes.

    >>> only_ours("User-agent: Somebot\nUser-agent: *\nDisallow: /a", "newsmill").splitlines()
    ['User-agent: other', 'User-agent: *', 'Disallow: /a']
    """
    lines = []
    for line in text.splitlines():
        agent = _AGENT.match(line.partition("#")[0])
        if agent is None:
            lines.append(line)
            continue
        said = agent[1].strip().lower()
        said = said if said == "*" else said.replace("*", "")
        lines.append(f"User-agent: {said if said and (said == '*' or said in name) else 'other'}")
    return "\n".join(lines)


class Robots:
    """The robots.txt of every host that is asked, each read once.

    Not there (status 4xx, too many redirects): everything is allowed. The server fails or talks rubbish:
    nothing is, fetch.robots. The host cannot be reached at all: the code of that, since pages would
    fail in the same way. Safe for use by many threads.

    Args:
        client: what robots.txt is asked with.
        pacer: whose turns are taken, and who learns of Crawl-delay.
        policy: ``respect_robots`` False allows everything, and asks nothing.
    """

    def __init__(self, client: Client, pacer: Pacer, policy: FetchPolicy) -> None:
        self._client = client
        self._pacer = pacer
        self._policy = policy
        self._known: OrderedDict[str, Rules | Trouble] = OrderedDict()
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def check(self, url: str) -> None:
        """Pass if ``url`` may be asked for.

        Raises:
            Trouble: fetch.robots, or why the host cannot be reached.
        """
        if not self._policy.respect_robots:
            return
        rules = self._rules(url)
        if isinstance(rules, Trouble):
            raise Trouble(rules.code, f"{url} was not asked, since {rules.message}", status=rules.status)
        if not rules.allows(url):
            raise Trouble("fetch.robots", f"robots.txt does not allow {url} to {self._policy.robots_name}")

    def _rules(self, url: str) -> Rules | Trouble:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        with self._lock:
            if origin in self._known:
                self._known.move_to_end(origin)
                return self._known[origin]
            turn = self._locks.setdefault(origin, threading.Lock())
        with turn:
            with self._lock:
                if origin in self._known:
                    return self._known[origin]
            rules = self._read(origin)
            with self._lock:
                self._known[origin] = rules
                self._locks.pop(origin, None)
                if len(self._known) > _KEPT:
                    self._known.popitem(last=False)
        if isinstance(rules, Rules) and rules.crawl_delay_s:
            self._pacer.set_crawl_delay(origin, rules.crawl_delay_s)
        return rules

    def _read(self, origin: str) -> Rules | Trouble:
        name = self._policy.robots_name
        try:
            page = self._client.get(
                f"{origin}/robots.txt",
                max_bytes=ROBOTS_BYTES,
                max_redirects=ROBOTS_REDIRECTS,
                accept="any",
                cut=True,
                turn=self._pacer.turn,
            )
        except Trouble as why:
            if why.code == "fetch.too_many_redirects" or (why.status is not None and 400 <= why.status < 500):
                return Rules("", name)
            if why.code in UNREACHED:
                return why
            return Trouble("fetch.robots", f"robots.txt cannot be read ({why.message})", status=why.status)
        return Rules(page.body.decode("utf-8-sig", "replace"), name)
