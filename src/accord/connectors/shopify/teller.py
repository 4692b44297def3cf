"""Who speaks: one order of one store, from whose objects reports are made."""

from dataclasses import dataclass
from datetime import datetime

from accord.domain.report import (
    SILENT,
    THE_ORDER,
    Particulars,
    Ref,
    Report,
    Subject,
    SubjectKind,
    order_number,
)

ORDER_SCOPE = "order"
FULFILLMENT_ORDER_SCOPE = "fulfillment_order"
RETURN_SCOPE = "return"


@dataclass(frozen=True, slots=True)
class Teller:
    """One order: ``refs`` are its names, ``said_at`` the time for what has none of its own."""

    system: str
    refs: tuple[Ref, ...]
    said_at: datetime

    def says(
        self,
        subject: Subject,
        kind: str,
        word: str | None,
        *,
        said_at: datetime | None = None,
        happened_at: datetime | None = None,
        particulars: Particulars = SILENT,
    ) -> list[Report]:
        """Return the report of one word; none where the field holds no word."""
        if not word:
            return []
        report = Report(
            system=self.system,
            order=self.refs,
            subject=subject,
            kind=kind,
            word=word,
            said_at=said_at or self.said_at,
            happened_at=happened_at,
            particulars=particulars,
        )
        return [report]

    def order_says(
        self,
        *,
        placed_at: datetime | None,
        cancelled_at: datetime | None,
        closed_at: datetime | None,
        particulars: Particulars = SILENT,
    ) -> list[Report]:
        """Return the order's own word. Cancelled wins: a cancelled order is closed as well.

        An order is open since it was placed; that it was closed and opened again is not told.
        """
        word = "cancelled" if cancelled_at else "closed" if closed_at else "open"
        return self.says(
            THE_ORDER,
            "order",
            word,
            happened_at=cancelled_at or closed_at or placed_at,
            particulars=particulars,
        )


def order_refs(system: str, order_id: str, name: str | None) -> tuple[Ref, ...]:
    """Return the names of an order, the store's own id first."""
    own = Ref(system, order_id)
    return (own, order_number(name)) if name and name.strip() else (own,)


def parcel(own_id: str) -> Subject:
    """Return the subject of a fulfillment."""
    return Subject(SubjectKind.PARCEL, own_id)


def allocation(own_id: str) -> Subject:
    """Return the subject of a fulfillment order."""
    return Subject(SubjectKind.ALLOCATION, own_id)


def returned(own_id: str) -> Subject:
    """Return the subject of a return."""
    return Subject(SubjectKind.RETURN, own_id)
