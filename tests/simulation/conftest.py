"""The fixed share of seeds, played once for all tests that look at it."""

from collections.abc import Sequence

import pytest

from tests.simulation.many import play_all
from tests.simulation.seed import Played

# Of the seeds that `./run test --deep` plays, these are played by every `./run test`. In the last
# ones happens what is rare: a build that answers too soon is caught, a process dies before a
# bookmark moves, or while it asks for a change.
SHARE = (*range(50), 58, 61, 105, 125, 195, 284)


@pytest.fixture(scope="session")
def share() -> Sequence[Played]:
    return list(play_all(SHARE))
