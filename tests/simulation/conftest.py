"""The fixed share of seeds, played once for all tests that look at it."""

from collections.abc import Sequence

import pytest

from tests.simulation.many import play_all
from tests.simulation.seed import Played

# Of the seeds that `./run test --deep` plays, these are played by every `./run test`. In the last
# one a process dies before a bookmark moves, which happens in one of a hundred.
SHARE = (*range(62), 105)


@pytest.fixture(scope="session")
def share() -> Sequence[Played]:
    return list(play_all(SHARE))
