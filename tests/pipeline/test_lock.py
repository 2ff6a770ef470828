"""The lease that locks an output on an object store: one holder, and it ends with its holder."""

import json
import os
import socket
import subprocess
import sys
import time

import pytest

from pipeline.lock import LEASE_S, LOCK, hold_lock
from schemas.errors import LockHeld
from tests.support.s3 import Store, store
from transforms.lake import files

__all__ = ["store"]


def test_one_run_holds_a_store_and_lets_go(store: Store) -> None:
    output = store.url("lease")
    with hold_lock(output):
        with pytest.raises(LockHeld, match=f"process {os.getpid()}"), hold_lock(output):
            pass
        assert files.exists(files.join(output, LOCK)), "one that was refused leaves the lease alone"
    with hold_lock(output):
        pass
    assert not files.exists(files.join(output, LOCK))


@pytest.mark.parametrize(
    ("host", "ago", "is_held"),
    [("elsewhere", 0.0, True), ("elsewhere", LEASE_S + 1, False), ("here", 0.0, False)],
    ids=["alive", "over", "its process is gone"],
)
def test_a_lease_ends_with_its_holder(store: Store, host: str, ago: float, is_held: bool) -> None:
    output = store.url("left")
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    name = socket.gethostname() if host == "here" else host
    lease = {"name": "x", "host": name, "process": gone.pid, "until": time.time() + LEASE_S - ago}
    files.write_bytes(files.join(output, LOCK), json.dumps(lease).encode())
    if is_held:
        with pytest.raises(LockHeld, match="elsewhere"), hold_lock(output):
            pass
    else:
        with hold_lock(output):
            assert json.loads(files.read_bytes(files.join(output, LOCK)))["process"] == os.getpid()
