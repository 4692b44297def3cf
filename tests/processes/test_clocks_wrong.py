"""Machines whose clocks are ten minutes wrong, each in its own way, work together all the same."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from tests.processes.agreement import is_over
from tests.processes.pretended import pretended
from tests.processes.test_worker_killed import WIRED
from tests.roles.processes import Served, serving
from tests.roles.test_roles import until

TEN_MINUTES = 600
TELL = "import time; print(time.time())"


@pytest.fixture
def shim(tmp_path: Path) -> str:
    """A library that makes the clock of a process wrong."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("a wrong clock is made with a C compiler, on Linux")
    made = tmp_path / "skew.so"
    source = Path(__file__).with_name("skew.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", made, source, "-ldl"], check=True)
    return str(made)


def wrong_by(seconds: int, shim: str) -> dict[str, str]:
    return {"LD_PRELOAD": shim, "SKEW_SECONDS": str(seconds)}


@pytest.mark.deep
def test_processes_whose_clocks_are_wrong_do_nothing_twice_and_agree(
    database: str, tmp_path: Path, shim: str
):
    ahead, behind = wrong_by(TEN_MINUTES, shim), wrong_by(-TEN_MINUTES, shim)
    told = subprocess.check_output([sys.executable, "-c", TELL], env=ahead)
    assert float(told) > datetime.now(UTC).timestamp() + TEN_MINUTES / 2
    with pretended() as company:
        given = {**company.variables, "ACCORD_DATABASE_URL": database}
        company.do(lambda: company.order([f"#{1001 + each}" for each in range(8)]))
        with working(tmp_path, given, ahead) as front, working(tmp_path, given, behind):
            company.receiver = int(front.address.rpartition(":")[2])
            until(lambda: is_over(company, database), 90)

        assert company.do(company.effects) == {}
    with psycopg.connect(database) as connection:
        times = "SELECT received_at FROM envelope UNION ALL SELECT at FROM attempt"
        noted = [row[0] for row in connection.execute(times)]
    assert max(abs(datetime.now(UTC) - each) for each in noted) < timedelta(minutes=5)


@contextmanager
def working(folder: Path, given: dict[str, str], clock: dict[str, str]) -> Iterator[Served]:
    with serving(folder, "receive,work,sweep", program=WIRED, **given, **clock) as served:
        yield served
