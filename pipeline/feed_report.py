"""Tables of subscriptions and diagnoses for people, and the same as JSON for programs."""

from collections.abc import Mapping
from datetime import datetime

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from pipeline.console import as_called, own_command
from pipeline.text_tables import PlainTable, printed, shown, text_console
from schemas.feeds import FeedState
from schemas.record import json_date
from transforms.feeds.schedule import address_of, is_due
from transforms.printable import printable, printable_json
from transforms.subscriptions.diagnose import Diagnosis
from transforms.subscriptions.feeds_toml import Subscription, Subscriptions, intervals_text
from transforms.subscriptions.overview import count_feeds, count_unlisted, describe_feeds
from transforms.wording import ago, plural, span

_MARKS = {"ok": ("✓", "green"), "note": ("·", "cyan"), "warn": ("!", "yellow"), "bad": ("✗", "red")}
_STATUS_COLOURS = {"ok": "green", "failing": "yellow", "retired": "red", "new": "cyan"}


def feeds_to_json(subscriptions: Subscriptions, states: Mapping[str, FeedState] | None, now: datetime) -> str:
    """Write what the table shows and a little more as JSON; ``state`` is null where nothing is known."""
    return printable_json(describe_feeds(subscriptions, states, now), default=json_date, indent=2) + "\n"


def render_feeds(
    subscriptions: Subscriptions, states: Mapping[str, FeedState] | None, now: datetime, *, color: bool = False
) -> str:
    """Render the subscriptions as a table for people, with what is known of each where that is given."""
    if not subscriptions.feeds:
        return f"no feed yet: '{own_command()} feeds add URL' adds the first\n"
    table = PlainTable(row_styles=["", "dim"] if color else None)
    table.add_column("feed", overflow="fold", ratio=4, min_width=30)
    has_tags = any(feed.tags for feed in subscriptions.feeds)
    has_intervals = any(feed.min_interval_s or feed.max_interval_s for feed in subscriptions.feeds)
    if has_tags:
        table.add_column("tags", overflow="fold", ratio=1)
    if has_intervals:
        table.add_column("every", no_wrap=True)
    if states is not None:
        for name in ("status", "polled", "due"):
            table.add_column(name, no_wrap=name != "status", overflow="fold")
        for name in ("failed", "entries", "new"):
            table.add_column(name, justify="right", no_wrap=True)
        table.add_column("hub", justify="center")
    for feed in subscriptions.feeds:
        cells: list[RenderableType] = [_named(feed, states.get(feed.url) if states is not None else None)]
        cells += [", ".join(feed.tags)] if has_tags else []
        cells += [intervals_text(feed)] if has_intervals else []
        table.add_row(*cells, *(_known(states.get(feed.url), now) if states is not None else ()))
    text = _print(table, color=color, width=140)
    if states is None:
        return f"{text}{plural(len(subscriptions.feeds), 'feed')}\n"
    counts = count_feeds(subscriptions.feeds, states, now)
    parts = [plural(counts["feeds"], "feed")]
    parts += [f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items() if name != "feeds"]
    unlisted = count_unlisted(subscriptions.feeds, states)
    parts += [f"{unlisted:,} known in the output and not in the list"] if unlisted else []
    return f"{text}{printable(', '.join(parts))}\n"


def _named(feed: Subscription, state: FeedState | None) -> Text:
    title = feed.title or (state.title if state else None)
    text = shown(title, "bold").append("\n") if title else Text()
    text.append(printable(feed.url), style="not bold")
    if state is not None and address_of(state) != feed.url:
        text.append(f"\nnow at {printable(address_of(state))}", style="not bold yellow")
    return text


def _known(state: FeedState | None, now: datetime) -> list[RenderableType]:
    if state is None or state.status == "new":
        return [Text("never polled", style="cyan"), "·", "now", "·", "·", "·", ""]
    status = shown(state.status, _STATUS_COLOURS.get(state.status, ""))
    if state.last_code:
        status.append(f"\n{printable(state.last_code)}", style="not bold")
    polled = ago(now - state.polled_at) if state.polled_at else "·"
    if state.status == "retired":
        due = "never"
    elif is_due(state, now) or state.next_due_at is None:
        due = "now"
    else:
        due = ago(now - state.next_due_at)
    failed = f"{state.failure_count:,}" if state.failure_count else "·"
    return [status, polled, due, failed, f"{state.entry_count:,}", f"{state.new_count:,}", "✓" if state.hub_url else ""]


def render_diagnosis(diagnosis: Diagnosis, now: datetime, *, color: bool = False) -> str:
    """Render one line for each finding, remedies below it, and the verdict."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in diagnosis.findings:
        mark, colour = _MARKS[finding.level]
        words = shown(finding.words)
        if finding.remedy:
            words.append(f"\n→ {as_called(printable(finding.remedy))}", style="italic")
        table.add_row(Text(mark, style=f"bold {colour}"), shown(finding.topic), words)
    verdict = diagnosis.verdict
    if diagnosis.next_due_at is not None:
        left = span(max(0.0, (diagnosis.next_due_at - now).total_seconds()))
        verdict += f"; newsmill would poll it again in {left}, at {diagnosis.next_due_at:%H:%M} UTC"
    return f"{printable(diagnosis.url)}\n{_print(table, color=color, width=110)}{verdict}\n"


def diagnosis_to_json(diagnosis: Diagnosis) -> str:
    """Write a diagnosis as JSON."""
    return printable_json(diagnosis.describe(), default=json_date, indent=2) + "\n"


def _print(table: Table, *, color: bool, width: int) -> str:
    console = text_console(width=None if color else width, color=color)
    console.print(table)
    return "".join(f"{line.rstrip()}\n" for line in printed(console).splitlines())
