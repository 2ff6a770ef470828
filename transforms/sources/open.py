"""Sources come in; out go the links, documents and further sources in them, each failure as a dead letter."""

import functools
import io
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any, BinaryIO, NamedTuple
from urllib.parse import urlsplit
from urllib.request import url2pathname

import apache_beam as beam
from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems
from apache_beam.metrics import Metrics

from schemas import NEWSMILL_VERSION
from schemas.articles import DeadLetter, Dropped
from schemas.documents import Document, Link, Response, Retrieved, Source
from schemas.feeds import FeedHints, FeedState, bare
from schemas.trouble import LeftOut, Trouble
from transforms.feeds.schedule import PollLimits, content_hash_of, decide_state
from transforms.ledger import NAMESPACE, Ledger, Mishap
from transforms.sources.contents import Found, contents, judge
from transforms.sources.limits import ReadLimits
from transforms.sources.lists import is_web_url
from transforms.sources.paths import is_inside, special_kind
from transforms.sources.walk import walk_inputs

__all__ = ["Fetch", "OpenSources", "Opened", "open_source", "walk_inputs"]

Fetch = Callable[[str], tuple[Response, bytes, str | None]]
"""Address to response, body and declared charset. Raises Trouble with a code under ``fetch.``."""


def open_source(
    source: Source | Retrieved,
    *,
    fetch: Fetch | None = None,
    limits: ReadLimits | None = None,
    max_documents: int | None = None,
    tell: Callable[[FeedHints], None] = lambda _: None,
) -> Iterator[Found]:
    """Everything a source holds, in its order, at least one thing: what fails inside it is a Mishap.

    A feed gives a Link an entry, or a Document of media ``entry`` where that has no address; a list gives
    a Source an address; a page or text gives one Document; records give what each of them holds.
    It is opened when the first thing is asked for, and closed at the end.

    Only the positions from ``source.first`` up to ``source.last`` are given; a page or text is at 0. Where
    ``max_documents`` ends it earlier, the last thing given is a Source for the rest: the same, but with a
    ``first`` that is not 0. That one may be empty by the time it is opened, which is no failure.

    Args:
        source: a file or address, or an address with the bytes that came of asking for it.
        fetch: asks for http(s) addresses that come without bytes; without it they are left out.
        limits: what is too large.
        max_documents: most things to give of one source; None for all.
        tell: hears what a feed says of itself.

    Raises:
        Trouble: while iterating, with a code under ``read.`` or from ``fetch``.
        LeftOut: fetch.off, read.no_entries, or read.ignored for a container without a page.
    """
    nothing = True
    limits = limits or ReadLimits()
    response: Response | None = None
    charset: str | None = None
    got, source = (source, source.source) if isinstance(source, Retrieved) else (None, source)
    try:
        if got is not None:
            if got.code is not None:
                raise Trouble(got.code, got.message, status=got.status)
            response, charset = got.response, got.charset
            raw: BinaryIO = io.BytesIO(got.body)
        elif is_web_url(source.uri):
            if fetch is None:
                raise LeftOut("fetch.off", f"not asked for, since fetching is off: {source.uri}")
            response, body, charset = fetch(source.uri)
            raw = io.BytesIO(body)
        else:
            if source.within is not None and not is_inside(source.uri, source.within):
                raise LeftOut("read.outside_directory", f"{source.uri} leads out of {source.within}")
            raw = _open_file(source.uri)
        with closing(raw):
            for found in _within(contents(judge(source, raw, response, charset, limits), tell), source, max_documents):
                nothing = False
                yield found
    except LeftOut as why:
        if why.reason != "read.no_entries" or not source.first:
            raise
    except FileNotFoundError as error:
        raise Trouble("read.missing", f"{source.uri}: {error}") from error
    except OSError as error:
        raise Trouble("read.unreadable", f"{source.uri}: {error}") from error
    if nothing and not source.first:
        raise LeftOut("read.ignored", f"{source.uri} holds no page or record")


def _within(found: Iterable[Found], source: Source, max_documents: int | None) -> Iterator[Found]:
    """Things from ``source.first`` on, up to where they are to end, and what is left of the source.

    One more is looked at than is given, to know whether anything is left.
    """
    cut = source.last if max_documents is None else source.first + max_documents
    for position, thing in enumerate(found, start=source.first):
        if source.last is not None and position >= source.last:
            return
        if position == cut:
            yield replace(source, first=position)
            return
        yield thing


def _open_file(uri: str) -> BinaryIO:
    path = url2pathname(urlsplit(uri).path) if uri.lower().startswith("file://") else uri
    try:
        kind = special_kind(os.stat(path).st_mode) if "://" not in path else None  # noqa: PTH116 - as it was given
        if kind is not None:  # opening a pipe would wait for a writer
            raise Trouble("read.unreadable", f"{uri} is {kind}, no file")
        # By content, not by name: a wrong ".gz" must not decide how it is read.
        stream: BinaryIO = FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED)
    except ValueError as error:  # no file system for the scheme, or a NUL in the path
        raise Trouble("read.unreadable", f"{uri}: {error}"[:500]) from error
    return stream


class _Poll:
    """What came of polling one subscription, put together while its feed is opened."""

    def __init__(self, retrieved: Retrieved, limits: PollLimits) -> None:
        self._retrieved = retrieved
        self._limits = limits
        self._state = retrieved.source.feed or FeedState(feed_url=retrieved.source.uri)
        self._hints: FeedHints | None = None
        self.is_whole = True
        is_read = retrieved.code is None and retrieved.response is not None and retrieved.response.status != 304
        self._hash = content_hash_of(retrieved.body) if is_read else None
        is_same = self._hash is not None and self._hash == self._state.content_hash
        self.is_unchanged = retrieved.source.first == 0 and retrieved.code is None and (not is_read or is_same)

    def tell(self, hints: FeedHints) -> None:
        self._hints = hints

    def fail(self, why: Trouble) -> None:
        """Note that the feed as a whole could not be read."""
        self._retrieved = replace(self._retrieved, code=why.code, message=why.message, status=why.status)

    def state(self) -> FeedState:
        decided = decide_state(
            self._state,
            self._retrieved,
            self._hints,
            content_hash=self._hash,
            limits=self._limits,
            is_whole=self.is_whole,
        )
        return replace(decided, newsmill_version=NEWSMILL_VERSION)


class Opened(NamedTuple):
    """What OpenSources returns; a source's contents are spread over them, each thing in exactly one."""

    links: beam.PCollection[Link]
    documents: beam.PCollection[Document]
    sources: beam.PCollection[Source]
    rest: beam.PCollection[Source]
    dead: beam.PCollection[DeadLetter]
    dropped: beam.PCollection[Dropped]
    states: beam.PCollection[FeedState]


class _OpenFn(beam.DoFn):
    """Keeps two ledgers: ``read`` counts documents, links and failures; ``sources`` counts what was opened.

    A listed source counts as ``read.listed`` alone, and the rest of a source not at all: they are counted when
    they are opened themselves. A source is done when it gave anything or was a rest that turned out to be
    empty, dead when it gave nothing but failures, filtered when nothing but what is left out, known when it is
    a subscription that has not changed since its last poll. Each poll gives the state it leaves behind.
    """

    def __init__(self, open_one: Callable[..., Iterable[Found]], poll_limits: PollLimits) -> None:
        self._open = open_one
        self._poll_limits = poll_limits

    def setup(self) -> None:
        self._ledger = Ledger("read")
        self._sources = Ledger("sources")
        self._listed = Metrics.counter(NAMESPACE, "read.listed")
        self._polled = Metrics.counter(NAMESPACE, "feeds.polled")

    def process(self, element: Source | Retrieved) -> Iterable[Any]:
        self._sources.count("in")
        if not isinstance(element, Retrieved):
            yield from self._read(element, element, None)
            return
        poll = _Poll(element, self._poll_limits) if element.source.feed is not None else None
        if poll is not None and poll.is_unchanged:
            self._sources.count("known")
        else:
            yield from self._read(element, element.source, poll)
        if poll is not None:
            self._polled.inc()
            yield beam.pvalue.TaggedOutput("states", poll.state())

    def _read(self, element: Source | Retrieved, source: Source, poll: _Poll | None) -> Iterator[Any]:
        outcomes: set[str] = set()
        results = iter(self._open(element, tell=poll.tell) if poll else self._open(element))
        while True:
            found: Found | None
            try:
                with self._ledger.clock():
                    found = next(results, None)
            except (Trouble, LeftOut) as why:
                found, results = Mishap(source, why), iter(())
                if poll is not None and isinstance(why, Trouble):
                    poll.fail(why)
            except Exception as error:
                self._ledger.count("in")
                outcomes.add("dead")
                if poll is not None:
                    poll.fail(Trouble("read.crash", str(error)[:500]))
                yield self._ledger.crashed(source, "read.crash", error)
                break
            if found is None:
                break
            if isinstance(found, Source):
                outcomes.add("done")
                if found.first:
                    if poll is not None:
                        poll.is_whole = False
                    yield beam.pvalue.TaggedOutput("rest", replace(found, feed=found.feed and bare(found.feed)))
                    continue
                self._listed.inc()
                yield beam.pvalue.TaggedOutput("sources", found)
                continue
            self._ledger.count("in")
            if not isinstance(found, Mishap):
                outcomes.add("done")
                self._ledger.count("done")
                yield beam.pvalue.TaggedOutput("links", found) if isinstance(found, Link) else found
            elif isinstance(found.why, Trouble):
                outcomes.add("dead")
                yield self._ledger.dead(found.subject, found.why)
            else:
                outcomes.add("filtered")
                yield self._ledger.left_out(found.subject, found.why)
        self._sources.count(next((name for name in ("done", "dead", "filtered") if name in outcomes), "done"))


class OpenSources(beam.PTransform[beam.PCollection[Source | Retrieved], Opened]):
    """Open each source and give out what it holds.

    Elementwise: keeps windows and timestamps, works bounded or unbounded; one source is read by one
    worker, streamed where its kind allows. What a list names comes out as ``sources``, to be opened by a
    second OpenSources, which follows no further list. What ``max_documents`` leaves of a source comes out as
    ``rest``, to be opened another time.

    Args:
        fetch: asks for http(s) sources; must pickle, and open what it needs when first called. None
            leaves them out.
        limits: what is too large.
        max_documents: most documents, links and failures of one source in one go; None for all.
        poll_limits: when a subscription is due again.

    Raises:
        ValueError: ``max_documents`` is not positive.
    """

    def __init__(
        self,
        *,
        fetch: Fetch | None = None,
        limits: ReadLimits | None = None,
        max_documents: int | None = None,
        poll_limits: PollLimits | None = None,
    ) -> None:
        super().__init__()
        if max_documents is not None and max_documents < 1:
            raise ValueError(f"max_documents must be positive, got {max_documents}")
        limits = limits or ReadLimits()
        open_one = functools.partial(open_source, fetch=fetch, limits=limits, max_documents=max_documents)
        self._do = _OpenFn(open_one, poll_limits or PollLimits())

    def expand(self, sources: beam.PCollection[Source | Retrieved]) -> Opened:
        split = sources | "Open" >> beam.ParDo(self._do).with_outputs(
            "links", "sources", "rest", "dead", "dropped", "states", main="documents"
        )
        opened = Opened(
            split.links, split.documents, split.sources, split.rest, split.dead, split.dropped, split.states
        )
        records = (Link, Document, Source, Source, DeadLetter, Dropped, FeedState)
        for made, element in zip(opened, records, strict=True):
            made.element_type = element
        return opened
