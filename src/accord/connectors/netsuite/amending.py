"""Making the booked quantities of a sales order what is still wanted."""

from accord.connector_kit.http import Answer
from accord.connectors.netsuite import suiteql
from accord.connectors.netsuite.lines import Line, goods
from accord.connectors.netsuite.orders import Booked
from accord.connectors.netsuite.reading import Found
from accord.connectors.netsuite.session import Session
from accord.domain.action import Amend
from accord.domain.outcome import Applied, Outcome, Refused, Unneeded

LineChange = dict[str, object]


async def amend(session: Session, order: Booked, action: Amend) -> Outcome:
    """Book the quantities of ``action``; nothing below what is already fulfilled."""
    booked = goods(order.lines)
    changes: list[LineChange] = []
    for sku, quantity in action.lines.items():
        lines = [line for line in booked if line.sku == sku]
        taken = sum(line.taken for line in lines)
        if quantity < taken:
            return Refused(
                "below_fulfilled",
                f"{taken} of {sku} are fulfilled on sales order {order.id}, more than the "
                f"{quantity} wanted; authorize a return for the rest",
            )
        if lines:
            changes.extend(spread(lines, quantity))
        elif quantity:
            added = await _added(session, sku, quantity)
            if not isinstance(added, dict):
                return added
            changes.append(added)
    if not changes:
        return Unneeded(f"sales order {order.id} has these quantities")
    answer = await session.write("PATCH", order.path, {"item": {"items": changes}})
    return Applied(order.id) if isinstance(answer, Answer) else answer


def spread(lines: list[Line], quantity: int) -> list[LineChange]:
    """Return what to change so that lines of one SKU hold ``quantity`` together.

    Open lines keep what they have as far as it goes; what is missing goes to the last open line,
    or to the last line of all, opened again.
    """
    spare = quantity - sum(line.taken for line in lines)
    given: dict[int, int] = {}
    for line in lines:
        given[line.number] = min(spare, line.remaining)
        spare -= given[line.number]
    if spare:
        last = next((line for line in reversed(lines) if not line.closed), lines[-1])
        given[last.number] += spare
    changes = [_change(line, given[line.number]) for line in lines]
    return [change for change in changes if change]


def _change(line: Line, given: int) -> LineChange:
    quantity = line.taken + given
    if line.closed:
        if not given:
            return {}
        return {"line": line.number, "isClosed": False, "quantity": quantity}
    if quantity == line.quantity:
        return {}
    if quantity == 0:
        return {"line": line.number, "isClosed": True}
    return {"line": line.number, "quantity": quantity}


async def _added(session: Session, sku: str, quantity: int) -> LineChange | Outcome:
    """Return a line for an item that is not on the order yet. A line without number is new."""
    found = await session.query(suiteql.items_by_sku(sku), 2, Found)
    if not isinstance(found, Found):
        return found
    if len(found.items) != 1:
        many = "more than one item" if found.items else "no item"
        return Refused(
            "unknown_item", f"NetSuite has {many} named {sku}; create it there, then try again"
        )
    return {"item": {"id": found.items[0].id}, "quantity": quantity}
