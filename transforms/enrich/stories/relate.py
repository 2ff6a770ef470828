"""Which story each article belongs to, and how it is related to earlier ones."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np

from schemas.stories import Relation, StoryPart
from transforms.enrich.stories.index import Layers, Match, Query, Rows, SketchIndex
from transforms.enrich.stories.sketch import Hashes
from transforms.identity import digest, id_bits

MIN_SCORE = 0.5
"""Share of the shorter text that the other must have, too."""

MIN_SHARED = 3
"""How many hashes two texts must share that are not in many others; 2 where these are all of the shorter text."""

MIN_SHARED_COMMON = 8
"""The same, where many others have them, too."""

MAX_RELATIONS = 8
"""Relations of one article: the best for each of so many stories."""

UPDATE_SHARE = 0.8
"""Share of an earlier text that a later one has, where it is an update."""

UPDATE_GROWTH = 1.25
"""How much longer it is, at least."""

_FAR = datetime.max.replace(tzinfo=UTC)
_NO_DATE = np.iinfo(np.int64).min


class Text(NamedTuple):
    """What is compared of one version of an article."""

    article_id: str
    version: int
    version_id: str
    date: datetime | None
    site: str | None
    origin: str | None
    text_hash: str
    hashes: Hashes


class Copy(NamedTuple):
    """An exact copy that was left out, and the article that it repeats."""

    article_id: str
    duplicate_of: str


class Related(NamedTuple):
    """What a commit adds to the tables."""

    parts: list[StoryPart]
    relations: list[Relation]


_ARTICLE = np.dtype(
    [
        ("id", "S16"), ("version", "i4"), ("version_id", "S16"), ("story", "S16"), ("text", "u8"), ("date", "i8"),
        ("site", "u4"), ("origin", "u4"),
    ]
)  # fmt: skip


def commit_order(text: Text) -> tuple[datetime, str]:
    """Return the key by which the texts of one commit are ordered: the first published first."""
    return text.date or _FAR, text.article_id


def story_of(article_id: str) -> str:
    """Return the story_id of the story that begins with an article.

    It does not name the article, so that it may stay where the article is taken down.
    """
    return digest("story", article_id)


class Stories:
    """Articles that are committed, in order, with their stories. About 110 bytes an article beside its sketch."""

    def __init__(self) -> None:
        self._index = SketchIndex()
        self._articles = Rows(_ARTICLE)
        self._ids = Layers(np.uint64)
        self._names: list[str | None] = [None]
        self._numbers: dict[str | None, int] = {None: 0}
        self._copies: set[int] = set()

    def __len__(self) -> int:
        return len(self._articles)

    @property
    def nbytes(self) -> int:
        """Memory that it takes, without the names of sites."""
        return self._index.nbytes + self._articles.nbytes + self._ids.nbytes + 100 * len(self._copies)

    def load(self, texts: Sequence[Text], stories: Sequence[str]) -> None:
        """Add texts whose stories are known, in the order in which they were committed."""
        rounds: list[tuple[list[Text], list[str]]] = []
        seen: dict[str, int] = {}
        for text, story in zip(texts, stories, strict=True):
            number = seen[text.article_id] = seen.get(text.article_id, -1) + 1
            if number == len(rounds):
                rounds.append(([], []))
            rounds[number][0].append(text)
            rounds[number][1].append(story)
        for members, known in rounds:
            queries = self._enter(members)
            self._index.add(queries, looks_up=False)
            self._articles.rows["story"][[query.place for query in queries]] = [bytes.fromhex(story) for story in known]

    def load_copies(self, copies: Iterable[Copy]) -> None:
        """Note copies that are recorded already."""
        self._copies.update(map(_pair_bits, copies))

    def relate(self, texts: Sequence[Text], copies: Iterable[Copy] = ()) -> Related:
        """Add the texts of one commit, and find their stories and relations.

        What comes out does not depend on the order of the arguments.

        Args:
            texts: no two of one article.
            copies: exact copies that were left out of the same commit.
        """
        ordered = sorted(texts, key=commit_order)
        queries = self._enter(ordered)
        found = self._index.add(queries)
        parts, relations = [], []
        for number in sorted(range(len(ordered)), key=lambda number: queries[number].place):
            text, article = ordered[number], self._articles.rows[queries[number].place]
            chosen = self._best_of_each_story(found[number])
            if not article["story"]:
                article["story"] = self._articles.rows[chosen[0].place]["story"] if chosen else _story(text.article_id)
            parts.append(
                StoryPart(
                    article_id=text.article_id,
                    version=text.version,
                    version_id=text.version_id,
                    story_id=_hex(article["story"]),
                    is_first=_hex(article["story"]) == story_of(text.article_id),
                )
            )
            relations += [self._describe(text, match) for match in chosen]
        return Related(parts, relations + self._relate_copies(copies))

    def _enter(self, texts: Sequence[Text]) -> list[Query]:
        """Find or make the places of some articles, and note their newest version."""
        bits = np.array([id_bits(text.article_id) for text in texts], np.uint64)
        numbers, places = self._ids.find(bits)
        known = dict(zip(numbers.tolist(), places.tolist(), strict=True))
        new = []
        for number, text in enumerate(texts):
            if number not in known:
                known[number] = len(self._articles)
                self._articles.append(np.zeros((), _ARTICLE))
                self._articles.rows[known[number]]["site"] = self._number(text.site)
                new.append(number)
            article = self._articles.rows[known[number]]
            article["id"], article["version"] = bytes.fromhex(text.article_id), text.version
            article["version_id"] = bytes.fromhex(text.version_id) if text.version_id else b""
            article["text"], article["origin"] = id_bits(text.text_hash), self._number(text.origin)
            article["date"] = _NO_DATE if text.date is None else int(text.date.timestamp())
        self._ids.append(bits[new], np.array([known[number] for number in new], np.uint32))
        sites = self._articles.rows["site"]
        return [Query(known[number], text.hashes, int(sites[known[number]])) for number, text in enumerate(texts)]

    def _number(self, name: str | None) -> int:
        number = self._numbers.setdefault(name, len(self._names))
        if number == len(self._names):
            self._names.append(name)
        return number

    def _best_of_each_story(self, matches: Iterable[Match]) -> list[Match]:
        """Choose one match of each story, the best first; of those that are equally good the earliest."""
        chosen: dict[bytes, Match] = {}
        for match in sorted(filter(is_related, matches), key=lambda match: (-match.score, match.place)):
            chosen.setdefault(bytes(self._articles.rows[match.place]["story"]), match)
        return list(chosen.values())[:MAX_RELATIONS]

    def _describe(self, text: Text, match: Match) -> Relation:
        other = self._articles.rows[match.place]
        date = None if other["date"] == _NO_DATE else int(other["date"])
        lag_s = None if date is None or text.date is None else int(text.date.timestamp()) - date
        other_origin = self._names[other["origin"]]
        return Relation(
            article_id=text.article_id,
            version=text.version,
            version_id=text.version_id,
            other_article_id=_hex(other["id"]),
            other_version=int(other["version"]),
            other_version_id=_hex(other["version_id"]) if other["version_id"] else None,
            kind=_kind(
                match,
                is_same_text=int(other["text"]) == id_bits(text.text_hash),
                is_same_site=text.site is not None and self._numbers[text.site] == other["site"],
                has_origin=text.origin is not None or other_origin is not None,
                is_later=lag_s is None or lag_s >= 0,
            ),
            score=round(match.score, 4),
            share=round(match.share, 4),
            other_share=round(match.other_share, 4),
            origin=text.origin,
            other_origin=other_origin,
            lag_s=lag_s,
            story_id=_hex(other["story"]),
        )

    def _relate_copies(self, copies: Iterable[Copy]) -> list[Relation]:
        given = sorted(set(copies))
        repeats = {copy.article_id: copy.duplicate_of for copy in given}
        found = []
        for copy in given:
            name, passed = copy.duplicate_of, {copy.article_id}
            while name in repeats and name not in passed:  # what it repeats was left out in turn
                passed.add(name)
                name = repeats[name]
            bits = _pair_bits(Copy(copy.article_id, name))
            if name == copy.article_id or bits in self._copies:
                continue
            self._copies.add(bits)
            _, places = self._ids.find(np.array([id_bits(name)], np.uint64))
            other: Any = self._articles.rows[int(places[0])] if len(places) else None
            found.append(
                Relation(
                    article_id=copy.article_id,
                    other_article_id=name,
                    other_version=None if other is None else int(other["version"]),
                    other_version_id=None if other is None or not other["version_id"] else _hex(other["version_id"]),
                    kind="exact_copy",
                    score=1.0,
                    share=None,
                    other_share=None,
                    other_origin=None if other is None else self._names[other["origin"]],
                    story_id=None if other is None else _hex(other["story"]),
                )
            )
        return found


def is_related(match: Match) -> bool:
    """Return whether two texts share so much that one has the passages of the other."""
    if match.score < MIN_SCORE:
        return False
    is_all = match.rare >= MIN_SHARED - 1 and match.score == 1
    return is_all or match.rare >= MIN_SHARED or match.shared >= MIN_SHARED_COMMON


def _kind(match: Match, *, is_same_text: bool, is_same_site: bool, has_origin: bool, is_later: bool) -> str:
    if is_same_text:
        return "exact_copy"
    if has_origin and not is_same_site:
        return "syndicated"
    # The shares are of the same passages: their ratio is that of the lengths.
    has_grown = match.other_share >= UPDATE_SHARE and match.other_share >= UPDATE_GROWTH * match.share
    return "update" if has_grown and is_later else "near_copy"


def _pair_bits(copy: Copy) -> int:
    return id_bits(digest(*copy))


def _story(article_id: str) -> bytes:
    return bytes.fromhex(story_of(article_id))


def _hex(stored: Any) -> str:
    # numpy drops zero bytes at the end of bytes that it stores.
    return bytes(stored).ljust(16, b"\0").hex()
