"""What follows the commits of a job: published tables and databases."""

import time

from pipeline.loads import Loads
from pipeline.publication import Publication
from pipeline.settings import Settings

_LOOK_S = 10.0
"""How often a job that commits by itself is looked at."""


class Followers:
    """The published tables and the databases of an output, while a job writes to it.

    Args:
        settings: of the job.
        each_commit: whether databases follow each commit, and not only the end of the job.
    """

    def __init__(self, settings: Settings, *, each_commit: bool) -> None:
        output = settings.commit.output
        self._partition_by = settings.write_policy.partition_by
        self._publication = Publication(output, settings.publish_policy)
        self._loads = Loads(output, settings.load_policy, each_commit=each_commit, is_quiet=settings.run_policy.quiet)
        self._looked_at = 0.0

    def begin(self) -> None:
        """Check that all can follow.

        Raises:
            UsageError: see :meth:`Publication.begin` and :meth:`Loads.begin`.
        """
        self._loads.begin()
        self._publication.begin(self._partition_by)

    def follow(self) -> None:
        """Bring them up to what was committed since; what fails is logged."""
        self._publication.follow()
        self._loads.follow()

    def look(self) -> None:
        """Do the same now and then, for a job whose commits are made elsewhere."""
        if time.monotonic() - self._looked_at >= _LOOK_S:
            self.follow()
            self._looked_at = time.monotonic()

    def end(self) -> bool:
        """Bring them up to all that is committed.

        Returns:
            Whether all databases are.

        Raises:
            NewsmillError: a published table cannot be; what was committed stays.
        """
        is_loaded = self._loads.end()
        self._publication.end()
        return is_loaded
