from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from accord.cli.app import app
from accord.cli.surroundings import Surroundings
from tests.settings.catalogue import CATALOGUE, SECRETS

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call the program in an empty folder, with the small connectors and their secrets."""
    monkeypatch.chdir(tmp_path)

    def call(*words: str, answers: str = "", environment: Mapping[str, str] = SECRETS) -> Result:
        around = Surroundings(catalogue=lambda: CATALOGUE, environment=environment)
        return CliRunner().invoke(app, list(words), input=answers, obj=around)

    return call
