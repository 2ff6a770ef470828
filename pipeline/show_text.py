"""One article as text for a terminal: what is known of it, its blocks, what was cut, and what was found in it."""

from collections.abc import Iterator
from typing import Any

from rich.text import Text

from pipeline.article_view import (
    CUT,
    LINKS,
    Fragment,
    Line,
    count_marks,
    describe,
    marked_columns,
    nested_columns,
    one_line,
    title_of,
    view_article,
)
from pipeline.text_tables import PlainTable, printed, shown, text_console
from schemas.articles import Article
from schemas.record import json_date, row
from transforms.printable import printable

WIDTH = 100
"""Columns at which lines of text are wrapped, on a terminal that is not narrower."""

SHOWN_APART = frozenset(
    ("headline", "subheadline", "text", "text_raw", "cleaning_actions", "text_blocks", "links", "images",
     "date_candidates", "run_id", "ingest_date", "version", "version_id", "text_sketch")
)  # fmt: skip
"""Columns that are laid out or that only a run fills: they are not in the table of all others."""

_BEFORE = {"list_item": "• ", "quote": "│ ", "caption": "▫ ", "table_row": "│ ", "preformatted": "  "}
_STYLES = {"heading": "bold", "caption": "italic", "quote": "italic"}


def other_columns(article: Article) -> list[tuple[str, str]]:
    """List the columns that are not laid out and hold something, each value on one line."""
    values = row(article)
    apart = {*SHOWN_APART, *(name for name, _ in nested_columns())} - {"authors"}
    return [
        (name, one_line(value)) for name, value in values.items() if name not in apart and value not in (None, [], "")
    ]


def found_things(article: Article) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield each nested column that is not laid out, with what its items are called and what is known of them."""
    for name, _ in nested_columns():
        items = getattr(article, name)
        if items and name not in SHOWN_APART and name != "authors":
            pairs = ((title_of(article, item), item) for item in items)
            yield name, [(title, describe(item, without=title)) for title, item in pairs]


def render_text(article: Article, *, width: int = WIDTH, color: bool = False) -> str:
    """Lay out an article for a terminal; what was cut stands in its place, with the name of its rule."""
    console = text_console(width=width, color=color)
    console.print(shown(article.headline or "(no headline)", "bold"))
    if article.subheadline:
        console.print(shown(article.subheadline, "italic"))
    console.print()
    lines = view_article(article)
    for line in lines:
        for printed_line in _lay_out(line, width):
            console.print(printed_line)
    console.print()
    if color:
        console.print(_legend(count_marks(lines)))
        console.print()
    for title, rows in _tables(article):
        table = PlainTable(title=title, title_justify="left", title_style="bold", show_header=False, box=None)
        table.add_column(no_wrap=True, style="dim" if color else "")
        table.add_column(overflow="fold")
        for cells in rows:
            table.add_row(*cells)
        console.print(table)
    return printed(console)


def _tables(article: Article) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    if article.cleaning_actions and article.text_raw is None:
        yield "cut", [(one.rule, f"{one.end - one.start} code points") for one in article.cleaning_actions]
    if article.date_candidates:
        yield "dates", [(one.source, f"{one.raw} → {_instant(one.instant)}") for one in article.date_candidates]
    if article.links:
        yield (
            "links",
            [(str(n), f"{article.text[one.start : one.end]} → {one.url}") for n, one in _numbered(article.links)],
        )
    if article.images:
        yield (
            "images",
            [
                (str(n), " · ".join(filter(None, (one.url, one.caption, one.credit, one.alt))))
                for n, one in _numbered(article.images)
            ],
        )
    yield from found_things(article)
    yield "columns", other_columns(article)


def _numbered(found: tuple[Any, ...]) -> Iterator[tuple[int, Any]]:
    return enumerate(found, 1)


def _instant(value: Any) -> str:
    return "cannot be read" if value is None else str(json_date(value))


def _lay_out(line: Line, width: int) -> Iterator[Text]:
    """Yield a block as lines of text, wrapped; behind each of its cuts the rule."""
    text = Text(style=_STYLES.get(line.kind, ""))
    if line.is_cut:
        text.append(_words(f"✂ {line.rule}: ", "red"))
    for piece in line.pieces:
        text.append(_piece(piece, is_apart=line.is_cut))
    before = "#" * line.level + " " if line.level else _BEFORE.get(line.kind, "")
    console = text_console(width=width, color=False)
    for number, wrapped in enumerate(text.wrap(console, max(1, width - len(before) - 1))):
        indent = before if not number or line.kind == "quote" else " " * len(before)
        yield Text(indent).append(wrapped)


def _piece(piece: Fragment, *, is_apart: bool) -> Text:
    cut = piece.mark(CUT)
    if cut is not None:
        words = piece.text if is_apart else f"[✂ {cut.label}: {piece.text}]"
        return _words(words, "red strike" if is_apart else "red")
    return _words(piece.text, " ".join(_style(mark.kind) for mark in piece.marks))


_COLORS = ("green", "cyan", "yellow", "magenta", "blue")


def _style(kind: str) -> str:
    """Return how a kind of mark is shown: a color for each column, and a line for a part of one."""
    if kind == LINKS:
        return "underline"
    column, _, part = kind.partition(".")
    names = [marked.column for marked in marked_columns() if marked.column != LINKS]
    color = _COLORS[names.index(column) % len(_COLORS)]
    return f"bold {color}" if part else color


def _legend(counts: dict[str, int]) -> Text:
    pieces = [_words(f"{kind} {count}", "red" if kind == CUT else _style(kind)) for kind, count in counts.items()]
    return Text(" · ").join(pieces)


def _words(words: str, style: str) -> Text:
    return Text(printable(words, len(words) + 1), style=style)
