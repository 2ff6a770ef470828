"""The directory that each run has in an output, and the names of its files; its manifests are there, too."""

from transforms.lake.paths import join

RUNS = "runs"
"""Directory of the runs below an output."""

PLAN = "plan.json"
"""What a run set out to do; written first."""

REPORT, REPORT_TEXT = "report.json", "report.txt"
"""What it did, for programs and for readers. The first says that the run has ended."""

FAILURE = "failure.txt"
"""Traceback of what ended it."""

RETRACTION = "retract.json"
"""What a takedown removed, and why."""


def run_directory(output: str, run_id: str) -> str:
    """Return the directory of a run."""
    return join(output, RUNS, run_id)


def run_file(output: str, run_id: str, name: str) -> str:
    """Return the path of a file of a run, by one of the names above."""
    return join(run_directory(output, run_id), name)
