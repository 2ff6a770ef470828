"""Sketches of articles in memory, in the order in which the articles were committed, to look shared passages up.

An article is known by its place: 0 for the first. It counts with the hashes of all its versions, so that a new version
of the same text changes nothing. The index is a pure function of the articles in it and of their order: it is the same
whether they came in one commit or in many, so that a run that is carried on decides as one that was not interrupted.

About 8 bytes a hash and 120 an article: 1.1 KB on average. Merging two layers takes the size of both for a moment, at
most LAYER_HOLDERS entries.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.enrich.stories.sketch import RATES, Hashes, rate_of

Places = npt.NDArray[np.int64]

MAX_HOLDERS = 60
"""Of the articles that hold a hash the earliest so many are looked at: what more hold is a phrase, or stands in all
copies of a story, which is found by the first of them."""

MAX_OF_SITE = 8
"""A hash that so many articles of one site hold is boilerplate of that site: it counts for none that comes later."""

LAYER_HOLDERS = 1 << 24
"""Larger layers are not merged any more; a look-up asks each."""

_PAIRS_AT_ONCE = 1 << 21


class Layers:
    """Places by keys, of which one may have many, in a few sorted arrays.

    Layers of similar sizes become one, so that there are few, and each entry is moved few times.

    Args:
        kind: type of the keys.
    """

    def __init__(self, kind: npt.DTypeLike) -> None:
        self._layers: list[tuple[npt.NDArray[Any], npt.NDArray[np.uint32]]] = []
        self._kind = np.dtype(kind)

    @property
    def nbytes(self) -> int:
        """Memory that it takes."""
        return sum(keys.nbytes + places.nbytes for keys, places in self._layers)

    def append(self, keys: npt.NDArray[Any], places: npt.NDArray[Any]) -> None:
        """Add entries, in any order."""
        order = np.argsort(keys, kind="stable")
        self._layers.append((keys[order].astype(self._kind), places[order].astype(np.uint32)))
        while len(self._layers) > 1:
            one, other = self._layers[-2:]
            if len(one[0]) > 4 * len(other[0]) or len(one[0]) + len(other[0]) > LAYER_HOLDERS:
                return
            joined, moved = np.concatenate([one[0], other[0]]), np.concatenate([one[1], other[1]])
            order = np.argsort(joined, kind="stable")  # linear, since both are sorted
            self._layers[-2:] = [(joined[order], moved[order])]

    def find(self, keys: npt.NDArray[Any]) -> tuple[Places, Places]:
        """Return what is there of some keys: the number of the key, and the place; in no order."""
        numbers, found = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for there, places in self._layers:
            first = np.searchsorted(there, keys, "left")
            count = np.searchsorted(there, keys, "right") - first
            numbers.append(np.repeat(np.arange(len(keys)), count))
            found.append(places[_ranges(first, count)].astype(np.int64))
        return np.concatenate(numbers), np.concatenate(found)


class Match(NamedTuple):
    """An article that shares passages with a text.

    Attributes:
        place: of the article.
        shared: how many hashes both have.
        rare: how many of them less than MAX_HOLDERS articles hold.
        share: of the text that the article has too, estimated.
        other_share: of the article that the text has too.
    """

    place: int
    shared: int
    rare: int
    share: float
    other_share: float

    @property
    def score(self) -> float:
        """Share of the shorter one that the other has too."""
        return max(self.share, self.other_share)


@dataclasses.dataclass(frozen=True, slots=True)
class Query:
    """A text to look up and to add.

    Attributes:
        place: of its article: a new one, or that of its earlier versions.
        hashes: its sketch.
        site: number of its publisher; 0 for an unknown one.
    """

    place: int
    hashes: Hashes
    site: int


class SketchIndex:
    """Sketches by place, and the places that hold each hash."""

    def __init__(self) -> None:
        self._holders = Layers(np.uint32)
        self._sites = Rows(np.dtype("i8"))
        self._sizes = Rows(np.dtype(("u2", len(RATES))))
        self._rates = Rows(np.dtype("u1"))

    def __len__(self) -> int:
        return len(self._sites)

    @property
    def nbytes(self) -> int:
        """Memory that it takes."""
        return self._holders.nbytes + self._sites.nbytes + self._sizes.nbytes + self._rates.nbytes

    def add(self, queries: Sequence[Query], *, looks_up: bool = True) -> list[list[Match]]:
        """Add texts, and look each up among the articles before its own place.

        Args:
            queries: no two of one place; places that are new are the next ones, in order.
            looks_up: else they are only added, and nothing is found.

        Returns:
            For each, the articles that share two hashes or more with it and a quarter of the smaller sketch, by place.
        """
        if not queries:
            return []
        hashes = np.concatenate([query.hashes for query in queries])
        owners = np.repeat(np.arange(len(queries)), [len(query.hashes) for query in queries])
        places = np.array([query.place for query in queries], np.int64)
        distinct, which = np.unique(hashes, return_inverse=True)
        numbers, there = self._holders.find(distinct)
        old = numbers << 32 | there
        new = which.astype(np.int64) << 32 | places[owners]
        is_new = ~np.isin(new, old) if len(old) else np.ones(len(new), bool)
        self._note(queries, owners[is_new], hashes[is_new])
        holders, cuts = self._choose(np.sort(np.concatenate([old, new[is_new]])), len(distinct))
        added = np.intersect1d(new[is_new], holders, assume_unique=True)
        self._holders.append(distinct[added >> 32], added & 0xFFFFFFFF)
        if not looks_up:
            return [[] for _ in queries]
        counts = places[owners] <= cuts[which]
        return self._match(queries, owners[counts], which[counts], holders=holders, distinct=distinct)

    def _note(self, queries: Sequence[Query], owners: Places, hashes: Hashes) -> None:
        """Note sites, rates and sizes of the articles, with what is new of them."""
        sizes = np.stack(
            [
                np.bincount(owners[hashes & np.uint32(rate - 1) == 0], minlength=len(queries)).astype(np.int64)
                for rate in RATES
            ],
            axis=1,
        )
        for number, query in enumerate(queries):
            rate = rate_of(query.hashes)
            if query.place < len(self):
                self._sizes.rows[query.place] += sizes[number].astype(np.uint16)
                self._rates.rows[query.place] = max(rate, int(self._rates.rows[query.place]))
            else:
                self._sites.append(query.site)
                self._sizes.append(sizes[number])
                self._rates.append(rate)

    def _choose(self, pairs: Places, hash_count: int) -> tuple[Places, Places]:
        """Choose the holders that count.

        Returns:
            The sorted pairs of these, and for each hash the last place for which it is not boilerplate.
        """
        pairs = pairs[_rank(pairs >> 32) < MAX_HOLDERS]
        numbers, places = pairs >> 32, pairs & 0xFFFFFFFF
        sites = self._sites.rows[places]
        order = np.lexsort((places, sites, numbers))
        rank = _rank(numbers[order], sites[order])
        is_last = order[(rank == MAX_OF_SITE - 1) & (sites[order] != 0)]
        cuts = np.full(hash_count, np.iinfo(np.int64).max)
        np.minimum.at(cuts, numbers[is_last], places[is_last])
        return pairs[places <= cuts[numbers]], cuts

    def _match(
        self, queries: Sequence[Query], owners: Places, which: Places, *, holders: Places, distinct: Hashes
    ) -> list[list[Match]]:
        """Count what each text shares with each of the articles before it.

        Args:
            queries: the texts.
            owners: the text that each of the hashes to look up is of.
            which: number of that hash.
            holders: the sorted pairs of _choose.
            distinct: all hashes, by number.
        """
        places = np.array([query.place for query in queries], np.int64)
        bases = which.astype(np.int64) << 32
        first = np.searchsorted(holders, bases)
        count = np.searchsorted(holders, bases | places[owners]) - first
        is_rare = count < MAX_HOLDERS
        levels = np.array([distinct & np.uint32(rate - 1) == 0 for rate in RATES])
        own = np.stack([np.bincount(owners[level[which]], minlength=len(queries)) for level in levels], axis=1)
        rates = np.array([rate_of(query.hashes) for query in queries], np.int64)
        found: list[list[Match]] = [[] for _ in queries]
        # Slices of whole texts, so that what is held at a time is bounded.
        ends = np.searchsorted(owners, np.arange(len(queries)), "right")
        totals = np.concatenate([[0], np.cumsum(count)])[ends]
        start, done = 0, 0
        while start < len(queries):
            stop = max(start + 1, int(np.searchsorted(totals, done + _PAIRS_AT_ONCE, "right")))
            chosen = slice(int(ends[start - 1]) if start else 0, int(ends[stop - 1]))
            self._count_shared(
                np.repeat(owners[chosen], count[chosen]),
                holders[_ranges(first[chosen], count[chosen])],
                rates,
                own=own,
                is_rare=np.repeat(is_rare[chosen], count[chosen]),
                found=found,
            )
            start, done = stop, int(totals[stop - 1])
        return found

    def _count_shared(
        self,
        owners: Places,
        pairs: Places,
        rates: Places,
        *,
        own: npt.NDArray[Any],
        is_rare: npt.NDArray[np.bool_],
        found: list[list[Match]],
    ) -> None:
        keys, inverse, shared = np.unique(owners << 32 | pairs & 0xFFFFFFFF, return_inverse=True, return_counts=True)
        several = shared > 1
        rare = np.bincount(inverse[is_rare], minlength=len(keys))[several]
        keys, shared = keys[several], shared[several]
        who, where = keys >> 32, keys & 0xFFFFFFFF
        common = np.maximum(rates[who], self._rates.rows[where].astype(np.int64))
        level = np.searchsorted(-np.array(RATES), -common)
        mine = np.maximum(own[who, level], 1)
        others = np.maximum(self._sizes.rows[where, level].astype(np.int64), 1)
        likely = shared * 4 >= np.minimum(mine, others)
        columns = (who, where, shared, rare, np.minimum(shared / mine, 1), np.minimum(shared / others, 1))
        for number, *parts in zip(*(column[likely].tolist() for column in columns), strict=True):
            found[number].append(Match(*parts))


class Rows:
    """A column that grows at its end, in constant time for each value."""

    def __init__(self, kind: np.dtype[Any]) -> None:
        self._all = np.zeros(64, kind)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def nbytes(self) -> int:
        return int(self._all.nbytes)

    @property
    def rows(self) -> npt.NDArray[Any]:
        """What is there; writing to it changes it."""
        return self._all[: self._count]

    def append(self, value: Any) -> None:
        if self._count == len(self._all):
            self._all = np.concatenate([self._all, np.zeros_like(self._all)])
        self._all[self._count] = value
        self._count += 1


def _ranges(first: Places, count: Places) -> Places:
    """Return ``first``, ``first + 1``, … up to ``count`` numbers, for each pair of them.

    >>> _ranges(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    ends = np.cumsum(count)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) - np.repeat(ends - count, count) + np.repeat(first, count)


def _rank(*keys: Places) -> Places:
    """Return the place of each row among those before it with the same keys; rows with the same stand together.

    >>> _rank(np.array([7, 7, 7, 8, 8, 9])).tolist()
    [0, 1, 2, 0, 1, 0]
    """
    count = len(keys[0])
    if not count:
        return np.zeros(0, np.int64)
    begins = np.ones(count, bool)
    begins[1:] = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    starts = np.flatnonzero(begins)
    rank: Places = np.arange(count) - starts[np.cumsum(begins) - 1]
    return rank
