"""Errors that cross a package boundary, and the exit code of the command line for each.

::

    NewsmillError                  1   whatever keeps a command from its work
    ├── UsageError                 2   the command line, newsmill.toml or a file they name is wrong
    │   └── ListError              2   a list of subscriptions cannot be read or added to
    │       └── AlreadySubscribed  2   it has the feed already
    ├── LockHeld                   5   another run is writing to the output, or another process to a database
    ├── OutputError                1   what is stored cannot be read, or would not stay as it is
    │   ├── CorruptManifest        1   a manifest
    │   ├── CorruptTable           1   a Parquet file
    │   ├── CorruptArchive         1   a WARC file
    │   ├── LockLost               1   another run has taken over the lock of an output in a bucket
    │   ├── SchemaMismatch         1   rows were written with a schema that today's records cannot read
    │   └── NotPublished           1   what is committed is not in a published table yet
    ├── DestinationError           1   a database that a load writes to cannot be reached, or refuses
    │   └── AlteredDestination     1   somebody else has made or altered tables of it
    ├── WorkerFault                1   worker processes cannot be started, or our own code failed in one
    └── InputError                     one input; it never ends a run
        ├── Trouble                    the input becomes a dead letter (schemas.trouble)
        └── LeftOut                    the input becomes a row of dropped (schemas.trouble)

A wrong argument of a function, or a value out of the range of a policy, is a ValueError, as everywhere in Python.
``pipeline.cli`` turns the errors of other libraries into these.
"""

import enum
from typing import ClassVar


class ExitCode(enum.IntEnum):
    """Exit codes of ``newsmill``; each has one meaning in all commands."""

    meaning: str

    def __new__(cls, code: int, meaning: str) -> "ExitCode":
        """Make a member that knows what it means."""
        member = int.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        return member

    DONE = 0, "done"
    FAILED = 1, "failed; what was committed before stays, and the same command can be run again"
    USAGE = 2, "the command line is wrong, or a file that it names: an option, a path, a model, a list, a query"
    TOO_MANY_DEAD = 3, "finished, but more than --max_dead_ratio of the inputs are dead letters"
    UNBALANCED = 4, "finished, but the counts do not balance: report it as a defect"
    LOCKED = 5, "another run is writing to the output, or another process to the database; nothing was done"
    DIFFERENCES = 6, "'verify' found differences between the output and its manifests"
    BREACHES = 7, "'politeness' found requests that break its rules"
    NO_FEED = 8, "'feeds' did not find a feed, or the feed that it checked is not usable"
    INTERRUPTED = 130, "stopped by SIGINT (Ctrl-C); what was committed before stays"
    TERMINATED = 143, "stopped by SIGTERM; what was committed before stays"


def describe_exit_codes(*codes: ExitCode) -> str:
    """Make the paragraph about exit codes of a help text.

    Args:
        codes: those that the command has of its own, besides 0, 1, 2 and those of signals, which all have.

    >>> print(describe_exit_codes(ExitCode.LOCKED).splitlines()[4])
      5    another run is writing to the output, or another process to the database; nothing was done
    """
    every = (ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE, ExitCode.INTERRUPTED, ExitCode.TERMINATED)
    lines = (f"  {code.value:<3}  {code.meaning}" for code in sorted({*every, *codes}))
    return "\n".join(("exit codes:", *lines)) + "\n"


class NewsmillError(Exception):
    """What keeps a command from its work. The message names the value and the remedy.

    Attributes:
        exit_code: what a command exits with that ends with it.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.FAILED


class UsageError(NewsmillError):
    """The command line, ``newsmill.toml`` or a file they name is wrong."""

    exit_code = ExitCode.USAGE


class ListError(UsageError):
    """A list of subscriptions cannot be read or added to."""


class AlreadySubscribed(ListError):
    """The list has a feed with the same canonical address."""


class LockHeld(NewsmillError):
    """Another run is writing to the output, or another process to a database; the message says which."""

    exit_code = ExitCode.LOCKED


class OutputError(NewsmillError):
    """What is stored cannot be read, or would not stay as it is."""


class CorruptManifest(OutputError):
    """A manifest cannot be read."""


class CorruptTable(OutputError):
    """A Parquet file does not hold what its manifest says."""


class CorruptArchive(OutputError):
    """A WARC file does not hold what its manifest says, or not one record to each gzip member."""


class LockLost(OutputError):
    """Another run has taken over the lock of an output in a bucket; nothing more is committed."""


class SchemaMismatch(OutputError):
    """Rows were written with a schema that today's records cannot read."""


class DestinationError(NewsmillError):
    """A database that a load writes to cannot be reached, or refuses; the message names it without password."""


class AlteredDestination(DestinationError):
    """Tables of a destination are not as loads have made them; the message names the difference."""


class NotPublished(OutputError):
    """A catalog, store or library failed while a table was published; what is committed stays."""


class WorkerFault(NewsmillError):
    """Worker processes cannot be started, or newsmill's own code failed in one; it stops the run."""


class InputError(NewsmillError):
    """Something about one input, which becomes a row; it never ends a run."""
