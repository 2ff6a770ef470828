"""Which rows hold or name the articles that are taken down."""

import dataclasses
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas.tables import ARTICLES, DROPPED, TABLES, Follows, Names, Table
from transforms import identity, urls
from transforms.parsers import parse_json


@dataclasses.dataclass(slots=True)
class Targets:
    """Articles to take down, by all their names. It grows as rows are found that have other names of the same article.

    Attributes:
        ids: article_ids; these are what the manifest keeps as taken down.
        links: link_ids.
        addresses: canonical addresses.
        given: those of the addresses that were asked for; redirects through them count, too.
        keys: keys of removed rows that rows of other tables follow, by table.
        shared: those of the ids whose articles have no address of their own.
        asked: canonical addresses that lead to an article or to a copy of it; requests for these are removed as well.
    """

    ids: set[str] = dataclasses.field(default_factory=set)
    links: set[str] = dataclasses.field(default_factory=set)
    addresses: set[str] = dataclasses.field(default_factory=set)
    given: frozenset[str] = frozenset()
    keys: dict[str, set[str]] = dataclasses.field(default_factory=dict)
    shared: set[str] = dataclasses.field(default_factory=set)
    asked: set[str] = dataclasses.field(default_factory=set)

    def size(self) -> int:
        """Grows whenever something is added."""
        keys = sum(map(len, self.keys.values()))
        return len(self.ids) + len(self.links) + len(self.addresses) + keys + len(self.asked)

    def keys_of(self, table: str) -> set[str]:
        """Keys of removed rows of a table."""
        return self.ids if table == ARTICLES.name else self.keys.setdefault(table, set())

    def add_address(self, url: str | None) -> None:
        """Count an address among the names of the article; what is not an address is skipped."""
        canonical, link = _canonical(url), identity.link_id(url)
        if canonical and link:
            self.addresses.add(canonical)
            self.links.add(link)

    def has_address(self, url: str | None) -> bool:
        """Return whether an address is one of those, in any form."""
        return bool(url) and _canonical(url) in self.addresses


def _canonical(url: str | None) -> str | None:
    try:
        return urls.canonical_url(url) if url else None
    except ValueError:
        return None


def make_matcher(addresses: Collection[str]) -> Callable[[str], bool]:
    """Return a test whether an address is one of some canonical ones, in any form; quick for those of other hosts.

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
        if identity.is_id(word.strip().lower()):
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


def _is_named(text: str | None, targets: Targets) -> bool:
    """Return whether any string in some JSON is an id, a link_id or an address of one of the articles."""
    try:
        names = list(_strings(parse_json(text or "")))
    except ValueError:
        return False
    return any(
        name in targets.ids
        or name in targets.links
        or (name[:8].lower().startswith(("http://", "https://")) and targets.has_address(name))
        for name in names
    )


def match_rows(table: Table, rows: pa.Table, targets: Targets) -> pa.ChunkedArray:
    """Which rows of a table are to be removed, as booleans. Nothing is added to the targets.

    Args:
        rows: has at least the table's ``takedown_columns``.
    """
    found = pa.chunked_array([pa.repeat(pa.scalar(False), rows.num_rows)])
    for rule in table.takedown_rules:
        if isinstance(rule, Follows):
            found = pc.or_(found, _is_one_of(rows.column(rule.column), targets.keys_of(rule.of)))
        else:
            found = _match_names(rule, rows, targets, found)
    return found


def _match_names(rule: Names, rows: pa.Table, targets: Targets, found: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the rows found so far, and those that name an article in one of the columns of the rule."""
    for names, wanted in ((rule.ids, targets.ids), (rule.links, targets.links)):
        for name in names:
            found = pc.or_(found, _is_one_of(rows.column(name), wanted))
    hosts = sorted({address.split("/")[2] for address in targets.addresses})
    for name in rule.addresses:
        found = _also(found, rows.column(name), hosts, targets.has_address)
    for name in rule.inside:
        words = [*hosts, *targets.ids, *targets.links]
        found = _also(found, rows.column(name), words, lambda text: _is_named(text, targets))
    for name in rule.via:
        found = _set(found, _redirected(rows.column(name), targets))
    if rule.requests:
        is_there = make_matcher(targets.addresses | targets.asked)
        for name in rule.requests:
            values = rows.column(name).to_pylist()
            found = _set(found, [place for place, url in enumerate(values) if url and is_there(url)])
    return found


def _is_one_of(column: pa.ChunkedArray, wanted: Collection[str]) -> pa.ChunkedArray:
    return pc.is_in(column, pa.array(sorted(wanted), pa.string()))


def _also(
    found: pa.ChunkedArray, column: pa.ChunkedArray, words: Sequence[str], is_there: Callable[[str], bool]
) -> pa.ChunkedArray:
    """The rows found so far, and those of which a value is there; only values that hold one of the words are tried."""
    at = pc.indices_nonzero(pc.and_(_rough(column, words), pc.invert(found)))
    pairs = zip(at.to_pylist(), column.take(at).to_pylist(), strict=True)
    return _set(found, [place for place, value in pairs if is_there(value)])


def _redirected(redirects: pa.ChunkedArray, targets: Targets) -> list[int]:
    """Rows that came by way of an address that was asked for."""
    if not targets.given:
        return []
    at = pc.indices_nonzero(pc.fill_null(pc.greater(pc.list_value_length(redirects), 0), False))
    pairs = zip(at.to_pylist(), redirects.take(at).to_pylist(), strict=True)
    return [place for place, addresses in pairs if any(_canonical(address) in targets.given for address in addresses)]


def _set(mask: pa.ChunkedArray, at: list[int]) -> pa.ChunkedArray:
    """Return a mask with some more places set."""
    if not at:
        return mask
    values = mask.to_numpy().copy()
    values[at] = True
    return pa.chunked_array([pa.array(values)])


_MORE = {ARTICLES.name: ("id_scheme", "archive_file", "archive_offset")}
"""Columns that are needed beside those that a takedown looks at, by table."""


def _is_followed(table: Table) -> bool:
    return any(rule.of == table.name for other in TABLES.values() for rule in other.references)


def columns_to_read(table: Table) -> list[str]:
    """Columns that decide whether a row is removed, and what is removed with it."""
    key = table.key[:1] if _is_followed(table) else ()
    return list(dict.fromkeys((*table.takedown_columns, *key, *_MORE.get(table.name, ()))))


def grow(table: Table, rows: pa.Table, targets: Targets) -> None:
    """Add the other names of the articles in removed rows, and the keys that rows of other tables follow."""
    if table is ARTICLES:
        for row in rows.to_pylist():
            _grow_by_article(row, targets)
    elif table is DROPPED:
        for row in rows.to_pylist():
            _grow_by_dropped(row, targets)
    elif _is_followed(table):
        targets.keys_of(table.name).update(rows.column(table.key[0]).to_pylist())
    for rule in table.takedown_rules:
        # The address of a request leads to the article; where the article leads to is not a name of it.
        asked = rule.requests[:1] if isinstance(rule, Names) else ()
        targets.asked.update(url for name in asked for url in map(_canonical, rows.column(name).to_pylist()) if url)


def _grow_by_article(row: dict[str, Any], targets: Targets) -> None:
    targets.ids.add(row["article_id"])
    # Where other articles have the address, too, it is not a name of this one.
    is_shared = identity.told_by_of(row["id_scheme"], has_url=row["url"] is not None) is not None
    if is_shared:
        targets.shared.add(row["article_id"])
    for name in () if is_shared else ("url", "url_canonical", "url_requested"):
        targets.add_address(row[name])
    if row["link_id"]:
        targets.links.add(row["link_id"])


def _grow_by_dropped(row: dict[str, Any], targets: Targets) -> None:
    if not row["article_id"]:
        return
    # Where its own address leads to the article, it is the article; a copy elsewhere only names it.
    if row["link_id"] in targets.links or targets.has_address(row["url"]):
        targets.ids.add(row["article_id"])
    if row["article_id"] in targets.ids:
        if row["article_id"] not in targets.shared:
            targets.add_address(row["url"])
        targets.links.update({row["link_id"]} - {None})
    elif row["duplicate_of"] in targets.ids and (copy := _canonical(row["url"])):
        targets.asked.add(copy)
