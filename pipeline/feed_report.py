"""Subscriptions, their states and diagnoses go in; tables for people and JSON for programs come out."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from pipeline.tables import PlainTable, printed, shown, text_console
from schemas.feeds import FeedState
from schemas.record import json_date
from transforms.feeds.schedule import address_of, is_due
from transforms.printable import printable, printable_json
from transforms.subscriptions.diagnose import Diagnosis
from transforms.subscriptions.feeds_toml import Subscription, Subscriptions, interval_text
from transforms.wording import plural, span

_MARKS = {"ok": ("✓", "green"), "note": ("·", "cyan"), "warn": ("!", "yellow"), "bad": ("✗", "red")}
_STATUS_COLOURS = {"ok": "green", "failing": "yellow", "retired": "red", "new": "cyan"}
_SHOWN = ("status", "kind", "title", "polled_at", "changed_at", "next_due_at", "interval_s", "failure_count")
_ALSO = ("last_code", "last_message", "last_status", "entry_count", "new_count", "poll_count", "hub_url", "address")


def count_feeds(feeds: Sequence[Subscription], states: Mapping[str, FeedState], now: datetime) -> dict[str, int]:
    """How many subscriptions are well, failing, retired, never polled, and due."""
    counts = dict.fromkeys(("feeds", "ok", "failing", "retired", "never_polled", "due_now"), 0)
    for feed in feeds:
        state = states.get(feed.url)
        counts["feeds"] += 1
        counts["due_now"] += state is None or is_due(state, now)
        name = "never_polled" if state is None or state.status == "new" else state.status
        counts[name] = counts.get(name, 0) + 1
    return counts


def feeds_to_json(subscriptions: Subscriptions, states: Mapping[str, FeedState] | None, now: datetime) -> str:
    """Everything the table shows and a little more; ``state`` is null where nothing is known."""
    feeds = []
    for feed in subscriptions.feeds:
        row: dict[str, Any] = dataclasses.asdict(feed)
        if states is not None:
            state = states.get(feed.url)
            row["state"] = {name: getattr(state, name) for name in (*_SHOWN, *_ALSO)} if state else None
            row["is_due"] = state is None or is_due(state, now)
        feeds.append(row)
    found: dict[str, Any] = {"feeds": feeds, "warnings": subscriptions.warnings}
    if states is not None:
        found["counts"] = count_feeds(subscriptions.feeds, states, now)
    return printable_json(found, default=json_date, indent=2) + "\n"


def render_feeds(
    subscriptions: Subscriptions, states: Mapping[str, FeedState] | None, now: datetime, *, color: bool = False
) -> str:
    """The subscriptions as a table for people, with what is known of each where that is given."""
    if not subscriptions.feeds:
        return "no feed yet: 'newsmill feeds add URL' adds the first\n"
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
        cells += [_every(feed)] if has_intervals else []
        table.add_row(*cells, *(_known(states.get(feed.url), now) if states is not None else ()))
    text = _print(table, color=color, width=140)
    if states is None:
        return f"{text}{plural(len(subscriptions.feeds), 'feed')}\n"
    counts = count_feeds(subscriptions.feeds, states, now)
    parts = [plural(counts["feeds"], "feed")]
    parts += [f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items() if name != "feeds"]
    listed = {feed.url for feed in subscriptions.feeds}
    gone = sum(1 for url in states if url not in listed)
    parts += [f"{gone:,} known in the output and not in the list"] if gone else []
    return f"{text}{printable(', '.join(parts))}\n"


def _named(feed: Subscription, state: FeedState | None) -> Text:
    title = feed.title or (state.title if state else None)
    text = shown(title, "bold").append("\n") if title else Text()
    text.append(printable(feed.url), style="not bold")
    if state is not None and address_of(state) != feed.url:
        text.append(f"\nnow at {printable(address_of(state))}", style="not bold yellow")
    return text


def _every(feed: Subscription) -> str:
    low, high = (interval_text(s) if s else "" for s in (feed.min_interval_s, feed.max_interval_s))
    return f"{low}–{high}" if low and high else f"≥ {low}" if low else f"≤ {high}" if high else ""


def _known(state: FeedState | None, now: datetime) -> list[RenderableType]:
    if state is None or state.status == "new":
        return [Text("never polled", style="cyan"), "·", "now", "·", "·", "·", ""]
    status = shown(state.status, _STATUS_COLOURS.get(state.status, ""))
    if state.last_code:
        status.append(f"\n{printable(state.last_code)}", style="not bold")
    polled = f"{span((now - state.polled_at).total_seconds())} ago" if state.polled_at else "·"
    if state.status == "retired":
        due = "never"
    elif is_due(state, now) or state.next_due_at is None:
        due = "now"
    else:
        due = f"in {span((state.next_due_at - now).total_seconds())}"
    failed = f"{state.failure_count:,}" if state.failure_count else "·"
    return [status, polled, due, failed, f"{state.entry_count:,}", f"{state.new_count:,}", "✓" if state.hub_url else ""]


def render_diagnosis(diagnosis: Diagnosis, now: datetime, *, color: bool = False) -> str:
    """One line for each thing that was looked at, remedies below it, and the verdict."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in diagnosis.findings:
        mark, colour = _MARKS[finding.level]
        words = shown(finding.words)
        if finding.remedy:
            words.append(f"\n→ {printable(finding.remedy)}", style="italic")
        table.add_row(Text(mark, style=f"bold {colour}"), shown(finding.topic), words)
    if not diagnosis.is_usable:
        verdict = "not usable"
    else:
        warnings = sum(finding.level == "warn" for finding in diagnosis.findings)
        verdict = f"usable, {plural(warnings, 'warning')}" if warnings else "well"
    if diagnosis.next_due_at is not None:
        left = span(max(0.0, (diagnosis.next_due_at - now).total_seconds()))
        verdict += f"; newsmill would poll it again in {left}, at {diagnosis.next_due_at:%H:%M} UTC"
    return f"{printable(diagnosis.url)}\n{_print(table, color=color, width=110)}{verdict}\n"


def diagnosis_to_json(diagnosis: Diagnosis) -> str:
    """The same for a program."""
    found = {
        "url": diagnosis.url,
        "is_usable": diagnosis.is_usable,
        "next_due_at": diagnosis.next_due_at,
        "findings": [finding._asdict() for finding in diagnosis.findings],
    }
    return printable_json(found, default=json_date, indent=2) + "\n"


def _print(table: Table, *, color: bool, width: int) -> str:
    console = text_console(width=None if color else width, color=color)
    console.print(table)
    return "".join(f"{line.rstrip()}\n" for line in printed(console).splitlines())
