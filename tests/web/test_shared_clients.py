"""One client for all stages of a process: one rate limit, one robots.txt, kept connections."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

import apache_beam as beam
import pytest

from schemas.documents import Document, Link, Origin, Retrieved, Source
from tests.support.collect import collect
from tests.support.servers import Reply, Serve
from transforms.web import shared_clients as share
from transforms.web.fetch import FetchPages
from transforms.web.policy import FetchPolicy
from transforms.web.retrieve import RetrieveSources
from transforms.web.shared_clients import acquire_client, close_shared_clients, release_client

POLICY = FetchPolicy(timeout_s=20, deadline_s=60, delay_s=0.1, allow_private=True)


@pytest.fixture(autouse=True)
def _alone() -> Iterator[None]:
    close_shared_clients()
    yield
    close_shared_clients()


class Both(NamedTuple):
    retrieved: beam.PCollection[Retrieved]
    documents: beam.PCollection[Document]


class FeedsAndPages(beam.PTransform[beam.PCollection[Any], Both]):
    """Sources and links in one pipeline, as in a run."""

    def expand(self, mixed: beam.PCollection[Any]) -> Both:
        sources = mixed | beam.Filter(lambda one: isinstance(one, Source)).with_output_types(Source)
        links = mixed | beam.Filter(lambda one: isinstance(one, Link)).with_output_types(Link)
        return Both(
            retrieved=(sources | RetrieveSources(policy=POLICY)).retrieved,
            documents=(links | FetchPages(policy=POLICY)).documents,
        )


def test_stages_and_runs_share_a_rate_limit_and_one_connection(serve: Serve) -> None:
    server = serve({"/robots.txt": Reply("User-agent: *\nDisallow: /x"), "*": Reply("<p>x</p>")})
    for run in range(2):
        page = Link(url=server.url(f"/page{run}"), origin=Origin(uri="list", kind="url_list"))
        got = collect([Source(uri=server.url(f"/feed{run}")), page], FeedsAndPages())
        assert (len(got.retrieved), len(got.documents)) == (1, 1)
    log = server.requests()
    assert sorted(asked.path for asked in log) == ["/feed0", "/feed1", "/page0", "/page1", "/robots.txt"]
    assert len({asked.peer for asked in log}) == 4
    assert all(later.started - earlier.ended > 0.08 for earlier, later in pairwise(log))


def test_equal_policies_share() -> None:
    first, second, other = (
        acquire_client(POLICY),
        acquire_client(replace(POLICY)),
        acquire_client(replace(POLICY, delay_s=2)),
    )
    assert first.client is second.client
    assert first.client is not other.client


def test_many_threads_get_the_same() -> None:
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(id(acquire_client(POLICY).client))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1


def test_it_is_kept_for_the_next_and_closed_when_idle(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve({"*": Reply("<p>x</p>")})
    web = acquire_client(POLICY)
    web.client.get(server.url("/"))
    release_client(web)
    assert acquire_client(POLICY).client is web.client
    assert web.client.connection_count == 1
    monkeypatch.setattr(share, "IDLE_S", 0.0)
    acquire_client(replace(POLICY, delay_s=2))
    assert web.client.connection_count == 1  # still in use
    release_client(web)
    acquire_client(replace(POLICY, delay_s=3))
    assert web.client.connection_count == 0
    assert acquire_client(POLICY).client is not web.client


def test_one_that_was_closed_can_still_be_given_back() -> None:
    web = acquire_client(POLICY)
    close_shared_clients()
    again = acquire_client(POLICY)
    release_client(web)
    assert share._shared[next(iter(share._shared))].users == 1
    assert again.client is not web.client
