"""What became of the dead letters that were fed back."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from schemas import NEWSMILL_VERSION
from schemas.articles import DeadLetter, Replay
from schemas.documents import Link
from schemas.tables import ARTICLES, DEAD_LETTERS, DROPPED
from transforms.lake.lake import Lake
from transforms.lake.manifest import Manifest
from transforms.lake.manifests import live_files
from transforms.lake.read import read_rows
from transforms.letters.replay_element import Key, element_key, replay_element

_ORDER = ("article", "filtered", "duplicate", "dead_letter", "untried")
"""Which outcome stands where several rows answer one letter. What fails inside a source has letters of its own."""


class Answer(NamedTuple):
    """One row that a replay wrote.

    Attributes:
        outcome: 'article', 'filtered', 'duplicate', 'dead_letter' or 'untried'.
        article_id: of an article.
        key: of the input that a dead letter is about.
        stands_for: link_id of what a duplicate repeats in the same run.
    """

    outcome: str
    article_id: str | None = None
    key: Key | None = None
    stands_for: str | None = None


class Became(NamedTuple):
    """What became of a letter: 'article', 'filtered', 'duplicate' or 'dead_letter', and the id of the one article."""

    outcome: str
    article_id: str | None = None


class Answers:
    """The rows that a replay has written, by the letters that they answer."""

    def __init__(self) -> None:
        self._by_letter: dict[str, set[Answer]] = defaultdict(set)
        self._by_link: dict[str, set[Answer]] = defaultdict(set)
        self._asked: dict[str, str] = {}

    def add(self, replay_of: str | None, answer: Answer, link: str | None, letter_id: str | None = None) -> None:
        """Note one row.

        Args:
            replay_of: letter that it answers.
            answer: what it says.
            link: its link_id.
            letter_id: of a dead letter.
        """
        if replay_of is not None:
            self._by_letter[replay_of].add(answer)
        if link is not None and answer.stands_for is None:
            self._by_link[link].add(answer)
        if letter_id is not None and replay_of is not None and letter_id != replay_of:
            self._asked[letter_id] = replay_of

    def of(self, letter_id: str) -> set[Answer]:
        """Return all rows that answer a letter.

        A letter that the same replay wrote, before it was interrupted, has the answers of the one that it answers. A
        link that was left out since another of the replay leads to the same has the answers of that one.
        """
        seen = {letter_id}
        while letter_id not in self._by_letter and self._asked.get(letter_id, letter_id) not in seen:
            letter_id = self._asked[letter_id]
            seen.add(letter_id)
        found: set[Answer] = set()
        for answer in self._by_letter.get(letter_id, ()):
            found |= self._by_link.get(answer.stands_for or "", {answer})
        return found


def read_answers(lake: Lake, manifests: list[Manifest]) -> Answers:
    """Return the rows of the commits of a replay."""
    answers = Answers()
    for file in live_files(manifests):
        if file.table == ARTICLES.name:
            for row in read_rows(lake, file, ("replay_of", "link_id", "article_id")):
                answers.add(row["replay_of"], Answer("article", row["article_id"]), row["link_id"])
        elif file.table == DROPPED.name:
            for row in read_rows(lake, file, ("replay_of", "link_id", "outcome", "reason")):
                # What was not asked for was not tried: it stays as open as it was.
                outcome = "untried" if row["reason"] == "fetch.off" else row["outcome"]
                is_repeat = row["reason"].startswith("repeats.")
                answer = Answer(outcome, stands_for=row["link_id"] if is_repeat else None)
                answers.add(row["replay_of"], answer, row["link_id"])
        elif file.table == DEAD_LETTERS.name:
            for row in read_rows(lake, file, ("replay_of", "replay_json", "letter_id")):
                element = replay_element(row["replay_json"])
                key = element_key(element)
                link = key[1] if isinstance(element, Link) else None
                answers.add(row["replay_of"], Answer("dead_letter", key=key), link, row["letter_id"])
    return answers


def what_became(letter: DeadLetter, answers: Answers) -> Became | None:
    """Return the outcome of one letter that was fed back.

    Returns:
        None where it was not tried, since fetching is off. Where no row answers it, what came of it is stored already,
        and it counts as a duplicate: known articles are counted by the run, not stored again.
    """
    found = answers.of(letter.letter_id)
    if not found:
        return Became("duplicate")
    key = element_key(replay_element(letter.replay_json))
    if any(answer.key == key for answer in found):
        return Became("dead_letter")
    best = best_of(Became(answer.outcome, answer.article_id) for answer in found)
    return None if best.outcome == "untried" else best


def best_of(found: Iterable[Became]) -> Became:
    """Return what became of an input by all that came of it; a duplicate where nothing did, since it is stored then."""
    all_of_it = list(found)
    best = min((each.outcome for each in all_of_it), key=_ORDER.index, default="duplicate")
    names = {each.article_id for each in all_of_it if each.outcome == best}
    return Became(best, names.pop() if len(names) == 1 else None)


def make_replays(letters: Sequence[DeadLetter], answers: Answers) -> list[Replay]:
    """Return one row for each letter that was tried, with its attempts one up."""
    made = []
    for letter in letters:
        became = what_became(letter, answers)
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
