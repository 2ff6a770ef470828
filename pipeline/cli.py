"""argv goes in; a command is carried out and an exit code comes out."""

import logging
import os
import signal
import sys
import types
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from pipeline.options import LockHeld, UsageError, check_local_output, more_commands, parse
from schemas.userinfo import mask_userinfo

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_LOCKED = 5


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command line.

    Returns:
        The exit code; what each means is in ``newsmill run --help``.
    """
    # Before numpy is imported: one thread a process is faster for NER, and two workers do not crowd each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    words = list(sys.argv[1:] if argv is None else argv)
    _set_up_logging()
    try:
        known, beam_args = parse(words)
        if known.command == "dictionary":
            from pipeline.dictionary import render_dictionary  # noqa: PLC0415  heavy modules load when needed

            sys.stdout.write(render_dictionary())
            return 0
        if known.command == "report":
            return _print_report(known.output, known.run_id)
        _check_stores(words)
        known.beam_args, known.words = beam_args, words
        if beam_args:
            _tell_file_systems(beam_args)
        if known.command in more_commands():
            return int(import_module(f"pipeline.commands.{known.command}").carry_out(known))
        from pipeline.settings import settings_from  # noqa: PLC0415

        settings = settings_from(known, beam_args)
        check_local_output(known.output)
        from pipeline.run import run  # noqa: PLC0415

        signal.signal(signal.SIGTERM, _stop)
        return run(settings, arguments=words)
    except UsageError as error:
        sys.stderr.write(f"newsmill: {mask_userinfo(str(error))}\n")
        return EXIT_USAGE
    except LockHeld as error:
        sys.stderr.write(f"newsmill: {mask_userinfo(str(error))}\n")
        return EXIT_LOCKED
    except KeyboardInterrupt:
        sys.stderr.write("newsmill: stopped; nothing half-written is visible, run it again\n")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED
    except (OSError, ModuleNotFoundError) as error:  # such as an object store that is not there
        sys.stderr.write(f"newsmill: {mask_userinfo(str(error))}\n")
        return EXIT_FAILED


def _check_stores(words: Sequence[str]) -> None:
    """Say before all work that a path needs a package which is not there.

    Raises:
        UsageError: an s3:// path without boto3.
    """
    values = [word.partition("=")[2] if word.startswith("--") else word for word in words]
    named = [value for value in values if value.startswith("s3://")]
    if named:
        from transforms.lake.objects import NEEDS_BOTO3, has_boto3  # noqa: PLC0415  loads Beam

        if not has_boto3():
            raise UsageError(NEEDS_BOTO3.format(path=mask_userinfo(named[0])))


def _tell_file_systems(beam_args: Sequence[str]) -> None:
    """What the command line says of buckets, before anything in one is touched."""
    from apache_beam.io.filesystems import FileSystems  # noqa: PLC0415  costs a second: only when asked
    from apache_beam.options.pipeline_options import PipelineOptions  # noqa: PLC0415

    FileSystems.set_options(PipelineOptions(list(beam_args)))


def _stop(_signum: int, _frame: types.FrameType | None) -> None:
    raise KeyboardInterrupt


_BESIDE_THE_POINT = ("apitools not found", "This output type hint will be ignored")


class _QuietLibraries(logging.Filter):
    """Drops what Beam says of parts that newsmill does not use, and of transforms with several outputs."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith(_BESIDE_THE_POINT)


def _set_up_logging() -> None:
    """Before Beam is imported: its first warning would set the root logger up in its own way."""
    handler = logging.StreamHandler()
    handler.addFilter(_QuietLibraries())
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s", "%H:%M:%S"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("newsmill").setLevel(logging.INFO)


def _print_report(output: str, run_id: str | None) -> int:
    runs = Path(output) / "runs"
    found = sorted(runs.glob("*/report.txt")) if run_id is None else [runs / run_id / "report.txt"]
    if not found or not found[-1].is_file():
        raise UsageError(f"no report of {f'run {run_id}' if run_id else 'any run'} below {runs}")
    sys.stdout.write(found[-1].read_text(encoding="utf-8"))
    return 0
