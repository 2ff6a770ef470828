"""The entry point of the command line: carries out one command and returns its exit code."""

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
from pipeline.options import all_commands
from pipeline.parse import parse
from pipeline.remedies import with_remedy
from schemas.errors import DestinationError, ExitCode, NewsmillError
from transforms.printable import PrintableFormatter


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command line.

    Returns:
        The exit code; what each means is in ``newsmill run --help``.
    """
    with signals.exiting_on_signals():
        return _main(argv)


def _main(argv: Sequence[str] | None) -> int:
    # Before numpy is imported: one thread for each process is faster for NER, and workers do not compete for cores.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    words = list(sys.argv[1:] if argv is None else argv)
    _set_up_output()
    command = "newsmill"
    try:
        known, beam_args = parse(words)
        command = known.command
        return _carry_out(known, beam_args, words)
    except KeyboardInterrupt:
        code = signals.stop_code() or ExitCode.INTERRUPTED
        signals.say_stopped(code - 128)
        return code
    except BrokenPipeError:  # the reader of standard output has closed it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.FAILED
    except Exception as error:
        own = to_newsmill_error(error)
        if own is None:
            raise
        complain(f"{command} failed: {own}" if own.exit_code == ExitCode.FAILED else own)
        return own.exit_code


def _carry_out(known: argparse.Namespace, beam_args: list[str], words: list[str]) -> int:
    known.beam_args, known.words = beam_args, [*words, *known.from_file]
    if beam_args:
        check_engine(beam_args)
        from transforms.lake.store_options import set_options  # noqa: PLC0415  only where there are options

        set_options(*beam_args)
    check_stores(_paths(known, "always"))
    check_stores(_paths(known, "in a store"), on_web=False)
    return int(import_module(f"pipeline.commands.{known.command}").carry_out(known))


_LIBRARIES = frozenset(("apache_beam", "duckdb", "obstore", "pyarrow"))
"""Packages whose errors mean that a file or store cannot be read or written, not that newsmill has a defect."""


def to_newsmill_error(error: Exception) -> NewsmillError | None:
    """Return an error of the system or of another library as one of newsmill's own, with its text on one line.

    Returns:
        The error itself where it is a NewsmillError, that of a destination with a remedy; None where it shows a
        defect of newsmill.

    >>> to_newsmill_error(FileNotFoundError(2, "No such file or directory", "lake"))
    NewsmillError("[Errno 2] No such file or directory: 'lake'")
    """
    if type(error) is DestinationError:
        return DestinationError(with_remedy(str(error)))
    if isinstance(error, NewsmillError):
        return error
    packages = {base.__module__.partition(".")[0] for base in type(error).__mro__}
    if isinstance(error, OSError | ModuleNotFoundError) or packages & _LIBRARIES:
        return NewsmillError(with_remedy(" ".join(str(error).split()) or type(error).__name__))
    return None


def _paths(known: argparse.Namespace, kind: str) -> list[str]:
    """Paths and addresses that the command line names, of one kind of :attr:`~schemas.policy.Setting.path`."""
    options = all_commands()[known.command].verb(known.verb).options
    given = [getattr(known, one.name) or () for one in options if one.setting.path == kind]
    return [path for each in given for path in ([each] if isinstance(each, str) else each)]


_STANDARD_ERROR = 2
_UNIMPORTANT = ("apitools not found", "This output type hint will be ignored")


class _QuietLibraries(logging.Filter):
    """Drops warnings of Beam about parts that newsmill does not use, and about transforms with several outputs."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith(_UNIMPORTANT)


def _open_closed_streams() -> None:
    """Open standard streams that the caller has closed on the null device, as ``cmd >&-`` does.

    Python has None for these, and the next files that are opened would get their numbers: what a library prints
    would be written into a data file.
    """
    while (opened := os.open(os.devnull, os.O_RDWR)) <= _STANDARD_ERROR:
        os.set_inheritable(opened, True)
    os.close(opened)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  as long as the process


def _set_up_output() -> None:
    """Set up standard output and logging; before Beam is imported, whose first warning would set up the root logger."""
    _open_closed_streams()
    if isinstance(sys.stdout, io.TextIOWrapper):  # a character that the terminal lacks must not end a command
        sys.stdout.reconfigure(errors="backslashreplace")
    handler = logging.StreamHandler()
    handler.addFilter(_QuietLibraries())
    handler.setFormatter(PrintableFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("newsmill").setLevel(logging.INFO)
    # It logs the traceback of what stops a run, which is printed in one line and stored whole in failure.txt.
    logging.getLogger("apache_beam.runners.common").setLevel(logging.CRITICAL)
