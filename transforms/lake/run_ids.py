"""Names of runs: newsmill makes them of the time, unless ``--run_id`` gives one."""

import re
import secrets
from datetime import UTC, datetime

_TIME = re.compile(r"\d{8}T\d{6}Z(?=-)")
_MADE = re.compile(rf"{_TIME.pattern}-[0-9a-f]{{6}}")


def make_run_id(now: datetime) -> str:
    """Make the name of a run. Names sort by time and are unique."""
    return f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def is_made(run_id: str) -> bool:
    """Return whether a name has the form of those that :func:`make_run_id` makes."""
    return _MADE.fullmatch(run_id) is not None


def time_of_run(run_id: str) -> datetime | None:
    """Return the UTC instant that the name of a run begins with; None where it begins with none.

    >>> time_of_run("20260102T030405Z-1a2b3c").isoformat(), time_of_run("nightly"), time_of_run("20261302T030405Z-1")
    ('2026-01-02T03:04:05+00:00', None, None)
    """
    if found := _TIME.match(run_id):
        try:
            return datetime.strptime(found.group(), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        except ValueError:
            pass
    return None
