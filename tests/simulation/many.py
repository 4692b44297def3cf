"""Many seeds at once, on every core there is."""

import multiprocessing
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial

from tests.simulation.mutations import BUILDS
from tests.simulation.seed import Played, play_seed
from tests.simulation.weather import Ill


def replay(seed: int) -> str:
    """Return the command that plays one seed again and tells all of it."""
    return f"./run test --seed {seed}"


def play_build(build: str, only: frozenset[Ill] | None, seed: int) -> Played:
    """Play a seed with a build by its name; a seed that breaks off has gone wrong."""
    try:
        return play_seed(seed, build=BUILDS[build], only=only)
    except Exception as error:  # noqa: BLE001 - whatever it is, its seed is to be told
        return Played(seed, (f"broke off: {error!r}",), Counter(), "", 0)


@cache
def _players() -> ProcessPoolExecutor:
    """Return processes that play, started once for everybody who asks."""
    return ProcessPoolExecutor(os.cpu_count(), mp_context=multiprocessing.get_context("spawn"))


def play_all(
    seeds: Iterable[int], build: str = "as it is", only: frozenset[Ill] | None = None
) -> Iterator[Played]:
    """Play seeds side by side, with ``only`` some ills; yield them in their order.

    Who stops looking stops the playing.
    """
    yield from _players().map(partial(play_build, build, only), seeds)


def complaints(played: Iterable[Played]) -> list[str]:
    """Return what went wrong in which seed, with the command that shows it again."""
    return [f"{one.wrong[0]}  —  {replay(one.seed)}" for one in played if one.wrong]
