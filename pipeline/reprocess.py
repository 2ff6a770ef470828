"""New versions of stored articles, where today's code finds something else in them or in their archived pages."""

import dataclasses
import functools
import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

from pipeline.balance import count_stages, find_imbalance
from pipeline.engine import make_pipeline, read_counters
from pipeline.settings import Settings
from pipeline.stages import enrichment_policies, extract_step, start_workers, worker_policy
from schemas import NEWSMILL_VERSION
from schemas.articles import Article
from schemas.documents import Document, Source
from schemas.outcomes import ArticleRows
from schemas.stages import READ, REPROCESSED, VERSIONS, Stage
from schemas.tables import ARTICLES, DEAD_LETTERS, DROPPED, TABLES
from transforms.archive.latest import find_newest, load_rows, shelve
from transforms.archive.renew import read_shelf, renew, renew_columns
from transforms.enrich.enrichment import Enrichment, clear, with_dependents
from transforms.enrich.registry import ENRICHMENTS
from transforms.enrich.stage import EnrichArticles, Enriched, Split, SplitRows
from transforms.lake import files
from transforms.lake.lake import read_manifests
from transforms.lake.manifest import Manifest
from transforms.lake.write import HandOver, StageTable, commit_files, read_handover
from transforms.ledger import Attempted, AttemptMany, Ledger
from transforms.workers.steps import Step

KIND = "reprocess"
SHELF = 50
"""Most pages that one worker takes at a time."""

_log = logging.getLogger("newsmill")

Shelf = tuple[str, tuple[Article, ...]]
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
    """Gives stored articles as they were before some enrichments, and counts them as read."""

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


def _rows_of(shelf: Shelf) -> Iterable[Article]:
    return shelf[1]


class RenewArticles(beam.PTransform[beam.PCollection[Shelf], beam.PCollection[str]]):
    """Shelves of rows to staged files of new versions; gives the path of the list of them, to be committed.

    Bounded. Page bytes cross no shuffle; rows and what was made of them meet in one CoGroupByKey.

    Args:
        settings: of the chunk.
        only: enrichments that are done again to the rows as they are stored; empty reads the archived pages again.
    """

    def __init__(self, settings: Settings, only: Sequence[Enrichment] = ()) -> None:
        super().__init__()
        self._settings = settings
        self._only = tuple(only)
        self._read = functools.partial(
            read_shelf, output=settings.commit.output, max_page_bytes=settings.fetch_policy.max_page_bytes
        )

    def expand(self, shelves: beam.PCollection[Shelf]) -> beam.PCollection[str]:
        rows = shelves | "Rows" >> beam.FlatMap(_rows_of).with_output_types(Article)
        if self._only:
            name: Callable[[Article], str] = _name_article
            renew_article: Renew = functools.partial(renew_columns, enrichments=self._only)
            again = rows | "Take" >> beam.ParDo(_TakeFn(self._only)).with_output_types(Article)
            made: Enriched = again | "Make" >> self._enrich(self._only)
            ends: tuple[Attempted | Enriched, ...] = (made,)
        else:
            name, renew_article = _name_place, renew
            read: Attempted = shelves | "Read" >> AttemptMany(Step(READ.word, self._read), returns=Document)
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
        return self._stage(
            {
                ARTICLES.name: split.articles,
                DEAD_LETTERS.name: [end.dead for end in ends] | "DeadLetters" >> beam.Flatten(),
                DROPPED.name: [end.dropped for end in ends] | "Dropped" >> beam.Flatten(),
                **split.rows,
            }
        )

    def _enrich(self, enrichments: Sequence[Enrichment], *first: Step) -> EnrichArticles:
        policies, workers = enrichment_policies(self._settings), worker_policy(self._settings)
        return EnrichArticles(enrichments, policies=policies, first=first, workers=workers)

    def _stage(self, rows: Mapping[str, beam.PCollection[Any]]) -> beam.PCollection[str]:
        settings = self._settings
        staged = [
            made
            | f"Stage {name}"
            >> StageTable(
                TABLES[name],
                commit=settings.commit,
                partition_by=settings.partition_by if name == ARTICLES.name else None,
            )
            for name, made in rows.items()
        ]
        rest = staged[0].pipeline | "NoRest" >> beam.Create([], reshuffle=False).with_output_types(Source)
        handed: beam.PCollection[str] = (
            staged | "AllFiles" >> beam.Flatten() | "HandOver" >> HandOver(settings.commit, rest)
        )
        return handed


class Count(NamedTuple):
    """What became of the pages or articles: each is in exactly one of the last four."""

    pages: int
    renewed: int
    unchanged: int
    dead: int
    filtered: int


def stages_of(only: Sequence[Enrichment]) -> tuple[Stage, ...]:
    """The stages of a reprocessing, in order; all where no enrichment is named."""
    return (READ, *(enrichment.stage for enrichment in only), VERSIONS) if only else REPROCESSED


def count_pages(counters: Mapping[str, int], stages: Sequence[Stage] = REPROCESSED) -> Count:
    """The outcome in five numbers, out of counters named ``<stage>.<outcome>``."""
    counts = count_stages(counters, stages)
    return Count(
        pages=counts[0].entered,
        renewed=counts[-1].done,
        unchanged=counts[-1].known,
        dead=sum(count.dead for count in counts),
        filtered=sum(count.filtered for count in counts),
    )


def run_chunk(
    settings: Settings, rows: Iterable[Article], only: Sequence[Enrichment] = ()
) -> tuple[Manifest | None, dict[str, int]]:
    """Do some rows again and commit what changed; no manifest where nothing did."""
    commit, options = settings.commit, PipelineOptions(list(settings.beam_args))
    made = make_pipeline(options)
    shelves = beam.Create(shelve(rows, SHELF)).with_output_types(Shelf)
    _ = made | "Shelves" >> shelves | "Renew" >> RenewArticles(settings, only)
    result = made.run()
    result.wait_until_finish()
    counters = read_counters(result, settings.engine) or {}
    staged, _ = read_handover(commit)
    if not staged:
        files.remove_tree(commit.staging)
        return None, counters
    return commit_files(commit, staged, kind=KIND, counters=counters), counters


class Outcome(NamedTuple):
    """What came of a reprocessing; ``text`` is the report for people."""

    exit_code: int
    counted: Count
    text: str


def reprocess(settings: Settings, *, only: Sequence[str] = ()) -> Outcome:
    """Read all archived pages again, a chunk at a time; for a caller who holds the output's lock and has recovered it.

    Each chunk is committed by itself. There is nothing to carry on after a crash: what was committed is unchanged
    for the next call.

    Args:
        settings: of the reprocessing.
        only: names of enrichments: they and those that need them are done again to all stored articles,
            archived or not, and all other columns stay as they are. Empty reads the archived pages again.

    Raises:
        ValueError: an unknown enrichment.
        CorruptManifest: a manifest cannot be read.
        Exception: what stopped a pipeline; all chunks committed before stand.
    """
    start = time.monotonic()
    start_workers(settings)
    output, size = settings.commit.output, settings.chunk_documents
    enrichments = with_dependents(only, ENRICHMENTS)
    stages = stages_of(enrichments)
    what = "articles" if enrichments else "archived pages"
    chosen = find_newest(output, list(read_manifests(output)), since=settings.since, is_archived=not enrichments)
    counters: Counter[str] = Counter()
    written: Counter[str] = Counter()
    for chunk, at in enumerate(range(0, len(chosen), size)):
        if not settings.quiet:
            _log.info("reprocess: %d of %d %s", at, len(chosen), what)
        commit = dataclasses.replace(settings.commit, chunk=chunk)
        rows = load_rows(output, chosen.slice(at, size))
        manifest, counted = run_chunk(dataclasses.replace(settings, commit=commit), rows, enrichments)
        counters.update(counted)
        for file in manifest.files if manifest else ():
            written[file.table] += file.rows
    count = count_pages(counters, stages)
    imbalance = find_imbalance(counters, written, stages, first=len(chosen))
    exit_code = 4 if imbalance else 3 if count.pages and count.dead / count.pages > settings.max_dead_ratio else 0
    text = _render(settings, what, count, imbalance, time.monotonic() - start)
    _write_report(settings, only=enrichments, counters=counters, exit_code=exit_code, imbalance=imbalance, text=text)
    return Outcome(exit_code, count, text)


def _render(settings: Settings, what: str, count: Count, imbalance: list[str], wall_s: float) -> str:
    lines = [f"reprocess {settings.commit.run_id}: {count.pages:,} {what} in {wall_s:.1f} s"]
    if not count.pages and what == "archived pages":
        lines.append("  no article points into an archive: pages are kept by 'newsmill run --archive'")
    words = {"renewed": "new versions", "unchanged": "unchanged", "dead": "dead letters", "filtered": "filtered"}
    lines += [f"  {getattr(count, name):>9,}  {word}" for name, word in words.items()]
    lines += [f"  does not balance: {what}" for what in imbalance] or ["  the ledger balances"]
    return "\n".join(lines) + "\n"


def _write_report(
    settings: Settings,
    *,
    only: Sequence[Enrichment],
    counters: Mapping[str, int],
    exit_code: int,
    imbalance: list[str],
    text: str,
) -> None:
    body: dict[str, Any] = {
        "kind": KIND,
        "run_id": settings.commit.run_id,
        "exit_code": exit_code,
        "started_at": settings.started_at.isoformat(),
        "newsmill_version": NEWSMILL_VERSION,
        "only": [enrichment.name for enrichment in only],
        "pages": count_pages(counters, stages_of(only))._asdict(),
        "counters": dict(sorted(counters.items())),
        "imbalance": imbalance,
    }
    directory = files.join(settings.commit.output, "runs", settings.commit.run_id)
    files.replace_bytes(files.join(directory, "report.txt"), text.encode("utf-8", "replace"))
    files.replace_bytes(files.join(directory, "report.json"), json.dumps(body, indent=1).encode() + b"\n")
