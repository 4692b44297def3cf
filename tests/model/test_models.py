"""The models hold, and each mechanism taken out of them makes one fail: none is there for show."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

CHECK = Path(__file__).parents[2] / "model" / "check.sh"
HOLDS, FAILS = 0, 1

pytestmark = pytest.mark.skipif(
    shutil.which("spin") is None or shutil.which("cc") is None,
    reason="needs Spin and a C compiler (Debian: apt-get install spin gcc)",
)

SOUND = [
    "intake durable",
    "intake once",
    "intake settles",
    "intake durable BROKER",
    "intake once BROKER",
    "intake settles BROKER",
    "intake settles POISON",
    "intake flows POISON",
    "propagation alone",
    "propagation sound",
    "propagation converges TROUBLE=1",
    "gate gate",
    "gate sighted",
    "gate honest",
    "gate ends",
    "notices once",
    "notices ends",
    "notices once NO_KEYS",
    "notices ends NO_KEYS",
]
NEEDED = [
    "intake durable ANSWER_FIRST",
    "intake durable BROKER NO_CONFIRM",
    "intake durable BROKER ACK_FIRST",
    "intake once NO_UNIQUE",
    "intake once NO_LOCK",
    "intake settles POISON NO_COUNT",
    "intake flows POISON NO_COUNT",
    "propagation converges NO_FEED",
    "propagation converges NO_LOOK",
    "propagation converges REPLAY",
    "propagation converges NO_AGAIN",
    "propagation converges NO_TOKEN",
    "propagation converges NO_LEASE_END",
    "propagation converges NO_READBACK",
    "propagation alone NO_MARGIN",
    "gate gate NO_CHECK",
    "gate sighted NO_HOLD",
    "gate sighted STALE_LOOK",
    "gate honest TELL_EARLY",
    "gate honest NO_READBACK",
    "notices once NO_LEDGER",
    "notices once NO_KEYS BLIND_RESEND",
    "notices once NO_UNIQUE",
    "notices once NO_EPOCH",
    "notices once NO_WINDOW",
    "notices once NO_MARGIN",
    "notices once REFUSED_REPEAT",
    "notices once NO_TOKEN",
    "notices once NO_LOOK",
    "notices once NO_KEYS NO_LOOK",
]
# More trouble at once: many more states, the same answer.
LONG = [
    "propagation converges TROUBLE=2",
    "propagation alone TROUBLE=3",
    "notices once TROUBLE=3",
    "notices ends TROUBLE=3",
]


# Searches that take longer than to compile them well.
LARGE = {*LONG, "propagation converges TROUBLE=1", "propagation converges NO_READBACK"}


def _searched(words: str) -> tuple[int, str]:
    result = subprocess.run(
        [CHECK, *words.split()],
        env=os.environ | {"OPTIMIZE": "-O1" if words in LARGE else "-O0"},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    return result.returncode, result.stdout + result.stderr


@pytest.mark.parametrize("words", SOUND)
def test_a_promise_holds_in_every_state_of_its_model(words: str) -> None:
    status, told = _searched(words)

    assert status == HOLDS, told


@pytest.mark.parametrize("words", NEEDED)
def test_a_mechanism_taken_away_breaks_a_promise(words: str) -> None:
    status, told = _searched(words)

    assert status == FAILS, told


@pytest.mark.deep
@pytest.mark.parametrize("words", LONG)
def test_a_promise_holds_under_more_trouble(words: str) -> None:
    status, told = _searched(words)

    assert status == HOLDS, told
