"""Return authorizations: booking an approved return, closing one that is over."""

from msgspec import Struct

from accord.connector_kit.http import Answer
from accord.connectors.netsuite.lines import goods, order_lines
from accord.connectors.netsuite.orders import Booked
from accord.connectors.netsuite.parse import status_of
from accord.connectors.netsuite.payloads import ReturnAuthorization
from accord.connectors.netsuite.session import RECORDS, Session
from accord.connectors.netsuite.shipping import existing, external_id, made_once
from accord.domain.action import AuthorizeReturn, CloseReturn
from accord.domain.errors import UnreadableError
from accord.domain.outcome import Applied, Outcome, Refused, Unneeded
from accord.domain.tracks import State

RETURNS = f"{RECORDS}/returnAuthorization"
PENDING_RECEIPT = "B"
ENDED = frozenset({"C", "G", "H"})


class Returned(Struct, frozen=True):
    """What comes back of one line."""

    line: int
    item: str
    quantity: int


async def authorize(session: Session, order: Booked, action: AuthorizeReturn) -> Outcome:
    """Book a return with exactly its lines, approved; one booked before is not booked again."""
    found = await existing(session, "RtnAuth", action.source)
    if found is not None:
        return found
    chosen = returned_lines(order, action.lines)
    if isinstance(chosen, Refused):
        return chosen
    items = [
        {"orderLine": part.line, "item": {"id": part.item}, "quantity": part.quantity}
        for part in chosen
    ]
    body = {
        "externalId": external_id(action.source),
        "orderStatus": {"id": PENDING_RECEIPT},
        "item": {"items": items},
    }
    # Lines that are not replaced come back in full, since the order's lines are copied.
    address = f"{order.path}/!transform/returnAuthorization?replace=item"
    return await made_once(session, address, body, "RtnAuth", action.source)


def returned_lines(order: Booked, lines: dict[str, int]) -> list[Returned] | Refused:
    """Return from which lines of the order the goods came, as far as any were fulfilled."""
    chosen: list[Returned] = []
    for sku, quantity in lines.items():
        left = quantity
        for line in goods(order.lines):
            take = min(left, line.taken) if line.sku == sku else 0
            if take:
                chosen.append(Returned(line.number, line.item, take))
                left -= take
        if left:
            return Refused(
                "not_fulfilled",
                f"{left} of the {quantity} {sku} to return were never fulfilled on sales order "
                f"{order.id}; record the fulfillment first",
            )
    if not chosen:
        return Refused("empty", "the return holds no lines")
    return chosen


async def close(session: Session, action: CloseReturn) -> Outcome:
    """Close the lines of a return that nothing more is expected on."""
    record = await session.read(f"{RETURNS}/{action.subject}", ReturnAuthorization)
    if not isinstance(record, ReturnAuthorization):
        return record
    if status_of("RtnAuth", record.status, record.order_status) in ENDED:
        return Unneeded(f"return authorization {record.id} is over")
    try:
        lines = order_lines(record.item) or ()
    except UnreadableError as error:
        return Refused("unreadable", str(error))
    waiting = [line for line in lines if not line.closed and line.quantity > line.done]
    if not waiting:
        if action.state is State.CLOSED:
            return Unneeded(f"everything of return authorization {record.id} has arrived")
        return Refused(
            "already_received",
            f"the goods of return authorization {record.id} have arrived; it cannot be called off",
        )
    closing = [{"line": line.number, "isClosed": True} for line in waiting]
    answer = await session.write("PATCH", f"{RETURNS}/{record.id}", {"item": {"items": closing}})
    return Applied(record.id) if isinstance(answer, Answer) else answer
