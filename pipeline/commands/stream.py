"""``newsmill stream``: poll subscriptions as they become due, until told to stop."""

import argparse
from typing import Any

from schemas.errors import UsageError

_EXAMPLES = """\
A loop of small batches, each of them committed: with nothing to install beside newsmill. SIGTERM (or Ctrl-C)
finishes the batch under way and exits 0; after a crash the same command goes on, nothing lost, nothing twice.
With --runner PrismRunner or FlinkRunner the same graph runs as one unbounded pipeline: see docs/runners.md.

examples:
  newsmill stream --feeds feeds.toml --output lake --contact you@example.org
  newsmill stream --feeds feeds.opml --output lake --min_interval_s 60 --tick_s 10
"""


def add_parser(commands: Any) -> None:
    """Add the command to the subparsers of ``newsmill``."""
    from pipeline.options import add_poll_options, add_shared_options  # noqa: PLC0415  options.py loads this module

    parser = commands.add_parser(
        "stream",
        help="poll subscriptions as they become due, until told to stop",
        description="Poll subscriptions as they become due and write what is new, batch by batch, until SIGTERM.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    main = parser.add_argument_group("what and where")
    main.add_argument(
        "--feeds",
        nargs="+",
        action="extend",
        required=True,
        metavar="LIST_OR_URL",
        help="subscriptions (feeds.toml, OPML) or addresses of feeds; lists are read again every minute",
    )
    main.add_argument("--output", required=True, metavar="DIR", help="directory or bucket path to write to")
    main.add_argument(
        "--tick_s",
        type=float,
        default=15.0,
        metavar="S",
        help="least time between the starts of two batches; on other runners the window (default: %(default)s)",
    )
    main.add_argument(
        "--roll_s",
        type=float,
        default=3600.0,
        metavar="S",
        help="begin a new run, and report the last one, after so long and at midnight UTC (default: %(default)s)",
    )
    main.add_argument("--stop_after_s", type=float, metavar="S", help="end after so long (default: never)")
    add_poll_options(parser)
    add_shared_options(parser)


def carry_out(known: argparse.Namespace) -> int:
    """Stream; see :func:`pipeline.stream.stream`.

    Raises:
        UsageError: a wrong value or list.
        LockHeld: another run writes to the output.
    """
    from pipeline.options import check_local_output  # noqa: PLC0415
    from pipeline.settings import settings_from  # noqa: PLC0415
    from pipeline.stream import StreamPolicy, stream  # noqa: PLC0415

    settings = settings_from(known, known.beam_args, inputs=())
    if settings.fetch == "never":
        raise UsageError("--fetch never asks nobody, not even the feeds: a stream needs --fetch all or missing")
    check_local_output(known.output)
    try:
        policy = StreamPolicy(tick_s=known.tick_s, roll_s=known.roll_s, stop_after_s=known.stop_after_s)
    except ValueError as error:
        raise UsageError(str(error)) from error
    if not settings.engine.cuts_into_chunks:
        from pipeline.unbounded import stream_unbounded  # noqa: PLC0415

        return stream_unbounded(settings, policy.tick_s, arguments=known.words, stop_after_s=policy.stop_after_s)
    return stream(settings, policy, arguments=known.words)
