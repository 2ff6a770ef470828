"""The stage that retrieves sources at http(s) addresses."""

from collections.abc import Iterator
from typing import NamedTuple

import apache_beam as beam

from schemas.documents import Retrieved, Source
from schemas.feeds import Request
from schemas.stages import READ
from schemas.trouble import Trouble
from transforms.named_outputs import NamedOutputs
from transforms.web.host_dofn import REQUESTS, HostDoFn
from transforms.web.policy import FetchPolicy, host_key
from transforms.web.retrieve_source import requested_address, retrieve_source


class RetrievedSources(NamedTuple):
    """What RetrieveSources returns: one result for each source, and every request that was sent."""

    retrieved: beam.PCollection[Retrieved]
    requests: beam.PCollection[Request]


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
        return host_key(requested_address(source)), source
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
