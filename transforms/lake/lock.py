"""The lock of an output: one run writes to it at a time."""

import contextlib
import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

from filelock import lock_descriptor

from schemas.errors import LockHeld
from transforms.lake.store import Store, VersionedStore, open_store

LOCK = "_lock"
LEASE_S = 120.0
"""How long a lease is valid after it was last renewed, seconds."""


@contextlib.contextmanager
def hold_lock(output: str | Store, *, clock: Callable[[], float] = time.time) -> Iterator[None]:
    """Hold the lock of an output.

    On a local disk it is a lock of the kernel, which ends with the process that holds it, however it ends. In a
    bucket it is a lease: an object that names its holder, renewed every third of LEASE_S. It is void LEASE_S seconds
    after it was last renewed, or at once where its process was on this machine and no longer exists. A lease is
    made on condition that there is none, and renewed or taken over on condition that it is still the one that was
    read, so of several runs that take over a void lease one succeeds.

    Args:
        output: directory or address in a bucket, or its store.
        clock: seconds since 1970.

    Raises:
        LockHeld: another run holds it.
        OSError: the lock cannot be written.
    """
    store = open_store(output) if isinstance(output, str) else output
    if store.is_local:
        with _hold_file(Path(store.path(LOCK))):
            yield
    else:
        with _hold_lease(cast(VersionedStore, store), clock):
            yield


@contextlib.contextmanager
def _hold_file(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as held:
        if not lock_descriptor(held.fileno(), blocking=False):
            held.seek(0)
            raise LockHeld(
                f"{path.parent} is being written to by {held.read().strip() or 'another run'}: "
                "wait for it to end, or choose another --output"
            )
        held.truncate(0)
        held.write(f"process {os.getpid()} on {socket.gethostname()}\n")
        held.flush()
        yield


@contextlib.contextmanager
def _hold_lease(store: VersionedStore, clock: Callable[[], float]) -> Iterator[None]:
    lease = Lease(store, clock)
    lease.take()
    stop = threading.Event()

    def keep() -> None:
        while not stop.wait(LEASE_S / 3):
            with contextlib.suppress(OSError):  # the next try may succeed; the lease outlasts two
                lease.renew()

    threading.Thread(target=keep, daemon=True).start()
    try:
        yield
    finally:
        stop.set()
        lease.give_back()


class Lease:
    """A lock in a bucket, as the one run sees it that holds or wants it.

    Args:
        store: of the output.
        clock: seconds since 1970.
    """

    def __init__(self, store: VersionedStore, clock: Callable[[], float]) -> None:
        self._store, self._clock = store, clock
        self._name = secrets.token_hex(8)
        self._version: Any = None
        self._path = store.path(LOCK)

    def _to_json(self) -> bytes:
        until = self._clock() + LEASE_S
        return json.dumps(
            {"name": self._name, "host": socket.gethostname(), "process": os.getpid(), "until": until}
        ).encode()

    def take(self) -> None:
        """Make the lease, or take over one that is void.

        Raises:
            LockHeld: another run holds it, or was faster.
            OSError: the store refuses, or cannot be reached.
        """
        self._version = self._store.create_version(LOCK, self._to_json())
        if self._version is not None:
            return
        before, version = self._read()
        if (holder := _find_holder(before, self._clock())) is not None:
            raise LockHeld(
                f"{self._path} is held by {holder}: wait for it to end; after a crash it ends in {LEASE_S:.0f} s"
            )
        if version is not None:
            self._version = self._store.replace_version(LOCK, self._to_json(), version)
        if self._version is None:
            raise LockHeld(f"{self._path} was taken over by another run at the same time: try again")

    def renew(self) -> bool:
        """Say that the holder is alive.

        Returns:
            Whether the lease is still held: another run may have taken it over where this one was not heard of
            for LEASE_S seconds.

        Raises:
            OSError: the store refuses, or cannot be reached.
        """
        version = self._store.replace_version(LOCK, self._to_json(), self._version)
        if version is None:  # or an answer was lost, after which this is another version of our own
            found, version = self._read()
            if found.get("name") != self._name:
                return False
        self._version = version
        return True

    def give_back(self) -> None:
        """Remove the lease, unless another run has taken it over.

        Raises:
            OSError: the store refuses, or cannot be reached.
        """
        if self._read()[0].get("name") == self._name:
            self._store.remove(LOCK)

    def _read(self) -> tuple[dict[str, Any], Any]:
        """Return what the lease says, and its version; nothing and None where there is none."""
        try:
            data, version = self._store.read_version(LOCK)
        except FileNotFoundError:
            return {}, None
        try:
            lease = json.loads(data)
        except ValueError:
            return {}, version
        return (lease if isinstance(lease, dict) else {}), version


def _find_holder(lease: dict[str, Any], now: float) -> str | None:
    """Who holds a lease; None where it is void, or where its process was on this machine and no longer exists."""
    host, process = lease.get("host"), lease.get("process")
    if float(lease.get("until", 0)) <= now:
        return None
    if host == socket.gethostname() and isinstance(process, int) and not Path(f"/proc/{process}").exists():
        return None if Path("/proc").is_dir() else f"process {process} on {host}"
    return f"process {process} on {host}"
