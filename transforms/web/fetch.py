"""Links go in; documents come out: the page, or what the feed said of it."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.pvalue import TaggedOutput

from schemas.articles import DeadLetter, Dropped
from schemas.documents import Document, Link
from schemas.feeds import Request
from schemas.trouble import LeftOut, Trouble
from transforms.identity import article_id, canonical_url
from transforms.ledger import Ledger, typed
from transforms.web.answers import checked_url
from transforms.web.client import Page
from transforms.web.hosts import REQUESTS, AskHosts
from transforms.web.landing import check_landing
from transforms.web.policy import FetchPolicy, host_key
from transforms.web.visits import visit

MODES = ("all", "missing", "never")
"""Which links are asked for: all, those whose feed entry has no content, none."""


class Fetched(NamedTuple):
    """What FetchPages returns: every link is in exactly one of the first three; requests are all that were made."""

    documents: beam.PCollection[Document]
    dead: beam.PCollection[DeadLetter]
    dropped: beam.PCollection[Dropped]
    requests: beam.PCollection[Request]


def has_content(link: Link) -> bool:
    """True if the feed gave the whole text of the article."""
    return link.entry is not None and bool((link.entry.content_html or "").strip())


def has_summary(link: Link) -> bool:
    """True if the feed gave a summary."""
    return link.entry is not None and bool((link.entry.summary_html or "").strip())


def entry_document(link: Link, fetch_error: str | None = None) -> Document:
    """The document that is made of what the feed said alone."""
    return Document(media="entry", origin=link.origin, url=link.url, entry=link.entry, fetch_error=fetch_error)


def fetch_document(link: Link, mode: str, get: Callable[[str], Page]) -> Document:
    """One link to its document.

    Args:
        mode: one of MODES.
        get: asks for an address; raises Trouble.

    Raises:
        LeftOut: fetch.off, nothing but the address is known and it may not be asked for.
        Trouble: it could not be fetched, and the feed gave no content to stand in for it.
    """
    if mode == "never" and not has_content(link) and not has_summary(link):
        raise LeftOut("fetch.off", f"only its address is known, and it may not be asked for: {link.url}")
    if mode == "never" or (mode == "missing" and has_content(link)):
        return entry_document(link)
    try:
        page = get(link.url)
        check_landing(link.url, page.response.url)
    except Trouble as why:
        if has_content(link):
            return entry_document(link, why.code)
        raise
    return Document(
        media=page.media,
        origin=link.origin,
        body=page.body,
        charset=page.charset,
        url=page.response.url,
        entry=link.entry,
        response=page.response,
    )


def pick_links(links: Iterable[Link]) -> Iterator[tuple[Link, str | None]]:
    """Sort the links of one host and tell copies apart.

    Of links with one canonical address the first stays: one with content before one without, then by origin.
    The order depends on nothing but the links.

    Yields:
        Each link, with None, or with the article_id of the link that stays in its place.

    Raises:
        ValueError: a link without a canonical address.
    """
    keyed = sorted(((canonical_url(link.url), _rank(link), link) for link in links), key=itemgetter(0, 1))
    for address, copies in groupby(keyed, key=itemgetter(0)):
        for place, (_, _, link) in enumerate(copies):
            yield link, article_id(address, None, "")[0] if place else None


def _rank(link: Link) -> tuple[bool, str, int, str]:
    position = -1 if link.origin.position is None else link.origin.position
    return not has_content(link), link.origin.uri, position, repr(link)


class FetchPages(beam.PTransform[beam.PCollection[Link], Fetched]):
    """Fetch the page behind each link, or make do with what the feed said.

    Groups by host, so that one host is asked from one place, by one connection, in a stable order, with a
    pause between requests. One worker asks many hosts at once. Links with the same canonical address are
    asked for once per window; the others leave as duplicates. A failed fetch leaves as a dead letter, or as
    the entry's content where the feed gave it.

    Bounded, or windowed: the grouping waits for the end of the window. Page bytes come out after the
    grouping and cross no shuffle here. Documents come in the order in which servers answer.
    At least once: a replayed bundle asks again.

    Args:
        policy: how the web is asked.
        mode: "all", "missing" (only links whose entry has no content) or "never".

    Raises:
        ValueError: an unknown mode.
    """

    def __init__(self, *, policy: FetchPolicy, mode: str = "all") -> None:
        super().__init__()
        if mode not in MODES:
            raise ValueError(f"mode is {mode!r}: give one of {', '.join(MODES)}")
        self._policy = policy
        self._mode = mode

    def expand(self, links: beam.PCollection[Link]) -> Fetched:
        keyed = links | "KeyByHost" >> beam.ParDo(_KeyByHost()).with_outputs("dead", main="keyed")
        keyed.keyed.element_type, keyed.dead.element_type = beam.typehints.KV[str, Link], DeadLetter
        split = (
            keyed.keyed
            | "GroupByHost" >> beam.GroupByKey()
            | "Ask"
            >> beam.ParDo(_FetchHosts(self._policy, self._mode)).with_outputs("dead", "dropped", REQUESTS, main="done")
        )
        split[REQUESTS].element_type = Request
        documents, dead, dropped = typed(split, Document)
        return Fetched(
            documents=documents,
            dead=(keyed.dead, dead) | "Dead" >> beam.Flatten(),
            dropped=dropped,
            requests=split[REQUESTS],
        )


class _KeyByHost(beam.DoFn):
    def setup(self) -> None:
        self._ledger = Ledger("fetch")

    def process(self, link: Link) -> Iterable[Any]:
        try:
            checked_url(link.url)
            key = host_key(link.url)
        except (Trouble, ValueError) as error:
            why = error if isinstance(error, Trouble) else Trouble("fetch.bad_url", str(error))
            self._ledger.count("in")
            yield self._ledger.dead(link, why)
            return
        yield key, link


class _Outcome(NamedTuple):
    link: Link
    result: Document | Exception
    duplicate_of: str | None


class _FetchHosts(AskHosts[Link, _Outcome]):
    def __init__(self, policy: FetchPolicy, mode: str) -> None:
        super().__init__(policy if mode != "never" else None, stage="fetch")
        self._mode = mode

    def visit_host(self, elements: tuple[Link, ...]) -> Iterator[_Outcome]:
        for link, duplicate_of in pick_links(elements):
            result: Document | Exception
            if duplicate_of is not None:
                result = LeftOut("repeats.same_id", f"another link of the run leads to {canonical_url(link.url)}")
            else:
                try:
                    result = fetch_document(link, self._mode, lambda url: visit(self.web, url))
                except Exception as error:  # whatever a server can provoke ends one page, not the run
                    result = error
            yield _Outcome(link, result, duplicate_of)

    def size_of(self, result: _Outcome) -> int:
        made = result.result
        if not isinstance(made, Document):
            return 0
        kept = made.response.exchanges if made.response else ()
        return len(made.body) + sum(len(exchange.body) for exchange in kept)

    def book(self, result: _Outcome) -> Document | TaggedOutput:
        link, made, duplicate_of = result
        self.ledger.count("in")
        if isinstance(made, Document):
            self.ledger.count("done")
            return made
        if isinstance(made, Trouble):
            return self.ledger.dead(link, made)
        if isinstance(made, LeftOut):
            return self.ledger.left_out(link, made, duplicate_of=duplicate_of)
        return self.ledger.crashed(link, "fetch.crash", made)
