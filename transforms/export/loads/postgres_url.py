"""Addresses of PostgreSQL databases: what libpq is given, and what messages show."""

from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from schemas.errors import UsageError

_SECRETS = ("password", "sslpassword")
_DEFAULTS = {"fallback_application_name": "newsmill", "connect_timeout": "30"}
_EXAMPLE = "postgresql://user:password@host/database?schema=news"


class PostgresUrl(NamedTuple):
    """A parsed address.

    Attributes:
        conninfo: what libpq takes, with the password.
        shown: the address as messages give it, without password.
        schema: that tables are made in; None for the one that the server chooses.
        secrets: passwords in it, as they are and as they were written.
    """

    conninfo: str
    shown: str
    schema: str | None
    secrets: tuple[str, ...]

    def mask(self, text: str) -> str:
        """Replace the passwords in a text."""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text


def parse_postgres_url(url: str) -> PostgresUrl:
    """Parse an address such as ``postgresql://user:password@host:5432/database?schema=news``.

    Everything is as libpq has it, whose parameters may follow the question mark (``sslmode=require``), and which reads
    ``PGPASSWORD`` and ``~/.pgpass``; ``schema`` is newsmill's own.

    >>> parse_postgres_url("postgresql://ann:s%40cret@db/news?schema=lake&sslmode=require").shown
    'postgresql://ann@db/news?schema=lake&sslmode=require'

    Raises:
        UsageError: it cannot be parsed; the message does not hold it.
    """
    try:
        parts = urlsplit(url)
        options = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError as error:
        raise UsageError(f"the address of the PostgreSQL database is wrong: write {_EXAMPLE}") from error
    if parts.fragment or any(char.isspace() for char in url):
        raise UsageError(
            "the address of the PostgreSQL database has a # or a space: write %23 or %20 in its place, and %40 for @ "
            f"in a password: {_EXAMPLE}"
        )
    schemas = [value for name, value in options if name == "schema"]
    if len(schemas) > 1 or "" in schemas:
        raise UsageError(f"the address of the PostgreSQL database must name one schema, or none: write {_EXAMPLE}")
    user, at, host = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    secrets = [password, unquote(password)]
    for key, value in options:
        if key in _SECRETS:
            secrets += [value, quote(value, safe="")]
    given = {key for key, _ in options}
    own = [(key, value) for key, value in options if key != "schema"]
    own += [(key, value) for key, value in _DEFAULTS.items() if key not in given]
    path = parts.path
    return PostgresUrl(
        conninfo=f"postgresql://{parts.netloc}{path}?{_join(own)}",
        shown=f"postgresql://{name}{at}{host}{path}"
        + (f"?{_join(shown)}" if (shown := [pair for pair in options if pair[0] not in _SECRETS]) else ""),
        schema=schemas[0] if schemas else None,
        secrets=tuple(sorted({secret for secret in secrets if secret}, key=len, reverse=True)),
    )


def _join(options: list[tuple[str, str]]) -> str:
    return "&".join(f"{quote(key, safe='')}={quote(value, safe='/')}" for key, value in options)
