"""The fixed share of seeds, played once for all tests that look at it."""

from collections.abc import Sequence

import pytest

from tests.simulation.many import play_all
from tests.simulation.seed import Played

# So many of the seeds that `./run test --deep` plays are played by every `./run test`.
SHARE = range(50)


@pytest.fixture(scope="session")
def share() -> Sequence[Played]:
    return list(play_all(SHARE))
