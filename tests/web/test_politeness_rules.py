"""The rules of politeness find every breach, and none in what the rate limiter lets through."""

import ast
import contextlib
import random
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.feeds import Request
from schemas.record import rows_to_table
from schemas.trouble import Trouble
from tests.support.servers import Reply, Serve
from tests.web.test_rate_limiter import KEYS
from transforms.web import politeness_rules
from transforms.web.host_store import DIRECTORY_VARIABLE, HostStore
from transforms.web.policy import FetchPolicy
from transforms.web.polite_client import fetch_url, open_client
from transforms.web.politeness_rules import (
    BREACHES,
    Breach,
    PolitenessChecker,
    find_breaches,
    logged_host_of,
    sort_requests,
)
from transforms.web.rate_limiter import RateLimiter, host_key

NOON = datetime(2031, 5, 4, 12, tzinfo=UTC)
ROBOTS = "https://post.example/robots.txt"
PAGE = "https://post.example/a"


def ask(at: float, url: str = PAGE, *, took: float = 0.1, **values: Any) -> Request:
    """A request so many seconds after noon."""
    is_robots = url.endswith("/robots.txt")
    started = NOON + timedelta(seconds=at)
    base: dict[str, Any] = {
        "url": url, "host": logged_host_of(url), "purpose": "robots" if is_robots else "page", "started_at": started,
        "ended_at": started + timedelta(seconds=took), "duration_ms": took * 1000, "status": 200,
        "delay_s": 1.0, "robots": None if is_robots else "allowed", "user_agent": "newsmill/1.0 (+https://us.example)",
    }  # fmt: skip
    return Request(**(base | values))


def kinds(requests: Sequence[Request], **options: Any) -> list[str]:
    return [breach.kind for breach in find_breaches(requests, **options)]


GOOD = [ask(0, ROBOTS), ask(1.2), ask(2.4, PAGE + "/b"), ask(3.6, "https://post.example/c", status=404)]

LOGS: dict[str, tuple[list[Request], list[str]]] = {
    "nothing": ([], []),
    "good": (GOOD, []),
    "any order": (GOOD[::-1], []),
    "hosts at once": ([*GOOD, *(ask(n, f"https://h{n}.example/", robots="ignored") for n in range(3))], []),
    "overlap": ([ask(0, ROBOTS, took=2), ask(1.5)], ["overlap"]),
    "three at once": ([ask(0, ROBOTS, took=9), ask(1), ask(1.5)], ["overlap", "overlap"]),
    "http and https": ([ask(0, ROBOTS, took=2), ask(1.5, "http://post.example/robots.txt")], ["overlap"]),
    "other port": ([ask(0, ROBOTS, took=2), ask(1.5, "http://post.example:81/robots.txt")], []),
    "pause of the policy": ([ask(0, ROBOTS), ask(0.9, delay_s=0.0)], ["pause"]),
    "pause of the log": ([ask(0, ROBOTS), ask(2, delay_s=4.0)], ["pause"]),
    "within tolerance": ([ask(0, ROBOTS), ask(1.085)], []),
    "beyond tolerance": ([ask(0, ROBOTS), ask(1.075)], ["pause"]),
    "Crawl-delay": ([ask(0, ROBOTS), ask(2, crawl_delay_s=5.0)], ["pause"]),
    "Crawl-delay of the one before": ([ask(0, ROBOTS), ask(6, crawl_delay_s=5.0), ask(8)], ["pause"]),
    "Crawl-delay that went away": (
        [ask(0, ROBOTS), ask(6, crawl_delay_s=5.0), ask(12, ROBOTS), ask(14)],
        [],
    ),
    "long Crawl-delay": ([ask(0, ROBOTS), ask(31, crawl_delay_s=600.0)], []),
    "429": ([ask(0, ROBOTS), ask(2, status=429, retry_after_s=30.0), ask(31)], ["patience"]),
    "503": ([ask(0, ROBOTS), ask(2, status=503, retry_after_s=30.0), ask(31)], ["patience"]),
    "patience": ([ask(0, ROBOTS), ask(2, status=429, retry_after_s=30.0), ask(32.1)], []),
    "patience of another page": (
        [ask(0, ROBOTS), ask(2, status=429, retry_after_s=30.0), ask(5, PAGE + "/b", code="fetch.http_429")],
        ["patience"],
    ),
    "Retry-After of a redirect": ([ask(0, ROBOTS), ask(2, status=302, retry_after_s=30.0), ask(5)], []),
    "no robots": ([ask(0)], ["robots"]),
    "not looked at": ([ask(0, ROBOTS), ask(2, robots=None)], ["robots"]),
    "ignored": ([ask(0, robots="ignored")], []),
    "robots of http": ([ask(0, "http://post.example/robots.txt"), ask(2)], ["robots"]),
    "robots of another host": ([ask(0, "https://www.post.example/robots.txt"), ask(2)], ["robots"]),
    "robots elsewhere": ([ask(0, "https://post.example/a/robots.txt"), ask(2)], ["robots"]),
    "robots after": ([ask(0), ask(2, ROBOTS)], ["robots"]),
    "robots of yesterday": ([ask(-86_000, ROBOTS), ask(0)], []),
    "older robots": ([ask(-87_100, ROBOTS), ask(0)], ["robots"]),
    "no robots there": ([ask(0, ROBOTS, status=404, code="fetch.http_404"), ask(2, robots="absent")], []),
    "robots moved": ([ask(0, ROBOTS, status=301), ask(2)], []),
    "robots 500": ([ask(0, ROBOTS, status=500, code="fetch.http_5xx"), ask(2)], ["robots"]),
    "robots 429": ([ask(0, ROBOTS, status=429, code="fetch.http_429"), ask(2)], ["robots"]),
    "robots silent": ([ask(0, ROBOTS, status=None, code="fetch.timeout"), ask(2)], ["robots"]),
    "robots rubbish": ([ask(0, ROBOTS, code="fetch.protocol"), ask(2)], ["robots"]),
    "robots well again": ([ask(0, ROBOTS, status=500, code="fetch.http_5xx"), ask(2, ROBOTS), ask(4)], []),
    "four times": ([ask(0, ROBOTS), *(ask(2 + 2 * n) for n in range(4))], []),
    "five times": ([ask(0, ROBOTS), *(ask(2 + 2 * n) for n in range(5))], ["repeat"]),
    "now and then": ([ask(0, ROBOTS), *(ask(2 + 20 * n) for n in range(20))], []),
    "no name": ([ask(0, ROBOTS, user_agent=""), ask(2, user_agent="")], ["name"]),
    "a browser": ([ask(0, ROBOTS, user_agent="Mozilla/5.0 (X11; Linux x86_64)")], ["name"]),
    "a robot": ([ask(0, ROBOTS, user_agent="Mozilla/5.0 (compatible; mill/1; +https://us.example/)")], []),
    "another host": ([ask(0, ROBOTS, host="other.example")], ["host"]),
}


@pytest.mark.parametrize("name", LOGS)
def test_breaches(name: str) -> None:
    requests, expected = LOGS[name]
    assert kinds(requests) == expected


def test_all_kinds_have_a_case() -> None:
    assert {kind for _, expected in LOGS.values() for kind in expected} == set(BREACHES)


def test_a_breach_tells_all() -> None:
    (breach,) = find_breaches([ask(0, ROBOTS), ask(0.6, run_id="r1")])
    message = "0.500 s after the last one, the least pause is 1.000 s"
    assert breach == Breach("pause", "post.example", PAGE, NOON + timedelta(seconds=0.6), message, "r1")


def test_options() -> None:
    requests = [ask(0, ROBOTS), ask(2.1), ask(4.1, PAGE + "/b")]
    assert kinds(requests) == []
    assert kinds(requests, delay_s=5.0) == ["pause"] * 2
    assert kinds(requests, delay_s=5.0, since=NOON + timedelta(seconds=4)) == ["pause"]
    assert kinds(requests, delay_s=5.0, kinds=["overlap"]) == []
    assert kinds(requests, delay_s=5.0, host_delays=[("example", 9.0), ("Post.example", 0.5)]) == []
    assert kinds(requests, host_delays=[("example", 9.0), ("ost.example", 0.5)]) == ["pause"] * 2
    assert kinds(requests, delay_s=2.0, tolerance_s=0.2) == []
    assert kinds([ask(0, ROBOTS), ask(31, crawl_delay_s=600.0)], max_crawl_delay_s=60.0) == ["pause"]
    with pytest.raises(ValueError, match="no such breach: rudeness"):
        PolitenessChecker(kinds=["rudeness"])


def test_tables_and_datasets(tmp_path: Path) -> None:
    requests = LOGS["three at once"][0]
    table = rows_to_table(requests, Request)
    ds.write_dataset(table, tmp_path, format="parquet")
    found = [list(find_breaches(given)) for given in (requests, table, ds.dataset(table), ds.dataset(tmp_path))]
    assert all(each == found[0] for each in found)
    assert len(found[0]) == 2


def test_rows_come_by_host_and_time() -> None:
    requests = [ask(n, f"https://h{n % 7}.example/{n}") for n in range(300)]
    random.Random(7).shuffle(requests)
    rows = list(sort_requests(requests))
    assert [(row.host, row.started) for row in rows] == sorted((row.host, row.started) for row in rows)
    assert len(rows) == 300
    assert rows[0].ended - rows[0].started == pytest.approx(0.1)


@pytest.mark.parametrize(("url", "key"), KEYS)
def test_hosts_are_told_apart_as_they_are_paced(url: str, key: str) -> None:
    asked = "http://xn--bcher-kva.example/" if "bücher" in url else url  # as it is sent
    assert logged_host_of(asked) == key


@settings(deadline=None)
@given(st.text())
def test_any_address_has_a_host(url: str) -> None:
    assert isinstance(logged_host_of(url), str)
    try:
        key = host_key(f"http://h.example/{url}")
    except ValueError:
        return
    assert key == "h.example"


def test_it_is_independent() -> None:
    tree = ast.parse(Path(politeness_rules.__file__).read_text())
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {module for module in modules if (module or "").startswith("transforms")} == {"transforms.urls"}


class Lane:
    """Time as one worker has it."""

    now = NOON.timestamp()

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


STEPS = st.tuples(st.sampled_from(["/a", "/b", "/robots.txt"]), st.floats(0.0, 8.0), st.sampled_from([0.0, 3.0, 99.0]))


@settings(max_examples=30, deadline=None)
@given(st.lists(STEPS, max_size=12))
def test_paced_requests_are_polite(steps: list[tuple[str, float, float]]) -> None:
    time, log, origin = Lane(), [ask(-60, ROBOTS)], "https://post.example"
    limiter = RateLimiter(FetchPolicy(delay_s=0.5), store=HostStore(), clock=time.clock, sleep=time.sleep)
    for number, (path, took, crawl_delay_s) in enumerate(steps):
        address = origin + path + ("" if path == "/robots.txt" else f"/{number}")
        with limiter.turn(address):
            at = time.now - NOON.timestamp()
            known = {"delay_s": limiter.delay_of(address), "crawl_delay_s": limiter.crawl_delay_of(address)}
            time.now += took
        log.append(ask(at, address, took=took, **known))
        if path == "/robots.txt":
            limiter.set_crawl_delay(origin, crawl_delay_s)
    assert list(find_breaches(log, delay_s=0.5, kinds=set(BREACHES) - {"repeat"})) == []


@pytest.mark.slow
def test_requests_of_many_threads_are_polite(serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = Reply("User-agent: *\nCrawl-delay: 0.15", headers={"Content-Type": "text/plain"})
    pages: dict[str, Any] = {"/robots.txt": rules, "/busy": Reply(status=429, headers={"Retry-After": "1"})}
    servers = [serve({**pages, "*": Reply("<p>Fog over the pier.</p>")}, host=f"127.0.0.{n}") for n in (1, 2)]
    monkeypatch.setenv(DIRECTORY_VARIABLE, str(tmp_path))
    log: list[Request] = []
    busy = {(0, "127.0.0.1"): ("/busy",)}

    def ask_all(number: int) -> None:
        web = open_client(FetchPolicy(delay_s=0.1, allow_private=True))  # as in a process of its own
        web.client.log.start()
        for server in servers[:: -1 if number % 2 else 1]:
            for path in (f"/a{number}", *busy.get((number, server.host), ()), f"/b{number}"):
                with contextlib.suppress(Trouble):
                    fetch_url(web, server.url(path))
        log.extend(web.client.log.take())
        web.client.close()

    threads = [threading.Thread(target=ask_all, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(log) == sum(len(server.requests()) for server in servers) == 2 * (1 + 8) + 3
    assert list(find_breaches(log, delay_s=0.1)) == []
    assert {request.crawl_delay_s for request in log if request.purpose == "page"} == {0.15}
    assert "pause" in {breach.kind for breach in find_breaches(log, delay_s=0.5)}
