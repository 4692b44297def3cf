"""Tell the story of one seed on an empty database: ``python -m tests.simulation.on_postgres``.

The address of the database and the seed follow. It is a process of its own, since what a killed
process of the story leaves behind, such as connections that nobody puts back, is nobody else's.
"""

import sys

from tests.simulation.seed import play_seed_on

if __name__ == "__main__":
    sys.exit(len(play_seed_on(sys.argv[1], int(sys.argv[2]), echo=print).wrong))
