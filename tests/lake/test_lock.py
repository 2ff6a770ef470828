"""The lease that locks an output on an object store: one holder, and it ends with its holder."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from typing import Any

import pytest

from schemas.errors import LockHeld, LockLost
from tests.support.s3 import Bucket, store
from transforms.lake import files
from transforms.lake.commit_steps import INTENT, commit_manifest, finish_commit, staging_key
from transforms.lake.lake import Lake
from transforms.lake.lease import LEASE_S, LOCK, Lease
from transforms.lake.lock import hold_lock
from transforms.lake.manifest import Manifest
from transforms.lake.objects import ObjectStore

__all__ = ["store"]


def test_one_run_holds_a_store_and_lets_go(store: Bucket) -> None:
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
def test_a_lease_ends_with_its_holder(store: Bucket, host: str, ago: float, is_held: bool) -> None:
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


def leave_void_lease(store: Bucket, name: str) -> str:
    output = store.url(name)
    lease = {"name": "x", "host": "elsewhere", "process": 1, "until": 0}
    files.write_bytes(files.join(output, LOCK), json.dumps(lease).encode())
    return output


def test_of_those_that_take_over_a_void_lease_at_once_one_succeeds(store: Bucket) -> None:
    """Both have read the same void lease; nothing but the store decides."""
    output = leave_void_lease(store, "raced")
    first, second = (Lease(ObjectStore(output), time.time) for _ in range(2))
    taken = threading.Barrier(2)
    outcomes: list[bool] = []

    def take(lease: Lease) -> None:
        read = lease._read

        def read_together() -> Any:
            found = read()
            taken.wait()
            return found

        lease._read = read_together  # type: ignore[method-assign]
        try:
            lease.take()
            outcomes.append(True)
        except LockHeld:
            outcomes.append(False)
        lease._read = read  # type: ignore[method-assign]

    threads = [threading.Thread(target=take, args=(lease,)) for lease in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False, True]


def test_a_lease_is_renewed_by_its_holder_alone(store: Bucket) -> None:
    output = leave_void_lease(store, "renewed")
    slow = Lease(ObjectStore(output), lambda: 0.0)
    slow.take()
    assert slow.renew()
    assert slow.renew()
    with hold_lock(output):
        assert not slow.renew(), "it was void, and taken over"
        slow.give_back()
        assert files.exists(files.join(output, LOCK)), "what another run holds stays"
    assert not slow.renew()


def test_a_renewal_whose_answer_was_lost_does_not_lose_the_lease(store: Bucket) -> None:
    lease = Lease(ObjectStore(leave_void_lease(store, "lost-answer")), time.time)
    lease.take()
    before = lease._version
    assert lease.renew()
    lease._version = before
    assert lease.renew()
    assert lease.renew()


def test_a_run_that_has_lost_its_lease_does_not_commit(store: Bucket) -> None:
    output = store.url("lost")
    lake = Lake(output)
    first, second, third = (Manifest(run_id="slow", chunk=chunk, files=()) for chunk in range(3))
    with hold_lock(output, clock=lambda: 0.0):  # void from the beginning, as where nobody heard of it for so long
        commit_manifest(lake.store, first)
        other = Lease(ObjectStore(output), time.time)
        other.take()
        with pytest.raises(LockLost, match="another run has taken it over"):
            commit_manifest(lake.store, second)
        assert not files.exists(files.join(output, staging_key("slow", 1), INTENT)), "nobody completes it later"
        with pytest.raises(LockLost):
            finish_commit(lake.store, staging_key("slow", 2), third)
        assert [manifest.chunk for manifest in lake.manifests()] == [0]
    assert files.exists(files.join(output, LOCK)), "the other holds it still"
    commit_manifest(lake.store, Manifest(run_id="other", chunk=0, files=()))
    assert [manifest.run_id for manifest in lake.manifests()] == ["other", "slow"]
