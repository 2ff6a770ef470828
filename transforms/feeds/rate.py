"""The interval of a feed, learnt from how much was new at each poll."""

from hashlib import blake2b

from transforms.feeds.limits import PollLimits


def learn_interval(
    interval_s: float, elapsed_s: float, *, new_count: int, entry_count: int, limits: PollLimits, has_lost: bool = False
) -> float:
    """Return the interval in which a feed is expected to bring ``limits.target_new`` entries, seconds.

    New entries are taken to come as a Poisson process whose rate drifts. What was believed before counts as
    ``memory`` polls that each brought as many as wanted; the mean of the Gamma posterior is the new rate. (Poisson
    changes and pseudo-observations against the bias of few polls: Cho and Garcia-Molina, Estimating frequency of
    change, ACM TOIT 3(3), 2003.) It falls with ``new_count``, and grows by a third with a quiet poll.

    At most half of what the feed holds is wanted, so that nothing falls out of it between two polls; where all of it
    was new, some of it probably has, the rate is unknown, and the interval is a quarter of the time that passed.

    >>> limits = PollLimits()
    >>> [round(learn_interval(3600, 3600, new_count=n, entry_count=20, limits=limits)) for n in (0, 1, 2, 10)]
    [4800, 4114, 3600, 1800]

    Args:
        interval_s: what was learnt so far.
        elapsed_s: time since the last poll that showed how much was new.
        new_count: entries that the last poll had not given.
        entry_count: entries that the feed holds; 0 for unknown.
        limits: target and memory.
        has_lost: all entries are new, although the feed was polled before.
    """
    wanted = min(limits.target_new, entry_count / 2) if entry_count else limits.target_new
    believed = limits.memory * interval_s
    learnt = wanted * (believed + elapsed_s) / (limits.memory * wanted + new_count)
    learnt = min(learnt, 2 * interval_s)  # one long pause, such as newsmill's own, does not prove anything
    return min(learnt, elapsed_s / 4) if has_lost else learnt


def share_of(feed_url: str) -> float:
    """Return a number from 0 to 1 that belongs to a feed for good: it keeps feeds from being due all at once.

    >>> share_of("https://news.example/feed") == share_of("https://news.example/feed")
    True
    """
    digest = blake2b(feed_url.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return int.from_bytes(digest, "big") / 2**32
