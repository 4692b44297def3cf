"""What must be so at the end, asked of the simulated systems themselves."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from accord.demo.play import Played
from accord.demo.scenarios import SHARES, Life
from accord.demo.stack import Stack
from accord.domain.comparison import Comparison
from accord.engine.envelope import Standing


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that must be so. ``broken`` names the orders or parts on which it is not."""

    name: str
    held: bool
    broken: tuple[str, ...] = ()


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


ANY = _kind(*SHARES)
SENT = _kind("one box", "split shipment", "preorder", "partial refund", "order edit", "return")

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


async def judge(stack: Stack, played: Played, compared: list[Comparison]) -> list[Expectation]:
    """Return every expectation, held or broken."""
    said = [_said(stack, life) for life in played.lives.values()]
    return [
        *(
            _check(name, [s for s in said if concerns(s)], holds)
            for name, concerns, holds in CHECKS
        ),
        _expect("an edited order was sent as edited", _wrong_edits(stack, said)),
        _expect("no preorder left before its day", _early(stack, said)),
        _expect("every cell of every mirror agrees", _disagreeing(compared)),
        _expect("nothing was refused at the door", ["hooks"] * bool(played.traffic.refused)),
        _expect("nothing failed inside", [repr(error) for error in stack.trouble]),
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


def _expect(name: str, broken: Iterable[str]) -> Expectation:
    found = tuple(broken)
    return Expectation(name, not found, found)


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


def _disagreeing(compared: list[Comparison]) -> Iterable[str]:
    for each in compared:
        if not each.agrees:
            yield f"{each.system} {each.column} {each.subject}: {each.word}, not {each.expected}"


async def _books_of_accord(stack: Stack, played: Played) -> list[Expectation]:
    balance = await stack.store.balance()
    left = {
        f"{system}: {count} {standing.value}"
        for system, counts in balance.items()
        for standing, count in counts.items()
        if count and standing in {Standing.WAITING, Standing.QUARANTINED}
    }
    unknown = len(played.lives) - (await stack.store.counts()).orders
    return [
        _expect("nothing waits and nothing is in quarantine", sorted(left)),
        _expect("Accord knows each order once", [f"{unknown} orders off"] * bool(unknown)),
    ]
