"""The disk under the embedded database fills up: senders come back later, and nothing is lost."""

import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.processes.cluster import kill_server
from tests.processes.ledger import senders
from tests.processes.test_database_killed import until_more
from tests.roles.processes import serving

MOUNT = 'mount -t tmpfs -o size=150m,mode=755 tmpfs "$0" && exec "$@"'


def own_disk(folder: Path) -> list[str]:
    """Return the command that gives what it becomes a small disk of its own at ``folder``."""
    if os.geteuid() == 0:
        return ["unshare", "-m", "sh", "-c", MOUNT, str(folder)]
    us = ["unshare", "-U", f"--map-user={os.geteuid()}", f"--map-group={os.getegid()}"]
    return ["unshare", "-rm", "sh", "-c", MOUNT, str(folder), *us]


@pytest.mark.deep
@pytest.mark.parametrize("dies", [False, True], ids=["lives on", "the server dies meanwhile"])
def test_while_the_disk_is_full_senders_are_told_to_come_back_and_nothing_answered_is_lost(
    folder: Path, tmp_path: Path, port: int, chance: random.Random, *, dies: bool
):
    if shutil.which("unshare") is None or subprocess.call([*own_disk(folder), "true"]):
        pytest.skip("nobody may mount a small disk here")
    small = folder / "small"
    small.mkdir()
    given = {"ACCORD_DATA": str(small / "data")}
    address = ("--port", str(port))
    with serving(tmp_path, "receive", *address, before=own_disk(small), **given) as front:
        disk = Path(f"/proc/{front.process.pid}/root{small}")
        with going_down_with(disk / "data"), senders(port, chance) as ledger:
            until_more(ledger, 200)
            fill(disk)
            until_more(ledger, 503)
            if dies:
                kill_server(disk / "data")
                until_more(ledger, 503)
            (disk / "ballast").unlink()
            until_more(ledger, 200)
        sockets = quote(str(disk / "data" / "postgres"), safe="")
        ledger.check(f"postgresql://accord@/accord?host={sockets}")
        assert front.stop() < 10
        assert front.process.returncode == 0, front.log

    assert set(ledger.answers) == {200, 503}
    assert ledger.without_advice == 0


@contextmanager
def going_down_with(data: Path) -> Iterator[None]:
    """Leave no server behind when the block fails: nobody else can see its disk."""
    try:
        yield
    except BaseException:
        with suppress(OSError):
            kill_server(data)
        raise


def fill(disk: Path) -> None:
    with (disk / "ballast").open("wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(bytes(64 * 1024))
        except OSError:
            return
