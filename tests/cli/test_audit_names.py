"""However it is started, `accord audit` is called by one name in usage, help and errors."""

import subprocess
import sys

import pytest


def said(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "accord", *words], capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "usage"),
    [
        (("audit", "--help"), "Usage: accord audit [OPTIONS]"),
        (("audit", "files", "--help"), "Usage: accord audit [OPTIONS]"),
        (("audit", "a.csv", "--nope"), "Usage: accord audit [OPTIONS]"),
        (("audit", "logs"), "Usage: accord audit logs [OPTIONS]"),
        (("--help",), "Usage: accord [OPTIONS]"),
        (("bench", "--help"), "Usage: accord bench [OPTIONS]"),
    ],
)
def test_the_usage_is_what_a_person_types(words: tuple[str, ...], usage: str) -> None:
    told = said(*words)

    assert usage in told
    assert "python -m" not in told
    assert "audit files" not in told


def test_a_wrong_option_points_to_the_help_under_the_same_name() -> None:
    assert "Try 'accord audit --help'" in said("audit", "a.csv", "--nope")
