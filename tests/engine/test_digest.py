"""The digest is written once a day to each channel, by however many processes, and only today's."""

from datetime import UTC, datetime, time, timedelta

import pytest
from msgspec.structs import replace

from accord.domain.accord import Accord
from accord.domain.alert_rules import USUAL, AlertRules
from accord.engine.alert_desk import Letter
from accord.engine.desk import Deed
from accord.engine.digest import DigestWriter
from accord.storage.memory import MemoryStore
from tests.domain.stack import stack
from tests.storage.examples import LEASE, incoming

SEVEN = datetime(2026, 11, 21, 7, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
RULES = AlertRules(rules=USUAL, channels=("ops", "lead"), digest_at=time(7))


class Mornings:
    """A store that was heard of the day before, and processes that may write the digest."""

    def __init__(self, rules: AlertRules = RULES) -> None:
        self.now = SEVEN
        self.store = MemoryStore()
        self.accord: Accord = replace(stack(), alerts=rules)

    def process(self) -> DigestWriter:
        return DigestWriter(self.accord, self.store, lambda: self.now)

    async def written(self) -> list[Letter]:
        """Return what is to be told, and tell it."""
        letters = list(await self.store.alerts.letters(100, LEASE, self.now))
        for letter in letters:
            await self.store.alerts.sent(letter, self.now)
        return letters


@pytest.fixture
async def mornings() -> Mornings:
    found = Mornings()
    await found.store.keep([incoming("1")])
    return found


async def test_it_is_written_once_to_each_channel_by_any_number_of_processes(
    mornings: Mornings,
) -> None:
    first, second = mornings.process(), mornings.process()
    for _ in range(3):
        await first.turn()
        await second.turn()
        await mornings.process().turn()
        mornings.now += 5 * timedelta(hours=1)

    assert [letter.channel for letter in await mornings.written()] == ["ops", "lead"]


async def test_each_day_has_one_and_days_without_a_process_have_none(mornings: Mornings) -> None:
    writer = mornings.process()
    titles = []
    for wait in (-MINUTE, MINUTE, DAY - MINUTE, MINUTE, 4 * DAY):
        mornings.now += wait
        await writer.turn()
        titles += [letter.title for letter in await mornings.written()][:1]

    assert [title[8:18] for title in titles] == ["2026-11-21", "2026-11-22", "2026-11-26"]


async def test_it_says_what_needs_somebody_and_what_the_day_brought(mornings: Mornings) -> None:
    paused = Deed(what="paused", who="Ana", why="stocktaking", at=SEVEN)
    await mornings.store.desk.pause("books", paused)
    await mornings.process().turn()
    letter, _ = await mornings.written()

    assert letter.title == "Accord, 2026-11-21: 1 thing needs somebody"
    assert "1 thing that is paused: accord status" in letter.text
    assert "no deliveries taken" in letter.text


async def test_before_anything_was_received_there_is_nothing_to_say(mornings: Mornings) -> None:
    mornings.store = MemoryStore()
    writer = mornings.process()
    found = await writer.turn()
    await mornings.store.keep([replace(incoming("1"), received_at=SEVEN + MINUTE)])
    mornings.now += 2 * MINUTE

    assert (found, await mornings.process().turn()) == (0, 0)


@pytest.mark.parametrize("rules", [replace(RULES, digest_at=None), replace(RULES, channels=())])
async def test_who_wants_none_gets_none(mornings: Mornings, rules: AlertRules) -> None:
    mornings.accord = replace(mornings.accord, alerts=rules)

    assert await mornings.process().turn() == 0
