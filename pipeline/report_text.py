"""The report of a run as text: laid out, stored beside report.json, and printed."""

import logging
import re
import sys
from collections.abc import Mapping, Sequence

from rich.console import Console

from pipeline.console import in_quotes, own_command
from pipeline.report import Report, report_to_json
from pipeline.settings import Settings
from pipeline.text_tables import PlainTable, printed, shown, text_console
from schemas.stages import OUTCOMES
from schemas.tables import ARTICLES, DEAD_LETTERS, DROPPED, OUTCOME_TABLES
from transforms.enrich.entities.languages import advise_models
from transforms.lake import files
from transforms.lake.run_directory import REPORT, REPORT_TEXT, run_directory
from transforms.printable import printable, printable_lines
from transforms.wording import plural

_log = logging.getLogger("newsmill")


def render_report(report: Report, *, width: int = 100, color: bool = False) -> str:
    """Lay the report out as text. The rows are committed by then: a fault in the layout gives one line in its place."""
    try:
        return _render(report, width=width, color=color)
    except Exception as error:  # the run itself is done
        _log.error("the report cannot be laid out, report.json has it: %s: %s", type(error).__name__, error)
        return f"{report.kind} {printable(report.run_id)}: {printable(report.status)}; all else is in report.json\n"


def _render(report: Report, *, width: int, color: bool) -> str:
    console = text_console(width=width, color=color)
    balanced = "balances" if not report.imbalance else "does NOT balance"
    line = f"{report.kind} {report.run_id}: {report.status}, {balanced}, {report.wall_s:.1f} s"
    console.print(shown(line, "bold"), soft_wrap=True)
    console.print(_stage_table(report))
    if report.imbalance:
        console.print("THE LEDGER DOES NOT BALANCE", style="bold red")
        for line in report.imbalance:
            console.print(shown(f"  {line}"))
    for title, counts in (("dead letters", report.codes), ("left out", report.reasons)):
        if counts:
            console.print(f"{title:>12}  " + _listed(counts))
    if report.closed_letters:
        console.print(f"{'closed':>12}  {plural(report.closed_letters, 'dead letter')} of earlier runs")
    for title, counts in (("feeds", report.feeds), ("requests", report.requests)):
        if counts:
            console.print(f"{title:>12}  " + _listed(counts))
    for title, counts in (
        ("languages", report.languages),
        ("page types", report.page_types),
        ("not kept", report.types_left_out),
        ("truncated", report.truncated),
        ("cuts", report.cleaning),
    ):
        if counts:
            console.print(f"{title:>12}  " + _listed(counts))
    missing = report.not_run.get("entities.no_model", {})
    for line in advise_models({language: count for language, count in missing.items() if language != "unknown"}):
        console.print(shown(line), soft_wrap=True)  # holds a command to copy
    if report.sources:
        console.print(_source_table(report))
    return printed(console)


def _listed(counts: Mapping[str, int]) -> str:
    return printable(", ".join(f"{name} {count:,}" for name, count in counts.items()))


def _cells(numbers: Sequence[int]) -> list[str]:
    return [f"{number:,}" if number else "·" for number in numbers]


def _stage_table(report: Report) -> PlainTable:
    table = PlainTable(show_footer=True)
    left_out = report.rows[DROPPED.name] + report.known_dropped
    duplicate = sum(count.duplicate for count in report.stages)
    known = sum(count.known for count in report.stages)
    dead = report.rows[DEAD_LETTERS.name] + report.known_letters
    not_written = report.known_letters + report.known_dropped
    total = sum(report.rows[table] for table in OUTCOME_TABLES) + known + not_written
    footer = [
        "inputs",
        f"{total:,}",
        f"{report.rows[ARTICLES.name]:,} articles",
        f"{dead:,}",
        f"{left_out - duplicate:,}",
        f"{duplicate:,}",
        f"{known:,}",
        "",
    ]
    heads = ("stage", "in", *OUTCOMES, "busy s")
    for head, foot in zip(heads, footer, strict=True):
        table.add_column(head, foot, justify="left" if head == "stage" else "right", no_wrap=True)
    for count in report.stages:
        cells = _cells([count.entered, *(getattr(count, name) for name in OUTCOMES)])
        table.add_row(count.stage, *cells, f"{count.busy_s:.1f}")
    return table


MAX_SOURCES = 60


def _source_table(report: Report) -> PlainTable:
    table = PlainTable(title_justify="left", title="inputs of the rows written", title_style="bold")
    for head in ("input", "read as", "articles", "dead", "filtered", "duplicate"):
        left = head in ("input", "read as")
        table.add_column(head, justify="left" if left else "right", overflow="fold", no_wrap=not left)
    for count in report.sources[:MAX_SOURCES]:
        cells = _cells([count.articles, count.dead, count.filtered, count.duplicates])
        table.add_row(count.uri, count.kind, *cells)
    if len(report.sources) > MAX_SOURCES:
        table.add_row(f"… and {len(report.sources) - MAX_SOURCES:,} more, in report.json")
    return table


def write_report(settings: Settings, report: Report) -> str:
    """Write report.json, which says that the run is over, and report.txt; gives their directory."""
    directory = run_directory(settings.commit.output, settings.commit.run_id)
    files.replace_bytes(files.join(directory, REPORT), report_to_json(report))
    files.replace_bytes(files.join(directory, REPORT_TEXT), render_report(report).encode())
    return directory


def query_to_try(output: str) -> str:
    """Return a DuckDB query over the articles of an output.

    >>> query_to_try("it's [old]").splitlines()[1]
    "from read_parquet('it''s [[]old]/articles/**/*.parquet', hive_partitioning = true)"
    """
    path = re.sub(r"[*?[]", r"[\g<0>]", output).replace("'", "''")  # a path is not a pattern
    return (
        "select headline, publisher_domain, date_published, in_language, topics[1].label as topic\n"
        f"from read_parquet('{path}/articles/**/*.parquet', hive_partitioning = true)\n"
        "order by date_published desc limit 10"
    )


def print_report(settings: Settings, report: Report, directory: str) -> None:
    """Print the report of a run; with ``quiet`` only one whose exit code is not 0."""
    if settings.run_policy.quiet and not report.exit_code:
        return
    color = sys.stdout.isatty()
    width = Console().width if color else 110
    sys.stdout.write(render_report(report, width=max(80, width), color=color))
    sys.stdout.write(f"\nreport: {printable(directory)}/report.json\n")
    if report.rows[ARTICLES.name]:
        query = printable_lines(query_to_try(settings.commit.output))
        sys.stdout.write(f"try: {own_command()} sql {in_quotes(query)}\n")
