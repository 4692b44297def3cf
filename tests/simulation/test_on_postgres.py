"""A few seeds on a real database: the same lives, faults and ends, with real transactions."""

import os
import subprocess
import sys

import pytest

from tests.storage.databases import Databases

SHARE = range(1)
DEEP = range(1, 40)


@pytest.mark.parametrize(
    "seed", [*SHARE, *(pytest.param(seed, marks=pytest.mark.deep) for seed in DEEP)]
)
def test_the_systems_agree_after_a_seed_on_postgresql(
    embedded_databases: Databases, seed: int
) -> None:
    with embedded_databases.fresh() as database:
        told = subprocess.run(
            [sys.executable, "-m", "tests.simulation.on_postgres", database, str(seed)],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=False,
        )

    assert [line for line in told.stdout.splitlines() if "WRONG" in line] == []
    assert told.returncode == 0, told.stderr
