"""A command and all processes that it starts: how they are watched and ended, and which are left behind.

Processes are found by their session, by their parents, and by a mark in their environment that no other process has:
a worker may leave its session, and an orphan its parent.
"""

import contextlib
import dataclasses
import os
import re
import resource
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from tests.support.paths import ROOT

HOOKS = ROOT / "benchmarks" / "hooks"
MARK = "NEWSMILL_BENCH_MARK"
PAGE_BYTES = resource.getpagesize()
TICKS = os.sysconf("SC_CLK_TCK")
ENDED = ("Z", "X")
_OF_NEWSMILL = {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell lets what it starts in the background ignore SIGINT, and all that comes of it: here it is what is sent.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclasses.dataclass(frozen=True)
class Process:
    """One process, as /proc shows it."""

    pid: int
    parent: int
    group: int
    session: int
    state: str
    cpu_s: float
    rss_bytes: int

    @property
    def is_alive(self) -> bool:
        """False for a zombie: it has ended and holds nothing."""
        return self.state not in ENDED


def processes() -> dict[int, Process]:
    """All processes of the machine."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = path.read_text(errors="replace").rpartition(")")[2].split()
            pid = int(path.parent.name)
            found[pid] = Process(
                pid=pid,
                parent=int(fields[1]),
                group=int(fields[2]),
                session=int(fields[3]),
                state=fields[0],
                cpu_s=(int(fields[11]) + int(fields[12])) / TICKS,
                rss_bytes=int(fields[21]) * PAGE_BYTES,
            )
    return found


def tree_of(root: int, found: Mapping[int, Process] | None = None) -> list[Process]:
    """Living processes of the session of ``root`` and all descendants of any of them."""
    found = processes() if found is None else found
    members = {pid for pid, process in found.items() if root in (pid, process.session)}
    waiting = True
    while waiting:
        more = {pid for pid, process in found.items() if process.parent in members} - members
        members |= more
        waiting = bool(more)
    return [found[pid] for pid in members if found[pid].is_alive]


def proportional_bytes(pid: int) -> int:
    """Memory of a process, each page that is shared counted as a share (PSS)."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def _has_mark(pid: int, mark: str) -> bool:
    with contextlib.suppress(OSError):
        return f"{MARK}={mark}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return False


def describe(pid: int) -> str:
    """Number and command line of a process."""
    with contextlib.suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return f"{pid} {words.strip()[:160]}"
    return str(pid)


def left_behind(root: int, mark: str) -> list[int]:
    """Living processes that came of a command: of its session, its descendants, or with its mark."""
    found = processes()
    members = {process.pid for process in tree_of(root, found)}
    marked = (pid for pid, process in found.items() if process.is_alive and pid not in members)
    return sorted(members | {pid for pid in marked if _has_mark(pid, mark)})


def newsmill_environment() -> dict[str, str]:
    """The environment of this process, for a Python that imports from this checkout."""
    return {**os.environ, **_OF_NEWSMILL}


def make_environment(
    scratch: Path, mark: str, *, hooks: bool = False, more: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The environment of a command that can be told from all others.

    Args:
        hooks: load benchmarks/hooks/sitecustomize.py in every Python process of it.
        more: further variables.
    """
    temporary = scratch / "tmp"
    temporary.mkdir(exist_ok=True, parents=True)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        **_OF_NEWSMILL,
        "TMPDIR": str(temporary),
        "AWS_EC2_METADATA_DISABLED": "true",
        MARK: mark,
        **({"PYTHONPATH": f"{HOOKS}{os.pathsep}{ROOT}"} if hooks else {}),
        **(more or {}),
    }


@dataclasses.dataclass
class Ended:
    """How a command ended.

    Attributes:
        seconds: wall time.
        cpu_s: of the command and all its processes.
        peak_pss: highest sum of proportional memory over the tree, in bytes.
        peak_rss: highest sum of resident memory; pages that are shared count as often as they are shared.
        peak_processes: most processes at one instant.
        left: what was left behind, described; it has been killed since.
        is_late: it was killed, since it did not end in time.
        gone_s: time from a signal until the command and all processes of it were gone; None without a signal.
    """

    code: int
    stdout: str
    stderr: str
    seconds: float
    cpu_s: float
    peak_pss: int
    peak_rss: int
    peak_processes: int
    left: list[str]
    is_late: bool = False
    gone_s: float | None = None


class Watched:
    """A command in a session of its own, its memory and processor time sampled while it runs.

    Args:
        every_s: time between two samples.
        is_measured: sample memory, too; it costs the command a little.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        scratch: Path,
        hooks: bool = False,
        more: Mapping[str, str] | None = None,
        every_s: float = 0.1,
        is_measured: bool = True,
    ) -> None:
        self.mark = secrets.token_hex(12)
        self._files = [(scratch / f"{self.mark}.{name}").open("w+b") for name in ("out", "err")]
        self._cpu: dict[int, float] = {}
        self._peaks = [0, 0, 0]
        self._is_measured = is_measured
        self._every_s = every_s
        self._stopping = threading.Event()
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            list(command),
            cwd=scratch,
            env=make_environment(scratch, self.mark, hooks=hooks, more=more),
            stdin=subprocess.DEVNULL,
            stdout=self._files[0],
            stderr=self._files[1],
            start_new_session=True,
        )
        self._usage_s = 0.0
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._stopping.wait(self._every_s):
            self.sample()

    def sample(self) -> None:
        """Note memory and processor time as they are now."""
        members = tree_of(self.process.pid)
        for process in members:
            self._cpu[process.pid] = max(process.cpu_s, self._cpu.get(process.pid, 0.0))
        if self._is_measured:
            pss = sum(proportional_bytes(process.pid) for process in members)
            rss = sum(process.rss_bytes for process in members)
            self._peaks = [max(pair) for pair in zip(self._peaks, (pss, rss, len(members)), strict=True)]

    def send(self, number: int, *, to_group: bool = False) -> None:
        """Send a signal to the command, or to its process group as a terminal does for Ctrl-C."""
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                (os.killpg if to_group else os.kill)(self.process.pid, number)

    def wait(self, timeout_s: float | None = None) -> int | None:
        """The exit code; None when the command still runs after that time."""
        if self.process.returncode is not None:
            return self.process.returncode
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while True:
            pid, status, usage = os.wait4(self.process.pid, os.WNOHANG)
            if pid:
                self._usage_s = usage.ru_utime + usage.ru_stime
                self.process.returncode = os.waitstatus_to_exitcode(status)
                return self.process.returncode
            if deadline is not None and time.monotonic() > deadline:
                return None
            time.sleep(0.005)

    def kill(self) -> None:
        """SIGKILL the command and all processes of it, and wait until they are gone."""
        deadline = time.monotonic() + 20
        self.send(signal.SIGKILL, to_group=True)  # at once: what is found one by one could go on meanwhile
        while True:
            left = left_behind(self.process.pid, self.mark)
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            code = self.wait(timeout_s=5)
            if code is not None and not left:
                return
            if time.monotonic() > deadline:
                raise TimeoutError(f"processes outlive SIGKILL: {[describe(pid) for pid in left]}")
            time.sleep(0.01)

    def end(self, timeout_s: float | None = None, *, since: float | None = None, patience_s: float = 1.0) -> Ended:
        """Wait for the end of the command; what is then left of it is named and killed.

        Args:
            timeout_s: kill it after that time.
            since: ``time.monotonic`` at which a signal was sent; then the time from there counts for what it leaves.
            patience_s: time that other processes of the command have to end after it, or after ``since``.
        """
        is_late = self.wait(timeout_s) is None
        seconds = time.monotonic() - self.began
        deadline = (time.monotonic() if since is None else since) + patience_s
        left = [] if is_late else left_behind(self.process.pid, self.mark)
        while left and time.monotonic() < deadline:
            time.sleep(0.02)
            left = left_behind(self.process.pid, self.mark)
        gone_s = None if since is None else time.monotonic() - since
        told = [describe(pid) for pid in left]
        self._stopping.set()
        self._thread.join()
        self.kill()
        texts = []
        for file in self._files:
            file.seek(0)
            texts.append(file.read().decode("utf-8", errors="replace"))
            file.close()
            Path(file.name).unlink()
        assert self.process.returncode is not None
        return Ended(
            code=self.process.returncode,
            stdout=texts[0],
            stderr=texts[1],
            seconds=seconds,
            cpu_s=max(self._usage_s, sum(self._cpu.values())),
            peak_pss=self._peaks[0],
            peak_rss=self._peaks[1],
            peak_processes=self._peaks[2],
            left=told,
            is_late=is_late,
            gone_s=gone_s,
        )


def is_group_alive(group: int) -> bool:
    """Whether a process of the group still runs."""
    return any(process.group == group and process.is_alive for process in processes().values())


def kill_group(process: "subprocess.Popen[bytes]") -> None:
    """Kill a command and its process group with SIGKILL, and wait until they are gone.

    Raises:
        TimeoutError: one of them is still there after 10 s.
    """
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + 10
    while is_group_alive(process.pid):
        if time.monotonic() > deadline:
            raise TimeoutError(f"process group {process.pid} outlives SIGKILL")
        time.sleep(0.01)


def newsmill(*words: str) -> list[str]:
    """The command line of newsmill in this checkout."""
    return [sys.executable, "-m", "pipeline", *words]


def run_to_end(
    command: Sequence[str],
    *,
    scratch: Path,
    timeout_s: float | None = None,
    hooks: bool = False,
    more: Mapping[str, str] | None = None,
    is_measured: bool = True,
) -> Ended:
    """Carry out a command and watch it; without measures, seldom."""
    every_s = 0.1 if is_measured else 1.0
    watched = Watched(command, scratch=scratch, hooks=hooks, more=more, every_s=every_s, is_measured=is_measured)
    try:
        return watched.end(timeout_s)
    finally:
        watched.kill()


T = TypeVar("T")


def run_again(attempt: Callable[[int], T], is_unfinished: Callable[[T], bool], *, most: int) -> tuple[T, int]:
    """Carry out a run again and again, with the same arguments, until one was not ended before it was done.

    >>> run_again(lambda number: number, lambda number: number < 2, most=9)
    (2, 3)

    Args:
        attempt: carries out one; takes the number of those before it.
        is_unfinished: whether another is needed after one that gave this.
        most: attempts, at least 1.

    Returns:
        What the last attempt gave, and how many there were.
    """
    for number in range(most):
        gave = attempt(number)
        if not is_unfinished(gave):
            break
    return gave, number + 1


SIGNAL_CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}
"""Exit code of a run that a signal ended."""
WITHIN_S = 5.0
_LOGGED = re.compile(r"\d\d:\d\d:\d\d newsmill\S* (?:INFO|WARNING) ")
"""What a run says while it works, such as that it carries an interrupted one on."""


def judge_signalled(ended: Ended, number: int, *, within_s: float = WITHIN_S) -> Iterator[str]:
    """What is not as promised of a run that a signal ended: code, time, one line, nothing left."""
    name = signal.Signals(number).name
    if ended.is_late:
        yield f"{name}: it still ran after {ended.gone_s or 0:.1f} s"
        return
    if ended.code != SIGNAL_CODES[signal.Signals(number)]:
        yield f"{name}: exit code {ended.code}, not {SIGNAL_CODES[signal.Signals(number)]}: {ended.stderr[-300:]!r}"
    if ended.gone_s is not None and ended.gone_s > within_s:
        yield f"{name}: gone after {ended.gone_s:.1f} s"
    if ended.left:
        yield f"{name}: left behind: {ended.left}"
    if "Traceback" in ended.stderr + ended.stdout:
        yield f"{name}: a traceback: {(ended.stderr + ended.stdout)[-600:]!r}"
    lines = [line for line in ended.stderr.splitlines() if line.strip() and not _LOGGED.match(line)]
    if len(lines) != 1 or not lines[0].startswith("newsmill: "):
        yield f"{name}: not one line on stderr but {lines[-5:]!r}"
