"""What happens to the orders of the story: eight kinds of life an order can have."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

EAST = "east"
WEST = "west"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of an order: what, how many, and from which location."""

    sku: str
    quantity: int
    location: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something a person does in one of the systems, at a time after the order was placed.

    ``what`` names the deed; ``lines`` says to how much of the order it applies.
    """

    after: timedelta
    what: str
    lines: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Life:
    """One order's life. ``ships_after`` is set for a preorder, as the time to its promised day.

    ``packers_wait`` keeps the packers of the warehouse from working ahead of the story;
    ``booked_after`` is when its import into the books comes round.
    """

    kind: str
    number: str
    placed_after: timedelta
    items: tuple[Item, ...]
    events: tuple[Event, ...] = ()
    ships_after: timedelta | None = None
    packers_wait: timedelta = HOUR
    booked_after: timedelta = timedelta(minutes=30)


SKUS = ("MUG-WHITE", "MUG-BLUE", "TEA-GREEN", "TEA-BLACK", "POT-IRON", "TRAY-OAK")

# How many of two hundred orders live which life.
SHARES: dict[str, int] = {
    "one box": 88,
    "split shipment": 32,
    "preorder": 16,
    "partial refund": 16,
    "order edit": 16,
    "cancel before packing": 12,
    "cancel after packing": 10,
    "return": 10,
}


def lives(orders: int, chance: Random) -> Iterator[Life]:
    """Yield ``orders`` lives in the order in which they begin, mixed over three days.

    From eight orders on, every kind of life is among them. The first is the plainest, so that
    who watches knows what to expect before anything odd happens.
    """
    more = [kind for kind, share in SHARES.items() for _ in range(share - 1)]
    chance.shuffle(more)
    every = [*SHARES, *more]
    kinds = [every[index % len(every)] for index in range(orders)]
    chance.shuffle(kinds)
    plain = kinds.index("one box")
    kinds[0], kinds[plain] = kinds[plain], kinds[0]
    for index, kind in enumerate(kinds):
        placed_after = index * (3 * DAY / orders)
        yield _LIVES[kind](f"#{1001 + index}", placed_after, chance)


Make = Callable[[str, timedelta, Random], Life]


def _items(chance: Random, location: str, most: int = 2) -> tuple[Item, ...]:
    skus = chance.sample(SKUS, k=chance.randint(1, most))
    return tuple(Item(sku, chance.randint(1, 3), location) for sku in skus)


def _one_box(number: str, placed: timedelta, chance: Random) -> Life:
    return Life("one box", number, placed, _items(chance, chance.choice((EAST, WEST))))


def _split(number: str, placed: timedelta, chance: Random) -> Life:
    first, second = chance.sample(SKUS, k=2)
    items = (Item(first, chance.randint(1, 2), EAST), Item(second, 1, WEST))
    return Life("split shipment", number, placed, items)


def _preorder(number: str, placed: timedelta, chance: Random) -> Life:
    items = _items(chance, EAST, most=1)
    return Life("preorder", number, placed, items, ships_after=4 * DAY)


def _partial_refund(number: str, placed: timedelta, chance: Random) -> Life:
    item = Item(chance.choice(SKUS), 2, WEST)
    refund = Event(4 * DAY, "refund", {item.sku: 1})
    return Life("partial refund", number, placed, (item,), (refund,))


def _edit(number: str, placed: timedelta, chance: Random) -> Life:
    first, second = chance.sample(SKUS, k=2)
    items = (Item(first, 2, EAST), Item(second, 1, EAST))
    change = {first: 1, second: 2} if chance.random() < 0.5 else {first: 2, second: 0}  # noqa: PLR2004
    edit = Event(5 * HOUR, "edit", change)
    return Life("order edit", number, placed, items, (edit,), packers_wait=12 * HOUR)


def _cancel_early(number: str, placed: timedelta, chance: Random) -> Life:
    cancel = Event(5 * HOUR, "cancel")
    items = _items(chance, EAST)
    return Life("cancel before packing", number, placed, items, (cancel,), packers_wait=DAY)


def _cancel_late(number: str, placed: timedelta, chance: Random) -> Life:
    items = _items(chance, WEST)
    events = (Event(9 * HOUR, "pack"), Event(11 * HOUR, "cancel"))
    return Life("cancel after packing", number, placed, items, events, packers_wait=10 * DAY)


def _return(number: str, placed: timedelta, chance: Random) -> Life:
    item = Item(chance.choice(SKUS), 2, EAST)
    lines = {item.sku: 1}
    events = (
        Event(5 * DAY, "request return", lines),
        Event(5 * DAY + 6 * HOUR, "approve return"),
        Event(7 * DAY, "refund returned", lines),
        Event(7 * DAY + HOUR, "close return"),
    )
    return Life("return", number, placed, (item,), events)


_LIVES: dict[str, Make] = {
    "one box": _one_box,
    "split shipment": _split,
    "preorder": _preorder,
    "partial refund": _partial_refund,
    "order edit": _edit,
    "cancel before packing": _cancel_early,
    "cancel after packing": _cancel_late,
    "return": _return,
}
