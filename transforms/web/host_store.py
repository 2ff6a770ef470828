"""State and robots.txt of each host, shared by all threads and processes of a run.

A directory has two small files for each host: its state, and the robots.txt of each of its origins. The thread that has
the turn of a host locks its file by ``flock``, which ends with the process, however that ends. Instants are those of
the wall clock, so that they outlive a process; :func:`rebase` guards against a clock that was set back.
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
"""Environment variable that names the directory, on a local disk; when unset, the state is in memory."""

RECENT_S = 120.0
"""How long after a request the state of its host is given to the next run, seconds: no usual pause is longer."""

EXPORTED_CHARS = 65_536
"""Longest robots.txt that is given to the next run; longer ones are requested again."""

_SET_BACK_S = 1.0  # a clock set back by less only makes a pause that much longer
_MAX_IN_MEMORY = 1000  # robots.txt that are kept where there is no directory

_N = TypeVar("_N", "HostState", "CachedRobots")


@dataclass(kw_only=True, slots=True)
class HostState:
    """Rate limit and failures of one host; instants in seconds of the wall clock.

    Attributes:
        host: as :func:`transforms.web.rate_limiter.host_key` names it.
        noted_at: when this was written.
        asked_last: end of the last request, or its start while it lasts.
        latency_s: moving average of the time of a response.
        crawl_delays: Crawl-delay of each origin that has one.
        not_before: end of a Retry-After that is waited for.
        failures: in a row, refusals included.
        refusals: 429 and 503 in a row without Retry-After.
        closed_until: end of the time without requests; ``closed_code``, message and status are the reason.
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
        """Why the host is, or was, closed."""
        if self.closed_code not in CODES:
            return None
        return Trouble(self.closed_code, self.closed_message, status=self.closed_status)

    def close(self, why: Trouble, until: float) -> None:
        """Close the host until an instant."""
        self.closed_until = until
        self.closed_code, self.closed_message, self.closed_status = why.code, encodable(why.message), why.status


@dataclass(kw_only=True, slots=True, frozen=True)
class CachedRobots:
    """The result of requesting one robots.txt; instants in seconds of the wall clock.

    Attributes:
        origin: scheme, host and port.
        is_there: False where there are no rules: everything is allowed.
        text: the rules.
        code: why everything is forbidden; None where the rules decide.
        message: the reason in words.
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
        """Return whether it may be used; False also where the clock was set back."""
        return self.fetched_at - _SET_BACK_S <= now < self.expires_at

    @property
    def trouble(self) -> Trouble | None:
        """Why everything is forbidden; None where the rules decide."""
        return Trouble(self.code, self.message, status=self.status) if self.code in CODES else None


def rebase(state: HostState, now: float) -> bool:
    """Move the instants of a state that was written in what is now the future; return whether it was.

    The time left to wait stays the same.

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
    """Replace what UTF-8 cannot encode: half a surrogate pair becomes a question mark."""
    return text.encode("utf-8", "replace").decode()


class LockedRecord(Generic[_N]):
    """A record that only the holder of its lock can change."""

    def __init__(self, value: LockedValue, kind: type[_N]) -> None:
        self._value = value
        self.record: _N | None = _read(value.read(), kind)

    def save(self, record: _N) -> None:
        """Write the record for all to read."""
        self.record = record
        self._value.write(orjson.dumps(record))


class HostStore:
    """State and robots.txt of each host.

    With a directory it is shared by all threads and processes that use the directory, without one by the threads that
    use this object. Does not pickle; a lock is not inherited by a forked child. A file that a crash of the machine
    truncated counts as empty.

    Args:
        directory: on a local disk; made if it does not exist.

    Raises:
        OSError: the directory cannot be made.
    """

    def __init__(self, directory: Path | str | None = None) -> None:
        self.directory = None if directory is None else str(directory)
        self._states: LockedStore = MemoryLockedStore()
        self._robots: LockedStore = MemoryLockedStore(_MAX_IN_MEMORY)
        if directory is not None:
            Path(directory).mkdir(parents=True, exist_ok=True)
            self._states = DirectoryLockedStore(str(directory), ".host")
            self._robots = DirectoryLockedStore(str(directory), ".robots")

    def state(self, host: str) -> HostState:
        """Return the state of a host without its lock: it may have changed since."""
        return _read(self._states.read(host), HostState) or HostState(host=host)

    def robots(self, origin: str) -> CachedRobots | None:
        """Return the robots.txt of an origin, fresh or not."""
        return _read(self._robots.read(origin), CachedRobots)

    @contextmanager
    def lock_state(self, host: str) -> Iterator[LockedRecord[HostState]]:
        """Wait for the turn of a host, and have it until the block ends."""
        with self._states.lock(host) as value:
            yield LockedRecord(value, HostState)

    @contextmanager
    def lock_robots(self, origin: str) -> Iterator[LockedRecord[CachedRobots]]:
        """Wait for the lock of a robots.txt, and have it until the block ends.

        The turn of a host may be taken inside; the reverse order can deadlock.
        """
        with self._robots.lock(origin) as value:
            yield LockedRecord(value, CachedRobots)


def open_host_store(before: HostStore | None = None) -> HostStore:
    """Open the store in the directory that the environment names; without one, a store in memory.

    Args:
        before: an earlier result, returned again while the environment names the same directory. A process may
            outlive a run and its directory.

    Raises:
        OSError: the directory cannot be made.
    """
    directory = os.environ.get(DIRECTORY_VARIABLE) or None
    return before if before is not None and before.directory == directory else HostStore(directory)


def export_hosts(directory: Path | str, *, now: float | None = None) -> list[dict[str, Any]]:
    """Return the state that the next run needs, as plain JSON.

    Hosts with a request less than RECENT_S ago, hosts that are closed, and robots.txt that are still fresh.

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
    """Store what :func:`export_hosts` returned; newer state that is there already stays.

    Raises:
        OSError: the directory cannot be written to.
        TypeError, ValueError, KeyError: the rows have another form.
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
