"""The directory that all processes of a run share: progress, and the pace of each host."""

import contextlib
import functools
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from pipeline import signals
from transforms import progress
from transforms.lake import files
from transforms.parsers import parse_json
from transforms.scratch import scratch_directory
from transforms.web import host_store

HOSTS = "_hosts.json"
"""What hosts asked for and is kept between runs: pauses, and rules of robots.txt. Losing it costs a request a host."""


@contextlib.contextmanager
def open_workspace(output: str) -> Iterator[Path]:
    """Make the directory that workers keep progress and the pace of each host in.

    What hosts asked for in earlier runs is read from the output at the start, and written there when all went well.

    Yields:
        The directory of the progress.
    """
    with scratch_directory() as directory:
        hosts = directory / "hosts"
        hosts.mkdir()
        _read_hosts(output, hosts)
        with _environment({progress.DIRECTORY_VARIABLE: str(directory), host_store.DIRECTORY_VARIABLE: str(hosts)}):
            progress.reset()
            with signals.cleaning_up(functools.partial(shutil.rmtree, directory, ignore_errors=True)):
                yield directory
            # Not after a failure: its requests are not logged, and the next run would seem to break the rules.
            keep_hosts(output, hosts)


@contextlib.contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _read_hosts(output: str, hosts: Path) -> None:
    try:
        rows = parse_json(files.read_bytes(files.join(output, HOSTS)))
        host_store.import_hosts(hosts, rows)
    except (OSError, ValueError, TypeError, KeyError):
        return  # not there, or cut off: hosts are asked anew


def keep_hosts(output: str, hosts: Path) -> None:
    """Write what hosts asked for where the next run finds it."""
    rows = host_store.export_hosts(hosts)
    if rows:
        with contextlib.suppress(OSError):  # a full disk has been reported already
            files.replace_bytes(files.join(output, HOSTS), json.dumps(rows, ensure_ascii=False).encode())
