"""Text from outside as it is shown: on a terminal, in a log, in report.txt.

File names, addresses, titles and messages of libraries come from the authors of the input. Shown unchanged, they could
move the cursor, rename the window, write lines that newsmill did not write, or turn the direction of what follows.
So each character that is not seen is shown as the escape that Python has for it.
"""

import json
import logging
import re
from typing import Any

from schemas.userinfo import mask_userinfo

MAX_SHOWN = 2_000
"""Longest text shown in one place, in characters: an address may have a megabyte."""

_UNSEEN = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # control characters: line ends, ESC and the one-character forms of its sequences
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff0-\ufffb"  # marks of direction, breaks of lines and paragraphs, and what takes no room
    "\ud800-\udfff"  # lone surrogates, which stand for bytes of a file name that are not UTF-8
    "\U000e0000-\U000e0fff"  # tags
    "]"
)
"""What is not seen; U+200C, U+200D and variation selectors stay, which scripts and emoji need."""


def _escape(found: re.Match[str]) -> str:
    return ascii(found.group())[1:-1]


def _escape_for_json(found: re.Match[str]) -> str:
    return json.dumps(found.group())[1:-1]


def printable(value: object, limit: int = MAX_SHOWN) -> str:
    r"""Return text in one line in which nothing is unseen; what is longer than ``limit`` is cut.

    >>> print(printable("a\x1b[31mRED\nFAKE INFO all is well"))
    a\x1b[31mRED\nFAKE INFO all is well
    >>> print(printable("[/b] stays, and so does Zürich; \u202e does not, nor \udce9"))
    [/b] stays, and so does Zürich; \u202e does not, nor \udce9
    """
    text = value if isinstance(value, str) else str(value)
    if len(text) > limit:
        text = f"{text[: limit - 1]}…"
    return text if text.isascii() and text.isprintable() else _UNSEEN.sub(_escape, text)


def printable_lines(text: str) -> str:
    r"""Return the same for text whose lines are our own, such as a table.

    >>> print(printable_lines("a\x07\nb"))
    a\x07
    b
    """
    return "\n".join(printable(line, len(line) + 1) for line in text.split("\n"))


def printable_json(value: Any, **options: Any) -> str:
    r"""JSON in which letters stand as they are and nothing is unseen; read back, it is the same.

    >>> print(printable_json({"title": "Zürich \u202e\x9b"}))
    {"title": "Zürich \u202e\u009b"}
    """
    text = json.dumps(value, ensure_ascii=False, **options)
    return "\n".join(_UNSEEN.sub(_escape_for_json, line) for line in text.split("\n"))


class PrintableFormatter(logging.Formatter):
    """Writes a record as one line; lines of a traceback below it are set in, so that none looks like a record."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(name)s %(levelname)s %(message)s", "%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        return printable(mask_userinfo(super().formatMessage(record)))

    def formatException(self, ei: Any) -> str:
        """Return the traceback."""
        return "\n".join(f"  {printable(mask_userinfo(line))}" for line in super().formatException(ei).split("\n"))

    def formatStack(self, stack_info: str) -> str:
        """Return the stack, where a record requests it."""
        return "\n".join(f"  {printable(mask_userinfo(line))}" for line in stack_info.split("\n"))
