"""Policies of a run as a whole; those of its stages are declared beside the stages."""

from schemas.policy import policy, setting


@policy
class PagePolicy:
    """Which pages are fetched and kept.

    Raises:
        ValueError: a word that is not one of the choices.
    """

    fetch: str = setting(
        "fetch the page of every link, only of links whose feed gives no full text, or of none; 'never' opens no "
        "connection but to stores that you name yourself",
        default="all",
        shapes_rows=True,
        choices=("all", "missing", "never"),
    )
    archive: bool = setting(
        "keep every fetched page as WARC below the output, for 'newsmill reprocess'",
        default=False,
        shapes_rows=True,
    )


@policy
class RunPolicy:
    """How a run is cut into commits, when it has failed, and what it prints.

    Raises:
        ValueError: a value out of range.
    """

    chunk_documents: int = setting(
        "about how many documents are read between two commits on the local runner; a crash costs at most the chunk "
        "that was being read",
        default=2000,
        shapes_rows=True,
        at_least=1,
    )
    max_dead_ratio: float = setting(
        "share of dead letters above which the exit code is 3",
        default=0.25,
        shapes_rows=False,
        at_least=0,
        at_most=1,
    )
    quiet: bool = setting(
        "print neither progress nor a report, unless the exit code is not 0",
        default=False,
        shapes_rows=False,
    )


@policy
class StartPolicy:
    """How a run begins."""

    poll: str = setting(
        "poll the subscriptions that are due, or all that are not retired",
        default="due",
        shapes_rows=True,
        choices=("due", "all"),
    )
    fresh: bool = setting(
        "begin anew; do not resume an interrupted run of the same inputs and options",
        default=False,
        shapes_rows=False,
    )


@policy
class StreamPolicy:
    """How a stream is cut into batches and runs.

    Raises:
        ValueError: a time out of range.
    """

    tick_s: float = setting(
        "shortest time between the starts of two batches; on other runners, the length of a window",
        default=15.0,
        shapes_rows=False,
        at_least=0.01,
        unit="seconds",
    )
    roll_s: float = setting(
        "time after which a new run begins and the last one is reported, as at midnight UTC",
        default=3600.0,
        shapes_rows=False,
        at_least=0.01,
        unit="seconds",
    )
    stop_after_s: float | None = setting(
        "time after which the stream ends",
        default=None,
        unset="never",
        shapes_rows=False,
        at_least=0.01,
        unit="seconds",
    )
