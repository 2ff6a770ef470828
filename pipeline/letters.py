"""Counts of open dead letters, as JSON and as a table for people."""

from collections.abc import Sequence

from pipeline.text_tables import PlainTable, printed, text_console
from transforms.letters.open_letters import OpenLetter, count_letters
from transforms.printable import printable_json


def counts_to_json(letters: Sequence[OpenLetter], by: Sequence[str]) -> str:
    """Render the counts as JSON."""
    counts = [
        {**{name: _plain(name, value) for name, value in zip(by, values, strict=True)}, "letters": count}
        for values, count in count_letters(letters, by)
    ]
    return printable_json({"letters": len(letters), "counts": counts}, indent=1) + "\n"


def _plain(name: str, value: str) -> str | int | None:
    return int(value) if name == "attempts" else value or None


def render_counts(letters: Sequence[OpenLetter], by: Sequence[str], *, color: bool = False) -> str:
    """Render the counts as a table for people."""
    if not letters:
        return "no dead letter is open\n"
    table = PlainTable(show_footer=True)
    for number, name in enumerate(by):
        table.add_column(name, "" if number else "total", overflow="fold")
    table.add_column("letters", f"{len(letters):,}", justify="right", no_wrap=True)
    for values, count in count_letters(letters, by):
        table.add_row(*(value or "·" for value in values), f"{count:,}")
    console = text_console(width=None if color else 110, color=color)
    console.print(table)
    return printed(console)
