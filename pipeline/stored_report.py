"""The stored report of a run, found again."""

import re

from schemas.errors import UsageError
from transforms.lake import files
from transforms.parsers import parse_json

_MADE_OF_THE_TIME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")
"""How newsmill names a run, unless --run_id does."""


def read_report(output: str, run_id: str | None = None) -> str:
    """Read the report of a run as text, from a directory or a store.

    Args:
        output: of the run.
        run_id: None for the run that started last.

    Raises:
        UsageError: there is no report.
    """
    runs = files.join(output.rstrip("/") or "/", "runs")
    if run_id is None:
        run_id = find_newest(runs)
    try:
        if run_id is None:
            raise FileNotFoundError(runs)
        return files.read_bytes(files.join(runs, run_id, "report.txt")).decode("utf-8", "backslashreplace")
    except FileNotFoundError as error:
        what = f"run {run_id}" if run_id else "any run"
        raise UsageError(f"no report of {what} below {runs}: name the output of a run that has ended") from error


def find_newest(runs: str) -> str | None:
    """Return the run that started last, of those below a directory that have a report.

    The names that newsmill gives sort by time; the others are looked up in their reports.
    """
    paths = files.list_files(runs, ".txt")
    found = sorted(path.replace("\\", "/").split("/")[-2] for path in paths if path.endswith("report.txt"))
    timed = [run_id for run_id in found if _MADE_OF_THE_TIME.fullmatch(run_id)]
    named = [run_id for run_id in found if not _MADE_OF_THE_TIME.fullmatch(run_id)]
    candidates = [*timed[-1:], *named]
    if len(candidates) < 2:
        return candidates[0] if candidates else None
    return max(candidates, key=lambda run_id: (_started_at(files.join(runs, run_id, "report.json")), run_id))


def _started_at(path: str) -> str:
    try:
        return str(parse_json(files.read_bytes(path))["started_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
