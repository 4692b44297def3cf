"""What people call at the desk, on a real database, beside a program that has it open."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from accord.cli.app import app
from accord.cli.surroundings import Surroundings
from accord.domain.action import CancelOrder
from accord.domain.outcome import Refused
from accord.domain.reason import ImpossibleQuantity, UnknownWord
from accord.domain.report import order_number
from accord.engine.envelope import Standing
from accord.engine.ports import Attempt, Settlement
from accord.storage.embedded import EmbeddedServer
from accord.storage.postgres import PostgresStore, postgres_store
from tests.storage.databases import Databases, open_folder
from tests.storage.examples import LEASE, NOW, PROPAGATE, incoming, judge, own, place_order
from tests.storage.test_desk import set_aside

Call = Callable[..., Result]

LAYAWAY = UnknownWord("shop", "financial_status", "on\x1b[2Jlayaway")
MANY = ImpossibleQuantity("shop", "MUG", -1)
BY_ANA = ("--who", "Ana", "--why", "looked at it")


@pytest.fixture
def url(embedded_databases: Databases) -> Iterator[str]:
    with embedded_databases.fresh() as url:
        yield url


@pytest.fixture
def at(url: str) -> Callable[[Callable[[PostgresStore], Awaitable[object]]], None]:
    """Do something to the store beforehand."""

    async def done(work: Callable[[PostgresStore], Awaitable[object]]) -> None:
        async with postgres_store(url) as store:
            await work(store)

    return lambda work: asyncio.run(done(work))


@pytest.fixture
def call(url: str) -> Call:
    around = Surroundings(environment={"ACCORD_DATABASE_URL": url, "USER": "ben"})
    return lambda *words: CliRunner().invoke(app, list(words), obj=around)


@pytest.fixture
def aside(at) -> None:
    """Two envelopes with an unknown word, one with an impossible quantity."""
    at(lambda store: set_aside(store, [LAYAWAY], [MANY], [LAYAWAY]))


def told(result: Result) -> Any:
    return json.loads(result.stdout)


def test_an_empty_quarantine_is_fine(call: Call) -> None:
    result = call("quarantine", "list")

    assert result.exit_code == 0
    assert "No envelopes in quarantine" in result.stdout


@pytest.mark.usefixtures("aside")
def test_the_list_tells_what_was_found_and_obeys_no_foreign_letters(call: Call) -> None:
    result = call("quarantine", "list", "--reason", "unknown_word")

    assert result.exit_code == 1
    assert "which is in no table" in result.stdout
    assert "2 envelopes in quarantine" in result.stdout
    assert "\x1b" not in result.stdout


@pytest.mark.usefixtures("aside")
def test_a_program_reads_reasons_by_their_columns(call: Call) -> None:
    found = told(call("quarantine", "list", "--word", LAYAWAY.word, "--json"))

    assert found["total"] == 2
    (reason,) = found["envelopes"][0]["reasons"]
    assert (reason["reason"], reason["record"]) == ("unknown_word", "financial_status")
    assert reason["word"] == LAYAWAY.word
    assert reason["names"] == ["820", "1001"]


@pytest.mark.usefixtures("aside")
def test_one_envelope_is_shown_with_the_remedy_and_its_payload_only_when_asked(call: Call) -> None:
    plain, whole = call("quarantine", "show", "2"), call("quarantine", "show", "2", "--payload")

    assert "Correct the order there" in plain.stdout
    assert "letter 1" not in plain.stdout
    assert "letter 1" in whole.stdout
    assert told(call("quarantine", "show", "2", "--json"))["id"] == 2
    assert call("quarantine", "show", "99").exit_code == 1


@pytest.mark.usefixtures("aside")
def test_a_dry_run_counts_and_changes_nothing(call: Call) -> None:
    result = call("quarantine", "release", "--all", "--dry-run", "--json")

    assert told(result) == {"released": 3, "dry_run": True}
    assert call("quarantine", "release", "1", "3").stdout == "2 envelopes released.\n"
    assert call("quarantine", "release", "1", "3").exit_code == 1
    assert told(call("quarantine", "list", "--json"))["total"] == 1


@pytest.mark.usefixtures("aside")
def test_discarding_needs_a_person_and_a_reason_and_is_on_record(call: Call) -> None:
    assert call("quarantine", "discard", "2").exit_code == 2
    assert call("quarantine", "discard", "2", "--who", "Ana", "--why", " ").exit_code == 2
    assert call("quarantine", "discard", "--order", "#1001", *BY_ANA).exit_code == 0

    status = told(call("status", "--json"))
    assert status["balance"] == {"shop": {"ignored": 3}}
    assert [deed["who"] for deed in status["deeds"]] == ["Ana"]


@pytest.mark.parametrize(
    "words",
    [
        ("quarantine", "release"),
        ("quarantine", "release", "--reason", "bad_luck"),
        ("retry",),
        ("pause", *BY_ANA),
        ("pause", "--all", "--system", "shop", *BY_ANA),
        ("pause", "--all"),
        ("resume", "--all", "--who", "Ana"),
    ],
)
def test_without_saying_what_or_why_nothing_is_done(call: Call, words: tuple[str, ...]) -> None:
    result = call(*words)

    assert result.exit_code == 2
    assert result.stderr


def test_a_part_that_waits_for_its_order_is_listed(call: Call, at) -> None:
    async def parked(store: PostgresStore) -> None:
        await store.keep([incoming("part")])  # received on a day long past
        await judge(store, Standing.WAITING, own("820"))

    at(parked)

    found = call("quarantine", "list", "--waiting", "--json")
    assert (datetime.now(UTC) - timedelta(hours=1) > NOW) == bool(found.exit_code)


async def given_up(store: PostgresStore) -> None:
    order = await place_order(store, own("820"), order_number("#1001"), due=("erp",))
    attempt = Attempt(
        order=order,
        system="erp",
        action=CancelOrder(reason="customer"),
        outcome=Refused("closed", "the period is closed"),
        at=NOW,
        took=timedelta(seconds=1),
    )
    await store.record([attempt])
    (task,) = await store.claim(PROPAGATE, ["erp"], 9, LEASE, datetime.now(UTC) + LEASE)
    await store.settle([Settlement(task=task, dead=True, note="refused (closed)")], NOW)


def test_a_dead_letter_is_listed_shown_and_tried_again(call: Call, at) -> None:
    at(given_up)

    (letter,) = told(call("dead-letters", "list", "--json"))["dead_letters"]
    number = str(letter["id"])
    assert "refused (closed)" in call("dead-letters", "list").stdout
    shown = call("dead-letters", "show", number).stdout
    assert "cancel_order" in shown
    assert "the period is closed" in shown
    assert call("retry", "--system", "shop").exit_code == 1
    assert told(call("retry", "--order", "#1001", "--dry-run", "--json"))["retried"] == 1
    assert "1 dead letter will be tried again" in call("retry", number).stdout
    assert call("dead-letters", "list").exit_code == 0
    assert call("dead-letters", "show", number).exit_code == 1
    (deed,) = told(call("status", "--json"))["deeds"]
    assert (deed["what"], deed["who"]) == ("retried", "ben")


def test_a_pause_is_set_shown_and_lifted(call: Call) -> None:
    assert "Writing to erp is paused." in call("pause", "--system", "erp", *BY_ANA).stdout
    assert told(call("pause", "--all", "--json", *BY_ANA))["paused"] == ["*", "erp"]
    assert "as before" in call("pause", "--all", *BY_ANA).stdout

    status = call("status")
    assert status.exit_code == 1
    assert "writing to every system" in status.stdout

    lifted = call("resume", "--all", *BY_ANA).stdout
    assert "Paused: writing to erp" in lifted
    assert told(call("resume", "--system", "erp", "--json", *BY_ANA)) == {
        "changed": True,
        "paused": [],
    }
    assert call("status").exit_code == 0


def test_a_folder_without_data_is_left_alone(tmp_path) -> None:
    result = CliRunner().invoke(
        app, ["status", "--data", str(tmp_path / "none")], obj=Surroundings(environment={})
    )

    assert result.exit_code == 2
    assert "--database" in result.stderr
    assert not (tmp_path / "none").exists()


def test_the_embedded_database_of_a_running_program_is_reached_from_another_process() -> None:
    with open_folder() as folder:
        server = EmbeddedServer(folder / "data")
        server.enter()
        try:
            asyncio.run(_migrated(server.url))
            environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
            environment.pop("ACCORD_DATABASE_URL", None)
            asked = [sys.executable, "-m", "accord", "status", "--json", "--data"]
            found = subprocess.run(
                [*asked, str(folder / "data")], env=environment, capture_output=True, check=False
            )
            assert found.returncode == 0, found.stderr
            asyncio.run(_migrated(server.url))  # still there: the other did not stop it
        finally:
            server.leave()


async def _migrated(url: str) -> None:
    async with postgres_store(url) as store:
        assert await store.balance() == {}
