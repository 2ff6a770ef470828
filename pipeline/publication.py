"""What follows each commit of a job: the published tables of the output are brought up to it."""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from schemas.errors import NewsmillError, NotPublished
from schemas.tables import ARTICLES
from transforms.export.publish.policy import PublishPolicy
from transforms.lake.lake import Lake

if TYPE_CHECKING:
    from transforms.export.publish.publish import Publisher

_log = logging.getLogger("newsmill")


class Publication:
    """The published tables of an output, while a job writes to it; does nothing where no format was asked for.

    A failure after a commit is logged and the job goes on: what was committed stays, and the next call makes up for
    it.

    Args:
        output: that the job writes to.
        policy: formats and catalog.
    """

    def __init__(self, output: str, policy: PublishPolicy) -> None:
        self._publisher = make_publisher(output, policy) if policy.publish else None

    def begin(self, partition_by: Sequence[str]) -> None:
        """Publish what is committed, and check that the job's files can be published.

        Args:
            partition_by: columns in the paths of articles.

        Raises:
            UsageError: a library is not installed, a catalog is not configured, or the published tables cannot list
                files with these columns.
        """
        if self._publisher is not None:
            try:
                self._publisher.publish()
            except NotPublished as error:  # a catalog that is down for an hour must not keep news out
                _log.warning("not published yet: %s", error)
            self._publisher.check_partitions(ARTICLES.name, partition_by)

    def follow(self) -> None:
        """Publish what was committed since."""
        if self._publisher is not None:
            try:
                self._publisher.publish()
            except NewsmillError as error:
                _log.warning("committed, but not yet published: %s", error)

    def end(self) -> None:
        """Publish what is not published yet.

        Raises:
            NewsmillError: it cannot be; what was committed stays.
        """
        if self._publisher is not None:
            self._publisher.publish()


def make_publisher(output: str, policy: PublishPolicy) -> "Publisher":
    """Make the publisher of an output that a policy describes."""
    from transforms.export.publish.publish import Publisher  # noqa: PLC0415  only where a format is named

    return Publisher(Lake(output), policy.publish, catalog=policy.iceberg_catalog, namespace=policy.iceberg_namespace)
