"""Engines and stores that a command line names, checked before anything is opened."""

import contextlib
import difflib
import io
from collections.abc import Iterable, Sequence

from schemas.errors import UsageError
from transforms.lake.store import SCHEMES


def check_engine(words: Sequence[str]) -> None:
    """See that Beam can read its own words, and knows the runner.

    Raises:
        UsageError: a value is none of those allowed, or the runner is unknown or not installed.
    """
    from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions  # noqa: PLC0415  a second
    from apache_beam.runners.runner import create_runner  # noqa: PLC0415

    from pipeline.engine import find_engine  # noqa: PLC0415

    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            options = PipelineOptions(list(words))
            options.get_all_options()
    except SystemExit as error:
        line = said.getvalue().strip().rpartition("error: ")[2].splitlines()
        raise UsageError(line[0] if line else f"Beam cannot read {' '.join(words)}") from error
    name = options.view_as(StandardOptions).runner
    if find_engine(tuple(words)).is_local:
        return
    try:
        create_runner(name)
    except ValueError as error:
        known = StandardOptions.KNOWN_RUNNER_NAMES
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
        remedy = f"did you mean {near[0]}?" if near else f"choose from {', '.join(sorted(known))}"
        raise UsageError(f"unknown --runner {name}: {remedy}") from error
    except (ImportError, AttributeError) as error:
        raise UsageError(f"--runner {name} cannot be loaded: {error}") from error


def check_stores(paths: Iterable[str]) -> None:
    """See that what reads and writes the stores of some paths is installed.

    Raises:
        UsageError: it is not, or nobody knows the scheme.
    """
    for path in paths:
        scheme = path.partition("://")[0].lower() if "://" in path else ""
        if not scheme or scheme in ("http", "https"):
            continue
        if scheme not in SCHEMES:
            remedy = "give a local path, s3://, gs:// or az://"
            raise UsageError(f"{path} is in no store that can be reached from here: {remedy}")
