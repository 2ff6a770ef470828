"""An output goes in; for as long as the block lasts, no other run writes to it."""

import contextlib
import fcntl
import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from schemas.errors import LockHeld
from transforms.lake import files

__all__ = ["LockHeld", "hold_lock"]

LOCK = "_lock"
LEASE_S = 120.0
"""How long a lock on an object store counts after its holder was last heard of."""

_SETTLE_S = 0.5


@contextlib.contextmanager
def hold_lock(output: str, *, clock: Callable[[], float] = time.time) -> Iterator[None]:
    """Hold the lock of an output.

    On a local disk it is a lock of the kernel, which ends with the process that holds it, however it ends. On
    an object store it is a lease: an object that is made where there is none, written anew every third of
    LEASE_S, and void LEASE_S seconds after the last time, or at once when its process was on this machine and
    is no more. Two runs that take over a void lease within the same second could both believe they hold it;
    the look after a pause makes that unlikely, not impossible.

    Raises:
        LockHeld: another run holds it.
    """
    if files.is_local(output):
        with _local(Path(output) / LOCK):
            yield
    else:
        with _leased(files.join(output, LOCK), clock):
            yield


@contextlib.contextmanager
def _local(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            held.seek(0)
            raise LockHeld(
                f"{path.parent} is being written to by {held.read().strip() or 'another run'}: "
                "wait for it to end, or choose another --output"
            ) from error
        held.truncate(0)
        held.write(f"process {os.getpid()} on {socket.gethostname()}\n")
        held.flush()
        yield


@contextlib.contextmanager
def _leased(path: str, clock: Callable[[], float]) -> Iterator[None]:
    name = secrets.token_hex(8)

    def lease() -> bytes:
        who = {"name": name, "host": socket.gethostname(), "process": os.getpid(), "until": clock() + LEASE_S}
        return json.dumps(who).encode()

    if not files.create_bytes(path, lease()):
        if (holder := _live_holder(path, clock)) is not None:
            raise LockHeld(f"{path} is held by {holder}: wait for it to end; after a crash it ends in {LEASE_S:.0f} s")
        files.replace_bytes(path, lease())  # of a run that died: taken over, unless another takes it over just now
        time.sleep(_SETTLE_S)
        if _read_lease(path).get("name") != name:
            raise LockHeld(f"{path} was taken over by another run at the same time: try again")
    stop = threading.Event()

    def keep() -> None:
        while not stop.wait(LEASE_S / 3):
            with contextlib.suppress(OSError):  # the next beat may come through; the lease outlasts two
                files.replace_bytes(path, lease())

    threading.Thread(target=keep, daemon=True).start()
    try:
        yield
    finally:
        stop.set()
        files.remove_file(path)


def _read_lease(path: str) -> dict[str, Any]:
    try:
        lease = json.loads(files.read_bytes(path))
    except (FileNotFoundError, ValueError):
        return {}
    return lease if isinstance(lease, dict) else {}


def _live_holder(path: str, clock: Callable[[], float]) -> str | None:
    """Who holds a lease; None where it is over, or where its process was on this machine and is no more."""
    lease = _read_lease(path)
    host, process = lease.get("host"), lease.get("process")
    if float(lease.get("until", 0)) <= clock():
        return None
    if host == socket.gethostname() and isinstance(process, int) and not Path(f"/proc/{process}").exists():
        return None if Path("/proc").is_dir() else f"process {process} on {host}"
    return f"process {process} on {host}"
