"""The pools of a process, one for each policy, kept until the process ends."""

import atexit
import threading

from transforms.workers.policy import WorkerPolicy
from transforms.workers.pool import Pool

MAX_POOLS = 4
"""Pools that a process keeps: a run needs one, but a process may carry out many runs of different settings."""

_pools: dict[WorkerPolicy, Pool] = {}
_making = threading.Lock()


def shared_pool(policy: WorkerPolicy) -> Pool:
    """Return the pool of this process for a policy, made on the first call and kept until the process ends.

    Where there are more than MAX_POOLS, the least recently requested is closed, unless it is used.
    """
    with _making:
        pool = _pools.pop(policy, None) or Pool(policy)
        _pools[policy] = pool
        idle = [each for each, kept in _pools.items() if kept is not pool and not kept.is_used]
        for each in idle[: max(0, len(_pools) - MAX_POOLS)]:
            _pools.pop(each).close()
        return pool


def close_pools() -> None:
    """End all workers of this process."""
    with _making:
        while _pools:
            _pools.popitem()[1].close()


def kill_pools() -> None:
    """End all workers of this process at once, from a handler of signals."""
    for pool in list(_pools.values()):
        pool.kill()


atexit.register(close_pools)
