"""Open dead letters go in; they go through the graph again, and what became of each is committed."""

import dataclasses
import hashlib
import logging
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from pipeline.letters import check_output, load_letters, read_rows
from pipeline.lock import hold_lock
from pipeline.options import UsageError
from pipeline.run import Outcome, print_outcome, report_failure, run_elements
from pipeline.settings import Settings
from schemas import NEWSMILL_VERSION
from schemas.articles import DeadLetter, Replay
from schemas.documents import Link, Source
from schemas.tables import ARTICLES, DEAD_LETTERS, DROPPED, REPLAYS
from transforms.lake import files
from transforms.lake.commit import recover
from transforms.lake.lake import live_files
from transforms.lake.manifest import DataFile, Manifest, data_path
from transforms.lake.partitions import partition_path
from transforms.lake.write import commit_files, encode_table
from transforms.letters.replay_element import Key, element_key, replay_element

_ORDER = ("article", "dead_letter", "filtered", "duplicate", "untried")
"""Which outcome stands where several rows are about one input: a failure weighs more than what hides it."""

_ORDER_INSIDE = ("article", "filtered", "duplicate", "dead_letter", "untried")
"""The same for a source that could be opened: what fails in it has letters of its own."""

_log = logging.getLogger("newsmill")


class Wanted(NamedTuple):
    """Which letters to replay; see :func:`pipeline.letters.load_letters`."""

    reasons: tuple[str, ...] = ()
    since: date | None = None
    host: str | None = None
    max_attempts: int | None = None


class Became(NamedTuple):
    """One row that a replay wrote: its outcome, and the id of the article."""

    outcome: str
    article_id: str | None = None


class Results:
    """What a run has written, to be looked up by what was fed to it."""

    def __init__(self) -> None:
        self.by_link: dict[str, set[Became]] = defaultdict(set)
        self.by_place: dict[tuple[str, int | None], set[Became]] = defaultdict(set)
        self.by_source: dict[str, set[Became]] = defaultdict(set)
        self.failed: set[Key] = set()

    def add(self, uri: str, position: int | None, link: str | None, became: Became) -> None:
        """Note one row.

        Args:
            uri: its source_uri.
            position: its source_position.
            link: its link_id.
        """
        self.by_place[uri, position].add(became)
        self.by_source[uri].add(became)
        if link is not None:
            self.by_link[link].add(became)


def read_results(output: str, manifests: list[Manifest]) -> Results:
    """The rows of some commits, by what they are about."""
    results = Results()
    place = ("source_uri", "source_position")
    for file in live_files(manifests):
        if file.table == ARTICLES.name:
            for row in read_rows(output, file, (*place, "link_id", "article_id")):
                results.add(row[place[0]], row[place[1]], row["link_id"], Became("article", row["article_id"]))
        elif file.table == DROPPED.name:
            for row in read_rows(output, file, (*place, "link_id", "outcome", "reason")):
                # What was not asked for was not tried: it stays as open as it was.
                outcome = "untried" if row["reason"] == "fetch.off" else row["outcome"]
                results.add(row[place[0]], row[place[1]], row["link_id"], Became(outcome))
        elif file.table == DEAD_LETTERS.name:
            for row in read_rows(output, file, (*place, "replay_json")):
                element = replay_element(row["replay_json"])
                results.failed.add(element_key(element))
                link = element_key(element)[1] if isinstance(element, Link) else None
                results.add(row[place[0]], row[place[1]], link, Became("dead_letter"))
    return results


def what_became(element: Source | Link, results: Results, *, others: Iterable[Became] = ()) -> Became | None:
    """The outcome of one element that was fed back.

    Args:
        others: rows that belong to no element by name, as the feeds do that a list names.

    Returns:
        None where it was not tried, since fetching is off. Where there is no row it is known already, and
        counts as a duplicate: known articles are counted by the run, not stored again.
    """
    order = _ORDER
    key = element_key(element)
    if isinstance(element, Source) and key in results.failed:
        return Became("dead_letter")
    if isinstance(element, Link):
        found = results.by_link.get(key[1], set())
    elif element.last is not None:
        found = results.by_place.get((element.uri, element.first), set())
    else:
        order = _ORDER_INSIDE
        at = element.listed_in
        listed = results.by_place.get((at.uri, at.position), set()) if at else set()
        found = results.by_source.get(element.uri, set()) | listed or set(others)
    if not found:
        return Became("duplicate")
    best = min((row.outcome for row in found), key=order.index)
    if best == "untried":
        return None
    names = {row.article_id for row in found if row.outcome == best}
    return Became(best, names.pop() if len(names) == 1 else None)


def make_replays(letters: Sequence[DeadLetter], results: Results) -> list[Replay]:
    """One row for each letter that was tried, with its attempts one up."""
    elements = [replay_element(letter.replay_json) for letter in letters]
    fed = {element.origin.uri if isinstance(element, Link) else element.uri for element in elements}
    fed |= {element.listed_in.uri for element in elements if isinstance(element, Source) and element.listed_in}
    unclaimed = (rows for uri, rows in results.by_source.items() if uri not in fed)
    others = {row for rows in unclaimed for row in rows if row.outcome == "article"}
    made = []
    for letter, element in zip(letters, elements, strict=True):
        became = what_became(element, results, others=others)
        if became is not None:
            made.append(
                Replay(
                    letter_id=letter.letter_id,
                    outcome=became.outcome,
                    attempts=letter.attempts + 1,
                    article_id=became.article_id if became.outcome == "article" else None,
                    newsmill_version=NEWSMILL_VERSION,
                )
            )
    return made


def commit_replays(settings: Settings, replays: list[Replay], outcome: Outcome) -> Manifest:
    """Commit what became of the letters as one more chunk of the run that tried them."""
    run_id, day = outcome.report.run_id, outcome.report.started_at.date()
    chunk = 1 + max(manifest.chunk for manifest in outcome.manifests)
    commit = dataclasses.replace(settings.commit, run_id=run_id, ingest_date=day, chunk=chunk)
    rows = [dataclasses.replace(replay, run_id=run_id, ingest_date=day) for replay in replays]
    staged = []
    if rows:
        data, count, schema = encode_table(rows, REPLAYS)
        path = data_path(REPLAYS.name, partition_path(rows[0], REPLAYS.partition), run_id, chunk, 0)
        name = files.join(commit.staging, f"{REPLAYS.name}.staged")
        files.write_bytes(name, data)
        digest = hashlib.sha256(data).hexdigest()
        staged.append(
            DataFile(
                table=REPLAYS.name,
                path=path,
                staged=name,
                rows=count,
                bytes=len(data),
                sha256=digest,
                schema_hash=schema,
            )
        )
    return commit_files(commit, staged, kind="replay")


def replay_letters(settings: Settings, wanted: Wanted, *, arguments: Sequence[str]) -> int:
    """Carry out ``newsmill replay`` and print what came of it.

    A crash after the run and before its last commit leaves the letters open: the next replay finds that
    they are known, and closes them.

    Returns:
        Exit code; 0, 1 or 4. Letters that fail again are no reason for another: --max_dead_ratio is for runs.

    Raises:
        UsageError: the output holds no run.
        LockHeld: another run writes to the output.
    """
    settings = dataclasses.replace(settings, max_dead_ratio=1.0)
    output = settings.commit.output
    check_output(output)
    with hold_lock(output):
        try:
            for done in recover(output):
                _log.warning("after an interrupted run: %s", done)
            letters = [
                letter
                for letter in load_letters(output, reasons=wanted.reasons, since=wanted.since, host=wanted.host)
                if wanted.max_attempts is None or letter.attempts < wanted.max_attempts
            ]
            if not letters:
                sys.stdout.write("no open dead letter to replay\n" if not settings.quiet else "")
                return 0
            elements = [replay_element(letter.replay_json) for letter in letters]
            outcome = run_elements(settings, elements, kind="replay", arguments=arguments)
            replays = make_replays(letters, read_results(output, outcome.manifests))
            commit_replays(settings, replays, outcome)
        except UsageError:
            raise
        except Exception as error:
            report_failure(settings, error)
            return 1
    print_outcome(settings, outcome)
    if not settings.quiet:
        sys.stdout.write(_summary(len(letters), replays) + "\n")
    return outcome.exit_code


def _summary(letter_count: int, replays: Sequence[Replay]) -> str:
    counts = Counter(replay.outcome for replay in replays)
    parts = [f"{counts[name]:,} {words}" for name, words in _WORDS.items() if counts[name]]
    if letter_count > len(replays):
        parts.append(f"{letter_count - len(replays):,} not tried, since fetching is off")
    return f"replayed {letter_count:,} dead letters: {', '.join(parts)}"


_WORDS = {
    "article": "got through",
    "duplicate": "known already",
    "filtered": "left out",
    "dead_letter": "failed again",
}
