"""Many seeds at once, on every core there is."""

import multiprocessing
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tests.simulation.mutations import BUILDS
from tests.simulation.seed import Played, play_seed


def replay(seed: int) -> str:
    """Return the command that plays one seed again and tells all of it."""
    return f"./run test --seed {seed}"


def play_build(build: str, seed: int) -> Played:
    """Play a seed with a build by its name; a seed that breaks off has gone wrong."""
    try:
        return play_seed(seed, build=BUILDS[build])
    except Exception as error:  # noqa: BLE001 - whatever it is, its seed is to be told
        return Played(seed, (f"broke off: {error!r}",), Counter(), "", 0)


def play_all(seeds: Iterable[int], build: str = "as it is") -> Iterator[Played]:
    """Play seeds side by side; yield them in their order."""
    pool = ProcessPoolExecutor(os.cpu_count(), mp_context=multiprocessing.get_context("spawn"))
    try:
        yield from pool.map(partial(play_build, build), seeds, chunksize=2)
    finally:
        pool.shutdown(cancel_futures=True)


def complaints(played: Iterable[Played]) -> list[str]:
    """Return what went wrong in which seed, with the command that shows it again."""
    return [f"{one.wrong[0]}  —  {replay(one.seed)}" for one in played if one.wrong]
