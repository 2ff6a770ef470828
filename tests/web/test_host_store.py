"""The state of hosts, shared by threads, processes and runs."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.trouble import Trouble
from tests.support.paths import ROOT
from transforms.web.host_store import (
    DIRECTORY_VARIABLE,
    EXPORTED_CHARS,
    CachedRobots,
    HostState,
    HostStore,
    export_hosts,
    import_hosts,
    open_host_store,
    rebase,
)
from transforms.web.locked_store import DirectoryLockedStore, unseal

HAMMER = """
import sys, time
from transforms.web.host_store import HostStore
from transforms.web.rate_limiter import RateLimiter
from transforms.web.policy import FetchPolicy

limiter = RateLimiter(FetchPolicy(delay_s=0.02), store=HostStore(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[2])):
    with limiter.turn(f"https://busy.example/{number}"):
        began = time.time()
        time.sleep(0.002)
        ended = time.time()
    print(began, ended, flush=True)
"""

HOLDER = """
import sys, time
from transforms.web.host_store import HostStore
from transforms.web.rate_limiter import RateLimiter
from transforms.web.policy import FetchPolicy

with RateLimiter(FetchPolicy(), store=HostStore(sys.argv[1])).turn("https://busy.example/"):
    print("mine", flush=True)
    time.sleep(600)
"""


def start(code: str, *words: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", code, *map(str, words)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def in_threads(work: Callable[[], object], many: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.fixture(params=["memory", "directory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> HostStore:
    return HostStore(tmp_path / "hosts" if request.param == "directory" else None)


PACE = HostState(
    host="example.org", noted_at=5.0, asked_last=4.0, crawl_delays={"https://example.org": 2.0}, failures=1
)
NOTE = CachedRobots(origin="https://example.org", fetched_at=10.0, expires_at=99.0, text="User-agent: *\nDisallow: /ä")


def test_what_is_saved_is_there(store: HostStore) -> None:
    assert store.state("example.org") == HostState(host="example.org")
    assert store.robots("https://example.org") is None
    with store.lock_state("example.org") as held:
        assert held.record is None
        held.save(PACE)
    with store.lock_robots("https://example.org") as kept:
        assert kept.record is None
        kept.save(NOTE)
    assert store.state("example.org") == PACE
    assert store.state("other.example") == HostState(host="other.example")
    assert store.robots("https://example.org") == NOTE


def test_a_shorter_note_replaces_a_longer_one(store: HostStore) -> None:
    for text in ("a" * 500_000, "b"):
        with store.lock_robots(NOTE.origin) as held:
            held.save(dataclasses.replace(NOTE, text=text))
    note = store.robots(NOTE.origin)
    assert note is not None and note.text == "b"


def test_why_a_host_is_closed_comes_back(store: HostStore) -> None:
    with store.lock_state("example.org") as held:
        state = HostState(host="example.org")
        state.close(Trouble("fetch.http_429", "half a \ud83d pair", status=429), 60.0)
        held.save(state)
    why = store.state("example.org").closed_by
    assert why is not None
    assert (why.code, why.message, why.status) == ("fetch.http_429", "half a ? pair", 429)
    assert HostState().closed_by is None
    assert HostState(closed_code="fetch.of_a_later_version").closed_by is None


def test_threads_take_turns(store: HostStore) -> None:
    inside: list[int] = []

    def count() -> None:
        for _ in range(30):
            with store.lock_state("example.org") as held:
                inside.append(1)
                assert len(inside) == 1
                state = held.record or HostState(host="example.org")
                state.failures += 1
                held.save(state)
                inside.pop()

    in_threads(count, 8)
    assert store.state("example.org").failures == 240


def test_threads_that_look_see_whole_notes(tmp_path: Path) -> None:
    store, stop = HostStore(tmp_path), threading.Event()
    seen: set[int] = set()

    def look() -> None:
        while not stop.is_set():
            note = store.robots(NOTE.origin)
            seen.add(-1 if note is None else len(note.text))

    reader = threading.Thread(target=look)
    reader.start()
    for number in range(200):
        with store.lock_robots(NOTE.origin) as held:
            held.save(dataclasses.replace(NOTE, text="x" * (1000 if number % 2 else 300_000)))
    stop.set()
    reader.join()
    assert seen <= {-1, 1000, 300_000}  # -1: not there yet, or just being written


def test_processes_take_turns(tmp_path: Path) -> None:
    running = [start(HAMMER, tmp_path, 15) for _ in range(2)]
    for process in running:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=300)[0].splitlines() for process in running]
    assert [process.returncode for process in running] == [0, 0]
    one, two = ([tuple(map(float, line.split())) for line in lines] for lines in said)
    turns = sorted(one + two)
    assert len(turns) == 30
    assert one[0] < two[-1] and two[0] < one[-1]  # both were at it
    assert all(later[0] - earlier[1] >= 0.0199 for earlier, later in pairwise(turns))


def test_a_killed_process_frees_its_turn(tmp_path: Path) -> None:
    process = start(HOLDER, tmp_path)
    assert process.stdout is not None
    assert process.stdout.readline() == "mine\n"
    store, taken = HostStore(tmp_path), threading.Event()

    def take() -> None:
        with store.lock_state("busy.example") as held:
            assert held.record is not None and held.record.asked_last is not None  # what it sent is known
            taken.set()

    waiter = threading.Thread(target=take)
    waiter.start()
    assert not taken.wait(0.2)
    os.kill(process.pid, signal.SIGKILL)
    assert taken.wait(120)
    waiter.join()
    process.communicate()


def test_a_forked_child_does_not_keep_a_turn(tmp_path: Path) -> None:
    with HostStore(tmp_path).lock_state("example.org"):
        child = os.fork()
        if child == 0:
            time.sleep(600)
            os._exit(0)
    taken = threading.Event()

    def take() -> None:
        with HostStore(tmp_path).lock_state("example.org"):
            taken.set()

    threading.Thread(target=take, daemon=True).start()
    is_free = taken.wait(120)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert is_free


def test_a_file_that_was_cut_off_counts_as_empty(tmp_path: Path) -> None:
    store = HostStore(tmp_path)
    with store.lock_state("example.org") as held:
        held.save(PACE)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole[:20], b"", whole.replace(b"4.0", b"5.0"), b"\0" * 50 + b"\n"):
        path.write_bytes(damaged)
        assert store.state("example.org") == HostState(host="example.org")
        with store.lock_state("example.org") as held:
            assert held.record is None
    assert export_hosts(tmp_path) == []


def test_a_note_of_another_version_counts_as_none(tmp_path: Path) -> None:
    with DirectoryLockedStore(str(tmp_path), ".host").lock("example.org") as slot:
        slot.write(b'{"host":"example.org","mood":"good"}')
    assert HostStore(tmp_path).state("example.org") == HostState(host="example.org")


@given(st.binary(max_size=60))
def test_any_bytes_unseal(data: bytes) -> None:
    assert unseal(data) is None or data.endswith(b"\n") or b"\n" in data


def test_the_environment_names_the_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DIRECTORY_VARIABLE, str(tmp_path / "a" / "b"))
    with open_host_store().lock_state("example.org") as held:
        held.save(PACE)
    assert open_host_store().state("example.org") == PACE
    monkeypatch.delenv(DIRECTORY_VARIABLE)
    assert open_host_store().state("example.org") == HostState(host="example.org")


REBASED = [
    (HostState(noted_at=100.0, asked_last=99.0, not_before=130.0, closed_until=700.0), 100.0, (99.0, 130.0, 700.0)),
    (HostState(noted_at=100.0, asked_last=99.0, not_before=130.0, closed_until=700.0), 99.5, (99.0, 130.0, 700.0)),
    (HostState(noted_at=100.0, asked_last=99.0, not_before=130.0, closed_until=700.0), 40.0, (39.0, 70.0, 640.0)),
    (HostState(noted_at=100.0), 40.0, (None, -60.0, -60.0)),
]


@pytest.mark.parametrize(("state", "now", "instants"), REBASED)
def test_rebase(state: HostState, now: float, instants: tuple[float | None, float, float]) -> None:
    rebase(state, now)
    assert (state.asked_last, state.not_before, state.closed_until) == instants


def fill(directory: Path, *notes: HostState | CachedRobots) -> HostStore:
    store = HostStore(directory)
    for note in notes:
        if isinstance(note, HostState):
            with store.lock_state(note.host) as held:
                held.save(note)
        else:
            with store.lock_robots(note.origin) as kept:
                kept.save(note)
    return store


def test_the_next_run_gets_the_state_it_needs(tmp_path: Path) -> None:
    closed = HostState(host="closed.example", noted_at=1000.0, asked_last=1000.0, closed_until=9000.0)
    patient = HostState(host="patient.example", asked_last=1000.0, not_before=9000.0, refusals=2)
    recent = HostState(host="recent.example", asked_last=1950.0)
    crawl = HostState(host="crawl.example", asked_last=1000.0, crawl_delays={"https://crawl.example": 1500.0})
    old = HostState(host="old.example", asked_last=1000.0, latency_s=3.0)
    fresh = CachedRobots(origin="https://a.example", fetched_at=1000.0, expires_at=9000.0, text="User-agent: *")
    long = dataclasses.replace(fresh, origin="https://b.example", text="#" * (EXPORTED_CHARS + 1))
    expired = dataclasses.replace(fresh, origin="https://c.example", expires_at=1500.0)
    fill(tmp_path / "one", closed, patient, recent, crawl, old, fresh, long, expired)
    rows = json.loads(json.dumps(export_hosts(tmp_path / "one", now=2000.0)))
    assert len(rows) == 5
    import_hosts(tmp_path / "two", rows)
    store = HostStore(tmp_path / "two")
    assert [store.state(state.host) for state in (closed, patient, recent, crawl)] == [closed, patient, recent, crawl]
    assert store.robots(fresh.origin) == fresh
    assert store.robots(long.origin) is None
    assert store.state(old.host) == HostState(host=old.host)


def test_what_is_newer_stays(tmp_path: Path) -> None:
    store = fill(tmp_path, dataclasses.replace(PACE, noted_at=7.0), dataclasses.replace(NOTE, fetched_at=20.0))
    import_hosts(tmp_path, [{"pace": dataclasses.asdict(PACE)}, {"robots": dataclasses.asdict(NOTE)}])
    assert store.state(PACE.host).noted_at == 7.0
    assert getattr(store.robots(NOTE.origin), "fetched_at", None) == 20.0


@pytest.mark.parametrize("rows", [[{}], [{"pace": {"mood": 1}}], [{"robots": {}}], ["pace"]])
def test_rows_of_another_make(tmp_path: Path, rows: list[dict[str, object]]) -> None:
    with pytest.raises((TypeError, ValueError, KeyError)):
        import_hosts(tmp_path, rows)
