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

from pipeline.options import LockHeld
from transforms.lake import files

__all__ = ["LockHeld", "hold_lock"]

LOCK = "_lock"
LEASE_S = 120.0
"""How long a lock on an object store counts after its holder was last heard of."""


@contextlib.contextmanager
def hold_lock(output: str, *, clock: Callable[[], float] = time.time) -> Iterator[None]:
    """Hold the lock of an output.

    On a local disk it is a lock of the kernel, which ends with the process that holds it, however it ends. On
    an object store it is a lease: an object that is written anew every third of LEASE_S and counts for LEASE_S
    seconds. Stores are not asked for conditional writes, so two runs that start within the same second there
    could both believe they hold it; the check after a pause makes that unlikely, not impossible.

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
    holder = _read_lease(path, clock)
    if holder is not None:
        raise LockHeld(f"{path} is held by {holder}: wait for it to end; after a crash it ends in {LEASE_S:.0f} s")
    stop = threading.Event()

    def renew() -> None:
        body = {"name": name, "who": f"process {os.getpid()} on {socket.gethostname()}", "until": clock() + LEASE_S}
        files.replace_bytes(path, json.dumps(body).encode())

    def keep() -> None:
        while not stop.wait(LEASE_S / 3):
            renew()

    renew()
    time.sleep(0.5)
    if json.loads(files.read_bytes(path))["name"] != name:
        raise LockHeld(f"{path} was taken by another run at the same time: try again")
    threading.Thread(target=keep, daemon=True).start()
    try:
        yield
    finally:
        stop.set()
        files.remove_file(path)


def _read_lease(path: str, clock: Callable[[], float]) -> str | None:
    if not files.exists(path):
        return None
    try:
        lease = json.loads(files.read_bytes(path))
        return str(lease["who"]) if lease["until"] > clock() else None
    except (ValueError, KeyError, TypeError):
        return None
