"""Settings go in; one run is carried out, judged and reported."""

import contextlib
import logging
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from rich.console import Console

from pipeline.display import show_progress
from pipeline.news import MakeNews
from pipeline.options import UsageError
from pipeline.report import Report, make_report, render_report, report_to_json
from pipeline.settings import Settings
from schemas.documents import Source
from transforms import progress
from transforms.lake import files
from transforms.lake.manifest import Manifest, manifest_from_json, manifest_path
from transforms.ledger import NAMESPACE
from transforms.sources.open import walk_inputs

LOCAL_RUNNERS = (None, "DirectRunner", "FnApiRunner", "direct", "directrunner")
"""Names that mean the in-process runner. Beam's own DirectRunner would first try to download another one."""

_log = logging.getLogger("newsmill")


def find_sources(settings: Settings) -> list[Source]:
    """Every input as one source, directories and globs expanded.

    Raises:
        UsageError: an input that matches nothing.
    """
    try:
        found = list(walk_inputs(settings.inputs))
    except ValueError as error:
        raise UsageError(str(error)) from error
    output = Path(settings.commit.output).resolve()
    for source in found:
        if "://" not in source.uri and output in Path(source.uri).resolve().parents:
            raise UsageError(f"input {source.uri} lies inside --output {settings.commit.output}: keep them apart")
    return found


def choose_runner(options: PipelineOptions) -> Any:
    """The runner that the options name; the in-process one by default."""
    named = options.view_as(StandardOptions).runner
    if named not in LOCAL_RUNNERS:
        return named
    options.view_as(StandardOptions).runner = None
    return FnApiRunner()


def read_counters(result: Any) -> dict[str, int]:
    """Newsmill's Beam counters of a finished pipeline, by name."""
    found: dict[str, int] = {}
    for counter in result.metrics().query()["counters"]:
        if counter.key.metric.namespace == NAMESPACE:
            name = counter.key.metric.name
            value = counter.committed if counter.committed is not None else counter.attempted
            found[name] = found.get(name, 0) + value
    return found


@contextlib.contextmanager
def _progress_directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="newsmill-") as directory:
        before = os.environ.get(progress.DIRECTORY_VARIABLE)
        os.environ[progress.DIRECTORY_VARIABLE] = directory
        progress.reset()
        try:
            yield Path(directory)
        finally:
            if before is None:
                del os.environ[progress.DIRECTORY_VARIABLE]
            else:
                os.environ[progress.DIRECTORY_VARIABLE] = before


def run_pipeline(settings: Settings, sources: Sequence[Source]) -> dict[str, int]:
    """Build the graph, run it to its end, and give its counters."""
    options = PipelineOptions(list(settings.beam_args))
    runner = choose_runner(options)
    made = beam.Pipeline(runner=runner, options=options)
    _ = made | "Sources" >> beam.Create(list(sources)) | "News" >> MakeNews(settings)
    result = made.run()
    result.wait_until_finish()
    return read_counters(result)


def read_manifests(settings: Settings) -> list[Manifest]:
    """The manifests of the run, as they were written."""
    path = files.join(settings.commit.output, manifest_path(settings.commit.run_id, settings.commit.chunk))
    return [manifest_from_json(files.read_bytes(path))]


def write_report(settings: Settings, report: Report) -> str:
    """Write report.json and report.txt; gives their directory."""
    directory = files.join(settings.commit.output, "runs", settings.commit.run_id)
    files.replace_bytes(files.join(directory, "report.json"), report_to_json(report))
    files.replace_bytes(files.join(directory, "report.txt"), render_report(report).encode("utf-8", "replace"))
    return directory


def query_to_try(output: str) -> str:
    """A DuckDB query over the articles of an output."""
    return (
        "select headline, publisher_domain, date_published, in_language, topics[1].label as topic\n"
        f"from read_parquet('{output}/articles/**/*.parquet', hive_partitioning = true)\n"
        "order by date_published desc limit 10"
    )


def run(settings: Settings, *, arguments: Sequence[str]) -> int:
    """Carry out one run and print its report.

    Returns:
        Exit code; 0, 1, 3 or 4.

    Raises:
        UsageError: an input that matches nothing.
    """
    start = time.monotonic()
    sources = find_sources(settings)
    if not settings.quiet:
        _log.info("run %s: %d sources into %s", settings.commit.run_id, len(sources), settings.commit.output)
    try:
        with _progress_directory() as directory, show_progress(directory, quiet=settings.quiet):
            counters = run_pipeline(settings, sources)
        report = make_report(
            settings,
            arguments=arguments,
            counters=counters,
            manifests=read_manifests(settings),
            wall_s=time.monotonic() - start,
        )
        where = write_report(settings, report)
    except Exception as error:
        _fail(settings, error)
        return 1
    finally:
        files.remove_tree(settings.commit.staging)
    if not settings.quiet or report.exit_code:
        color = sys.stdout.isatty()
        width = Console().width if color else 110
        sys.stdout.write(render_report(report, width=max(80, width), color=color))
        sys.stdout.write(f'\nreport: {where}/report.json\ntry: ./run.sh sql "{query_to_try(settings.commit.output)}"\n')
    return report.exit_code


def _fail(settings: Settings, error: Exception) -> None:
    """One line for people; the traceback goes to a file beside where the report would be."""
    words = str(error).strip().splitlines() or [type(error).__name__]
    line = next((word for word in reversed(words) if "Error" in word or "Errno" in word), words[-1])
    path = files.join(settings.commit.output, "runs", settings.commit.run_id, "failure.txt")
    try:
        files.replace_bytes(path, traceback.format_exc().encode("utf-8", "backslashreplace"))
        more = f"the traceback is in {path}"
    except OSError:
        more = "".join(traceback.format_exception(error))
    sys.stderr.write(f"newsmill: the run failed: {line.strip()}\n{more}\n")
