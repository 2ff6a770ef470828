"""Functions that worker processes of the tests import: each does what its element says."""

import os
import signal
from collections.abc import Iterator

from schemas.trouble import LeftOut, Trouble

_kept: list[bytes] = []


def act(element: str) -> str:
    """The element with an exclamation mark, unless its first word asks for something else."""
    match element.split(maxsplit=1)[0]:
        case "loop":
            while True:
                pass
        case "wait":
            signal.pause()
        case "grow":
            held = []
            while True:
                held.append(bytearray(b"x" * (1 << 20)))
        case "die":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "crash":
            raise KeyError(element)
        case "refuse":
            raise Trouble("read.missing", element)
        case "leave":
            raise LeftOut("read.ignored", element)
        case "keep":
            _kept.append(b"x" * (40 << 20))
        case "pid":
            return str(os.getpid())
    return element + "!"


def act_later(element: str) -> str:
    """The same as a second step: acts on what follows the first word."""
    _, _, rest = element.partition(" ")
    return act(rest.removesuffix("!") or element)


def count_up(words: str) -> Iterator[str]:
    """Each word, acted upon."""
    for word in words.split(","):
        yield act(word)
