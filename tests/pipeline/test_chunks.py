"""Chunks: every element in exactly one, the same ones when a run is carried on; and one run at a time."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.chunks import Element, Plan, find_interrupted, next_batch, plan_from_json, plan_to_json, remaining
from schemas.documents import Entry, Link, Origin, Source
from schemas.errors import LockHeld
from schemas.record import row
from tests.support.paths import ROOT
from transforms.lake.lock import hold_lock
from transforms.lake.manifest import Manifest

WORK = st.lists(st.integers(1, 12), min_size=1, max_size=40).map(
    lambda weights: tuple((Source(uri=f"f{n}"), weight) for n, weight in enumerate(weights))
)


def make_plan(work: tuple[tuple[Source | Link, int], ...], run_id: str = "run1") -> Plan:
    return Plan(run_id=run_id, started_at=datetime(2026, 1, 2, tzinfo=UTC), fingerprint="f", kind="run", work=work)


@given(WORK, st.integers(1, 20))
def test_every_element_is_in_one_batch_and_batches_are_bounded(work: tuple[tuple[Source, int], ...], most: int) -> None:
    queue: list[tuple[Element, int]] = list(work)
    seen: list[tuple[Element, int]] = []
    while queue:
        batch, queue = next_batch(queue, most)
        assert batch
        assert len(batch) == 1 or sum(weight for _, weight in batch) <= most
        seen.extend(batch)
    assert seen == list(work)


@given(WORK, st.integers(1, 20), st.data())
def test_a_run_carried_on_does_what_an_undisturbed_one_does(
    work: tuple[tuple[Source, int], ...], most: int, data: st.DataObject
) -> None:
    plan = make_plan(work)
    manifests: list[Manifest] = []
    done: list[list[str]] = []
    queue = remaining(plan, manifests, most)
    while queue and len(manifests) < 60:
        batch, after = next_batch(queue, most)
        done.append([element.uri for element, _ in batch if isinstance(element, Source)])
        more = data.draw(st.booleans()) and len(manifests) < 5
        continues = (row(Source(uri=f"rest{len(manifests)}", first=most)),) if more else ()
        manifests.append(Manifest(run_id="run1", chunk=len(manifests), files=(), continues=continues))
        queue = remaining(plan, manifests, most)
        assert queue[len(continues) :] == after
    named = [uri for batch in done for uri in batch if not uri.startswith("rest")]
    assert named == [element.uri for element, _ in work]


def test_a_plan_comes_back_as_it_was() -> None:
    origin = Origin(uri="feed", kind="rss", position=3, tags=("a",))
    link = Link(url="https://a.example/", origin=origin, entry=Entry(title="T", authors=("A",)))
    plan = make_plan(((Source(uri="a", listed_in=origin, first=3, last=4), 2), (link, 1)))
    assert plan_from_json(plan_to_json(plan)) == plan
    with pytest.raises(ValueError, match=r"."):
        plan_from_json(plan_to_json(plan)[:-20])


def test_only_an_interrupted_run_of_the_same_arguments_is_carried_on(tmp_path: Path) -> None:
    for name in ("run1", "run2", "run3"):
        (tmp_path / "runs" / name).mkdir(parents=True)
        (tmp_path / "runs" / name / "plan.json").write_bytes(plan_to_json(make_plan((), name)))
    (tmp_path / "runs" / "run3" / "report.json").touch()
    found = find_interrupted(str(tmp_path), "f")
    assert found is not None
    assert found.run_id == "run2"
    half = tmp_path / "runs" / "20260101T000000Z-abcdef" / "plan.json.staged"
    half.parent.mkdir(parents=True)
    half.write_bytes(b'{"run_id": ')
    assert find_interrupted(str(tmp_path), "other") is None
    assert not half.exists(), "nothing else clears away what a run left that was killed while it wrote its plan"
    (tmp_path / "runs" / "run2" / "plan.json").write_bytes(b"{")
    again = find_interrupted(str(tmp_path), "f")
    assert again is not None
    assert again.run_id == "run1"


def test_two_runs_cannot_hold_one_output_and_a_dead_one_lets_go(tmp_path: Path) -> None:
    held = "from transforms.lake.lock import hold_lock\n"
    held += f"with hold_lock({str(tmp_path)!r}):\n print('held', flush=True)\n input()"
    root = ROOT
    other = subprocess.Popen(
        [sys.executable, "-c", held], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    with pytest.raises(LockHeld, match=f"process {other.pid}"), hold_lock(str(tmp_path)):
        pass
    other.kill()
    other.wait()
    with hold_lock(str(tmp_path)):
        pass
