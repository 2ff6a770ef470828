"""Databases that follow the output of a job, as ``--load_to`` names them."""

import logging

from pipeline.console import complain
from schemas.errors import NewsmillError
from transforms.export.loads.policy import LoadPolicy

_log = logging.getLogger("newsmill")


class Loads:
    """The databases that follow an output, while a job writes to it; does nothing where none is named.

    A load that fails undoes nothing of the run: what was committed stays, and the next load brings it.

    Args:
        output: that the job writes to.
        policy: names the databases.
        each_commit: whether they are loaded after each commit, and not only at the end.
        is_quiet: whether a load that succeeds is not logged.
    """

    def __init__(self, output: str, policy: LoadPolicy, *, each_commit: bool, is_quiet: bool) -> None:
        self._output, self._policy = output, policy
        self._each_commit, self._is_quiet = each_commit, is_quiet

    def begin(self) -> None:
        """Check the addresses and tables.

        Raises:
            UsageError: one is wrong, or a package is missing.
        """
        if not self._policy.load_to and not self._policy.load_tables:
            return
        from transforms.export.loads.load import check_destination, choose_tables  # noqa: PLC0415  where one is named

        choose_tables(self._policy.load_tables or None)
        for address in self._policy.load_to:
            check_destination(address)

    def follow(self) -> None:
        """Load what was committed since."""
        if self._each_commit:
            for line in self._load():
                _log.warning("committed, but not yet loaded: %s", line)

    def end(self) -> bool:
        """Load what is not loaded yet; say what cannot be.

        Returns:
            Whether all is loaded.
        """
        failed = self._load()
        for line in failed:
            complain(f"{line}; what the run wrote is committed, and the next run or 'newsmill load' brings it there")
        return not failed

    def _load(self) -> list[str]:
        """Load into each database, and return what failed."""
        if not self._policy.load_to:
            return []
        from transforms.export.loads.load import load_repeatedly  # noqa: PLC0415  as above

        failed = []
        for address in self._policy.load_to:
            try:
                done = load_repeatedly(self._output, address, tables=self._policy.load_tables or None)
            except (NewsmillError, OSError) as error:
                failed.append(f"--load_to {address} failed: {error}")
                continue
            changed = [str(table) for table in done.tables if table.inserted or table.updated or table.deleted]
            if changed and not self._is_quiet:
                _log.info("loaded into %s: %s", done.destination, "; ".join(changed))
        return failed
