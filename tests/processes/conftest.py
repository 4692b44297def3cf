"""One database for each test, and chance that can be had again."""

import os
import random
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.storage.conftest import server_databases
from tests.storage.databases import Databases, open_folder

__all__ = ["server_databases"]


@pytest.fixture
def database(server_databases: Databases) -> Iterator[str]:
    with server_databases.fresh() as url:
        yield url


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that a service user may enter."""
    with open_folder() as made:
        yield made


@pytest.fixture
def seed() -> int:
    """What every instant of a test is drawn from; ``ACCORD_TEST_SEED`` draws the same again."""
    number = int(os.environ.get("ACCORD_TEST_SEED") or random.SystemRandom().randrange(10**6))
    print(f"ACCORD_TEST_SEED={number}")
    return number


@pytest.fixture
def chance(seed: int) -> random.Random:
    return random.Random(seed)


@pytest.fixture
def port() -> int:
    """A port that is free, for processes that come one after the other."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        number: int = found.getsockname()[1]
        return number
