"""Addresses of databases that are files."""

from pathlib import Path

from schemas.errors import UsageError


def file_of(url: str) -> str:
    """Return the path in an address: three slashes before a relative one, four before an absolute one.

    >>> file_of("duckdb:///news.duckdb"), file_of("sqlite:////tmp/news.sqlite")
    ('news.duckdb', '/tmp/news.sqlite')

    Raises:
        UsageError: it names no file, or one in a directory that is not there, or the file of another database.
    """
    path, scheme = _path_of(url), url.partition("://")[0]
    if path == ":memory:":
        raise UsageError(f"{url} would be gone at the end of the load: name a file, such as {scheme}:///news.{scheme}")
    if Path(path).is_dir():
        name = f"{scheme}:///{path.rstrip('/')}/news.{scheme}"
        raise UsageError(f"{url} is a directory: name a file in it, such as {name}")
    other = _database_of(path)
    if other is not None and other != scheme:
        raise UsageError(f"{url} is a file of another database: write {other}:///{path}, or name another file")
    return path


def _database_of(path: str) -> str | None:
    """Return the scheme of the database that made a file, by its first bytes; None for neither, and for no file."""
    if not Path(path).is_file():  # opening a pipe would wait for a writer
        return None
    try:
        with Path(path).open("rb") as file:
            head = file.read(12)
    except OSError:
        return None  # whoever opens it says what is wrong
    return "sqlite" if head.startswith(b"SQLite forma") else "duckdb" if head[8:] == b"DUCK" else None


def directory_of(url: str) -> str:
    """Return the path of a directory in an address; see :func:`file_of`.

    Raises:
        UsageError: it names none, or a file, or its parent is not there.
    """
    path = _path_of(url)
    if Path(path).is_file():
        raise UsageError(f"{url} is a file: name a directory")
    return path


def _path_of(url: str) -> str:
    scheme, _, rest = url.partition("://")
    name = f"news.{scheme}"
    if not rest.startswith("/") or rest == "/":
        raise UsageError(f"{url} names no path: write {scheme}:///{name}, or {scheme}:////srv/{name} from the root")
    path = rest[1:]
    if not Path(path).absolute().parent.is_dir():
        raise UsageError(f"{url}: there is no directory {Path(path).parent}: make it")
    return path
