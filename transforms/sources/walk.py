"""What was named on the command line goes in, paths, patterns and addresses; sources come out in a fixed order."""

import glob
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from apache_beam.io.filesystems import FileSystems

from schemas.documents import Source
from transforms.sources.lists import is_web_url

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


def walk_inputs(inputs: Sequence[str]) -> Iterator[Source]:
    """A source for every address and every file that the inputs name, in their order, each once.

    A directory stands for all files in and below it, sorted by path; files and directories whose name
    begins with a dot are passed over unless named themselves. ``*``, ``?``, ``[…]`` and ``**`` are
    patterns unless a file has that very name. ``http(s)://`` is not looked at. Other schemes are listed
    by Beam's file systems.

    Raises:
        ValueError: an input that names nothing, with the remedy; raised when its turn comes.
    """
    seen: set[str] = set()
    for given in inputs:
        for uri in _expand(given):
            name = uri if "://" in uri else str(Path(uri).absolute())
            if name not in seen:
                seen.add(name)
                yield Source(uri=uri)


def _expand(given: str) -> Iterator[str]:
    if not given.strip():
        raise ValueError("an input is empty: give a path, a pattern or an http(s) address")
    scheme = _SCHEME.match(given)
    if scheme and scheme.group().lower() in ("http://", "https://"):
        if not is_web_url(given):
            raise ValueError(f"not an address with a host: {given!r}")
        yield given
    elif scheme and scheme.group().lower() != "file://":
        yield from _remote(given)
    else:
        yield from _local(url2pathname(urlsplit(given).path) if scheme else given)


def _local(given: str) -> Iterator[str]:
    given = os.path.expanduser(given)  # noqa: PTH111 - Path would drop a leading "./"
    if os.path.lexists(given):
        named = [given]
    elif glob.has_magic(given):
        named = sorted(glob.glob(given, recursive=True), key=lambda path: Path(path).parts)  # noqa: PTH207
        # "**" matches a directory and all that is in it.
        named = [path for path in named if not Path(path).is_dir()] if "**" in given else named
        if not named:
            raise ValueError(f"no file matches {given!r}: check the pattern, and quote it so that the shell keeps it")
    else:
        raise ValueError(f"no such file or directory: {given!r} (from {Path.cwd()})")
    for path in named:
        if not Path(path).is_dir():
            yield path
            continue
        files = list(_walk(path))
        if not files:
            raise ValueError(f"the directory {path!r} holds no file: hidden ones are read only when named")
        yield from files


def _walk(top: str) -> Iterator[str]:
    def stop(error: OSError) -> None:
        raise ValueError(f"cannot list {error.filename!r}: {error.strerror}; check permissions") from error

    found: list[str] = []
    inside: set[str] = set()
    for folder, folders, files in os.walk(top, followlinks=True, onerror=stop):
        real = os.path.realpath(folder)
        if real in inside:  # a link that leads back
            folders.clear()
            continue
        inside.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = (Path(folder) / name for name in files if not name.startswith("."))
        # A dangling link is kept, to be a dead letter; sockets, pipes and devices are no inputs.
        found += (str(path) for path in paths if path.is_file() or not path.exists())
    yield from sorted(found, key=lambda path: Path(path).parts)


def _remote(given: str) -> Iterator[str]:
    is_pattern = glob.has_magic(given)
    patterns = [given] if is_pattern else [given, given.rstrip("/") + "/**"]
    top = given if not is_pattern else given[: re.search(r"[*?\[]", given).start()]  # type: ignore[union-attr]
    for pattern in patterns:
        try:
            matched = FileSystems.match([pattern])[0].metadata_list
        except Exception as error:  # each file system has errors of its own
            raise ValueError(f"cannot list {pattern!r}: {error}") from error
        paths = sorted(item.path for item in matched if not item.path.endswith("/"))
        below = [path for path in paths if "/." not in path.removeprefix(top.rpartition("/")[0] if is_pattern else top)]
        if below:
            yield from below
            return
    raise ValueError(f"nothing matches {given!r}: check bucket, path and credentials")
