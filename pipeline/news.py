"""The sentence: sources go in, and this says which stage feeds which until all is written."""

from typing import NamedTuple

import apache_beam as beam

from pipeline.settings import Settings
from schemas.articles import Article, DeadLetter, Dropped
from schemas.documents import Document, Link, Retrieved, Source
from transforms.articles.extract import ExtractArticles, Extracted
from transforms.entities.enrich import Recognized, RecognizeEntities
from transforms.lake.manifest import DataFile, Manifest
from transforms.lake.write import CommitFiles, StageTable
from transforms.languages import Identified, IdentifyLanguages
from transforms.repeats import Distinct, DropRepeats
from transforms.sources.lists import is_web_url
from transforms.sources.open import Opened, OpenSources
from transforms.topics.assign import Assigned, AssignTopics
from transforms.web.fetch import Fetched, FetchPages
from transforms.web.retrieve import RetrieveSources


class News(NamedTuple):
    """What becomes of everything that the sources hold: each document is a row in exactly one of the three."""

    articles: beam.PCollection[Article]
    dead: beam.PCollection[DeadLetter]
    dropped: beam.PCollection[Dropped]


class _OpenAnywhere(beam.PTransform[beam.PCollection[Source], Opened]):
    """Open files where they are, and addresses after they were retrieved, many hosts at a time."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings

    def expand(self, sources: beam.PCollection[Source]) -> Opened:
        if self._settings.fetch == "never":
            opened: Opened = sources | "Open" >> OpenSources()
            return opened
        local = sources | "Files" >> beam.Filter(_is_file)
        remote = sources | "Addresses" >> beam.Filter(_is_address)
        retrieved: beam.PCollection[Retrieved] = remote | "Retrieve" >> RetrieveSources(
            policy=self._settings.fetch_policy
        )
        pairs = zip(local | "OpenFiles" >> OpenSources(), retrieved | "OpenRetrieved" >> OpenSources(), strict=True)
        flat = (pair | f"Flatten{name}" >> beam.Flatten() for name, pair in zip(Opened._fields, pairs, strict=True))
        return Opened(*flat)


def _is_address(source: Source) -> bool:
    return is_web_url(source.uri)


def _is_file(source: Source) -> bool:
    return not is_web_url(source.uri)


class _ReadArticles(beam.PTransform[beam.PCollection[Document], News]):
    """Extract, then language: fused with whatever gives the documents, so that page bytes cross no shuffle."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._extract = ExtractArticles(**({} if settings.min_chars is None else {"min_chars": settings.min_chars}))
        self._identify = IdentifyLanguages(languages=settings.languages)

    def expand(self, documents: beam.PCollection[Document]) -> News:
        extracted: Extracted = documents | "Extract" >> self._extract
        identified: Identified = extracted.articles | "Language" >> self._identify
        return News(
            articles=identified.articles,
            dead=(extracted.dead, identified.dead) | "Dead" >> beam.Flatten(),
            dropped=(extracted.dropped, identified.dropped) | "Dropped" >> beam.Flatten(),
        )


class ReadNews(beam.PTransform[beam.PCollection[Source], News]):
    """Sources to enriched articles.

    Documents that files hold are read where the file is opened; pages are read where they are fetched. Only
    articles, links and failures are shuffled. Bounded input, or windowed.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings

    def expand(self, sources: beam.PCollection[Source]) -> News:
        settings = self._settings
        given: Opened = sources | "Inputs" >> _OpenAnywhere(settings)
        # A list names sources, which are opened like those given; what they list in turn is a dead letter.
        listed: Opened = given.sources | "Listed" >> _OpenAnywhere(settings)
        links: beam.PCollection[Link] = (given.links, listed.links) | "Links" >> beam.Flatten()
        fetched: Fetched = links | "Fetch" >> FetchPages(policy=settings.fetch_policy, mode=settings.fetch)
        # Three times the same stretch and not once after a Flatten: a Flatten would gather all page bytes.
        read = [
            given.documents | "ReadGiven" >> _ReadArticles(settings),
            listed.documents | "ReadListed" >> _ReadArticles(settings),
            fetched.documents | "ReadFetched" >> _ReadArticles(settings),
        ]
        articles = [news.articles for news in read] | "Articles" >> beam.Flatten()
        distinct: Distinct = articles | "Repeats" >> DropRepeats()
        models = {spec.language: spec.name for spec in settings.models}
        recognized: Recognized = distinct.articles | "Entities" >> RecognizeEntities(models=models)
        assigned: Assigned = recognized.articles | "Topics" >> AssignTopics()
        ends = (given, listed, fetched, *read)
        dead = (*(end.dead for end in ends), recognized.dead, assigned.dead)
        dropped = (*(end.dropped for end in ends), distinct.dropped, recognized.dropped, assigned.dropped)
        return News(
            articles=assigned.articles,
            dead=dead | "DeadLetters" >> beam.Flatten(),
            dropped=dropped | "Dropped" >> beam.Flatten(),
        )


class MakeNews(beam.PTransform[beam.PCollection[Source], beam.PCollection[Manifest]]):
    """Sources to one committed set of Parquet files; gives its manifest."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings

    def expand(self, sources: beam.PCollection[Source]) -> beam.PCollection[Manifest]:
        commit, by_day = self._settings.commit, ("ingest_date",)
        news: News = sources | "Read" >> ReadNews(self._settings)
        staged: list[beam.PCollection[DataFile]] = [
            news.articles
            | "StageArticles"
            >> StageTable(
                commit=commit,
                table="articles",
                record=Article,
                key="article_id",
                partition_by=self._settings.partition_by,
            ),
            news.dead
            | "StageDeadLetters"
            >> StageTable(commit=commit, table="dead_letters", record=DeadLetter, key="letter_id", partition_by=by_day),
            news.dropped
            | "StageDropped"
            >> StageTable(commit=commit, table="dropped", record=Dropped, key="source_uri", partition_by=by_day),
        ]
        return staged | "AllFiles" >> beam.Flatten() | "Commit" >> CommitFiles(commit)
