"""The delimiter and columns of a CSV file, found in its first lines.

Text that has commas is not a CSV. A CSV has a header of short, different names, no blank after a delimiter, and the
same number of cells in each row.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from transforms.sources.field_names import is_known_name
from transforms.urls import is_web_url

_DELIMITERS = (",", ";", "\t", "|")
_LOOKED_AT = 20
"""Rows that are compared with the header."""

_MAX_HEADER = 4000
_MAX_NAME = 60
_NAME = re.compile(r"[^\W\d][\w ./()#@&%$+-]{0,59}")
_SEPARATOR = re.compile(r"sep=([,;\t|])\r?\n?", re.IGNORECASE)
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
MAX_ROW_LINES = 5_000
"""Lines of one row; a quote that is not closed within so many is a wrong one."""


class Layout(NamedTuple):
    """Delimiter and column names of a CSV."""

    delimiter: str
    columns: tuple[str, ...]


class CutLine(str):
    """The beginning of a line that is too long to be read."""


class Row(NamedTuple):
    """The lines of one row as they stand, and why it cannot be read."""

    lines: list[str]
    trouble: str | None = None


def find_layout(text: str, *, is_whole: bool) -> Layout | None:
    r"""Find the layout of a CSV or TSV with a header; None for any other text.

    >>> find_layout("title,url,tags\nFerry moves,https://post.example/1,a|b\n", is_whole=True)
    Layout(delimiter=',', columns=('title', 'url', 'tags'))
    >>> find_layout("Roses are red, violets blue\nSugar is sweet, and so are you\n", is_whole=True)

    Args:
        is_whole: whether this is all of it; else its last row is not examined.
    """
    text = text.removeprefix("\ufeff").lstrip("\r\n")
    said = _SEPARATOR.match(text)
    text = text[said.end() :] if said else text
    header = _LINE.match(text, 0, _MAX_HEADER + 1)
    if header is None or len(header.group()) > _MAX_HEADER:
        return None
    found = (_layout(text, mark, is_whole=is_whole) for mark in ((said[1],) if said else _DELIMITERS))
    return max(filter(None, found), key=lambda layout: len(layout.columns), default=None)


def _layout(text: str, delimiter: str, *, is_whole: bool) -> Layout | None:
    if delimiter not in text[:_MAX_HEADER]:
        return None
    rows: list[list[str]] = []
    lines = (line.group() for line in _LINE.finditer(text) if line.group())
    try:
        for row in join_rows(lines, delimiter):
            rows.append(parse_row(row.lines, delimiter))
            if len(rows) > _LOOKED_AT + 1:
                break
    except (csv.Error, StopIteration):
        return None
    if not is_whole and len(rows) <= _LOOKED_AT + 1:
        rows = rows[:-1]
    columns, *rest = rows or [[]]
    known = sum(map(is_known_name, columns))
    if len(columns) < 2 or not _is_header(columns, is_known=known > 0) or len(set(columns)) < len(columns):
        return None
    rest = [row for row in rest if row]
    even = sum(len(row) == len(columns) for row in rest)
    layout = Layout(delimiter, tuple(columns))
    if known > 1:
        return layout if even or not rest else None
    if known:
        return layout if even and 2 * even >= len(rest) else None
    if even < len(rest):
        return None
    is_of_links = even > 0 and all(any(map(is_web_url, row)) for row in rest)
    return layout if is_of_links or (len(columns) > 2 and even >= 2) else None


def _is_header(columns: list[str], *, is_known: bool) -> bool:
    names = columns[1:] if not columns[0] else columns  # pandas writes its index under no name
    if not all(len(name) <= _MAX_NAME and _NAME.fullmatch(name.strip()) for name in names):
        return False
    return is_known or not any(name.startswith(" ") or len(name.split()) > 3 for name in names)


def join_rows(lines: Iterable[str], delimiter: str, *, max_chars: int = 1 << 24) -> Iterator[Row]:
    """Yield the rows of a CSV; a quoted cell may extend over several lines.

    Where a quote is not closed within MAX_ROW_LINES lines or ``max_chars``, its line is a row with trouble, and the
    rows after it are given: one wrong quote does not take the rest along. Where quotes are wrong again and again,
    lines are no longer examined twice, so that the time grows with the size alone.
    """
    opening = re.compile(rf'(?:^|{re.escape(delimiter)})"')
    waiting: list[str] = []  # lines to look at again, last first
    source = iter(lines)
    again = 2 * MAX_ROW_LINES  # how many lines may be examined again
    while True:
        row: list[str] = []
        inside, size = False, 0
        while True:
            again += -1 if waiting else 3
            line = waiting.pop() if waiting else next(source, None)
            if line is None:
                break
            row.append(line)
            size += len(line)
            inside = _ends_inside(line, inside, opening)
            if not inside or isinstance(line, CutLine) or len(row) >= MAX_ROW_LINES or size > max_chars or again < 0:
                break
        if not row:
            return
        if isinstance(row[-1], CutLine):
            yield Row(row[:1], f"a line of over {len(row[-1])} characters")
            waiting.extend(reversed(row[1:-1]))
        elif inside:
            yield Row(row[:1], "a quote that is not closed")
            waiting.extend(reversed(row[1:]))
        elif row[0].strip("\r\n"):
            yield Row(row)


def _ends_inside(line: str, inside: bool, opening: re.Pattern[str]) -> bool:
    """Return whether a line ends inside a quoted cell."""
    at = 0
    while True:
        if inside:
            at = line.find('"', at)
            if at < 0:
                return True
            is_doubled = line.startswith('""', at)
            at, inside = at + 1 + is_doubled, is_doubled
        else:
            found = opening.search(line, at)
            if found is None:
                return False
            at, inside = found.end(), True


def parse_row(lines: list[str], delimiter: str) -> list[str]:
    """Parse the cells of one row.

    Raises:
        csv.Error: a cell over the limit of the library.
    """
    return next(csv.reader(lines, delimiter=delimiter), [])
