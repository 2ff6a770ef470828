"""The stored report of a run, found again."""

from schemas.errors import CorruptManifest, UsageError
from transforms.lake import files
from transforms.lake.lake import Lake
from transforms.lake.run_directory import PLAN, REPORT, REPORT_TEXT, RUNS, run_file
from transforms.lake.run_ids import is_made
from transforms.lake.sequence import run_order
from transforms.parsers import parse_json


def read_report(output: str, run_id: str | None = None) -> str:
    """Read the report of a run as text, from a directory or a store.

    Args:
        output: of the run.
        run_id: None for the run that committed last.

    Raises:
        UsageError: there is no report.
    """
    output = output.rstrip("/") or "/"
    runs = files.join(output, RUNS)
    if run_id is None:
        run_id = find_newest(output)
    try:
        if run_id is None:
            raise FileNotFoundError(runs)
        return files.read_bytes(run_file(output, run_id, REPORT_TEXT)).decode("utf-8", "backslashreplace")
    except FileNotFoundError as error:
        what = f"run {run_id}" if run_id else "any run"
        names = [name for name in files.list_names(runs) if run_id in (None, name)]
        begun = [name for name in names if files.exists(run_file(output, name, PLAN))]
        remedy = (
            f"run {begun[-1]} is under way or was stopped: the same command as before carries it on"
            if begun
            else "name the output of a run that has ended"
        )
        raise UsageError(f"no report of {what} below {runs}: {remedy}") from error


def find_newest(output: str) -> str | None:
    """Return the run that committed last, of those that have a report.

    The numbers of commits say which it is, also where the clock was wrong when a run began. A run that committed
    nothing, such as a reprocessing that changed nothing, counts by when it began.
    """
    paths = files.list_files(files.join(output, RUNS), ".txt")
    found = sorted(path.replace("\\", "/").split("/")[-2] for path in paths if path.endswith(REPORT_TEXT))
    try:
        order = run_order(Lake(output).manifests()) if len(found) > 1 else {}
    except CorruptManifest:  # other commands say so; a report can be read all the same
        order = {}
    committed = sorted((run_id for run_id in found if run_id in order), key=order.__getitem__)
    others = [run_id for run_id in found if run_id not in order]
    # The names that newsmill gives sort by time; when the others began is looked up.
    timed = [run_id for run_id in others if is_made(run_id)]
    named = [run_id for run_id in others if not is_made(run_id)]
    candidates = [*committed[-1:], *timed[-1:], *named]
    if len(candidates) < 2:
        return candidates[0] if candidates else None
    return max(candidates, key=lambda run_id: (_started_at(run_file(output, run_id, REPORT)), run_id))


def _started_at(path: str) -> str:
    try:
        return str(parse_json(files.read_bytes(path))["started_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
