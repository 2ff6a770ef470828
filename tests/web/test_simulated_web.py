"""The simulated web follows its plan, and the checker of its log finds exactly the breaches."""

import gzip
import socket
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import feedparser
import httpx
import pytest

from benchmarks.politeness import Round, count_pages, count_unchanged, ideal_s
from tests.support.breaches import Held, Seen, crawl_delay_s, find_breaches, is_allowed
from tests.support.simulated_web import FEED_FAULTS, PAGE_FAULTS, ROBOTS, VALIDATORS, Host, SimulatedWeb, plan_hosts

HOST = "127.1.0.1"
ROBOTS_TXT = Seen(host=HOST, path="/robots.txt", purpose="robots", received=0, ended=0.1, status=404)


def _asked(start: float, path: str = "/news/1", **facts: Any) -> Seen:
    """A request that took 0.1 s."""
    return replace(
        Seen(host=HOST, path=path, received=start, ended=start + 0.1, wall_ended=1_000_000_000 + start + 0.1), **facts
    )


def _robots(text: str, **facts: Any) -> Seen:
    return replace(ROBOTS_TXT, status=200, text=text, **facts)


DATE = "Sun, 09 Sep 2001 01:46:45 GMT"  # 1,000,000,005
INSIDE = "User-agent: *\nDisallow: /inside/\n"

BREACHES: dict[str, tuple[list[Seen], dict[str, int]]] = {
    "nothing": ([], {}),
    "good manners": ([ROBOTS_TXT, _asked(1.2), _asked(2.4), _asked(3.5)], {}),
    "other hosts are asked meanwhile": (
        [ROBOTS_TXT, replace(ROBOTS_TXT, host="127.1.0.2"), _asked(1.2), _asked(1.2, host="127.1.0.2")],
        {},
    ),
    "at once": ([ROBOTS_TXT, _asked(1.2), _asked(1.25)], {"overlap": 1}),
    "while one never ended": ([ROBOTS_TXT, _asked(1.2, ended=float("inf")), _asked(9)], {"overlap": 1}),
    "inside a long one, after a short one": (
        [ROBOTS_TXT, _asked(1.2, ended=9.0), _asked(2), _asked(4)],
        {"overlap": 2},
    ),
    "too soon": ([ROBOTS_TXT, _asked(1.2), _asked(2.2)], {"pause": 1}),
    "too soon after robots.txt": ([ROBOTS_TXT, _asked(1.0)], {"pause": 1}),
    "by the tolerance": ([ROBOTS_TXT, _asked(1.099)], {}),
    "Crawl-delay": ([_robots("User-agent: *\nCrawl-delay: 2"), _asked(2.2), _asked(3.4)], {"crawl_delay": 1}),
    "Crawl-delay, right after robots.txt": (
        [_robots("User-agent: *\nCrawl-delay: 2"), _asked(1.2)],
        {"crawl_delay": 1},
    ),
    "Crawl-delay of others": ([_robots("User-agent: otherbot\nCrawl-delay: 2"), _asked(1.2), _asked(2.4)], {}),
    "Crawl-delay kept": ([_robots("User-agent: *\nCrawl-delay: 2"), _asked(2.2), _asked(4.4)], {}),
    "Retry-After seconds": (
        [ROBOTS_TXT, _asked(1.2, status=429, retry_after="3"), _asked(4.2)],
        {"retry_after": 1},
    ),
    "Retry-After kept": ([ROBOTS_TXT, _asked(1.2, status=503, retry_after="3"), _asked(4.4)], {}),
    "Retry-After date": (
        [ROBOTS_TXT, _asked(1.2, status=429, retry_after=DATE), _asked(4.9)],
        {"retry_after": 1},
    ),
    "Retry-After date kept": ([ROBOTS_TXT, _asked(1.2, status=429, retry_after=DATE), _asked(5.01)], {}),
    "Retry-After counts for the host": (
        [ROBOTS_TXT, _asked(1.2, status=429, retry_after="9"), _asked(3, "/a"), _asked(5, "/b", round=2)],
        {"retry_after": 2},
    ),
    "a disallowed path": ([_robots(INSIDE), _asked(1.2, "/inside/1"), _asked(2.4)], {"robots_path": 1}),
    "a disallowed path, by a wildcard": (
        [_robots("User-agent: *\nDisallow: /*side/"), _asked(1.2, "/inside/1")],
        {"robots_path": 1},
    ),
    "allowed to us alone": (
        [_robots("User-agent: *\nDisallow: /\n\nUser-agent: newsmill\nAllow: /"), _asked(1.2)],
        {},
    ),
    "rules stand in the next run": (
        [_robots(INSIDE), _asked(1.2), _asked(9, "/inside/1", round=2)],
        {"robots_path": 1},
    ),
    "robots.txt not asked": ([_asked(1.2)], {"robots_first": 1}),
    "robots.txt asked later": ([_asked(-3), ROBOTS_TXT], {"robots_first": 1}),
    "robots.txt failed": ([replace(ROBOTS_TXT, status=500), _asked(1.2)], {"robots_shut": 1}),
    "robots.txt gave nothing": ([replace(ROBOTS_TXT, status=None), _asked(1.2)], {"robots_shut": 1}),
    "robots.txt was cut": ([_robots("", is_whole=False), _asked(1.2)], {"robots_shut": 1}),
    "robots.txt is forbidden": ([replace(ROBOTS_TXT, status=403), _asked(1.2)], {}),
    "robots.txt asked twice": (
        [ROBOTS_TXT, replace(ROBOTS_TXT, received=2, ended=2.1), _asked(4)],
        {"robots_again": 1},
    ),
    "robots.txt asked in each run": ([ROBOTS_TXT, replace(ROBOTS_TXT, received=2, ended=2.1, round=2)], {}),
    "robots.txt asked again as it failed": (
        [replace(ROBOTS_TXT, status=503), replace(ROBOTS_TXT, received=2, ended=2.1), _asked(4)],
        {},
    ),
    "robots.txt asked again and again": (
        [replace(ROBOTS_TXT, status=503, received=2 * n, ended=2 * n + 0.1) for n in range(5)],
        {"robots_again": 2},
    ),
    "robots.txt is elsewhere": (
        [
            replace(ROBOTS_TXT, status=301, location="/robots/all.txt"),
            _robots(INSIDE, path="/robots/all.txt", received=1.2, ended=1.3),
            _asked(2.4),
            _asked(3.6, "/inside/1"),
        ],
        {"robots_path": 1},
    ),
    "robots.txt is elsewhere, and nobody looks": (
        [replace(ROBOTS_TXT, status=301, location="/robots/all.txt"), _asked(2.4)],
        {"robots_first": 1},
    ),
    "a false name": ([ROBOTS_TXT, _asked(1.2, agent="Mozilla/5.0 (newsmill/1)")], {"agent": 1}),
    "a name with a contact": ([ROBOTS_TXT, _asked(1.2, agent="newsmill/1.0 (+https://example.org/bot)")], {}),
}


@pytest.mark.parametrize("case", BREACHES)
def test_the_checker_sees_each_breach(case: str) -> None:
    seen, spec = BREACHES[case]
    found = find_breaches(reversed(seen), delay_s=1.0)
    assert Counter(breach.rule for breach in found) == spec, [str(breach) for breach in found]


@pytest.mark.parametrize(
    ("held", "count"),
    [
        ([(0, 1), (1, 2)], 0),
        ([(0, 1.05), (1, 2)], 0),
        ([(0, 1.5), (1, 2)], 1),
        ([(0, float("inf")), (1, 2), (3, 4)], 2),
    ],
)
def test_the_checker_counts_connections(held: list[tuple[float, float]], count: int) -> None:
    made = [Held(host=HOST, connection=n, opened=opened, closed=closed) for n, (opened, closed) in enumerate(held)]
    apart = [replace(one, host=f"127.1.0.{2 + one.connection}") for one in made]
    found = find_breaches([], made + apart, delay_s=1.0)
    assert [breach.rule for breach in found] == ["connections"] * count


def test_a_plan_follows_from_its_seed_and_has_every_fault() -> None:
    plan = plan_hosts(40, 3)
    assert plan == plan_hosts(40, 3)
    assert plan != plan_hosts(40, 4)
    assert {host.robots for host in plan} == set(ROBOTS)
    assert {host.feed_fault for host in plan} == set(FEED_FAULTS)
    assert {host.page_fault for host in plan} == set(PAGE_FAULTS)
    assert {host.validators for host in plan} >= set(VALIDATORS) - {"none"}
    assert len({host.address for host in plan_hosts(1000, 3)}) == 1000


CLIENT = httpx.Client(verify=False, limits=httpx.Limits(max_keepalive_connections=0), trust_env=False)


@pytest.fixture(scope="module")
def web() -> Iterator[SimulatedWeb]:
    with SimulatedWeb(hosts=40, seed=3, slowest_s=0.03) as running:
        yield running


def _faultsical(web: SimulatedWeb, fault: str) -> Host:
    return next(host for host in web.hosts if host.feed_fault == fault)


def _feed_url(web: SimulatedWeb, fault: str) -> str:
    return web.feeds()[_faultsical(web, fault).number]


def test_every_robots_txt_forbids_what_its_plan_says(web: SimulatedWeb) -> None:
    forbidden = {"some", "crawl", "wildcard", "group", "redirect"}
    statuses = {"absent": 404, "forbidden": 403, "error": 500, "unavailable": 503}
    for shape in ROBOTS:
        host = next(host for host in web.hosts if host.robots == shape)
        if shape == "cut":
            with pytest.raises(httpx.HTTPError):
                CLIENT.get(web.url(host.number, "/robots.txt"))
            continue
        answer = CLIENT.get(web.url(host.number, "/robots.txt"), follow_redirects=True)
        assert answer.status_code == statuses.get(shape, 200)
        assert bool(answer.history) == (shape == "redirect")
        if answer.is_success:
            assert is_allowed(answer.text, "/inside/1") == (shape not in forbidden | {"shut"}), shape
            assert is_allowed(answer.text, host.feed_path) == (shape != "shut"), shape
            assert crawl_delay_s(answer.text) == (2.0 if shape == "crawl" else 0.0)


@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
def test_a_feed_names_pages_that_are_there(web: SimulatedWeb, kind: str) -> None:
    host = next(h for h in web.hosts if h.kind == kind and h.entries > 1 and h.feed_fault == h.page_fault == "")
    answer = CLIENT.get(web.feeds()[host.number])
    if kind == "json":
        links = [item["url"] for item in answer.json()["items"]]
    else:
        links = [entry.link for entry in feedparser.parse(answer.content).entries]
    assert len(links) == host.entries
    page = CLIENT.get(links[0], follow_redirects=True)
    assert page.text.count("<p>") == 6


def test_validators_are_compared_letter_by_letter(web: SimulatedWeb) -> None:
    spec = {"etag": {"etag"}, "both": {"etag", "last-modified"}, "modified": {"last-modified"}, "dynamic": set()}
    for shape, names in spec.items():
        host = next(h for h in web.hosts if h.validators == shape and h.feed_fault == "")
        url = web.feeds()[host.number]
        first = CLIENT.get(url)
        assert first.headers.keys() & {"etag", "last-modified"} == names
        asked = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
        known = {asked[name]: first.headers[name] for name in names}
        second = CLIENT.get(url, headers=known)
        assert second.status_code == (304 if names else 200)
        assert CLIENT.get(url, headers={name: value + "x" for name, value in known.items()}).status_code == 200
        if shape == "dynamic":
            assert first.content != second.content


def test_feeds_move_end_lie_and_fail(web: SimulatedWeb) -> None:
    for fault in ("moved", "moved_host"):
        moved = CLIENT.get(_feed_url(web, fault), follow_redirects=True)
        assert [hop.status_code for hop in moved.history] == [301]
        assert moved.is_success
        assert (moved.url.host == moved.history[0].url.host) == (fault == "moved")
    assert [CLIENT.get(_feed_url(web, "gone")).status_code for _ in range(3)] == [200, 410, 410]
    assert CLIENT.get(_feed_url(web, "lie"), headers={"If-None-Match": "anything"}).status_code == 304
    spec = {"busy_seconds": 429, "busy_date": 429, "busy_silent": 429, "unavailable": 503, "patience": 429}
    for fault, status in spec.items():
        answers = [CLIENT.get(_feed_url(web, fault)) for _ in range(3)]
        failed = [answer for answer in answers if answer.status_code != 200]
        assert [answer.status_code for answer in failed] == [status]
        assert ("retry-after" in failed[0].headers) == (fault not in ("busy_silent", "unavailable"))
    with pytest.raises(httpx.RemoteProtocolError):
        for _ in range(3):
            CLIENT.get(_feed_url(web, "cut"))


def test_a_round_changes_the_feeds_it_says(web: SimulatedWeb) -> None:
    steady = next(h for h in web.hosts if h.validators == "both" and h.feed_fault == "" and h.entries)
    url = web.feeds()[steady.number]
    first = CLIENT.get(url)
    etag = {"If-None-Match": first.headers["etag"]}
    assert len(web.advance(share=0.1)) == 4
    assert web.advance(only=[steady.number]) == [steady.number]
    second = CLIENT.get(url, headers=etag)
    assert second.status_code == 200
    assert second.headers["etag"] != first.headers["etag"]
    assert web.advance() == []
    assert web.log().requests[-1].round == 3


def test_bodies_are_compressed_for_those_who_ask(web: SimulatedWeb) -> None:
    host = next(h for h in web.hosts if h.is_gzip and h.feed_fault == "" and h.kind == "rss")
    url = web.feeds()[host.number]
    with CLIENT.stream("GET", url, headers={"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == CLIENT.get(url, headers={"Accept-Encoding": "identity"}).content


def test_the_log_shows_a_rude_client_and_a_polite_one(web: SimulatedWeb) -> None:
    hosts = [h for h in web.hosts if h.feed_fault == h.page_fault == "" and h.entries > 2]
    rude = max(hosts, key=lambda host: host.latency_s)
    polite = next(h for h in hosts if h.robots == "some" and h != rude)
    before = web.log()
    at_once = [socket.create_connection((rude.address, web.port)) for _ in range(3)]
    for one in at_once:
        one.sendall(b"GET /inside/2 HTTP/1.1\r\n\r\n")
    for one in at_once:
        one.recv(1)  # all three are under way, and none is closed
    time.sleep(0.15)  # longer than two connections may overlap
    for one in at_once:
        one.close()
    with httpx.Client(headers={"User-Agent": "newsmill/1"}, verify=False, trust_env=False) as client:
        for path in ("/robots.txt", polite.feed_path, "/news/0"):
            client.get(web.url(polite.number, path))
            time.sleep(0.05)
    requests, connections = web.log()
    new = requests[len(before.requests) :], connections[len(before.connections) :]
    by_host = {}
    # How long the rude one's connections were open together depends on the machine; that they were does not.
    for host, closing_s in ((rude, 0.0), (polite, 0.1)):
        found = find_breaches(*new, delay_s=0.05, closing_s=closing_s)
        by_host[host.number] = {breach.rule for breach in found if breach.host == host.address}
    assert by_host[rude.number] >= {"agent", "overlap", "connections", "robots_first"}
    assert by_host[polite.number] == set()
    last = [seen for seen in requests if seen.host == polite.address][-3:]
    assert [(seen.purpose, seen.status, seen.is_whole) for seen in last] == [
        ("robots", 200, True),
        ("feed", 200, True),
        ("page", 200, True),
    ]
    assert all(a.received < a.ended < b.received for a, b in pairwise(last))
    assert len({seen.connection for seen in last}) == (3 if polite.keeping == "close" else 1)
    assert web.stats()["cpu_s"] > 0


def test_the_subscriptions_are_written(web: SimulatedWeb, tmp_path: Path) -> None:
    web.write_opml(tmp_path / "feeds.opml")
    assert (tmp_path / "feeds.opml").read_text().count("xmlUrl") == len(web.hosts)


def _round(number: int, *seen: Seen, changed: tuple[int, ...] = ()) -> Round:
    return Round(
        number=number, changed=list(changed), exit_code=0, wall_s=1, cpu_s=1, peak_mb=1,
        seen=[replace(one, round=number) for one in seen],
    )  # fmt: skip


def _feed(owner: int, version: int, status: int = 200) -> Seen:
    return _asked(0, purpose="feed", owner=owner, version=version, status=status)


def _page(owner: int, entry: int, status: int = 200) -> Seen:
    return _asked(1, owner=owner, version=entry, status=status)


def test_requests_for_unchanged_feeds_are_counted() -> None:
    first = _round(1, *(_feed(owner, 3) for owner in range(5)))
    quiet = _round(2, _feed(0, 3, 304), _feed(1, 3), _feed(2, 3, 429))
    news = _round(3, _feed(0, 4), _feed(1, 4), *(_feed(owner, 3, 304) for owner in (2, 3, 4)), changed=(0, 1))
    assert count_unchanged([first, quiet, news]) == [
        {"not_modified": 0, "full": 0, "other": 0, "not_sent": 0},
        {"not_modified": 1, "full": 1, "other": 1, "not_sent": 2},
        {"not_modified": 3, "full": 0, "other": 0, "not_sent": 0},
    ]


def test_requests_for_pages_are_counted_by_why() -> None:
    first = _round(1, _feed(0, 3), _page(0, 0), _page(0, 1, 503))
    quiet = _round(2, _feed(0, 3), _feed(7, 1), _page(0, 0), _page(0, 1), _page(0, 2), _page(7, 0))
    assert count_pages([first, quiet]) == [
        {"news": 2, "again": 0, "known": 0},
        {"news": 1, "again": 2, "known": 1},
    ]


def test_the_ideal_is_what_the_slowest_host_takes() -> None:
    slow = [_robots("User-agent: *\nCrawl-delay: 2"), _asked(9), _asked(20, retry_after="5"), _asked(30)]
    quick = [replace(ROBOTS_TXT, host="127.1.0.2"), _asked(9, host="127.1.0.2")]
    slowest, total = ideal_s(slow + quick, delay_s=1.0)
    assert slowest == pytest.approx(4 * 0.1 + 2 + 2 + 5)
    assert total == pytest.approx(slowest + 2 * 0.1 + 1)
    assert ideal_s([], delay_s=1.0) == (0.0, 0.0)
