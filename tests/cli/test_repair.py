"""Held repairs are listed, looked at and done by command, on a real database."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from typer.testing import CliRunner, Result

from accord.cli.app import app
from accord.cli.surroundings import Surroundings
from accord.domain.action import Approve
from accord.domain.case import case_of_hold
from accord.domain.report import order_number
from accord.engine.desk import Deed, repairs_at
from accord.engine.ports import Change
from accord.storage.postgres import postgres_store
from tests.settings.catalogue import CATALOGUE, SECRETS
from tests.settings.examples import WHOLE
from tests.storage.databases import Databases, given_server
from tests.storage.examples import NOW, cell, matrix, own, write

BY_ANA = ("--who", "Ana", "--why", "it is known")
WHY = "books went over to \x1b[2J by itself"

Call = Callable[..., Result]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Call]:
    server = given_server()
    if server is None:
        pytest.skip("no PostgreSQL is given, and none is found on localhost")
    monkeypatch.chdir(tmp_path)
    Path("accord.toml").write_text(WHOLE)
    with Databases(server).empty() as url:
        asyncio.run(_one_held(url))
        environment = {**SECRETS, "ACCORD_DATABASE_URL": url}
        around = Surroundings(catalogue=lambda: CATALOGUE, environment=environment)
        yield lambda *words: CliRunner().invoke(app, [*words], obj=around)


async def _one_held(url: str) -> None:
    async with postgres_store(url) as store:
        told = matrix(own("820"), order_number("#1001"), cells=[cell()])
        found = Change(order=None, matrix=told, due=("books",), repairs={"books": WHY})
        await write(store, found)
        deed = Deed(what="paused", who="Accord", why="too many", at=NOW)
        await store.desk.pause(repairs_at("books"), deed)
        rows = await store.repairs.waiting("books", 9)
        given = [replace(row, actions=(Approve(),)) for row in rows]
        await store.repairs.hold(given, {r.order: case_of_hold("books", WHY) for r in rows}, NOW)


def test_a_held_repair_is_listed_and_done_because_a_person_says_so(call: Call) -> None:
    shown = call("repair", "list")
    (row,) = json.loads(call("repair", "list", "--json").stdout)["repairs"]
    done = call("repair", "1", *BY_ANA)

    assert shown.exit_code == 1
    assert "approve" in shown.stdout
    assert "\x1b" not in shown.stdout
    assert (row["number"], row["outcome"], row["by_hand"]) == ("1001", "held", False)
    assert done.exit_code == 0
    (row,) = json.loads(call("repair", "list", "--json").stdout)["repairs"]
    assert (row["by_hand"], row["who"], row["reason"]) == (True, "Ana", "it is known")


def test_a_dry_run_says_who_would_be_asked_and_does_nothing(call: Call) -> None:
    told = json.loads(call("repair", "do", "1", "--dry-run", "--json").stdout)
    words = call("repair", "1", "--dry-run")

    assert told["read_again"] == ["shop", "books"]
    assert words.exit_code == 0
    assert "Read again first: shop, books." in words.stdout
    (row,) = json.loads(call("repair", "list", "--json").stdout)["repairs"]
    assert row["by_hand"] is False


@pytest.mark.parametrize(
    ("words", "code"),
    [(("repair", "1"), 2), (("repair", "4711", *BY_ANA), 1), (("resume", "--repairs", *BY_ANA), 2)],
)
def test_what_is_not_said_in_full_does_nothing(
    call: Call, words: tuple[str, ...], code: int
) -> None:
    assert call(*words).exit_code == code


def test_a_stop_of_repairs_is_lifted_by_its_own_name(call: Call) -> None:
    other = call("resume", "--system", "books", *BY_ANA)
    lifted = call("resume", "--repairs", "--system", "books", *BY_ANA)

    assert "Paused: the repair of books" in other.stdout
    assert lifted.stdout == "The repair of books goes on.\n"
