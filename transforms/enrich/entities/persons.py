"""Which shorter forms stand for which persons in one document."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence

from transforms.enrich.entities.surface import name_parts

_JOINED_ARTICLE = re.compile(r"(?:al|el|ul|as|ash|an|ar|at|ad|az)[-‐‑]")


def person_parts(key: str) -> tuple[str, ...]:
    """Words of a folded person's name by which it is compared: without Jr. and Arabic articles.

    >>> person_parts("suleiman al-amr"), person_parts("bashar al amr"), person_parts("al-amr")
    (('suleiman', 'amr'), ('bashar', 'amr'), ('amr',))
    """
    parts = [_JOINED_ARTICLE.sub("", part, count=1) or part for part in name_parts(key)]
    return tuple(part for n, part in enumerate(parts) if part not in ("al", "el") or n in (0, len(parts) - 1))


class Attach:
    """Which fuller person a shorter form of a name stands for.

    Where a last name may be that of several, the one is meant that was named in full most often before, of equal ones
    the last.

    Args:
        mentions: offset and folded name of each mention of a person, in order.
    """

    def __init__(self, mentions: Sequence[tuple[int, str]]) -> None:
        self._parts = {key: person_parts(key) for _, key in mentions}
        full = {key: parts for key, parts in self._parts.items() if len(parts) > 1}
        self._full = _join_full(full)
        # By the last word of full names: where one stands, and which was meant most often until there.
        self._by_last: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        by_first: defaultdict[str, set[str]] = defaultdict(set)
        counts: Counter[str] = Counter()
        for start, key in mentions:
            if key in full:
                name, earlier = self._full[key], self._by_last[full[key][-1]]
                counts[name] += 1
                most = name if not earlier or counts[name] >= counts[earlier[-1][1]] else earlier[-1][1]
                earlier.append((start, most))
                by_first[full[key][0]].add(name)
        self._by_first = {first: min(names) for first, names in by_first.items() if len(names) == 1}

    def target(self, start: int, key: str) -> str:
        """Key of the group of a mention: its own, or that of a fuller form."""
        parts = self._parts.get(key)
        if parts is None:
            return key
        if len(parts) > 1:
            return self._full[key]
        full = self._by_last.get(parts[0])
        if full is None:
            return self._by_first.get(parts[0], key)
        before = bisect_left(full, (start, ""))
        return full[max(0, before - 1)][1]


def _join_full(full: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Key of each name of two and more words to the key of the fullest name of the same person.

    Names with equal first and last words are one person where one of them holds the words of all ("Ana Torv", "Ana M.
    Torv"). An initial stands for the one first name that it begins, and a name of two words for the one longer name
    that ends in it ("Ana Torv", "Senator Elect Ana Torv").
    """
    by_ends: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for key, parts in full.items():
        by_ends[parts[0], parts[-1]].append(key)
    joined: dict[str, str] = {}
    first_of: dict[tuple[str, ...], str] = {}
    for key in sorted(full):
        first_of.setdefault(full[key], key)
    for keys in by_ends.values():
        fullest = _longest([full[key] for key in keys])
        joined.update((key, first_of[fullest or full[key]]) for key in keys)
    tops = sorted(set(joined.values()))
    by_tail: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    by_initial: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for top in tops:
        parts = full[top]
        if len(parts) > 2:
            by_tail[parts[-2:]].append(top)
        if len(parts[0].rstrip(".")) > 1:
            by_initial[parts[0][0], parts[-1]].append(top)
    other: dict[str, str] = {}
    for top in tops:
        parts = full[top]
        found = by_tail.get(parts, []) if len(parts) == 2 else []
        if len(parts[0].rstrip(".")) == 1:
            found = by_initial.get((parts[0][0], parts[-1]), [])
        if len(found) == 1:
            other[top] = found[0]
    return {key: other.get(top, top) for key, top in joined.items()}


def _longest(names: Sequence[tuple[str, ...]]) -> tuple[str, ...] | None:
    """Return the name that has the words of every other name, in the same order; None where none has."""
    top = max(names, key=lambda parts: (len(parts), parts))
    return top if all(_is_within(parts, top) for parts in names) else None


def _is_within(short: Sequence[str], long: Sequence[str]) -> bool:
    words = iter(long)
    return all(word in words for word in short)
