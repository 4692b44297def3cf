"""Reading how a warehouse is kept from shipping what was cancelled."""

from datetime import timedelta

from msgspec import Struct

from accord.connector_kit.connector import Connector
from accord.domain.accord import Gate
from accord.domain.action import Allocate, CancelParcel, Hold, Release
from accord.domain.finding import Code
from accord.settings.tables import Table

CANCEL_WITHIN = timedelta(minutes=15)
HOLD_FOR = timedelta(0)
PERMIT_FOR = timedelta(hours=4)


class GateSettings(Struct, frozen=True, kw_only=True):
    """What the file says of the gate of one system."""

    gate: Gate = Gate.CANCEL_LANE
    cancel_within: timedelta = CANCEL_WITHIN
    hold_for: timedelta = HOLD_FOR
    permit_for: timedelta = PERMIT_FOR


def read_gate(table: Table, connector: Connector) -> GateSettings:
    """Return the gate of one system; what its connector cannot do is noted."""
    named = table.choice("gate", list(Gate))
    gate = Gate(named) if named else Gate.CANCEL_LANE
    lacks = {Allocate, Hold, Release, CancelParcel} - connector.can
    if gate is Gate.HOLD and lacks:
        table.notes.add(
            Code.CANNOT_HOLD,
            (*table.path, "gate"),
            f"{connector.title} cannot be held back: its connector creates, holds and releases "
            "no parcels.",
            "Take gate out here, and set it at the warehouse that ships.",
        )
    if gate is not Gate.HOLD:
        for key in ("hold_for", "permit_for"):
            if key in table:
                table.notes.add(
                    Code.NO_GATE,
                    (*table.path, key),
                    f"{key} says nothing without a gate that holds.",
                    f'Add gate = "hold" beside it, or take {key} out.',
                )
    return GateSettings(
        gate=gate,
        cancel_within=table.length("cancel_within") or CANCEL_WITHIN,
        hold_for=table.length("hold_for") or HOLD_FOR,
        permit_for=table.length("permit_for") or PERMIT_FOR,
    )
