"""A real PostgreSQL server on this machine, in a directory of its own.

    def test_rows(postgres):
        to = postgres.new_schema()
        ...
        assert postgres.query("SELECT count(*) FROM articles", to) == [(3,)]

Tests that ask for it are skipped where PostgreSQL is not installed.
"""

import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from transforms.export.loads.postgres_url import parse_postgres_url

USER = "news"
PASSWORD = "pa:ss w@rd/%"
"""Of connections by TCP; those by the socket need none."""

_SETTINGS = {
    # What makes a server survive a loss of power costs time that a test need not wait for.
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
    "listen_addresses": "127.0.0.1", "max_connections": "40", "shared_buffers": "64MB", "log_statement": "none",
}  # fmt: skip
_ACCESS = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"


def find_programs() -> Path | None:
    """The directory of the newest PostgreSQL that is installed; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    name = str(found[-1]) if found else shutil.which("initdb")
    return Path(name).resolve().parent if name else None


class PostgresServer:
    """A running server.

    Attributes:
        directory: with its data, log and socket.
        programs: directory of initdb, psql and the others.
        port: of TCP, on 127.0.0.1; it is part of the name of the socket, too.
    """

    def __init__(self, programs: Path, directory: Path) -> None:
        self.directory = directory
        self.programs = programs
        self._numbers = itertools.count(1)
        self._connections: dict[str, Any] = {}
        # The server refuses to run as root.
        self._as: dict[str, Any] = {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid} if not os.getuid() else {}
        if self._as:
            shutil.chown(directory, self._as["user"], self._as["group"])
            self._as["extra_groups"] = []
        self._data = directory / "data"
        password = directory / "password"
        password.write_text(PASSWORD)
        password.chmod(0o644)
        self._run("initdb", "-U", USER, "--pwfile", str(password), "-E", "UTF8", "--locale=C", "--no-sync")
        (self._data / "pg_hba.conf").write_text(_ACCESS)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        settings = [f"-c {name}={value}" for name, value in _SETTINGS.items()]
        options = " ".join([f"-k {directory}", f"-p {self.port}", *settings])
        self._run("pg_ctl", "start", "-w", "-o", options, "-l", str(directory / "log"))

    def stop(self) -> None:
        """Stop at once."""
        for connection in self._connections.values():
            connection.close()
        self._run("pg_ctl", "stop", "-w", "-m", "immediate")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), "-D", str(self._data), *arguments]
        done = subprocess.run(
            command, cwd=self.directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, timeout=120, check=False, **self._as,
        )  # fmt: skip
        if done.returncode:
            log = self.directory / "log"
            raise RuntimeError(f"{program} failed: {done.stdout}{log.read_text() if log.exists() else ''}")

    def url(self, *, database: str = "postgres", schema: str | None = None, user: str = USER) -> str:
        """Address by the socket."""
        schema = f"&schema={schema}" if schema else ""
        return f"postgresql://{user}@/{database}?host={self.directory}&port={self.port}{schema}"

    def new_schema(self) -> str:
        """Address with the name of a schema that is not there."""
        return self.url(schema=f"lake_{next(self._numbers)}")

    def query(self, statement: str, url: str | None = None) -> list[tuple[Any, ...]]:
        """Carry out a statement; in the schema that an address names, if one is given."""
        parsed = parse_postgres_url(url or self.url())
        with self._connection(parsed.conninfo).cursor() as cursor:
            cursor.execute("SET TIME ZONE 'UTC'")
            cursor.execute(f'SET search_path = "{parsed.schema}"' if parsed.schema else "RESET search_path")
            cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []

    def _connection(self, conninfo: str) -> Any:
        """A connection, kept until the server stops: to make one, the driver reads all types of all tables."""
        if conninfo not in self._connections:
            dbapi: Any = import_module("adbc_driver_postgresql.dbapi")
            self._connections[conninfo] = dbapi.connect(conninfo, autocommit=True)
        return self._connections[conninfo]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server that all tests of a session share."""
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: its initdb is neither in /usr/lib/postgresql/*/bin nor in PATH")
    pytest.importorskip("adbc_driver_postgresql", reason="adbc-driver-postgresql is not installed")
    # A short name: that of a socket has at most 107 bytes.
    directory = Path(tempfile.mkdtemp(prefix="newsmill-pg-"))
    server = None
    try:
        server = PostgresServer(programs, directory)
        yield server
    finally:
        if server:
            server.stop()
        shutil.rmtree(directory, ignore_errors=True)
