"""Dead letters that are still open: which inputs failed and did not get through since."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from schemas.articles import DeadLetter
from schemas.record import from_row
from schemas.tables import DEAD_LETTERS, REPLAYS
from transforms.lake.lake import Lake
from transforms.lake.manifest import DataFile, Manifest
from transforms.lake.manifests import live_files
from transforms.lake.read import read_rows
from transforms.lake.sequence import run_order
from transforms.letters.replay_element import Key, element_key, replay_element

_LETTER_COLUMNS = ("letter_id", "stage", "code", "host", "message", "replay_json", "attempts", "run_id")
_REPLAY_COLUMNS = ("letter_id", "outcome", "attempts", "run_id")


class OpenLetter(NamedTuple):
    """One input that failed and did not get through since; of its letters the newest."""

    letter_id: str
    stage: str
    code: str
    host: str | None
    attempts: int
    ingest_date: date
    key: Key
    path: str
    row: int
    message: str = ""


class _Seen(NamedTuple):
    letter: OpenLetter
    sequence: int


def open_letters(lake: Lake, manifests: Iterable[Manifest] | None = None) -> list[OpenLetter]:
    """Return every input that is still open, by the newest of its letters; sorted by stage, code and letter_id.

    Letters of one run and another about one input count once, whether or not the reason is the same. An input
    is closed when the latest replay of any of its letters ended in anything but a dead letter, unless it has
    failed again since. ``attempts`` is the most that any of its letters or replays says; ``ingest_date`` is the day
    on which it failed last. Reads the committed files alone, and few columns of them.

    Args:
        manifests: those that count; None for all of the output.

    Raises:
        CorruptManifest: what is committed cannot be told.
        OSError: a file is missing or cut off.
    """
    committed = list(lake.manifests() if manifests is None else manifests)
    live, sequences = live_files(committed), run_order(committed)
    newest: dict[Key, _Seen] = {}
    keys: dict[str, set[Key]] = {}
    attempts: Counter[Key] = Counter()
    for file in live:
        for seen in _letters_in(lake, file, sequences) if file.table == DEAD_LETTERS.name else ():
            letter = seen.letter
            keys.setdefault(letter.letter_id, set()).add(letter.key)
            attempts[letter.key] = max(attempts[letter.key], letter.attempts)
            before = newest.get(letter.key)
            if before is None or before.sequence <= seen.sequence:
                newest[letter.key] = seen
    latest: dict[Key, tuple[int, int, date, str]] = {}
    for file in live:
        for values in read_rows(lake, file, _REPLAY_COLUMNS) if file.table == REPLAYS.name else ():
            # Each replay counts one more than the one before: that tells their order, whatever the runs are called.
            this = (values["attempts"], sequences.get(values["run_id"], 0), values["ingest_date"], values["outcome"])
            for key in keys.get(values["letter_id"], ()):
                latest[key] = max(this, latest.get(key, this))
    found = []
    for key, seen in newest.items():
        tried, sequence, day, outcome = latest.get(key, (0, seen.sequence, seen.letter.ingest_date, "dead_letter"))
        if outcome == "dead_letter" or sequence < seen.sequence:
            day = max(seen.letter.ingest_date, day)
            found.append(seen.letter._replace(attempts=max(attempts[key], tried), ingest_date=day))
    return sorted(found, key=lambda letter: (letter.stage, letter.code, letter.letter_id))


def _letters_in(lake: Lake, file: DataFile, sequences: Mapping[str, int]) -> Iterator[_Seen]:
    for letter, run_id in letters_in(lake, file):
        yield _Seen(letter, sequences.get(run_id, 0))


def letters_in(lake: Lake, file: DataFile) -> Iterator[tuple[OpenLetter, str]]:
    """Yield the letters of one file, open or not, each with its run."""
    for number, values in enumerate(read_rows(lake, file, _LETTER_COLUMNS)):
        letter = OpenLetter(
            letter_id=values["letter_id"],
            stage=values["stage"],
            code=values["code"],
            host=values["host"],
            message=values["message"],
            attempts=values["attempts"] or 1,
            ingest_date=values["ingest_date"],
            key=element_key(replay_element(values["replay_json"])),
            path=file.path,
            row=number,
        )
        yield letter, values["run_id"]


def is_wanted(letter: OpenLetter, *, reasons: Collection[str], since: date | None, host: str | None) -> bool:
    """Whether a letter has one of the codes (a stage stands for all of its), is recent enough and of the host."""
    return (
        (not reasons or letter.code in reasons or letter.code.partition(".")[0] in reasons)
        and (since is None or letter.ingest_date >= since)
        and (host is None or letter.host == host.lower())
    )


def load_letters(
    lake: Lake,
    *,
    reasons: Collection[str] = (),
    since: date | None = None,
    host: str | None = None,
    letter_ids: Collection[str] | None = None,
) -> list[DeadLetter]:
    """Return the open letters of an lake, whole; ``attempts`` counts their replays, too.

    Args:
        reasons: codes, or stages that stand for all of theirs; empty takes all.
        since: leave out letters whose newest row is of an earlier day.
        host: of the address that failed.
        letter_ids: only these; None takes all.

    Raises:
        As :func:`open_letters`.
    """
    wanted: dict[str, dict[int, OpenLetter]] = {}
    for letter in open_letters(lake):
        if is_wanted(letter, reasons=reasons, since=since, host=host) and (
            letter_ids is None or letter.letter_id in letter_ids
        ):
            wanted.setdefault(letter.path, {})[letter.row] = letter
    found = []
    for file in live_files(lake.manifests(), DEAD_LETTERS.name):
        rows = wanted.get(file.path)
        for number, values in enumerate(read_rows(lake, file)) if rows else ():
            if rows and number in rows:
                found.append(from_row(DeadLetter, {**values, "attempts": rows[number].attempts}))
    return sorted(found, key=lambda letter: (letter.stage, letter.code, letter.letter_id))


def count_letters(letters: Sequence[OpenLetter], by: Sequence[str]) -> list[tuple[tuple[str, ...], int]]:
    """Return how many letters there are of each stage, code, host or combination of them; most first.

    Args:
        by: names of attributes of a letter, the columns to tell apart.
    """
    counts = Counter(tuple(str(getattr(letter, name) or "") for name in by) for letter in letters)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
