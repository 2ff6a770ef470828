"""Elements go in; each comes out done, dead or left out, and is counted on the way."""

import dataclasses
import json
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.pvalue import TaggedOutput

from schemas import NEWSMILL_VERSION
from schemas.articles import Article, DeadLetter, Dropped
from schemas.documents import Document, Link, Origin, Source
from schemas.record import json_date, row
from schemas.trouble import LeftOut, Trouble
from transforms import progress
from transforms.identity import entry_hash, link_id

_R = TypeVar("_R")

Subject = Source | Link | Document | Article
"""What can fail: each knows where it came from."""

NAMESPACE = "newsmill"
"""Beam metric namespace of all counters; a counter is named ``<stage>.<outcome>``."""

OUTCOMES = ("in", "done", "dead", "filtered", "duplicate", "known")
"""What is counted of a stage. "known" is what an earlier run has committed: counted, but no row of its own."""


class Mishap(NamedTuple):
    """One record of many that failed or is left out, while the others go on.

    A function given to ``Attempt(many=True)`` yields it in the place of a result.
    """

    subject: Subject
    why: Trouble | LeftOut


class Attempted(NamedTuple):
    """What Attempt returns: every element is in exactly one of the three."""

    done: beam.PCollection[Any]
    dead: beam.PCollection[DeadLetter]
    dropped: beam.PCollection[Dropped]


def origin_of(subject: Subject) -> Origin:
    """Where a subject came from."""
    if isinstance(subject, Source):
        return subject.listed_in or Origin(uri=subject.uri, kind="unknown", tags=subject.tags)
    if isinstance(subject, Article):
        return Origin(
            uri=subject.source_uri, kind=subject.source_kind, position=subject.source_position, tags=subject.tags
        )
    return subject.origin


def url_of(subject: Subject) -> str | None:
    """Address of a subject, if it has one."""
    if isinstance(subject, Source):
        return subject.uri if "://" in subject.uri else None
    return subject.url


def replay_json(subject: Subject) -> str:
    """The element to feed back, as ``{"record": name, "value": {…}}``, without page bytes.

    A fetched page goes back as the Link it came from; what came out of a file goes back as that Source, narrowed
    down to the one position where the file holds many.
    """
    again: Subject = subject
    if isinstance(subject, Source) and subject.feed is not None:
        again = dataclasses.replace(subject, feed=None)  # read once, whatever its state is by then
    if isinstance(subject, Document):
        is_fetched = subject.response is not None and subject.origin.kind != "warc"
        if is_fetched and subject.response is not None and subject.url is not None:
            first = (*subject.response.redirects, subject.response.url)[0]
            again = Link(url=first, origin=subject.origin, entry=subject.entry)
        elif subject.media == "entry" and subject.url is not None:
            again = Link(url=subject.url, origin=subject.origin, entry=subject.entry)
        else:
            at = subject.origin.position
            last = None if at is None else at + 1
            again = Source(uri=subject.origin.uri, tags=subject.origin.tags, first=at or 0, last=last)
    return json.dumps({"record": type(again).__name__, "value": row(again)}, default=json_date, ensure_ascii=False)


def make_dead_letter(subject: Subject, stage: str, trouble: Trouble, trace: str | None = None) -> DeadLetter:
    """The stored form of one failure; a pure function of what failed and why."""
    origin, url = origin_of(subject), url_of(subject)
    name = "\x1f".join((stage, trouble.code, url or "", origin.uri, str(origin.position)))
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        host = None
    return DeadLetter(
        letter_id=blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest(),
        stage=stage,
        code=trouble.code,
        message=trouble.message,
        traceback=trace,
        url=url,
        host=host,
        http_status=trouble.status,
        source_uri=origin.uri,
        source_kind=origin.kind,
        source_position=origin.position,
        replay_json=replay_json(subject),
        newsmill_version=NEWSMILL_VERSION,
    )


def make_dropped(subject: Subject, stage: str, why: LeftOut, *, duplicate_of: str | None = None) -> Dropped:
    """The stored form of one input that is left out on purpose."""
    origin = origin_of(subject)
    entry = subject.entry if isinstance(subject, Link | Document) else None
    article = subject if isinstance(subject, Article) else None
    return Dropped(
        outcome="filtered" if duplicate_of is None else "duplicate",
        stage=stage,
        reason=why.reason,
        message=why.message,
        article_id=article.article_id if article else None,
        duplicate_of=duplicate_of,
        url=url_of(subject),
        link_id=article.link_id if article else link_id(url_of(subject), entry),
        entry_hash=article.entry_hash if article else entry_hash(entry),
        headline=article.headline if article else (entry.title if entry else None),
        source_uri=origin.uri,
        source_kind=origin.kind,
        source_position=origin.position,
        newsmill_version=NEWSMILL_VERSION,
    )


class Ledger:
    """Counts what becomes of the elements of one stage, inside a DoFn.

    Call it from the thread that runs ``process``: Beam's counters belong to that thread.
    The law a stage keeps: ``in = done + dead + filtered + duplicate + known``.
    """

    def __init__(self, stage: str) -> None:
        self._stage = stage
        self._counters = {name: Metrics.counter(NAMESPACE, f"{stage}.{name}") for name in OUTCOMES}
        self._micros = Metrics.counter(NAMESPACE, f"{stage}.micros")

    def count(self, outcome: str, n: int = 1) -> None:
        """Add to one of OUTCOMES."""
        self._counters[outcome].inc(n)
        progress.tick(self._stage, outcome, n)

    @contextmanager
    def clock(self) -> Iterator[None]:
        """Adds the time spent inside to the stage's busy time."""
        start = time.perf_counter_ns()
        try:
            yield
        finally:
            self._micros.inc((time.perf_counter_ns() - start) // 1000)

    def dead(self, subject: Subject, trouble: Trouble, trace: str | None = None) -> TaggedOutput:
        """Count a failure and give the output to yield for it."""
        self.count("dead")
        Metrics.counter(NAMESPACE, f"code.{trouble.code}").inc()
        return TaggedOutput("dead", make_dead_letter(subject, self._stage, trouble, trace))

    def crashed(self, subject: Subject, code: str, error: BaseException) -> TaggedOutput:
        """Count a failure of a library on untrusted input; the traceback is kept."""
        trace = "".join(traceback.format_exception(error))
        return self.dead(subject, Trouble(code, f"{type(error).__name__}: {error}"[:500]), trace[-8000:])

    def left_out(self, subject: Subject, why: LeftOut, *, duplicate_of: str | None = None) -> TaggedOutput:
        """Count an element that is left out on purpose and give the output to yield for it."""
        self.count("filtered" if duplicate_of is None else "duplicate")
        Metrics.counter(NAMESPACE, f"reason.{why.reason}").inc()
        return TaggedOutput("dropped", make_dropped(subject, self._stage, why, duplicate_of=duplicate_of))


class _AttemptFn(beam.DoFn):
    def __init__(self, fn: Callable[[Any], Any], stage: str, many: bool, crash: str | None) -> None:
        self._fn = fn
        self._stage = stage
        self._many = many
        self._crash = crash

    def setup(self) -> None:
        self._ledger = Ledger(self._stage)

    def process(self, element: Any) -> Iterable[Any]:
        ledger = self._ledger
        if not self._many:
            ledger.count("in")
        results = iter(self._fn(element)) if self._many else iter((None,))
        while True:
            try:
                with ledger.clock():
                    result = next(results, _END) if self._many else self._fn(element)
            except (Trouble, LeftOut) as why:
                result = Mishap(element, why)
                results = iter(())
            except Exception as error:
                if self._crash is None:
                    raise
                if self._many:
                    ledger.count("in")
                yield ledger.crashed(element, self._crash, error)
                return
            if result is _END:
                return
            if self._many:
                ledger.count("in")
            if isinstance(result, Mishap):
                if isinstance(result.why, Trouble):
                    yield ledger.dead(result.subject, result.why)
                else:
                    yield ledger.left_out(result.subject, result.why)
            else:
                ledger.count("done")
                yield result
            if not self._many:
                return


_END = object()


class Attempt(beam.PTransform[beam.PCollection[Any], Attempted]):
    """Apply a function that may fail; failures leave as dead letters, one element never stops the run.

    Elementwise: keeps windows and timestamps, works bounded or unbounded.
    With ``many`` the function gives an iterable, and what is counted as "in" is each thing it gives:
    a result, a :class:`Mishap`, or the exception that ends it.

    Args:
        fn: element to result. Raises Trouble (dead letter) or LeftOut (filtered).
        stage: name of the stage in the ledger, lower case.
        returns: type of a result.
        many: ``fn`` gives an iterable of results.
        crash: code for any other exception, where ``fn`` hands untrusted input to a library;
            None lets it stop the run, as a defect of newsmill must.
    """

    def __init__(
        self, fn: Callable[[Any], Any], *, stage: str, returns: Any, many: bool = False, crash: str | None = None
    ) -> None:
        super().__init__()
        self._do = _AttemptFn(fn, stage, many, crash)
        self._returns = returns

    def expand(self, pcoll: beam.PCollection[Any]) -> Attempted:
        split = pcoll | beam.ParDo(self._do).with_outputs("dead", "dropped", main="done")
        return typed(split, self._returns)


def typed(split: Any, returns: Any) -> Attempted:
    """The three tagged outputs of a DoFn with their element types set."""
    done, dead, dropped = split.done, split.dead, split.dropped
    done.element_type, dead.element_type, dropped.element_type = returns, DeadLetter, Dropped
    return Attempted(done=done, dead=dead, dropped=dropped)
