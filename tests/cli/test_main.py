import subprocess
import sys
from importlib.resources import files

import pytest

ACCORD = files("accord.demo").joinpath("accord.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("command", "name", "value"),
    [
        (["demo", "--check"], "ACCORD_PORT", "eighty"),
        (["serve", "--port", "0"], "ACCORD_DATABASE_URL", "mysql://somewhere/else"),
    ],
)
def test_a_wrong_setting_is_one_sentence_and_not_a_traceback(tmp_path, command, name, value):
    (tmp_path / "accord.toml").write_text(ACCORD, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "accord", *command],
        env={name: value, "PATH": ""},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert name in done.stderr
