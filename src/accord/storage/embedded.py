"""A PostgreSQL of our own in a data folder: started with Accord, stopped with the last of it."""

import asyncio
import contextlib
import fcntl
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import psycopg

from accord.storage.cluster import (
    Owner,
    UnusableFolderError,
    new_folder,
    owner_for,
    place_for,
    programs_for,
)
from accord.storage.mending import Tell, looked_after, tell_nobody

# Where data and programs go when the service user cannot enter the places they are in.
ELSEWHERE = Path("/var/lib/accord")
# The name of the role and of the database.
NAME = "accord"
# The longest path a Unix socket may have is 104 bytes with its end on macOS, 108 on Linux.
LONGEST_SOCKET = 103
_SOCKET = ".s.PGSQL.5432"
# The line of postmaster.pid that names the folder of the socket, counted from zero.
_SOCKET_LINE = 4
# Crash recovery after a power cut replays at most max_wal_size of log; this is ample for it.
_START_WITHIN = 120
_STOP_WITHIN = 60
# Processes of a server that was killed end by themselves as soon as they notice.
_REMAINS_END_WITHIN = 10

# What was acknowledged is on disk. The rest is PostgreSQL's own default, but for what makes the
# same durability cheaper: fewer checkpoints, after each of which every page is logged whole.
_TUNING = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "listen_addresses": "",  # nobody reaches it by network
    "max_connections": "50",
    "shared_buffers": "256MB",
    "wal_buffers": "16MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "jit": "off",  # our statements are short; compiling them costs more than it saves
}


@asynccontextmanager
async def embedded(
    folder: Path, elsewhere: Path = ELSEWHERE, *, tell: Tell = tell_nobody
) -> AsyncIterator[str]:
    """Yield the address of the database in ``folder``, made and started when it is not there.

    Processes that use one folder share one server; the last to leave stops it. A process that
    was killed leaves the server running, and the next one takes it over. A server that dies is
    started again, at the same address; ``tell`` hears of it.
    """
    server = await asyncio.to_thread(EmbeddedServer, folder, elsewhere)
    await asyncio.to_thread(server.enter)
    try:
        async with looked_after(server.mend, tell):
            yield server.url
    finally:
        # Not in a thread: a cancelled program must still stop its server.
        server.leave()


class EmbeddedServer:
    """The server of one data folder, as one of the processes that share it sees it."""

    def __init__(self, folder: Path, elsewhere: Path = ELSEWHERE) -> None:
        """Find out where things are; start nothing."""
        if sys.platform == "win32":
            message = "The embedded PostgreSQL needs Unix; name a server in ACCORD_DATABASE_URL."
            raise UnusableFolderError(message)
        self._folder = folder.absolute()
        new_folder(self._folder)
        self._users: IO[bytes] | None = None
        with self._alone():
            owner = owner_for((self._folder / "postgres").resolve())
            self._cluster = place_for(self._folder, owner, elsewhere)
        self._owner = owner
        self._programs = programs_for(self._cluster, owner, elsewhere)

    @property
    def url(self) -> str:
        """The address of the database."""
        return self._url(NAME)

    def enter(self) -> None:
        """Start the server unless it runs, and count as one of its users."""
        with self._alone():
            self._make()
            if not self._runs():
                self._start()
            self._make_database()
            self._users = (self._folder / "users.lock").open("wb")
            fcntl.flock(self._users, fcntl.LOCK_SH)

    def mend(self) -> bool:
        """Start the server again if it died; return whether it had."""
        if self._is_alive():
            return False
        with self._alone():
            if self._users is None or self._runs():
                return False  # we have left, or another user was quicker
            self._start()
            return True

    def leave(self) -> None:
        """Stop counting as a user; the last one stops the server."""
        if self._users is None:
            return
        with self._alone(), self._users as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            finally:
                self._users = None
            sockets = self._sockets()
            if self._is_alive():
                self._control("stop", "-m", "fast", "-t", str(_STOP_WITHIN))
            if sockets != self._cluster:
                sockets.rmdir()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one process at a time make, start or stop. The kernel frees a dead one's lock."""
        try:
            lock = (self._folder / "starting.lock").open("wb")
        except OSError as error:
            message = f"{self._folder} cannot be written ({error}). Choose one with ACCORD_DATA."
            raise UnusableFolderError(message) from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _make(self) -> None:
        if (self._cluster / "PG_VERSION").exists():
            return
        # Made under another name, so that a half made one is never taken for a whole one.
        half = self._cluster.with_name("postgres.new")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        if self._owner.switch:
            os.chown(half, self._owner.uid, self._owner.gid)
        # Trust, since only its owner and root can reach the socket at all.
        makeup = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--username", NAME]
        self._run([str(self._programs / "initdb"), *makeup, "-D", str(half)])
        half.rename(self._cluster)

    def _start(self) -> None:
        sockets = self._sockets()
        settings = {**_TUNING, "unix_socket_directories": str(sockets)}
        options = " ".join(f"-c {shlex.quote(f'{k}={v}')}" for k, v in settings.items())
        log = self._cluster / "server.log"
        log.unlink(missing_ok=True)
        give_up = time.monotonic() + _REMAINS_END_WITHIN
        while True:
            try:
                self._control("start", "-t", str(_START_WITHIN), "-l", str(log), "-o", options)
            except UnusableFolderError as error:
                if "still in use" not in str(error) or time.monotonic() > give_up:
                    raise
                time.sleep(0.1)
            else:
                return

    def _control(self, *words: str) -> None:
        command = [str(self._programs / "pg_ctl"), "-D", str(self._cluster), "-w", "-s", *words]
        self._run(command)

    def _run(self, command: Sequence[str]) -> None:
        # A file, not a pipe: the server inherits it and a pipe would never end.
        with tempfile.TemporaryFile() as said:
            ended = subprocess.run(  # noqa: S603 - our own programs, no shell
                command,
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
                **_as(self._owner),
            )
            if ended.returncode:
                said.seek(0)
                text = said.read().decode(errors="replace").strip()
                raise UnusableFolderError(self._complaint(command[0], text))

    def _complaint(self, program: str, text: str) -> str:
        log = self._cluster / "server.log"
        told = log.read_text(errors="replace").strip().splitlines()[-5:] if log.exists() else []
        remedy = "another folder with ACCORD_DATA, or name a server in ACCORD_DATABASE_URL."
        return "\n".join(
            [
                f"The embedded PostgreSQL in {self._cluster} failed at {Path(program).name}:",
                *filter(None, [text, *told]),
                f"Put that right, choose {remedy}",
            ]
        )

    def _is_alive(self) -> bool:
        return str(self._cluster) in _command_line(self._cluster / "postmaster.pid")

    def _runs(self) -> bool:
        """Return whether the server runs; clear away what a dead one left behind.

        One that was being started or stopped by a process that died is waited for.
        """
        note = self._cluster / "postmaster.pid"
        give_up = time.monotonic() + _START_WITHIN
        while time.monotonic() < give_up:
            if not note.exists():
                return False
            if not self._is_alive():
                self._clear(note)
                return False
            with contextlib.suppress(psycopg.OperationalError, IndexError, FileNotFoundError):
                psycopg.connect(self._url("postgres")).close()
                return True
            time.sleep(0.05)
        raise UnusableFolderError(self._complaint("postgres", "it runs but does not answer"))

    @staticmethod
    def _clear(note: Path) -> None:
        """Remove what a dead server left behind.

        Its number may belong to another process since, as happens when a container starts again,
        or to a dead one that nobody buried; PostgreSQL itself would refuse to start over either.
        Should parts of the server live on, PostgreSQL sees that by its shared memory.
        """
        lines = note.read_text().splitlines()
        note.unlink(missing_ok=True)
        if len(lines) > _SOCKET_LINE:
            (Path(lines[_SOCKET_LINE]) / f"{_SOCKET}.lock").unlink(missing_ok=True)

    def _sockets(self) -> Path:
        """Return a folder for the socket: beside the data, or one with a shorter name."""
        if len(os.fsencode(self._cluster / _SOCKET)) <= LONGEST_SOCKET:
            return self._cluster
        digest = hashlib.sha256(os.fsencode(self._cluster)).hexdigest()[:16]
        short = Path("/tmp") / f"accord-{digest}"  # noqa: S108 - checked below to be ours alone
        with contextlib.suppress(FileExistsError):
            short.mkdir(mode=0o700)
            os.chown(short, self._owner.uid, self._owner.gid)
        found = short.lstat()
        if short.is_symlink() or found.st_uid != self._owner.uid or found.st_mode & 0o077:
            message = f"{short} is somebody else's. Choose a data folder with a shorter path."
            raise UnusableFolderError(message)
        return short

    def _url(self, database: str) -> str:
        note = (self._cluster / "postmaster.pid").read_text().splitlines()
        sockets = quote(note[_SOCKET_LINE], safe="")
        return f"postgresql://{NAME}@/{database}?host={sockets}"

    def _make_database(self) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [NAME])
            if found.fetchone() is None:
                connection.execute(f"CREATE DATABASE {NAME}")


def _command_line(note: Path) -> str:
    """Return how the process was started whose number opens ``note``; nothing if it is gone."""
    try:
        number = note.read_text().partition("\n")[0].strip()
    except FileNotFoundError:
        return ""
    asked = ["ps", "-ww", "-o", "command=", "-p", number]
    proc = Path("/proc") / number / "cmdline"
    try:
        if Path("/proc/self").exists():
            return proc.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return subprocess.run(asked, check=False, capture_output=True, text=True).stdout  # noqa: S603 - fixed
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _as(owner: Owner) -> dict[str, Any]:
    return {"user": owner.uid, "group": owner.gid, "extra_groups": []} if owner.switch else {}
