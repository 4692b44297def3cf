"""Receivers die at any instant under load; what they answered is kept, and kept whole."""

import random
import time
from pathlib import Path

import pytest

from accord.storage.embedded import EmbeddedServer
from tests.processes.cluster import kill_server
from tests.processes.ledger import senders
from tests.roles.processes import serving
from tests.roles.test_roles import until

# So long after the first answer of a process its end may come.
LONGEST_LIFE = 0.6


@pytest.mark.parametrize("kills", [2, pytest.param(25, marks=pytest.mark.deep)])
def test_what_a_killed_receiver_answered_is_in_the_database(
    database: str, tmp_path: Path, port: int, chance: random.Random, kills: int
):
    with senders(port, chance) as ledger:
        for _ in range(kills):
            with serving(
                tmp_path, "receive", "--port", str(port), ACCORD_DATABASE_URL=database
            ) as front:
                answered = ledger.kept
                until(lambda before=answered: ledger.kept > before, 60)
                time.sleep(chance.uniform(0, LONGEST_LIFE))  # any instant: that is the point
                front.process.kill()

    assert set(ledger.answers) == {200}
    assert ledger.unanswered
    ledger.check(database)


@pytest.mark.deep
def test_what_was_answered_outlives_the_embedded_server_dying_with_its_receiver(
    folder: Path, tmp_path: Path, port: int, chance: random.Random
):
    data = folder / "data"
    with senders(port, chance) as ledger:
        for _ in range(8):
            with serving(tmp_path, "receive", "--port", str(port), ACCORD_DATA=str(data)) as front:
                answered = ledger.kept
                until(lambda before=answered: ledger.kept > before, 60)
                time.sleep(chance.uniform(0, LONGEST_LIFE))
                front.process.kill()
                kill_server(data)

    assert ledger.answers[200]
    server = EmbeddedServer(data)
    server.enter()
    ledger.check(server.url)
    server.leave()
