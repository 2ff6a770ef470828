"""Addresses and ids go in; which rows hold or name those articles comes out."""

import dataclasses
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from transforms import identity, urls

_ID = re.compile(r"[0-9a-f]{32}")

_ADDRESSES = {
    "articles": ("url", "url_requested"),
    "dropped": ("url",),
    "dead_letters": ("url",),
}
_IDS = {"articles": ("article_id",), "dropped": ("article_id", "duplicate_of"), "replays": ("article_id",)}
_LINKS = {"articles": ("link_id",), "dropped": ("link_id",)}


@dataclasses.dataclass(slots=True)
class Targets:
    """What is to go; grows as rows tell by what other names the same article is known.

    Attributes:
        ids: article_ids; these are what the manifest keeps as taken down.
        links: link_ids.
        addresses: canonical addresses.
        given: those of the addresses that were asked for; redirects through them count, too.
        letters: letter_ids of dead letters that go.
        shared: those of the ids whose articles have no address of their own.
        asked: canonical addresses that lead to an article or to a copy of it; requests for these are not told of.
    """

    ids: set[str] = dataclasses.field(default_factory=set)
    links: set[str] = dataclasses.field(default_factory=set)
    addresses: set[str] = dataclasses.field(default_factory=set)
    given: frozenset[str] = frozenset()
    letters: set[str] = dataclasses.field(default_factory=set)
    shared: set[str] = dataclasses.field(default_factory=set)
    asked: set[str] = dataclasses.field(default_factory=set)

    def size(self) -> int:
        """Grows whenever something is added."""
        return len(self.ids) + len(self.links) + len(self.addresses) + len(self.letters) + len(self.asked)

    def add_address(self, url: str | None) -> None:
        """Count an address among the names of the article; what is no address is passed over."""
        canonical, link = _canonical(url), identity.link_id(url)
        if canonical and link:
            self.addresses.add(canonical)
            self.links.add(link)

    def has_address(self, url: str | None) -> bool:
        """Whether an address is one of those, in any form."""
        return bool(url) and _canonical(url) in self.addresses


def _canonical(url: str | None) -> str | None:
    try:
        return urls.canonical_url(url) if url else None
    except ValueError:
        return None


def make_matcher(addresses: Collection[str]) -> Callable[[str], bool]:
    """A test whether an address is one of some canonical ones, in any form; quick for those of other hosts.

    >>> is_there = make_matcher({"https://a.example/1"})
    >>> is_there("http://A.example:80/1#x"), is_there("https://a.example/2"), is_there("https://b.example/1")
    (True, False, False)
    """
    hosts = tuple(sorted({address.split("/")[2] for address in addresses}))

    def is_there(url: str) -> bool:
        lower = url.lower()
        # An internationalised host has several forms.
        return (not lower.isascii() or any(host in lower for host in hosts)) and _canonical(url) in addresses

    return is_there


def parse_targets(words: Iterable[str]) -> Targets:
    """Addresses and article_ids as they were given.

    >>> sorted(parse_targets(["https://a.example/1#x"]).addresses)
    ['https://a.example/1']

    Raises:
        ValueError: a word that is neither.
    """
    found = Targets()
    for word in words:
        if _ID.fullmatch(word.strip().lower()):
            found.ids.add(word.strip().lower())
            continue
        canonical = urls.canonical_url(word)
        found.add_address(word)
        found.ids.add(identity.article_id(canonical, None, "")[0])
    found.given = frozenset(found.addresses)
    return found


def _rough(column: pa.ChunkedArray, words: Sequence[str]) -> pa.ChunkedArray:
    """Which strings may name one of some hosts or ids; a cheap test before the exact one."""
    lower = pc.utf8_lower(column)
    found = pc.invert(pc.string_is_ascii(lower))  # an internationalised host has several forms
    for word in words:
        found = pc.or_(found, pc.match_substring(lower, word))
    return pc.fill_null(found, False)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)


def _leads_there(letter: dict[str, Any], targets: Targets) -> bool:
    """Whether a dead letter is of one of the articles: by its address, or by any name in what would be replayed."""
    if targets.has_address(letter["url"]):
        return True
    try:
        names = list(_strings(json.loads(letter["replay_json"])))
    except ValueError:
        names = []
    return any(
        name in targets.ids
        or name in targets.links
        or (name[:8].lower().startswith(("http://", "https://")) and targets.has_address(name))
        for name in names
    )


def match_rows(table: str, rows: pa.Table, targets: Targets) -> pa.ChunkedArray:
    """Which rows of a table are to go, as booleans. Nothing is added to the targets."""
    names = set(rows.column_names)
    found = pa.chunked_array([pa.repeat(pa.scalar(False), rows.num_rows)])
    for columns, wanted in ((_IDS, targets.ids), (_LINKS, targets.links)):
        values = pa.array(sorted(wanted), pa.string())
        for name in columns.get(table, ()):
            if name in names:
                found = pc.or_(found, pc.is_in(rows.column(name), values))
    if table == "replays":
        found = pc.or_(found, pc.is_in(rows.column("letter_id"), pa.array(sorted(targets.letters), pa.string())))
    hosts = sorted({address.split("/")[2] for address in targets.addresses})
    for name in _ADDRESSES.get(table, ()):
        column = rows.column(name)
        at = pc.indices_nonzero(pc.and_(_rough(column, hosts), pc.invert(found)))
        pairs = zip(at.to_pylist(), column.take(at).to_pylist(), strict=True)
        found = _also(found, [place for place, url in pairs if targets.has_address(url)])
    if table == "articles":
        canonical = pa.array(sorted(targets.addresses), pa.string())
        found = pc.or_(found, pc.fill_null(pc.is_in(rows.column("url_canonical"), canonical), False))
        found = _also(found, _redirected(rows.column("redirects"), targets))
    if table == "fetch_log":
        is_there = make_matcher(targets.addresses | targets.asked)
        pairs = zip(rows.column("url").to_pylist(), rows.column("redirects_to").to_pylist(), strict=True)
        found = _also(found, [n for n, (url, to) in enumerate(pairs) if is_there(url) or (to and is_there(to))])
    if table == "dead_letters":
        words = [*hosts, *targets.ids, *targets.links]
        maybe = pc.or_(_rough(rows.column("url"), words), _rough(rows.column("replay_json"), words))
        at = pc.indices_nonzero(maybe)
        letters = rows.select(["url", "replay_json"]).take(at).to_pylist()
        pairs = zip(at.to_pylist(), letters, strict=True)
        found = _also(found, [place for place, letter in pairs if _leads_there(letter, targets)])
    return found


def _redirected(redirects: pa.ChunkedArray, targets: Targets) -> list[int]:
    """Rows that came by way of an address that was asked for."""
    if not targets.given:
        return []
    at = pc.indices_nonzero(pc.fill_null(pc.greater(pc.list_value_length(redirects), 0), False))
    pairs = zip(at.to_pylist(), redirects.take(at).to_pylist(), strict=True)
    return [place for place, addresses in pairs if any(_canonical(address) in targets.given for address in addresses)]


def _also(mask: pa.ChunkedArray, at: list[int]) -> pa.ChunkedArray:
    """A mask with some more places set."""
    if not at:
        return mask
    values = mask.to_numpy().copy()
    values[at] = True
    return pa.chunked_array([pa.array(values)])


LOOK_AT = {
    "articles": (
        *("article_id", "id_scheme", "link_id", "url", "url_canonical", "url_requested", "redirects"),
        *("archive_file", "archive_offset"),
    ),
    "dropped": ("article_id", "duplicate_of", "link_id", "url"),
    "dead_letters": ("letter_id", "url", "replay_json"),
    "replays": ("letter_id", "article_id"),
    "fetch_log": ("url", "redirects_to"),
}
"""Columns that tell, by table."""


def grow(table: str, rows: pa.Table, targets: Targets) -> None:
    """Add the other names of the articles in rows that go."""
    for row in rows.to_pylist():
        if table == "articles":
            targets.ids.add(row["article_id"])
            # Where other articles have the address, too, it is no name of this one.
            is_shared = identity.told_by_of(row["id_scheme"], has_url=row["url"] is not None) is not None
            if is_shared:
                targets.shared.add(row["article_id"])
            for name in () if is_shared else ("url", "url_canonical", "url_requested"):
                targets.add_address(row[name])
            if row["link_id"]:
                targets.links.add(row["link_id"])
        elif table == "dropped" and row["article_id"]:
            # Its own address leads to the article, so that is what it is; a copy elsewhere only names it.
            if row["link_id"] in targets.links or targets.has_address(row["url"]):
                targets.ids.add(row["article_id"])
            if row["article_id"] in targets.ids:
                if row["article_id"] not in targets.shared:
                    targets.add_address(row["url"])
                targets.links.update({row["link_id"]} - {None})
            elif row["duplicate_of"] in targets.ids and (copy := _canonical(row["url"])):
                targets.asked.add(copy)
        elif table == "fetch_log" and (before := _canonical(row["url"])):
            targets.asked.add(before)
        elif table == "dead_letters":
            targets.letters.add(row["letter_id"])
