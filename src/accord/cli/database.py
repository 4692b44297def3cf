"""The database that a command works on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from accord.settings.process import ProcessSettings
from accord.storage.embedded import embedded
from accord.storage.postgres import PostgresStore, postgres_store


@asynccontextmanager
async def store_of(settings: ProcessSettings) -> AsyncIterator[PostgresStore]:
    """Yield the store on the given server, or on the embedded one in the data folder."""
    if settings.database_url is not None:
        async with postgres_store(settings.database_url) as store:
            yield store
        return
    async with embedded(settings.data) as url, postgres_store(url) as store:
        yield store
