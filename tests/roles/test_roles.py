"""Several processes, one database."""

import signal
import socket
import threading
import time

import psycopg
import pytest

from tests.roles.processes import KILLED_BY, bodies, serving
from tests.storage.databases import open_folder


def standings(url: str) -> dict[str, int]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT standing, count(*) FROM envelope GROUP BY standing")
        return dict(rows.fetchall())


def until(holds, seconds: float = 20.0) -> float:
    """Return how long it took to hold."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds
        time.sleep(0.02)  # what is waited for is in another process
    return time.monotonic() - began


def test_what_one_process_receives_another_works_on_long_before_it_would_look(database, tmp_path):
    given = {"ACCORD_DATABASE_URL": database}
    with serving(tmp_path, "receive", **given) as front, serving(tmp_path, "work", **given):
        took = []
        for number, body in enumerate(bodies(10), 1):
            front.hook(body)
            took.append(until(lambda done=number: standings(database) == {"quarantined": done}))

    assert sorted(took)[5] < 0.5


def test_each_role_does_its_own_and_stops_within_ten_seconds(database, tmp_path):
    given = {"ACCORD_DATABASE_URL": database}
    with (
        serving(tmp_path, "receive", **given) as front,
        serving(tmp_path, "console", **given) as console,
        socket.create_server(("127.0.0.1", 0)) as taken,
        serving(tmp_path, "work", "--port", str(taken.getsockname()[1]), **given) as worker,
    ):
        assert front.hook(b"{}").status == 200
        assert front.get("/").status == 404
        assert console.get("/").status == 200
        assert console.hook(b"{}").status == 404
        assert worker.address == ""  # it answers nobody, so it needs no port

        for each in (front, console, worker):
            assert each.stop() < 10
            assert each.process.returncode == 0, each.log


def test_what_is_being_received_when_it_is_told_to_stop_is_kept_and_answered(database, tmp_path):
    answers: list[int] = []
    with serving(tmp_path, "receive", ACCORD_DATABASE_URL=database) as front:
        sending = threading.Thread(target=knock_until_closed, args=(front, answers))
        sending.start()
        until(lambda: len(answers) >= 20)
        took = front.stop()
        sending.join()

    assert took < 10
    assert set(answers) == {200}
    assert sum(standings(database).values()) == len(answers)


def knock_until_closed(front, answers: list[int]) -> None:
    number = 0
    while True:
        number += 1
        try:
            answers.append(front.hook(b'{"n": %d}' % number).status)
        except OSError:
            return


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_a_process_at_once(database, tmp_path, number):
    receiving = serving(tmp_path, "receive", ACCORD_DATABASE_URL=database)
    with receiving as front, psycopg.connect(database) as holding:
        holding.execute("LOCK TABLE envelope")
        stuck = threading.Thread(target=knock_until_closed, args=(front, []))
        stuck.start()
        until(lambda: waits_for_a_lock(database))
        front.process.send_signal(number)
        time.sleep(0.3)  # so that the two are not one
        assert front.process.poll() is None
        took = front.stop(number)
        stuck.join()

    assert took < 1
    assert front.process.returncode == KILLED_BY[number]


def waits_for_a_lock(url: str) -> bool:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone()
        return found is not None


def test_while_the_database_is_stuck_senders_are_told_in_time_to_come_back(database, tmp_path):
    with serving(tmp_path, "receive", ACCORD_DATABASE_URL=database) as front:
        with psycopg.connect(database) as holding:
            holding.execute("LOCK TABLE envelope")
            first = front.hook(b'{"n": 1}')
            second = front.hook(b'{"n": 2}')
        until(lambda: front.hook(b'{"n": 2}').status == 200)

        assert (first.status, second.status) == (503, 503)
        assert first.took < 4.5
        assert second.took < 1  # it need not wait to know
        assert first.retry_after
        assert front.hook(b'{"n": 1}').status == 200


def test_two_processes_share_the_embedded_database(tmp_path):
    with open_folder() as folder:
        given = {"ACCORD_DATA": str(folder / "data")}
        with serving(tmp_path, "receive,console", **given) as front:
            with serving(tmp_path, "work", **given) as worker:
                assert front.hook(b"{}").status == 200
                worker.stop()
            assert front.get("/").status == 200
            assert front.stop() < 10
