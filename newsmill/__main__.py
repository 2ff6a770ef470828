"""The command ``newsmill``, also as ``python -m newsmill``."""

import os
import sys
from typing import NoReturn

from newsmill._names import HERE, LIBRARY, check_packages

EXIT_USAGE = 2


def start() -> NoReturn:
    """Carry out the command line of this process."""
    _ignore_working_directory()
    try:
        check_packages(*LIBRARY, "pipeline")
    except ImportError as error:
        sys.stderr.write(f"newsmill: {error}\n")
        sys.exit(EXIT_USAGE)
    from pipeline.__main__ import start as carry_out  # noqa: PLC0415  only now is it known to be newsmill's

    carry_out()


def _ignore_working_directory() -> None:
    """Import nothing from the directory that the user stands in, or that a script lies in; nor do child processes.

    Python puts it first in sys.path, where a folder named ``schemas`` would hide newsmill's.
    """
    if sys.flags.safe_path or not sys.path or os.path.realpath(sys.path[0] or os.curdir) == str(HERE.parent):
        return
    del sys.path[0]
    os.environ["PYTHONSAFEPATH"] = "1"


if __name__ == "__main__":
    start()
