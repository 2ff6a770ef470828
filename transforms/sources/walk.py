"""Sources for the paths, patterns and addresses of the command line, in a fixed order."""

import fnmatch
import glob
import itertools
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.request import url2pathname

from schemas.documents import Source
from transforms.lake import files
from transforms.lake.open_store import open_store
from transforms.sources.paths import is_inside, special_kind
from transforms.urls import is_web_url, split_url

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


def walk_inputs(inputs: Sequence[str]) -> Iterator[Source]:
    """Yield a source for every address and every file that the inputs name, in order, each once.

    A directory stands for all files in and below it, sorted by path; files and directories whose name
    begins with a dot are passed over unless named themselves. ``*``, ``?``, ``[…]`` and ``**`` are
    patterns unless a file has that very name. ``http(s)://`` is not requested. Addresses in
    buckets are listed by their stores.

    A link that leads out of a directory, or out of the fixed part of a pattern, is not followed: it is a
    source whose ``within`` says where it had to lie, to be left out with a reason. Pipes, sockets and devices that are
    found are sources too, and fail when they are opened; so do directories that cannot be listed.

    Raises:
        ValueError: an input that names nothing or no file, with the remedy; raised when its turn comes.
    """
    seen: set[str] = set()
    for given in inputs:
        for source in _expand(given):
            name = source.uri if "://" in source.uri else str(Path(source.uri).absolute())
            if name not in seen:
                seen.add(name)
                yield source


def _expand(given: str) -> Iterator[Source]:
    if not given.strip():
        raise ValueError("an input is empty: give a path, a pattern or an http(s) address")
    scheme = _SCHEME.match(given)
    if scheme and scheme.group().lower() in ("http://", "https://"):
        if not is_web_url(given):
            raise ValueError(f"not an address with a host: {given!r}")
        yield Source(uri=given)
    elif scheme and scheme.group().lower() != "file://":
        yield from (Source(uri=uri) for uri in _remote(given))
    else:
        yield from _local(url2pathname(split_url(given).path) if scheme else given)


def _local(given: str) -> Iterator[Source]:
    given = os.path.expanduser(given)  # noqa: PTH111 - Path would drop a leading "./"
    if os.path.lexists(given):
        yield from _named(given)
        return
    if not glob.has_magic(given):
        raise ValueError(f"no such file or directory: {given!r} (from {Path.cwd()})")
    found = _matched(given)
    if not found:
        raise ValueError(f"no file matches {given!r}: check the pattern, and quote it so that the shell keeps it")
    top = _fixed_part(given)
    for path in found:
        if os.path.lexists(path) and not is_inside(path, top):
            yield Source(uri=path, within=top)
        elif Path(path).is_dir():
            yield from _walk(path, top)
        else:
            yield Source(uri=path)


def _named(path: str) -> Iterator[Source]:
    if Path(path).is_dir():
        try:
            os.scandir(path).close()
        except OSError as error:
            raise ValueError(f"cannot list {path!r}: {error.strerror}; check permissions") from error
        files = list(_walk(path, path))
        if not files:
            raise ValueError(f"the directory {path!r} holds no file: hidden ones are read only when named")
        yield from files
        return
    kind = special_kind(Path(path).stat().st_mode) if Path(path).exists() else None
    if kind is not None:
        raise ValueError(f"{path!r} is {kind}: write what it gives into a file, and name that")
    yield Source(uri=path)


def _fixed_part(pattern: str) -> str:
    """Return the directory that a pattern begins with."""
    parts = Path(pattern).parts
    fixed = list(itertools.takewhile(lambda part: not glob.has_magic(part), parts))
    return str(Path(*fixed)) if fixed else "."


def _matched(pattern: str) -> list[str]:
    """Return paths that match; for a pattern with ``**`` only files, since it matches a directory and what is in it."""
    if "**" not in Path(pattern).parts:
        return sorted(glob.glob(pattern), key=lambda path: Path(path).parts)  # noqa: PTH207
    parts = Path(pattern).parts
    at = parts.index("**")
    before, after = parts[:at], parts[at:]
    tops = glob.glob(str(Path(*before))) if before else ["."]  # noqa: PTH207
    top = _fixed_part(pattern)
    found = [
        source.uri
        for folder in tops
        if Path(folder).is_dir() and is_inside(folder, top)
        for source in _walk(folder, top)
        if _matches(Path(os.path.relpath(source.uri, folder)).parts, after)
    ]
    return sorted(found, key=lambda path: Path(path).parts)


def _matches(path: Sequence[str], pattern: Sequence[str]) -> bool:
    if not pattern:
        return not path
    is_hidden = bool(path) and path[0].startswith(".")
    if pattern[0] == "**":
        is_last = len(pattern) == 1 and bool(path) and not is_hidden
        if is_last and len(path) == 1:
            return True
        return _matches(path, pattern[1:]) or (bool(path) and not is_hidden and _matches(path[1:], pattern))
    is_match = bool(path) and fnmatch.fnmatchcase(path[0], pattern[0])
    return is_match and (not is_hidden or pattern[0].startswith(".")) and _matches(path[1:], pattern[1:])


def _walk(folder: str, top: str) -> Iterator[Source]:
    """Yield the files in and below a folder, sorted; links that lead out of ``top`` are not followed.

    A directory that cannot be listed stands for itself.
    """
    found: list[Source] = []
    inside: set[str] = set()

    def keep(error: OSError) -> None:
        found.append(Source(uri=str(error.filename)))

    for here, folders, names in os.walk(folder, followlinks=True, onerror=keep):
        real = os.path.realpath(here)
        if real in inside:  # a link that leads back
            folders.clear()
            continue
        inside.add(real)
        shown = sorted(name for name in folders if not name.startswith("."))
        links = [name for name in shown if (Path(here) / name).is_symlink()]
        away = {name for name in links if not is_inside(str(Path(here) / name), top)}
        folders[:] = [name for name in shown if name not in away]
        found += (Source(uri=str(Path(here) / name), within=top) for name in away)
        for name in names:
            path = Path(here) / name
            # A dangling link is kept, to be a dead letter. Where a link leads is checked again when it is opened.
            if not name.startswith("."):
                is_sure = not path.is_symlink() or (path.exists() and is_inside(str(path), top))
                found.append(Source(uri=str(path), within=None if is_sure else top))
    yield from sorted(found, key=lambda source: Path(source.uri).parts)


def _remote(given: str) -> Iterator[str]:
    """Yield the objects that an address in a bucket names: itself, those below it, or those that match a pattern."""
    magic = re.search(r"[*?\[]", given)
    base = given[: magic.start()].rpartition("/")[0] if magic else given.rstrip("/")
    try:
        store = open_store(base)
        if magic:
            wanted = given[len(base) + 1 :].split("/")
            found = [key for key in store.list_files() if _matches(key.split("/"), wanted)]
        elif files.exists(given):
            found = [""]
        else:
            found = [key for key in store.list_files() if not any(part.startswith(".") for part in key.split("/"))]
    except (OSError, ValueError) as error:
        raise ValueError(f"cannot list {given!r}: {error}") from error
    if not found:
        raise ValueError(f"nothing matches {given!r}: check bucket, path and credentials")
    yield from (store.path(key) if key else given for key in found)
