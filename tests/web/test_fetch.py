"""FetchPages: documents, copies, dead letters and requests."""

import threading
from collections import Counter
from dataclasses import replace
from itertools import pairwise, permutations
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.transforms.window import FixedWindows, TimestampedValue

from schemas.documents import Entry, Link, Origin
from schemas.trouble import LeftOut, Trouble
from tests.support.collect import Collected, collect
from tests.support.servers import HTML, Reply, Serve, pages
from transforms.identity import article_id
from transforms.urls import canonical_url
from transforms.web.client import FetchedPage
from transforms.web.fetch import FetchPages
from transforms.web.link_documents import entry_document, fetch_document, pick_links
from transforms.web.policy import FetchPolicy

POLICY = FetchPolicy(timeout_s=20, deadline_s=60, delay_s=0, max_page_bytes=64 * 1024, allow_private=True)
IMPATIENT = replace(POLICY, timeout_s=1.5, deadline_s=3)  # where running out of time is what is expected of some
FEED = Origin(uri="https://river.example/feed", kind="rss", position=0)


def link(url: str, *, content: str | None = None, summary: str | None = None, **origin: Any) -> Link:
    entry = Entry(url=url, title="Otters", content_html=content, summary_html=summary) if content or summary else None
    place = Origin(**({"uri": FEED.uri, "kind": FEED.kind, "position": FEED.position} | origin))
    return Link(url=url, origin=place, entry=entry)


def fetch(links: list[Link], mode: str = "all", policy: FetchPolicy = POLICY, *options: str) -> Collected:
    result = collect(links, FetchPages(policy=policy, mode=mode), options=options)
    got = {name: result.counters.get(f"fetch.{name}", 0) for name in ("in", "done", "dead", "filtered", "duplicate")}
    assert got["in"] == len(links)
    assert got["done"] == len(result.documents)
    assert got["dead"] == len(result.dead)
    assert got["filtered"] + got["duplicate"] == len(result.dropped)
    assert got["in"] == got["done"] + got["dead"] + got["filtered"] + got["duplicate"]
    return result


def refuse(url: str) -> FetchedPage:
    raise Trouble("fetch.http_404", f"{url} answers 404", status=404)


def never_asked(url: str) -> FetchedPage:
    raise AssertionError(url)


A = "https://river.example/a"


@pytest.mark.parametrize(
    ("given", "mode"),
    [
        (link(A, content="<p>x</p>"), "never"),
        (link(A, summary="x"), "never"),
        (link(A, content="<p>x</p>"), "missing"),
    ],
)
def test_the_entry_is_used(given: Link, mode: str) -> None:
    assert fetch_document(given, mode, never_asked) == entry_document(given)


@pytest.mark.parametrize("given", [link(A), link(A, content=" ", summary="\n")])
def test_a_link_alone_is_left_out_when_fetching_is_off(given: Link) -> None:
    with pytest.raises(LeftOut) as caught:
        fetch_document(given, "never", never_asked)
    assert caught.value.reason == "fetch.off"


def test_the_entry_stands_in_for_a_failed_page() -> None:
    given = link(A, content="<p>x</p>")
    document = fetch_document(given, "all", refuse)
    assert (document.media, document.fetch_error, document.url) == ("entry", "fetch.http_404", A)
    for mode in ("all", "missing"):
        with pytest.raises(Trouble):
            fetch_document(link(A, summary="x"), mode, refuse)


def test_copies_are_found_in_any_order() -> None:
    links = [
        link(A + "?utm_source=x", position=0),
        link("http://river.example/a", content="<p>x</p>", uri="https://z.example/feed"),
        link(A + "#top", content="<p>y</p>", position=9),
        link("https://river.example/b", position=4),
    ]
    picked = [list(pick_links(order)) for order in permutations(links)]
    assert all(one == picked[0] for one in picked)
    kept = article_id(canonical_url(A), None, "")[0]
    assert picked[0] == [(links[2], None), (links[1], kept), (links[0], kept), (links[3], None)]


LONG = "The harbour board decided on Monday to close the eastern quay until its wall has been mended. "
OTHER = "Lorries may use the coast road again from Friday on, after a landslide had blocked it for a month. "


def entry(guid: str | None, title: str, text: str | None, place: int = 0, **more: Any) -> Link:
    said = Entry(url=A, entry_id=guid, title=title, summary_html=text, **more)
    return Link(url=A, origin=Origin(uri=FEED.uri, kind="rss", position=place), entry=said)


def told(links: list[Link], mode: str) -> list[tuple[str | None, bool]]:
    """What identifies each entry, and whether it is kept; the same in any order."""
    found = [list(pick_links(order, mode)) for order in permutations(links)]
    assert all(one == found[0] for one in found)
    by_place = sorted(found[0], key=lambda pair: pair[0].origin.position or 0)
    return [(link.entry.told_by if link.entry else None, copy is None) for link, copy in by_place]


SHARED = [
    (
        "by guid",
        "all",
        [("1", "A", LONG, "guid"), ("2", "B", OTHER, "guid")],
        [("guid", True), ("guid", True)],
    ),
    ("one guid", "all", [("1", "A", LONG, "guid"), ("1", "A", LONG, "guid")], [("guid", True), ("guid", False)]),
    ("by text", "never", [(None, "A", LONG, "text"), (None, "B", OTHER, "text")], [("text", True)] * 2),
    (
        "short, pages asked for",
        "all",
        [("1", "A", "x", "guid"), ("2", "B", "y", "guid")],
        [(None, True), (None, False)],
    ),
    ("short, never asked", "never", [("1", "A", "x", "guid"), ("2", "B", "y", "guid")], [("guid", True)] * 2),
    (
        "as in another feed",
        "all",
        [("1", "A", LONG, "guid"), ("1", "A", OTHER, None)],
        [("guid", True), ("guid", False)],
    ),
    ("another feed", "never", [("1", "A", LONG, None), ("2", "B", OTHER, None)], [(None, True), ("reused", True)]),
    (
        "the same in another feed",
        "never",
        [("1", "A", LONG, None), ("2", "B", LONG, None)],
        [(None, True), (None, False)],
    ),
    ("another feed, one page", "all", [("1", "A", LONG, None), ("2", "B", OTHER, None)], [(None, True), (None, False)]),
    (
        "summary before nothing",
        "never",
        [("1", "A", None, None), ("2", "B", LONG, None)],
        [(None, False), (None, True)],
    ),
]


@pytest.mark.parametrize(("what", "mode", "given", "expected"), SHARED, ids=[case[0] for case in SHARED])
def test_entries_that_share_a_link(
    what: str, mode: str, given: list[tuple[Any, ...]], expected: list[tuple[str | None, bool]]
) -> None:
    links = [entry(guid, title, text, n, told_by=by) for n, (guid, title, text, by) in enumerate(given)]
    assert told(links, mode) == expected


def test_an_entry_that_shares_its_link_is_not_the_page() -> None:
    shared = entry("1", "A", LONG, told_by="guid")
    assert fetch_document(shared, "all", never_asked) == entry_document(shared)


def test_entries_with_a_title_alone_are_not_fetched() -> None:
    links = [entry("1", "A", None, 0), entry("2", "B", None, 1), entry("3", "C", LONG, 2), entry("4", "C", LONG, 3)]
    result = fetch(links, "never")
    assert sorted((one.outcome, one.reason, one.source_position) for one in result.dropped) == [
        ("duplicate", "repeats.same_text", 3),
        ("filtered", "fetch.off", 0),
        ("filtered", "fetch.off", 1),
    ]


def test_a_mode_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match="give one of all, missing, never"):
        FetchPages(policy=POLICY, mode="some")


@pytest.mark.slow
def test_a_feed_lands_whole_but_for_what_is_broken(serve: Serve) -> None:
    site = serve(
        pages({f"/{n}": f"<!DOCTYPE html><p>Story number {n} of the river.</p>" for n in range(50)})
        | {
            "/gone": Reply(status=410),
            "/down": Reply(status=500),
            "/silent": Reply(delay_s=600),
            "/drip": Reply("<p>" + "x" * 9_999, drip_s=0.02),
            "/large": Reply(b"<p>" + b"x" * 20_000_000),
            "/endless": Reply("<p>", endless=b"more " * 500),
            "/bomb": Reply(b"0" * 9_000_000, gzip=True),
            "/picture": Reply(b"GIF89a", headers={"Content-Type": "image/gif"}),
            "/paper": Reply(b"%PDF-1.4"),
            "/rubbish": Reply(raw=b"hello\r\n"),
            "/moved": Reply(status=301, headers={"Location": "/0"}),
            "/plain": Reply("River news\n\nOtters are back.", headers={"Content-Type": "text/plain"}),
            "/saved": Reply(status=404),
        }
    )
    bad = {
        "gone": "fetch.http_410",
        "down": "fetch.http_5xx",
        "silent": "fetch.timeout",
        "drip": "fetch.timeout",
        "large": "fetch.too_large",
        "endless": "fetch.too_large",
        "bomb": "fetch.too_large",
        "picture": "fetch.content_type",
        "paper": "fetch.content_type",
        "rubbish": "fetch.protocol",
        "nowhere": "fetch.http_404",
    }
    paths = [*map(str, range(50)), *bad, "moved", "plain"]
    links = [link(site.url(f"/{path}"), position=place) for place, path in enumerate(paths)]
    links.append(link(site.url("/saved"), content="<p>All of it</p>", position=900))
    links.append(link(site.url("/7?utm_medium=feed"), position=901))
    links.append(link("mailto:desk@river.example", position=902))
    links.append(link("http://nowhere.invalid:99999/", position=903))
    result = fetch(links, "all", replace(IMPATIENT, timeout_s=3, deadline_s=6))

    assert {letter.url: letter.code for letter in result.dead} == {
        site.url(f"/{path}"): code for path, code in bad.items()
    } | {"mailto:desk@river.example": "fetch.bad_url", "http://nowhere.invalid:99999/": "fetch.bad_url"}
    assert {letter.http_status for letter in result.dead if letter.code == "fetch.http_410"} == {410}
    assert Counter(document.media for document in result.documents) == {"html": 51, "text": 1, "entry": 1}
    by_position = {document.origin.position: document for document in result.documents}
    assert by_position[3].body == b"<!DOCTYPE html><p>Story number 3 of the river.</p>"
    assert by_position[3].charset == "utf-8"
    assert by_position[3].response is not None
    assert by_position[3].response.content_type == HTML
    moved = by_position[paths.index("moved")]
    assert moved.url == site.url("/0")
    assert moved.response is not None
    assert moved.response.redirects == (site.url("/moved"),)
    assert by_position[900].fetch_error == "fetch.http_404"
    (copy,) = result.dropped
    assert (copy.outcome, copy.reason, copy.source_position) == ("duplicate", "repeats.same_id", 901)
    assert copy.duplicate_of == article_id(canonical_url(site.url("/7")), None, "")[0]
    assert Counter(site.paths())["/7"] == 1
    assert Counter(site.paths())["/robots.txt"] == 1
    assert site.paths()[0] == "/robots.txt"


def test_never_sends_no_request(serve: Serve) -> None:
    site = serve({"*": Reply("<p>x</p>")})
    links = [
        link(site.url("/1"), content="<p>x</p>"),
        link(site.url("/2"), summary="x"),
        link(site.url("/3")),
        link(site.url("/1"), position=7),
    ]
    result = fetch(links, "never")
    assert Counter(document.media for document in result.documents) == {"entry": 2}
    assert {(one.outcome, one.reason) for one in result.dropped} == {
        ("filtered", "fetch.off"),
        ("duplicate", "repeats.same_id"),
    }
    assert site.log == []


def test_missing_asks_for_what_the_feed_lacks(serve: Serve) -> None:
    site = serve({"*": Reply("<p>x</p>")})
    links = [link(site.url("/1"), content="<p>x</p>"), link(site.url("/2"), summary="x"), link(site.url("/3"))]
    result = fetch(links, "missing")
    assert Counter(document.media for document in result.documents) == {"entry": 1, "html": 2}
    assert site.paths() == ["/robots.txt", "/2", "/3"]


def test_private_addresses_are_refused_by_default(serve: Serve) -> None:
    site = serve({"*": Reply("<p>x</p>")})
    hosts = ["127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]", "169.254.169.254"]
    result = fetch([link(f"http://{host}:{site.port}/") for host in hosts], "all", FetchPolicy(delay_s=0))
    assert Counter(letter.code for letter in result.dead) == {"fetch.private_address": len(hosts)}
    assert site.log == []


def test_many_hosts_take_the_time_of_the_slowest(serve: Serve) -> None:
    together = threading.Barrier(24, timeout=120)  # whoever asks one after the other is never answered

    def answer(_: str) -> Reply:
        together.wait()
        return Reply("<!DOCTYPE html><p>x</p>")

    sites = [serve({"*": answer}, host=f"127.0.1.{n}") for n in range(1, 25)]
    policy = FetchPolicy(delay_s=0, allow_private=True, respect_robots=False)
    result = fetch([link(site.url("/a"), position=n) for n, site in enumerate(sites)], "all", policy)
    assert len(result.documents) == 24


def test_a_host_gets_one_request_at_a_time_with_pauses_in_order(serve: Serve) -> None:
    site = serve({"*": Reply("<p>x</p>", delay_s=0.01)})
    policy = FetchPolicy(delay_s=0.05, allow_private=True)
    fetch([link(site.url(f"/{n}"), position=9 - n) for n in range(6)], "all", policy)
    log = site.requests()
    assert [asked.path for asked in log] == ["/robots.txt", *(f"/{n}" for n in range(6))]
    assert all(later.started - earlier.ended > 0.04 for earlier, later in pairwise(log))


def test_a_host_with_a_long_retry_after_is_closed(serve: Serve) -> None:
    site = serve({"/0": Reply("<p>x</p>"), "*": Reply(status=429, headers={"Retry-After": "3600"})})
    site.routes["/robots.txt"] = Reply(status=404)
    result = fetch([link(site.url(f"/{n}"), position=n) for n in range(9)])
    assert Counter((letter.code, letter.http_status) for letter in result.dead) == {("fetch.http_429", 429): 8}
    assert sum("was not requested" in letter.message for letter in result.dead) == 7
    assert site.paths() == ["/robots.txt", "/0", "/1"]


def test_robots_end_as_dead_letters(serve: Serve) -> None:
    site = serve({"/robots.txt": Reply("User-agent: *\nDisallow: /a"), "*": Reply("<p>x</p>")})
    broken = serve({"/robots.txt": Reply(status=500), "*": Reply("<p>x</p>")}, host="127.0.0.2")
    result = fetch([link(site.url("/a")), link(site.url("/b")), link(broken.url("/b"))])
    assert {letter.url: letter.code for letter in result.dead} == {
        site.url("/a"): "fetch.robots",
        broken.url("/b"): "fetch.robots",
    }
    assert [document.url for document in result.documents] == [site.url("/b")]


def test_a_silent_host_does_not_delay_others(serve: Serve) -> None:
    silent = serve({"*": Reply(delay_s=600)}, host="127.0.0.2")
    site = serve({"*": Reply("<p>x</p>")})
    links = [link(silent.url(f"/{n}"), position=n) for n in range(50)]
    result = fetch([*links, *(link(site.url(f"/{n}"), position=n) for n in range(5))], "all", IMPATIENT)
    assert Counter(letter.code for letter in result.dead) == {"fetch.timeout": 50}
    assert len(result.documents) == 5
    assert len(silent.paths()) < 10, "it is not asked 50 times"


def test_a_replayed_bundle_gives_the_same(serve: Serve) -> None:
    site = serve({"*": Reply("<p>x</p>")})
    links = [link(site.url(f"/{n}"), position=n) for n in range(4)]
    result = collect(links, FetchPages(policy=POLICY), options=["--direct_runner_bundle_repeat=2"])
    seen = Counter((document.url, document.body) for document in result.documents)
    assert set(seen.values()) == {3}  # twice for nothing, once in earnest
    assert len(seen) == 4


class Windowed(beam.PTransform[beam.PCollection[Any], Any]):
    """Links in windows of ten seconds, by their position; each document with the start of its window."""

    def expand(self, links: beam.PCollection[Any]) -> Any:
        fetched = (
            links
            | beam.Map(lambda link: TimestampedValue(link, link.origin.position))
            | beam.WindowInto(FixedWindows(10))
            | FetchPages(policy=POLICY, mode="all")
        )
        return fetched.documents | beam.Map(
            lambda document, window=beam.DoFn.WindowParam: (document.origin.position, int(window.start))
        )


def test_windows_are_kept(serve: Serve) -> None:
    site = serve({"*": Reply("<p>x</p>")})
    links = [link(site.url("/a"), position=place) for place in (1, 2, 11, 25)]
    assert sorted(collect(links, Windowed()).out) == [(1, 0), (11, 10), (25, 20)]
