"""The lock of an output: one run writes to it at a time."""

import contextlib
import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

from filelock import lock_descriptor

from schemas.errors import LockHeld
from transforms.lake.lease import LOCK, hold_lease
from transforms.lake.open_store import open_store
from transforms.lake.store import Store, VersionedStore


@contextlib.contextmanager
def hold_lock(output: str | Store, *, clock: Callable[[], float] = time.time) -> Iterator[None]:
    """Hold the lock of an output.

    On a local disk it is a lock of the kernel, which ends with the process that holds it, however it ends. In a
    bucket it is a lease: an object that names its holder, renewed every 40 seconds. It is void 120 seconds
    after it was last renewed, or at once where its process was on this machine and no longer exists. A lease is
    made on condition that there is none, and renewed or taken over on condition that it is still the one that was
    read, so of several runs that take over a void lease one succeeds. A run that has lost its lease to another cannot
    commit any more.

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
        with hold_lease(cast(VersionedStore, store), clock):
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
