"""What is wrong with an output."""

from typing import NamedTuple


class Problem(NamedTuple):
    """One difference between an output and what its manifests and tables promise."""

    kind: str
    path: str
    message: str
