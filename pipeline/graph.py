"""The graph of one chunk on the engine of the run, carried out and committed."""

from collections.abc import Sequence
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

from pipeline.chunks import Element
from pipeline.engine import make_pipeline, read_counters
from pipeline.job import Done
from pipeline.known_state import KnownState
from pipeline.news import MakeNews
from pipeline.settings import Settings
from transforms.lake.commits import commit_files
from transforms.lake.stage import read_handover


class NewsGraph:
    """The whole graph: sources and links to committed rows.

    Args:
        kind: of the manifests.
    """

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def run(
        self,
        settings: Settings,
        work: Sequence[Element],
        known: KnownState | None,
        max_documents: int | None,
        **parts: Any,
    ) -> Done:
        """Build the graph over one batch, run it to its end, and commit what it staged with what it counted."""
        assert known is not None
        pipeline = make_pipeline(PipelineOptions(list(settings.beam_args)))
        elements = beam.Create(known.feeds.attach(work)).with_output_types(Element)
        news = MakeNews(settings, known=known.files(), max_documents=max_documents)
        _ = pipeline | "Elements" >> elements | "News" >> news
        result = pipeline.run()
        result.wait_until_finish()
        staged, continues = read_handover(settings.commit)
        counters = read_counters(result, settings.engine)
        manifest = commit_files(
            settings.commit, staged, kind=self._kind, continues=continues, counters=counters or {}, **parts
        )
        return Done([manifest], counters)
