"""Settings go in; archived pages are read again with today's code, compared, and committed where anything changed."""

import functools
import logging
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

from pipeline.engine import make_pipeline, read_counters
from pipeline.job import Done, Driver, Job, Outcome
from pipeline.known_state import KnownState
from pipeline.report import Report, print_report
from pipeline.settings import Settings
from pipeline.stages import enriching_steps, reading_steps, worker_policy
from schemas.articles import Article
from schemas.documents import Document, Source
from schemas.stages import READ, REPROCESSED, VERSIONS
from schemas.tables import ARTICLES, DEAD_LETTERS, DROPPED
from transforms.archive.latest import batch_by_file, find_archived, load_rows
from transforms.archive.renew import read_batch, renew
from transforms.lake import files
from transforms.lake.manifest import Manifest
from transforms.lake.write import HandOver, StageTable, commit_files, read_handover
from transforms.ledger import Attempt, Attempted, Ledger
from transforms.workers.steps import Step

KIND = "reprocess"
BATCH_PAGES = 50
"""Most pages that one worker takes at a time."""

_log = logging.getLogger("newsmill")


class _RenewFn(beam.DoFn):
    def setup(self) -> None:
        self._ledger = Ledger(VERSIONS.word)

    def process(self, element: tuple[str, Mapping[str, Iterable[Article]]]) -> Iterable[Article]:
        rows, made = (list(element[1][name]) for name in ("rows", "made"))
        for article in made:  # none where its page failed
            self._ledger.count("in")
            newer = renew(rows[0], article)
            self._ledger.count("known" if newer is None else "done")
            if newer is not None:
                yield newer


def _with_place(article: Article) -> tuple[str, Article]:
    return f"{article.archive_file}@{article.archive_offset}", article


def _rows_of(shelf: tuple[str, tuple[Article, ...]]) -> Iterable[Article]:
    return shelf[1]


class RenewArticles(beam.PTransform[beam.PCollection[tuple[str, tuple[Article, ...]]], beam.PCollection[str]]):
    """Shelves of rows to staged files of new versions; gives the path of the list of them, to be committed.

    Bounded. Page bytes cross no shuffle; rows and what was made of their pages meet in one CoGroupByKey.

    Args:
        settings: of the chunk.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self._read = functools.partial(
            read_batch, output=settings.commit.output, max_page_bytes=settings.fetch_policy.max_page_bytes
        )

    def expand(self, shelves: beam.PCollection[tuple[str, tuple[Article, ...]]]) -> beam.PCollection[str]:
        settings = self._settings
        read: Attempted = shelves | "Read" >> Attempt(Step(READ.word, self._read, is_many=True), returns=Document)
        # Bytes of pages and the articles made of them cross no shuffle, so that one Attempt does all four steps.
        steps = (*reading_steps(settings), *enriching_steps(settings))
        made: Attempted = read.done | "Make" >> Attempt(*steps, returns=Article, workers=worker_policy(settings))
        keyed = tuple[str, Article]
        rows = shelves | "Rows" >> beam.FlatMap(_rows_of).with_output_types(Article)
        pairs = {
            "rows": rows | "RowPlaces" >> beam.Map(_with_place).with_output_types(keyed),
            "made": made.done | "MadePlaces" >> beam.Map(_with_place).with_output_types(keyed),
        }
        newer = pairs | "Meet" >> beam.CoGroupByKey() | "Renew" >> beam.ParDo(_RenewFn()).with_output_types(Article)
        ends = (read, made)
        dead = [end.dead for end in ends] | "DeadLetters" >> beam.Flatten()
        dropped = [end.dropped for end in ends] | "Dropped" >> beam.Flatten()
        tables = ((ARTICLES, newer), (DEAD_LETTERS, dead), (DROPPED, dropped))
        staged = [
            made
            | f"Stage {table.name}"
            >> StageTable(
                table, commit=settings.commit, partition_by=settings.partition_by if table is ARTICLES else None
            )
            for table, made in tables
        ]
        rest = shelves.pipeline | "NoRest" >> beam.Create([], reshuffle=False).with_output_types(Source)
        handed: beam.PCollection[str] = (
            staged | "AllFiles" >> beam.Flatten() | "HandOver" >> HandOver(settings.commit, rest)
        )
        return handed


class ReprocessGraph:
    """The graph of a reprocessing: rows of archived articles to committed new versions."""

    def run(
        self,
        settings: Settings,
        work: Sequence[Article],
        known: KnownState | None,
        max_documents: int | None,
        **parts: Any,
    ) -> Done:
        """Read the pages of some rows again and commit what changed; nothing where nothing did."""
        del known, max_documents
        pipeline = make_pipeline(PipelineOptions(list(settings.beam_args)))
        shelves = beam.Create(batch_by_file(work, BATCH_PAGES)).with_output_types(tuple[str, tuple[Article, ...]])
        _ = pipeline | "Shelves" >> shelves | "Renew" >> RenewArticles(settings)
        result = pipeline.run()
        result.wait_until_finish()
        counters = read_counters(result, settings.engine)
        staged, _ = read_handover(settings.commit)
        if not staged:
            files.remove_tree(settings.commit.staging)
            return Done([], counters)
        return Done([commit_files(settings.commit, staged, kind=KIND, counters=counters or {}, **parts)], counters)


class ReprocessJob(Job):
    """``newsmill reprocess``: all archived pages, a chunk at a time.

    Each chunk is committed by itself. There is nothing to carry on after a crash: what was committed is unchanged for
    the next call.
    """

    kind = KIND
    stages = REPROCESSED

    def choose(self, manifests: list[Manifest]) -> list[Manifest] | None:
        """Find the pages."""
        self._chosen = find_archived(self.settings.commit.output, manifests, since=self.settings.since)
        self.first = len(self._chosen)
        return []

    def make_graph(self) -> ReprocessGraph:
        """Reading and enriching, and a comparison with what is stored."""
        return ReprocessGraph()

    def work(self, driver: Driver) -> None:
        """Commit chunk after chunk."""
        output, size = self.settings.commit.output, self.settings.chunk_documents
        for at in range(0, len(self._chosen), size):
            if not self.settings.quiet:
                _log.info("reprocess: %d of %d pages", at, len(self._chosen))
            driver.commit(list(load_rows(output, self._chosen.slice(at, size))))

    def end_run(self, outcome: Outcome) -> None:
        """Print the report and what became of the pages."""
        print_report(self.settings, outcome.report, outcome.directory)
        if not self.settings.quiet:
            sys.stdout.write(_summary(outcome.report) + "\n")


def _summary(report: Report) -> str:
    first, last = report.stages[0], report.stages[-1]
    if not first.entered:
        return "no article points into an archive: pages are kept by 'newsmill run --archive'"
    counts = {
        "new versions": last.done,
        "unchanged": last.known,
        "dead letters": sum(count.dead for count in report.stages),
        "filtered": sum(count.filtered for count in report.stages),
    }
    return f"{first.entered:,} archived pages: " + ", ".join(f"{count:,} {words}" for words, count in counts.items())
