"""What the commands at the desk share: the database, who is asking, how things are shown."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer
from psycopg import OperationalError
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from accord.cli.database import store_of
from accord.cli.surroundings import surroundings
from accord.engine.desk import Chosen, Deed, Desk
from accord.settings.process import process_settings
from accord.storage.postgres import PostgresStore

T = TypeVar("T")

NOTHING, FOUND, UNUSABLE = 0, 1, 2
DONE, NOT_THERE = 0, 1

# No number in the database is larger.
LARGEST = 2**63 - 1

Ids = Annotated[
    list[int] | None, typer.Argument(metavar="[ID]...", max=LARGEST, help="Their numbers.")
]
Database = Annotated[
    str | None, typer.Option("--database", help="A PostgreSQL server; by default the embedded one.")
]
Data = Annotated[Path | None, typer.Option("--data", help="The data folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
System = Annotated[str, typer.Option("--system", help="Only of this system.")]
Order = Annotated[str, typer.Option("--order", help="Only of this order, by any of its names.")]
Everything = Annotated[bool, typer.Option("--all", help="All of them.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done; do nothing.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=LARGEST, help="Show at most so many.")]
Who = Annotated[str, typer.Option("--who", help="Who does it; goes on record.")]
Why = Annotated[str, typer.Option("--why", help="Why; goes on record.")]


class Place:
    """Where a command finds the database, and whose name a deed carries without ``--who``."""

    def __init__(self, context: typer.Context, database: str | None, data: Path | None) -> None:
        """Read flags and environment."""
        around = surroundings(context)
        self._settings = process_settings(around.environment, database_url=database, data=data)
        environment = around.environment
        self.user = environment.get("USER") or environment.get("LOGNAME") or "somebody"

    @property
    def data(self) -> Path | None:
        """Return the data folder; None where the database is on a server of its own."""
        return self._settings.data if self._settings.database_url is None else None

    def at_store(self, work: Callable[[PostgresStore], Awaitable[T]]) -> T:
        """Return what ``work`` makes of the store; say why if the database cannot be used."""
        if self._settings.database_url is None and not (self._settings.data / "postgres").exists():
            refuse(
                f"There are no data in {self._settings.data}. Call this where accord serve runs, "
                "or name the database with --database or the data folder with --data."
            )

        async def opened() -> T:
            async with store_of(self._settings) as store:
                return await work(store)

        try:
            return asyncio.run(opened())
        except OperationalError as error:
            refuse(f"The database cannot be used: {error}")
        except UnicodeEncodeError as error:
            refuse(f"{error.object!a} is not text in UTF-8, and so the name of nothing.")

    @property
    def send_mark(self) -> Path:
        """Where it is noted, outside of the database, what customers were sent."""
        return self._settings.send_mark

    def at_desk(self, work: Callable[[Desk], Awaitable[T]]) -> T:
        """Return what ``work`` does at the desk."""
        return self.at_store(lambda store: work(store.desk))

    def deed(self, what: str, who: str, why: str) -> Deed:
        """Return a deed of this moment."""
        return Deed(what=what, who=who.strip() or self.user, why=why.strip(), at=now())


def now() -> datetime:
    """Return the present time."""
    return datetime.now(UTC)


def refuse(why: str) -> NoReturn:
    """End the program because what was given cannot be used."""
    typer.echo(why, err=True)
    raise typer.Exit(UNUSABLE)


def required(who: str, why: str) -> None:
    """End the program unless a person and a reason are named."""
    if not who.strip() or not why.strip():
        refuse("Say who does it and why, with --who and --why: both go on record.")


def some(chosen: Chosen, *, everything: bool) -> Chosen:
    """Return what was chosen; end the program where nothing was."""
    if chosen == Chosen() and not everything:
        refuse("Say which are meant: their numbers, a filter, or --all.")
    return chosen


def printable(text: str) -> str:
    """Return foreign text without what would move the cursor or turn the writing round."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def moment(value: datetime) -> str:
    """Return a time to the minute, in UTC."""
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M}"


def print_table(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under titles; what is foreign in them is shown and never obeyed."""
    table = Table(box=None, pad_edge=False, show_edge=False)
    for title in titles:
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(str(each))) for each in row))
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=200)
    console.print(table)


def print_json(value: dict[str, Any]) -> None:
    """Print one object for a program; times as ISO 8601."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=_plain))


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def counted(number: int, thing: str) -> str:
    """Return a number of things in words: ``no envelopes``, ``1 envelope``."""
    return f"{number or 'no'} {thing}{'' if number == 1 else 's'}"


class Meter(Progress):
    """A bar on the terminal's second channel; nothing where nobody watches."""

    def __init__(self, what: str, total: int) -> None:
        """Measure the way to ``total``."""
        console = Console(stderr=True)
        super().__init__(console=console, transient=True, disable=not console.is_terminal)
        self._bar = self.add_task(what, total=total)

    def moved(self, number: int) -> None:
        """Go on by so many."""
        self.advance(self._bar, number)
