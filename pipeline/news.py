"""The graph of a run: which stage feeds which."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import apache_beam as beam

from pipeline.chunks import Element
from pipeline.settings import Settings
from pipeline.stages import enrichment_policies, extract_step, worker_policy
from schemas.articles import Article, DeadLetter, Dropped, Replay
from schemas.documents import Document, Link, Source
from schemas.feeds import FeedState, Request
from schemas.stages import READ
from schemas.tables import ARTICLES, DEAD_LETTERS, DROPPED, FEED_STATE, FETCH_LOG, REPLAYS
from transforms.archive.write import Archived, ArchivePages
from transforms.enrich.registry import EARLY, LATE
from transforms.enrich.stage import EnrichArticles, Enriched, Split, SplitRows
from transforms.known.files import KnownFiles
from transforms.known.left_out import SkipKnownDropped
from transforms.known.letters import NewLetters, SkipKnownLetters
from transforms.known.repeats import Distinct, DropRepeats
from transforms.known.stages import KeepOffRetracted, NumberVersions, SkipKnownLinks, UnknownLinks, Versioned
from transforms.lake.commits import Commits
from transforms.lake.manifest import DataFile
from transforms.lake.write import HandOver, stage_tables
from transforms.ledger import Ledger
from transforms.named_outputs import NamedOutputs
from transforms.sources.open import Opened, OpenSources
from transforms.urls import is_web_url
from transforms.web.fetch import Fetched, FetchPages
from transforms.web.retrieve import RetrievedSources, RetrieveSources
from transforms.workers.policy import WorkerPolicy


class News(NamedTuple):
    """What becomes of all documents that the sources hold: each is a row in exactly one of the first three.

    Attributes:
        articles: new articles and new versions.
        dead: what failed.
        dropped: what was left out.
        rows: of the tables that enrichments own, by table.
    """

    articles: beam.PCollection[Article]
    dead: beam.PCollection[DeadLetter]
    dropped: beam.PCollection[Dropped]
    rows: Mapping[str, beam.PCollection[Any]]


class Work(NamedTuple):
    """What ReadNews returns.

    Attributes:
        news: what becomes of the documents.
        rest: what was not read to its end.
        archived: files that keep the pages.
        states: what each poll of a subscription left behind.
        requests: all that were sent.
        tries: failures of which an open dead letter exists already; None where there is no such letter.
    """

    news: News
    rest: beam.PCollection[Source]
    archived: tuple[beam.PCollection[DataFile], ...]
    states: beam.PCollection[FeedState]
    requests: beam.PCollection[Request]
    tries: beam.PCollection[Replay] | None


class _Gathered(NamedTuple):
    """What _OpenAnywhere returns."""

    opened: Opened
    requests: tuple[beam.PCollection[Request], ...]


class _OpenAnywhere(NamedOutputs[beam.PCollection[Source], _Gathered]):
    """Open files where they are, and addresses after they were retrieved, many hosts at a time."""

    def __init__(self, settings: Settings, max_documents: int | None, workers: WorkerPolicy) -> None:
        super().__init__()
        self._retrieve = (
            None if settings.page_policy.fetch == "never" else RetrieveSources(policy=settings.fetch_policy)
        )
        self._open = OpenSources(
            max_documents=max_documents,
            limits=settings.read_limits,
            poll_limits=settings.poll_limits,
            workers=workers,
        )

    def expand(self, sources: beam.PCollection[Source]) -> _Gathered:
        if self._retrieve is None:
            opened: Opened = sources | "Open" >> self._open
            return _Gathered(opened, ())
        local = sources | "Files" >> beam.Filter(_is_file)
        remote = sources | "Addresses" >> beam.Filter(_is_address)
        asked: RetrievedSources = remote | "Retrieve" >> self._retrieve
        # Opened apart, so that opening stays fused with retrieving: behind a Flatten, Prism lost counts of a bundle.
        pairs = zip(
            local | "OpenFiles" >> self._open,
            asked.retrieved | "OpenRetrieved" >> self._open,
            strict=True,
        )
        flat = (pair | f"Flatten{name}" >> beam.Flatten() for name, pair in zip(Opened._fields, pairs, strict=True))
        return _Gathered(Opened(*flat), (asked.requests,))


def _is_address(source: Source) -> bool:
    return is_web_url(source.uri)


def _is_file(source: Source) -> bool:
    return not is_web_url(source.uri)


class _Pages(NamedTuple):
    """What _ReadArticles returns."""

    articles: beam.PCollection[Article]
    dead: beam.PCollection[DeadLetter]
    dropped: beam.PCollection[Dropped]
    archived: tuple[beam.PCollection[DataFile], ...]


class _ReadArticles(NamedOutputs[beam.PCollection[Document], _Pages]):
    """Archive, extract, enrich early: fused with what gives the documents, so that page bytes cross no shuffle."""

    def __init__(self, settings: Settings, known: KnownFiles, commit: Commits, workers: WorkerPolicy) -> None:
        super().__init__()
        policy = settings.fetch_policy
        self._keep_off = KeepOffRetracted(known)
        self._respects_opt_outs, self._agent = settings.extract_policy.respect_opt_outs, policy.robots_name
        self._archive = (
            ArchivePages(commit=commit, user_agent=policy.user_agent, respect_robots=policy.respect_robots)
            if settings.page_policy.archive
            else None
        )
        self._read = EnrichArticles(
            EARLY, policies=enrichment_policies(settings), first=[extract_step(settings)], workers=workers
        )

    def expand(self, documents: beam.PCollection[Document]) -> _Pages:
        archived: tuple[beam.PCollection[DataFile], ...] = ()
        if self._archive is not None:
            documents = documents | "KeepOffRetracted" >> self._keep_off
            if self._respects_opt_outs:
                from transforms.articles.rights import without_reserved_exchanges  # noqa: PLC0415  reads pages

                stripped = beam.Map(without_reserved_exchanges, self._agent).with_output_types(Document)
                documents = documents | "KeepOffReserved" >> stripped
            kept: Archived = documents | "Archive" >> self._archive
            documents, archived = kept.documents, (kept.files,)
        read: Enriched = documents | "Read" >> self._read
        split: Split = read.articles | "Articles" >> SplitRows(EARLY, is_last=False)
        return _Pages(articles=split.articles, dead=read.dead, dropped=read.dropped, archived=archived)


class ReadNews(NamedOutputs[beam.PCollection[Element], Work]):
    """Sources, and links that come without one, to enriched articles.

    Documents that files hold are read where the file is opened; pages are read where they are fetched. Only
    articles, links and failures are shuffled. Bounded input, or windowed.

    Args:
        settings: of the run.
        known: what is committed already.
        commit: what the archive of the pages is to be part of.
        max_documents: most that is read of one source; None reads all.
    """

    def __init__(self, settings: Settings, *, known: KnownFiles, commit: Commits, max_documents: int | None) -> None:
        super().__init__()
        self._settings = settings
        self._commit = commit
        self._known = known
        self._max_documents = max_documents
        self._workers = worker_policy(settings)

    def expand(self, elements: beam.PCollection[Element]) -> Work:
        settings = self._settings
        sources = elements | "OnlySources" >> beam.Filter(_is_source).with_output_types(Source)
        given: _Gathered = sources | "Inputs" >> self._open()
        # A list names sources, which are opened like those given; what they list in turn is a dead letter.
        listed: _Gathered = given.opened.sources | "Listed" >> self._open()
        opened = (given.opened, listed.opened)
        alone = elements | "OnlyLinks" >> TakeLinks()
        links: beam.PCollection[Link] = (alone, *(some.links for some in opened)) | "Links" >> beam.Flatten()
        unknown: UnknownLinks = links | "Known" >> SkipKnownLinks(self._known)
        fetched: Fetched = unknown.links | "Fetch" >> FetchPages(
            policy=settings.fetch_policy, mode=settings.page_policy.fetch
        )
        # Read three times and not once after a Flatten: a Flatten would gather all page bytes.
        pages = (
            given.opened.documents | "ReadGiven" >> self._read(),
            listed.opened.documents | "ReadListed" >> self._read(),
            fetched.documents | "ReadFetched" >> self._read(),
        )
        articles = [some.articles for some in pages] | "Articles" >> beam.Flatten()
        distinct: Distinct = articles | "Repeats" >> DropRepeats()
        versioned: Versioned = distinct.articles | "Versions" >> NumberVersions(
            self._known, since=settings.known_policy.since
        )
        enriched: Enriched = versioned.articles | "Enrich" >> self._enrich()
        split: Split = enriched.articles | "Rows" >> SplitRows(LATE)
        fail = (*opened, fetched, *pages, enriched)
        leave_out = (*fail, unknown, distinct, versioned)
        dead = [some.dead for some in fail] | "DeadLetters" >> beam.Flatten()
        dropped = [some.dropped for some in leave_out] | "Dropped" >> beam.Flatten()
        left_out: beam.PCollection[Dropped] = dropped | "KnownDropped" >> SkipKnownDropped(self._known)
        written: NewLetters = dead | "KnownLetters" >> SkipKnownLetters(self._known)
        requests = (*given.requests, *listed.requests, fetched.requests)
        return Work(
            news=News(articles=split.articles, dead=written.letters, dropped=left_out, rows=split.rows),
            rest=[some.rest for some in opened] | "Rest" >> beam.Flatten(),
            archived=tuple(files for some in pages for files in some.archived),
            states=[some.states for some in opened] | "States" >> beam.Flatten(),
            requests=requests | "Requests" >> beam.Flatten(),
            tries=written.tries,
        )

    def _open(self) -> _OpenAnywhere:
        return _OpenAnywhere(self._settings, self._max_documents, self._workers)

    def _read(self) -> _ReadArticles:
        return _ReadArticles(self._settings, self._known, self._commit, self._workers)

    def _enrich(self) -> EnrichArticles:
        return EnrichArticles(LATE, policies=enrichment_policies(self._settings), workers=self._workers)


def _is_source(element: Element) -> bool:
    return isinstance(element, Source)


class _CountLinks(beam.DoFn):
    """Counts links that come without a source as documents that were read."""

    def setup(self) -> None:
        self._ledger = Ledger(READ.word)

    def process(self, element: Element) -> Iterable[Link]:
        if isinstance(element, Link):
            self._ledger.count("in")
            self._ledger.count("done")
            yield element


class TakeLinks(beam.PTransform[beam.PCollection[Element], beam.PCollection[Link]]):
    """The links among the elements. Elementwise."""

    def expand(self, elements: beam.PCollection[Element]) -> beam.PCollection[Link]:
        taken: beam.PCollection[Link] = elements | beam.ParDo(_CountLinks()).with_output_types(Link)
        return taken


def stage_work(work: Work, *, commit: Commits, partition_by: Sequence[str]) -> list[beam.PCollection[DataFile]]:
    """Stage all rows as files, and give them with those that keep the pages.

    Args:
        work: what was read.
        commit: what it is to be part of.
        partition_by: columns of articles that become directories.
    """
    rows: dict[str, beam.PCollection[Any]] = {
        ARTICLES.name: work.news.articles,
        DEAD_LETTERS.name: work.news.dead,
        DROPPED.name: work.news.dropped,
        FEED_STATE.name: work.states,
        FETCH_LOG.name: work.requests,
        **({} if work.tries is None else {REPLAYS.name: work.tries}),
        **work.news.rows,
    }
    return [*stage_tables(rows, commit=commit, partition_by=partition_by), *work.archived]


class MakeNews(beam.PTransform[beam.PCollection[Element], beam.PCollection[str]]):
    """Sources and links to staged Parquet files; gives the path of the list of them, to be committed.

    Args:
        settings: of the run.
        known: what is committed already.
        commit: what the rows are to be part of; that of the settings by default.
        max_documents: most that is read of one source; None reads all.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        known: KnownFiles,
        commit: Commits | None = None,
        max_documents: int | None = None,
    ) -> None:
        super().__init__()
        self._settings = settings
        self._commit = commit or settings.commit
        self._read = ReadNews(settings, known=known, commit=self._commit, max_documents=max_documents)

    def expand(self, elements: beam.PCollection[Element]) -> beam.PCollection[str]:
        commit = self._commit
        work: Work = elements | "Read" >> self._read
        staged = stage_work(work, commit=commit, partition_by=self._settings.write_policy.partition_by)
        handed: beam.PCollection[str] = (
            staged | "AllFiles" >> beam.Flatten() | "HandOver" >> HandOver(commit, work.rest)
        )
        return handed
