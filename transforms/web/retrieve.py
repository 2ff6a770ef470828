"""Sources at http(s) addresses go in; what each gave comes out, not yet opened."""

from collections.abc import Iterator

import apache_beam as beam

from schemas.documents import Retrieved, Source
from schemas.trouble import Trouble
from transforms.web.hosts import AskHosts
from transforms.web.pacing import host_key
from transforms.web.policy import FetchPolicy
from transforms.web.visits import fetch_source


def retrieve_source(source: Source, ask: AskHosts[Source, Retrieved]) -> Retrieved:
    """Ask for one source; a failure is part of the result, for the opener to judge."""
    try:
        response, body, charset = fetch_source(*ask.web, source.uri)
    except Trouble as why:
        return Retrieved(source=source, code=why.code, message=why.message, status=why.status)
    except Exception as error:  # whatever a server can provoke ends one source, not the run
        return Retrieved(source=source, code="fetch.crash", message=f"{type(error).__name__}: {error}"[:500])
    return Retrieved(source=source, response=response, body=body, charset=charset)


class RetrieveSources(beam.PTransform[beam.PCollection[Source], beam.PCollection[Retrieved]]):
    """Ask for each source, one host from one place with pauses, many hosts at once.

    Groups by host; bounded, or windowed. Sources are counted where they are opened.

    Args:
        policy: how the web is asked.
    """

    def __init__(self, *, policy: FetchPolicy) -> None:
        super().__init__()
        self._policy = policy

    def expand(self, sources: beam.PCollection[Source]) -> beam.PCollection[Retrieved]:
        keyed = sources | "KeyByHost" >> beam.Map(_with_host).with_output_types(tuple[str, Source])
        asked = keyed | "GroupByHost" >> beam.GroupByKey() | "Ask" >> beam.ParDo(_RetrieveHosts(self._policy))
        asked.element_type = Retrieved
        return asked


def _with_host(source: Source) -> tuple[str, Source]:
    try:
        return host_key(source.uri), source
    except (Trouble, ValueError):
        return "", source  # asking for it says what is wrong


class _RetrieveHosts(AskHosts[Source, Retrieved]):
    def __init__(self, policy: FetchPolicy) -> None:
        super().__init__(policy, stage="read")

    def visit_host(self, elements: tuple[Source, ...]) -> Iterator[Retrieved]:
        for source in sorted(elements, key=repr):
            yield retrieve_source(source, self)

    def book(self, result: Retrieved) -> Retrieved:
        return result
