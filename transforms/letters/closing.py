"""Open dead letters that a run closes, since it got through to what they name."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Any, NamedTuple

from schemas import NEWSMILL_VERSION
from schemas.articles import Replay
from schemas.documents import Link, Source
from schemas.tables import ARTICLES, DEAD_LETTERS, DROPPED, FETCH_LOG, REPLAYS
from transforms.identity import link_id
from transforms.lake.lake import Lake
from transforms.lake.manifest import DataFile
from transforms.lake.read import read_rows
from transforms.letters.became import Became, best_of
from transforms.letters.open_letters import OpenLetter
from transforms.letters.replay_element import Key, element_key, replay_element
from transforms.urls import is_web_url

COUNTER = "letters.closed"
"""Counter of the letters that a run closed."""


class BatchRows(NamedTuple):
    """What the rows of a batch say of its inputs.

    Attributes:
        failed: what failed, or failed again.
        of_link: what became of each link, by link_id.
        of_source: what came of each source, by its path or address.
        of_position: the same, by source and position.
        pages: link_id of each page that was requested.
        feeds: each address that was requested as a source.
    """

    failed: set[Key]
    of_link: Mapping[str, list[Became]]
    of_source: Mapping[str, list[Became]]
    of_position: Mapping[tuple[str, int | None], list[Became]]
    pages: set[str | None]
    feeds: set[str]


def read_batch(lake: Lake, staged: Iterable[DataFile], letters: Mapping[str, OpenLetter]) -> BatchRows:
    """Read what the staged rows of a batch say of its inputs.

    Args:
        lake: that they are staged in.
        staged: files of any tables.
        letters: those that are open, by letter_id.
    """
    rows = BatchRows(set(), defaultdict(list), defaultdict(list), defaultdict(list), set(), set())
    for file in staged:
        columns = _COLUMNS.get(file.table)
        for values in read_rows(lake, file, columns, is_staged=True) if columns else ():
            if file.table == DEAD_LETTERS.name:
                rows.failed.add(element_key(replay_element(values["replay_json"])))
            elif file.table == REPLAYS.name:
                if values["letter_id"] in letters:
                    rows.failed.add(letters[values["letter_id"]].key)
            elif file.table == FETCH_LOG.name:
                if values["purpose"] == "page":
                    rows.pages.add(link_id(values["url"]))
                elif values["purpose"] == "feed":
                    rows.feeds.add(values["url"])
            else:
                _add_row(rows, values)
    return rows


_COLUMNS: Mapping[str, Sequence[str]] = {
    ARTICLES.name: ("link_id", "article_id", "source_uri", "source_position"),
    DROPPED.name: ("link_id", "outcome", "reason", "source_uri", "source_position"),
    DEAD_LETTERS.name: ("replay_json",),
    REPLAYS.name: ("letter_id",),
    FETCH_LOG.name: ("purpose", "url"),
}


def _add_row(rows: BatchRows, values: Mapping[str, Any]) -> None:
    if values.get("reason") == "fetch.off":  # not tried
        return
    became = Became(values.get("outcome") or "article", values.get("article_id"))
    if values["link_id"] is not None:
        rows.of_link[values["link_id"]].append(became)
    rows.of_source[values["source_uri"]].append(became)
    rows.of_position[values["source_uri"], values["source_position"]].append(became)


class BatchSources:
    """The sources that a batch read, and how far.

    Args:
        work: elements of the batch.
        rest: sources that were not read to their end, from where they are to be read on.
        fetches: whether addresses are requested.
    """

    def __init__(self, work: Iterable[Source | Link], rest: Iterable[Source], *, fetches: bool) -> None:
        sources = [each for each in work if isinstance(each, Source) and (fetches or not is_web_url(each.uri))]
        self.first = {source.uri: source.first for source in sources}
        self.rest = {source.uri: source.first for source in rest}
        self.folders = {str(folder) for uri in self.first if "://" not in uri for folder in PurePath(uri).parents}

    def is_read(self, uri: str, at: int | None = None) -> bool:
        """Return whether a source was read to its end, or at a position of it."""
        if uri not in self.first:
            return False
        return uri not in self.rest if at is None else self.first[uri] <= at < self.rest.get(uri, at + 1)


def find_closed(letters: Iterable[OpenLetter], sources: BatchSources, rows: BatchRows) -> list[Replay]:
    """Return one row for each letter about something that this batch tried and that did not fail.

    A letter about a whole source is closed when the source was read to its end, whatever failed inside it; about a
    directory, when a file below it was listed; about a position in a file, when the file was read up to there; about
    a link, when its page was requested or a row has come of it. Positions in what is at an address are left
    to replays: by now something else may be there.
    """
    closed = []
    for letter in letters:
        found = _find_rows(letter, sources, rows)
        if found is not None:
            became = best_of(found)
            closed.append(
                Replay(
                    letter_id=letter.letter_id,
                    outcome=became.outcome,
                    attempts=letter.attempts + 1,
                    article_id=became.article_id,
                    newsmill_version=NEWSMILL_VERSION,
                )
            )
    return closed


def _find_rows(letter: OpenLetter, sources: BatchSources, rows: BatchRows) -> Sequence[Became] | None:
    """Return the rows of what a letter names; None where it was not tried or failed."""
    kind, name, *at = letter.key
    if letter.key in rows.failed:
        return None
    if kind == "link":
        found = rows.of_link.get(name, ())
        return found if found or name in rows.pages else None
    if at:
        position = int(at[0])
        found = rows.of_position.get((name, position), ())
        is_read = not is_web_url(name) and (bool(found) or sources.is_read(name, position))
        return found if is_read and (kind, name) not in rows.failed else None
    if letter.code == "read.unreadable" and str(PurePath(name)) in sources.folders:
        return [
            each for uri, some in rows.of_source.items() if PurePath(name) in PurePath(uri).parents for each in some
        ]
    found = rows.of_source.get(name, ())
    is_listed = name not in sources.first and name not in sources.rest and (bool(found) or name in rows.feeds)
    return found if is_listed or sources.is_read(name) else None
