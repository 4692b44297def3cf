"""Whatever fails on the way, in the end the systems agree or something says why not."""

import os
import subprocess
import sys
from collections import Counter

import pytest

from tests.simulation.many import complaints, play_all
from tests.simulation.seed import play_seed
from tests.simulation.weather import Ill

# Branches that no seed may be the only one to take: a share that misses one proves nothing of it.
RARE = {
    "zombie change",
    "lease taken over from another hand",
    "lease taken over from its own hand",
    "an old token was refused",
    "breaker opened",
    "dead letter",
    "a difference with a reason",
    "a turn failed with the database",
    "frozen in the middle of work",
    "killed while asking for a change",
    "killed inside interpreting",
    "killed before the commit of interpreting",
    "killed after the commit of interpreting",
    "killed before settle",
    "killed after settle",
    "killed after keep",
    "hook lost",
    "hook doubled",
    "hook late",
    "subscription removed",
    "feed silent",
    "order skipped by the feed",
    "row lost",
    "row repeated",
    "row without its time",
    "hour certified",
    "hour certified after holes were filled",
    "hour with a hole at the end",
    "envelope late",
    "envelope repeated",
    "envelope quarantined",
    "outcome throttled",
    "outcome unauthorized",
    "outcome unavailable",
    "outcome refused",
    "outcome unneeded",
    *Ill,
}
DEEP = range(2000)


def test_the_systems_agree_after_every_seed_of_the_share(share):
    assert complaints(share) == []


def test_the_share_of_seeds_comes_through_every_rare_branch(share):
    reached = sum((Counter(one.reached.keys()) for one in share), Counter())

    assert {branch for branch in RARE if not reached[branch]} == set()


def test_a_seed_is_one_story_in_every_process():
    seeds = ["3", "7", "11"]

    def traces(hash_seed):
        command = [sys.executable, "-m", "tests.simulation", *seeds]
        environment = os.environ | {
            "PYTHONHASHSEED": hash_seed,
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return told.stdout

    assert traces("1") == traces("2")


@pytest.mark.deep
def test_the_systems_agree_after_thousands_of_seeds():
    assert complaints(play_all(DEEP)) == []


@pytest.mark.one_seed
def test_one_seed(request, capsys):
    seed = request.config.getoption("--seed")
    with capsys.disabled():
        played = play_seed(seed, echo=print)

    assert played.wrong == ()
