"""Addresses of databases that are files."""

from pathlib import Path

from schemas.errors import UsageError


def file_of(url: str) -> str:
    """Return the path in an address: three slashes before a relative one, four before an absolute one.

    >>> file_of("duckdb:///lake/news.duckdb"), file_of("sqlite:////srv/news.sqlite")
    ('lake/news.duckdb', '/srv/news.sqlite')

    Raises:
        UsageError: it names no file, or one in a directory that is not there.
    """
    scheme, _, rest = url.partition("://")
    name = f"news.{scheme}"
    if not rest.startswith("/") or rest == "/":
        raise UsageError(
            f"{url} names no file: write {scheme}:///{name}, or {scheme}:////srv/{name} for an absolute path"
        )
    path = rest[1:]
    if path == ":memory:":
        raise UsageError(f"{url} would be gone at the end of the load: name a file, such as {scheme}:///{name}")
    if Path(path).is_dir():
        raise UsageError(f"{url} is a directory: name a file in it, such as {scheme}:///{path.rstrip('/')}/{name}")
    if not Path(path).absolute().parent.is_dir():
        raise UsageError(f"{url}: there is no directory {Path(path).parent}: make it")
    return path
