"""The unbounded source of feeds: each is emitted, with a timestamp, whenever it is due."""

import dataclasses
import time
from collections.abc import Callable, Sequence

import apache_beam as beam
from apache_beam.io.watch import PollResult, Watch, never
from apache_beam.transforms.window import FixedWindows, TimestampedValue
from apache_beam.utils.timestamp import Timestamp

from schemas.documents import Source
from transforms.feeds.rounds import RoundScheduler, is_committed, job_directory, round_key
from transforms.lake.lake import Lake

LOOK_S = 1.0
"""Longest time between two looks at what is committed and due."""


def drain_file(run_id: str) -> str:
    """Return the file, below the output, whose presence drains a job: what is under way is committed, then it ends."""
    return f"{job_directory(run_id)}/drain"


@dataclasses.dataclass
class _LookForDue:
    """The poll function of Watch. It never waits, since a poll that takes long holds the watermark."""

    lake: Lake
    run_id: str
    find: Callable[[Sequence[str]], Sequence[Source]]
    choose: Callable[[Sequence[Source]], Sequence[Source]]
    window_s: float
    patience_s: float
    clock: Callable[[], float]
    ends_at_once: bool
    scheduler: RoundScheduler | None = None

    def __getstate__(self) -> dict[str, object]:
        return {**vars(self), "scheduler": None}  # each process has its own

    def __call__(self, places: tuple[str, ...]) -> PollResult[Source]:
        # The end of the input moves the watermark behind all windows, and what an engine still has under way could then
        # count as late and be dropped: so a round under way comes first. No other begins before it is committed.
        if self.lake.store.exists(drain_file(self.run_id)) and (
            self.ends_at_once or is_committed(self.lake, self.run_id)
        ):
            return PollResult.complete([])
        if self.scheduler is None:
            self.scheduler = RoundScheduler(
                self.lake,
                self.run_id,
                lambda: self.find(places),
                self.choose,
                window_s=self.window_s,
                patience_s=self.patience_s,
            )
        now = self.clock()
        found = self.scheduler.next_round(now)
        stamped = [TimestampedValue(feed, Timestamp.of(found.at)) for feed in found.feeds] if found else []
        return PollResult.incomplete(stamped).with_watermark(Timestamp.of(now))


def _key(feed: Source) -> tuple[str, int]:
    return round_key(feed)


def _feed_of(pair: tuple[tuple[str, ...], Source]) -> Source:
    return pair[1]


class WatchDue(beam.PTransform[beam.PCollection[tuple[str, ...]], beam.PCollection[Source]]):
    """Emit each subscription, with its state, whenever it is due, in windows of fixed length.

    Takes one element, the places of the lists. Unbounded, until the file :func:`drain_file` exists and all rounds
    are committed. Feeds come in rounds, each in one window. The next round begins when all of the last one is
    committed (see :class:`RoundScheduler`), which is read from the output: no state is kept that a crash could
    destroy, and a new job begins where the output is. Within a job each poll of a feed is emitted once, through
    retries and moves to other workers; what the engine keeps for that is as large as one round. The window of a
    round closes by the clock, at most ``window_s`` and LOOK_S after the round began.

    Args:
        lake: that what is read is committed to.
        run_id: of the job.
        find: the subscriptions of the lists; called once a minute, must pickle and never wait long.
        choose: of feeds that are due, those for one round.
        window_s: length of the windows, seconds.
        patience_s: how long a round is waited for before other feeds are polled without it.
        clock: seconds since 1970.
        ends_at_once: end when drained, whatever is under way; for a runner that closes windows only when its input
            ends.

    Raises:
        ValueError: a length that is not positive.
    """

    def __init__(
        self,
        *,
        lake: Lake,
        run_id: str,
        find: Callable[[Sequence[str]], Sequence[Source]],
        choose: Callable[[Sequence[Source]], Sequence[Source]],
        window_s: float,
        patience_s: float = 3600.0,
        clock: Callable[[], float] = time.time,
        ends_at_once: bool = False,
    ) -> None:
        super().__init__()
        if window_s <= 0 or patience_s <= 0:
            raise ValueError(f"window_s and patience_s must be positive, got {window_s} and {patience_s}")
        self._window_s = window_s
        self._look = _LookForDue(lake, run_id, find, choose, window_s, patience_s, clock, ends_at_once)

    def expand(self, places: beam.PCollection[tuple[str, ...]]) -> beam.PCollection[Source]:
        watch = Watch(
            self._look,
            poll_interval=min(LOOK_S, self._window_s / 4),
            termination=never(),
            output_key_fn=_key,
            timestamp_cursor=True,  # rounds come in order: only the keys of the last one are kept
        )
        due: beam.PCollection[Source] = (
            places
            | "Watch" >> watch
            | "Feed" >> beam.Map(_feed_of).with_output_types(Source)
            | "Window" >> beam.WindowInto(FixedWindows(self._window_s))
        )
        return due
