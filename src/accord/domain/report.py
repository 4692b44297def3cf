"""What one system says about one subject of one order, in its own word."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class SubjectKind(StrEnum):
    """What a status speaks of."""

    __hash__ = str.__hash__

    ORDER = "order"
    ALLOCATION = "allocation"  # goods asked of one place, before or beside a parcel
    PARCEL = "parcel"
    RETURN = "return"


class Subject(Struct, frozen=True, order=True):
    """One thing of one order, by the id its own system gives it; an order's own is empty."""

    kind: SubjectKind
    id: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else str(self.kind)


THE_ORDER = Subject(SubjectKind.ORDER)


class Ref(Struct, frozen=True, order=True):
    """A name for an order or a subject, in a scope that makes it unique.

    The scope is a system's name for that system's own id, ``number`` for the order number that
    people read and several systems share, or ``external`` for an id taken from another system
    without saying which.
    """

    scope: str
    value: str


NUMBER = "number"
EXTERNAL = "external"


def order_number(text: str) -> Ref:
    """Return the shared reference for an order number however it was written (``#1001``)."""
    return Ref(NUMBER, text.strip().lstrip("#").casefold())


class HeldBy(StrEnum):
    """Whose hold is on a parcel or an allocation."""

    NOBODY = "nobody"
    ACCORD = "accord"
    OTHERS = "others"


class Particulars(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a report tells beside its word. None is silence, never a value.

    ``lines`` maps a line's key (its SKU; without one, the system's own line id) to a whole
    quantity: on an order what is still wanted after edits and cancellations, on anything else
    what it holds. ``ordered`` is what an order first asked for, ``returned`` what of it left and
    is wanted no longer: sent back, or its money given back. ``place`` is the location in the
    system's own terms. ``same_as`` names the subjects of other systems this one was made from.
    ``held`` says whose hold is on it; ``permit_until`` until when Accord lets it leave.
    """

    lines: dict[str, int] | None = None
    ordered: dict[str, int] | None = None
    returned: dict[str, int] | None = None
    place: str | None = None
    tracking: tuple[str, ...] | None = None
    carrier: str | None = None
    promised_at: datetime | None = None
    same_as: tuple[Ref, ...] | None = None
    incident: str | None = None
    held: HeldBy | None = None
    permit_until: datetime | None = None


SILENT = Particulars()


class Report(Struct, frozen=True, kw_only=True):
    """What one system says about one subject of one order, and when it said so.

    ``order`` holds every name the system gives for the order, its own id first. ``kind`` is the
    record or field that speaks (``SalesOrd``, ``financial_status``), since the same word means
    different things on different records. ``said_at`` is the source's own time for the object;
    ``happened_at``, where the source tells it, is when the state itself came about.
    """

    system: str
    order: tuple[Ref, ...]
    subject: Subject
    kind: str
    word: str
    said_at: datetime
    happened_at: datetime | None = None
    read_at: datetime | None = None
    particulars: Particulars = SILENT
