"""The interface of a published table, whatever its format."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import pyarrow as pa

from transforms.export.publish.statistics import Bounds
from transforms.export.publish.versions import Version

SEQUENCE = "newsmill.commit_sequence"
"""Property of each version: number of the lake's last commit in it."""


class Target(Protocol):
    """One table of a lake in one format. For one writer at a time: the holder of the lake's lock.

    Attributes:
        where: its address, for messages.
    """

    @property
    def where(self) -> str: ...

    def cursor(self) -> int | None:
        """Return the number of the last commit in its latest version; None where the table is not there.

        Raises:
            UsageError: the latest version is not one of newsmill's.
        """

    def listed(self) -> set[str]:
        """Return paths, below the lake, of the files that the latest version lists.

        Raises:
            UsageError: one is not in the lake.
        """

    def create(self, schema: pa.Schema, partition_by: Sequence[Sequence[str]]) -> None:
        """Make the table, without a row.

        Args:
            schema: of its rows.
            partition_by: columns in the paths of the files that it will list, each set of them once.

        Raises:
            UsageError: it cannot list files with several sets of columns.
        """

    def evolve(self, schema: pa.Schema) -> None:
        """Give it the columns that it lacks, and the present descriptions; nothing is done where all is the same."""

    def check_partitions(self, columns: Sequence[str]) -> None:
        """Check that it can list files whose paths hold these columns.

        Raises:
            UsageError: it cannot.
        """

    def commit(self, version: Version, bounds: Mapping[str, Mapping[str, Bounds]]) -> None:
        """Make the next version, whole or not at all.

        Args:
            version: what to list and no longer to list.
            bounds: of the columns of each file that is added, by its path.
        """


Opener = Callable[[str], Target]
"""Opens the table of a name."""
