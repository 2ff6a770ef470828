"""``newsmill run``: read inputs once and write what they hold."""

import argparse

from pipeline.graph_options import GRAPH, GRAPH_EXIT_CODES, POLLING
from pipeline.options import OUTPUT, Command, Group, check_local_output, option, policy_options
from pipeline.policies import StartPolicy
from schemas.errors import UsageError
from transforms.known.policy import KnownPolicy
from transforms.loading import loading

INPUT = option(
    "input",
    "files, directories (read recursively), globs, http(s) addresses (https://USER:PASSWORD@HOST/ sends these to HOST "
    "alone); each is recognised by its content",
    many="+",
    metavar="PATH_OR_URL",
    path="always",
    shapes_rows=True,
)
FEEDS = option(
    "feeds",
    "subscriptions (feeds.toml, OPML) or addresses of feeds; each is polled when it is due, by conditional requests, "
    "and what is learnt of it is kept in the output",
    many="+",
    metavar="LIST_OR_URL",
    path="always",
    shapes_rows=True,
)
RUN_ID = option("run_id", "name of the run", unset="made of the time", metavar="ID")

POLL, FRESH = policy_options(StartPolicy)

COMMAND = Command(
    name="run",
    summary="read inputs once and write what they hold",
    description="Read inputs once and write articles, dead letters, what was left out, and a report.",
    examples="""\
  newsmill run --input seeds --output out --fetch never
      read every file below seeds/, request nothing from the network
  newsmill run --input https://news.example/feed.xml feeds.opml --output lake --contact you@example.org
      read feeds, fetch the articles they name
  newsmill run --feeds feeds.toml --output lake --contact you@example.org
      poll the subscriptions that are due; put this line into a crontab
  newsmill run --input 'crawl/*.warc.gz' --output lake --workers 2
      read saved pages with two processes
  newsmill run --input seeds --output gs://bucket/news --runner DataflowRunner --project P --setup_file ./setup.py
      the same graph on another engine; every option of Apache Beam passes through
""",
    groups=(
        Group("input and output", (INPUT, FEEDS, OUTPUT, RUN_ID)),
        Group("what is known", (*policy_options(KnownPolicy), FRESH)),
        Group("polling", (POLL, *POLLING.options)),
        *GRAPH,
    ),
    exit_codes=GRAPH_EXIT_CODES,
)


def carry_out(known: argparse.Namespace) -> int:
    """Run; see :func:`pipeline.run.run`.

    Raises:
        UsageError: a wrong value, or an input that matches nothing.
        LockHeld: another run is writing to the output.
    """
    if not known.input and not known.feeds:
        raise UsageError("nothing to read: give --input PATH_OR_URL or --feeds LIST_OR_URL")
    with loading():
        from pipeline.settings import settings_from  # noqa: PLC0415  heavy modules load when needed

    settings = settings_from(known, known.beam_args)
    check_local_output(known.output)
    with loading():
        from pipeline.run import run  # noqa: PLC0415

    return run(settings, arguments=known.words)
