"""The output that a maintenance command works on: checked, locked and recovered."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from pipeline.console import complain
from schemas.errors import UsageError
from transforms.export.publish.policy import PublishPolicy
from transforms.lake import files
from transforms.lake.lake import Lake
from transforms.lake.lock import hold_lock
from transforms.lake.run_directory import RUNS


def require_output(output: str) -> str:
    """Return the path of an output without a slash at its end.

    Raises:
        UsageError: it does not exist, or no run has written to it.
    """
    path = output.rstrip("/") or "/"
    if files.is_local(path) and not Path(path).is_dir():
        raise UsageError(f"--output {output} is not a directory: name the output of a run")
    if not files.list_names(files.join(path, RUNS)):
        raise UsageError(f"--output {output} does not hold a run: name the output of a run")
    return path


@contextlib.contextmanager
def maintain(output: str) -> Iterator[bool]:
    """Hold the lock of an output, and complete or remove what an interrupted run left in it; give whether it left any.

    Raises:
        LockHeld: another run or command is writing to it.
    """
    with hold_lock(output):
        recovered = Lake(output).recover()
        for line in recovered:
            complain(line)
        yield bool(recovered)


def publish_again(output: str, policy: PublishPolicy, *, has_removed: bool) -> None:
    """Publish what a command has removed from an output, or say that its published tables list files that are gone.

    For the holder of the lock.

    Args:
        output: that was changed.
        policy: formats and catalog.
        has_removed: whether files may be gone.

    Raises:
        UsageError: as :meth:`~transforms.export.publish.publish.Publisher.publish`.
        NotPublished: a catalog or store refuses.
    """
    if policy.publish:
        from pipeline.publication import make_publisher  # noqa: PLC0415  loads when needed

        make_publisher(output, policy).publish()
        return
    if not has_removed:
        return
    from transforms.export.publish.publish import published_formats  # noqa: PLC0415

    if found := published_formats(Lake(output)):
        complain(f"the {' and '.join(found)} tables may list files that are gone: run 'newsmill publish' on {output}")


def in_bytes(count: int) -> str:
    """Format a number of bytes for people.

    >>> in_bytes(1536), in_bytes(3 << 20)
    ('1.5 KiB', '3.0 MiB')
    """
    size, unit = float(count), "B"
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if size < 1024 or unit == "TiB":
            break
        size /= 1024
    return f"{size:.1f} {unit}" if unit != "B" else f"{count} B"
