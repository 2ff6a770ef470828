"""Checks of Python, and of the runner and the stores that a command line names, before anything is opened."""

import contextlib
import importlib.util
import io
import sys
from collections.abc import Iterable, Sequence

from schemas.errors import UsageError
from schemas.suggest import suggest
from transforms.lake.paths import SCHEMES

_NO_DOCSTRINGS = 2


def check_python() -> None:
    """Check that Beam can be imported.

    Beam makes docstrings of its own out of those of pandas, where that is installed.

    Raises:
        UsageError: Python was told to leave out docstrings.
    """
    if sys.flags.optimize >= _NO_DOCSTRINGS and importlib.util.find_spec("pandas") is not None:
        raise UsageError(
            "Apache Beam cannot be imported by a Python without docstrings where pandas is installed: "
            "unset PYTHONOPTIMIZE, or set it to 1, and leave out -OO"
        )


def check_engine(words: Sequence[str]) -> None:
    """Check that Beam can read its own options, and that the runner is installed.

    Raises:
        UsageError: Beam does not accept a value, or the runner is unknown or not installed.
    """
    from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions  # noqa: PLC0415  a second
    from apache_beam.runners.runner import create_runner  # noqa: PLC0415

    from pipeline.engine import find_engine  # noqa: PLC0415

    output = io.StringIO()
    try:
        with contextlib.redirect_stderr(output):
            options = PipelineOptions(list(words))
            options.get_all_options()
    except SystemExit as error:
        line = output.getvalue().strip().rpartition("error: ")[2].splitlines()
        raise UsageError(line[0] if line else f"Beam cannot read {' '.join(words)}") from error
    name = options.view_as(StandardOptions).runner
    if find_engine(tuple(words)).is_local:
        return
    try:
        create_runner(name)
    except ValueError as error:
        known = StandardOptions.KNOWN_RUNNER_NAMES
        remedy = suggest(name, known, f"choose from {', '.join(sorted(known))}")
        raise UsageError(f"unknown --runner {name}: {remedy}") from error
    except (ImportError, AttributeError) as error:
        raise UsageError(f"--runner {name} cannot be loaded: {error}") from error


def check_stores(paths: Iterable[str], *, on_web: bool = True) -> None:
    """Check that paths and addresses are local, on the web, or in a store that newsmill can reach.

    Args:
        on_web: whether http(s) addresses may be given.

    Raises:
        UsageError: the scheme of one is unknown, or it names no bucket, such as with a variable that is not set.
    """
    for path in paths:
        scheme, _, rest = path.partition("://") if "://" in path else ("", "", "")
        scheme = scheme.lower()
        if not scheme or (on_web and scheme in ("http", "https")):
            continue
        if scheme not in SCHEMES:
            remedy = "give a local path, s3://, gs:// or az://"
            raise UsageError(f"{path} is not in a store that newsmill can reach: {remedy}")
        if not rest.partition("/")[0]:
            bucket = "container" if scheme == "az" else "bucket"
            raise UsageError(f"{path} names no {bucket}: write {scheme}://{bucket}/path")
