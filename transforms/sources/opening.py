"""One source opened: its links, documents and further sources, and a mishap for each failure inside it."""

import io
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO
from urllib.request import url2pathname

from schemas.documents import Response, Retrieved, Source
from schemas.feeds import FeedHints
from schemas.trouble import LeftOut, Trouble
from transforms.lake.open_store import open_store
from transforms.lake.store import BLOCK_BYTES
from transforms.sources.contents import Found, contents, judge
from transforms.sources.limits import ReadLimits
from transforms.sources.paths import is_inside, special_kind
from transforms.urls import is_web_url, split_url

Fetch = Callable[[str], tuple[Response, bytes, str | None]]
"""Address to response, body and declared charset. Raises Trouble with a code under ``fetch.``."""


def open_source(
    source: Source | Retrieved,
    *,
    fetch: Fetch | None = None,
    limits: ReadLimits | None = None,
    max_documents: int | None = None,
    on_hints: Callable[[FeedHints], None] = lambda _: None,
) -> Iterator[Found]:
    """Yield everything a source holds, in order, at least one thing; each failure inside it is a Mishap.

    A feed gives a Link an entry, or a Document of media ``entry`` where that has no address; a list gives
    a Source an address; a page or text gives one Document; records give what each of them holds.
    It is opened when the first thing is requested, and closed at the end.

    Only the positions from ``source.first`` up to ``source.last`` are given; a page or text is at 0. Where
    ``max_documents`` ends it earlier, the last thing given is a Source for the rest: the same, but with a
    ``first`` that is not 0. That one may be empty by the time it is opened, which is not a failure.

    Args:
        source: a file or address, or an address with the bytes that were retrieved from it.
        fetch: requests http(s) addresses that come without bytes; without it they are left out.
        limits: what is too large.
        max_documents: number of things after which the rest of a source is left; None for all.
        on_hints: called with the hints of a feed.

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
                raise LeftOut("fetch.off", f"not requested, since fetching is off: {source.uri}")
            response, body, charset = fetch(source.uri)
            raw = io.BytesIO(body)
        else:
            if source.within is not None and not is_inside(source.uri, source.within):
                raise LeftOut("read.outside_directory", f"{source.uri} leads out of {source.within}")
            raw = _open_file(source.uri)
        with closing(raw):
            for found in _within(
                contents(judge(source, raw, response, charset, limits), on_hints), source, max_documents
            ):
                nothing = False
                yield found
    except LeftOut as why:
        if why.reason != "read.no_entries" or not source.first:
            raise
    except FileNotFoundError as error:
        raise Trouble("read.missing", f"{source.uri}: {error.strerror or error}") from error
    except OSError as error:
        raise Trouble("read.unreadable", f"{source.uri}: {error.strerror or error}") from error
    if nothing and not source.first:
        raise LeftOut("read.ignored", f"{source.uri} holds no page or record")


def read_source(
    element: Source | Retrieved, *, open_one: Callable[..., Iterable[Found]]
) -> Iterator[Found | FeedHints]:
    """Yield what :func:`open_source` does, and the hints of a feed before its first entry."""
    hints: list[FeedHints] = []
    try:
        for found in open_one(element, on_hints=hints.append):
            while hints:
                yield hints.pop(0)
            yield found
    except Exception:
        yield from hints
        raise
    yield from hints


def _within(found: Iterable[Found], source: Source, max_documents: int | None) -> Iterator[Found]:
    """Yield things from ``source.first`` on, up to where they are to end, and what is left of the source.

    One more is read than is yielded, to know whether anything is left; not where the source says where it ends: what
    breaks behind that is another's matter.
    """
    cut = source.last if max_documents is None else source.first + max_documents
    for position, thing in enumerate(found, start=source.first):
        if source.last is not None and position >= source.last:
            return
        if position == cut:
            yield replace(source, first=position)
            return
        yield thing
        if position + 1 == source.last:
            return


def _open_file(uri: str) -> BinaryIO:
    path = url2pathname(split_url(uri).path) if uri.lower().startswith("file://") else uri
    try:
        if "://" in path:
            return _open_in_store(path)
        kind = special_kind(os.stat(path).st_mode)  # noqa: PTH116  as it was given
        if kind == "a directory":
            os.scandir(path).close()  # says why it could not be listed
        if kind is not None:  # opening a pipe would wait for a writer
            raise Trouble("read.unreadable", f"{uri} is {kind}, not a file")
        # By content, not by name: a wrong ".gz" must not decide how it is read.
        return Path(path).open("rb")
    except ValueError as error:  # no store for the scheme, or a NUL in the path
        raise Trouble("read.unreadable", f"{uri}: {error}"[:500]) from error


def _open_in_store(path: str) -> BinaryIO:
    base, _, key = path.rpartition("/")
    return io.BufferedReader(open_store(base).open(key), BLOCK_BYTES)
