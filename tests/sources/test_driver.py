"""Reading past records that end their worker, and what becomes of a source: plain functions, no worker, no Beam."""

from collections.abc import Iterator
from typing import Any

import pytest

from schemas.documents import Document, Link, Origin, Response, Retrieved, Source
from schemas.feeds import FeedHints, FeedState
from schemas.outcomes import Mishap
from schemas.record import replace
from schemas.trouble import LeftOut, Trouble
from tests.support.found import code_of
from transforms.feeds.schedule import PollLimits
from transforms.identity import digest_bytes
from transforms.sources.driver import MAX_DEATHS, SourceOutcome, drive_source, read_on
from transforms.workers.pool import ENDED_TWICE, Died
from transforms.workers.steps import Crash, End, Uncounted

FILE = Source(uri="lines.jsonl")
FEED = Source(uri="https://post.example/feed", feed=FeedState(feed_url="https://post.example/feed"))
LIMITS = PollLimits()


def record(position: int) -> Document:
    return Document(media="entry", origin=Origin(uri=FILE.uri, kind="jsonl", position=position))


class Records:
    """A Call over records of which some end the worker.

    Like a worker it sends the first at once and the others in batches, and loses a batch that is not full.
    """

    def __init__(self, count: int, fatal: set[int], *, is_costly: bool = False) -> None:
        self.count, self.fatal, self.is_costly = count, fatal, is_costly
        self.calls: list[tuple[int, bool]] = []

    def __call__(self, element: Any, *, singly: bool = False) -> Iterator[Any]:
        self.calls.append((element.first, singly))
        batch: list[Document] = []
        is_first = True
        for position in range(0 if self.is_costly else element.first, self.count):
            if position in self.fatal:
                yield Died("too_slow", "takes over 10 s")
                return
            if position < element.first:
                continue
            batch.append(record(position))
            if singly or is_first or len(batch) == 3:
                yield from batch
                batch, is_first = [], False
        yield from batch
        yield End(None)


def positions(found: list[Any]) -> list[object]:
    """Position of each record, negative where it is a Mishap; the code that ended it."""
    words: list[object] = []
    for each in found:
        if isinstance(each, Mishap):
            position = each.subject.origin.position if isinstance(each.subject, Document) else None
            words.append((position, code_of(each)))
        elif isinstance(each, End):
            words.append(each.why.code if isinstance(each.why, Trouble) else each.why)
        else:
            words.append(each.origin.position)
    return words


@pytest.mark.parametrize("fatal", range(7))
def test_a_fatal_record_is_one_mishap_and_the_others_are_read(fatal: int) -> None:
    found = list(read_on(FILE, Records(7, {fatal})))
    others = [position for position in range(7) if position != fatal]
    assert sorted(p for p in positions(found) if isinstance(p, int)) == others
    assert [p for p in positions(found) if isinstance(p, tuple)] == [(fatal, "read.too_slow")]
    assert found[-1] == End(None)


def test_where_nothing_behind_the_fatal_record_can_be_reached_one_letter_stands_for_the_rest() -> None:
    found = list(read_on(FILE, Records(7, {4}, is_costly=True)))
    assert positions(found) == [0, 1, 2, 3, "read.too_slow"]
    assert "what is behind position 4 was not read" in str(found[-1].why)


def test_too_many_fatal_records_end_the_source() -> None:
    call = Records(100, set(range(0, 100, 2)))
    found = list(read_on(FILE, call))
    assert len([p for p in positions(found) if isinstance(p, tuple)]) == MAX_DEATHS
    assert positions(found)[-1] == "read.too_slow"
    assert len(call.calls) == MAX_DEATHS + 1


def outcomes(found: list[Any]) -> list[str]:
    values = [each.value for each in found if isinstance(each, Uncounted)]
    return [each.outcome for each in values if isinstance(each, SourceOutcome)]


def state_of(found: list[Any]) -> FeedState | None:
    outcome: SourceOutcome = found[-1].value
    return outcome.state


LINK = Link(url="https://post.example/a", origin=Origin(uri=FILE.uri, kind="rss", position=0))
DEAD = Mishap(FILE, Trouble("read.bad_record", "line 1"))
LEFT = Mishap(FILE, LeftOut("read.ignored", "a picture"))


@pytest.mark.parametrize(
    ("source", "first"),
    [
        (FILE, 2),
        (replace(FILE, first=4), 6),
        (replace(FILE, first=4, last=7), 6),
        (replace(FILE, first=4, last=6), None),
        (replace(FILE, uri="https://post.example/lines.jsonl"), None),
    ],
)
def test_what_breaks_off_is_fed_back_from_there(source: Source, first: int | None) -> None:
    why = Trouble("read.corrupt", "cut off")
    given = [LINK, DEAD, End(why)]
    *_, last, _ = drive_source(source, lambda element, singly=False: iter(given), poll_limits=LIMITS)
    assert last == (End(why) if first is None else Mishap(replace(source, first=first), why))


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        ([LINK, DEAD, LEFT, End(None)], "done"),
        ([LEFT, DEAD, End(None)], "dead"),
        ([LEFT, End(None)], "filtered"),
        ([End(LeftOut("fetch.off", "off"))], "filtered"),
        ([End(Trouble("read.missing", "gone"))], "dead"),
        ([LINK, End(Crash("broke", "trace"))], "done"),
        ([End(Crash("broke", "trace"))], "dead"),
        ([End(None)], "done"),
        ([ENDED_TWICE], "dead"),
    ],
)
def test_what_becomes_of_a_source(given: list[Any], outcome: str) -> None:
    found = list(drive_source(FILE, lambda element, singly=False: iter(given), poll_limits=LIMITS))
    assert outcomes(found) == ["in", outcome]
    assert [each for each in found if not isinstance(each, Uncounted)] == given
    assert state_of(found) is None


def poll(given: list[Any], state: FeedState | None = None, **more: Any) -> list[Any]:
    source = Source(uri=FEED.uri, feed=state or FEED.feed)
    response = Response(url=FEED.uri, status=more.pop("status", 200))
    got = Retrieved(source=source, response=response, body=b"<rss/>", **more)
    return list(drive_source(got, lambda element, singly=False: iter(given), poll_limits=LIMITS))


def test_a_poll_leaves_a_state() -> None:
    found = poll([FeedHints(title="The Post"), LINK, End(None)])
    state = state_of(found)
    assert state is not None
    assert (state.title, state.content_hash) == ("The Post", digest_bytes(b"<rss/>"))
    assert not any(isinstance(each, FeedHints) for each in found)
    assert outcomes(poll([ENDED_TWICE])) == ["in", "dead"]
    assert state_of(poll([ENDED_TWICE])) is None


def test_a_feed_that_broke_is_a_failed_poll_without_credentials_in_its_message() -> None:
    state = state_of(poll([LINK, End(Crash("at https://user:secret@post.example/", "trace"))]))
    assert state is not None
    assert state.failure_count == 1
    assert "secret" not in repr(state)


def test_an_unchanged_subscription_is_not_read() -> None:
    state = FeedState(feed_url=FEED.uri, content_hash=digest_bytes(b"<rss/>"))
    assert outcomes(poll([DEAD], state)) == ["in", "known"]
    assert outcomes(poll([DEAD], status=304)) == ["in", "known"]
    assert outcomes(poll([DEAD], FeedState(feed_url=FEED.uri, content_hash="other"))) == ["in", "dead"]


def test_the_rest_of_a_feed_is_passed_on_without_its_state() -> None:
    rest = Source(uri=FEED.uri, first=7, feed=FEED.feed)
    found = poll([LINK, rest, End(None)])
    (passed,) = [each.value for each in found if isinstance(each, Uncounted) and isinstance(each.value, Source)]
    assert passed.first == 7
    assert passed.feed is not None and passed.feed.content_hash is None
