"""Orders of four systems as a year leaves them: nearly all in agreement, some drifting."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import product

from msgspec import Struct

from accord.domain.accord import Accord
from accord.domain.decision import Applied, decide
from accord.domain.drift import DriftPattern
from accord.domain.matrix import Cell, Matrix
from accord.domain.report import (
    THE_ORDER,
    Particulars,
    Ref,
    Report,
    Subject,
    SubjectKind,
    order_number,
)

# It stands in every id where the number of the order goes.
SIGN = "@NO@"
# What is finished was long ago; what is still open began today.
OLD, YOUNG = timedelta(days=40), timedelta(hours=6)

_HOMES: Mapping[str, tuple[str, str]] = {
    "depot": ("east", "se-740312"),
    "hub": ("west", "se-740313"),
}
_SHOP_PLACES = {"depot": "655441491", "hub": "655441492"}
_BOOK_PLACES = {"depot": "1", "hub": "2"}


class Life(Struct, frozen=True, kw_only=True):
    """How one order went, in names that hold ``SIGN``; ``drifts`` is what is planted in it."""

    matrix: Matrix
    told: tuple[Cell, ...]
    drifts: DriftPattern | None = None
    follows: str = ""


class _Order(Struct):
    """An order that systems speak of."""

    accord: Accord
    began: datetime
    matrix: Matrix = Matrix()
    told: tuple[Cell, ...] = ()
    minute: int = 0

    def said(
        self, system: str, kind: str, word: str, subject: Subject = THE_ORDER, **told: object
    ) -> None:
        """Let a system say a word on it, a minute after the last."""
        self.minute += 1
        report = Report(
            system=system,
            order=(Ref(system, f"{system}-{SIGN}"), order_number(f"9{SIGN}")),
            subject=subject,
            kind=kind,
            word=word,
            said_at=self.began + timedelta(minutes=self.minute),
            particulars=Particulars(**told),  # type: ignore[arg-type]
        )
        decision = decide(self.matrix, report, self.accord, evidence=str(self.minute))
        self.matrix = decision.matrix
        if isinstance(decision, Applied):
            self.told = (*self.told, *decision.cells)

    def placed(self, lines: dict[str, int], home: str, *, booked: bool = True) -> None:
        self.said("shop", "order", "open", lines=lines, ordered=lines)
        self.said("shop", "financial_status", "paid")
        self.said("shop", "fulfillment_status", "unfulfilled")
        place = _SHOP_PLACES[home]
        self.said("shop", "fulfillment_order", "open", _asked(), lines=lines, place=place)
        if booked:
            self.said("books", "SalesOrd", "B", lines=lines)
        self.worked(home, "pending", lines)

    def worked(self, home: str, word: str, lines: dict[str, int], kind: str = "") -> None:
        told = {"lines": lines, "place": _HOMES[home][1], "tracking": (f"1Z{SIGN}",)}
        self.said(home, kind or "shipment_status", word, _parcel(home), **told)

    def shipped(self, lines: dict[str, int], home: str, *, at_shop: bool, at_books: bool) -> None:
        self.worked(home, "in_transit", lines, "tracking_status")
        number = (f"1Z{SIGN}",)
        if at_shop:
            self.said("shop", "fulfillment", "success", _parcel("shop"), lines=lines,
                      place=_SHOP_PLACES[home], tracking=number)  # fmt: skip
            self.said("shop", "fulfillment_status", "fulfilled")
            self.said("shop", "fulfillment_order", "closed", _asked())
            self.said("shop", "shipment_status", "in_transit", _parcel("shop"))
        if at_books:
            self.said("books", "ItemShip", "C", _parcel("books"), lines=lines,
                      place=_BOOK_PLACES[home], tracking=number)  # fmt: skip
            self.said("books", "SalesOrd", "F", lines=lines)

    def delivered(self, home: str, *, told: bool = True) -> None:
        self.said(home, "status_code", "DE", _parcel(home))
        if told:
            self.said("shop", "shipment_status", "delivered", _parcel("shop"))

    def cancelled(self, home: str, lines: dict[str, int], *, stopped: bool, booked: bool) -> None:
        self.said("shop", "order", "cancelled", lines=dict.fromkeys(lines, 0))
        self.said("shop", "financial_status", "voided")
        self.said("shop", "fulfillment_order", "cancelled", _asked())
        if stopped:
            self.worked(home, "cancelled", lines)
        else:
            self.worked(home, "in_transit", lines, "tracking_status")
        if booked:
            self.said("books", "SalesOrd", "H")

    def life(self, drifts: DriftPattern | None = None, follows: str = "") -> Life:
        return Life(matrix=self.matrix, told=self.told, drifts=drifts, follows=follows)


def _parcel(system: str) -> Subject:
    return Subject(SubjectKind.PARCEL, f"{system}-p-{SIGN}")


def _asked() -> Subject:
    return Subject(SubjectKind.ALLOCATION, f"fo-{SIGN}")


def _baskets() -> list[dict[str, int]]:
    """Return what people order: one to three lines, one to four pieces of each."""
    one = [{"SKU-1": n} for n in range(1, 5)]
    two = [{"SKU-1": a, "SKU-2": b} for a, b in product(range(1, 5), repeat=2)]
    three = [{"SKU-1": a, "SKU-2": b, "SKU-3": c} for a, b, c in product(range(1, 4), repeat=3)]
    return [*one, *two, *three]


def healthy(accord: Accord, now: datetime) -> Iterator[Life]:
    """Yield orders on which all agree: most delivered, some open, on their way or cancelled."""
    for lines, home in product(_baskets(), _HOMES):
        for _ in range(7):
            order = _Order(accord, now - OLD)
            order.placed(lines, home)
            order.shipped(lines, home, at_shop=True, at_books=True)
            order.delivered(home)
            yield order.life()
        order = _Order(accord, now - OLD)
        order.placed(lines, home)
        order.cancelled(home, lines, stopped=True, booked=True)
        yield order.life()
        order = _Order(accord, now - YOUNG)
        order.placed(lines, home)
        yield order.life()
        order.shipped(lines, home, at_shop=True, at_books=True)
        yield order.life()


def drifting(accord: Accord, now: datetime) -> Iterator[Life]:
    """Yield orders that drift, each in one way, its time long over."""
    for lines, home in product(_baskets(), _HOMES):
        order = _Order(accord, now - OLD)
        order.placed(lines, home)
        order.shipped(lines, home, at_shop=False, at_books=True)
        yield order.life(DriftPattern.STALE_SHIPPING_STATUS)
        order = _Order(accord, now - OLD)
        order.placed(lines, home)
        order.cancelled(home, lines, stopped=False, booked=True)
        yield order.life(DriftPattern.GHOST_FULFILLMENT)
        order = _Order(accord, now - 2 * timedelta(days=1))
        order.placed(lines, home, booked=False)
        yield order.life(DriftPattern.UNACKNOWLEDGED_ORDER)
        order = _Order(accord, now - OLD)
        order.placed(lines, home)
        order.shipped(lines, home, at_shop=True, at_books=False)
        order.delivered(home)
        yield order.life(DriftPattern.DELIVERED_AND_UNFULFILLED)
        order = _Order(accord, now - YOUNG)
        order.placed(lines, home)
        order.said("books", "SalesOrd", "H")
        yield order.life(DriftPattern.FOREIGN_EDIT)
        order = _Order(accord, now - OLD)
        order.placed(lines, home)
        yield order.life(DriftPattern.STALLED_STAGE)
        order = _Order(accord, now - OLD)
        order.placed(lines, home)
        order.shipped(lines, home, at_shop=True, at_books=True)
        order.delivered(home, told=False)
        yield order.life(DriftPattern.DISAGREEMENT)


def following(accord: Accord, now: datetime) -> Iterator[Life]:
    """Yield orders that are out of step, with somebody at work on each."""
    for lines, home in product(_baskets(), _HOMES):
        order = _Order(accord, now - YOUNG)
        order.placed(lines, home)
        order.shipped(lines, home, at_shop=True, at_books=False)
        yield order.life(follows="books")
