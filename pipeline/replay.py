"""Open dead letters go in; they go through the graph again, and what became of each is committed."""

import dataclasses
import hashlib
import logging
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from pipeline.letters import check_output
from pipeline.lock import hold_lock
from pipeline.run import Outcome, print_outcome, report_failure, run_elements
from pipeline.settings import Settings
from schemas.articles import Replay
from schemas.errors import UsageError
from schemas.tables import REPLAYS
from transforms.lake import files
from transforms.lake.commit import recover
from transforms.lake.manifest import DataFile, Manifest, data_path
from transforms.lake.partitions import partition_path
from transforms.lake.write import commit_files, encode_table
from transforms.letters.became import make_replays, read_results
from transforms.letters.open_letters import load_letters
from transforms.letters.replay_element import replay_element

_log = logging.getLogger("newsmill")


class Wanted(NamedTuple):
    """Which letters to replay; see :func:`transforms.letters.open_letters.load_letters`."""

    reasons: tuple[str, ...] = ()
    since: date | None = None
    host: str | None = None
    max_attempts: int | None = None


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
