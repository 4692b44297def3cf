"""What is out of step is compared, listed by cause and shown by command, on a real database."""

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib.resources import files

import pytest
from typer.testing import CliRunner, Result

from accord.cli.app import app
from accord.cli.surroundings import Surroundings
from accord.domain.matrix import Matrix
from accord.domain.report import order_number
from accord.engine.ports import Change
from accord.settings.accord_file import FILE_NAME
from accord.storage.postgres import postgres_store
from tests.storage.databases import Databases, given_server
from tests.storage.examples import NOW, cell, own, write

Call = Callable[..., Result]
PAID_UNBOOKED = [
    cell(),  # paid
]


@pytest.fixture
def call(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Call]:
    server = given_server()
    if server is None:
        pytest.skip("no PostgreSQL is given, and none is found on localhost")
    file = tmp_path_factory.mktemp("accord") / FILE_NAME
    file.write_bytes(files("accord.bench").joinpath("accord.toml").read_bytes())
    with Databases(server).empty() as url:
        asyncio.run(_orders(url))
        around = Surroundings(environment={"ACCORD_DATABASE_URL": url})

        def call(*words: str) -> Result:
            given = [*words, *(("--file", str(file)) if words[0] == "compare" else ())]
            return CliRunner().invoke(app, ["drift", *given], obj=around)

        yield call


async def _orders(url: str) -> None:
    async with postgres_store(url) as store:
        told = Matrix(
            cells={one.key: one for one in PAID_UNBOOKED},
            refs=(order_number("#1001"), own("820")),
        )
        change = Change(order=None, matrix=told, told=tuple(PAID_UNBOOKED))
        await write(store, change, now=NOW - timedelta(days=400))


def test_a_comparison_counts_and_what_it_finds_is_listed_and_shown(call: Call) -> None:
    assert call("list").exit_code == 0
    looked = call("compare", "--dry-run", "--json")
    assert json.loads(looked.stdout)["drifting"] == 1
    assert call("list").exit_code == 0  # it only looked

    compared = call("compare")
    assert compared.exit_code == 1
    assert "1 orders: 0 in agreement, 0 in flight, 1 drifting." in compared.stdout

    listed = call("list", "--json", "--system", "books")
    told = json.loads(listed.stdout)
    assert listed.exit_code == 1
    assert [cause["pattern"] for cause in told["causes"]] == ["unacknowledged_order"]
    number = told["drifts"][0]["id"]
    assert call("list", "--class", "systemic").exit_code == 0

    shown = call("show", str(number))
    assert "order 1001: unacknowledged_order" in shown.stdout
    assert "See why the import passed it over" in shown.stdout
    assert call("show", "99").exit_code == 1
