"""Two pieces of work on two cores: Polars does most of what it does on one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

One = TypeVar("One")
Other = TypeVar("Other")


def at_once(one: Callable[[], One], other: Callable[[], Other]) -> tuple[One, Other]:
    """Return what two pieces of work come to, neither of which needs the other."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        begun = pool.submit(other)
        return one(), begun.result()
