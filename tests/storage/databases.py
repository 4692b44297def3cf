"""PostgreSQL servers for tests, and fresh databases on them."""

import itertools
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import disk_usage, rmtree

import anyio
import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy.engine import make_url

from accord.storage.embedded import EmbeddedServer
from accord.storage.migrations import migrate

# A folder whose files are in memory, where Linux has one and it has room: making a database there
# takes a tenth of the time. What is on the disk after a crash is asked elsewhere.
MEMORY = Path("/dev/shm")
ROOM = 4 << 30  # bytes

GIVEN = ("ACCORD_TEST_DATABASE_URL", "ACCORD_DATABASE_URL")
USUAL = "postgresql://postgres@127.0.0.1:5432/test"

_numbers = itertools.count(1)


def given_server() -> str | None:
    """Return the address of a server to test on, if one is named or answers where one often is."""
    for name in GIVEN:
        if os.environ.get(name):
            return os.environ[name]
    try:
        psycopg.connect(USUAL, connect_timeout=2).close()
    except psycopg.OperationalError:
        return None
    return USUAL


@contextmanager
def open_folder(place: Path | None = None) -> Iterator[Path]:
    """Yield a new folder that a service user may enter, which pytest's own is not for root."""
    folder = Path(tempfile.mkdtemp(prefix="accord-test-", dir=place))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        rmtree(folder)


@contextmanager
def quick_server() -> Iterator["Databases"]:
    """Yield the databases of a new embedded server, whose files are in memory where that can be."""
    in_memory = os.access(MEMORY, os.W_OK) and disk_usage(MEMORY).free > ROOM
    with open_folder(MEMORY if in_memory else None) as folder:
        server = EmbeddedServer(folder / "data")
        server.enter()
        try:
            # Files are copied, not logged: the log would fill the memory.
            yield Databases(server.url, "STRATEGY file_copy")
        finally:
            server.leave()


class Databases:
    """Makes databases on one server and drops them again."""

    def __init__(self, server: str, way: str = "") -> None:
        """Copy a database in this ``way``, in the server's own words."""
        self._server, self._way = server, way
        self._mark = f"accord_test_{os.getpid()}_{id(self)}"
        self._template: str | None = None

    @contextmanager
    def empty(self) -> Iterator[str]:
        """Yield the address of a database without tables."""
        with self._made("") as url:
            yield url

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """Yield the address of a database with tables and nothing in them."""
        if self._template is None:
            self._template = self._create("")
            anyio.run(migrate, self._address(self._template))
        with self._made(self._template) as url:
            yield url

    @contextmanager
    def copy(self, url: str) -> Iterator[str]:
        """Yield the address of a copy of a database as it is now, which nobody may have open."""
        with self._made(make_url(url).database or "") as copied:
            yield copied

    def drop_all(self) -> None:
        """Drop what was kept for copying."""
        if self._template is not None:
            self._drop(self._template)

    @contextmanager
    def _made(self, template: str) -> Iterator[str]:
        name = self._create(template)
        try:
            yield self._address(name)
        finally:
            self._drop(name)

    def _create(self, template: str) -> str:
        name = f"{self._mark}_{next(_numbers)}"
        made = SQL("CREATE DATABASE {} " + (self._way if template else "")).format(Identifier(name))
        copied = SQL(" TEMPLATE {}").format(Identifier(template)) if template else SQL("")
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(made + copied)
        return name

    def _drop(self, name: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))

    def _address(self, name: str) -> str:
        return make_url(self._server).set(database=name).render_as_string(hide_password=False)
