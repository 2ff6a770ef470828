"""One article as text for a terminal: what is known of it, its blocks, what was cut, links and pictures."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from rich.text import Text

from pipeline.article_view import Fragment, Line, view_article
from pipeline.text_tables import PlainTable, printed, shown, text_console
from schemas.articles import Article
from schemas.record import json_date, row
from transforms.printable import printable

WIDTH = 100
"""Columns; lines of text are wrapped there."""

SHOWN_APART = frozenset(
    ("headline", "subheadline", "text", "text_raw", "cleaning_actions", "text_blocks", "links", "images",
     "date_candidates", "entities", "run_id", "ingest_date", "version", "version_id")
)  # fmt: skip
"""Columns that are laid out or that only a run fills: they are not in the table of all others."""

_BEFORE = {"list_item": "• ", "quote": "│ ", "caption": "▫ ", "table_row": "│ ", "preformatted": "  "}
_STYLES = {"heading": "bold", "caption": "italic", "quote": "italic"}


def other_columns(article: Article) -> list[tuple[str, str]]:
    """List the columns that are not laid out and hold something, each value on one line."""
    values = row(article)
    return [
        (name, one_line(value))
        for name, value in values.items()
        if name not in SHOWN_APART and value not in (None, [], "")
    ]


def one_line(value: Any) -> str:
    """Return a value as a user reads it.

    >>> one_line([{"name": "Jane Roe", "url": None, "role": "Editor"}, {"name": "Sam Doe"}])
    'Jane Roe (role: Editor), Sam Doe'
    """
    match value:
        case str():
            return value
        case date():
            return value.isoformat()
        case list():
            return ", ".join(map(one_line, value))
        case dict():
            name, *others = [(key, one_line(part)) for key, part in value.items() if part not in (None, [], "")]
            return name[1] + (f" ({', '.join(f'{key}: {part}' for key, part in others)})" if others else "")
    return json.dumps(value)


def render_text(article: Article, *, color: bool = False) -> str:
    """Lay out an article for a terminal; what was cut stands in its place, with the name of its rule."""
    console = text_console(width=WIDTH, color=color)
    console.print(shown(article.headline or "(no headline)", "bold"))
    if article.subheadline:
        console.print(shown(article.subheadline, "italic"))
    console.print()
    for line in view_article(article):
        for printed_line in _lay_out(line):
            console.print(printed_line)
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
    yield "columns", other_columns(article)


def _numbered(found: tuple[Any, ...]) -> Iterator[tuple[int, Any]]:
    return enumerate(found, 1)


def _instant(value: Any) -> str:
    return "cannot be read" if value is None else str(json_date(value))


def _lay_out(line: Line) -> Iterator[Text]:
    """Yield a block as lines of text, wrapped; behind each of its cuts the rule."""
    text = Text(style=_STYLES.get(line.kind, ""))
    if line.is_cut:
        text.append(_words(f"✂ {line.rule}: ", "red"))
    for piece in line.pieces:
        text.append(_piece(piece, is_apart=line.is_cut))
    before = "#" * line.level + " " if line.level else _BEFORE.get(line.kind, "")
    console = text_console(width=WIDTH, color=False)
    for number, wrapped in enumerate(text.wrap(console, WIDTH - len(before) - 1)):
        indent = before if not number or line.kind == "quote" else " " * len(before)
        yield Text(indent).append(wrapped)


def _piece(piece: Fragment, *, is_apart: bool) -> Text:
    cut = piece.mark("cut")
    if cut is not None:
        words = piece.text if is_apart else f"[✂ {cut.label}: {piece.text}]"
        return _words(words, "red strike" if is_apart else "red")
    return _words(piece.text, "underline" if piece.mark("link") else "")


def _words(words: str, style: str) -> Text:
    return Text(printable(words, len(words) + 1), style=style)
