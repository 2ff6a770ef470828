"""Plans and reports of runs without the articles that are taken down.

A plan lists the links of a replay with all that feeds said of them; a report lists inputs, arguments and failures.
Manifests are left alone: they name an article by the id that is kept as taken down.
"""

import re
from collections.abc import Callable
from typing import Any

from transforms.lake.lake import Lake
from transforms.lake.run_directory import PLAN, REPORT, REPORT_TEXT, RETRACTION, RUNS
from transforms.parsers import parse_json
from transforms.printable import printable_json
from transforms.takedown.targets import Targets, make_matcher

TAKEN_DOWN = "(taken down)"
"""Stands where a report had named an article."""

_NOTE = b"An article that this report named was taken down; report.json has all the rest.\n"
_NAME = re.compile(r"https?://[^\s\"'<>\\]+|[0-9a-f]{32}", re.IGNORECASE)


def redact_run_files(lake: Lake, targets: Targets) -> int:
    """Take the names of articles out of what runs have left beside their manifests; gives the number of files.

    A plan that names one of the articles is removed: a run that was interrupted then starts again instead of
    being carried on, and what it committed is known. In all other files the names are replaced. The report as text is
    replaced by a note where that as JSON had a name, since the text may have broken it over several lines. Harmless
    to repeat.

    Raises:
        OSError: a file cannot be read, written or removed.
    """
    words = {name.encode() for name in targets.ids | targets.links}
    words |= {address.split("/")[2].encode() for address in targets.addresses}
    replace = _make_replace(targets)
    changed, store = 0, lake.store
    for directory, members in _runs(lake).items():
        for name in members:
            path = f"{directory}/{name}"
            try:
                data = store.read(path)
            except FileNotFoundError:
                continue
            # An internationalised host has several forms.
            if data.isascii() and not any(word in data.lower() for word in words):
                continue
            kept = _redacted(data, name, replace)
            if kept == data:
                continue
            changed += 1
            if name == PLAN:
                store.remove(path)
                continue
            store.replace(path, kept)
            if name == REPORT and REPORT_TEXT in members:
                store.replace(f"{directory}/{REPORT_TEXT}", _NOTE)
    return changed


def _make_replace(targets: Targets) -> Callable[[re.Match[str]], str]:
    is_there = make_matcher(targets.addresses)
    names = targets.ids | targets.links

    def replace(found: re.Match[str]) -> str:
        name = found.group()
        is_named = is_there(name.rstrip(".,;:)]")) if ":" in name else name.lower() in names
        return TAKEN_DOWN if is_named else name

    return replace


def _runs(lake: Lake) -> dict[str, list[str]]:
    """Names of the files in the directory of each run, without its manifests and its own record of a takedown."""
    found: dict[str, list[str]] = {}
    for path in lake.store.list_files(RUNS):
        directory, _, name = path.rpartition("/")
        if not name.startswith("manifest-") and name != RETRACTION:
            found.setdefault(directory, []).append(name)
    return found


def _redacted(data: bytes, name: str, replace: Callable[[re.Match[str]], str]) -> bytes:
    """Return the content of a file without names; the same bytes where it has none."""
    text = data.decode("utf-8", "surrogateescape")
    if not name.endswith(".json"):
        return _NAME.sub(replace, text).encode("utf-8", "surrogateescape")
    try:
        body = parse_json(text)
    except ValueError:
        return data  # of a run that ended while it wrote it, before it did anything
    kept = _without_names(body, replace)
    return data if kept == body else printable_json(kept, indent=1).encode() + b"\n"


def _without_names(value: Any, replace: Callable[[re.Match[str]], str]) -> Any:
    if isinstance(value, str):
        return _NAME.sub(replace, value)
    if isinstance(value, list):
        return [_without_names(item, replace) for item in value]
    if isinstance(value, dict):
        return {_NAME.sub(replace, name): _without_names(item, replace) for name, item in value.items()}
    return value
