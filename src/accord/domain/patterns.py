"""The named ways in which systems contradict each other about one order as a whole.

Pure rules over canonical states: whoever can say what each system holds of an order, from two
spreadsheets or from a matrix, can ask for the patterns in it.
"""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum

from msgspec import Struct

from accord.domain.comparison import GOOD_FOR
from accord.domain.tracks import State, Track
from accord.domain.vocabulary import PROGRESS_COLUMN


class Pattern(StrEnum):
    """A named drift or contradiction, in the order of what one such order costs."""

    GHOST_FULFILLMENT = "ghost_fulfillment"
    ORPHANED_PAYMENT = "orphaned_payment"
    UNACKNOWLEDGED_ORDER = "unacknowledged_order"
    UNPROCESSED_RETURN = "unprocessed_return"
    OPEN_PARTIAL_SHIPMENT = "open_partial_shipment"
    STALE_SHIPPING_STATUS = "stale_shipping_status"
    DISAGREEMENT = "disagreement"
    NO_COUNTERPART = "no_counterpart"
    UNKNOWN_WORD = "unknown_word"


# Money the shop holds, or has held and given back in part.
CAPTURED = frozenset({State.PAID, State.PARTIALLY_PAID, State.PARTIALLY_REFUNDED})
_GIVEN_BACK = frozenset({State.REFUNDED, State.PARTIALLY_REFUNDED})

# A return that somebody still expects goods or money of.
_OPEN_RETURNS = frozenset({State.APPROVED, State.IN_TRANSIT, State.RECEIVED})
_BOOKED_RETURNS = _OPEN_RETURNS | {State.REQUESTED, State.CLOSED}

# A parcel in one of these can no longer be stopped by a message.
_PAST_STOPPING = frozenset({State.IN_PROGRESS, State.PACKED, State.SHIPPED})
_LEFT = frozenset({State.PARTIAL, State.COMPLETE})


class Standing(Struct, frozen=True, kw_only=True):
    """What one system says of one order. None or empty is silence, not a denial.

    ``parcels`` and ``returns`` hold the states of all its parcels and returns. ``refunded``
    says that money has gone back, ``captured`` that it has come in, whatever the payment state.
    """

    order: State | None = None
    payment: State | None = None
    progress: State | None = None
    parcels: frozenset[State] = frozenset()
    returns: frozenset[State] = frozenset()
    refunded: bool = False
    captured: bool = False

    @property
    def cancelled(self) -> bool:
        """Return whether this system holds the order to be called off."""
        return self.order is State.CANCELLED

    @property
    def all_left(self) -> bool:
        """Return whether everything has shipped or been billed here."""
        return self.progress is State.COMPLETE or self.order is State.COMPLETED

    @property
    def some_left(self) -> bool:
        """Return whether at least a part has shipped."""
        return self.progress in _LEFT or State.SHIPPED in self.parcels


class Situation(Struct, frozen=True, kw_only=True):
    """One order as every system has it; a system without a record of it holds None.

    ``shop`` is whoever took the order. ``books`` are the systems in which every order must
    appear, ``floors`` the warehouses, ``payments`` and ``returns`` the lists of their kind.
    ``overdue`` says that a partial shipment has been open for longer than its limit.
    """

    shop: tuple[str, Standing] | None
    books: Mapping[str, Standing | None] = {}
    floors: Mapping[str, Standing | None] = {}
    payments: Mapping[str, Standing | None] = {}
    returns: Mapping[str, Standing | None] = {}
    overdue: bool = False

    @property
    def followers(self) -> dict[str, Standing]:
        """Return the books and warehouses that hold a record."""
        return {name: s for name, s in {**self.books, **self.floors}.items() if s is not None}

    @property
    def unbooked(self) -> bool:
        """Return whether there are books and none of them holds a record."""
        return bool(self.books) and not any(self.books.values())


class Found(Struct, frozen=True):
    """A pattern in one order, the track it lies on and the systems that contradict the shop."""

    pattern: Pattern
    track: Track
    systems: tuple[str, ...]


# system, column, one state, another -> whether that system shows them as different things
TellsApart = Callable[[str, str, State, State], bool]


def patterns(order: Situation, tells_apart: TellsApart) -> list[Found]:
    """Return every pattern in one order, the costliest first."""
    if order.shop is None:
        holders = tuple(name for name, s in order.books.items() if s is not None)
        found = [Found(Pattern.NO_COUNTERPART, Track.ORDER, holders)] if holders else []
        return found + _orphaned(order)
    found = [
        *_ghost(order),
        *_orphaned(order),
        *_unacknowledged(order),
        *_unprocessed_return(order),
        *_open_partial(order),
        *_stale(order),
        *_disagreements(order, tells_apart),
    ]
    return sorted(found, key=lambda one: list(Pattern).index(one.pattern))


def _ghost(order: Situation) -> Iterator[Found]:
    """Find orders that the shop cancelled and somebody shipped, packed or billed."""
    if order.shop is None or not order.shop[1].cancelled:
        return
    gone = tuple(name for name, s in order.followers.items() if _went_on(s))
    if gone:
        yield Found(Pattern.GHOST_FULFILLMENT, Track.FULFILLMENT, gone)


def _went_on(standing: Standing) -> bool:
    parcels = bool(standing.parcels & _PAST_STOPPING)
    return parcels or standing.some_left or standing.order is State.COMPLETED


def _orphaned(order: Situation) -> list[Found]:
    """Find money that came in where the books have no record to put it on."""
    if not order.unbooked:
        return []
    takers = tuple(n for n, s in order.payments.items() if s is not None and s.captured)
    if order.shop is not None:
        name, shop = order.shop
        if shop.some_left and not shop.cancelled and shop.payment in CAPTURED:
            takers = (name, *takers)
    if not takers:
        return []
    return [Found(Pattern.ORPHANED_PAYMENT, Track.PAYMENT, (*takers, *order.books))]


def _unacknowledged(order: Situation) -> Iterator[Found]:
    """Find orders that are paid or will be, have not shipped and are not in the books."""
    if order.shop is None or not order.unbooked:
        return
    shop = order.shop[1]
    if shop.payment in GOOD_FOR and not shop.cancelled and not shop.some_left:
        yield Found(Pattern.UNACKNOWLEDGED_ORDER, Track.ORDER, tuple(order.books))


def _unprocessed_return(order: Situation) -> Iterator[Found]:
    """Find returns, or money given back after shipping, of which the books know nothing."""
    if order.shop is None:
        return
    shop = order.shop[1]
    lists = {name: s for name, s in order.returns.items() if s is not None}
    announced = shop.returns.union(*(s.returns for s in lists.values())) & _OPEN_RETURNS
    given_back = shop.refunded or shop.payment in _GIVEN_BACK
    shipped = shop.some_left or any(s.some_left for s in order.followers.values())
    if not announced and not (given_back and shipped and not shop.cancelled):
        return
    books = order.books or order.floors
    booked = [s for s in books.values() if s is not None and s.returns & _BOOKED_RETURNS]
    if books and not booked:
        yield Found(Pattern.UNPROCESSED_RETURN, Track.RETURN, (*lists, *books))


def _open_partial(order: Situation) -> Iterator[Found]:
    """Find orders partly shipped on both sides whose rest is older than its limit."""
    if order.shop is None or not order.overdue or order.shop[1].cancelled:
        return
    if order.shop[1].progress is State.PARTIAL:
        same = tuple(n for n, s in order.followers.items() if s.progress is State.PARTIAL)
        if same and not any(s.all_left for s in order.followers.values()):
            yield Found(Pattern.OPEN_PARTIAL_SHIPMENT, Track.FULFILLMENT, same)


def _stale(order: Situation) -> Iterator[Found]:
    """Find orders the shop still waits for while others say that all has left."""
    if order.shop is None or order.shop[1].cancelled:
        return
    ahead = tuple(n for n, s in order.followers.items() if _is_ahead(order.shop[1], s))
    if ahead:
        yield Found(Pattern.STALE_SHIPPING_STATUS, Track.FULFILLMENT, ahead)


def _is_ahead(shop: Standing, other: Standing) -> bool:
    if shop.progress is State.NONE and other.progress is None and State.SHIPPED in other.parcels:
        return True
    return shop.progress in {State.NONE, State.PARTIAL} and other.all_left


def _disagreements(order: Situation, tells_apart: TellsApart) -> Iterator[Found]:
    """Find any other contradiction between the shop and another system, track by track."""
    if order.shop is None:
        return
    name, shop = order.shop
    for track, differs in ((Track.ORDER, _order_differs), (Track.FULFILLMENT, _goods_differ)):
        others = tuple(
            other
            for other, standing in order.followers.items()
            if differs(name, shop, other, standing, tells_apart)
        )
        if others:
            yield Found(Pattern.DISAGREEMENT, track, others)
    unlike = tuple(
        other
        for other, s in {**order.followers, **order.payments}.items()
        if s is not None and (_payment_differs(shop, s) or _would_ship_for_nothing(shop, s))
    )
    if unlike:
        yield Found(Pattern.DISAGREEMENT, Track.PAYMENT, unlike)


def _order_differs(
    name: str, shop: Standing, other: str, standing: Standing, tells_apart: TellsApart
) -> bool:
    if shop.order is None or standing.order is None:
        return False
    if shop.cancelled:
        return not standing.cancelled and not _went_on(standing)
    if standing.cancelled:  # an order whose money went back has ended as well
        return shop.payment not in _ENDED
    if (shop.order, standing.order) == (State.OPEN, State.ON_HOLD):
        return shop.payment in GOOD_FOR
    apart = (tells_apart(one, Track.ORDER, shop.order, standing.order) for one in (name, other))
    return all(apart)


_ENDED = frozenset({State.REFUNDED, State.VOIDED, State.EXPIRED})


def _goods_differ(
    name: str, shop: Standing, other: str, standing: Standing, tells_apart: TellsApart
) -> bool:
    if shop.cancelled or standing.cancelled or _is_ahead(shop, standing):
        return False
    said = (shop.progress, standing.progress)
    if said[0] is None or said[1] is None:
        return False
    return all(tells_apart(one, PROGRESS_COLUMN, said[0], said[1]) for one in (name, other))


def _payment_differs(shop: Standing, other: Standing) -> bool:
    if shop.payment is None or other.payment is None:
        return False
    waits = {State.PENDING, State.AUTHORIZED}
    return (shop.payment in CAPTURED and other.payment in waits) or (
        shop.payment in waits and other.payment in CAPTURED
    )


def _would_ship_for_nothing(shop: Standing, other: Standing) -> bool:
    """Return whether all money went back, nothing has shipped, and the order is still open."""
    ended = shop.payment is State.REFUNDED and shop.progress is State.NONE and not shop.cancelled
    return ended and other.order in {State.OPEN, State.ON_HOLD} and not _went_on(other)
