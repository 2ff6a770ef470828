"""The benchmark of manners in a small form: a web of liars, refusers and slow hosts, judged by the servers' own log."""

from benchmarks.politeness import run_politeness


def test_no_rule_is_broken_and_nothing_is_asked_in_vain() -> None:
    result = run_politeness(hosts=24, rounds=3, delay_s=0.2, slowest_s=0.5, crawl_delay_s=1)
    assert not result["failures"]
