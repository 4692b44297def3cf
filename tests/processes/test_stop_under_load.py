"""A process that is told to stop while senders knock and a system hangs is gone in ten seconds."""

import random
import signal
from pathlib import Path

from tests.processes.agreement import is_over, let_time_go_by
from tests.processes.ledger import senders
from tests.processes.pretended import pretended
from tests.processes.test_worker_killed import WIRED
from tests.processes.test_worker_stopped import WRITES
from tests.roles.processes import serving
from tests.roles.test_roles import until


def test_it_ends_in_time_whatever_is_under_way_and_the_next_one_goes_on(
    database: str, tmp_path: Path, port: int, chance: random.Random
):
    with pretended() as company:
        given = {**company.variables, "ACCORD_DATABASE_URL": database}
        address = ("--port", str(port))
        door = company.doors["shop"]
        company.receiver = port
        company.do(lambda: company.order(["#1001", "#1002"]))
        company.do(lambda: company.hold_next("shop", "reply", WRITES["shop"]))
        with serving(tmp_path, "receive,work,sweep", *address, program=WIRED, **given) as first:
            until(lambda: company.do(company.pack) is None and door.held.is_set(), 60)
            with senders(port, chance, company.shop.secrets["client_secret"]) as ledger:
                until(lambda: ledger.kept > 100, 60)
                took = first.stop(signal.SIGTERM)
        company.do(door.release.set)
        let_time_go_by(database)

        assert took < 10
        assert first.process.returncode == 0, first.log
        assert set(ledger.answers) == {200}
        aside = ledger.check(database)
        with serving(tmp_path, "receive,work,sweep", *address, program=WIRED, **given):
            until(lambda: is_over(company, database, aside), 60)
        assert company.do(company.effects) == {}
