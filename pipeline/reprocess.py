"""New versions of stored articles, where today's code finds something else in them or in their archived pages."""

import functools
import logging
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import apache_beam as beam

from pipeline.batches import Done
from pipeline.beam_pipeline import read_counters
from pipeline.console import own_command
from pipeline.graph import Chunk, ChunkGraph, GraphCommits
from pipeline.job import Driver, Job, Outcome
from pipeline.known_state import KnownState
from pipeline.report import Report
from pipeline.report_text import print_report
from pipeline.settings import Settings
from pipeline.stages import (
    enrichment_policies,
    extract_step,
    worker_policy,
)
from schemas.articles import Article
from schemas.documents import Document, Source
from schemas.outcomes import ArticleRows
from schemas.stages import READ, REPROCESSED, VERSIONS, Stage
from schemas.tables import ARTICLES, DEAD_LETTERS, DROPPED
from transforms.archive.latest import find_newest, group_by_file, load_rows
from transforms.archive.renew import read_group, renew, renew_columns
from transforms.enrich.enrichment import Enrichment, clear, with_dependents
from transforms.enrich.registry import ENRICHMENTS
from transforms.enrich.stage import EnrichArticles, Enriched, Split, SplitRows
from transforms.lake import files
from transforms.lake.commits import Commits
from transforms.lake.manifest import CommitKind, Manifest
from transforms.lake.stage import read_handover
from transforms.lake.write import HandOver, stage_tables
from transforms.ledger import Attempt, Attempted, Ledger
from transforms.workers.steps import Step

KIND: CommitKind = "reprocess"
GROUP_PAGES = 50
"""Most pages that one worker reads at a time."""

_log = logging.getLogger("newsmill")

PageGroup = tuple[str, tuple[Article, ...]]
"""Rows whose pages are in one archive file, and its path."""


Renew = Callable[[Article, Article], Article | None]
"""Gives the next version of an article: the row that is stored, what was made of it now; None where nothing changed."""


class _RenewFn(beam.DoFn):
    def __init__(self, renew_article: Renew) -> None:
        self._renew = renew_article

    def setup(self) -> None:
        self._ledger = Ledger(VERSIONS.word)

    def process(self, element: tuple[str, Mapping[str, Iterable[Any]]]) -> Iterable[ArticleRows]:
        rows, made = (list(element[1][name]) for name in ("rows", "made"))
        for found in made:  # none where its page failed
            self._ledger.count("in")
            newer = self._renew(rows[0], found.article)
            self._ledger.count("known" if newer is None else "done")
            if newer is not None:
                yield ArticleRows(newer, found.rows)


class _TakeFn(beam.DoFn):
    """Give stored articles as they were before some enrichments, and count them as read."""

    def __init__(self, enrichments: Sequence[Enrichment]) -> None:
        self._enrichments = enrichments

    def setup(self) -> None:
        self._ledger = Ledger(READ.word)

    def process(self, element: Article) -> Iterable[Article]:
        self._ledger.count("in")
        self._ledger.count("done")
        yield clear(element, self._enrichments)


def _name_place(article: Article) -> str:
    return f"{article.archive_file}@{article.archive_offset}"


def _name_article(article: Article) -> str:
    return article.article_id


def _with_key(found: Article | ArticleRows, name: Callable[[Article], str]) -> tuple[str, Any]:
    return name(found.article if isinstance(found, ArticleRows) else found), found


def _rows_of(group: PageGroup) -> Iterable[Article]:
    return group[1]


class RenewArticles(beam.PTransform[beam.PCollection[PageGroup], beam.PCollection[str]]):
    """Groups of rows to staged files of new versions; gives the path of the list of them, to be committed.

    Bounded. Page bytes cross no shuffle; rows and what was made of them meet in one CoGroupByKey.

    Args:
        settings: of the run.
        only: enrichments that are done again to the rows as they are stored; empty reads the archived pages again.
        commit: what the rows are to be part of; that of the settings by default.
    """

    def __init__(self, settings: Settings, only: Sequence[Enrichment] = (), *, commit: Commits | None = None) -> None:
        super().__init__()
        self._settings = settings
        self._commit = commit or settings.commit
        self._only = tuple(only)
        self._read = functools.partial(
            read_group, lake=settings.commit.lake, max_page_bytes=settings.fetch_policy.max_page_bytes
        )

    def expand(self, groups: beam.PCollection[PageGroup]) -> beam.PCollection[str]:
        rows = groups | "Rows" >> beam.FlatMap(_rows_of).with_output_types(Article)
        if self._only:
            name: Callable[[Article], str] = _name_article
            renew_article: Renew = functools.partial(renew_columns, enrichments=self._only)
            again = rows | "Take" >> beam.ParDo(_TakeFn(self._only)).with_output_types(Article)
            made: Enriched = again | "Make" >> self._enrich(self._only)
            ends: tuple[Attempted | Enriched, ...] = (made,)
        else:
            name, renew_article = _name_place, renew
            read: Attempted = groups | "Read" >> Attempt(Step(READ.word, self._read, is_many=True), returns=Document)
            # Bytes of pages and the articles made of them cross no shuffle, so that one Attempt does all steps.
            made = read.done | "Make" >> self._enrich(ENRICHMENTS, extract_step(self._settings))
            ends = (read, made)
        pairs = {
            "rows": rows | "RowKeys" >> beam.Map(_with_key, name).with_output_types(tuple[str, Any]),
            "made": made.articles | "MadeKeys" >> beam.Map(_with_key, name).with_output_types(tuple[str, Any]),
        }
        do = _RenewFn(renew_article)
        newer = pairs | "Meet" >> beam.CoGroupByKey() | "Renew" >> beam.ParDo(do).with_output_types(ArticleRows)
        split: Split = newer | "Split" >> SplitRows()
        staged = stage_tables(
            {
                ARTICLES.name: split.articles,
                DEAD_LETTERS.name: [end.dead for end in ends] | "DeadLetters" >> beam.Flatten(),
                DROPPED.name: [end.dropped for end in ends] | "Dropped" >> beam.Flatten(),
                **split.rows,
            },
            commit=self._commit,
            partition_by=self._settings.write_policy.partition_by,
        )
        rest = groups.pipeline | "NoRest" >> beam.Create([], reshuffle=False).with_output_types(Source)
        handed: beam.PCollection[str] = (
            staged | "AllFiles" >> beam.Flatten() | "HandOver" >> HandOver(self._commit, rest)
        )
        return handed

    def _enrich(self, enrichments: Sequence[Enrichment], *first: Step) -> EnrichArticles:
        policies, workers = enrichment_policies(self._settings), worker_policy(self._settings)
        return EnrichArticles(enrichments, policies=policies, first=first, workers=workers)


class ReprocessGraph:
    """The graph of a reprocessing: rows of articles to committed new versions.

    Args:
        only: enrichments that are done again to the rows as they are stored; empty reads the archived pages again.
    """

    def __init__(self, only: Sequence[Enrichment] = ()) -> None:
        self._only = tuple(only)
        self._graph = ChunkGraph(_build, PageGroup)
        self._commits = GraphCommits(KIND)

    def run(
        self,
        settings: Settings,
        work: Sequence[Article],
        known: KnownState | None,
        max_documents: int | None,
        **parts: Any,
    ) -> Done:
        """Process some rows again and commit what changed; nothing where nothing did."""
        del known, max_documents
        result = self._graph.run(settings, Chunk(settings.commit, tuple(group_by_file(work, GROUP_PAGES))), self._only)
        counters = read_counters(result, settings.engine)
        staged, _ = read_handover(settings.commit)
        if not staged:
            files.remove_tree(settings.commit.staging)
            return Done([], counters)
        return self._commits.commit(settings, staged, counters, **parts)


def _build(
    groups: beam.PCollection[PageGroup],
    settings: Settings,
    commit: Commits,
    known: None,
    only: Sequence[Enrichment],
) -> None:
    del known
    _ = groups | "Renew" >> RenewArticles(settings, only, commit=commit)


def stages_of(only: Sequence[Enrichment]) -> tuple[Stage, ...]:
    """Give the stages of a reprocessing, in order; all where no enrichment is named."""
    return (READ, *(enrichment.stage for enrichment in only), VERSIONS) if only else REPROCESSED


class ReprocessJob(Job):
    """``newsmill reprocess``: all archived pages, or stored articles, a chunk at a time.

    Each chunk is committed by itself. There is nothing to carry on after a crash: what was committed is unchanged for
    the next call.
    """

    kind = KIND

    def __init__(self, settings: Settings, *, arguments: Sequence[str], only: Sequence[str] = ()) -> None:
        """Prepare a reprocessing.

        Args:
            settings: of the reprocessing.
            arguments: words of the command line, for the report.
            only: names of enrichments: they and those that need them are done again to all stored articles,
                archived or not, and all other columns stay as they are. Empty reads the archived pages again.

        Raises:
            ValueError: an unknown enrichment.
        """
        super().__init__(settings, arguments=arguments)
        self._only = with_dependents(only, ENRICHMENTS)

    @property
    def stages(self) -> Sequence[Stage]:  # type: ignore[override]
        """What its documents pass, in order."""
        return stages_of(self._only)

    def choose(self, manifests: list[Manifest]) -> list[Manifest] | None:
        """Find the pages, or the articles."""
        self._chosen = find_newest(
            self.settings.commit.lake, manifests, since=self.settings.known_policy.since, is_archived=not self._only
        )
        self.first = len(self._chosen)
        return []

    def make_graph(self) -> ReprocessGraph:
        """Reading and enriching, and a comparison with what is stored."""
        return ReprocessGraph(self._only)

    def work(self, driver: Driver) -> None:
        """Commit chunk after chunk."""
        lake, size = self.settings.commit.lake, self.settings.run_policy.chunk_documents
        for at in range(0, len(self._chosen), size):
            if not self.settings.run_policy.quiet:
                what = "articles" if self._only else "archived pages"
                _log.info("reprocess: %d of %d %s", at, len(self._chosen), what)
            driver.commit(list(load_rows(lake, self._chosen.slice(at, size))))

    def end_run(self, outcome: Outcome) -> None:
        """Print the report and what became of the pages."""
        print_report(self.settings, outcome.report, outcome.directory)
        if not self.settings.run_policy.quiet:
            sys.stdout.write(_summary(outcome.report, is_archived=not self._only) + "\n")


def _summary(report: Report, *, is_archived: bool) -> str:
    first, last = report.stages[0], report.stages[-1]
    if not first.entered and is_archived:
        return f"no article points into an archive: pages are kept by '{own_command()} run --archive'"
    counts = {
        "new versions": last.done,
        "unchanged": last.known,
        "dead letters": sum(count.dead for count in report.stages),
        "filtered": sum(count.filtered for count in report.stages),
    }
    what = "archived pages" if is_archived else "articles"
    return f"{first.entered:,} {what}: " + ", ".join(f"{count:,} {words}" for words, count in counts.items())
