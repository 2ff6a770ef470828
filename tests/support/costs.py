"""Linear cost, measured so that neither a busy machine nor a garbage collection makes a test fail."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

TRIES = 5


def is_linear(cost: Callable[[int], float], sizes: tuple[int, int], *, most: float, floor_s: float) -> bool:
    """Whether the larger size costs at most ``most`` times as much as the smaller one, in one of some tries.

    Args:
        cost: processor seconds for a size.
        sizes: the smaller and the larger; what is quadratic costs the square of their ratio.
        floor_s: what is too little to be measured, seconds.
    """
    small, large = sizes
    return any(cost(large) < most * cost(small) + floor_s for _ in range(TRIES))


def count_steps(call: Callable[[], object]) -> int:
    """Return how many lines of Python a call runs through, which no clock measures; what is done in C is not seen."""
    steps = 0

    def trace(_frame: FrameType, _event: str, _argument: Any) -> Any:
        nonlocal steps
        steps += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return steps


def has_linear_steps(make_call: Callable[[int], Callable[[], object]], size: int) -> bool:
    """Whether four times the size costs less than six times the steps: what is quadratic costs sixteen times."""
    small, large = (count_steps(make_call(each)) for each in (size, 4 * size))
    return large < 6 * small
