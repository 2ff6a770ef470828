"""Lines on standard error, in which text from outside cannot steer the terminal."""

import os
import re
import shlex
import sys

from schemas.userinfo import mask_userinfo
from transforms.printable import printable, printable_lines


def complain(message: object) -> None:
    """Say in one line on standard error what is wrong."""
    sys.stderr.write(f"newsmill: {printable(mask_userinfo(str(message)))}\n")


def complain_lines(text: str) -> None:
    """Say on standard error what is wrong, in the lines in which it was said."""
    sys.stderr.write(f"newsmill: {printable_lines(mask_userinfo(text).rstrip())}\n")


def own_command() -> str:
    """How newsmill was called, for what a user is told to try."""
    return shlex.quote(printable(os.environ.get("NEWSMILL_COMMAND") or "newsmill"))


def in_quotes(text: str) -> str:
    r"""Text as one word of a shell command, in double quotes.

    >>> print(in_quotes('select "a" -- $1'))
    "select \"a\" -- \$1"
    """
    escaped = re.sub(r'([$`"\\])', r"\\\1", text)
    return f'"{escaped}"'
