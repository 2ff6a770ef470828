"""Sources come in; out go the links, documents and further sources in them, each failure as a dead letter."""

import functools
import io
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

from schemas.articles import DeadLetter, Dropped
from schemas.documents import Document, Link, Response, Retrieved, Source
from schemas.trouble import LeftOut, Trouble
from transforms.ledger import NAMESPACE, Ledger, Mishap
from transforms.sources.contents import Found, contents, judge
from transforms.sources.limits import ReadLimits
from transforms.sources.lists import is_web_url
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
            raw = _open_file(source.uri)
        with closing(raw):
            for found in _within(contents(judge(source, raw, response, charset, limits)), source, max_documents):
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
        # By content, not by name: a wrong ".gz" must not decide how it is read.
        stream: BinaryIO = FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED)
    except ValueError as error:  # no file system for the scheme, or a NUL in the path
        raise Trouble("read.unreadable", f"{uri}: {error}"[:500]) from error
    return stream


class Opened(NamedTuple):
    """What OpenSources returns; a source's contents are spread over them, each thing in exactly one."""

    links: beam.PCollection[Link]
    documents: beam.PCollection[Document]
    sources: beam.PCollection[Source]
    rest: beam.PCollection[Source]
    dead: beam.PCollection[DeadLetter]
    dropped: beam.PCollection[Dropped]


class _OpenFn(beam.DoFn):
    """Keeps two ledgers: ``read`` counts documents, links and failures; ``sources`` counts what was opened.

    A listed source counts as ``read.listed`` alone, and the rest of a source not at all: they are counted when
    they are opened themselves. A source is done when it gave anything or was a rest that turned out to be
    empty, dead when it gave nothing but failures, filtered when nothing but what is left out.
    """

    def __init__(self, open_one: Callable[[Source | Retrieved], Iterable[Found]]) -> None:
        self._open = open_one

    def setup(self) -> None:
        self._ledger = Ledger("read")
        self._sources = Ledger("sources")
        self._listed = Metrics.counter(NAMESPACE, "read.listed")

    def process(self, element: Source | Retrieved) -> Iterable[Any]:
        self._sources.count("in")
        outcomes: set[str] = set()
        results = iter(self._open(element))
        source = element.source if isinstance(element, Retrieved) else element
        while True:
            found: Found | None
            try:
                with self._ledger.clock():
                    found = next(results, None)
            except (Trouble, LeftOut) as why:
                found, results = Mishap(source, why), iter(())
            except Exception as error:
                self._ledger.count("in")
                outcomes.add("dead")
                yield self._ledger.crashed(source, "read.crash", error)
                break
            if found is None:
                break
            if isinstance(found, Source):
                outcomes.add("done")
                if found.first:
                    yield beam.pvalue.TaggedOutput("rest", found)
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

    Raises:
        ValueError: ``max_documents`` is not positive.
    """

    def __init__(
        self, *, fetch: Fetch | None = None, limits: ReadLimits | None = None, max_documents: int | None = None
    ) -> None:
        super().__init__()
        if max_documents is not None and max_documents < 1:
            raise ValueError(f"max_documents must be positive, got {max_documents}")
        limits = limits or ReadLimits()
        self._do = _OpenFn(functools.partial(open_source, fetch=fetch, limits=limits, max_documents=max_documents))

    def expand(self, sources: beam.PCollection[Source | Retrieved]) -> Opened:
        split = sources | "Open" >> beam.ParDo(self._do).with_outputs(
            "links", "sources", "rest", "dead", "dropped", main="documents"
        )
        opened = Opened(split.links, split.documents, split.sources, split.rest, split.dead, split.dropped)
        for made, element in zip(opened, (Link, Document, Source, Source, DeadLetter, Dropped), strict=True):
            made.element_type = element
        return opened
