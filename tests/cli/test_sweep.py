"""``accord sweep`` and ``accord census`` on a real database, at systems laid out by the test."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from accord.cli.app import app
from accord.cli.surroundings import Surroundings
from accord.connector_kit.connector import Connector
from accord.connector_kit.wire import read_json
from accord.domain.accord import Role
from accord.domain.action import CancelOrder
from accord.domain.outcome import Unavailable
from accord.domain.tracks import Track
from accord.engine.census_book import HOUR, Census, CensusState, Hole
from accord.engine.envelope import Origin, Parsed
from accord.engine.heard import Miss, TrafficHour
from accord.storage.postgres import PostgresStore, postgres_store
from tests.domain.stack import BOOKS, SHOP, said
from tests.engine.listing import ListingHand
from tests.engine.orders import of
from tests.engine.plain import no_simulator
from tests.storage.databases import Databases, given_server
from tests.storage.examples import incoming

ACCORD = """\
responsible = "Ana Lima <ana@example.com>"

[systems.shop]
connector = "shop"

[systems.books]
connector = "books"

[tracks]
order = { owner = "shop", mirrors = ["books"] }
payment = { owner = "shop" }
fulfillment = { owner = "shop" }
delivery = { owner = "shop" }
return = { owner = "shop" }

[stages]
preset = "simple"
"""
NOW = datetime.now(UTC).replace(microsecond=0)
TODAY = NOW.replace(minute=0, second=0)


@pytest.fixture
def hands() -> dict[str, ListingHand]:
    """An order that was placed, and one cancelled since; the books have both as open."""
    found = {"shop": ListingHand(), "books": ListingHand()}
    found["shop"].change(NOW - HOUR / 2, *of(1, said("shop", "order", "open")))
    for number in (1, 2):
        found["books"].change(NOW - HOUR, *of(number, said("books", "SalesOrd", "B")))
    cancelled = said("shop", "order", "cancelled", minute=5)
    found["shop"].change(NOW - HOUR / 3, *of(2, cancelled))
    return found


@pytest.fixture
def url() -> Iterator[str]:
    server = given_server()
    if server is None:
        pytest.skip("no PostgreSQL is given, and none is found on localhost")
    with Databases(server).fresh() as fresh:
        yield fresh


@pytest.fixture
def call(url, hands, tmp_path: Path):
    def connector(name, vocabulary):
        return Connector(
            name=name,
            title=name,
            role=Role.STOREFRONT if name == "shop" else Role.ERP,
            vocabulary=vocabulary,
            owns=frozenset(Track),
            mirrors=frozenset({Track.ORDER}),
            can=frozenset({CancelOrder}),
            settings=(),
            parse=lambda envelope, settings: read_json(envelope.body, Parsed),
            connect=lambda context: hands[name],
            simulate=no_simulator,
        )

    catalogue = {"shop": connector("shop", SHOP), "books": connector("books", BOOKS)}
    file = tmp_path / "accord.toml"
    file.write_text(ACCORD)
    around = Surroundings(catalogue=lambda: catalogue, environment={"ACCORD_DATABASE_URL": url})

    def called(command: str, *words: str):
        files = [str(file)] if command == "sweep" else []
        return CliRunner().invoke(app, [command, *files, *words], obj=around)

    return called


def everything(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of all tables."""
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
            " AND table_type = 'BASE TABLE' ORDER BY table_name"
        ).fetchall()
        return {
            name: connection.execute(f'SELECT * FROM "{name}" ORDER BY 1').fetchall()
            for (name,) in tables
        }


def test_a_sweep_takes_in_what_nobody_told_of_and_says_how_much(call, url):
    swept = call("sweep", "--since", "24h", "--json")

    sweeps = {one["system"]: one for one in json.loads(swept.stdout)["sweeps"]}
    assert swept.exit_code == 0
    assert {name: one["counts"]["new"] for name, one in sweeps.items()} == {"shop": 2, "books": 2}
    assert len(everything(url)["orders"]) == 2
    again = json.loads(call("sweep", "--system", "shop", "--json").stdout)["sweeps"]
    assert [one["counts"]["new"] for one in again] == [0]
    assert again[0]["counts"]["drifting"] == 0
    assert "drifting" in call("sweep", "--system", "shop").stdout


def test_a_dry_run_says_what_would_be_taken_in_and_asked_and_writes_nothing(call, url, hands):
    before = everything(url)
    told = call("sweep", "--since", "24h", "--dry-run", "--json")

    dry = json.loads(told.stdout)
    assert told.exit_code == 0
    assert (dry["read"], len(dry["taken"])) == (4, 4)
    assert {(one["system"], one["about"], one["standing"]) for one in dry["taken"]} == {
        (system, f"order {number}", "applied") for system in ("shop", "books") for number in (1, 2)
    }
    (asked,) = dry["asked"]
    assert (asked["system"], asked["order"]) == ("books", "2")
    assert asked["actions"][0]["type"] == "CancelOrder"
    assert everything(url) == before
    assert [hands[name].performed for name in ("shop", "books")] == [[], []]
    shown = call("sweep", "--dry-run").stdout
    assert "books would be asked for order 2: cancel_order" in shown


def test_a_dry_run_over_what_is_here_finds_nothing_new_and_knows_the_orders(call, url, hands):
    call("sweep", "--system", "books")
    before = everything(url)
    dry = json.loads(call("sweep", "--dry-run", "--system", "shop", "--json").stdout)

    # The order of the books is known, so that it is seen what they would be asked for.
    assert [one["system"] for one in dry["taken"]] == ["shop", "shop"]
    assert [(one["system"], one["order"]) for one in dry["asked"]] == [("books", "2")]
    assert everything(url) == before


def test_a_dry_run_at_a_system_that_is_away_writes_nothing_either(call, url, hands):
    hands["shop"].stops = Unavailable("away")
    before = everything(url)
    told = call("sweep", "--dry-run", "--json")

    assert told.exit_code == 1
    assert json.loads(told.stdout)["trouble"] == {"shop": "unavailable: away"}
    assert everything(url) == before


@pytest.mark.parametrize(
    "words", [("--system", "shup"), ("--since", "soon"), ("--since", "0 hours")]
)
def test_what_cannot_be_swept_is_refused(call, words):
    assert call("sweep", *words).exit_code == 2


async def _some_hours(store: PostgresStore) -> None:
    hours = [TODAY - n * HOUR for n in (3, 2, 1)]
    await store.census.add([Census(system="shop", hour=hour, due=hour) for hour in hours])
    for hour, state, sentence in zip(
        hours[:2],
        (CensusState.CERTIFIED, CensusState.HOLES),
        ("shop: 412 of 412", "shop: 411 of 412"),
        strict=True,
    ):
        await store.census.write(
            Census(
                system="shop", hour=hour, due=hour, state=state, asked_at=NOW, sentence=sentence
            ),
            [_hole(hour)] if state is CensusState.HOLES else [],
            [incoming("a", "shop", Origin.FEED)],
        )
    miss = Miss(system="shop", topic="orders/updated", hour=hours[0], thing="shop 1", said_at=NOW)
    await store.heard.miss([miss])
    quiet = TrafficHour(
        system="shop", origin=Origin.HOOK, hour=hours[0], envelopes=0, usual=40, silent=True
    )
    await store.heard.note([quiet])


def _hole(hour: datetime) -> Hole:
    return Hole(
        system="shop",
        hour=hour,
        identity=b"a",
        topic="feed/order",
        name="order \x1b[2J1001",
        was_there=False,
        found_at=NOW,
    )


async def _at(url: str, work) -> None:
    async with postgres_store(url) as store:
        await work(store)


def test_certificates_and_holes_are_listed(call, url):
    assert call("census").exit_code == 1  # nothing was asked for yet
    asyncio.run(_at(url, _some_hours))
    listed = call("census", "--json")
    shown = call("census").stdout

    told = json.loads(listed.stdout)
    assert listed.exit_code == 1
    assert [one["state"] for one in told["hours"]] == ["open", "holes", "certified"]
    assert [hole["name"] for hole in told["holes"]] == ["order \x1b[2J1001"]
    assert "412 of 412" in shown
    assert "orders/updated did not come" in shown
    assert "40 by hook are usual" in shown
    assert "\x1b" not in shown
    assert json.loads(call("census", "--system", "books", "--json").stdout)["hours"] == []


def test_a_day_on_which_every_hour_is_certified_is_well(call, url):
    day = datetime(2026, 11, 20, tzinfo=UTC)

    async def certify(store: PostgresStore) -> None:
        hours = [Census(system="shop", hour=day + n * HOUR, due=day) for n in range(24)]
        await store.census.add(hours)
        for one in hours[1:]:
            await store.census.write(
                Census(system="shop", hour=one.hour, due=day, state=CensusState.CERTIFIED)
            )

    asyncio.run(_at(url, certify))
    assert call("census", "--day", "2026-11-20").exit_code == 1
    assert call("census", "--day", "2026-11-21").exit_code == 1

    async def the_last(store: PostgresStore) -> None:
        last = Census(system="shop", hour=day, due=day, state=CensusState.NOT_POSSIBLE)
        await store.census.write(last)

    asyncio.run(_at(url, the_last))
    assert call("census", "--day", "2026-11-20").exit_code == 0


def test_a_day_that_is_none_is_refused(call):
    assert call("census", "--day", "yesterday").exit_code == 2


def test_an_hour_that_has_not_settled_is_nothing_to_worry_about(call, url):
    async def work(store: PostgresStore) -> None:
        hours = [TODAY - 2 * HOUR, TODAY - HOUR]
        await store.census.add(
            [Census(system="shop", hour=hour, due=NOW + timedelta(hours=1)) for hour in hours]
        )
        certified = Census(system="shop", hour=hours[0], due=NOW, state=CensusState.CERTIFIED)
        await store.census.write(certified)

    asyncio.run(_at(url, work))
    assert call("census").exit_code == 0
