"""Each mechanism of the engine, taken out, is missed within the fixed share of seeds."""

import pytest

from tests.simulation.many import play_all
from tests.simulation.mutations import MISSED_ON


@pytest.mark.parametrize("build", MISSED_ON)
def test_a_build_without_one_mechanism_is_caught(build, share):
    seeds = [one.seed for one in share if one.reached.get(MISSED_ON[build])]

    assert next((one.wrong for one in play_all(seeds, build) if one.wrong), ())
