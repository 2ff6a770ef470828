"""Replays of dead letters: which ones, what became of each, and the commit of that."""

import dataclasses
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from pipeline.job import Outcome, carry_out
from pipeline.maintenance import require_output
from pipeline.run import PlannedJob
from pipeline.settings import Settings
from schemas.articles import Replay
from transforms.lake.commits import commit_files
from transforms.lake.manifest import Manifest
from transforms.lake.stage import stage_by_day
from transforms.letters.became import make_replays, read_answers
from transforms.letters.open_letters import load_letters
from transforms.letters.replay_element import answer_to


class LetterFilter(NamedTuple):
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
    return commit_files(commit, [stage_by_day(commit, replays)] if replays else [], kind="replay")


class ReplayJob(PlannedJob):
    """``newsmill replay``: open dead letters through the same graph, and a last commit of what became of each.

    A crash after the run and before that commit leaves the letters open: the next replay finds that they are known,
    and closes them.

    Args:
        wanted: which letters.
    """

    kind = "replay"

    def __init__(self, settings: Settings, wanted: LetterFilter, *, arguments: Sequence[str]) -> None:
        # Letters that fail again do not make a replay fail: --max_dead_ratio is for runs.
        run_policy = dataclasses.replace(settings.run_policy, max_dead_ratio=1.0)
        super().__init__(dataclasses.replace(settings, run_policy=run_policy), (), arguments=arguments)
        self._wanted = wanted

    def choose(self, manifests: list[Manifest]) -> list[Manifest] | None:
        """Read the letters that are wanted and open."""
        wanted = self._wanted
        self._letters = [
            letter
            for letter in load_letters(
                self.settings.commit.lake, reasons=wanted.reasons, since=wanted.since, host=wanted.host
            )
            if wanted.max_attempts is None or letter.attempts < wanted.max_attempts
        ]
        if not self._letters:
            sys.stdout.write("no open dead letter to replay\n" if not self.settings.run_policy.quiet else "")
            return None
        self._elements = [answer_to(letter) for letter in self._letters]
        return super().choose(manifests)

    def end_run(self, outcome: Outcome) -> None:
        """Commit what became of the letters and print it."""
        replays = make_replays(self._letters, read_answers(self.settings.commit.lake, outcome.manifests))
        commit_replays(self.settings, replays, outcome)
        super().end_run(outcome)
        if not self.settings.run_policy.quiet:
            sys.stdout.write(_summary(len(self._letters), replays) + "\n")


def replay_letters(settings: Settings, wanted: LetterFilter, *, arguments: Sequence[str]) -> int:
    """Carry out ``newsmill replay`` and print what became of the letters.

    Returns:
        Exit code; 0, 1 or 4.

    Raises:
        UsageError: the output holds no run.
        LockHeld: another run writes to the output.
    """
    require_output(settings.commit.output)
    return carry_out(ReplayJob(settings, wanted, arguments=arguments))


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
