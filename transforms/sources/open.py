"""The stage that opens sources and sorts what they hold."""

import functools
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.pvalue import TaggedOutput

from schemas.articles import DeadLetter, Dropped
from schemas.documents import Document, Link, Retrieved, Source
from schemas.feeds import FeedState
from schemas.stages import READ, SOURCES
from transforms.feeds.limits import PollLimits
from transforms.ledger import NAMESPACE, Attempt, Attempted, Ledger
from transforms.named_outputs import NamedOutputs
from transforms.sources.driver import SourceOutcome, drive_source
from transforms.sources.limits import ReadLimits
from transforms.workers.policy import WorkerPolicy
from transforms.workers.steps import LazyFunction, Step

if TYPE_CHECKING:
    from transforms.sources.opening import Fetch

_OPENING = "transforms.sources.opening"


class Opened(NamedTuple):
    """What OpenSources returns; a source's contents are spread over them, each thing in exactly one."""

    links: beam.PCollection[Link]
    documents: beam.PCollection[Document]
    sources: beam.PCollection[Source]
    rest: beam.PCollection[Source]
    dead: beam.PCollection[DeadLetter]
    dropped: beam.PCollection[Dropped]
    states: beam.PCollection[FeedState]


class _SortFn(beam.DoFn):
    """Emits each thing on the output of its type, and counts sources: opened, listed by another, polled."""

    def setup(self) -> None:
        self._sources = Ledger(SOURCES.word)
        self._listed = Metrics.counter(NAMESPACE, "read.listed")
        self._polled = Metrics.counter(NAMESPACE, "feeds.polled")

    def process(self, found: Document | Link | Source | SourceOutcome) -> Iterable[Any]:
        if isinstance(found, Document):
            yield found
        elif isinstance(found, Link):
            yield TaggedOutput("links", found)
        elif isinstance(found, SourceOutcome):
            self._sources.count(found.outcome)
            if found.state is not None:
                self._polled.inc()
                yield TaggedOutput("states", found.state)
        elif found.first:
            yield TaggedOutput("rest", found)
        else:
            self._listed.inc()
            yield TaggedOutput("sources", found)


class OpenSources(NamedOutputs[beam.PCollection[Source | Retrieved], Opened]):
    """Open each source and emit what it holds.

    Elementwise: keeps windows and timestamps, works bounded or unbounded; one source is read by one
    worker, streamed where its kind allows. The sources that a list names are the output ``sources``, to be opened by
    a second OpenSources, which follows no further list. What ``max_documents`` leaves of a source is the output
    ``rest``, to be opened another time.

    Keeps two ledgers: ``read`` counts documents, links and failures; ``sources`` counts what was opened. A listed
    source counts as ``read.listed`` alone, and the rest of a source not at all: both are counted when they are
    opened themselves. Each poll of a subscription gives the state it leaves behind.

    Args:
        fetch: retrieves http(s) sources; must pickle, and open what it needs when first called. None
            leaves them out.
        limits: what is too large.
        max_documents: number of documents, links and failures after which the rest of a source is left; None for all.
        poll_limits: when a subscription is due again.
        workers: open them in worker processes of that policy, each thing they hold under its budget; None opens
            them in place.

    Raises:
        ValueError: ``max_documents`` is not positive.
    """

    def __init__(
        self,
        *,
        fetch: "Fetch | None" = None,
        limits: ReadLimits | None = None,
        max_documents: int | None = None,
        poll_limits: PollLimits | None = None,
        workers: WorkerPolicy | None = None,
    ) -> None:
        super().__init__()
        if max_documents is not None and max_documents < 1:
            raise ValueError(f"max_documents must be positive, got {max_documents}")
        limits = limits or ReadLimits()
        how = {"fetch": fetch, "limits": limits, "max_documents": max_documents}
        drive = functools.partial(drive_source, poll_limits=poll_limits or PollLimits())
        read = LazyFunction(_OPENING, "read_source", {"open_one": LazyFunction(_OPENING, "open_source", how)})
        self._step = Step(READ.word, read, READ.crash, is_many=True, drive=drive)
        self._workers = workers

    def expand(self, sources: beam.PCollection[Source | Retrieved]) -> Opened:
        read: Attempted = sources | "Open" >> Attempt(self._step, returns=Any, workers=self._workers)
        split = read.done | "Sort" >> beam.ParDo(_SortFn()).with_outputs(
            "links", "sources", "rest", "states", main="documents"
        )
        opened = Opened(split.links, split.documents, split.sources, split.rest, read.dead, read.dropped, split.states)
        records = (Link, Document, Source, Source, DeadLetter, Dropped, FeedState)
        for made, element in zip(opened, records, strict=True):
            made.element_type = element
        return opened
