"""What needs a person is listed, shown and decided by command, on a real database."""

import asyncio
import json
from collections.abc import Callable, Iterator

import pytest
from typer.testing import CliRunner, Result

from accord.cli.app import app
from accord.cli.surroundings import Surroundings
from accord.domain.case import Case, CaseKind
from accord.domain.report import order_number
from accord.engine.ports import Change
from accord.storage.postgres import postgres_store
from tests.storage.databases import Databases
from tests.storage.examples import cell, matrix, own, write

LEFT = Case(CaseKind.SHIPPED_AFTER_CANCEL, "depot", "depot:se-1", "It left \x1b[2Jall the same.")
BY_ANA = ("--who", "Ana", "--why", "the customer keeps it")

Call = Callable[..., Result]


@pytest.fixture
def call(embedded_databases: Databases) -> Iterator[Call]:
    with embedded_databases.fresh() as url:
        asyncio.run(_one_case(url))
        around = Surroundings(environment={"ACCORD_DATABASE_URL": url})
        yield lambda *words: CliRunner().invoke(app, ["cases", *words], obj=around)


async def _one_case(url: str) -> None:
    async with postgres_store(url) as store:
        told = matrix(own("820"), order_number("#1001"), cells=[cell()])
        await write(store, Change(order=None, matrix=told, cases=(LEFT,)))


def test_a_case_is_listed_shown_and_closed_once(call: Call) -> None:
    listed = call("list", "--json")
    (one,) = json.loads(listed.stdout)["cases"]
    shown = call("show", str(one["id"]))
    closed = call("decide", str(one["id"]), "--close", *BY_ANA)

    assert listed.exit_code == 1
    assert (one["kind"], one["number"], one["steps"] != []) == (LEFT.kind, "1001", True)
    assert "intercept" in shown.stdout
    assert "\x1b" not in shown.stdout + call("list", "--closed").stdout
    assert closed.exit_code == 0
    assert call("list").exit_code == 0
    assert call("decide", str(one["id"]), "--close", *BY_ANA).exit_code == 1
    assert "Ana" in call("list", "--closed").stdout


@pytest.mark.parametrize(
    "words",
    [
        ("decide", "1", "--close"),
        ("decide", "1", *BY_ANA),
        ("decide", "1", "--close", "--revert", *BY_ANA),
        ("decide", "1", "--revert", "--file", "nowhere.toml", *BY_ANA),
    ],
)
def test_what_is_not_said_in_full_decides_nothing(call: Call, words: tuple[str, ...]) -> None:
    assert call(*words).exit_code == 2
    assert call("list").exit_code == 1


def test_a_case_that_is_not_there_is_said_so(call: Call) -> None:
    assert call("show", "4711").exit_code == 1
    assert call("decide", "4711", "--close", *BY_ANA).exit_code == 1
