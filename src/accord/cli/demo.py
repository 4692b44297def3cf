"""``accord demo``: a simulated stack, kept in agreement before your eyes."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Annotated

import msgspec
import typer
from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from accord.cli.stopping import told_to_stop
from accord.cli.surroundings import surroundings
from accord.demo.database import fresh_store
from accord.demo.mischief import with_mischief
from accord.demo.play import STEP, play
from accord.demo.scenarios import lives
from accord.demo.stack import SEED, Stack, stack
from accord.demo.summary import Summary, summary, tables
from accord.engine.loop import run_fast
from accord.settings.process import HIGHEST_PORT, ProcessSettings, process_settings
from accord.web.server import listen, serve

HELD, BROKEN = 0, 1
REFRESH = 3  # seconds after which a page loads itself again
ORDERS = 200
# Of the simulated hours, about how many the story lasts; only the progress bar needs it.
ABOUT_HOURS = 260


def demo(
    context: typer.Context,
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Play without a page; exit 0 only if all held.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="With --check: print one JSON object.")
    ] = False,
    orders: Annotated[int, typer.Option(min=8, max=10_000, help="How many orders.")] = ORDERS,
    speed: Annotated[
        float, typer.Option(min=0.1, help="Simulated hours a second, while a page is shown.")
    ] = 4.0,
    seed: Annotated[int, typer.Option(help="Another number, another story.")] = SEED,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=HIGHEST_PORT, help="The page's port; a free one if taken."),
    ] = None,
    data: Annotated[Path | None, typer.Option(help="The data folder.")] = None,
) -> None:
    """Play the story of a shop, its books and its warehouse through the real engine.

    Exit status of --check: 0 every expectation held, 1 one did not.

    Examples:  accord demo    accord demo --check --json    accord demo --speed 20
    """
    settings = process_settings(surroundings(context).environment, data=data, port=port)
    # One line a request is noise beside the story; what goes wrong is still said.
    for noisy in ("httpx2", "uvicorn.error"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    if not check:
        run_fast(_show(settings, _Showing(orders, seed, speed)))
        return
    found = run_fast(_check(settings, orders, seed, quiet=as_json))
    if as_json:
        typer.echo(msgspec.json.encode(found).decode())
    else:
        Console().print(tables(found))
    raise typer.Exit(HELD if found.held else BROKEN)


async def _check(settings: ProcessSettings, orders: int, seed: int, *, quiet: bool) -> Summary:
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[said]}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=quiet,
    ) as progress:
        bar = progress.add_task("Starting PostgreSQL", total=ABOUT_HOURS, said="")
        async with fresh_store(settings.data) as store, stack(store) as built:

            def tell(at: timedelta, sentences: list[str]) -> None:
                hour = int(at / timedelta(hours=1))
                progress.update(bar, description=f"Hour {hour}", completed=hour)
                if sentences:
                    progress.update(bar, said=sentences[-1][:60])

            story = with_mischief([*lives(orders, Random(seed))])  # noqa: S311 - a story, not a secret
            played = await play(built, story, tell=tell, rest=_no_rest)
            progress.update(bar, completed=ABOUT_HOURS, description="Done")
            return await summary(built, played)


async def _no_rest() -> None:
    return


@dataclass(frozen=True, slots=True)
class _Showing:
    """Which story is told, and how fast."""

    orders: int
    seed: int
    speed: float  # simulated hours a second


async def _show(settings: ProcessSettings, showing: _Showing) -> None:
    console = Console(highlight=False)
    console.print("Starting PostgreSQL, the simulated stack and Accord …")
    async with fresh_store(settings.data) as store, stack(store, REFRESH) as built:
        with told_to_stop() as stop:
            await _show_stack(built, settings, showing, console, stop)


async def _show_stack(
    built: Stack,
    settings: ProcessSettings,
    showing: _Showing,
    console: Console,
    stop: asyncio.Event,
) -> None:
    listening = listen(settings.host, settings.port, 0)
    host, port = listening.getsockname()[:2]
    address = f"http://{host}:{port}/"
    serving = asyncio.create_task(serve(built.app, listening, stop))
    await asyncio.sleep(0)  # whoever reads the address may already tell us to stop
    console.print(f"Orders and their matrices: [bold]{address}[/]  (Ctrl-C ends it)\n")
    telling = asyncio.create_task(_tell(built, console, showing))
    try:
        await asyncio.wait({serving, telling}, return_when=asyncio.FIRST_COMPLETED)
        if telling.done():
            console.print(telling.result())
            console.print(f"\nThe page stays: [bold]{address}[/]  (Ctrl-C ends it)")
            await serving
    finally:  # told to stop, perhaps in the middle of the story
        telling.cancel()
        serving.cancel()
        await asyncio.gather(telling, serving, return_exceptions=True)


async def _tell(built: Stack, console: Console, showing: _Showing) -> RenderableType:
    def tell(at: timedelta, sentences: list[str]) -> None:
        day, hour = divmod(int(at / timedelta(hours=1)), 24)
        for sentence in sentences:
            console.print(f"[dim]day {day + 1} {hour:02}:00[/]  {sentence}")

    async def rest() -> None:
        await asyncio.sleep(STEP / timedelta(hours=1) / showing.speed)

    story = with_mischief([*lives(showing.orders, Random(showing.seed))])  # noqa: S311 - a story, not a secret
    return tables(await summary(built, await play(built, story, tell=tell, rest=rest)))
