"""Print the trace of each seed given: ``python -m tests.simulation 1 2 3``."""

import sys

from tests.simulation.seed import play_seed

for seed in map(int, sys.argv[1:]):
    print(seed, play_seed(seed).trace)
