from importlib.resources import files

import pytest
from typer.testing import CliRunner

from accord.cli.app import app
from accord.web.server import listen

ACCORD = files("accord.demo").joinpath("accord.toml").read_text(encoding="utf-8")


@pytest.fixture
def sound(tmp_path):
    file = tmp_path / "accord.toml"
    file.write_text(ACCORD, encoding="utf-8")
    return file


def test_an_accord_that_is_not_sound_is_not_served(sound):
    sound.write_text(ACCORD.replace('owner = "warehouse"', 'owner = "nobody"'), encoding="utf-8")

    result = CliRunner().invoke(app, ["serve", str(sound)])

    assert result.exit_code == 2
    assert "nobody" in result.output


def test_a_missing_accord_is_said_with_the_way_to_make_one(tmp_path):
    result = CliRunner().invoke(app, ["serve", str(tmp_path / "accord.toml")])

    assert result.exit_code == 2
    assert "accord init" in result.output


def test_a_port_that_is_taken_is_said_with_what_to_change(sound, monkeypatch):
    for name in ("SHOP_CLIENT_ID", "SHOP_CLIENT_SECRET", "BOOKS_CLIENT_ID", "WAREHOUSE_API_KEY"):
        monkeypatch.setenv(f"ACCORD_{name}", "pretend")
    with listen("127.0.0.1", 0) as taken:
        port = str(taken.getsockname()[1])

        result = CliRunner().invoke(app, ["serve", str(sound), "--port", port])

    assert result.exit_code == 2
    assert "--port" in result.output


def test_a_role_that_is_none_is_said_with_those_there_are(sound):
    result = CliRunner().invoke(app, ["serve", str(sound), "--role", "work,dance"])

    assert result.exit_code != 0
    assert "receive, work, sweep, console" in str(result.exception)
