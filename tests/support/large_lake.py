"""Lakes of many synthetic articles that have the shape of real ones, committed as runs commit them."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.articles import (
    Article,
    Author,
    CleaningAction,
    DateCandidate,
    DeadLetter,
    Dropped,
    Entity,
    ImageObject,
    Mention,
    TextBlock,
    TextLink,
    Topic,
)
from schemas.record import rows_to_table
from schemas.tables import ARTICLES, DEAD_LETTERS, DROPPED, TABLES, Table
from transforms.identity import article_id, digest, link_id
from transforms.lake.commits import Commit, commit_files
from transforms.lake.compact import compact
from transforms.lake.lake import Lake
from transforms.lake.manifest import DataFile, data_path
from transforms.lake.manifests import live_files
from transforms.lake.read import open_table
from transforms.lake.rewrite import stage_rows, stored_schema
from transforms.lake.stage import ROW_GROUP_ROWS, stage_table
from transforms.takedown.retract import retract

FIRST_DAY = date(2026, 1, 5)
DAYS, RUNS, CHUNKS = 5, 4, 2
"""Days of a lake, runs of a day, commits of a run."""

NEWER_SHARE, DEAD_SHARE, DROPPED_SHARE = 0.02, 0.03, 0.10
"""Of the rows of a commit: versions of earlier articles; and beside them dead letters, rows that were left out."""

TAKEN_DOWN = 3
"""Articles of each takedown."""

_POOL = 2_000
_CHARS = (2_000, 4_000, 8_000)
"""Shortest, median and longest text."""


class _Words:
    """Words of an invented language, as frequent as those of real ones (Zipf)."""

    def __init__(self, chance: np.random.Generator) -> None:
        syllables = [a + b for a in "bcdfghklmnprstvw" for b in ("a", "e", "i", "o", "u", "er", "an", "in")]
        lengths = chance.choice((1, 2, 3, 4), size=20_000, p=(0.1, 0.4, 0.35, 0.15))
        self._words = ["".join(chance.choice(syllables, size=length)) for length in lengths]
        ranks = 1 / (np.arange(len(self._words)) + 2.7)
        self._drawn = chance.choice(len(self._words), size=400_000, p=ranks / ranks.sum())
        self._chance = chance

    def some(self, count: int) -> list[str]:
        start = int(self._chance.integers(len(self._drawn) - count))
        return [self._words[place] for place in self._drawn[start : start + count]]

    def phrase(self, count: int) -> str:
        return " ".join(self.some(count)).capitalize()


def _make_text(words: _Words, chance: np.random.Generator) -> tuple[str, list[tuple[int, int]]]:
    """Return a text and the ranges of its paragraphs."""
    shortest, median, longest = _CHARS
    size = int(np.clip(chance.lognormal(np.log(median), 0.45), shortest, longest))
    parts: list[str] = []
    ranges = []
    length = 0
    while length < size:
        paragraph = (
            ". ".join(words.phrase(int(chance.integers(8, 24))) for _ in range(int(chance.integers(1, 4)))) + "."
        )
        ranges.append((length, length + len(paragraph)))
        parts.append(paragraph)
        length += len(paragraph) + 1
    return "\n".join(parts), ranges


def _make_entities(text: str, chance: np.random.Generator) -> tuple[Entity, ...]:
    """Name parts of a text: three entities in 1,000 characters, as often again as in real articles."""
    found = []
    for _ in range(int(chance.poisson(len(text) * 0.0028))):
        size = int(chance.integers(6, 22))
        starts = sorted(chance.integers(0, len(text) - size, size=1 + int(chance.poisson(1.4))).tolist())
        mentions = tuple(Mention(text=text[start : start + size], start=start, end=start + size) for start in starts)
        kind = str(chance.choice(("PERSON", "ORG", "GPE", "EVENT")))
        found.append(Entity(name=mentions[0].text, type=kind, count=len(mentions), first=starts[0], mentions=mentions))
    return tuple(sorted(found, key=lambda entity: entity.first))


def _make_article(words: _Words, chance: np.random.Generator, number: int) -> Article:
    """Make an article; the columns that tell articles apart are put in later."""
    text, ranges = _make_text(words, chance)
    at = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(seconds=int(chance.integers(400_000)))
    stated, host = at.isoformat(), f"site{number % 199}.example"
    starts = sorted(chance.integers(0, len(text) - 20, size=int(chance.poisson(len(text) / 1_000))).tolist())
    topics = ("sport", "politics", "economy, business and finance", "science and technology", "weather")
    authors = tuple(Author(name=words.phrase(2).title(), type="Person") for _ in range(int(chance.integers(0, 3))))
    return Article(
        article_id="", id_scheme="url2", content_hash="", url=None, url_canonical=None, headline=words.phrase(9),
        description=words.phrase(32), text=text, text_raw=text, text_source="page", word_count=len(text.split()),
        cleaning_actions=tuple(
            CleaningAction(rule="boilerplate.subscribe", start=len(text) - 1, end=len(text))
            for _ in range(int(chance.poisson(0.7)))
        ),
        text_blocks=tuple(
            TextBlock(kind="heading" if n % 9 == 8 else "paragraph", level=2 if n % 9 == 8 else 0, start=start, end=end)
            for n, (start, end) in enumerate(ranges)
        ),
        links=tuple(
            TextLink(url=f"https://{host}/{words.some(1)[0]}/{start}.html", start=start, end=start + 12)
            for start in starts
        ),
        images=tuple(
            ImageObject(
                url=f"https://img.{host}/{number}/{words.some(1)[0]}-{n}.jpg?w=1200", caption=words.phrase(14),
                credit=words.phrase(2), alt=words.phrase(5),
            )
            for n in range(int(chance.poisson(3)))
        ),
        extraction_confidence=round(float(chance.uniform(0.7, 1)), 3), page_type="article", is_truncated=False,
        byline=f"By {authors[0].name}" if authors else None, authors=authors, publisher_name=words.phrase(2),
        publisher_domain=host, date_published=at, date_published_raw=stated, date_published_precision="instant",
        date_published_source="json_ld",
        date_candidates=tuple(DateCandidate(source=where, raw=stated, instant=at) for where in ("json_ld", "meta")),
        published_date=at.date(), date_modified=at, date_modified_raw=stated, in_language="en", in_language_score=0.99,
        in_language_declared="en-GB", keywords=tuple(words.some(int(chance.poisson(3)))), article_type="NewsArticle",
        image_url=f"https://img.{host}/{number}.jpg?w=1200", robots_directives=("max-image-preview:large", "index"),
        entities=_make_entities(text, chance),
        topics=tuple(
            Topic(code=f"medtop:1500000{n}", label=topics[n], score=round(0.9 / (n + 1), 3), source="classifier")
            for n in range(int(chance.integers(1, 4)))
        ),
        http_status=200, charset="utf-8", charset_source="header", fetched_at=at,
        feed_url=f"https://{host}/feed.xml", feed_title=words.phrase(2), source_uri=f"https://{host}/feed.xml",
        source_kind="rss", source_position=number % 40, extractor="trafilatura 2.0.0", language_model="lid 1",
        entity_model="en_core_web_sm 3.8.0", topic_model="iptc 1", newsmill_version="0.0.0",
    )  # fmt: skip


def url_of(number: int) -> str:
    """Address of an article, by its number."""
    return f"https://site{number % 199}.example/2026/{number}"


def number_of(url: str) -> int:
    """Number of an article, by its address."""
    return int(url.rpartition("/")[2])


class _Source:
    """Rows of commits, from some articles that are made once and get ids, addresses and a last sentence each time."""

    def __init__(self, rows: int, seed: int) -> None:
        self._chance = np.random.default_rng(seed)
        words = _Words(self._chance)
        made = [_make_article(words, self._chance, number) for number in range(min(_POOL, max(50, rows // 20)))]
        self._pool = rows_to_table(made, Article).combine_chunks()

    def articles(self, numbers: Sequence[tuple[int, int]], commit: Commit) -> pa.Table:
        """Return articles of those numbers and versions, sorted."""
        rows = self._pool.take(pa.array(self._chance.integers(self._pool.num_rows, size=len(numbers))))
        urls = [url_of(number) for number, _ in numbers]
        # What tells the texts apart comes last, so that offsets stay right.
        endings = pa.array([f"Case {number} in its version {version}." for number, version in numbers])
        names = [digest("content", f"{number} {version}") for number, version in numbers]
        columns: dict[str, Any] = {
            "article_id": [article_id(url, None, "")[0] for url in urls],
            "version": [version for _, version in numbers],
            "version_id": names[::-1],
            "content_hash": names,
            "text_hash": names,
            "link_id": [link_id(url) for url in urls],
            "url": urls,
            "url_canonical": urls,
            "headline": pc.binary_join_element_wise(rows.column("headline"), endings, " "),
            "text": pc.binary_join_element_wise(rows.column("text"), endings, " "),
            "text_raw": pc.binary_join_element_wise(rows.column("text_raw"), endings, " "),
            "run_id": [commit.run_id] * len(urls),
            "chunk": [commit.chunk] * len(urls),
        }
        for name, values in columns.items():
            place = rows.schema.get_field_index(name)
            field = rows.schema.field(place)
            column = values if isinstance(values, pa.ChunkedArray) else pa.array(values, field.type)
            rows = rows.set_column(place, field, column)
        return rows.sort_by([(name, "ascending") for name in ARTICLES.order])

    def pick(self, among: Sequence[int], count: int) -> list[int]:
        """Choose some numbers, each once."""
        return (
            [] if not among else sorted(self._chance.choice(among, size=min(count, len(among)), replace=False).tolist())
        )


def _dead_letters(numbers: Sequence[int], commit: Commit) -> Iterator[DeadLetter]:
    for number in numbers:
        yield DeadLetter(
            letter_id=digest("letter", str(number)), stage="fetch", code="fetch.timeout",
            message=f"https://dead.example/{number}: no answer within 20 s", url=f"https://dead.example/{number}",
            host="dead.example", source_uri="https://dead.example/feed.xml", source_kind="rss", source_position=number,
            replay_json=f'{{"url": "https://dead.example/{number}", "title": "{"waiting " * 60}"}}',
            newsmill_version="0.0.0", run_id=commit.run_id, chunk=commit.chunk, ingest_date=commit.ingest_date,
        )  # fmt: skip


def _dropped(numbers: Sequence[int], commit: Commit) -> Iterator[Dropped]:
    for number in numbers:
        url = url_of(number)
        yield Dropped(
            outcome="duplicate", stage="known", reason="known.unchanged", message=f"{url} is stored already", url=url,
            article_id=article_id(url, None, "")[0], link_id=link_id(url), headline=f"Case {number}",
            source_uri="https://site.example/feed.xml", source_kind="rss", source_position=number,
            newsmill_version="0.0.0", run_id=commit.run_id, chunk=commit.chunk, ingest_date=commit.ingest_date,
        )  # fmt: skip


def _stage_articles(rows: pa.Table, commit: Commit) -> DataFile:
    path = data_path(ARTICLES.name, f"ingest_date={commit.ingest_date}", commit.run_id, commit.chunk, 0)
    schema = stored_schema(ARTICLES.name, path)
    groups = (
        rows.slice(start, ROW_GROUP_ROWS).select(schema.names).cast(schema)
        for start in range(0, rows.num_rows, ROW_GROUP_ROWS)
    )
    return stage_rows(commit.lake, ARTICLES.name, path, groups, run_id=commit.run_id, chunk=commit.chunk)


def _commit(source: _Source, commit: Commit, new: range, versions: dict[int, int]) -> None:
    """Commit articles of new numbers, later versions of some others, letters and rows that were left out."""
    again = source.pick(list(versions), int(len(new) * NEWER_SHARE))
    for number in again:
        versions[number] += 1
    rows = [(number, versions[number]) for number in again] + [(number, 1) for number in new]
    staged = [_stage_articles(source.articles(rows, commit), commit)]
    versions.update(dict.fromkeys(new, 1))
    partition = f"ingest_date={commit.ingest_date}"
    letters = _dead_letters(new[: max(1, int(len(new) * DEAD_SHARE))], commit)
    left_out = _dropped(source.pick(list(versions), max(1, int(len(new) * DROPPED_SHARE))), commit)
    others: tuple[tuple[Table, Iterator[Any]], ...] = ((DEAD_LETTERS, letters), (DROPPED, left_out))
    staged += [stage_table(commit, table, made, partition) for table, made in others]
    commit_files(commit, staged)


def write_lake(output: Path, rows: int, *, is_compacted: bool = False) -> None:
    """Write a lake: five days of four runs of two commits; after three days a compaction, after four two takedowns.

    Two of a hundred articles are later versions. The same arguments give the same rows.

    Args:
        output: a directory that is not there.
        rows: articles that are new, spread evenly over the commits.
        is_compacted: compact everything at the end, too.
    """
    source, versions, commits = _Source(rows, 1), dict[int, int](), DAYS * RUNS * CHUNKS
    for number in range(commits):
        place, chunk = divmod(number, CHUNKS)
        day = FIRST_DAY + timedelta(days=place // RUNS)
        run_id = f"{day:%Y%m%d}T{place % RUNS * 6:02d}0000Z-{place:06x}"
        commit = Commit(output=str(output), run_id=run_id, ingest_date=day, chunk=chunk)
        new = range(rows * number // commits, rows * (number + 1) // commits)
        _commit(source, commit, new, versions)
        if number + 1 == 3 * RUNS * CHUNKS:
            compact(commit.lake, run_id=f"{day:%Y%m%d}T230000Z-compac", before=day)
        if number + 1 in (4 * RUNS * CHUNKS, 4 * RUNS * CHUNKS + 1):
            _take_down(commit.lake, source, versions, f"{day:%Y%m%d}T233000Z-{number:06x}")
    if is_compacted:
        compact(Lake(str(output)), run_id=f"{day:%Y%m%d}T235900Z-compac", before=day + timedelta(days=1))


def _take_down(lake: Lake, source: _Source, versions: dict[int, int], run_id: str) -> None:
    gone = source.pick(list(versions), TAKEN_DOWN)
    retract(lake, [url_of(number) for number in gone], run_id=run_id, at=datetime(2026, 1, 9, tzinfo=UTC))
    for number in gone:
        del versions[number]


def grow_lake(output: Path, rows: int) -> None:
    """Commit more articles to such a lake, of the day after its last one; some are later versions.

    Args:
        output: a lake that :func:`write_lake` has written.
        rows: articles that are new.
    """
    lake = Lake(str(output))
    stored = open_table(lake, latest=True).to_table(columns=["url", "version"]).to_pylist()
    versions = {number_of(row["url"]): row["version"] for row in stored}
    number = len(lake.manifests())
    day = FIRST_DAY + timedelta(days=DAYS)
    commit = Commit(output=str(output), run_id=f"{day:%Y%m%d}T000000Z-{number:06x}", ingest_date=day)
    first = max(versions) + 1
    _commit(_Source(rows, number), commit, range(first, first + rows), versions)


def row_counts(output: Path) -> dict[str, int]:
    """Rows of each table that has any."""
    files = live_files(Lake(str(output)).manifests())
    counts = {name: sum(file.rows for file in files if file.table == name) for name in TABLES}
    return {name: count for name, count in counts.items() if count}
