"""``newsmill stream``: polls of subscriptions as they become due, until a signal."""

import argparse

from pipeline.graph_options import GRAPH, GRAPH_EXIT_CODES, POLLING
from pipeline.options import OUTPUT, Command, Group, make_policy, option, policy_options
from pipeline.policies import StreamPolicy
from schemas.errors import UsageError
from transforms.loading import loading

COMMAND = Command(
    name="stream",
    summary="poll subscriptions as they become due, until it is stopped",
    description="Poll subscriptions as they become due and write what is new, batch by batch, until SIGTERM.",
    examples="""\
  newsmill stream --feeds feeds.toml --output lake --contact you@example.org
  newsmill stream --feeds feeds.opml --output lake --min_interval_s 60 --tick_s 10

A stream is a loop of small batches, each of them committed; it needs nothing besides newsmill. SIGTERM (or Ctrl-C)
lets it finish the current batch and exit with 0. After a crash the same command continues; no row is lost or written
twice. With --runner PrismRunner or FlinkRunner the same graph runs as one unbounded pipeline: see docs/runners.md.
""",
    groups=(
        Group(
            "input and output",
            (
                option(
                    "feeds",
                    "subscriptions (feeds.toml, OPML) or addresses of feeds; lists are read again every minute",
                    is_required=True,
                    many="+",
                    metavar="LIST_OR_URL",
                    path="always",
                ),
                OUTPUT,
            ),
        ),
        Group("batches", policy_options(StreamPolicy)),
        POLLING,
        *GRAPH,
    ),
    exit_codes=GRAPH_EXIT_CODES,
)


def carry_out(known: argparse.Namespace) -> int:
    """Stream; see :func:`pipeline.stream.stream`.

    Raises:
        UsageError: a wrong value or list.
        LockHeld: another run writes to the output.
    """
    with loading():
        from pipeline.options import check_local_output  # noqa: PLC0415
        from pipeline.settings import settings_from  # noqa: PLC0415
        from pipeline.stream import stream  # noqa: PLC0415

    settings = settings_from(known, known.beam_args, inputs=())
    if settings.page_policy.fetch == "never":
        raise UsageError("with --fetch never no feed is polled: a stream needs --fetch all or missing")
    check_local_output(known.output)
    policy = make_policy(StreamPolicy, known)
    if not settings.engine.cuts_into_chunks:
        with loading():
            from pipeline.unbounded import stream_unbounded  # noqa: PLC0415

        return stream_unbounded(settings, policy.tick_s, arguments=known.words, stop_after_s=policy.stop_after_s)
    return stream(settings, policy, arguments=known.words)
