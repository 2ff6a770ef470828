"""The graph of one chunk on the engine of the run, carried out and committed."""

from collections.abc import Sequence
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

from pipeline.chunks import Element
from pipeline.engine import make_pipeline, read_counters
from pipeline.news import MakeNews
from pipeline.settings import Settings
from transforms.known.decide import KnownFiles
from transforms.lake.manifest import Manifest
from transforms.lake.write import commit_files, read_handover


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
    counters = read_counters(result, settings.engine)
    return commit_files(settings.commit, staged, kind=kind, continues=continues, counters=counters or {}, **parts)
