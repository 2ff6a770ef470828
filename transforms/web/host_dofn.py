"""Base of the DoFns that send requests, to many hosts at once."""

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

_MAX_WAITING_BYTES = 128 * 1024 * 1024
"""Bytes of results that may wait for the next stage, so that requests to slow hosts do not wait until the pages of fast
ones are processed: in a minute one processor does some 2,000 pages of 100 KB."""

_RESULT_BYTES = 20_000  # weight of a result without its body

REQUESTS = "requests"
"""Tag of the output of every request that was sent."""


COUNTER = "fetch_log.requests"
"""Counter of the elements of that output, over all stages."""


class _HostResults(NamedTuple):
    results: tuple[Any, ...]
    requests: Sequence[Request]
    stamp: WindowedValue


class HostDoFn(beam.DoFn, Generic[_T, _R]):
    """Base of DoFns that send requests; takes ``(host, elements)`` and processes each host in one thread, in order.

    Results are emitted while other hosts are processed. They keep the window and timestamp of their element, and the
    memory of those that wait is bounded. Only the thread of the bundle touches counters of Beam, in :meth:`emit`.
    Each request that was sent, those for robots.txt, redirects and failures included, is emitted under the tag REQUESTS
    in the window of its element, and counted. Requests of a bundle that failed are not emitted.

    All stages of a process with the same policy share rate limits and robots.txt. The connections to a host are closed
    after its elements.

    Args:
        policy: limits and delays of requests; None where no request is sent.
        stage: stage that the waiting time is counted for.
    """

    def __init__(self, policy: FetchPolicy | None, *, stage: str) -> None:
        self._policy = policy
        self._stage = stage

    def process_host(self, elements: tuple[_T, ...]) -> Iterator[_R]:
        """Yield the results of the elements of one host; called in other threads, must not raise."""
        raise NotImplementedError

    def size_of(self, result: _R) -> int:
        """Return the bytes of the bodies in a result."""
        raise NotImplementedError

    def emit(self, result: _R) -> Any:
        """Return the output for one result, and count it; called in the thread of the bundle."""
        raise NotImplementedError

    @property
    def web(self) -> PoliteClient:
        """The client of this process."""
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
        self._pool = ThreadPool(self._visit, threads=self._threads, max_weight=_MAX_WAITING_BYTES, weigh=self._weigh)

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
        return _RESULT_BYTES + sum(self.size_of(result) for result in came.results)

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
