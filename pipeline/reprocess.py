"""Settings go in; archived pages are read again with today's code, compared, and committed where anything changed."""

import dataclasses
import functools
import json
import logging
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

from pipeline.balance import count_stages, find_imbalance
from pipeline.engine import make_pipeline, read_counters
from pipeline.settings import Settings
from pipeline.stages import enriching_steps, reading_steps, start_workers, worker_policy
from schemas import NEWSMILL_VERSION
from schemas.articles import Article
from schemas.documents import Document, Source
from schemas.stages import READ, REPROCESSED, VERSIONS
from schemas.tables import ARTICLES, DEAD_LETTERS, DROPPED
from transforms.archive.latest import find_archived, load_rows, shelve
from transforms.archive.renew import read_shelf, renew
from transforms.lake import files
from transforms.lake.lake import read_manifests
from transforms.lake.manifest import Manifest
from transforms.lake.write import HandOver, StageTable, commit_files, read_handover
from transforms.ledger import Attempt, Attempted, Ledger
from transforms.workers.steps import Step

KIND = "reprocess"
SHELF = 50
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
            read_shelf, output=settings.commit.output, max_page_bytes=settings.fetch_policy.max_page_bytes
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


class Count(NamedTuple):
    """What became of the archived pages: each is in exactly one of the last four."""

    pages: int
    renewed: int
    unchanged: int
    dead: int
    filtered: int


def count_pages(counters: Mapping[str, int]) -> Count:
    """The outcome in five numbers, out of counters named ``<stage>.<outcome>``."""
    counts = count_stages(counters, REPROCESSED)
    return Count(
        pages=counts[0].entered,
        renewed=counts[-1].done,
        unchanged=counts[-1].known,
        dead=sum(count.dead for count in counts),
        filtered=sum(count.filtered for count in counts),
    )


def run_chunk(settings: Settings, rows: Iterable[Article]) -> tuple[Manifest | None, dict[str, int]]:
    """Read the pages of some rows again and commit what changed; no manifest where nothing did."""
    commit, options = settings.commit, PipelineOptions(list(settings.beam_args))
    made = make_pipeline(options)
    shelves = beam.Create(shelve(rows, SHELF)).with_output_types(tuple[str, tuple[Article, ...]])
    _ = made | "Shelves" >> shelves | "Renew" >> RenewArticles(settings)
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


def reprocess(settings: Settings) -> Outcome:
    """Read all archived pages again, a chunk at a time; for one who holds the output's lock and has recovered it.

    Each chunk is committed by itself. There is nothing to carry on after a crash: what was committed is unchanged
    for the next call.

    Raises:
        CorruptManifest: what is committed cannot be told.
        Exception: what stopped a pipeline; all chunks committed before stand.
    """
    start = time.monotonic()
    start_workers(settings)
    output, size = settings.commit.output, settings.chunk_documents
    chosen = find_archived(output, list(read_manifests(output)), since=settings.since)
    counters: Counter[str] = Counter()
    written: Counter[str] = Counter()
    for chunk, at in enumerate(range(0, len(chosen), size)):
        if not settings.quiet:
            _log.info("reprocess: %d of %d pages", at, len(chosen))
        commit = dataclasses.replace(settings.commit, chunk=chunk)
        rows = load_rows(output, chosen.slice(at, size))
        manifest, counted = run_chunk(dataclasses.replace(settings, commit=commit), rows)
        counters.update(counted)
        for file in manifest.files if manifest else ():
            written[file.table] += file.rows
    count = count_pages(counters)
    imbalance = find_imbalance(counters, written, REPROCESSED, first=len(chosen))
    exit_code = 4 if imbalance else 3 if count.pages and count.dead / count.pages > settings.max_dead_ratio else 0
    text = _render(settings, count, imbalance, time.monotonic() - start)
    _write_report(settings, counters, exit_code, imbalance, text)
    return Outcome(exit_code, count, text)


def _render(settings: Settings, count: Count, imbalance: list[str], wall_s: float) -> str:
    lines = [f"reprocess {settings.commit.run_id}: {count.pages:,} archived pages in {wall_s:.1f} s"]
    if not count.pages:
        lines.append("  no article points into an archive: pages are kept by 'newsmill run --archive'")
    words = {"renewed": "new versions", "unchanged": "unchanged", "dead": "dead letters", "filtered": "filtered"}
    lines += [f"  {getattr(count, name):>9,}  {word}" for name, word in words.items()]
    lines += [f"  does not balance: {what}" for what in imbalance] or ["  the ledger balances"]
    return "\n".join(lines) + "\n"


def _write_report(
    settings: Settings, counters: Mapping[str, int], exit_code: int, imbalance: list[str], text: str
) -> None:
    body: dict[str, Any] = {
        "kind": KIND,
        "run_id": settings.commit.run_id,
        "exit_code": exit_code,
        "started_at": settings.started_at.isoformat(),
        "newsmill_version": NEWSMILL_VERSION,
        "pages": count_pages(counters)._asdict(),
        "counters": dict(sorted(counters.items())),
        "imbalance": imbalance,
    }
    directory = files.join(settings.commit.output, "runs", settings.commit.run_id)
    files.replace_bytes(files.join(directory, "report.txt"), text.encode("utf-8", "replace"))
    files.replace_bytes(files.join(directory, "report.json"), json.dumps(body, indent=1).encode() + b"\n")
