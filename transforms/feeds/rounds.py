"""Rounds of feeds that are due; the next begins when all of the last one is committed."""

import dataclasses
import json
import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from apache_beam.utils.timestamp import Duration, Timestamp

from schemas.documents import Source
from schemas.feeds import FeedState
from transforms.feeds.state import States, attach_states, load_states, pick_due
from transforms.lake.commit_steps import STAGING
from transforms.lake.lake import Lake
from transforms.parsers import parse_json

_log = logging.getLogger("newsmill")

FindFeeds = Callable[[], Sequence[Source]]
"""Gives the subscriptions; called once a minute. Must pickle."""

LISTS_S = 60.0
REPEAT_S = 60.0
"""How long a round is given at each look, beyond the length of a window."""
_SHARE = 20
"""The search for due feeds takes at most one part in this many of the time."""
_WARN_S = 600.0


class Round(NamedTuple):
    """Feeds to be polled together: one window, one commit.

    Attributes:
        at: instant that they were found due, seconds since 1970.
        feeds: each as its last poll left it.
    """

    at: float
    feeds: tuple[Source, ...]


def job_directory(run_id: str) -> str:
    """Return where a job keeps what it needs only while it runs, below the output."""
    return f"{STAGING}/{run_id}-job"


@dataclasses.dataclass
class _Given:
    """The round under way, stored in a file for other processes of the job.

    Attributes:
        at: that of the Round.
        polls: feed to how many polls it had had.
        left: the same of feeds that took longer than ``patience_s``.
    """

    at: float = 0.0
    polls: dict[str, int] = dataclasses.field(default_factory=dict)
    left: dict[str, int] = dataclasses.field(default_factory=dict)


def _round_file(run_id: str) -> str:
    return f"{job_directory(run_id)}/round.json"


def _read_given(lake: Lake, run_id: str) -> _Given | None:
    try:
        return _Given(**parse_json(lake.store.read(_round_file(run_id))))
    except FileNotFoundError:
        return None


class RoundScheduler:
    """The feeds that are due, one round after the other. It never waits; its state is what is committed.

    A round is over when each of its feeds has a poll more among the committed states: so what is committed when
    the next one begins is all that was read before, and two rounds never read the same thing at once.

    An engine may refuse what a look found, such as when it moves the work to another worker meanwhile, and does not say
    so. What is not yet committed of a round is therefore given at each look for a while, and again by a process that
    finds a round in the job's directory: the caller must recognise repeats by :func:`round_key`.

    Args:
        lake: that the job commits to.
        run_id: of the job.
        find: the subscriptions.
        choose: of the feeds that are due, those for one round; the longest overdue come first.
        window_s: length of the windows; each round is in one of its own, later than the last.
        patience_s: after so long other feeds are polled, with a warning. Those of the round are left to what
            is under way: what they have in common with others could by then be written twice.
    """

    def __init__(
        self,
        lake: Lake,
        run_id: str,
        find: FindFeeds,
        choose: Callable[[Sequence[Source]], Sequence[Source]],
        *,
        window_s: float,
        patience_s: float = 3600.0,
    ) -> None:
        self._lake, self._run_id = lake, run_id
        self._find, self._choose = find, choose
        self._window_s, self._patience_s = window_s, patience_s
        self._seen: set[str] = set()
        self._states: States = load_states(lake, lake.manifests())
        self._listed: tuple[float, Sequence[Source]] | None = None
        self._look_at = self._warned_at = 0.0
        self._given = _read_given(lake, run_id) or _Given()
        self._feeds_given: Sequence[Source] | None = None  # None: this process has yet to give the round that it finds
        self._gave_at = 0.0

    def next_round(self, now: float) -> Round | None:
        """Return the next round, if there is one now, or what is not yet committed of the last one.

        Args:
            now: seconds since 1970.

        Raises:
            CorruptManifest: what is committed cannot be read.
            OSError: the output cannot be read, or the round cannot be noted.
        """
        if now < self._look_at:
            return self._again(now)
        self._learn()
        if self._given.polls:
            return self._under_way(now)
        if self._window(now) <= self._window(self._given.at):
            return None  # also after a clock was set back
        start = time.perf_counter()
        due, _ = pick_due(self._feeds(now), self._states, datetime.fromtimestamp(now, UTC))
        feeds = tuple(self._choose(sorted((feed for feed in due if _name(feed) not in self._given.left), key=_since)))
        self._look_at = now + _SHARE * (time.perf_counter() - start)
        if not feeds:
            return None
        return self._give(Round(now, feeds))

    def _window(self, at: float) -> int:
        """Return the number of the window of an instant, as the engine counts."""
        return int(Timestamp.of(at).micros // Duration.of(self._window_s).micros)

    def _feeds(self, now: float) -> Sequence[Source]:
        if self._listed is None or not 0 <= now - self._listed[0] < LISTS_S:
            self._listed = (now, self._find())
        return self._listed[1]

    def _learn(self) -> None:
        for manifest in self._lake.run(self._run_id, self._seen):
            self._states.learn(load_states(self._lake, [manifest]))
        for under_way in (self._given.polls, self._given.left):
            for name in [name for name, polls in under_way.items() if self._polls(name) > polls]:
                del under_way[name]

    def _polls(self, name: str) -> int:
        known = self._states.get(name)
        return known.poll_count if known else 0

    def _under_way(self, now: float) -> Round | None:
        waited = now - self._given.at
        if self._feeds_given is None:
            found = [feed for feed in self._feeds(now) if _name(feed) in self._given.polls]
            self._feeds_given, self._gave_at = tuple(attach_states(found, self._states)), now
        if (again := self._again(now)) is not None:
            return again
        if waited >= self._patience_s:
            _log.warning(
                "%d feeds are not committed after %.0f s: others are polled without them",
                len(self._given.polls),
                waited,
            )
            self._given.left.update(self._given.polls)
            self._given.polls.clear()
        elif waited >= self._warned_at + _WARN_S:
            self._warned_at = waited
            _log.warning("waiting for %d feeds to be committed, for %.0f s now", len(self._given.polls), waited)
        return None

    def _again(self, now: float) -> Round | None:
        """Return what is not yet committed of the round that this process gave, if that is not long ago."""
        if not self._given.polls or now >= self._gave_at + self._window_s + REPEAT_S:
            return None
        feeds = tuple(feed for feed in self._feeds_given or () if _name(feed) in self._given.polls)
        return Round(self._given.at, feeds)

    def _give(self, found: Round) -> Round:
        self._warned_at = 0.0
        self._feeds_given, self._gave_at = found.feeds, found.at
        self._given.at = found.at
        self._given.polls = dict(map(round_key, found.feeds))
        body = dataclasses.asdict(self._given)
        data = json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
        self._lake.store.replace(_round_file(self._run_id), data)
        return found


def is_committed(lake: Lake, run_id: str) -> bool:
    """Return whether a job has committed every round that it gave.

    Raises:
        CorruptManifest: what is committed cannot be read.
    """
    given = _read_given(lake, run_id)
    if given is None:
        return True
    states = load_states(lake, lake.run(run_id))
    return all(name in states and states[name].poll_count > polls for name, polls in given.polls.items())


def round_key(feed: Source) -> tuple[str, int]:
    """Return what identifies one poll of a feed."""
    return _name(feed), feed.feed.poll_count if feed.feed else 0


def _name(feed: Source) -> str:
    return feed.feed.feed_url if feed.feed else feed.uri


def _since(feed: Source) -> datetime:
    state: FeedState | None = feed.feed
    return (state.next_due_at if state else None) or datetime.min.replace(tzinfo=UTC)
