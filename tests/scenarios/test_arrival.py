"""Whatever order real payloads arrive in, and however often: the same matrix in the end."""

from collections.abc import Awaitable, Callable, Sequence
from random import Random

import pytest
from msgspec.structs import replace

from accord.demo.stack import Stack, stack
from accord.domain.matrix import Matrix
from accord.engine.envelope import Incoming, Standing
from accord.engine.interpret import Interpreter
from accord.storage.memory import MemoryStore
from tests.scenarios.company import Company

ORDER = "#1001"
SHUFFLES = 25

Deed = Callable[[Company], Awaitable[None]]


class Recording(MemoryStore):
    """A store that remembers everything it was given to keep, as it came."""

    def __init__(self) -> None:
        super().__init__()
        self.recorded: list[Incoming] = []

    async def keep(self, incoming: Sequence[Incoming]) -> int:
        self.recorded += incoming
        return await super().keep(incoming)

    def different(self) -> list[Incoming]:
        """Return what was heard without copies.

        Of two equal answers the first that was asked for is kept, whenever that was; nothing can
        deliver the second before the first was asked for, so we do not either.
        """
        first: dict[tuple[str, bytes], Incoming] = {}
        for one in self.recorded:
            first.setdefault((one.system, one.identity), one)
        return list(first.values())


async def edited(firm: Company) -> None:
    firm.stack.shop.edit_order(ORDER, {"MUG": 1})
    await firm.hours(1)
    firm.stack.shop.edit_order(ORDER, {"CUP": 3})


async def cancelled_after_payment(firm: Company) -> None:
    firm.stack.shop.capture(ORDER)
    await firm.settle()
    firm.stack.shop.cancel_order(ORDER)


async def refunded_the_moment_it_was_paid(firm: Company) -> None:
    firm.stack.shop.capture(ORDER)
    firm.stack.shop.refund(ORDER, {"MUG": 1}, restock="cancel")


async def shipped_in_parts_and_sent_back(firm: Company) -> None:
    firm.stack.shop.capture(ORDER)
    await firm.hours(1)
    for each in firm.shipments(ORDER):
        firm.stack.warehouse.scan(firm.label(each), "DE")
        await firm.hours(1)
    firm.stack.shop.request_return(ORDER, {"MUG": 1})
    firm.stack.shop.approve_return(ORDER)
    await firm.hours(1)
    firm.stack.shop.refund(ORDER, {"MUG": 1}, restock="return")


async def held_and_released(firm: Company) -> None:
    firm.stack.shop.hold(ORDER, "the address looks odd")
    await firm.hours(1)
    firm.stack.shop.release(ORDER)
    firm.stack.shop.edit_order(ORDER, {"MUG": 0})


LIVES = [
    edited,
    cancelled_after_payment,
    refunded_the_moment_it_was_paid,
    shipped_in_parts_and_sent_back,
    held_and_released,
]


async def lived(built: Stack, deed: Deed) -> None:
    firm = Company(built, Random(0))
    firm.order(ORDER, ("MUG", 2, "east"), ("CUP", 2, "west"), paid=deed is edited)
    await firm.hours(1)
    firm.book(ORDER)
    await firm.hours(1)
    await deed(firm)
    await firm.hours(3)


async def matrix_after(built: Stack, heard: Sequence[Incoming]) -> tuple[Matrix, set[Standing]]:
    """Return what is known after these arrived one by one, and where their envelopes stand."""
    store = MemoryStore()
    interpreter = Interpreter(built.accord, built.engine.links, store, built.world.clock)
    for one in heard:
        await store.keep([one])
        while await interpreter.turn():
            continue
    (line,) = await store.orders()
    standings = {each for counts in (await store.balance()).values() for each in counts}
    cells = {key: replace(cell, evidence="") for key, cell in line.matrix.cells.items()}
    known = dict(sorted(line.matrix.known.items()))
    return replace(line.matrix, cells=dict(sorted(cells.items())), known=known), standings


@pytest.mark.parametrize("deed", LIVES, ids=lambda deed: deed.__name__)
async def test_any_arrival_of_what_three_systems_said_ends_in_the_same_matrix(deed: Deed) -> None:
    recording = Recording()
    async with stack(recording) as built:
        await lived(built, deed)
        heard = recording.different()
        in_order, standings = await matrix_after(built, heard)
        assert len(heard) > 20
        assert Standing.QUARANTINED not in standings

        for seed in range(SHUFFLES):
            chance = Random(seed)
            arrival = [*heard, *chance.choices(heard, k=9)]
            chance.shuffle(arrival)
            shuffled, standings = await matrix_after(built, arrival)

            assert shuffled == in_order
            assert not standings & {Standing.WAITING, Standing.QUARANTINED}
