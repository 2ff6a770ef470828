"""Tables for people, in which text from outside cannot be markup, nor steer the terminal."""

import io
import os
from typing import Any

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from transforms.printable import printable


def text_console(*, width: int | None, color: bool) -> Console:
    """Return a console that keeps what is printed, for :func:`printed`; brackets and colons in strings are not markup.

    Args:
        width: in columns; None takes that of the terminal.
        color: whether styles are shown; colors are not where the environment variable NO_COLOR is set.
    """
    return Console(
        file=io.StringIO(),
        width=width,
        force_terminal=color,
        no_color=not color or bool(os.environ.get("NO_COLOR")),
        highlight=False,
        markup=False,
        emoji=False,
    )


def printed(console: Console) -> str:
    """Return what was printed on a console of :func:`text_console`."""
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def shown(value: object, style: str = "") -> Text:
    """Return text from outside, for a cell or a line."""
    return Text(printable(value), style=style)


class PlainTable(Table):
    """A table whose cells and titles are text and nothing else."""

    def __init__(self, **options: Any) -> None:
        if isinstance(options.get("title"), str):
            options["title"] = shown(options["title"])
        super().__init__(**{"box": box.SIMPLE_HEAD, **options})

    def add_row(self, *cells: RenderableType | None, **options: Any) -> None:
        """Add a row; a string is shown as it is, what cannot be seen in it escaped."""
        super().add_row(*(shown(cell) if isinstance(cell, str) else cell for cell in cells), **options)
