import subprocess
import sys

from accord import __version__
from tests.cli.conftest import Run


def test_the_version_is_printed(run: Run) -> None:
    assert run("--version").stdout == f"accord {__version__}\n"


def test_the_help_names_the_commands(run: Run) -> None:
    said = run("--help").stdout

    assert {"check", "init"} <= set(said.split())


def test_the_program_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "accord", "--version"], capture_output=True, text=True, check=True
    )

    assert done.stdout == f"accord {__version__}\n"
