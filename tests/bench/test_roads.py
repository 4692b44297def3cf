"""Each bench runs from end to end on a few orders. Its figures are not judged here."""

import re

import msgspec
import psycopg
import pytest
from msgspec.structs import replace
from typer.testing import CliRunner

from accord.bench import invented_lives
from accord.bench.accept import accept
from accord.bench.agree import agree
from accord.bench.database import fresh_database
from accord.bench.decide import decide
from accord.bench.measured import LostError
from accord.bench.pretend_shop import pretend_shop
from accord.bench.sweep import sweep
from accord.cli.app import app
from accord.domain.drift import DriftPattern
from tests.storage.databases import given_server

FEW = 40
SERVER = given_server()
needs_server = pytest.mark.skipif(SERVER is None, reason="no PostgreSQL is given or found")


def no_bar(_what: str, _done: float) -> None:
    return


@needs_server
@pytest.mark.parametrize("road", [accept, agree])
async def test_every_id_is_found_in_the_end(road, tmp_path):
    measured = await road(FEW, SERVER, tmp_path, no_bar)

    assert measured.figures["verified"] >= FEW
    assert measured.ratio > 0
    assert measured.setting["commit_mode"] == "synchronous_commit=on"


@needs_server
async def test_two_workers_decide_everything_between_them(tmp_path):
    measured = await decide(FEW, 2, SERVER, tmp_path, no_bar)

    assert (measured.figures["verified"], measured.setting["events"]) == (FEW, 4 * FEW)


@needs_server
async def test_exactly_the_planted_drift_is_found(tmp_path):
    measured = await sweep(1_000, SERVER, tmp_path, no_bar)

    assert measured.figures["drifting_orders"] == measured.setting["planted_drift"] == 10
    assert measured.figures["in_flight_orders"] == 5


@needs_server
async def test_drift_that_is_not_found_makes_the_figures_mean_nothing(tmp_path, monkeypatch):
    lives = invented_lives.drifting

    def mislabelled(accord, now):
        for life in lives(accord, now):
            yield replace(life, drifts=DriftPattern.CORRECTED_TWICE)

    monkeypatch.setattr("accord.bench.sweep.drifting", mislabelled)

    with pytest.raises(LostError, match="Of 10 orders that drift 10 were not found"):
        await sweep(1_000, SERVER, tmp_path, no_bar)


@needs_server
async def test_a_database_of_a_bench_is_gone_after_it(tmp_path):
    assert SERVER is not None
    async with fresh_database(SERVER, tmp_path) as url:
        name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
    with psycopg.connect(SERVER) as connection:
        found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [name])

        assert found.fetchall() == []


def test_an_order_that_was_never_told_is_lost():
    shop = pretend_shop(2)

    with pytest.raises(LostError, match="Order 1001 has 0 parcels"):
        shop.verify()


@needs_server
def test_the_command_prints_one_object_with_the_unit_in_every_name():
    assert SERVER is not None
    words = ["bench", "agree", "--count", "20", "--database", SERVER, "--json"]
    printed = CliRunner().invoke(app, words)
    measured = msgspec.json.decode(printed.stdout)
    units = re.compile(r"_(per_s|ms|mib|us|us_each)$")

    assert set(measured) == {"figures", "baseline", "ratio", "setting"}
    assert [name for name in measured["figures"] if not units.search(name)] == ["verified"]
