"""What of earlier runs counts as known."""

from datetime import date

from schemas.policy import policy, setting


def parse_day(text: str | None) -> date | None:
    """Convert a day as a user writes it.

    Raises:
        ValueError: it is not one.
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"{text!r} is not a day: write it like 2026-03-20") from None


@policy
class KnownPolicy:
    """Which links are fetched and which articles are written, given what earlier runs have committed.

    Raises:
        ValueError: a number out of range.
    """

    full: bool = setting(
        "request every link and feed again, known or not; what has not changed is still not written twice",
        default=False,
        shapes_rows=True,
    )
    since: date | None = setting(
        "leave out articles that were published before that day",
        default=None,
        unset="all are kept",
        shapes_rows=True,
        metavar="YYYY-MM-DD",
        read=parse_day,
    )
    look_back_days: int | None = setting(
        "only what runs of so many last days have written counts as known; what is older and turns up again is written "
        "again",
        default=None,
        unset="everything counts",
        shapes_rows=True,
        at_least=1,
        unit="days",
    )
