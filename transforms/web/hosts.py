"""Elements grouped by host go in; many hosts are asked at once, and what comes of each element comes out."""

from collections.abc import Iterable, Iterator
from typing import Any, Generic, TypeVar

import apache_beam as beam
from apache_beam.pvalue import TaggedOutput
from apache_beam.utils.windowed_value import WindowedValue

from transforms.ledger import Ledger
from transforms.web.crowd import Crowd
from transforms.web.policy import FetchPolicy
from transforms.web.visits import Web, open_web

_T = TypeVar("_T")
_R = TypeVar("_R")

_KEPT = 16  # results that may wait for what comes next; each up to a page


class AskHosts(beam.DoFn, Generic[_T, _R]):
    """Base of DoFns that ask hosts; takes ``(host, elements)``, one host in one thread, in its own order.

    Results come out while others are asked, keep their element's window and timestamp, and are bounded in
    number while they wait. Beam's counters are touched by the thread of the bundle alone, in :meth:`book`.

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
        self._web = open_web(self._policy) if self._policy else None
        self._crowd: Crowd[tuple[tuple[_T, ...], WindowedValue], tuple[_R, WindowedValue]] | None = None

    def start_bundle(self) -> None:
        if self._crowd is not None:
            self._crowd.stop()  # of a bundle that failed
        self._crowd = Crowd(self._visit, threads=self._threads, kept=_KEPT)

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
            self._web.client.close()

    def _visit(self, piece: tuple[tuple[_T, ...], WindowedValue]) -> Iterator[tuple[_R, WindowedValue]]:
        elements, stamp = piece
        for result in self.visit_host(elements):
            yield result, stamp

    def _collect(self, *, in_hand: int) -> Iterator[Any]:
        assert self._crowd is not None
        while True:
            with self.ledger.clock():
                taken = self._crowd.take(in_hand=in_hand)
            if taken is None:
                return
            result, stamp = taken
            booked = self.book(result)
            if isinstance(booked, TaggedOutput):
                yield TaggedOutput(booked.tag, stamp.with_value(booked.value))
            else:
                yield stamp.with_value(booked)
