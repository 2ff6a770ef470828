"""Elements grouped by host go in; many hosts are asked at once, and what comes of each element comes out."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.pvalue import TaggedOutput
from apache_beam.utils.windowed_value import WindowedValue

from schemas.feeds import Request
from transforms.ledger import NAMESPACE, Ledger
from transforms.web.crowd import Crowd
from transforms.web.policy import FetchPolicy
from transforms.web.share import return_web, share_web
from transforms.web.visits import Web

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


class _Came(NamedTuple):
    results: tuple[Any, ...]
    requests: Sequence[Request]
    stamp: WindowedValue


class AskHosts(beam.DoFn, Generic[_T, _R]):
    """Base of DoFns that ask hosts; takes ``(host, elements)``, one host in one thread, in its own order.

    Results come out while others are asked, keep their element's window and timestamp, and are bounded in
    number while they wait. Beam's counters are touched by the thread of the bundle alone, in :meth:`book`.
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

    def visit_host(self, elements: tuple[_T, ...]) -> Iterator[_R]:
        """What comes of the elements of one host; called in other threads, must not raise."""
        raise NotImplementedError

    def size_of(self, result: _R) -> int:
        """Bytes of the bodies that a result holds."""
        raise NotImplementedError

    def book(self, result: _R) -> Any:
        """The output for one result; called in the thread of the bundle, the place to count."""
        raise NotImplementedError

    @property
    def web(self) -> Web:
        """What asking takes."""
        assert self._web is not None
        return self._web

    @property
    def _threads(self) -> int:
        return self._policy.max_hosts_at_once if self._policy else 1

    def setup(self) -> None:
        self.ledger = Ledger(self._stage)
        self._counted = Metrics.counter(NAMESPACE, COUNTER)
        self._web = share_web(self._policy) if self._policy else None
        self._crowd: Crowd[tuple[tuple[_T, ...], WindowedValue], _Came] | None = None

    def start_bundle(self) -> None:
        if self._crowd is not None:
            self._crowd.stop()  # of a bundle that failed
        self._crowd = Crowd(self._visit, threads=self._threads, kept=_KEPT, weigh=self._weigh)

    def process(
        self,
        element: tuple[str, Iterable[_T]],
        timestamp: Any = beam.DoFn.TimestampParam,
        window: Any = beam.DoFn.WindowParam,
    ) -> Iterable[Any]:
        assert self._crowd is not None
        self._crowd.submit((tuple(element[1]), WindowedValue(None, timestamp, (window,))))
        yield from self._collect(in_hand=2 * self._threads)

    def finish_bundle(self) -> Iterable[Any]:
        yield from self._collect(in_hand=0)
        if self._crowd is not None:
            self._crowd.stop()
            self._crowd = None

    def teardown(self) -> None:
        if self._crowd is not None:
            self._crowd.stop()
        if self._web is not None:
            return_web(self._web)
            self._web = None

    def _visit(self, piece: tuple[tuple[_T, ...], WindowedValue]) -> Iterator[_Came]:
        elements, stamp = piece
        log = self._web.client.log if self._web else None
        if log:
            log.start()
        try:
            for result in self.visit_host(elements):
                yield _Came((result,), log.take() if log else (), stamp)
        finally:
            if self._web:
                self._web.client.let_go()
        if log and (rest := log.take()):
            yield _Came((), rest, stamp)

    def _weigh(self, came: _Came) -> int:
        return _LEAST + sum(self.size_of(result) for result in came.results)

    def _collect(self, *, in_hand: int) -> Iterator[Any]:
        assert self._crowd is not None
        while True:
            with self.ledger.clock():
                taken = self._crowd.take(in_hand=in_hand)
            if taken is None:
                return
            self._counted.inc(len(taken.requests))
            for request in taken.requests:
                yield TaggedOutput(REQUESTS, taken.stamp.with_value(request))
            for result in taken.results:
                booked = self.book(result)
                if isinstance(booked, TaggedOutput):
                    yield TaggedOutput(booked.tag, taken.stamp.with_value(booked.value))
                else:
                    yield taken.stamp.with_value(booked)
