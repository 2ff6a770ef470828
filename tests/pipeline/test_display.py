"""How far a run is: told within a chunk too, by what was counted alone, and never backwards."""

from collections.abc import Iterator

import pytest

from pipeline.display import ProgressEstimate, Snapshot, Status, progress_line, progress_table
from schemas.stages import REPEATS, STAGES

FIRST = ("read", "extract", "language")
LAST = tuple(stage.word for stage in STAGES[STAGES.index(REPEATS) :])


def counts(first: int, last: int, dead: int = 0) -> dict[str, int]:
    """``first`` documents through the first stages, of which ``dead`` failed, and ``last`` through all."""
    made = {"read.in": first + dead, "extract.dead": dead}
    made |= {f"{stage}.done": first + dead if stage == "read" else first for stage in FIRST}
    return made | {f"{stage}.done": last for stage in LAST}


def simulate(
    status: Status, chunks: int, documents: int, *, first_s: float = 0.1, last_s: float = 0.1
) -> Iterator[tuple[Snapshot, float]]:
    """Looks at a run of chunks, one a second, and the time that is really left."""
    weight = status.total // chunks
    status.under_way = weight
    pace, now = ProgressEstimate(status, 0.0), 0.0
    total_s = chunks * documents * (first_s + last_s)
    for chunk in range(chunks):
        before = chunk * documents
        for second in range(round(documents * (first_s + last_s))):
            first = min(documents, int(second / first_s))
            last = int(max(0.0, second - documents * first_s) / last_s)
            now += 1.0
            yield pace.observe(counts(before + first, before + last), now), total_s - now
        status.done = (chunk + 1) * weight
    yield pace.observe(counts(chunks * documents, chunks * documents), now + 1), 0.0


def test_share_and_time_left_are_told_within_the_first_chunk() -> None:
    for seen, left_s in simulate(Status(total=1000), chunks=1, documents=1000):
        if seen.elapsed_s > 20:
            assert seen.left_s == pytest.approx(left_s, rel=0.25, abs=10)
            assert seen.share == pytest.approx(seen.elapsed_s / 200, abs=0.05)
    assert seen.share == 1


@pytest.mark.parametrize("documents", [50, 1000])
@pytest.mark.parametrize(("first_s", "last_s"), [(0.05, 0.2), (0.2, 0.05)])
def test_what_chunks_hold_and_where_their_time_goes_is_learnt(documents: int, first_s: float, last_s: float) -> None:
    looks = list(simulate(Status(total=2000), 10, documents, first_s=first_s, last_s=last_s))
    for seen, left_s in looks[len(looks) * 4 // 10 :]:
        assert seen.left_s == pytest.approx(left_s, rel=0.3, abs=0.05 * looks[-1][0].elapsed_s)


@pytest.mark.parametrize("documents", [10, 100, 10_000])
def test_the_share_never_shrinks_and_is_whole_at_the_end_only(documents: int) -> None:
    shares = [seen.share for seen, _ in simulate(Status(total=300), 3, documents, first_s=0.1, last_s=0.1)]
    assert shares == sorted(shares)
    assert shares[-2] < 1 == shares[-1]


def test_rates_are_those_of_late() -> None:
    pace = ProgressEstimate(Status(total=100, under_way=100), 0.0)
    for second in range(1, 101):
        seen = pace.observe(counts(min(second, 50), 0), float(second))
    assert seen.rates["extract"] == 0
    pace = ProgressEstimate(Status(total=100, under_way=100), 0.0)
    for second in range(1, 31):
        seen = pace.observe(counts(2 * max(0, second - 10), 0), float(second))
    assert seen.rates["extract"] == pytest.approx(2)


def test_a_run_that_is_carried_on_is_timed_by_what_it_does_itself() -> None:
    pace = ProgressEstimate(Status(total=1000, done=500, under_way=500), 0.0)
    assert pace.observe({}, 1.0).left_s is None
    seen = pace.observe(counts(250, 250), 60.0)
    assert seen.share == pytest.approx(0.75, abs=0.01)
    assert seen.left_s == pytest.approx(60, abs=2)


def test_what_is_set_aside_is_done_with() -> None:
    pace = ProgressEstimate(Status(total=100, under_way=100), 0.0)
    assert pace.observe(counts(10, 0, dead=40), 10.0).share == pytest.approx(0.45)


def test_words() -> None:
    pace = ProgressEstimate(Status(total=100, done=25, under_way=25), 0.0)
    assert progress_line(pace.observe({}, 2.0)) == "2 s: starting"
    seen = pace.observe(counts(25, 5), 10.0)
    assert progress_line(seen) == (
        "10 s: read 25 (2.5/s), extract 25 (2.5/s), language 25 (2.5/s), "
        + "".join(f"{word} 5 (0.5/s), " for word in LAST)
        + "40 % done, 25 % committed, about 40 s left"
    )
    assert progress_table(seen).row_count == len(STAGES)
    assert "min left" in seen._replace(left_s=600.0).words()
