"""A host goes in; what is known of it comes out, and who may ask it now: one for all threads and processes.

A directory holds two small files a host: its pace, and the robots.txt of each of its origins. Whoever has the
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
from transforms.web.shelves import DirectoryShelf, MemoryShelf, Shelf, Slot, unseal

DIRECTORY_VARIABLE = "NEWSMILL_HOSTS_DIRECTORY"
"""Environment variable that names the directory, on a local disk; unset, only this process is told anything."""

RECENT_S = 120.0
"""How long after a request its host is worth telling the next run of, seconds: no usual pause is longer."""

EXPORTED_CHARS = 65_536
"""Longest robots.txt that is handed to the next run; longer ones are asked for again."""

_SET_BACK_S = 1.0  # less is no clock that was set back: a pause is that much longer
_KEPT = 1000  # robots.txt that stay where there is no directory

_N = TypeVar("_N", "Pace", "RobotsNote")


@dataclass(kw_only=True, slots=True)
class Pace:
    """What is known of how one host is to be asked; instants in seconds of the wall clock.

    Attributes:
        host: as :func:`transforms.web.pacing.host_key` names it.
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
        self.closed_code, self.closed_message, self.closed_status = why.code, sayable(why.message), why.status


@dataclass(kw_only=True, slots=True, frozen=True)
class RobotsNote:
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


def rebase(pace: Pace, now: float) -> bool:
    """Move the instants of a pace that was written in what is now the future; True if it was.

    What was left to wait for then is left to wait for now, and no more.

    >>> pace = Pace(noted_at=9_000.0, asked_last=9_000.0, closed_until=9_600.0)
    >>> rebase(pace, 1_000.0), pace.asked_last, pace.closed_until
    (True, 1000.0, 1600.0)
    """
    back_s = pace.noted_at - now
    if back_s <= _SET_BACK_S:
        return False
    pace.noted_at = now
    pace.asked_last = None if pace.asked_last is None else pace.asked_last - back_s
    pace.not_before -= back_s
    pace.closed_until -= back_s
    return True


def sayable(text: str) -> str:
    """A text that UTF-8 can hold: half a surrogate pair becomes a question mark."""
    return text.encode("utf-8", "replace").decode()


class Held(Generic[_N]):
    """A note that nobody else can change now."""

    def __init__(self, slot: Slot, kind: type[_N]) -> None:
        self._slot = slot
        self.note: _N | None = _read(slot.read(), kind)

    def save(self, note: _N) -> None:
        """Write the note for all to read."""
        self.note = note
        self._slot.write(orjson.dumps(note))


class HostBook:
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
        self._paces: Shelf = MemoryShelf()
        self._robots: Shelf = MemoryShelf(_KEPT)
        if directory is not None:
            Path(directory).mkdir(parents=True, exist_ok=True)
            self._paces = DirectoryShelf(str(directory), ".host")
            self._robots = DirectoryShelf(str(directory), ".robots")

    def pace(self, host: str) -> Pace:
        """How a host is to be asked, as it was a moment ago; for one who does not have its turn."""
        return _read(self._paces.peek(host), Pace) or Pace(host=host)

    def robots(self, origin: str) -> RobotsNote | None:
        """The robots.txt of an origin, fresh or not."""
        return _read(self._robots.peek(origin), RobotsNote)

    @contextmanager
    def hold_pace(self, host: str) -> Iterator[Held[Pace]]:
        """Have the turn of a host until the block ends; waits for it."""
        with self._paces.hold(host) as slot:
            yield Held(slot, Pace)

    @contextmanager
    def hold_robots(self, origin: str) -> Iterator[Held[RobotsNote]]:
        """Be the only one to ask for a robots.txt until the block ends.

        Turns of hosts may be taken inside, and never the other way round.
        """
        with self._robots.hold(origin) as slot:
            yield Held(slot, RobotsNote)


def open_book(before: HostBook | None = None) -> HostBook:
    """The book in the directory that the environment names; else one of this process.

    Args:
        before: one that this gave earlier; given again where the environment still says the same. A process may
            outlive a run and its directory.

    Raises:
        OSError: the directory cannot be made.
    """
    directory = os.environ.get(DIRECTORY_VARIABLE) or None
    return before if before is not None and before.directory == directory else HostBook(directory)


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
            pace = _read(unseal(path.read_bytes()), Pace)
            if pace is None:
                continue
            recent = (pace.asked_last or 0.0) + max(RECENT_S, pace.crawl_delay_s or 0.0)
            if now < max(recent, pace.not_before, pace.closed_until):
                rows.append({"pace": asdict(pace)})
        elif path.suffix == ".robots":
            note = _read(unseal(path.read_bytes()), RobotsNote)
            if note is not None and note.is_fresh(now) and len(note.text) <= EXPORTED_CHARS:
                rows.append({"robots": asdict(note)})
    return rows


def import_hosts(directory: Path | str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write what :func:`export_hosts` gave; what is known already and is newer stays.

    Raises:
        OSError: the directory cannot be written to.
        TypeError, ValueError, KeyError: rows of another make.
    """
    book = HostBook(directory)
    for row in rows:
        if "pace" in row:
            pace = Pace(**row["pace"])
            with book.hold_pace(pace.host) as held:
                if held.note is None or held.note.noted_at < pace.noted_at:
                    held.save(pace)
        else:
            note = RobotsNote(**row["robots"])
            with book.hold_robots(note.origin) as kept:
                if kept.note is None or kept.note.fetched_at < note.fetched_at:
                    kept.save(note)


def _read(data: bytes | None, kind: type[_N]) -> _N | None:
    try:
        return kind(**orjson.loads(data)) if data else None
    except (TypeError, ValueError):  # of another version of newsmill
        return None
