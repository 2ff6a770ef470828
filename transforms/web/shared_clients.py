"""Clients shared by all stages and chunks of a process, one for each policy.

So feeds and pages of a host have one rate limit, and its robots.txt is requested once.
"""

import os
import threading
import time
from dataclasses import dataclass

from transforms.web.policy import FetchPolicy
from transforms.web.polite_client import PoliteClient, open_client

IDLE_S = 600.0
"""How long an unused client is kept at least, seconds: chunks and rounds of polls follow one another."""


@dataclass
class _Shared:
    web: PoliteClient
    users: int = 0
    free_since: float = 0.0


_shared: dict[tuple[int, FetchPolicy], _Shared] = {}  # by process too: connections do not survive a fork
_lock = threading.Lock()


def acquire_client(policy: FetchPolicy) -> PoliteClient:
    """Return the client of this process for a policy, made at the first call; :func:`release_client` gives it back."""
    with _lock:
        key = (os.getpid(), policy)
        _drop_idle(time.monotonic() - IDLE_S, but=key)
        if key not in _shared:
            _shared[key] = _Shared(open_client(policy))
        _shared[key].users += 1
        return _shared[key].web


def release_client(web: PoliteClient) -> None:
    """Give back a client. It is kept for the next user, and closed by a later call once it was unused for IDLE_S."""
    with _lock:
        for shared in _shared.values():
            if shared.web.client is web.client:
                shared.users -= 1
                shared.free_since = time.monotonic()


def close_shared_clients() -> None:
    """Close all shared clients and drop their state, as at the end of a process; for tests."""
    with _lock:
        for (process, _), shared in _shared.items():
            if process == os.getpid():
                shared.web.client.close()
        _shared.clear()


def _drop_idle(before: float, *, but: tuple[int, FetchPolicy]) -> None:
    for key, shared in list(_shared.items()):
        if key != but and key[0] == os.getpid() and shared.users <= 0 and shared.free_since < before:
            shared.web.client.close()
            del _shared[key]
