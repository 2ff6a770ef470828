"""The stage that fetches the page behind each link."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.pvalue import TaggedOutput

from schemas.articles import DeadLetter, Dropped
from schemas.documents import Document, Link
from schemas.feeds import Request
from schemas.stages import FETCH
from schemas.trouble import LeftOut, Trouble
from transforms.ledger import Ledger, typed
from transforms.named_outputs import NamedOutputs
from transforms.web.host_dofn import REQUESTS, HostDoFn
from transforms.web.link_documents import MODES, FetchResult, fetch_links
from transforms.web.policy import FetchPolicy, host_key
from transforms.web.polite_client import fetch_url
from transforms.web.request_url import checked_url


class Fetched(NamedTuple):
    """What FetchPages returns: every link is in exactly one of the first three; requests are all that were sent."""

    documents: beam.PCollection[Document]
    dead: beam.PCollection[DeadLetter]
    dropped: beam.PCollection[Dropped]
    requests: beam.PCollection[Request]


class FetchPages(NamedOutputs[beam.PCollection[Link], Fetched]):
    """Fetch the page behind each link, or use the feed entry where there is no page.

    Groups by host, so that one worker sends the requests to a host, over one connection, in a stable order, with a
    pause between them. One worker serves many hosts at once. Links with the same canonical address are fetched once
    per window; the others leave as duplicates. A failed fetch leaves as a dead letter, or as the entry's content where
    the feed has it.

    Bounded, or windowed: the grouping waits for the end of the window. Page bytes are read after the grouping and do
    not cross a shuffle here. Documents are in the order in which servers respond. At least once: a replayed bundle
    sends its requests again.

    Args:
        policy: limits and delays of requests.
        mode: "all", "missing" (only links whose entry has no content) or "never".

    Raises:
        ValueError: the mode is unknown.
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
        self._ledger = Ledger(FETCH.word)

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


class _FetchHosts(HostDoFn[Link, FetchResult]):
    def __init__(self, policy: FetchPolicy, mode: str) -> None:
        super().__init__(policy if mode != "never" else None, stage=FETCH.word)
        self._mode = mode

    def process_host(self, elements: tuple[Link, ...]) -> Iterator[FetchResult]:
        return fetch_links(elements, self._mode, lambda url: fetch_url(self.web, url))

    def size_of(self, result: FetchResult) -> int:
        made = result.result
        if not isinstance(made, Document):
            return 0
        kept = made.response.exchanges if made.response else ()
        return len(made.body) + sum(len(exchange.body) for exchange in kept)

    def emit(self, result: FetchResult) -> Document | TaggedOutput:
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
