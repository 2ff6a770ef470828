"""One batch of work goes in; it is sent through the graph on the runner that was named, and committed."""

import os
import tempfile
from collections import Counter
from collections.abc import Sequence
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions
from apache_beam.portability.api import beam_provision_api_pb2
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.runners.portability.fn_api_runner.fn_runner import ExtendedProvisionInfo
from apache_beam.runners.portability.portable_runner import JobServiceHandle

from pipeline.chunks import Element
from pipeline.news import MakeNews
from pipeline.settings import LOCAL_RUNNERS, Settings
from transforms import progress
from transforms.known.decide import KnownFiles
from transforms.lake.manifest import Manifest
from transforms.lake.write import commit_files, read_handover
from transforms.ledger import NAMESPACE


def choose_runner(options: PipelineOptions) -> Any:
    """The runner that the options name; the in-process one by default."""
    named = options.view_as(StandardOptions).runner
    if named not in LOCAL_RUNNERS:
        return named
    options.view_as(StandardOptions).runner = None
    # Workers in processes of their own would not hear of the options, such as where a store is.
    encoded = JobServiceHandle.encode_pipeline_options(options.get_all_options())
    told = beam_provision_api_pb2.ProvisionInfo(pipeline_options=encoded)
    return FnApiRunner(provision_info=ExtendedProvisionInfo(told))


def is_local_run(settings: Settings) -> bool:
    """Whether the run is cut into chunks: on the in-process runner it is, elsewhere it is one job."""
    return PipelineOptions(list(settings.beam_args)).view_as(StandardOptions).runner in LOCAL_RUNNERS


def make_pipeline(options: PipelineOptions) -> beam.Pipeline:
    """A pipeline on the runner that the options name, with its temporary directory inside that of the run.

    Beam removes its own when the pipeline ends; the next run removes that of a run that was killed.
    """
    before = tempfile.tempdir
    tempfile.tempdir = os.environ.get(progress.DIRECTORY_VARIABLE, before)
    try:
        return beam.Pipeline(runner=choose_runner(options), options=options)
    finally:
        tempfile.tempdir = before


def read_counters(result: Any) -> dict[str, int]:
    """Newsmill's Beam counters of a finished pipeline, by name."""
    found: Counter[str] = Counter()
    for counter in result.metrics().query()["counters"]:
        if counter.key.metric.namespace == NAMESPACE:
            value = counter.committed if counter.committed is not None else counter.attempted
            found[counter.key.metric.name] += value
    return dict(found)


def run_chunk(
    settings: Settings,
    elements: Sequence[Element],
    known: KnownFiles,
    kind: str,
    max_documents: int | None,
    **parts: Any,
) -> Manifest:
    """Build the graph over one batch, run it to its end, and commit what it staged with what it counted.

    Args:
        parts: more of the Manifest's attributes, such as ``took``.
    """
    options = PipelineOptions(list(settings.beam_args))
    made = make_pipeline(options)
    news = MakeNews(settings, known=known, max_documents=max_documents)
    _ = made | "Elements" >> beam.Create(list(elements)).with_output_types(Element) | "News" >> news
    result = made.run()
    result.wait_until_finish()
    staged, continues = read_handover(settings.commit)
    counters = read_counters(result)
    return commit_files(settings.commit, staged, kind=kind, continues=continues, counters=counters, **parts)
