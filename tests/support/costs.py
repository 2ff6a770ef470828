"""Linear cost, measured so that neither a busy machine nor a garbage collection makes a test fail."""

from collections.abc import Callable

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
