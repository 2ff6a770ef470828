"""What the runner of a pipeline can do, and the pipeline on it."""

import dataclasses
import functools
import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import apache_beam as beam
from apache_beam.metrics.metric import MetricResults
from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions, StandardOptions
from apache_beam.portability.api import beam_provision_api_pb2, beam_runner_api_pb2
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.runners.portability.fn_api_runner.fn_runner import ExtendedProvisionInfo
from apache_beam.runners.portability.portable_runner import JobServiceHandle

from transforms import progress
from transforms.ledger import NAMESPACE

OptionsT = TypeVar("OptionsT", bound=PipelineOptions)

_IN_PROCESS = "FnApiRunner"
_ALIASES = {None: _IN_PROCESS, "DirectRunner": _IN_PROCESS, "direct": _IN_PROCESS, "directrunner": _IN_PROCESS}
"""Names that mean the in-process runner. Beam's own DirectRunner would first try to download another one."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Engine:
    """What a runner can do. Nothing else in newsmill asks for the name of a runner.

    Attributes:
        name: class of the runner.
        cuts_into_chunks: a run is many small pipelines, each of them committed; else it is one job and one commit.
        has_counters: it gives counters when a pipeline has ended.
        loses_counts: what some bundles counted may be missing from them: see :mod:`pipeline.lost_counts`.
        shares_disk: its workers see the local files of this machine.
        drains: an unbounded job whose input has ended ends by itself; else it is cancelled when all is committed.
        is_one_process: the graph runs in this process; the pool of worker processes aside.
        stream_options: words that an unbounded job has beside those given, where these do not name the same option.
    """

    name: str
    cuts_into_chunks: bool = False
    has_counters: bool = True
    loses_counts: bool = False
    shares_disk: bool = True
    drains: bool = True
    is_one_process: bool = False
    stream_options: tuple[str, ...] = ()

    @property
    def is_local(self) -> bool:
        """Whether it is the in-process runner."""
        return self.name == _IN_PROCESS


_ON_FLINK = (
    # Without checkpoints idle sources are shut down; with the default time, windows came out only after the drain.
    "--checkpointing_interval=10000",
    "--max_bundle_time_mills=200",
    # A job that fails would begin again and again.
    "--number_of_execution_retries=0",
    # Else what a bundle gives at a checkpoint is held back, the watermark is not, and rows are dropped as late.
    "--finish_bundle_before_checkpointing",
)

_ENGINES = {
    engine.name: engine
    for engine in (
        Engine(name=_IN_PROCESS, cuts_into_chunks=True, is_one_process=True),
        Engine(name="PrismRunner", loses_counts=True),
        Engine(name="FlinkRunner", drains=False, stream_options=_ON_FLINK),
        Engine(name="SparkRunner", drains=False),
        Engine(name="DataflowRunner", shares_disk=False),
    )
}


@functools.lru_cache(maxsize=8)
def find_engine(beam_args: tuple[str, ...]) -> Engine:
    """Return the engine that Beam's own options name; the in-process runner by default.

    Of a runner that is not known here nothing is expected but that it runs pipelines.

    >>> find_engine(()).cuts_into_chunks, find_engine(("--runner=FlinkRunner",)).cuts_into_chunks
    (True, False)
    """
    options = PipelineOptions(list(beam_args))
    named = options.view_as(StandardOptions).runner
    name = _ALIASES.get(named, named)
    engine = _ENGINES.get(name) or Engine(name=name, has_counters=False, shares_disk=False, drains=False)
    if engine.is_one_process and options.view_as(DirectOptions).direct_running_mode == "multi_processing":
        return dataclasses.replace(engine, is_one_process=False)
    return engine


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


def stream_words(beam_args: Sequence[str], engine: Engine) -> list[str]:
    """Return the words of an unbounded job: those given, then what its engine needs beside them.

    >>> stream_words(["--parallelism", "2"], Engine(name="A", stream_options=("--parallelism=1", "--fast")))
    ['--parallelism', '2', '--fast']
    """
    given = {word.partition("=")[0] for word in beam_args}
    return [*beam_args, *(word for word in engine.stream_options if word.partition("=")[0] not in given)]


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
    if _ALIASES.get(named, named) != _IN_PROCESS:
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
