"""Which shorter forms stand for which persons in one document."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from transforms.enrich.entities.surface import name_parts, plain_form
from transforms.enrich.entities.words import words_of

_JOINED_ARTICLE = re.compile(r"(?:al|el|ul|as|ash|an|ar|at|ad|az)[-‐‑]")
_INITIALS = re.compile(r"\w\.?(?:\w\.){0,2}")
_MAX_TAIL = 4
_MAX_COMPARED = 200


def person_parts(key: str) -> tuple[str, ...]:
    """Words of a folded person's name by which it is compared: without Jr., accents and Arabic articles.

    >>> person_parts("suleiman al-amr"), person_parts("bashar al amr"), person_parts("al-amr")
    (('suleiman', 'amr'), ('bashar', 'amr'), ('amr',))
    """
    parts = name_parts(plain_form(key))
    if not key.isascii() or "-" in key:
        parts = tuple([_JOINED_ARTICLE.sub("", part, count=1) or part for part in parts])
    if "al" in parts or "el" in parts:
        parts = tuple([part for n, part in enumerate(parts) if part not in ("al", "el") or n in (0, len(parts) - 1)])
    return parts


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
        self._by_last: defaultdict[tuple[str, ...], list[tuple[int, str]]] = defaultdict(list)
        by_first: defaultdict[str, set[str]] = defaultdict(set)
        counts: Counter[str] = Counter()
        self._tails = _particle_tails(full)
        used = set(self._tails.values())
        # Beside "Ana Amer", a "Sadeq Abu Amer" whom the text calls "Abu Amer" is not "Amer".
        longer = {key for key, parts in full.items() if any(tail in used for tail in _last_names(parts) if tail[1:])}
        plain = {parts[-1] for key, parts in full.items() if key not in longer and key not in self._tails}
        for start, key in mentions:
            if key in full and key not in self._tails:
                name = self._full[key]
                counts[name] += 1
                for tail in _last_names(full[key]):
                    if key in longer and len(tail) == 1 and tail[0] in plain:
                        continue
                    earlier = self._by_last[tail]
                    most = name if not earlier or counts[name] >= counts[earlier[-1][1]] else earlier[-1][1]
                    earlier.append((start, most))
                by_first[full[key][0]].add(name)
        self._by_first = {first: min(names) for first, names in by_first.items() if len(names) == 1}

    def target(self, start: int, key: str) -> str:
        """Key of the group of a mention: its own, or that of a fuller form."""
        parts = self._parts.get(key)
        if parts is None:
            return key
        if len(parts) > 1 and key not in self._tails:
            return self._full[key]
        full = self._by_last.get(self._tails.get(key, parts))
        if full is None:
            return self._by_first.get(parts[0]) or self._misspelled(parts[0]) or key
        before = bisect_left(full, (start, ""))
        return full[max(0, before - 1)][1]

    def _misspelled(self, word: str) -> str | None:
        """Key of the one person whose last name has one letter more or less: "Zelenskyy" and "Zelensky"."""
        if len(self._by_last) > _MAX_COMPARED:
            return None
        close = [name for name in self._by_last if len(name) == 1 and has_letter_more(word, name[0])]
        persons = {key for name in close for _, key in self._by_last[name]}
        return persons.pop() if len(persons) == 1 else None


def has_letter_more(one: str, other: str) -> bool:
    """Return whether one word of five letters and more has one letter more than the other; not "s" at the end.

    >>> has_letter_more("garett", "garrett"), has_letter_more("torvs", "torv"), has_letter_more("toorv", "toorvs")
    (True, False, False)
    """
    short, long = sorted((one, other), key=len)
    if len(long) != len(short) + 1 or len(short) < 5 or short[0] != long[0] or not long.isalpha():
        return False
    at = next((n for n, letter in enumerate(short) if letter != long[n]), len(short))
    return short[at:] == long[at + 1 :] and (at < len(short) or long[-1] not in "sa")


def _last_names(parts: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the last word of a name, and that with the particles before it: ``torv``, ``van der torv``."""
    yield parts[-1:]
    particles = words_of("").particles
    for n in range(len(parts) - 2, max(0, len(parts) - _MAX_TAIL), -1):
        if parts[n] not in particles:
            return
        yield parts[n:]


def _particle_tails(full: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Last names that are taken for full ones: "van der Torv" beside "Ana van der Torv", by key."""
    particles = words_of("").particles
    found = {key: parts for key, parts in full.items() if parts[0] in particles and len(parts) <= _MAX_TAIL}
    if not found:
        return {}
    ends = {parts[-size:] for parts in full.values() for size in range(2, min(len(parts), _MAX_TAIL + 1))}
    # "Al Amr" beside "Suleiman al-Amr", whose article is cut
    articled = {parts[-1] for key, parts in full.items() if _JOINED_ARTICLE.match(name_parts(key)[-1])}
    tails = {key: parts for key, parts in found.items() if parts in ends}
    for key, parts in found.items():
        if len(parts) == 2 and parts[0] in ("al", "el") and parts[1] in articled:
            tails.setdefault(key, parts[1:])
    return tails


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
    misspelled = _join_misspelled({top: full[top] for top in tops})
    by_tail: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    by_initial: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    by_words: dict[tuple[str, ...], str] = {}
    other: dict[str, str] = {}
    for top in tops:
        parts = full[top]
        for size in range(2, min(len(parts), _MAX_TAIL + 1)):
            by_tail[parts[-size:]].append(top)
        if not _is_initial(parts[0]):
            by_initial[parts[0][0], parts[-1]].append(top)
    for top in tops:
        parts = full[top]
        words = tuple(" ".join(parts).replace("-", " ").split())
        if by_words.setdefault(words, top) != top:
            other[top] = by_words[words]
            continue
        found = by_tail.get(parts, [])
        if _is_initial(parts[0]):
            found = by_initial.get((parts[0][0], parts[-1]), [])
        if len(found) == 1:
            other[top] = found[0]
    other = {**misspelled, **other}
    for _ in range(2):  # "Jean-Claude Torv" to "Jean Claude Torv" to "Senator Jean Claude Torv"
        joined = {key: other.get(top, top) for key, top in joined.items()}
    return joined


def _join_misspelled(full: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Key of each name that differs in one letter of one word from a name that sorts before it, to that name's key.

    "Kristin Marle" and "Kristen Marle" are one; a last letter, by which names of women and men differ, tells two apart.
    """
    by_rest: defaultdict[tuple[tuple[str, ...], int, tuple[str, ...]], list[str]] = defaultdict(list)
    for key, parts in full.items():
        if len(parts) <= _MAX_TAIL:
            for n in range(len(parts)):
                by_rest[parts[:n], n, parts[n + 1 :]].append(key)
    joined: dict[str, str] = {}
    for (_, n, _), keys in by_rest.items():
        if len(keys) == 2:
            first, second = keys
            if _differ_in_letter(full[first][n], full[second][n]):
                joined.setdefault(second, first)
    return joined


def _differ_in_letter(one: str, other: str) -> bool:
    if len(one) == len(other):
        differ = [n for n, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
        if not (len(one) > 4 and one.isalpha() and other.isalpha() and differ[0] > 0 and differ[-1] < len(one) - 1):
            return False
        return len(differ) == 1 or (
            len(differ) == 2
            and differ[1] == differ[0] + 1
            and one[differ[0]] == other[differ[1]]
            and one[differ[1]] == other[differ[0]]
        )
    return has_letter_more(one, other)


def _is_initial(word: str) -> bool:
    return len(word) == 1 or ("." in word and _INITIALS.fullmatch(word) is not None)


def _longest(names: Sequence[tuple[str, ...]]) -> tuple[str, ...] | None:
    """Return the name that has the words of every other name, in the same order; None where none has."""
    top = max(names, key=lambda parts: (len(parts), parts))
    return top if all(_is_within(parts, top) for parts in names) else None


def _is_within(short: Sequence[str], long: Sequence[str]) -> bool:
    words = iter(long)
    return all(word in words for word in short)
