"""Every store there is, so that one suite runs over all of them."""

from collections.abc import AsyncIterator, Iterator

import pytest

from accord.storage.memory import MemoryStore
from accord.storage.postgres import PostgresStore, postgres_store
from tests.storage.databases import Databases, given_server


@pytest.fixture(scope="session")
def server_databases() -> Iterator[Databases]:
    url = given_server()
    if url is None:
        pytest.skip("no PostgreSQL server given in ACCORD_TEST_DATABASE_URL, none on port 5432")
    databases = Databases(url)
    yield databases
    databases.drop_all()


@pytest.fixture(params=["embedded", "server"])
def databases(request: pytest.FixtureRequest) -> Databases:
    found = request.getfixturevalue(f"{request.param}_databases")
    assert isinstance(found, Databases)
    return found


@pytest.fixture
def database(databases: Databases) -> Iterator[str]:
    with databases.fresh() as url:
        yield url


@pytest.fixture(params=["memory", "embedded", "server"])
def place(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Where the store under test keeps things; None is memory."""
    if request.param == "memory":
        yield None
        return
    databases = request.getfixturevalue(f"{request.param}_databases")
    with databases.fresh() as url:
        yield url


@pytest.fixture
async def store(place: str | None) -> AsyncIterator[MemoryStore | PostgresStore]:
    if place is None:
        yield MemoryStore()
        return
    async with postgres_store(place) as store:
        yield store
