"""The stages that compare links and articles with what earlier runs have stored."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

import apache_beam as beam

from schemas.articles import Article, Dropped
from schemas.documents import Document, Link
from schemas.stages import KNOWN, VERSIONS
from schemas.trouble import LeftOut
from transforms.identity import address_of, article_id
from transforms.known.decide import (
    decide_link,
    decide_version,
    duplicate_of,
    identify,
    tell_apart_as_before,
    without_retracted_exchanges,
)
from transforms.known.files import KnownFiles
from transforms.known.lookup import LookUpFn
from transforms.ledger import Ledger, typed
from transforms.named_outputs import NamedOutputs


class KeepOffRetracted(beam.PTransform[beam.PCollection[Document], beam.PCollection[Document]]):
    """Keep pages that were taken down out of the archive. Elementwise; no document is left out.

    Args:
        files: the indexes.
    """

    def __init__(self, files: KnownFiles) -> None:
        super().__init__()
        self._files = files

    def expand(self, documents: beam.PCollection[Document]) -> beam.PCollection[Document]:
        passed: beam.PCollection[Document] = documents | beam.Map(_strip, self._files).with_output_types(Document)
        return passed


def _strip(document: Document, known: KnownFiles) -> Document:
    before = known.load_before()
    retracted = before.retracted if before is not None else frozenset()
    return without_retracted_exchanges(document, retracted)


class UnknownLinks(NamedTuple):
    """What SkipKnownLinks returns. Links that are known are counted and have no row."""

    links: beam.PCollection[Link]
    dropped: beam.PCollection[Dropped]


class Versioned(NamedTuple):
    """What NumberVersions returns. Articles that are stored with the same text are counted and have no row."""

    articles: beam.PCollection[Article]
    dropped: beam.PCollection[Dropped]


class _StageFn(LookUpFn):
    def __init__(self, files: KnownFiles, stage: str) -> None:
        super().__init__(files)
        self._stage = stage

    def setup(self) -> None:
        self._ledger = Ledger(self._stage)


class _SkipFn(_StageFn):
    def process(self, element: Link, window: Any = beam.DoFn.WindowParam) -> Iterable[Any]:
        self.look(window)
        self._ledger.count("in")
        element = tell_apart_as_before(element, self._before)
        decided = decide_link(element, self._before, self._so_far)
        if decided is None or (decided == "known" and self._files.asks_again):
            self._ledger.count("done")
            yield element
        elif isinstance(decided, LeftOut):
            is_repeat = decided.reason.startswith("repeats.")
            other = (
                article_id(address_of(element.url, element.entry), None, "", element.entry)[0] if is_repeat else None
            )
            yield self._ledger.left_out(element, decided, duplicate_of=other)
        else:
            self._ledger.count("known")


class SkipKnownLinks(NamedOutputs[beam.PCollection[Link], UnknownLinks]):
    """Leave out links that need not be fetched again.

    Elementwise. A link is known when an earlier run has an article that was read at its address while its feed said
    the same of it, or left out what it read there; failures are not known, so they are tried again.

    Args:
        files: the indexes.
    """

    def __init__(self, files: KnownFiles) -> None:
        super().__init__()
        self._do = _SkipFn(files, KNOWN.word)

    def expand(self, links: beam.PCollection[Link]) -> UnknownLinks:
        split = links | beam.ParDo(self._do).with_outputs("dead", "dropped", main="done")
        attempted = typed(split, Link)
        return UnknownLinks(links=attempted.done, dropped=attempted.dropped)


class _NumberFn(_StageFn):
    def __init__(self, files: KnownFiles, since: date | None) -> None:
        super().__init__(files, VERSIONS.word)
        self._since = since

    def process(self, element: Article, window: Any = beam.DoFn.WindowParam) -> Iterable[Any]:
        self.look(window)
        self._ledger.count("in")
        day = element.published_date
        if self._since is not None and day is not None and day < self._since:
            why = LeftOut("since.older", f"published on {day}, before {self._since}")
            yield self._ledger.left_out(element, why)
            return
        element = identify(element, self._before, self._so_far)
        decided = decide_version(element, self._before, self._so_far)
        if isinstance(decided, Article):
            self._ledger.count("done")
            yield decided
        elif isinstance(decided, LeftOut):
            is_filtered = decided.reason == "retract.taken_down"
            other = None if is_filtered else duplicate_of(element, self._before, self._so_far)
            yield self._ledger.left_out(element, decided, duplicate_of=other)
        elif element.link_id and self._before and not self._before.has_link(element.link_id, element.entry_hash):
            # Its feed says something new, the page does not: with this row the next run does not fetch it again.
            why = LeftOut("known.same_version", "an earlier run has the same text")
            yield self._ledger.left_out(element, why, duplicate_of=element.article_id)
        else:
            self._ledger.count("known")


class NumberVersions(NamedOutputs[beam.PCollection[Article], Versioned]):
    """Separate new articles and new versions from what is stored, and number them.

    Elementwise; before anything costly is done to an article.

    Args:
        files: the indexes.
        since: articles published on an earlier day are filtered; those without date are not.
    """

    def __init__(self, files: KnownFiles, *, since: date | None = None) -> None:
        super().__init__()
        self._do = _NumberFn(files, since)

    def expand(self, articles: beam.PCollection[Article]) -> Versioned:
        split = articles | beam.ParDo(self._do).with_outputs("dead", "dropped", main="done")
        attempted = typed(split, Article)
        return Versioned(articles=attempted.done, dropped=attempted.dropped)
