"""HTTP dates, freshness and Retry-After, right, wrong and hostile."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.http.dates import read_http_date
from transforms.http.freshness import freshness_s
from transforms.http.retry_after import retry_after_s

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
LATER = "Tue, 01 Jan 2030 13:00:00 GMT"

FRESH: list[tuple[dict[str, str], float | None]] = [
    ({}, None),
    ({"cache-control": "public, s-maxage=7200"}, None),
    ({"cache-control": "max-age=7200"}, 7200),
    ({"cache-control": 'private, MAX-AGE = "7200"'}, 7200),
    ({"cache-control": "max-age=7200, max-age=1"}, 7200),
    ({"cache-control": "max-age=7200", "age": "200"}, 7000),
    ({"cache-control": "max-age=100", "age": "200"}, 0),
    ({"cache-control": "max-age=7200", "age": "old"}, 7200),
    ({"cache-control": "no-cache, max-age=7200"}, 0),
    ({"cache-control": "no-store", "expires": LATER}, 0),
    ({"cache-control": "max-age=soon", "expires": LATER}, 0),
    ({"expires": LATER}, 3600),
    ({"expires": LATER, "date": "Tue, 01 Jan 2030 12:30:00 GMT"}, 1800),
    ({"expires": LATER, "date": "today"}, 3600),
    ({"expires": "0"}, 0),
]

RETRY_AFTER: dict[str | None, float | None] = {
    None: None,
    "": None,
    "soon": None,
    "-5": None,
    "0": 0.0,
    " 120 ": 120.0,
    "9" * 50: 999_999_999_999.0,
    "Tue, 01 Jan 2030 12:01:00 GMT": 60.0,
    " Tue, 01 Jan 2030 12:01:00 GMT ": 60.0,
    "Tue, 01 Jan 2030 11:00:00 GMT": 0.0,
    "Tue, 99 Jan 2030 12:01:00 GMT": None,
    "Tue, 01 Jan 2030 12:01:00": 60.0,
}


@pytest.mark.parametrize(("headers", "seconds"), FRESH)
def test_freshness(headers: dict[str, str], seconds: float | None) -> None:
    assert freshness_s(headers, NOON) == seconds


@pytest.mark.parametrize(("value", "seconds"), RETRY_AFTER.items())
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after_s(value, NOON) == seconds


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_read_or_passed_over(one: str, two: str, three: str) -> None:
    for value in (one, f"max-age={one}"):
        seconds = freshness_s({"cache-control": value, "expires": two, "date": three, "age": two}, NOON)
        assert seconds is not None
        assert seconds >= 0
    waited_s = retry_after_s(one, NOON)
    assert waited_s is None or waited_s >= 0
    date = read_http_date(one)
    assert date is None or date.tzinfo is UTC


def test_headers_cost_what_their_length_is() -> None:
    def cost(size: int) -> float:
        start = time.process_time()
        for value in (" " * size, '"' * size, "9" * size, "max-age=" * size, ",=" * size):
            retry_after_s(value, NOON)
            retry_after_s("Mon, 1 Jan 2030 " + value, NOON)
            freshness_s({"cache-control": value, "age": value, "expires": value, "date": value}, NOON)
        return time.process_time() - start

    cost(1000)
    assert cost(256_000) < 40 * cost(64_000) + 0.2
