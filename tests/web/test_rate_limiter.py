"""Pauses, Retry-After and closed hosts."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.trouble import Trouble
from transforms.web.host_store import DIRECTORY_VARIABLE, HostState, HostStore
from transforms.web.policy import FetchPolicy
from transforms.web.rate_limiter import REST_S, RateLimiter, decide_pause, decide_wait, host_key, learn
from transforms.web.status import Busy

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
def limiter(time: Time) -> RateLimiter:
    return RateLimiter(POLICY, clock=time.clock, sleep=time.sleep)


def busy(seconds: float | None, status: int = 429) -> Busy:
    return Busy("fetch.http_429" if status == 429 else "fetch.http_5xx", "later", status=status, retry_after_s=seconds)


WAITS: list[tuple[HostState, float, float]] = [
    (HostState(), 100, 0),
    (HostState(asked_last=100), 100, 1),
    (HostState(asked_last=100), 100.75, 0.25),
    (HostState(asked_last=100), 200, 0),
    (HostState(asked_last=100, latency_s=4), 100, 4),
    (HostState(asked_last=100, latency_s=400), 100, 30),
    (HostState(asked_last=100, latency_s=0.1, crawl_delays={"a": 5}), 100, 5),
    (HostState(asked_last=100, crawl_delays={"a": 1, "b": 86_400}), 100, 30),
    (HostState(asked_last=100, not_before=107), 100, 7),
    (HostState(asked_last=100, not_before=107, crawl_delays={"a": 9}), 100, 9),
    (HostState(asked_last=100, refusals=1), 100, 2),
    (HostState(asked_last=100, refusals=3), 100, 8),
    (HostState(asked_last=100, refusals=2000), 100, 32),
    (HostState(asked_last=5000), 100, 1),  # the clock was set back
]


@pytest.mark.parametrize(("state", "now", "wait"), WAITS)
def test_decide_wait(state: HostState, now: float, wait: float) -> None:
    assert decide_wait(state, POLICY, now) == wait


def test_no_delay_still_slows_down_when_refused() -> None:
    assert decide_pause(HostState(), FetchPolicy(delay_s=0)) == 0
    assert decide_pause(HostState(refusals=1), FetchPolicy(delay_s=0)) == 2


DELAYS = (("example.org", 5.0), ("fast.example.org", 0.25), ("10.0.0.1", 2.0), ("Bücher.example", 3.0))
HOST_DELAYS = [
    ("https://example.org/a", 5.0),
    ("http://www.example.org/a", 5.0),
    ("https://fast.example.org/", 0.25),
    ("https://a.b.fast.example.org/", 0.25),
    ("https://notexample.org/", 1.0),
    ("https://example.org:8443/", 5.0),
    ("https://www.example.org:9000/", 7.0),
    ("http://10.0.0.1:80/", 2.0),
    ("http://xn--bcher-kva.example/", 3.0),
    ("http://[::1]:8080/", 1.0),
    ("https://org/", 1.0),
]


@pytest.mark.parametrize(("url", "delay_s"), HOST_DELAYS)
def test_host_delays(url: str, delay_s: float) -> None:
    policy = FetchPolicy(host_delays=(*DELAYS, ("example.org:9000", 7.0), ("10.0.0.1", 1.0)))
    assert policy.delay_of(host_key(url)) == delay_s
    assert RateLimiter(policy).delay_of(url) == delay_s


@pytest.mark.parametrize("host", ["", "https://example.org/", "*.example.org", "a b", "me@example.org"])
def test_no_host_for_a_delay(host: str) -> None:
    with pytest.raises(ValueError):
        FetchPolicy(host_delays=((host, 1.0),))


def test_no_such_delay() -> None:
    with pytest.raises(ValueError, match=r"the delay of example\.org is -1"):
        FetchPolicy(host_delays=(("example.org", -1),))


def outcome(*troubles: Trouble | None) -> HostState:
    state = HostState()
    for trouble in troubles:
        learn(state, POLICY, started=100, ended=101, trouble=trouble)
    return state


def test_a_short_retry_after_is_waited_for() -> None:
    state = outcome(busy(7))
    assert (state.not_before, state.closed_by) == (108, None)


@pytest.mark.parametrize("status", [429, 503])
def test_a_long_retry_after_closes_the_host_for_that_time(status: int) -> None:
    state = outcome(busy(3600, status))
    assert state.closed_until == 3701


def test_failures_in_a_row_close_the_host() -> None:
    silent = Trouble("fetch.timeout", "nothing")
    assert outcome(silent, silent).closed_by is None
    assert outcome(silent, silent, None, silent, silent).closed_by is None
    assert outcome(silent, silent, Trouble("fetch.http_404", "no"), silent).closed_by is None
    assert outcome(silent, silent, silent).closed_until == 101 + REST_S
    assert outcome(busy(None), busy(None), busy(None)).closed_by is not None
    assert outcome(Trouble("fetch.dns", "unknown")).closed_by is not None


LATENCIES: list[tuple[list[tuple[float, Trouble | None]], float]] = [
    ([(4, None)], 4),
    ([(4, None), (2, None)], 3),
    ([(4, None), (2, None), (9, None)], 6),
    ([(4, None), (0, Trouble("fetch.http_404", "no"))], 4),
    ([(4, None), (8, Trouble("fetch.too_large", "no"))], 6),
    ([(4, None), (20, Trouble("fetch.timeout", "no")), (0, busy(None))], 4),
    ([(-3600, None)], 0),  # the clock was set back
]


@pytest.mark.parametrize(("requests", "latency_s"), LATENCIES)
def test_latency_is_a_moving_average(requests: list[tuple[float, Trouble | None]], latency_s: float) -> None:
    state = HostState()
    for took_s, trouble in requests:
        learn(state, FetchPolicy(), started=10_000, ended=10_000 + took_s, trouble=trouble)
    assert state.latency_s == latency_s


def test_a_slow_host_gets_longer_pauses(limiter: RateLimiter, time: Time) -> None:
    for took_s in (4.0, 2.0, 0.5):
        with limiter.turn("https://example.org/a"):
            time.now += took_s
    assert time.slept == [4.0, 3.0]
    assert limiter.delay_of("https://example.org/b") == 1.75


def test_the_log_has_the_pause_that_was_kept(limiter: RateLimiter, time: Time) -> None:
    url = "https://example.org/a"
    assert (limiter.delay_of(url), limiter.crawl_delay_of(url)) == (1.0, None)
    limiter.set_crawl_delay("https://example.org", 3.0)
    assert (limiter.delay_of(url), limiter.crawl_delay_of(url)) == (3.0, 3.0)
    with limiter.turn(url):
        assert (limiter.delay_of(url), limiter.crawl_delay_of(url)) == (3.0, 3.0)
        time.now += 8
    assert (limiter.delay_of(url), limiter.crawl_delay_of(url)) == (8.0, 3.0)


def test_the_longer_crawl_delay_of_two_origins_counts(limiter: RateLimiter) -> None:
    for origin, delay_s in (("https://example.org", 7.0), ("http://example.org", 3.0)):
        limiter.set_crawl_delay(origin, delay_s)
    assert limiter.crawl_delay_of("http://example.org/a") == 7.0
    with limiter.turn("http://example.org/a"):
        pass
    limiter.set_crawl_delay("https://example.org", 0.0)
    assert limiter.crawl_delay_of("https://example.org/a") == 3.0


def test_a_retry_after_holds_for_the_host(limiter: RateLimiter, time: Time) -> None:
    with pytest.raises(Busy), limiter.turn("https://example.org/a"):
        raise busy(40)
    with limiter.turn("http://example.org/other"):
        pass
    assert time.slept == [40.0]


def test_limiters_with_one_store_share_the_pauses(time: Time, tmp_path: Path) -> None:
    one, two = (RateLimiter(POLICY, store=HostStore(tmp_path), clock=time.clock, sleep=time.sleep) for _ in range(2))
    with one.turn("https://example.org/a"):
        time.now += 0.2
    one.set_crawl_delay("https://example.org", 4.0)
    with one.turn("https://example.org/a"):
        pass
    with two.turn("http://example.org/b"):
        assert two.crawl_delay_of("https://example.org/b") == 4.0
    with pytest.raises(Busy), two.turn("https://example.org/a"):
        raise busy(3600)
    assert time.slept == [4.0, 4.0, 4.0]
    with pytest.raises(Trouble, match="was not requested, since later"):
        one.check_open("https://example.org/a")


def test_a_limiter_outlives_the_directory_of_a_run(time: Time, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DIRECTORY_VARIABLE, str(tmp_path / "one"))
    limiter = RateLimiter(POLICY, clock=time.clock, sleep=time.sleep)
    for name in ("one", "one", "two"):
        monkeypatch.setenv(DIRECTORY_VARIABLE, str(tmp_path / name))
        with limiter.turn("https://example.org/a"):
            pass
        assert HostStore(tmp_path / name).state("example.org").asked_last == time.now
    shutil.rmtree(tmp_path / "one")
    with limiter.turn("https://example.org/a"):
        pass
    assert time.slept == [1.0, 1.0]


def test_a_clock_set_back_delays_no_request(limiter: RateLimiter, time: Time) -> None:
    with pytest.raises(Busy), limiter.turn("https://example.org/a"):
        raise busy(50)
    with pytest.raises(Busy), limiter.turn("https://closed.example/a"):
        raise busy(3600)
    time.now -= 1_000_000
    with pytest.raises(Trouble):
        limiter.check_open("https://closed.example/a")
    with limiter.turn("https://example.org/a"):
        assert time.slept == [50.0]
    time.now += 3600
    limiter.check_open("https://closed.example/a")


def test_a_request_whose_process_dies_counts(time: Time, tmp_path: Path) -> None:
    limiter = RateLimiter(POLICY, store=HostStore(tmp_path), clock=time.clock, sleep=time.sleep)
    with limiter.turn("https://example.org/a"):
        assert HostStore(tmp_path).state("example.org").asked_last == 100.0


def test_a_run_with_permission_reaches_private_addresses_closed_by_another(time: Time, tmp_path: Path) -> None:
    store = HostStore(tmp_path)
    private = Trouble("fetch.private_address", "10.0.0.1 is private")
    with pytest.raises(Trouble), RateLimiter(POLICY, store=store, clock=time.clock).turn("http://10.0.0.1/a"):
        raise private
    with pytest.raises(Trouble):
        RateLimiter(POLICY, store=store, clock=time.clock).check_open("http://10.0.0.1/a")
    RateLimiter(FetchPolicy(allow_private=True), store=store, clock=time.clock).check_open("http://10.0.0.1/a")


def test_turns_are_spaced_from_end_to_start(limiter: RateLimiter, time: Time) -> None:
    for _ in range(3):
        with limiter.turn("https://example.org/a"):
            time.now += 0.4
    with limiter.turn("https://other.example/a"):
        pass
    assert time.slept == [1.0, 1.0]


def test_a_closed_host_gets_no_request(limiter: RateLimiter, time: Time) -> None:
    with pytest.raises(Busy), limiter.turn("https://example.org/a"):
        raise busy(3600)
    for ask in (limiter.check_open, lambda url: limiter.turn(url).__enter__()):
        with pytest.raises(Trouble, match="was not requested, since later") as caught:
            ask("http://EXAMPLE.org/b")
        assert (caught.value.code, caught.value.status) == ("fetch.http_429", 429)
        assert not isinstance(caught.value, Busy)
    limiter.check_open("https://other.example/")
    time.now += 3601
    limiter.check_open("https://example.org/b")


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


def test_no_host(limiter: RateLimiter) -> None:
    check: Callable[[str], None] = limiter.check_open
    with pytest.raises(Trouble) as caught:
        check("nonsense")
    assert caught.value.code == "fetch.bad_url"
