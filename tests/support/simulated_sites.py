"""The answers of the hosts of a simulated web."""

import gzip
import json
import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import Any

from tests.support.corpus import make_story
from tests.support.simulated_web import Host

KEPT = 10  # entries that a feed holds
EPOCH = datetime(2025, 6, 1, 6, tzinfo=UTC)
FOREVER_S = 3600


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is said to one request, and what the log is to say of it."""

    status: int | None = 200  # None: the connection ends without a word
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    latency_s: float = 0.0
    is_cut: bool = False
    purpose: str = "other"
    owner: int = 0
    version: int = 0
    text: str | None = None


class Sites:
    """What all hosts say; pure but for the counts of what was asked so far.

    Args:
        hosts: the plan.
        port: that all listen at.
    """

    def __init__(
        self, hosts: list[Host], *, port: int, seed: int, crawl_delay_s: int, patience_s: int, slowest_s: float
    ) -> None:
        self.hosts = hosts
        self.by_address = {host.address: host for host in hosts}
        self.versions = [host.entries for host in hosts]
        self.round = 1
        self._port, self._seed = port, seed
        self._crawl_delay_s, self._patience_s, self._slowest_s = crawl_delay_s, patience_s, slowest_s
        self._counts: dict[tuple[int, str], int] = defaultdict(int)

    def advance(self, share: float, only: list[int] | None) -> list[int]:
        """The next round; gives the numbers of the hosts with news."""
        self.round += 1
        chance = random.Random(f"news-{self._seed}-{self.round}")
        changed = sorted(
            chance.sample(range(len(self.hosts)), round(share * len(self.hosts))) if only is None else only
        )
        for number in changed:
            self.versions[number] += chance.randrange(1, 3)
        return changed

    def answer(self, address: str, path: str, asked: dict[str, str]) -> Answer:
        """What ``path`` of a host gives; ``asked`` are the headers, names in lower case."""
        host = self.by_address.get(address)
        if host is None:
            return Answer(status=404)
        if path in ("/robots.txt", "/robots/all.txt"):
            return self._robots(host, path)
        name, _, rest = path[1:].partition("/")
        if path == host.feed_path:
            return self._subscribed(host, asked)
        if name == "moved":
            return self._feed(host, host, asked)
        if name == "guest" and rest.split("/")[0].isdecimal():
            return self._feed(host, self.hosts[int(rest.split("/")[0])], asked)
        if name in ("go", "news", "inside") and rest.isdecimal() and int(rest) < self.versions[host.number]:
            return self._page(host, name, int(rest))
        return Answer(status=404, body=b"<p>nothing here</p>", latency_s=host.latency_s)

    def _count(self, host: Host, what: str) -> int:
        self._counts[host.number, what] += 1
        return self._counts[host.number, what]

    def _robots(self, host: Host, path: str) -> Answer:
        inside = "User-agent: *\nDisallow: /inside/\n"
        texts = {
            "allow": "User-agent: *\nAllow: /\n",
            "slow": "User-agent: *\nAllow: /\n",
            "some": f"# please\n{inside}\nSitemap: http://{host.address}/sitemap.xml\n",
            "crawl": f"{inside}Crawl-delay: {self._crawl_delay_s}\n",
            "wildcard": "User-agent: *\nDisallow: /*side/\n",
            "group": "User-agent: *\nDisallow: /\n\nUser-agent: newsmill\nDisallow: /inside/\n",
            "redirect": inside,
            "shut": "User-agent: *\nDisallow: /\n",
        }
        statuses = {"absent": 404, "forbidden": 403, "error": 500, "unavailable": 503, "cut": None}
        status, headers = statuses.get(host.robots, 200), [("Content-Type", "text/plain")]
        text = texts.get(host.robots, "")
        if host.robots == "redirect" and path == "/robots.txt":
            status, text = 301, ""
            headers.append(("Location", "/robots/all.txt"))
        latency_s = self._slowest_s if host.robots == "slow" else host.latency_s
        facts: dict[str, Any] = {"purpose": "robots", "text": text, "latency_s": latency_s}
        return Answer(status=status, body=text.encode(), headers=tuple(headers), **facts)

    def _fault(self, host: Host, fault: str, **facts: Any) -> Answer:
        """The failure of a fault."""
        facts["latency_s"] = host.latency_s
        if fault == "patience":
            return Answer(status=429, headers=(("Retry-After", str(FOREVER_S)),), **facts)
        if fault == "busy_seconds":
            return Answer(status=429, headers=(("Retry-After", str(self._patience_s)),), **facts)
        if fault == "busy_date":
            # Rounded up: the date has no fractions, and is written when the answer is.
            at = datetime.now(UTC) + timedelta(seconds=self._patience_s + host.latency_s + 1)
            return Answer(status=429, headers=(("Retry-After", format_datetime(at, usegmt=True)),), **facts)
        return Answer(status=429 if fault == "busy_silent" else 503, **facts)

    def _subscribed(self, host: Host, asked: dict[str, str]) -> Answer:
        count, fault = self._count(host, "feed"), host.feed_fault
        facts: dict[str, Any] = {"purpose": "feed", "owner": host.number, "version": self.versions[host.number]}
        if fault.startswith("moved"):
            place = "/moved/feed" if host.guest_of is None else f"/guest/{host.number}/feed"
            target = self.hosts[host.number if host.guest_of is None else host.guest_of]
            location = (("Location", f"http://{target.address}:{self._port}{place}"),)
            return Answer(status=301, headers=location, latency_s=host.latency_s, **facts)
        if fault == "gone" and count > 1:
            return Answer(status=410, latency_s=host.latency_s, **facts)
        if fault in ("busy_seconds", "busy_date", "busy_silent", "unavailable", "patience") and count == host.fault_at:
            return self._fault(host, fault, **facts)
        return self._feed(host, host, asked, is_cut=fault == "cut" and count == host.fault_at)

    def _feed(self, host: Host, owner: Host, asked: dict[str, str], *, is_cut: bool = False) -> Answer:
        version = self.versions[owner.number]
        etag, modified = self._validators(owner, version)
        known = asked.get("if-none-match"), asked.get("if-modified-since")
        facts: dict[str, Any] = {"purpose": "feed", "owner": owner.number, "version": version}
        facts["latency_s"] = host.latency_s
        headers = [(name, value) for name, value in (("ETag", etag), ("Last-Modified", modified)) if value]
        if owner.number % 3 == 0:
            headers.append(("Cache-Control", "max-age=900"))
        # RFC 9110, 13.1.3: If-None-Match decides where there is one. Both are compared letter by letter.
        fits = known[0] == etag if known[0] is not None and etag else known[1] is not None and known[1] == modified
        if fits or (owner.feed_fault == "lie" and any(known)):
            return Answer(status=304, headers=tuple(headers), **facts)
        write = {"rss": self._rss, "atom": self._atom, "json": self._json}[owner.kind]
        stamp = EPOCH + timedelta(hours=version)
        if owner.validators == "dynamic":
            stamp += timedelta(seconds=self._count(owner, "written"))
        body = write(owner, range(max(0, version - KEPT), version), stamp).encode()
        kinds = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
        headers.append(("Content-Type", kinds[owner.kind] + "; charset=utf-8"))
        if host.is_gzip and "gzip" in asked.get("accept-encoding", ""):
            headers.append(("Content-Encoding", "gzip"))
            body = gzip.compress(body, mtime=0)
        return Answer(body=body, headers=tuple(headers), is_cut=is_cut, **facts)

    def _validators(self, host: Host, version: int) -> tuple[str | None, str | None]:
        forms = ('"{}"', 'W/"{}"', '"{}-gzip"', "{}")  # the last is wrong, and seen
        etag = forms[host.number % len(forms)].format(f"v{host.number}-{version}")
        at = EPOCH + timedelta(hours=version)
        modified = format_datetime(at, usegmt=host.number % 5 > 0)  # "+0000" in the place of GMT: wrong, and seen
        has = host.validators
        return etag if has in ("etag", "both") else None, modified if has in ("modified", "both") else None

    def _page(self, host: Host, name: str, entry: int) -> Answer:
        count = self._count(host, "page")
        facts: dict[str, Any] = {"purpose": "page", "owner": host.number, "version": entry}
        if host.page_fault and host.page_fault != "cut" and count == host.fault_at - 1:
            return self._fault(host, host.page_fault, **facts)
        facts["latency_s"] = host.latency_s
        if name == "go":
            return Answer(status=302, headers=(("Location", f"/news/{entry}"),), **facts)
        body = self._article(host, name, entry).encode()
        is_cut = host.page_fault == "cut" and count == host.fault_at - 1
        return Answer(body=body, headers=(("Content-Type", "text/html; charset=utf-8"),), is_cut=is_cut, **facts)

    def _story(self, host: Host, entry: int) -> tuple[str, list[str]]:
        return make_story(random.Random(f"{self._seed}-{host.number}-{entry}"), host.number * 1000 + entry)

    def _article(self, host: Host, name: str, entry: int) -> str:
        headline, paragraphs = self._story(host, entry)
        more = self._story(host, entry + 500)[1]
        told = "".join(f"<p>{escape(paragraph)}</p>\n" for paragraph in paragraphs + more)
        url = f"http://{host.address}:{self._port}/{name}/{entry}"
        at = (EPOCH + timedelta(hours=entry)).isoformat()
        return (
            f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
            f"<title>{headline} | Paper {host.number}</title>"
            f'<link rel="canonical" href="{url}"><meta property="article:published_time" content="{at}"></head>'
            f"<body><nav><a href='/'>Home</a> <a href='/sport'>Sport</a></nav><article><h1>{headline}</h1>\n{told}"
            f"</article><footer>Paper {host.number}, all invented</footer></body></html>"
        )

    def _items(self, host: Host, entries: range) -> list[tuple[str, str, str, datetime]]:
        found = []
        for entry in reversed(entries):
            headline, paragraphs = self._story(host, entry)
            url = f"http://{host.address}:{self._port}{host.link(entry)}"
            found.append((url, headline, paragraphs[0], EPOCH + timedelta(hours=entry)))
        return found

    def _rss(self, host: Host, entries: range, stamp: datetime) -> str:
        items = "".join(
            f"<item><title>{escape(title)}</title><link>{url}</link><guid>{url}</guid>"
            f"<description>{escape(summary)}</description><pubDate>{format_datetime(at)}</pubDate></item>\n"
            for url, title, summary, at in self._items(host, entries)
        )
        return (
            f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>Paper {host.number}</title>'
            f"<link>http://{host.address}:{self._port}/</link><description>Invented</description>"
            f"<lastBuildDate>{format_datetime(stamp)}</lastBuildDate>\n{items}</channel></rss>\n"
        )

    def _atom(self, host: Host, entries: range, stamp: datetime) -> str:
        items = "".join(
            f'<entry><id>{url}</id><title>{escape(title)}</title><link href="{url}"/>'
            f"<summary>{escape(summary)}</summary><updated>{at.isoformat()}</updated></entry>\n"
            for url, title, summary, at in self._items(host, entries)
        )
        return (
            f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
            f"<id>urn:paper:{host.number}</id><title>Paper {host.number}</title>"
            f"<updated>{stamp.isoformat()}</updated>\n{items}</feed>\n"
        )

    def _json(self, host: Host, entries: range, stamp: datetime) -> str:
        items = [
            {"id": url, "url": url, "title": title, "summary": summary, "date_published": at.isoformat()}
            for url, title, summary, at in self._items(host, entries)
        ]
        top = {"version": "https://jsonfeed.org/version/1.1", "title": f"Paper {host.number}"}
        return json.dumps({**top, "_built": stamp.isoformat(), "items": items})
