"""Elements grouped by host go in; many hosts are asked at once, and what comes of each element comes out."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.pvalue import TaggedOutput
from apache_beam.utils.windowed_value import WindowedValue

from schemas.feeds import Request
from transforms.ledger import NAMESPACE, Ledger
from transforms.web.policy import FetchPolicy
from transforms.web.polite_client import PoliteClient
from transforms.web.shared_clients import acquire_client, release_client
from transforms.web.thread_pool import ThreadPool

_T = TypeVar("_T")
_R = TypeVar("_R")

_KEPT = 128 * 1024 * 1024
"""Bytes of results that may wait for what comes next. Slow hosts are not to wait for what is done with the pages of
fast ones: a minute's work of one processor is some 2,000 pages, and 100 KB each."""

_LEAST = 20_000  # bytes that a result counts for without a body


REQUESTS = "requests"
"""Tag of the output of every request that was made."""


COUNTER = "fetch_log.requests"
"""Counter of what comes out there, over all stages."""


class _HostResults(NamedTuple):
    results: tuple[Any, ...]
    requests: Sequence[Request]
    stamp: WindowedValue


class HostDoFn(beam.DoFn, Generic[_T, _R]):
    """Base of DoFns that ask hosts; takes ``(host, elements)``, one host in one thread, in its own order.

    Results come out while others are asked, keep their element's window and timestamp, and are bounded in
    number while they wait. Beam's counters are touched by the thread of the bundle alone, in :meth:`emit`.
    Each request that was made, for robots.txt, redirects and failures too, comes out under the tag REQUESTS,
    in the window of the element it was made for, and is counted. What a bundle asked that failed as a whole is
    not told.

    All stages of a process with the same policy share paces and what robots.txt said. A connection lasts as long as
    the visit that opened it.

    Args:
        policy: how the web is asked; None asks nobody.
        stage: stage whose ledger the waiting time goes to.
    """

    def __init__(self, policy: FetchPolicy | None, *, stage: str) -> None:
        self._policy = policy
        self._stage = stage

    def process_host(self, elements: tuple[_T, ...]) -> Iterator[_R]:
        """What comes of the elements of one host; called in other threads, must not raise."""
        raise NotImplementedError

    def size_of(self, result: _R) -> int:
        """Bytes of the bodies that a result holds."""
        raise NotImplementedError

    def emit(self, result: _R) -> Any:
        """The output for one result; called in the thread of the bundle, the place to count."""
        raise NotImplementedError

    @property
    def web(self) -> PoliteClient:
        """What asking takes."""
        assert self._web is not None
        return self._web

    @property
    def _threads(self) -> int:
        return self._policy.max_hosts_at_once if self._policy else 1

    def setup(self) -> None:
        self.ledger = Ledger(self._stage)
        self._counted = Metrics.counter(NAMESPACE, COUNTER)
        self._web = acquire_client(self._policy) if self._policy else None
        self._pool: ThreadPool[tuple[tuple[_T, ...], WindowedValue], _HostResults] | None = None

    def start_bundle(self) -> None:
        if self._pool is not None:
            self._pool.stop()  # of a bundle that failed
        self._pool = ThreadPool(self._visit, threads=self._threads, kept=_KEPT, weigh=self._weigh)

    def process(
        self,
        element: tuple[str, Iterable[_T]],
        timestamp: Any = beam.DoFn.TimestampParam,
        window: Any = beam.DoFn.WindowParam,
    ) -> Iterable[Any]:
        assert self._pool is not None
        self._pool.submit((tuple(element[1]), WindowedValue(None, timestamp, (window,))))
        yield from self._collect(in_hand=2 * self._threads)

    def finish_bundle(self) -> Iterable[Any]:
        yield from self._collect(in_hand=0)
        if self._pool is not None:
            self._pool.stop()
            self._pool = None

    def teardown(self) -> None:
        if self._pool is not None:
            self._pool.stop()
        if self._web is not None:
            release_client(self._web)
            self._web = None

    def _visit(self, piece: tuple[tuple[_T, ...], WindowedValue]) -> Iterator[_HostResults]:
        elements, stamp = piece
        log = self._web.client.log if self._web else None
        if log:
            log.start()
        try:
            for result in self.process_host(elements):
                yield _HostResults((result,), log.take() if log else (), stamp)
        finally:
            if self._web:
                self._web.client.close_thread_connections()
        if log and (rest := log.take()):
            yield _HostResults((), rest, stamp)

    def _weigh(self, came: _HostResults) -> int:
        return _LEAST + sum(self.size_of(result) for result in came.results)

    def _collect(self, *, in_hand: int) -> Iterator[Any]:
        assert self._pool is not None
        while True:
            with self.ledger.clock():
                taken = self._pool.take(in_hand=in_hand)
            if taken is None:
                return
            self._counted.inc(len(taken.requests))
            for request in taken.requests:
                yield TaggedOutput(REQUESTS, taken.stamp.with_value(request))
            for result in taken.results:
                output = self.emit(result)
                if isinstance(output, TaggedOutput):
                    yield TaggedOutput(output.tag, taken.stamp.with_value(output.value))
                else:
                    yield taken.stamp.with_value(output)
