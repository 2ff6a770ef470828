"""A host goes in; what is known of it comes out, and who may ask it now: one for all threads and processes.

A directory holds two small files a host: its state, and the robots.txt of each of its origins. Whoever has the
turn of a host holds its file by ``flock``, which ends with the process, however that ends. Instants are wall
clock, so that they outlive a process; :func:`rebase` guards against a clock that was set back.
"""

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

import orjson

from schemas.trouble import CODES, Trouble
from transforms.web.locked_store import DirectoryLockedStore, LockedStore, LockedValue, MemoryLockedStore, unseal

DIRECTORY_VARIABLE = "NEWSMILL_HOSTS_DIRECTORY"
"""Environment variable that names the directory, on a local disk; unset, only this process is told anything."""

RECENT_S = 120.0
"""How long after a request its host is worth telling the next run of, seconds: no usual pause is longer."""

EXPORTED_CHARS = 65_536
"""Longest robots.txt that is handed to the next run; longer ones are asked for again."""

_SET_BACK_S = 1.0  # less is no clock that was set back: a pause is that much longer
_KEPT = 1000  # robots.txt that stay where there is no directory

_N = TypeVar("_N", "HostState", "CachedRobots")


@dataclass(kw_only=True, slots=True)
class HostState:
    """What is known of how one host is to be asked; instants in seconds of the wall clock.

    Attributes:
        host: as :func:`transforms.web.rate_limiter.host_key` names it.
        noted_at: when this was written.
        asked_last: end of the last request, or its start while it lasts.
        latency_s: moving average of how long answers take.
        crawl_delays: Crawl-delay of each origin that has one.
        not_before: end of a Retry-After that is waited for.
        failures: in a row, refusals included.
        refusals: 429 and 503 in a row that do not say when to come back.
        closed_until: until when the host is left alone; ``closed_code``, message and status say why.
    """

    host: str = ""
    noted_at: float = 0.0
    asked_last: float | None = None
    latency_s: float = 0.0
    crawl_delays: dict[str, float] = field(default_factory=dict)
    not_before: float = 0.0
    failures: int = 0
    refusals: int = 0
    closed_until: float = 0.0
    closed_code: str | None = None
    closed_message: str = ""
    closed_status: int | None = None

    @property
    def crawl_delay_s(self) -> float | None:
        """The longest Crawl-delay of its origins."""
        return max(self.crawl_delays.values(), default=None)

    @property
    def closed_by(self) -> Trouble | None:
        """Why the host is, or was, left alone."""
        if self.closed_code not in CODES:
            return None
        return Trouble(self.closed_code, self.closed_message, status=self.closed_status)

    def close(self, why: Trouble, until: float) -> None:
        """Leave the host alone until an instant."""
        self.closed_until = until
        self.closed_code, self.closed_message, self.closed_status = why.code, encodable(why.message), why.status


@dataclass(kw_only=True, slots=True, frozen=True)
class CachedRobots:
    """What asking for one robots.txt gave; instants in seconds of the wall clock.

    Attributes:
        origin: scheme, host and port.
        is_there: False where there are no rules: everything may be asked for.
        text: the rules.
        code: why nothing may be asked for; None where the rules say.
        message: that in words.
        status: HTTP status of a failure.
    """

    origin: str
    fetched_at: float
    expires_at: float
    is_there: bool = True
    text: str = ""
    code: str | None = None
    message: str = ""
    status: int | None = None

    def is_fresh(self, now: float) -> bool:
        """True while it may be used; False also where the clock was set back."""
        return self.fetched_at - _SET_BACK_S <= now < self.expires_at

    @property
    def trouble(self) -> Trouble | None:
        """Why nothing may be asked for."""
        return Trouble(self.code, self.message, status=self.status) if self.code in CODES else None


def rebase(state: HostState, now: float) -> bool:
    """Move the instants of a state that was written in what is now the future; True if it was.

    What was left to wait for then is left to wait for now, and no more.

    >>> state = HostState(noted_at=9_000.0, asked_last=9_000.0, closed_until=9_600.0)
    >>> rebase(state, 1_000.0), state.asked_last, state.closed_until
    (True, 1000.0, 1600.0)
    """
    back_s = state.noted_at - now
    if back_s <= _SET_BACK_S:
        return False
    state.noted_at = now
    state.asked_last = None if state.asked_last is None else state.asked_last - back_s
    state.not_before -= back_s
    state.closed_until -= back_s
    return True


def encodable(text: str) -> str:
    """A text that UTF-8 can hold: half a surrogate pair becomes a question mark."""
    return text.encode("utf-8", "replace").decode()


class LockedRecord(Generic[_N]):
    """A record that nobody else can change now."""

    def __init__(self, value: LockedValue, kind: type[_N]) -> None:
        self._value = value
        self.record: _N | None = _read(value.read(), kind)

    def save(self, record: _N) -> None:
        """Write the record for all to read."""
        self.record = record
        self._value.write(orjson.dumps(record))


class HostStore:
    """What is known of each host.

    With a directory: shared by all threads and processes that name it; without one, by those that use this
    object. Does not pickle; a turn is not carried into a forked child. A file that a crash of the machine cut
    off counts as empty.

    Args:
        directory: on a local disk; made if it is not there.

    Raises:
        OSError: it cannot be made.
    """

    def __init__(self, directory: Path | str | None = None) -> None:
        self.directory = None if directory is None else str(directory)
        self._states: LockedStore = MemoryLockedStore()
        self._robots: LockedStore = MemoryLockedStore(_KEPT)
        if directory is not None:
            Path(directory).mkdir(parents=True, exist_ok=True)
            self._states = DirectoryLockedStore(str(directory), ".host")
            self._robots = DirectoryLockedStore(str(directory), ".robots")

    def state(self, host: str) -> HostState:
        """How a host is to be asked, as it was a moment ago; for one who does not have its turn."""
        return _read(self._states.read(host), HostState) or HostState(host=host)

    def robots(self, origin: str) -> CachedRobots | None:
        """The robots.txt of an origin, fresh or not."""
        return _read(self._robots.read(origin), CachedRobots)

    @contextmanager
    def lock_state(self, host: str) -> Iterator[LockedRecord[HostState]]:
        """Have the turn of a host until the block ends; waits for it."""
        with self._states.lock(host) as value:
            yield LockedRecord(value, HostState)

    @contextmanager
    def lock_robots(self, origin: str) -> Iterator[LockedRecord[CachedRobots]]:
        """Be the only one to ask for a robots.txt until the block ends.

        Turns of hosts may be taken inside, and never the other way round.
        """
        with self._robots.lock(origin) as value:
            yield LockedRecord(value, CachedRobots)


def open_host_store(before: HostStore | None = None) -> HostStore:
    """The store in the directory that the environment names; else one of this process.

    Args:
        before: one that this gave earlier; given again where the environment still says the same. A process may
            outlive a run and its directory.

    Raises:
        OSError: the directory cannot be made.
    """
    directory = os.environ.get(DIRECTORY_VARIABLE) or None
    return before if before is not None and before.directory == directory else HostStore(directory)


def export_hosts(directory: Path | str, *, now: float | None = None) -> list[dict[str, Any]]:
    """What the next run on another directory should know, as plain JSON.

    Hosts that were asked a moment ago or want to be left alone, and robots.txt that are still fresh.

    Args:
        now: wall clock, seconds.
    """
    now = time.time() if now is None else now
    rows: list[dict[str, Any]] = []
    for path in sorted(Path(directory).iterdir()):
        if path.suffix == ".host":
            state = _read(unseal(path.read_bytes()), HostState)
            if state is None:
                continue
            recent = (state.asked_last or 0.0) + max(RECENT_S, state.crawl_delay_s or 0.0)
            if now < max(recent, state.not_before, state.closed_until):
                rows.append({"pace": asdict(state)})  # the name that earlier runs wrote
        elif path.suffix == ".robots":
            record = _read(unseal(path.read_bytes()), CachedRobots)
            if record is not None and record.is_fresh(now) and len(record.text) <= EXPORTED_CHARS:
                rows.append({"robots": asdict(record)})
    return rows


def import_hosts(directory: Path | str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write what :func:`export_hosts` gave; what is known already and is newer stays.

    Raises:
        OSError: the directory cannot be written to.
        TypeError, ValueError, KeyError: rows of another make.
    """
    store = HostStore(directory)
    for row in rows:
        if "pace" in row:
            state = HostState(**row["pace"])
            with store.lock_state(state.host) as held:
                if held.record is None or held.record.noted_at < state.noted_at:
                    held.save(state)
        else:
            record = CachedRobots(**row["robots"])
            with store.lock_robots(record.origin) as kept:
                if kept.record is None or kept.record.fetched_at < record.fetched_at:
                    kept.save(record)


def _read(data: bytes | None, kind: type[_N]) -> _N | None:
    try:
        return kind(**orjson.loads(data)) if data else None
    except (TypeError, ValueError):  # of another version of newsmill
        return None
