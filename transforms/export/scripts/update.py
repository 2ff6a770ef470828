"""What one script does: it brings tables of a warehouse from one commit of a lake to a later one."""

import dataclasses
import functools
from collections.abc import Iterator, Mapping

from schemas.tables import Table
from transforms.export.changes import Changes
from transforms.export.dialects import Dialect, quote, quote_path
from transforms.export.scripts.script import Statement
from transforms.export.warehouses import Warehouse
from transforms.lake.evolve import Columns, known_columns
from transforms.lake.lake import Lake


@dataclasses.dataclass(frozen=True, kw_only=True)
class Update:
    """What one script does, and how its statements name things.

    Attributes:
        lake: that the warehouse follows.
        changes: between the two commits.
        tables: those wanted.
        base: address at which the warehouse sees the files of the lake.
        schema: that the tables are in; None for that of the session.
        from_start: remove all rows and load the whole lake.
    """

    lake: Lake
    warehouse: Warehouse
    changes: Changes
    tables: tuple[Table, ...]
    base: str
    schema: str | None
    from_start: bool

    @property
    def dialect(self) -> Dialect:
        """The SQL of the warehouse."""
        return self.warehouse.dialect

    @property
    def prefix(self) -> str:
        """What stands before the name of a table."""
        return f"{self.schema}." if self.schema else ""

    @functools.cached_property
    def known(self) -> Mapping[str, Columns]:
        """Columns of each schema that files have, by its hash."""
        return known_columns(self.changes.manifests)

    def table(self, name: str) -> str:
        """Return the name of a table, as SQL."""
        return quote_path(self.dialect, f"{self.prefix}{name}")

    def temporary(self, name: str) -> str:
        """Return the name of a temporary table, as SQL."""
        return self.table(name) if self.warehouse.qualifies_temporary else quote(self.dialect, name)

    def check(self, count: str, wanted: int, message: str) -> str:
        """Return a statement that fails unless a query, whose column is ``found``, gives a number."""
        error = self.warehouse.error(message, "found")
        return f"SELECT CASE WHEN found = {wanted} THEN 0 ELSE {error} END AS checked\nFROM (\n{count}\n) AS counted"

    def make_temporary(self, name: str, body: str, table: str = "", about: str = "") -> Iterator[Statement]:
        """Make a temporary table, in place of one that an earlier try has left."""
        path = self.temporary(name)
        if self.warehouse.drops_first:
            yield Statement("stage", f"DROP TABLE IF EXISTS {path}", table, about)
            about = ""
        yield Statement("stage", f"{self.warehouse.create_temporary} {path} {body}", table, about)
