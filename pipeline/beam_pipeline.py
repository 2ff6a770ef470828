"""Pipelines of Beam: their options, their runner, and what they counted."""

import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import apache_beam as beam
from apache_beam.metrics.metric import MetricResults
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions
from apache_beam.portability.api import beam_provision_api_pb2, beam_runner_api_pb2
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.runners.portability.fn_api_runner.fn_runner import ExtendedProvisionInfo
from apache_beam.runners.portability.portable_runner import JobServiceHandle

from pipeline.engine import Engine, is_in_process, stream_words
from transforms import progress
from transforms.ledger import NAMESPACE

OptionsT = TypeVar("OptionsT", bound=PipelineOptions)


class _Options(PipelineOptions):
    """Options that build the parser of each view once; Beam asks for hundreds of views while it builds a graph."""

    def view_as(self, cls: type[OptionsT]) -> OptionsT:
        views = self.__dict__.setdefault("_views", {})
        if cls not in views:
            views[cls] = super().view_as(cls)
        view: OptionsT = views[cls]
        return view

    def __getstate__(self) -> Any:
        return {name: value for name, value in super().__getstate__().items() if name != "_views"}


def make_options(beam_args: Iterable[str]) -> PipelineOptions:
    """Beam's options out of the words of a command line."""
    return _Options(list(beam_args))


def make_stream_options(beam_args: Sequence[str], engine: Engine) -> PipelineOptions:
    """Beam's options of an unbounded job out of the words of a command line."""
    options = make_options(stream_words(beam_args, engine))
    options.view_as(StandardOptions).streaming = True
    return options


class _LocalRunner(FnApiRunner):
    """The in-process runner, which keeps what it ran, so that it can run it again."""

    translated: beam_runner_api_pb2.Pipeline | None = None

    def run_via_runner_api(self, pipeline_proto: beam_runner_api_pb2.Pipeline, options: PipelineOptions) -> Any:
        self.translated = pipeline_proto
        return super().run_via_runner_api(pipeline_proto, options)


def _choose_runner(options: PipelineOptions) -> Any:
    """Return the runner that the options name, for beam.Pipeline."""
    named = options.view_as(StandardOptions).runner
    if not is_in_process(named):
        return named
    options.view_as(StandardOptions).runner = None
    # Without them, workers in processes of their own would not know the options, such as where a store is.
    encoded = JobServiceHandle.encode_pipeline_options(options.get_all_options())
    provision = beam_provision_api_pb2.ProvisionInfo(pipeline_options=encoded)
    return _LocalRunner(provision_info=ExtendedProvisionInfo(provision))


def make_pipeline(options: PipelineOptions) -> beam.Pipeline:
    """Return a pipeline on the runner that the options name, with its temporary directory inside that of the run.

    Beam removes its own when the pipeline ends; the next run removes that of a run that was killed.
    """
    before = tempfile.tempdir
    tempfile.tempdir = os.environ.get(progress.DIRECTORY_VARIABLE, before)
    try:
        return beam.Pipeline(runner=_choose_runner(options), options=options)
    finally:
        tempfile.tempdir = before


def run_to_end(pipeline: beam.Pipeline) -> Any:
    """Run a pipeline to its end; on the in-process runner a second time without translating it again.

    DoFns are made anew for each run.
    """
    runner = pipeline.runner
    if isinstance(runner, _LocalRunner) and runner.translated is not None:
        result = runner.run_via_runner_api(runner.translated, pipeline.options)
    else:
        result = pipeline.run()
    result.wait_until_finish()
    return result


def read_counters(result: Any, engine: Engine) -> dict[str, int] | None:
    """Newsmill's counters of a finished pipeline, by name; None where the engine does not give them."""
    if not engine.has_counters:
        return None
    metrics = result.metrics()
    if not isinstance(metrics, MetricResults):  # such as those of a job that was cancelled
        return None
    found: Counter[str] = Counter()
    for counter in metrics.query()["counters"]:
        if counter.key.metric.namespace == NAMESPACE:
            value = counter.committed if counter.committed is not None else counter.attempted
            found[counter.key.metric.name] += value
    return dict(found)
