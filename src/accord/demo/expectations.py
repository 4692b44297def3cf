"""What must be so at the end, asked of the simulated systems themselves."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from accord.demo.deafness import made_good
from accord.demo.detection import detections, with_cases
from accord.demo.expectation import Expectation, expect
from accord.demo.mischief import (
    EDITED_IN_BOOKS,
    MARKED_BY_HAND,
    NEVER_BOOKED,
    NEW_WORD_SAID,
    SENT_UNBOOKED,
)
from accord.demo.play import Played
from accord.demo.scenarios import SHARES, Life
from accord.demo.stack import Stack
from accord.domain.comparison import Comparison
from accord.engine.envelope import Standing

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """What the three systems say of one order, in their own words."""

    life: Life
    shop: Words
    books: Words
    warehouse: Words

    def values(self, words: Words, record: str) -> list[str]:
        """Return the words on every record of one kind, in order."""
        return sorted(word for name, word in words.items() if name.split()[0] == record)

    @property
    def parcels(self) -> int:
        """How many parcels the warehouse really sent."""
        return len(self.values(self.warehouse, "tracking"))

    @property
    def sold(self) -> Words:
        """The letter and label of the sales order, without what follows them."""
        return {"SalesOrd": self.books.get("SalesOrd", "").split(" ")[0]}


Holds = Callable[[Said], bool]


def _kind(*kinds: str) -> Callable[[Said], bool]:
    return lambda said: said.life.kind in kinds


def _shop_has(**words: str) -> Holds:
    return lambda said: all(said.shop.get(name) == word for name, word in words.items())


def _cancelled(said: Said) -> bool:
    shipments = said.values(said.warehouse, "shipment")
    return (
        said.shop["order"] == "cancelled"
        and said.parcels == 0
        and set(shipments) <= {"cancelled"}
        and said.sold["SalesOrd"] in {"C", "H"}
        and not said.values(said.books, "ItemShip")
        and not said.values(said.shop, "fulfillment")
    )


def _delivered(said: Said) -> bool:
    return (
        said.shop["fulfillment_status"] == "fulfilled"
        and set(said.values(said.shop, "shipment_status")) == {"delivered"}
        and set(said.values(said.warehouse, "tracking")) == {"DE"}
        and {word.split(" ")[0] for word in said.values(said.books, "ItemShip")} == {"C"}
        and said.sold["SalesOrd"] == "G"
    )


def _once(said: Said) -> bool:
    told = said.values(said.shop, "fulfillment").count("success")
    return told == said.parcels == len(said.values(said.books, "ItemShip"))


LATE = (NEVER_BOOKED, SENT_UNBOOKED, NEW_WORD_SAID, MARKED_BY_HAND, EDITED_IN_BOOKS)
ANY = _kind(*SHARES, *LATE)
SENT = _kind(
    "one box", "split shipment", "preorder", "partial refund", "order edit", "return", *LATE
)

CHECKS: tuple[tuple[str, Callable[[Said], bool], Holds], ...] = (
    ("every order is in the books", ANY, lambda said: bool(said.books)),
    ("what was sent is fulfilled, delivered, shipped and billed", SENT, _delivered),
    ("every parcel is recorded exactly once in shop and books", ANY, _once),
    ("a split order went out in two parcels", _kind("split shipment"), lambda s: s.parcels == 2),  # noqa: PLR2004
    ("every other order went out in one", _kind("one box", "preorder"), lambda s: s.parcels == 1),
    (
        "a cancelled order is cancelled everywhere and nothing left",
        _kind("cancel before packing", "cancel after packing"),
        _cancelled,
    ),
    (
        "a partial refund changed the payment and not the shipment",
        _kind("partial refund"),
        _shop_has(financial_status="partially_refunded", fulfillment_status="fulfilled"),
    ),
    (
        "a return is on the books and closed on both sides",
        _kind("return"),
        lambda s: (
            s.values(s.shop, "return") == ["closed"]
            and [word[0] for word in s.values(s.books, "RtnAuth")] in (["G"], ["H"])
        ),
    ),
)


async def judge(
    stack: Stack, played: Played, compared: Mapping[str, list[Comparison]]
) -> list[Expectation]:
    """Return every expectation, held or broken."""
    said = [_said(stack, life) for life in played.lives.values()]
    return [
        *(
            _check(name, [s for s in said if concerns(s)], holds)
            for name, concerns, holds in CHECKS
        ),
        expect("an edited order was sent as edited", _wrong_edits(stack, said)),
        expect("no preorder left before its day", _early(stack, said)),
        expect(
            "every cell of every mirror agrees, or a case says why not",
            _disagreeing(compared, await with_cases(stack)),
        ),
        *await detections(stack, played),
        await made_good(stack, played.unsubscribed_at),
        expect("nothing was refused at the door", ["hooks"] * bool(played.traffic.refused)),
        expect("nothing failed inside", [repr(error) for error in stack.trouble]),
        *await _books_of_accord(stack, played),
    ]


def _said(stack: Stack, life: Life) -> Said:
    number = life.number
    return Said(
        life, stack.shop.words(number), stack.books.words(number), stack.warehouse.words(number)
    )


def _check(name: str, said: list[Said], holds: Holds) -> Expectation:
    broken = tuple(each.life.number for each in said if not holds(each))
    return Expectation(f"{name} ({len(said)} orders)", bool(said) and not broken, broken)


def _wrong_edits(stack: Stack, said: list[Said]) -> Iterable[str]:
    for each in said:
        if each.life.kind == "order edit":
            wanted = {item.sku: item.quantity for item in each.life.items}
            wanted |= each.life.events[0].lines
            if _sent(stack, each) != {sku: n for sku, n in wanted.items() if n}:
                yield each.life.number


def _sent(stack: Stack, said: Said) -> dict[str, int]:
    """Return what the warehouse really sent, by SKU."""
    sent: dict[str, int] = {}
    for name, status in said.warehouse.items():
        record, _, own_id = name.partition(" ")
        if record == "shipment" and status != "cancelled":
            for sku, quantity in stack.warehouse.lines(own_id).items():
                sent[sku] = sent.get(sku, 0) + quantity
    return sent


def _early(stack: Stack, said: list[Said]) -> Iterable[str]:
    for each in said:
        if each.life.ships_after is not None:
            placed = stack.shop.orders[each.life.number].created_at
            made = [
                stack.warehouse.created_at(shipment)
                for shipment in stack.warehouse.shipments(each.life.number)
            ]
            if not made or min(made) < placed + each.life.ships_after:
                yield each.life.number


def _disagreeing(
    compared: Mapping[str, list[Comparison]], explained: frozenset[str]
) -> Iterable[str]:
    for order, comparisons in compared.items():
        for each in comparisons:
            if not each.agrees and order not in explained:
                where = f"{each.system} {each.column} {each.subject}"
                yield f"{where}: {each.word}, not {each.expected}"


async def _books_of_accord(stack: Stack, played: Played) -> list[Expectation]:
    balance = await stack.store.balance()
    waiting = {
        f"{system}: {counts[Standing.WAITING]}"
        for system, counts in balance.items()
        if counts.get(Standing.WAITING)
    }
    unknown = len(played.lives) - (await stack.store.counts()).orders
    return [
        expect("nothing waits to be read", sorted(waiting)),
        expect("Accord knows each order once", [f"{unknown} orders off"] * bool(unknown)),
    ]
