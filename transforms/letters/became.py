"""What became of the dead letters that were fed back."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from schemas import NEWSMILL_VERSION
from schemas.articles import DeadLetter, Replay
from schemas.documents import Link, Source
from schemas.tables import ARTICLES, DEAD_LETTERS, DROPPED
from transforms.lake.manifest import Manifest
from transforms.lake.manifests import live_files
from transforms.letters.open_letters import read_rows
from transforms.letters.replay_element import Key, element_key, replay_element

_ORDER = ("article", "dead_letter", "filtered", "duplicate", "untried")
"""Which outcome stands where several rows are about one input: a failure weighs more than what hides it."""

_ORDER_INSIDE = ("article", "filtered", "duplicate", "dead_letter", "untried")
"""The same for a source that could be opened: what fails in it has letters of its own."""


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
