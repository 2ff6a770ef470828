"""Sources at http(s) addresses go in; what each gave comes out, not yet opened."""

from collections.abc import Iterator
from typing import NamedTuple

import apache_beam as beam

from schemas.documents import Retrieved, Source
from schemas.feeds import Request
from schemas.stages import READ
from schemas.trouble import Trouble
from transforms.feeds.schedule import conditional_headers
from transforms.web.content_type import is_page
from transforms.web.home_pages import check_landing
from transforms.web.host_dofn import REQUESTS, HostDoFn
from transforms.web.policy import FetchPolicy, host_key
from transforms.web.polite_client import PoliteClient, fetch_source
from transforms.web.status import Busy


class Asked(NamedTuple):
    """What RetrieveSources returns: one result for each source, and every request that was made."""

    retrieved: beam.PCollection[Retrieved]
    requests: beam.PCollection[Request]


def address_of(source: Source) -> str:
    """The address that a source is asked at: that of a subscription may have moved."""
    return (source.feed.address if source.feed else None) or source.uri


def condition_of(source: Source) -> tuple[tuple[str, str], ...]:
    """Headers that ask for a source only if it has changed; empty unless it is a subscription, from its start on."""
    return conditional_headers(source.feed) if source.feed and source.first == 0 else ()


def retrieve_source(source: Source, web: PoliteClient) -> Retrieved:
    """Ask for one source; a failure is part of the result, for the opener to judge.

    A subscription that has not changed gives a response of status 304, and no bytes.
    """
    try:
        response, body, charset = fetch_source(*web, address_of(source), headers=condition_of(source))
        if source.feed is None and is_page(response.content_type, body):  # a subscription says so in its own way
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
    except Exception as error:  # whatever a server can provoke ends one source, not the run
        message = f"{type(error).__name__}: {error}"[:500]
        return Retrieved(source=source, code="fetch.crash", message=message, at=web.client.now())
    return Retrieved(source=source, response=response, body=body, charset=charset, at=response.fetched_at)


class RetrieveSources(beam.PTransform[beam.PCollection[Source], Asked]):
    """Ask for each source, one host from one place with pauses, many hosts at once.

    Groups by the host that is really asked; bounded, or windowed. Sources are counted where they are opened.

    Args:
        policy: how the web is asked.
    """

    def __init__(self, *, policy: FetchPolicy) -> None:
        super().__init__()
        self._policy = policy

    def expand(self, sources: beam.PCollection[Source]) -> Asked:
        keyed = sources | "KeyByHost" >> beam.Map(_with_host).with_output_types(tuple[str, Source])
        split = (
            keyed
            | "GroupByHost" >> beam.GroupByKey()
            | "Ask" >> beam.ParDo(_RetrieveHosts(self._policy)).with_outputs(REQUESTS, main="done")
        )
        split.done.element_type, split[REQUESTS].element_type = Retrieved, Request
        return Asked(retrieved=split.done, requests=split[REQUESTS])


def _with_host(source: Source) -> tuple[str, Source]:
    try:
        return host_key(address_of(source)), source
    except (Trouble, ValueError):
        return "", source  # asking for it says what is wrong


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
