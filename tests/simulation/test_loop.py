"""The loop whose time is the world's."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest

from accord.connector_kit.simulator import World
from tests.simulation.loop import StuckError, VirtualLoop, play

MORNING = datetime(2026, 11, 2, 8, tzinfo=UTC)


def test_a_day_passes_at_once_and_in_order():
    world, told = World(now=MORNING), []

    async def wait(hours):
        await asyncio.sleep(hours * 3600)
        told.append((hours, world.now - MORNING))

    async def day():
        await asyncio.gather(wait(24), wait(1), wait(12))

    began = time.monotonic()
    play(VirtualLoop(world), day())

    assert told == [(hours, timedelta(hours=hours)) for hours in (1, 12, 24)]
    assert time.monotonic() - began < 5


def test_waiting_for_what_nobody_will_do_is_an_error():
    with pytest.raises(StuckError):
        play(VirtualLoop(World(now=MORNING)), asyncio.Event().wait())
