"""What a user reads when a run fails: one line, with the remedy where one is known."""

import traceback

from pipeline.console import complain
from pipeline.remedies import with_remedy
from pipeline.settings import Settings
from schemas.errors import OutputError
from transforms.lake import files
from transforms.lake.run_directory import FAILURE, run_file
from transforms.printable import printable_lines


def report_failure(settings: Settings, error: Exception) -> None:
    """Write one line to standard error, and the traceback to failure.txt in the directory of the run."""
    if isinstance(error, OutputError):
        complain(error)
        return
    line = explain(error)
    path = run_file(settings.commit.output, settings.commit.run_id, FAILURE)
    try:
        files.replace_bytes(path, printable_lines(traceback.format_exc()).encode())
        more = f"the traceback is in {path}"
    except (OSError, MemoryError):
        more = "its traceback could not be written"
    complain(f"the run failed: {line}; {more}; the same command carries on")


def explain(error: BaseException) -> str:
    """Say in one line what stopped a run and what to do about it.

    >>> explain(OSError(28, "No space left on device", "lake/rows"))
    "OSError: [Errno 28] No space left on device: 'lake/rows': free some space there"
    """
    # Beam's errors end in the text of the traceback that caused them.
    words = str(error).strip().splitlines()
    line = next((word for word in reversed(words) if "Error" in word or "Errno" in word), words[-1] if words else "")
    line = line.partition(" [while running ")[0]
    named = line.strip() if "Error" in line else f"{type(error).__name__}: {line.strip()}".removesuffix(": ")
    return with_remedy(named)
