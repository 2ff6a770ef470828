"""Messages on standard error, in which text from outside cannot control the terminal."""

import os
import re
import shlex
import sys

from schemas.userinfo import mask_userinfo
from transforms.printable import printable, printable_lines


def complain(message: object) -> None:
    """Print one line on standard error; user names and passwords in it are masked."""
    sys.stderr.write(f"newsmill: {as_called(printable(mask_userinfo(str(message))))}\n")


def complain_lines(text: str) -> None:
    """Print lines on standard error; user names and passwords in them are masked."""
    sys.stderr.write(f"newsmill: {as_called(printable_lines(mask_userinfo(text).rstrip()))}\n")


def own_command() -> str:
    """Return how newsmill was called, for commands that messages propose."""
    return shlex.quote(printable(os.environ.get("NEWSMILL_COMMAND") or "newsmill"))


def as_called(text: str) -> str:
    """Name the commands in a message as newsmill was called: whoever raises the message writes "newsmill"."""
    from pipeline.options import all_commands  # noqa: PLC0415  imports this module

    commands = "|".join(map(re.escape, all_commands()))
    return re.sub(rf"(?<![\w/.-])newsmill (?=(?:{commands}|--help)(?:[ ']|$))", lambda _: f"{own_command()} ", text)


def in_quotes(text: str) -> str:
    r"""Quote a text as one word of a shell command, in double quotes.

    >>> print(in_quotes('select "a" -- $1'))
    "select \"a\" -- \$1"
    """
    escaped = re.sub(r'([$`"\\])', r"\\\1", text)
    return f'"{escaped}"'
