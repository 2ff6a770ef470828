"""Articles, enriched by any number of enrichments at once."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.pvalue import TaggedOutput

from schemas.articles import Article, DeadLetter, Dropped
from schemas.outcomes import ArticleRows
from schemas.tables import TABLES, find_table
from transforms.enrich.enrichment import Enrichment
from transforms.enrich.fold import fold_steps
from transforms.enrich.registry import ENRICHMENTS
from transforms.ledger import NAMESPACE, Attempt, Attempted
from transforms.named_outputs import NamedOutputs
from transforms.workers.policy import WorkerPolicy
from transforms.workers.steps import Step

_FROM_ARTICLE = ("article_id", "version", "version_id")
"""Columns that a row has from the article it was made from."""


class Enriched(NamedTuple):
    """What EnrichArticles returns: every element is in exactly one of the three."""

    articles: beam.PCollection[ArticleRows]
    dead: beam.PCollection[DeadLetter]
    dropped: beam.PCollection[Dropped]


class EnrichArticles(NamedOutputs[beam.PCollection[Any], Enriched]):
    """Enrich each article: one step for each enrichment, in the order of ENRICHMENTS, all in one Attempt.

    Elementwise: keeps windows and timestamps, works bounded or unbounded. An element is handed to a worker process
    once, for all steps. What fails in one step leaves as a dead letter, with nothing of what the steps before it found.

    Args:
        enrichments: what is done; all by default.
        policies: settings of enrichments by their class; one without has its defaults.
        first: steps before them, such as reading the article out of a page: then the elements are what those take.
        workers: run in worker processes of that policy; None runs in place.

    Raises:
        ValueError: no enrichments.
    """

    def __init__(
        self,
        enrichments: Sequence[Enrichment] = ENRICHMENTS,
        *,
        policies: Mapping[type, Any] | None = None,
        first: Sequence[Step] = (),
        workers: WorkerPolicy | None = None,
    ) -> None:
        super().__init__()
        if not enrichments:
            raise ValueError("EnrichArticles needs at least one enrichment")
        self.steps = (*first, *fold_steps(enrichments, policies or {}))
        self._attempt = Attempt(*self.steps, returns=ArticleRows, workers=workers)

    def expand(self, elements: beam.PCollection[Any]) -> Enriched:
        attempted: Attempted = elements | "Attempt" >> self._attempt
        return Enriched(articles=attempted.done, dead=attempted.dead, dropped=attempted.dropped)


class Split(NamedTuple):
    """What SplitRows returns.

    Attributes:
        articles: all of them.
        rows: those of each table that an enrichment owns, by its name.
    """

    articles: beam.PCollection[Article]
    rows: Mapping[str, beam.PCollection[Any]]


class _SplitFn(beam.DoFn):
    def __init__(self, tables: Sequence[str], *, is_last: bool) -> None:
        self._tables = tables
        self._is_last = is_last

    def setup(self) -> None:
        self._names = {TABLES[name].record: name for name in self._tables}
        self._counters = {name: Metrics.counter(NAMESPACE, f"{name}.rows") for name in self._tables}

    def process(self, element: ArticleRows) -> Iterable[Any]:
        yield dataclasses.replace(element.article, entry=None) if self._is_last else element.article
        for row in element.rows:
            name = self._names[type(row)]
            self._counters[name].inc()
            yield TaggedOutput(name, name_article(row, element.article))


def name_article(row: Any, article: Article) -> Any:
    """Return a row of an enrichment's table with the columns that name the article it was made from."""
    there = {field.name for field in dataclasses.fields(row)}
    return dataclasses.replace(row, **{name: getattr(article, name) for name in _FROM_ARTICLE if name in there})


class SplitRows(NamedOutputs[beam.PCollection[ArticleRows], Split]):
    """Separate articles from the rows that were made from them.

    Elementwise. Rows are counted as ``<table>.rows``.

    Args:
        enrichments: whose rows there may be.
        is_last: nothing can fail any more: articles come out as they are stored.

    Raises:
        ValueError: an enrichment owns a table that is not declared.
    """

    def __init__(self, enrichments: Sequence[Enrichment] = ENRICHMENTS, *, is_last: bool = True) -> None:
        super().__init__()
        self._is_last = is_last
        self._tables = [name for enrichment in enrichments for name in enrichment.tables]
        for name in self._tables:
            find_table(name)

    def expand(self, articles: beam.PCollection[ArticleRows]) -> Split:
        do = _SplitFn(self._tables, is_last=self._is_last)
        split = articles | "Split" >> beam.ParDo(do).with_outputs(*self._tables, main="articles")
        split.articles.element_type = Article
        rows = {}
        for name in self._tables:
            rows[name] = split[name]
            rows[name].element_type = TABLES[name].record
        return Split(articles=split.articles, rows=rows)
