"""A worker stands still for longer than its lease, in the middle of a call; another takes over."""

import signal
from pathlib import Path

import pytest

from tests.processes.agreement import is_over, let_time_go_by
from tests.processes.pretended import Pretended, pretended
from tests.processes.test_worker_killed import WIRED
from tests.roles.processes import Served, serving
from tests.roles.test_roles import until

WRITES = {
    "shop": b'"CreateFulfillment"',
    "books": b"!transform/itemFulfillment",
    "warehouse": b"POST /v2/shipments ",
}
# A lease holds for five minutes.
LEASED_FOR = 300

CASES = [
    pytest.param("shop", "reply", False),
    *(
        pytest.param(system, side, False, marks=pytest.mark.deep)
        for system in WRITES
        for side in ("call", "reply")
        if (system, side) != ("shop", "reply")
    ),
    pytest.param("shop", "reply", True, marks=pytest.mark.deep),
]


@pytest.mark.parametrize(("system", "side", "real"), CASES)
def test_what_a_worker_was_asking_for_when_it_stood_still_happens_once(
    database: str, tmp_path: Path, system: str, side: str, *, real: bool
):
    with pretended() as company:
        given = {**company.variables, "ACCORD_DATABASE_URL": database}
        door = company.doors[system]
        company.do(lambda: company.order(["#1001", "#1002"]))
        company.do(lambda: company.hold_next(system, side, WRITES[system]))
        with (
            serving(tmp_path, "receive", **given) as front,
            serving(tmp_path, "work,sweep", program=WIRED, **given) as first,
        ):
            company.receiver = int(front.address.rpartition(":")[2])
            until(lambda: pack(company) and door.held.is_set(), 60)
            first.process.send_signal(signal.SIGSTOP)
            if not real:
                let_time_go_by(database)
            with serving(tmp_path, "work,sweep", program=WIRED, **given) as second:
                until(lambda: has_asked(company, system, second), 60 + real * LEASED_FOR)
                until(lambda: is_over(company, database), 60 + real * LEASED_FOR)
                company.do(door.release.set)
                asked = len(door.asked)
                first.process.send_signal(signal.SIGCONT)
                until(lambda: len(door.asked) > asked or company.is_posted, 60)
                first.stop()
                until(lambda: is_over(company, database), 60)

        assert first.process.returncode == 0, first.log
        assert company.do(company.effects) == {}


def pack(company: Pretended) -> bool:
    company.do(company.pack)
    return True


def has_asked(company: Pretended, system: str, served: Served) -> bool:
    return any(asker == served.process.pid for asker, _ in company.doors[system].asked)
