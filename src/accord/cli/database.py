"""The database that a command works on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from accord.settings.process import ProcessSettings
from accord.storage.embedded import embedded
from accord.storage.mending import Tell, tell_nobody
from accord.storage.postgres import PostgresStore, postgres_store


@asynccontextmanager
async def store_of(
    settings: ProcessSettings, *, tell: Tell = tell_nobody
) -> AsyncIterator[PostgresStore]:
    """Yield the store on the given server, or on the embedded one in the data folder.

    ``tell`` hears of deaths of the embedded one, which is started again.
    """
    if settings.database_url is not None:
        async with postgres_store(settings.database_url) as store:
            yield store
        return
    async with embedded(settings.data, tell=tell) as url, postgres_store(url) as store:
        yield store
