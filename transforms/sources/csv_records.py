"""Documents, links and mishaps of a CSV or TSV file with a header."""

import csv
import io
import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from schemas.documents import Document, Origin
from schemas.outcomes import Mishap
from schemas.trouble import Trouble
from transforms.sources.csv_layout import CutLine, Layout, Row, find_layout, join_rows, parse_row
from transforms.sources.field_names import Fields
from transforms.sources.json_records import Made, make_record_or_mishap
from transforms.sources.lenient_json import charset_of
from transforms.sources.limits import ReadLimits
from transforms.sources.recognize import HEAD_BYTES, sniff_charset

_MARK = "sep="
"""How a first line begins by which some spreadsheets name the delimiter."""


def read_csv(stream: BinaryIO, origin: Origin, *, head: bytes, limits: ReadLimits, first: int = 0) -> Iterator[Made]:
    """Yield what :func:`make_record` makes of each row below the header, in order.

    A row that has not as many cells as the header is a Mishap, and the next one is read.

    Args:
        head: the first bytes of the stream, which hold the header.
        first: position of the first row wanted, the one below the header being 0.

    Raises:
        Trouble: read.unrecognised where no column is known as address or text.
    """
    charset = sniff_charset(head) or charset_of(head)
    layout = find_layout(head.decode(charset, "replace"), is_whole=len(head) < HEAD_BYTES)
    if layout is None:
        raise Trouble("read.unrecognised", f"{origin.uri}: not the header of a CSV")
    _check_columns(layout, origin, limits)
    csv.field_size_limit(max(csv.field_size_limit(), 2 * limits.max_page_bytes))
    text = io.TextIOWrapper(_Unclosed(stream), encoding=charset, errors="replace", newline="")
    rows = join_rows(_lines(text, limits), layout.delimiter, max_chars=2 * limits.max_page_bytes)
    next(rows, None)  # the header
    for position, row in enumerate(itertools.islice(rows, first, None), start=first):
        at = replace(origin, position=position)
        try:
            record: object = dict(zip(layout.columns, _cells(row, layout), strict=True))
        except Trouble as why:
            yield Mishap(Document(media="text", origin=at), why)
        else:
            yield make_record_or_mishap(record, at, limits=limits)


def _check_columns(layout: Layout, origin: Origin, limits: ReadLimits) -> None:
    fields = Fields(dict.fromkeys(layout.columns, "x"), limits.field_map)
    if not any(fields.first(field) for field in ("url", "html", "text")):
        named = ", ".join(repr(name[:40]) for name in layout.columns[:20])
        raise Trouble(
            "read.unrecognised",
            f"{origin.uri} is a CSV of which no column is known as address or text: {named}; name one with "
            "--map url=COLUMN or --map text=COLUMN"[:900],
        )


def _cells(row: Row, layout: Layout) -> list[str]:
    if row.trouble is not None:
        raise Trouble("read.bad_record", f"{row.trouble}: {row.lines[0][:200]!r}")
    try:
        cells = parse_row(row.lines, layout.delimiter)
    except csv.Error as error:
        raise Trouble("read.bad_record", f"not a CSV: {error}"[:300]) from error
    wanted = len(layout.columns)
    if len(cells) < wanted or any(cell.strip() for cell in cells[wanted:]):
        raise Trouble("read.bad_record", f"{len(cells)} cells under {wanted} columns: {row.lines[0][:200]!r}")
    return cells[:wanted]


def _lines(text: io.TextIOWrapper, limits: ReadLimits) -> Iterator[str]:
    """Yield lines with their ends; of one that is too long only the beginning."""
    longest = 2 * limits.max_page_bytes
    is_first = True
    while line := text.readline(longest + 1):
        if is_first:
            line = line.removeprefix("\ufeff")
            if not line.strip("\r\n") or line.lower().startswith(_MARK):
                continue
            is_first = False
        if len(line) > longest:
            rest = line
            while rest and not rest.endswith(("\n", "\r")):
                rest = text.readline(longest)
            line = CutLine(line)
        yield line


class _Unclosed(io.BufferedReader):
    """A stream that stays open when the text around it goes away; its owner closes it."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(stream)  # type: ignore[arg-type]

    def close(self) -> None:
        pass
