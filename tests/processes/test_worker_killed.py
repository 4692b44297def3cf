"""Workers die at any instant while they read envelopes and tell mirrors; nothing happens twice."""

import random
import time
from pathlib import Path

import pytest

from tests.processes.agreement import is_over, let_time_go_by
from tests.processes.pretended import pretended
from tests.roles.processes import serving
from tests.roles.test_roles import until

# A worker is killed so long after it began to work, at the latest.
LONGEST_LIFE = 1.5
WIRED = "tests.processes.wired"


@pytest.mark.parametrize(
    ("orders", "kills"), [(6, 3), pytest.param(40, 20, marks=pytest.mark.deep)]
)
def test_however_often_a_worker_is_killed_all_agree_in_the_end_and_nothing_is_done_twice(
    database: str, tmp_path: Path, chance: random.Random, orders: int, kills: int
):
    with pretended() as company:
        given = {**company.variables, "ACCORD_DATABASE_URL": database}
        company.do(lambda: company.order([f"#{1001 + each}" for each in range(orders)]))
        with serving(tmp_path, "receive", **given) as front:
            company.receiver = int(front.address.rpartition(":")[2])
            for _ in range(kills):
                with serving(tmp_path, "work,sweep", program=WIRED, **given) as worker:
                    asked = len(company.doors["shop"].asked)
                    until(lambda before=asked: len(company.doors["shop"].asked) > before, 60)
                    time.sleep(chance.uniform(0, LONGEST_LIFE))  # any instant: that is the point
                    worker.process.kill()
                company.do(company.pack)
                let_time_go_by(database)
            with serving(tmp_path, "work,sweep", program=WIRED, **given):
                until(lambda: is_over(company, database), 90)

        assert company.do(company.effects) == {}
