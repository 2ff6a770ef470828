"""What the runner of a pipeline can do. Beam is not imported unless it has options to read."""

import dataclasses
import functools
from collections.abc import Sequence

_IN_PROCESS = "FnApiRunner"
_ALIASES = {None: _IN_PROCESS, "DirectRunner": _IN_PROCESS, "direct": _IN_PROCESS, "directrunner": _IN_PROCESS}
"""Names that mean the in-process runner. Beam's own DirectRunner would first try to download another one."""


def is_in_process(runner: str | None) -> bool:
    """Return whether a name, or that none is given, means the in-process runner."""
    return _ALIASES.get(runner, runner) == _IN_PROCESS


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
    if not beam_args:
        return _ENGINES[_IN_PROCESS]
    from apache_beam.options.pipeline_options import (  # noqa: PLC0415  half a second, which a run without work saves
        DirectOptions,
        PipelineOptions,
        StandardOptions,
    )

    options = PipelineOptions(list(beam_args))
    named = options.view_as(StandardOptions).runner
    name = _IN_PROCESS if is_in_process(named) else named
    engine = _ENGINES.get(name) or Engine(name=name, has_counters=False, shares_disk=False, drains=False)
    if engine.is_one_process and options.view_as(DirectOptions).direct_running_mode == "multi_processing":
        return dataclasses.replace(engine, is_one_process=False)
    return engine


def stream_words(beam_args: Sequence[str], engine: Engine) -> list[str]:
    """Return the words of an unbounded job: those given, then what its engine needs beside them.

    >>> stream_words(["--parallelism", "2"], Engine(name="A", stream_options=("--parallelism=1", "--fast")))
    ['--parallelism', '2', '--fast']
    """
    given = {word.partition("=")[0] for word in beam_args}
    return [*beam_args, *(word for word in engine.stream_options if word.partition("=")[0] not in given)]
