"""Retries of requests that a server refused for a time it named."""

from collections.abc import Callable
from typing import TypeVar

from transforms.web.status import Busy

MAX_TRIES = 3
"""How often one address is requested at most."""

_R = TypeVar("_R")


def try_again(request: Callable[[], _R], *, max_retry_after_s: float) -> _R:
    """Make a request, and again where the answer is 429 or 503 with a Retry-After that is short enough.

    The request itself waits: the rate limiter keeps the Retry-After of its host.

    Args:
        request: makes one request; called up to MAX_TRIES times.
        max_retry_after_s: longest Retry-After that is waited for, seconds.

    Raises:
        Trouble: what the last request raised.
    """
    for _ in range(MAX_TRIES - 1):
        try:
            return request()
        except Busy as why:
            if why.retry_after_s is None or why.retry_after_s > max_retry_after_s:
                raise
    return request()
