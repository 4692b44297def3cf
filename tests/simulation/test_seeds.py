"""Whatever fails on the way, in the end the systems agree or something says why not."""

import os
import subprocess
import sys
from collections import Counter

import pytest

from tests.simulation.many import complaints, play_all
from tests.simulation.mutations import MISSED_ON
from tests.simulation.seed import play_seed
from tests.simulation.weather import Ill

# Branches that no seed may be the only one to take: a share that misses one proves nothing of it.
RARE = {
    "zombie change",
    "lease taken over from another hand",
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
    "killed before record",
    "killed after record",
    "killed after claim",
    "killed before advance",
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
DEEP = range(3000)
# Of worlds in which nothing goes wrong but one thing.
ALONE = range(60)


def test_the_systems_agree_after_every_seed_of_the_share(share):
    assert complaints(share) == []


def test_the_share_of_seeds_comes_through_every_rare_branch(share):
    reached = sum((Counter(one.reached.keys()) for one in share), Counter())

    assert {branch for branch in RARE if not reached[branch]} == set()


@pytest.mark.parametrize("build", MISSED_ON)
def test_a_build_without_one_mechanism_is_caught(build, share):
    branch = MISSED_ON[build]
    if isinstance(branch, Ill):  # alone, so that nothing else makes anybody look again
        played = play_all(ALONE, build, frozenset({branch}))
    else:
        fitting = sorted((one for one in share if one.reached.get(branch)), key=lambda o: o.lines)
        played = play_all([one.seed for one in fitting], build)

    assert next((one.wrong for one in played if one.wrong), ())


def test_a_seed_is_one_story_in_every_process():
    seeds = ["0", "5"]

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
