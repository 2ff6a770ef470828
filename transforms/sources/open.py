"""Sources come in; out go the links, documents and further sources in them, each failure as a dead letter."""

import functools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.metrics import Metrics

from schemas import NEWSMILL_VERSION
from schemas.articles import DeadLetter, Dropped
from schemas.documents import Document, Link, Retrieved, Source
from schemas.feeds import FeedHints, FeedState, bare
from schemas.outcomes import Mishap
from schemas.stages import READ, SOURCES
from schemas.trouble import LeftOut, Trouble
from transforms.feeds.schedule import PollLimits, content_hash_of, decide_state
from transforms.ledger import NAMESPACE, Ledger, give_many, work_key
from transforms.letters.make import origin_of
from transforms.sources.limits import ReadLimits
from transforms.sources.opening import Fetch, open_source, read_source
from transforms.sources.walk import walk_inputs
from transforms.workers.policy import WorkerPolicy
from transforms.workers.pool import Died, shared_pool
from transforms.workers.steps import Crash, End, Step

__all__ = ["Fetch", "OpenSources", "Opened", "open_source", "read_on", "walk_inputs"]


class _Poll:
    """What came of polling one subscription, put together while its feed is opened."""

    def __init__(self, retrieved: Retrieved, limits: PollLimits) -> None:
        self._retrieved = retrieved
        self._limits = limits
        self._state = retrieved.source.feed or FeedState(feed_url=retrieved.source.uri)
        self._hints: FeedHints | None = None
        self.is_whole = True
        is_read = retrieved.code is None and retrieved.response is not None and retrieved.response.status != 304
        self._hash = content_hash_of(retrieved.body) if is_read else None
        is_same = self._hash is not None and self._hash == self._state.content_hash
        self.is_unchanged = retrieved.source.first == 0 and retrieved.code is None and (not is_read or is_same)

    def tell(self, hints: FeedHints) -> None:
        self._hints = hints

    def fail(self, why: Trouble) -> None:
        """Note that the feed as a whole could not be read."""
        self._retrieved = replace(self._retrieved, code=why.code, message=why.message, status=why.status)

    def state(self) -> FeedState:
        decided = decide_state(
            self._state,
            self._retrieved,
            self._hints,
            content_hash=self._hash,
            limits=self._limits,
            is_whole=self.is_whole,
        )
        return replace(decided, newsmill_version=NEWSMILL_VERSION)


class Opened(NamedTuple):
    """What OpenSources returns; a source's contents are spread over them, each thing in exactly one."""

    links: beam.PCollection[Link]
    documents: beam.PCollection[Document]
    sources: beam.PCollection[Source]
    rest: beam.PCollection[Source]
    dead: beam.PCollection[DeadLetter]
    dropped: beam.PCollection[Dropped]
    states: beam.PCollection[FeedState]


class _OpenFn(beam.DoFn):
    """Keeps two ledgers: ``read`` counts documents, links and failures; ``sources`` counts what was opened.

    A listed source counts as ``read.listed`` alone, and the rest of a source not at all: they are counted when
    they are opened themselves. A source is done when it gave anything or was a rest that turned out to be
    empty, dead when it gave nothing but failures, filtered when nothing but what is left out, known when it is
    a subscription that has not changed since its last poll. Each poll gives the state it leaves behind.
    """

    def __init__(self, step: Step, poll_limits: PollLimits, workers: WorkerPolicy | None) -> None:
        self._step = step
        self._poll_limits = poll_limits
        self._workers = workers

    def setup(self) -> None:
        self._ledger = Ledger(READ.word)
        self._sources = Ledger(SOURCES.word)
        self._listed = Metrics.counter(NAMESPACE, "read.listed")
        self._polled = Metrics.counter(NAMESPACE, "feeds.polled")

    def process(self, element: Source | Retrieved) -> Iterable[Any]:
        self._sources.count("in")
        source = element.source if isinstance(element, Retrieved) else element
        if self._workers is not None and work_key(READ.word, source) in shared_pool(self._workers).condemned:
            self._ledger.count("in")
            self._sources.count("dead")
            yield self._ledger.died(source, Died("ended_twice", "runs were ended while this alone was worked on"))
            return
        if not isinstance(element, Retrieved):
            yield from self._read(element, element, None)
            return
        poll = _Poll(element, self._poll_limits) if element.source.feed is not None else None
        if poll is not None and poll.is_unchanged:
            self._sources.count("known")
        else:
            yield from self._read(element, element.source, poll)
        if poll is not None:
            self._polled.inc()
            yield beam.pvalue.TaggedOutput("states", poll.state())

    def _read(self, element: Source | Retrieved, source: Source, poll: _Poll | None) -> Iterator[Any]:
        outcomes: set[str] = set()
        results = read_on(self._step, element, self._workers)
        while True:
            with self._ledger.clock():
                found = next(results)
            if isinstance(found, End):
                if found.why is None:
                    break
                if poll is not None and not isinstance(found.why, LeftOut):
                    poll.fail(_as_trouble(found.why))
                if isinstance(found.why, Crash):
                    self._ledger.count("in")
                    outcomes.add("dead")
                    yield self._ledger.crashed(source, "read.crash", found.why)
                    break
                found, results = Mishap(source, found.why), iter((End(None),))
            if isinstance(found, FeedHints):
                if poll is not None:
                    poll.tell(found)
                continue
            if isinstance(found, Source):
                outcomes.add("done")
                if found.first:
                    if poll is not None:
                        poll.is_whole = False
                    yield beam.pvalue.TaggedOutput("rest", replace(found, feed=found.feed and bare(found.feed)))
                    continue
                self._listed.inc()
                yield beam.pvalue.TaggedOutput("sources", found)
                continue
            self._ledger.count("in")
            if not isinstance(found, Mishap):
                outcomes.add("done")
                self._ledger.count("done")
                yield beam.pvalue.TaggedOutput("links", found) if isinstance(found, Link) else found
            elif isinstance(found.why, Trouble):
                outcomes.add("dead")
                yield self._ledger.dead(found.subject, found.why)
            else:
                outcomes.add("filtered")
                yield self._ledger.left_out(found.subject, found.why)
        self._sources.count(next((name for name in ("done", "dead", "filtered") if name in outcomes), "done"))


def _as_trouble(why: Trouble | Crash) -> Trouble:
    return why if isinstance(why, Trouble) else Trouble("read.crash", why.message)


MAX_DEATHS = 10
"""Records of one source that may end a worker, before what is left of the source becomes one dead letter."""


def read_on(step: Step, element: Source | Retrieved, workers: WorkerPolicy | None) -> Iterator[Any]:
    """What a source gives; a record that ends its worker is one Mishap, and reading goes on behind it.

    A worker sends records in batches, so that of those before the fatal one some are lost with it: they are read
    again, one at a time. Where reading cannot get past the fatal one, because it has to be read to find what is
    behind it, or where too many end their workers, one Mishap stands for all that is left.

    Yields:
        The results; last an End.
    """
    source = element.source if isinstance(element, Retrieved) else element
    at, deaths, singly = source.first, 0, False
    fatal: Died | None = None
    while True:
        died: Died | None = None
        for found in give_many(step, _from(element, at), workers, singly=singly):
            if isinstance(found, Died):
                died = found
                break
            if fatal is not None:  # something stands behind the record that ended the last worker, or the source ends
                yield _fatal(source, at - 1, fatal)
                fatal = None
            yield found
            at += not isinstance(found, FeedHints | End)
        if died is None:
            return
        deaths += 1
        if fatal is not None or deaths > MAX_DEATHS:
            break
        if singly or at == source.first:
            fatal, at = died, at + 1
        singly = True
    at -= fatal is not None
    more = "" if at == source.first else f"; what is behind position {at} was not read"
    yield End(Trouble(f"read.{died.why}", f"{source.uri} {died.message}{more}"))


def _from(element: Source | Retrieved, first: int) -> Source | Retrieved:
    if isinstance(element, Retrieved):
        return replace(element, source=replace(element.source, first=first))
    return replace(element, first=first)


def _fatal(source: Source, position: int, died: Died) -> Mishap:
    at = replace(origin_of(source), uri=source.uri, position=position)
    why = Trouble(f"read.{died.why}", f"position {position} of {source.uri} {died.message}")
    return Mishap(Document(media="entry", origin=at), why)


class OpenSources(beam.PTransform[beam.PCollection[Source | Retrieved], Opened]):
    """Open each source and give out what it holds.

    Elementwise: keeps windows and timestamps, works bounded or unbounded; one source is read by one
    worker, streamed where its kind allows. What a list names comes out as ``sources``, to be opened by a
    second OpenSources, which follows no further list. What ``max_documents`` leaves of a source comes out as
    ``rest``, to be opened another time.

    Args:
        fetch: asks for http(s) sources; must pickle, and open what it needs when first called. None
            leaves them out.
        limits: what is too large.
        max_documents: most documents, links and failures of one source in one go; None for all.
        poll_limits: when a subscription is due again.
        workers: open them in worker processes of that policy, each thing they hold under its budget; None opens
            them in place.

    Raises:
        ValueError: ``max_documents`` is not positive.
    """

    def __init__(
        self,
        *,
        fetch: Fetch | None = None,
        limits: ReadLimits | None = None,
        max_documents: int | None = None,
        poll_limits: PollLimits | None = None,
        workers: WorkerPolicy | None = None,
    ) -> None:
        super().__init__()
        if max_documents is not None and max_documents < 1:
            raise ValueError(f"max_documents must be positive, got {max_documents}")
        limits = limits or ReadLimits()
        open_one = functools.partial(open_source, fetch=fetch, limits=limits, max_documents=max_documents)
        step = Step(READ.word, functools.partial(read_source, open_one=open_one), READ.crash)
        self._do = _OpenFn(step, poll_limits or PollLimits(), workers)

    def expand(self, sources: beam.PCollection[Source | Retrieved]) -> Opened:
        split = sources | "Open" >> beam.ParDo(self._do).with_outputs(
            "links", "sources", "rest", "dead", "dropped", "states", main="documents"
        )
        opened = Opened(
            split.links, split.documents, split.sources, split.rest, split.dead, split.dropped, split.states
        )
        records = (Link, Document, Source, Source, DeadLetter, Dropped, FeedState)
        for made, element in zip(opened, records, strict=True):
            made.element_type = element
        return opened
