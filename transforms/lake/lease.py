"""The lease that locks an output in a bucket."""

import contextlib
import json
import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from schemas.errors import LockHeld, LockLost
from transforms.lake.store import Store, VersionedStore
from transforms.parsers import parse_json

LOCK = "_lock"
LEASE_S = 120.0
"""How long a lease is valid after it was last renewed, seconds."""

_held: dict[str, "Lease"] = {}
"""Leases that this process holds or has lost, by address, while the work under them goes on."""


@contextlib.contextmanager
def hold_lease(store: VersionedStore, clock: Callable[[], float]) -> Iterator[None]:
    """Hold the lease of an output, and renew it every third of LEASE_S.

    Raises:
        LockHeld: another run holds it.
        OSError: the store refuses, or cannot be reached.
    """
    lease = Lease(store, clock)
    lease.take()
    stop = threading.Event()

    def keep() -> None:
        while not stop.wait(LEASE_S / 3):
            with contextlib.suppress(OSError):  # the next try may succeed; the lease outlasts two
                if not lease.renew():
                    return  # the next commit says so

    threading.Thread(target=keep, daemon=True).start()
    path = store.path(LOCK)
    _held[path] = lease
    try:
        yield
    finally:
        stop.set()
        del _held[path]
        lease.give_back()


def check_lease(store: Store) -> None:
    """Check, before a commit, that this process has not lost the lease under which it works, and renew it.

    A process that never held one passes: on a local disk the kernel's lock cannot be lost, and the one worker that
    commits for an unbounded job is not the process that holds the lock.

    Raises:
        LockLost: another run has taken the lease over.
        OSError: the store refuses, or cannot be reached.
    """
    lease = _held.get(store.path(LOCK))
    if lease is not None and not lease.renew():
        raise LockLost(
            f"{store.path(LOCK)} was lost: it was not renewed for {LEASE_S:.0f} s, and another run has taken it over. "
            "What was committed before stays; run the same command again when the other has ended"
        )


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
        self._renewing = threading.Lock()

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
        with self._renewing:
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
            lease = parse_json(data)
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
