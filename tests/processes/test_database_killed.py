"""PostgreSQL dies with all its processes under load and comes back; ours go on by themselves."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.cluster import Cluster
from tests.processes.ledger import Ledger, senders
from tests.roles.processes import serving
from tests.roles.test_roles import standings, until

# How long the database is away, at most.
LONGEST_DEATH = 2.0


@pytest.fixture
def cluster(folder: Path) -> Iterator[Cluster]:
    made = Cluster(folder)
    yield made
    made.stop()


@pytest.mark.parametrize("kills", [1, pytest.param(8, marks=pytest.mark.deep)])
def test_while_the_database_is_dead_senders_are_told_to_come_back_and_nothing_answered_is_lost(
    cluster: Cluster, tmp_path: Path, port: int, chance: random.Random, kills: int
):
    given = {"ACCORD_DATABASE_URL": cluster.url}
    with (
        serving(tmp_path, "receive", "--port", str(port), **given),
        serving(tmp_path, "work", **given),
    ):
        with senders(port, chance) as ledger:
            for _ in range(kills):
                until_more(ledger, 200)
                time.sleep(chance.uniform(0, 0.5))  # any instant: that is the point
                cluster.kill()
                until_more(ledger, 503)
                time.sleep(chance.uniform(0, LONGEST_DEATH))
                cluster.start()
                until_more(ledger, 200)
        until(lambda: set(standings(cluster.url)) == {"quarantined"}, 60)

    assert set(ledger.answers) == {200, 503}
    assert ledger.without_advice == 0
    ledger.check(cluster.url)


def until_more(ledger: Ledger, status: int) -> None:
    """Return once one more delivery was answered so."""
    before = ledger.answers[status]
    until(lambda: ledger.answers[status] > before, 60)
