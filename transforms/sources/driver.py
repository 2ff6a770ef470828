"""Reading of one source: calls that carry on behind a fatal record, and what became of the source and its feed."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from schemas import NEWSMILL_VERSION
from schemas.documents import Document, Retrieved, Source
from schemas.feeds import FeedHints, FeedState, bare
from schemas.outcomes import Mishap
from schemas.stages import READ
from schemas.trouble import LeftOut, Trouble
from transforms.feeds.schedule import PollLimits, decide_state
from transforms.identity import digest_bytes
from transforms.letters.replay_element import origin_of
from transforms.urls import is_web_url
from transforms.workers.pool import ENDED_TWICE, Died
from transforms.workers.steps import Call, Crash, End, Uncounted

MAX_DEATHS = 10
"""Records of one source that may end a worker, before what is left of the source becomes one dead letter."""


class SourceOutcome(NamedTuple):
    """What became of one source.

    Attributes:
        outcome: 'in' when it is begun; then one of 'done', 'dead', 'filtered' and 'known'.
        state: of a subscription, after the poll; None for any other source.
    """

    outcome: str
    state: FeedState | None = None


def drive_source(element: Source | Retrieved, call: Call, *, poll_limits: PollLimits) -> Iterator[Any]:
    """Read one source to its end, and say what became of it.

    A source is done when it gave anything or was a rest that turned out to be empty, dead when it gave nothing but
    failures, filtered when nothing but what is left out, known when it is a subscription that has not changed since
    its last poll; such a one is not read.

    Args:
        element: a file, or an address with the bytes that were retrieved.
        call: reads a source; see ``read_source``.
        poll_limits: when a subscription is due again.

    Yields:
        What the source holds and a Mishap or End for each failure; uncounted, the sources in it and its SourceOutcomes.
    """
    yield Uncounted(SourceOutcome("in"))
    poll = None
    if isinstance(element, Retrieved) and element.source.feed is not None:
        poll = _Poll(element, poll_limits)
    if poll is not None and poll.is_unchanged:
        yield Uncounted(SourceOutcome("known", poll.state()))
        return
    outcomes: set[str] = set()
    source = element.source if isinstance(element, Retrieved) else element
    at = source.first
    for found in read_on(element, call):
        at += not isinstance(found, FeedHints | End | Died)
        match found:
            case FeedHints():
                if poll is not None:
                    poll.hints = found
                continue
            case Source():
                outcomes.add("done")
                if found.first and poll is not None:
                    poll.is_whole = False
                yield Uncounted(replace(found, feed=found.feed and bare(found.feed)) if found.first else found)
                continue
            case Died():  # ended twice: not read, so that a poll of it has not taken place
                yield found
                yield Uncounted(SourceOutcome("dead"))
                return
            case End(why):
                if poll is not None and why is not None and not isinstance(why, LeftOut):
                    poll.fail(why)
                if why is not None:
                    outcomes.add(_outcome_of(why))
                is_left = at > source.first and (source.last is None or at < source.last)
                if isinstance(why, Trouble) and is_left and not is_web_url(source.uri):
                    # Fed back is what was not read: failures before it have letters of their own. What is at an address
                    # may be in another order by then.
                    yield Mishap(replace(source, first=at), why)
                    continue
            case Mishap():
                outcomes.add(_outcome_of(found.why))
            case _:
                outcomes.add("done")
        yield found
    outcome = next((name for name in ("done", "dead", "filtered") if name in outcomes), "done")
    yield Uncounted(SourceOutcome(outcome, None if poll is None else poll.state()))


def _outcome_of(why: Trouble | LeftOut | Crash) -> str:
    return "filtered" if isinstance(why, LeftOut) else "dead"


class _Poll:
    """What is known of one poll of a subscription while its feed is read."""

    def __init__(self, retrieved: Retrieved, limits: PollLimits) -> None:
        self._retrieved = retrieved
        self._limits = limits
        self._state = retrieved.source.feed or FeedState(feed_url=retrieved.source.uri)
        self.hints: FeedHints | None = None
        self.is_whole = True
        is_read = retrieved.code is None and retrieved.response is not None and retrieved.response.status != 304
        self._hash = digest_bytes(retrieved.body) if is_read else None
        is_same = self._hash is not None and self._hash == self._state.content_hash
        self.is_unchanged = retrieved.source.first == 0 and retrieved.code is None and (not is_read or is_same)

    def fail(self, why: Trouble | Crash) -> None:
        """Note that the feed as a whole could not be read."""
        trouble = why if isinstance(why, Trouble) else Trouble(READ.crash, why.message)
        self._retrieved = replace(self._retrieved, code=trouble.code, message=trouble.message, status=trouble.status)

    def state(self) -> FeedState:
        """Return the state of the subscription after this poll."""
        decided = decide_state(
            self._state,
            self._retrieved,
            self.hints,
            content_hash=self._hash,
            limits=self._limits,
            is_whole=self.is_whole,
        )
        return replace(decided, newsmill_version=NEWSMILL_VERSION)


def read_on(element: Source | Retrieved, call: Call) -> Iterator[Any]:
    """Yield what a source holds, past records that end their worker; each of those is one Mishap.

    A worker sends records in batches, so that some of those before the fatal one are lost with it: they are read
    again, one at a time. Where the fatal record has to be read to find what is behind it, or where too many records
    end their workers, one failure stands for all that is left.

    Args:
        element: what to read.
        call: reads a source from its ``first`` position on.

    Yields:
        What the calls gave; last an End, or ENDED_TWICE where the source is not read at all.
    """
    source = element.source if isinstance(element, Retrieved) else element
    at, deaths, singly = source.first, 0, False
    fatal: Died | None = None
    while True:
        died: Died | None = None
        for found in call(_from(element, at), singly=singly):
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
        if died == ENDED_TWICE:
            yield died
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
