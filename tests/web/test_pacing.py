from collections.abc import Callable

import pytest

from schemas.trouble import Trouble
from transforms.web.answers import Busy
from transforms.web.pacing import REST_S, Pace, Pacer, decide_pause, decide_wait, host_key, learn
from transforms.web.policy import FetchPolicy

POLICY = FetchPolicy(delay_s=1.0, max_failures=3)


class Time:
    """A clock that moves when someone sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def pacer(time: Time) -> Pacer:
    return Pacer(POLICY, clock=time.clock, sleep=time.sleep)


def busy(seconds: float | None, status: int = 429) -> Busy:
    return Busy("fetch.http_429" if status == 429 else "fetch.http_5xx", "later", status=status, retry_after_s=seconds)


WAITS: list[tuple[Pace, float, float]] = [
    (Pace(), 100, 0),
    (Pace(asked_last=100), 100, 1),
    (Pace(asked_last=100), 100.75, 0.25),
    (Pace(asked_last=100), 200, 0),
    (Pace(asked_last=100, latency_s=4), 100, 4),
    (Pace(asked_last=100, latency_s=400), 100, 30),
    (Pace(asked_last=100, latency_s=0.1, crawl_delay_s=5), 100, 5),
    (Pace(asked_last=100, crawl_delay_s=86_400), 100, 30),
    (Pace(asked_last=100, not_before=107), 100, 7),
    (Pace(asked_last=100, not_before=107, crawl_delay_s=9), 100, 9),
    (Pace(asked_last=100, refusals=1), 100, 2),
    (Pace(asked_last=100, refusals=3), 100, 8),
    (Pace(asked_last=100, refusals=2000), 100, 32),
]


@pytest.mark.parametrize(("pace", "now", "wait"), WAITS)
def test_decide_wait(pace: Pace, now: float, wait: float) -> None:
    assert decide_wait(pace, POLICY, now) == wait


def test_no_delay_still_slows_down_when_refused() -> None:
    assert decide_pause(Pace(), FetchPolicy(delay_s=0)) == 0
    assert decide_pause(Pace(refusals=1), FetchPolicy(delay_s=0)) == 2


def outcome(*troubles: Trouble | None) -> Pace:
    pace = Pace()
    for trouble in troubles:
        learn(pace, POLICY, started=100, ended=101, trouble=trouble)
    return pace


def test_a_short_retry_after_is_waited_for() -> None:
    pace = outcome(busy(7))
    assert (pace.not_before, pace.closed_by) == (108, None)


@pytest.mark.parametrize("status", [429, 503])
def test_a_long_retry_after_closes_the_host_for_that_time(status: int) -> None:
    pace = outcome(busy(3600, status))
    assert pace.closed_until == 3701


def test_failures_in_a_row_close_the_host() -> None:
    silent = Trouble("fetch.timeout", "nothing")
    assert outcome(silent, silent).closed_by is None
    assert outcome(silent, silent, None, silent, silent).closed_by is None
    assert outcome(silent, silent, Trouble("fetch.http_404", "no"), silent).closed_by is None
    assert outcome(silent, silent, silent).closed_until == 101 + REST_S
    assert outcome(busy(None), busy(None), busy(None)).closed_by is not None
    assert outcome(Trouble("fetch.dns", "unknown")).closed_by is not None


def test_turns_are_spaced_from_end_to_start(pacer: Pacer, time: Time) -> None:
    for _ in range(3):
        with pacer.turn("https://example.org/a"):
            time.now += 0.4
    with pacer.turn("https://other.example/a"):
        pass
    assert time.slept == [1.0, 1.0]


def test_a_closed_host_is_not_asked(pacer: Pacer, time: Time) -> None:
    with pytest.raises(Busy), pacer.turn("https://example.org/a"):
        raise busy(3600)
    for ask in (pacer.check_open, lambda url: pacer.turn(url).__enter__()):
        with pytest.raises(Trouble, match="was not asked, since later") as caught:
            ask("http://EXAMPLE.org/b")
        assert (caught.value.code, caught.value.status) == ("fetch.http_429", 429)
        assert not isinstance(caught.value, Busy)
    pacer.check_open("https://other.example/")
    time.now += 3601
    pacer.check_open("https://example.org/b")


KEYS = [
    ("HTTP://Example.ORG/a", "example.org"),
    ("https://example.org:443/", "example.org"),
    ("http://example.org:443/", "example.org"),
    ("https://example.org:8443/?x", "example.org:8443"),
    ("http://bücher.example/", "xn--bcher-kva.example"),
    ("http://[::1]:8080/a/b", "[::1]:8080"),
    ("http://user:pw@example.org./", "example.org"),
]


@pytest.mark.parametrize(("url", "key"), KEYS)
def test_host_key(url: str, key: str) -> None:
    assert host_key(url) == key


def test_no_host(pacer: Pacer) -> None:
    check: Callable[[str], None] = pacer.check_open
    with pytest.raises(Trouble) as caught:
        check("nonsense")
    assert caught.value.code == "fetch.bad_url"
