"""The sentence: sources go in, and this says which stage feeds which until all is written."""

import functools
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import apache_beam as beam

from pipeline.chunks import Element
from pipeline.settings import Settings
from pipeline.stages import enriching_steps, reading_steps, worker_policy
from schemas.articles import Article, DeadLetter, Dropped, Replay
from schemas.documents import Document, Link, Source
from schemas.feeds import FeedState, Request
from schemas.stages import READ
from schemas.tables import ARTICLES, DEAD_LETTERS, DROPPED, FEED_STATE, FETCH_LOG, REPLAYS, Table
from transforms.archive.write import Archived, ArchivePages
from transforms.articles.rights import without_reserved_exchanges
from transforms.known.decide import KeepOffRetracted, KnownFiles, NumberVersions, SkipKnownLinks, Unknown, Versioned
from transforms.known.letters import Answered, SkipKnownLetters
from transforms.known.repeats import Distinct, DropRepeats
from transforms.lake.manifest import DataFile
from transforms.lake.write import Commits, HandOver, StageTable
from transforms.ledger import Attempt, Attempted, Ledger
from transforms.sources.open import Opened, OpenSources
from transforms.urls import is_web_url
from transforms.web.fetch import Fetched, FetchPages
from transforms.web.retrieve import Asked, RetrieveSources


class News(NamedTuple):
    """What becomes of everything that the sources hold: each document is a row in exactly one of the three."""

    articles: beam.PCollection[Article]
    dead: beam.PCollection[DeadLetter]
    dropped: beam.PCollection[Dropped]


class Work(NamedTuple):
    """What ReadNews returns.

    Attributes:
        rest: what was not read to its end.
        archived: files that keep the pages.
        states: what each poll of a subscription left behind.
        requests: all that were sent.
        tries: failures of which an open dead letter tells already; None where there is none.
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


class _OpenAnywhere(beam.PTransform[beam.PCollection[Source], _Gathered]):
    """Open files where they are, and addresses after they were retrieved, many hosts at a time."""

    def __init__(self, settings: Settings, max_documents: int | None) -> None:
        super().__init__()
        self._settings = settings
        self._open = functools.partial(
            OpenSources, max_documents=max_documents, limits=settings.read_limits, workers=worker_policy(settings)
        )

    def expand(self, sources: beam.PCollection[Source]) -> _Gathered:
        if self._settings.fetch == "never":
            opened: Opened = sources | "Open" >> self._open()
            return _Gathered(opened, ())
        local = sources | "Files" >> beam.Filter(_is_file)
        remote = sources | "Addresses" >> beam.Filter(_is_address)
        asked: Asked = remote | "Retrieve" >> RetrieveSources(policy=self._settings.fetch_policy)
        pairs = zip(
            local | "OpenFiles" >> self._open(),
            asked.retrieved | "OpenRetrieved" >> self._open(poll_limits=self._settings.poll_limits),
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

    news: News
    archived: tuple[beam.PCollection[DataFile], ...]


class _ReadArticles(beam.PTransform[beam.PCollection[Document], _Pages]):
    """Keep, extract, identify: fused with whatever gives the documents, so that page bytes cross no shuffle."""

    def __init__(self, settings: Settings, known: KnownFiles) -> None:
        super().__init__()
        policy = settings.fetch_policy
        self._keep_off = KeepOffRetracted(known)
        self._respects_opt_outs, self._agent = settings.respect_opt_outs, policy.robots_name
        self._archive = (
            ArchivePages(commit=settings.commit, user_agent=policy.user_agent, respect_robots=policy.respect_robots)
            if settings.archive
            else None
        )
        self._read = Attempt(*reading_steps(settings), returns=Article, workers=worker_policy(settings))

    def expand(self, documents: beam.PCollection[Document]) -> _Pages:
        archived: tuple[beam.PCollection[DataFile], ...] = ()
        if self._archive is not None:
            documents = documents | "KeepOffRetracted" >> self._keep_off
            if self._respects_opt_outs:
                stripped = beam.Map(without_reserved_exchanges, self._agent).with_output_types(Document)
                documents = documents | "KeepOffReserved" >> stripped
            kept: Archived = documents | "Archive" >> self._archive
            documents, archived = kept.documents, (kept.files,)
        read: Attempted = documents | "Read" >> self._read
        return _Pages(news=News(articles=read.done, dead=read.dead, dropped=read.dropped), archived=archived)


class ReadNews(beam.PTransform[beam.PCollection[Element], Work]):
    """Sources, and links that come without one, to enriched articles.

    Documents that files hold are read where the file is opened; pages are read where they are fetched. Only
    articles, links and failures are shuffled. Bounded input, or windowed.

    Args:
        settings: of the run.
        known: what is committed already.
        max_documents: most that is read of one source; None reads all.
    """

    def __init__(self, settings: Settings, *, known: KnownFiles, max_documents: int | None) -> None:
        super().__init__()
        self._settings = settings
        self._known = known
        self._most = max_documents

    def expand(self, elements: beam.PCollection[Element]) -> Work:
        settings = self._settings
        sources = elements | "OnlySources" >> beam.Filter(_is_source).with_output_types(Source)
        first: _Gathered = sources | "Inputs" >> _OpenAnywhere(settings, self._most)
        # A list names sources, which are opened like those given; what they list in turn is a dead letter.
        second: _Gathered = first.opened.sources | "Listed" >> _OpenAnywhere(settings, self._most)
        given, listed = first.opened, second.opened
        alone = elements | "OnlyLinks" >> TakeLinks()
        links: beam.PCollection[Link] = (alone, given.links, listed.links) | "Links" >> beam.Flatten()
        unknown: Unknown = links | "Known" >> SkipKnownLinks(self._known)
        fetched: Fetched = unknown.links | "Fetch" >> FetchPages(policy=settings.fetch_policy, mode=settings.fetch)
        # Three times the same stretch and not once after a Flatten: a Flatten would gather all page bytes.
        read = [
            given.documents | "ReadGiven" >> _ReadArticles(settings, self._known),
            listed.documents | "ReadListed" >> _ReadArticles(settings, self._known),
            fetched.documents | "ReadFetched" >> _ReadArticles(settings, self._known),
        ]
        articles = [pages.news.articles for pages in read] | "Articles" >> beam.Flatten()
        distinct: Distinct = articles | "Repeats" >> DropRepeats()
        versioned: Versioned = distinct.articles | "Versions" >> NumberVersions(self._known, since=settings.since)
        enrich = Attempt(*enriching_steps(settings), returns=Article, workers=worker_policy(settings))
        enriched: Attempted = versioned.articles | "Enrich" >> enrich
        ends = (given, listed, fetched, *(pages.news for pages in read))
        dead = (*(end.dead for end in ends), enriched.dead)
        aside = (unknown, distinct, versioned, enriched)
        dropped = (*(end.dropped for end in ends), *(end.dropped for end in aside))
        answered = Answered(dead | "DeadLetters" >> beam.Flatten(), None)
        if self._known.letters is not None:
            answered = answered.letters | "KnownLetters" >> SkipKnownLetters(self._known.letters)
        news = News(
            articles=enriched.done,
            dead=answered.letters,
            dropped=dropped | "Dropped" >> beam.Flatten(),
        )
        return Work(
            news=news,
            rest=(given.rest, listed.rest) | "Rest" >> beam.Flatten(),
            archived=tuple(files for pages in read for files in pages.archived),
            states=(given.states, listed.states) | "States" >> beam.Flatten(),
            requests=(*first.requests, *second.requests, fetched.requests) | "Requests" >> beam.Flatten(),
            tries=answered.tries,
        )


def _is_source(element: Element) -> bool:
    return isinstance(element, Source)


class _CountLinks(beam.DoFn):
    """A link that comes without a source is a document that was read; the ledger says so."""

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


def stage_tables(work: Work, commit: Commits, partition_by: Sequence[str]) -> list[beam.PCollection[DataFile]]:
    """All that was made, as staged files.

    Args:
        commit: what it is to be part of.
        partition_by: columns of articles that become directories; the other tables go by day.
    """
    made: list[tuple[Table, beam.PCollection[Any]]] = [
        (ARTICLES, work.news.articles),
        (DEAD_LETTERS, work.news.dead),
        (DROPPED, work.news.dropped),
        (FEED_STATE, work.states),
        (FETCH_LOG, work.requests),
        *([(REPLAYS, work.tries)] if work.tries is not None else ()),
    ]
    staged = [
        rows
        | f"Stage {table.name}"
        >> StageTable(table, commit=commit, partition_by=partition_by if table is ARTICLES else None)
        for table, rows in made
    ]
    return [*staged, *work.archived]


class MakeNews(beam.PTransform[beam.PCollection[Element], beam.PCollection[str]]):
    """Sources and links to staged Parquet files; gives the path of the list of them, to be committed.

    Args:
        settings: of the run, or of one chunk of it.
        known: what is committed already.
        max_documents: most that is read of one source; None reads all.
    """

    def __init__(self, settings: Settings, *, known: KnownFiles, max_documents: int | None = None) -> None:
        super().__init__()
        self._settings = settings
        self._read = ReadNews(settings, known=known, max_documents=max_documents)

    def expand(self, elements: beam.PCollection[Element]) -> beam.PCollection[str]:
        commit = self._settings.commit
        work: Work = elements | "Read" >> self._read
        staged = stage_tables(work, commit, self._settings.partition_by)
        handed: beam.PCollection[str] = (
            staged | "AllFiles" >> beam.Flatten() | "HandOver" >> HandOver(commit, work.rest)
        )
        return handed
