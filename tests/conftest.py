"""Options of all tests, what Hypothesis tries, and the embedded server that they share.

The options: the deep ones, and one seed of the simulation by its number.
"""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.storage.databases import Databases, quick_server


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--deep", action="store_true", help="run the tests that take long as well")
    parser.addoption("--seed", type=int, help="play this one seed of the simulation and tell it")


def pytest_configure(config: pytest.Config) -> None:
    """Try the same examples in every run, so that a change is judged by what it changed.

    The deep run tries others each time: it is the one that looks for what nobody has seen yet.
    """
    settings.load_profile("default" if config.getoption("--deep") else "ci")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave deep tests to ``--deep``; with ``--seed``, play that one and nothing else."""
    one = config.getoption("--seed") is not None
    left = [item for item in items if _is_due(item, one=one, deep=config.getoption("--deep"))]
    if len(left) < len(items):
        config.hook.pytest_deselected(items=[item for item in items if item not in left])
        items[:] = left


def _is_due(item: pytest.Item, *, one: bool, deep: bool) -> bool:
    if one or item.get_closest_marker("one_seed"):
        return one and item.get_closest_marker("one_seed") is not None
    return deep or item.get_closest_marker("deep") is None


@pytest.fixture(scope="session")
def embedded_databases() -> Iterator[Databases]:
    """One embedded server for all tests that want a database of their own on one."""
    with quick_server() as databases:
        yield databases
