"""Receivers behind a real RabbitMQ answer while the database is away."""

from tests.roles.processes import bodies, serving
from tests.roles.test_roles import standings, until

# Nobody listens on this port.
AWAY = "postgresql://accord@127.0.0.1:1/accord"


def test_deliveries_are_answered_while_the_database_is_away_and_worked_on_later(
    queue, database, tmp_path
):
    before = {"ACCORD_BROKER_URL": queue, "ACCORD_DATABASE_URL": AWAY}
    behind = {"ACCORD_BROKER_URL": queue, "ACCORD_DATABASE_URL": database}
    with serving(tmp_path, "receive", **before) as front:
        until(lambda: front.hook(bodies(1)[0]).status == 200)
        answers = [front.hook(body) for body in bodies(30)]
        refused = front.hook(b"{}", secret="guessed")
        assert front.stop() < 10

    with serving(tmp_path, "work", **behind) as worker:
        until(lambda: standings(database) == {"quarantined": 30})
        assert worker.stop() < 10

    assert {answer.status for answer in answers} == {200}
    assert refused.status == 401


def test_without_the_broker_senders_are_told_to_come_back(tmp_path):
    gone = {"ACCORD_BROKER_URL": "amqp://guest:guest@127.0.0.1:1/", "ACCORD_DATABASE_URL": AWAY}
    with serving(tmp_path, "receive", **gone) as front:
        answer = front.hook(b"{}")

        assert answer.status == 503
        assert answer.retry_after
        assert answer.took < 1
        assert not any("guest" in line for line in front.log)
