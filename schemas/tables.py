"""The tables of a lake.

A table is declared here and nowhere else: its rows, their key and order, the directories they are stored in, what a
takedown does with them and which counters their number must equal. What writes, compacts, verifies, takes down,
counts, documents and loads tables reads it from :data:`TABLES`. To add a table, declare it and add it to that mapping.
"""

import dataclasses
from collections.abc import Mapping

import pyarrow as pa

from schemas.articles import Article, DeadLetter, Dropped, Replay
from schemas.feeds import FeedState, Request
from schemas.mentions import EntityMention
from schemas.record import arrow_schema
from schemas.stories import Relation, StoryPart


@dataclasses.dataclass(frozen=True, slots=True)
class Follows:
    """The rows belong to rows of another table and are removed with them.

    The column refers to the first column of the other table's key. A row that refers to nothing is a difference that
    ``newsmill verify`` reports; None refers to nothing and is allowed.

    Attributes:
        column: holds the key of the row that this one belongs to.
        of: name of that row's table.
    """

    column: str
    of: str = "articles"

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are looked at."""
        return (self.column,)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The rows may name an article, which may be absent, and are removed where they name one that is taken down.

    Attributes:
        ids: columns with an article_id.
        links: columns with a link_id.
        addresses: columns with the address of an article.
        via: columns with lists of addresses that led to it; those count that were asked for.
        inside: columns with JSON in which any string may be an id or an address.
        requests: columns with the address of a request; requests that led to the article or to a copy of it count.
    """

    ids: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are looked at."""
        return (*self.ids, *self.links, *self.addresses, *self.via, *self.inside, *self.requests)


@dataclasses.dataclass(frozen=True, slots=True)
class Keeps:
    """The rows say nothing of any article and stay.

    Attributes:
        why: what they hold instead, for the data dictionary.
    """

    why: str


@dataclasses.dataclass(frozen=True, slots=True)
class Outcomes:
    """The number of rows is that of documents that ended so, over all stages; ``done`` ends in the last stage.

    Every document that a run reads is a row of exactly one of the tables that are counted like this.

    Attributes:
        outcomes: 'done', or outcomes with which a document leaves the stages.
        less: counters of such documents that are not written.
    """

    outcomes: tuple[str, ...]
    less: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Counters:
    """The number of rows is the sum of some counters.

    Attributes:
        names: of the counters: first that of the workers, then those of the process that commits.
    """

    names: tuple[str, ...]


_OF_ARTICLES = ("article_id", "link_id", "url", "url_canonical", "headline", "text")
"""Columns by which rows say something of an article, whatever their declaration says."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of a lake.

    Attributes:
        name: directory below the output.
        record: class of its rows, a :class:`~schemas.stored_row.StoredRow`.
        key: columns that identify a row.
        unique: whether no two rows may have the same key; ``newsmill verify`` checks it.
        order: columns that the rows of a file are sorted by; the key where it is left out. The first, a string that is
            never None, also decides which file of a partition a row is written to.
        partition: columns that become directories. A run may choose others for articles.
        takedown: which rows are removed when an article is taken down.
        counted: which counters the number of rows of a run must equal.
        version: column that numbers the versions of what the first column of the key names.
        has_only_newest: whether only the highest version of each counts; a compaction may remove the others.
        reported: columns whose values the run report counts.
        reported_parts: list columns, and the field of their parts whose values it counts.

    Raises:
        ValueError: a column that the record lacks, or a declaration that contradicts itself.
    """

    name: str
    record: type
    key: tuple[str, ...]
    unique: bool
    takedown: Follows | Names | Keeps | tuple[Follows | Names, ...]
    counted: Outcomes | Counters
    order: tuple[str, ...] = ()
    partition: tuple[str, ...] = ("ingest_date",)
    version: str | None = None
    has_only_newest: bool = False
    reported: tuple[str, ...] = ()
    reported_parts: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if not self.order:
            object.__setattr__(self, "order", self.key)
        named = (*self.key, *self.order, *self.partition, *self.reported, *self.takedown_columns)
        for column in ("run_id", "chunk", "ingest_date", *named, *((self.version,) if self.version else ())):
            if column not in self.schema.names:
                raise ValueError(f"table {self.name}: {self.record.__name__} has no column {column!r}")
        for column, part in self.reported_parts:
            if self.schema.field(column).type.value_type.get_field_index(part) < 0:
                raise ValueError(f"table {self.name}: {self.record.__name__}.{column} has no field {part!r}")
        first = self.schema.field(self.order[0]) if self.order else None
        if first is None or first.nullable or not pa.types.is_string(first.type):
            raise ValueError(f"table {self.name}: its order must begin with a string column that is never None")
        if isinstance(self.takedown, Keeps):
            if not self.takedown.why.strip():
                raise ValueError(f"table {self.name}: say why its rows stay when an article is taken down")
            if said := [column for column in _OF_ARTICLES if column in self.schema.names]:
                raise ValueError(
                    f"table {self.name} has {', '.join(said)}: its rows cannot stay when the article is taken down"
                )
        elif not self.takedown_columns:
            raise ValueError(f"table {self.name}: name the columns that a takedown looks at")
        if self.has_only_newest and not self.version:
            raise ValueError(f"table {self.name}: name the column that says which row is the newest")
        for name in self.identity:
            kind = self.schema.field(name).type
            if not (pa.types.is_string(kind) or pa.types.is_integer(kind)):
                raise ValueError(
                    f"table {self.name}: {name} is part of its rows' identity, but is not a string or number"
                )

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema of its rows."""
        return arrow_schema(self.record)

    @property
    def identity(self) -> tuple[str, ...]:
        """Columns of which a row's id is made outside the lake, where rows are replaced and removed by it.

        The key where no two rows share it, and its first column where only the newest row counts. Where rows may share
        a key, the columns that a takedown looks at: rows with the same id are then removed together, or not at all.
        """
        if self.has_only_newest:
            return self.key[:1]
        if self.unique:
            return self.key
        return tuple(dict.fromkeys((*(self.takedown_columns or self.key), "run_id")))

    @property
    def takedown_rules(self) -> tuple[Follows | Names, ...]:
        """The rules by which rows are removed; a row is removed where one of them applies."""
        if isinstance(self.takedown, Keeps):
            return ()
        return self.takedown if isinstance(self.takedown, tuple) else (self.takedown,)

    @property
    def takedown_columns(self) -> tuple[str, ...]:
        """Columns that a takedown looks at."""
        return tuple(dict.fromkeys(column for rule in self.takedown_rules for column in rule.columns))

    @property
    def references(self) -> tuple[Follows, ...]:
        """Columns that refer to rows of other tables."""
        return tuple(rule for rule in self.takedown_rules if isinstance(rule, Follows))

    @property
    def id_columns(self) -> tuple[str, ...]:
        """Columns that hold an article_id."""
        found: list[str] = []
        for rule in self.takedown_rules:
            if isinstance(rule, Names):
                found += rule.ids
            elif rule.of == ARTICLES.name:
                found.append(rule.column)
        return tuple(found)

    @property
    def is_outcome(self) -> bool:
        """Whether each of its rows is what became of one document."""
        return isinstance(self.counted, Outcomes)


ARTICLES = Table(
    name="articles",
    record=Article,
    key=("article_id", "version"),
    unique=True,
    takedown=Names(
        ids=("article_id",),
        links=("link_id",),
        addresses=("url", "url_canonical", "url_requested"),
        via=("redirects",),
    ),
    version="version",
    counted=Outcomes(("done",)),
    reported=("source_uri", "source_kind", "in_language", "page_type", "truncated_reason"),
    reported_parts=(("cleaning_actions", "rule"),),
)

DEAD_LETTERS = Table(
    name="dead_letters",
    record=DeadLetter,
    key=("letter_id", "run_id"),
    unique=True,
    takedown=Names(addresses=("url",), inside=("replay_json",)),
    counted=Outcomes(("dead",), less=("letters.known",)),
    reported=("source_uri", "source_kind", "code", "stage"),
)

DROPPED = Table(
    name="dropped",
    record=Dropped,
    key=("source_uri", "source_position"),
    unique=False,  # an input is read again by a later run
    takedown=Names(ids=("article_id", "duplicate_of"), links=("link_id",), addresses=("url",)),
    counted=Outcomes(("filtered", "duplicate"), less=("dropped.known",)),
    reported=("source_uri", "source_kind", "outcome", "reason", "page_type", "stage"),
)

REPLAYS = Table(
    name="replays",
    record=Replay,
    key=("letter_id", "attempts"),
    unique=False,  # an input that two lists name fails twice in one run
    takedown=(Follows("article_id"), Follows("letter_id", of=DEAD_LETTERS.name)),
    counted=Counters(("letters.known", "letters.closed")),
)

MENTIONS = Table(
    name="mentions",
    record=EntityMention,
    key=("article_id", "version", "start"),
    unique=True,
    takedown=Follows("article_id"),
    counted=Counters(("mentions.rows",)),
    reported=("type",),
)

FEED_STATE = Table(
    name="feed_state",
    record=FeedState,
    key=("feed_url", "poll_count"),
    unique=False,  # a poll that was not committed is counted again
    version="poll_count",
    has_only_newest=True,
    takedown=Keeps("A row describes a feed. Of the entries it holds a hash each, and no address or text."),
    counted=Counters(("feeds.polled",)),
    reported=("status", "last_code", "last_status"),
)

FETCH_LOG = Table(
    name="fetch_log",
    record=Request,
    key=("host", "started_at"),
    unique=False,  # two workers may send a request at the same microsecond
    takedown=Names(requests=("url", "redirects_to")),
    counted=Counters(("fetch_log.requests",)),
    reported=("purpose", "status", "code"),
)

STORIES = Table(
    name="stories",
    record=StoryPart,
    key=("article_id", "version"),
    unique=True,
    takedown=Follows("article_id"),
    counted=Counters(("stories.rows",)),
)

RELATIONS = Table(
    name="relations",
    record=Relation,
    key=("article_id", "version", "other_article_id", "run_id"),
    unique=True,
    takedown=Names(ids=("article_id", "other_article_id")),  # an exact copy is not stored
    counted=Counters(("relations.rows",)),
    reported=("kind",),
)


def tables_by_name(*tables: Table) -> dict[str, Table]:
    """Tables by their names, in the order given.

    Raises:
        ValueError: two have one name, or one follows a table that is not among them.
    """
    found = {table.name: table for table in tables}
    if len(found) != len(tables):
        raise ValueError("two tables have the same name")
    for table in tables:
        for rule in table.references:
            if rule.of not in found:
                raise ValueError(f"table {table.name} follows {rule.of!r}, which is not a table")
    return found


TABLES: Mapping[str, Table] = tables_by_name(
    ARTICLES,
    DEAD_LETTERS,
    DROPPED,
    REPLAYS,
    MENTIONS,
    FEED_STATE,
    FETCH_LOG,
    STORIES,
    RELATIONS,
)
"""Every table by its name."""

OUTCOME_TABLES = tuple(table.name for table in TABLES.values() if table.is_outcome)
"""Names of the tables of which a document is a row of exactly one."""


def find_table(name: str) -> Table:
    """Return the table of that name.

    Raises:
        ValueError: there is none.
    """
    if name not in TABLES:
        raise ValueError(f"no table {name!r}: choose from {', '.join(TABLES)}")
    return TABLES[name]


def table_of(record: type) -> Table:
    """Return the table whose rows are of that class.

    Raises:
        ValueError: there is none.
    """
    for table in TABLES.values():
        if table.record is record:
            return table
    raise ValueError(f"no table has rows of class {record.__name__}")
