"""Every connector there is, one after the other; a new folder needs no edit here."""

from collections.abc import AsyncIterator, Mapping
from functools import cache

import pytest

from accord.connector_kit.connector import Connector
from accord.connector_kit.discovery import connectors
from accord.connector_kit.simulator import World
from accord.domain.action import action_name
from tests.contracts.bench import MORNING, SYSTEM, Bench, set_up
from tests.contracts.folder import samples_of


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Ask a test of every connector; of all it can, or all its samples, where the test names one.

    The arguments are ``connector``, ``kind`` (of action) and ``sample``.
    """
    asked = {"kind", "sample", "connector"} & set(metafunc.fixturenames)
    cases: dict[str, tuple[object, ...]] = {}
    for name, connector in connectors().items():
        if "kind" in asked:
            kinds = sorted(connector.can, key=action_name)
            cases |= {f"{name}-{action_name(kind)}": (connector, kind) for kind in kinds}
        elif "sample" in asked:
            found = samples_of(connector).items()
            cases |= {f"{name}-{file}": (connector, sample) for file, sample in found}
        elif asked:
            cases[name] = (connector,)
    if asked:
        names = ("connector", *sorted(asked - {"connector"}))
        metafunc.parametrize(names, [*cases.values()], ids=[*cases])


@pytest.fixture
def settings(connector: Connector) -> Mapping[str, str | bool]:
    """The settings a system of the connector may have."""
    return settings_of(connector.name)


@cache
def settings_of(name: str) -> Mapping[str, str | bool]:
    return connectors()[name].simulate(World(now=MORNING), SYSTEM).settings


@pytest.fixture
async def bench(connector: Connector) -> AsyncIterator[Bench]:
    """A simulated system of the connector with nothing in it yet."""
    async with set_up(connector) as bench:
        yield bench
