"""A RabbitMQ in front of the receivers dies under load, and the database behind it as well."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.broker_node import Node, missing
from tests.processes.cluster import Cluster
from tests.processes.ledger import senders
from tests.processes.test_database_killed import until_more
from tests.roles.processes import serving
from tests.roles.test_roles import standings, until


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    why_not = missing()
    if why_not is not None:
        pytest.skip(why_not)
    made = Node(tmp_path)
    made.wait_until_up()
    yield made
    made.end()


@pytest.fixture
def cluster(folder: Path) -> Iterator[Cluster]:
    made = Cluster(folder)
    yield made
    made.stop()


@pytest.mark.deep
def test_what_was_answered_reaches_the_database_though_the_broker_and_the_database_die(
    node: Node, cluster: Cluster, tmp_path: Path, port: int, chance: random.Random
):
    given = {"ACCORD_BROKER_URL": node.url, "ACCORD_DATABASE_URL": cluster.url}
    with (
        serving(tmp_path, "receive", "--port", str(port), **given),
        serving(tmp_path, "work", **given),
    ):
        with senders(port, chance) as ledger:
            for _ in range(4):
                until_more(ledger, 200)
                time.sleep(chance.uniform(0, 1))  # any instant: that is the point
                node.kill()
                until_more(ledger, 503)
                node.start()
                until_more(ledger, 200)
            cluster.kill()
            before = ledger.answers[503]
            until_more(ledger, 200)
            time.sleep(2)  # for a while, whatever is sent is taken in front
            while_away = ledger.answers[503] - before
            cluster.start()
        until(lambda: set(standings(cluster.url)) == {"quarantined"}, 90)
        until(lambda: ledger.is_kept(cluster.url), 90)

    assert while_away == 0
    assert set(ledger.answers) == {200, 503}
    assert ledger.without_advice == 0
    ledger.check(cluster.url)
