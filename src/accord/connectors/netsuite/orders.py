"""Changes to a sales order as a whole: approving it, cancelling what has not left."""

from msgspec import Struct

from accord.connector_kit.http import Answer
from accord.connectors.netsuite.lines import BILLABLE, Line, order_lines
from accord.connectors.netsuite.parse import status_of
from accord.connectors.netsuite.payloads import SalesOrder
from accord.connectors.netsuite.session import RECORDS, Session
from accord.domain.errors import UnreadableError
from accord.domain.matrix import Matrix
from accord.domain.outcome import Applied, Outcome, Refused, Unneeded

PENDING_APPROVAL = "A"
APPROVED = "B"
CANCELLED = "C"
CLOSED = "H"


class Booked(Struct, frozen=True):
    """A sales order as it stands in NetSuite at this moment."""

    id: str
    status: str
    lines: tuple[Line, ...]

    @property
    def path(self) -> str:
        """Return its address."""
        return f"{RECORDS}/salesOrder/{self.id}"


async def booked(session: Session, system: str, order: Matrix) -> Booked | Outcome:
    """Return the sales order of ``order``, read anew, or why it could not be read."""
    own = order.own_ref(system)
    if own is None:
        return Refused("not_booked", "NetSuite has no sales order for this order yet")
    return await booked_by_id(session, own)


async def booked_by_id(session: Session, own: str) -> Booked | Outcome:
    """Return the sales order with an id, read anew, or why it could not be read."""
    record = await session.read(f"{RECORDS}/salesOrder/{own}", SalesOrder)
    if not isinstance(record, SalesOrder):
        return record
    try:
        lines = order_lines(record.item)
    except UnreadableError as error:
        return Refused("unreadable", str(error))
    status = status_of("SalesOrd", record.status, record.order_status)
    return Booked(own, status, lines or ())


async def approve(session: Session, order: Booked) -> Outcome:
    """Let a sales order that waits for approval be fulfilled."""
    if order.status in {CANCELLED, CLOSED}:
        return Refused("cancelled", f"sales order {order.id} is cancelled and cannot be approved")
    if order.status != PENDING_APPROVAL:
        return Unneeded(f"sales order {order.id} is approved")
    return await _patched(session, order, {"orderStatus": {"id": APPROVED}})


async def cancel(session: Session, order: Booked) -> Outcome:
    """Stop everything of a sales order that has not left; what has left stays on it."""
    if order.status in {CANCELLED, CLOSED}:
        return Unneeded(f"sales order {order.id} is cancelled")
    if order.status == PENDING_APPROVAL and await _cancelled_unapproved(session, order):
        return Applied(order.id)
    open_lines = _to_close(order.lines)
    if not open_lines:
        if any(line.closed for line in order.lines):
            return Unneeded(f"nothing is left to stop on sales order {order.id}")
        return Refused(
            "already_shipped",
            f"everything on sales order {order.id} has been fulfilled; it takes a return",
        )
    closing = [{"line": line.number, "isClosed": True} for line in open_lines]
    return await _patched(session, order, {"item": {"items": closing}})


async def _cancelled_unapproved(session: Session, order: Booked) -> bool:
    """Cancel an order nobody approved; return whether NetSuite did.

    Scripts set this status; over REST it is documented for A and B only. So the order is read
    again, and closing its lines, which is documented, remains if nothing came of it.
    """
    await session.write("PATCH", order.path, {"orderStatus": {"id": CANCELLED}})
    after = await booked_by_id(session, order.id)
    return isinstance(after, Booked) and after.status == CANCELLED


def _to_close(lines: tuple[Line, ...]) -> list[Line]:
    """Return the lines that keep the order open.

    Work and charges are called off with the goods, unless some goods have left and are owed for.
    """
    open_goods = [line for line in lines if line.is_goods and line.remaining]
    if any(line.is_goods and line.taken for line in lines):
        return open_goods
    return [*open_goods, *(line for line in lines if line.kind in BILLABLE and not line.closed)]


async def _patched(session: Session, order: Booked, body: object) -> Outcome:
    answer = await session.write("PATCH", order.path, body)
    return Applied(order.id) if isinstance(answer, Answer) else answer
