"""The history of the tables, and the one way to bring a database up to date."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from accord.storage.engine import connected

# Any number, the same in every release: two programs that start together migrate one by one.
_LOCK = 4_158_216_091


async def migrate(url: str) -> None:
    """Bring the database at ``url`` up to date, in one transaction, one program at a time."""
    try:
        async with connected(url) as engine, engine.begin() as connection:
            await connection.run_sync(_upgrade)
    except DBAPIError as error:  # whoever calls knows the driver only
        raise error.orig or error from error


def _upgrade(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
