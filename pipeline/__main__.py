"""The command line of newsmill, as ``newsmill`` and ``python -m newsmill`` start it."""

import sys
from typing import NoReturn

from pipeline import signals


def start() -> NoReturn:
    """Carry out the command line of this process, with signals heard from before the first import that takes time."""
    with signals.exiting_on_signals():
        from pipeline.cli import main  # noqa: PLC0415

        code = main()
        signals.ignore_signals()  # it is done: what is left is Python's own end
        sys.exit(code)


if __name__ == "__main__":
    start()
