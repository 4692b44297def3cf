"""Alerts are listed by command, rules shown, channels tried, on a real database."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from accord.cli.app import app
from accord.cli.surroundings import Surroundings
from accord.domain.alert import Condition, follow
from accord.domain.alert_rules import RuleName, usual_rules
from accord.storage.postgres import postgres_store
from tests.settings.catalogue import CATALOGUE, SECRETS
from tests.settings.examples import CALLING, WHOLE
from tests.storage.databases import Databases, given_server
from tests.storage.examples import NOW

DEAD = Condition(rule=RuleName.DEAD_LETTERS, key="books", figure=2, what="Given up: \x1b[2J2.")

Call = Callable[..., Result]


@pytest.fixture
def call() -> Iterator[Call]:
    server = given_server()
    if server is None:
        pytest.skip("no PostgreSQL is given, and none is found on localhost")
    with Databases(server).empty() as url:
        asyncio.run(_one_alert(url))
        around = Surroundings(environment={"ACCORD_DATABASE_URL": url})
        yield lambda *words: CliRunner().invoke(app, words, obj=around)


async def _one_alert(url: str) -> None:
    async with postgres_store(url) as store:
        await store.alerts.follow(follow([], [DEAD], usual_rules(), NOW), [], NOW)


def test_what_is_wrong_is_listed(call: Call) -> None:
    listed = call("alerts", "list")
    (one,) = json.loads(call("alerts", "list", "--json").stdout)["alerts"]

    assert listed.exit_code == 1
    assert "dead letters: books" in listed.stdout
    assert "\x1b" not in listed.stdout
    assert (one["rule"], one["figure"]) == ("dead_letters", 2)
    assert call("alerts", "list", "--closed").exit_code == 0


def test_that_the_accord_was_read_is_noted_with_who_and_why(call: Call) -> None:
    assert call("reviewed", "--who", "Ana").exit_code == 2
    assert call("reviewed", "--who", "Ana", "--why", "no change").exit_code == 0
    deeds = json.loads(call("status", "--json").stdout)["deeds"]
    assert [(deed["what"], deed["who"]) for deed in deeds] == [("reviewed", "Ana")]


def with_file(text: str, tmp_path: Path, **environment: str) -> Call:
    file = tmp_path / "accord.toml"
    file.write_text(text)
    around = Surroundings(environment={**SECRETS, **environment}, catalogue=lambda: CATALOGUE)
    return lambda *words: CliRunner().invoke(app, [*words, "--file", str(file)], obj=around)


def test_the_rules_in_force_are_shown(tmp_path: Path) -> None:
    call = with_file(CALLING, tmp_path)
    shown = {
        rule["name"]: rule for rule in json.loads(call("alerts", "rules", "--json").stdout)["rules"]
    }

    assert list(shown) == [*RuleName]
    assert (shown["drifting_orders"]["more_than"], shown["drifting_orders"]["lasts"]) == (20, 600)
    assert "lead" in call("alerts", "rules").stdout


def test_a_channel_is_tried_and_says_whether_it_took_the_message(tmp_path: Path) -> None:
    given = {"ACCORD_ALERTS_OPS_URL": "json://127.0.0.1:1/", "ACCORD_ALERTS_LEAD_URL": "x"}
    silent = with_file(
        CALLING.replace('["ops", "lead"]', '["ops"]').replace('["lead"]', '["ops"]'),
        tmp_path,
        **given,
    )("alerts", "test")

    assert silent.exit_code == 1
    assert "did not take it" in silent.stdout
    assert with_file(CALLING, tmp_path, **given)("alerts", "test").exit_code == 2
    assert with_file(CALLING, tmp_path)("alerts", "test").exit_code == 2
    assert with_file(WHOLE, tmp_path)("alerts", "test").exit_code == 2
