"""argv goes in; a command is carried out and an exit code comes out."""

import argparse
import io
import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from pipeline import signals
from pipeline.checks import check_engine, check_stores
from pipeline.console import complain
from pipeline.options import (
    EXIT_FAILED,
    EXIT_LOCKED,
    EXIT_USAGE,
    LockHeld,
    UsageError,
    check_local_output,
    more_commands,
    parse,
)
from transforms.printable import PrintableFormatter, printable_lines

EXIT_INTERRUPTED = 130
"""As shells have it for SIGINT; 143 is that of SIGTERM."""


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command line.

    Returns:
        The exit code; what each means is in ``newsmill run --help``.
    """
    with signals.exiting_on_signals():
        return _main(argv)


def _main(argv: Sequence[str] | None) -> int:
    # Before numpy is imported: one thread a process is faster for NER, and two workers do not crowd each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    words = list(sys.argv[1:] if argv is None else argv)
    _set_up_output()
    try:
        known, beam_args = parse(words)
        if known.command == "dictionary":
            from pipeline.dictionary import render_dictionary  # noqa: PLC0415  heavy modules load when needed

            sys.stdout.write(render_dictionary())
            return 0
        if known.command == "report":
            return _print_report(known.output, known.run_id)
        known.beam_args, known.words = beam_args, words
        if beam_args:
            check_engine(beam_args)
            _tell_file_systems(beam_args)
        check_stores(_paths(known))
        if known.command in more_commands():
            return int(import_module(f"pipeline.commands.{known.command}").carry_out(known))
        from pipeline.settings import settings_from  # noqa: PLC0415

        settings = settings_from(known, beam_args)
        check_local_output(known.output)
        from pipeline.run import run  # noqa: PLC0415

        return run(settings, arguments=words)
    except UsageError as error:
        complain(error)
        return EXIT_USAGE
    except LockHeld as error:
        complain(error)
        return EXIT_LOCKED
    except KeyboardInterrupt:
        code = signals.stop_code() or EXIT_INTERRUPTED
        signals.say_stopped(code - 128)
        return code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED
    except (OSError, ModuleNotFoundError) as error:  # such as an object store that is not there
        complain(error)
        return EXIT_FAILED


def _paths(known: argparse.Namespace) -> list[str]:
    """Paths and addresses that the command line names."""
    given = [getattr(known, name, None) or [] for name in ("output", "input", "feeds", "file", "opml", "to")]
    return [path for each in given for path in ([each] if isinstance(each, str) else each)]


def _tell_file_systems(beam_args: Sequence[str]) -> None:
    """What the command line says of buckets, before anything in one is touched."""
    from apache_beam.io.filesystems import FileSystems  # noqa: PLC0415  costs a second: only when asked
    from apache_beam.options.pipeline_options import PipelineOptions  # noqa: PLC0415

    FileSystems.set_options(PipelineOptions(list(beam_args)))


_BESIDE_THE_POINT = ("apitools not found", "This output type hint will be ignored")


class _QuietLibraries(logging.Filter):
    """Drops what Beam says of parts that newsmill does not use, and of transforms with several outputs."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith(_BESIDE_THE_POINT)


def _set_up_output() -> None:
    """Before Beam is imported: its first warning would set the root logger up in its own way."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # a letter that the terminal does not have ends no command
        sys.stdout.reconfigure(errors="backslashreplace")
    handler = logging.StreamHandler()
    handler.addFilter(_QuietLibraries())
    handler.setFormatter(PrintableFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("newsmill").setLevel(logging.INFO)
    # It logs the traceback of what stops a run, which is said in one line, and kept whole in failure.txt.
    logging.getLogger("apache_beam.runners.common").setLevel(logging.CRITICAL)


def _print_report(output: str, run_id: str | None) -> int:
    runs = Path(output) / "runs"
    found = sorted(runs.glob("*/report.txt")) if run_id is None else [runs / run_id / "report.txt"]
    if not found or not found[-1].is_file():
        raise UsageError(f"no report of {f'run {run_id}' if run_id else 'any run'} below {runs}")
    sys.stdout.write(printable_lines(found[-1].read_text(encoding="utf-8", errors="backslashreplace")))
    return 0
