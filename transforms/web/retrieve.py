"""The stage that retrieves sources at http(s) addresses."""

from collections.abc import Iterator
from typing import NamedTuple

import apache_beam as beam

from schemas.documents import Retrieved, Source
from schemas.feeds import Request
from schemas.stages import READ
from schemas.trouble import Trouble
from transforms.feeds.schedule import conditional_headers
from transforms.named_outputs import NamedOutputs
from transforms.web.content_type import is_page
from transforms.web.home_pages import check_landing
from transforms.web.host_dofn import REQUESTS, HostDoFn
from transforms.web.policy import FetchPolicy, host_key
from transforms.web.polite_client import PoliteClient, fetch_source
from transforms.web.status import Busy


class RetrievedSources(NamedTuple):
    """What RetrieveSources returns: one result for each source, and every request that was sent."""

    retrieved: beam.PCollection[Retrieved]
    requests: beam.PCollection[Request]


def address_of(source: Source) -> str:
    """Return the address that is requested for a source: that of a subscription may have moved."""
    return (source.feed.address if source.feed else None) or source.uri


def condition_of(source: Source) -> tuple[tuple[str, str], ...]:
    """Return the headers of a conditional request; empty unless the source is a subscription, read from its start."""
    return conditional_headers(source.feed) if source.feed and source.first == 0 else ()


def retrieve_source(source: Source, web: PoliteClient) -> Retrieved:
    """Retrieve one source; a failure is part of the result, and is counted where the source is opened.

    A subscription that has not changed has a response of status 304, and no bytes.
    """
    try:
        response, body, charset = fetch_source(*web, address_of(source), headers=condition_of(source))
        if source.feed is None and is_page(response.content_type, body):  # subscriptions record moves in feed_state
            check_landing(source.uri, response.url)
    except Trouble as why:
        return Retrieved(
            source=source,
            code=why.code,
            message=why.message,
            status=why.status,
            retry_after_s=why.retry_after_s if isinstance(why, Busy) else None,
            at=web.client.now(),
        )
    except Exception as error:  # whatever a server provokes fails one source, not the run
        message = f"{type(error).__name__}: {error}"[:500]
        return Retrieved(source=source, code="fetch.crash", message=message, at=web.client.now())
    return Retrieved(source=source, response=response, body=body, charset=charset, at=response.fetched_at)


class RetrieveSources(NamedOutputs[beam.PCollection[Source], RetrievedSources]):
    """Retrieve each source, one request at a time to each host with pauses, many hosts at once.

    Groups by the host that receives the request; bounded, or windowed. Sources are counted where they are opened.

    Args:
        policy: limits and delays of requests.
    """

    def __init__(self, *, policy: FetchPolicy) -> None:
        super().__init__()
        self._policy = policy

    def expand(self, sources: beam.PCollection[Source]) -> RetrievedSources:
        keyed = sources | "KeyByHost" >> beam.Map(_with_host).with_output_types(tuple[str, Source])
        split = (
            keyed
            | "GroupByHost" >> beam.GroupByKey()
            | "Ask" >> beam.ParDo(_RetrieveHosts(self._policy)).with_outputs(REQUESTS, main="done")
        )
        split.done.element_type, split[REQUESTS].element_type = Retrieved, Request
        return RetrievedSources(retrieved=split.done, requests=split[REQUESTS])


def _with_host(source: Source) -> tuple[str, Source]:
    try:
        return host_key(address_of(source)), source
    except (Trouble, ValueError):
        return "", source  # the request fails with the reason


class _RetrieveHosts(HostDoFn[Source, Retrieved]):
    def __init__(self, policy: FetchPolicy) -> None:
        super().__init__(policy, stage=READ.word)

    def process_host(self, elements: tuple[Source, ...]) -> Iterator[Retrieved]:
        for source in sorted(elements, key=repr):
            yield retrieve_source(source, self.web)

    def size_of(self, result: Retrieved) -> int:
        return len(result.body)

    def emit(self, result: Retrieved) -> Retrieved:
        return result
