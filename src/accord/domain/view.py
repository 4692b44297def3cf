"""What customer, support and notices all show: the stage of an order, from the same facts."""

from msgspec import Struct

from accord.domain.accord import Accord, Stage
from accord.domain.matrix import Matrix
from accord.domain.tracks import State, Track
from accord.domain.truth import Parcel, Truth, truth
from accord.domain.vocabulary import PROGRESS_COLUMN
from accord.domain.warehouse_plan import UNSHIPPED


class ParcelView(Struct, frozen=True):
    """One parcel as a customer may see it."""

    stage: str
    lines: dict[str, int]
    tracking: tuple[str, ...]


class CustomerView(Struct, frozen=True):
    """An order as a customer may see it. ``stage`` is empty before the first stage is reached."""

    stage: str
    definition: str
    parcels: tuple[ParcelView, ...]


def view(matrix: Matrix, accord: Accord) -> CustomerView:
    """Return the stage of the order and of each parcel.

    A parcel's stage is the last of the accord's customer-facing stages whose conditions hold
    for it. The order is only as far as its least advanced part: a split order is delivered when
    its last parcel is.
    """
    so = truth(matrix, accord)
    told = told_stages(accord)
    parcels = [p for p in so.parcels if p.fulfillment not in {None, State.CANCELLED}]
    places = [reached(told, so, parcel) for parcel in parcels]
    whole = so.progress is State.COMPLETE and places
    parts = places if whole else [*places, reached(told, so, None)]
    furthest = min(parts, default=-1)
    stage = told[furthest] if furthest >= 0 else None
    return CustomerView(
        stage=stage.name if stage else "",
        definition=stage.definition if stage else "",
        parcels=tuple(
            ParcelView(told[index].name if index >= 0 else "", p.group.lines, p.group.tracking)
            for p, index in zip(parcels, places, strict=True)
        ),
    )


def told_stages(accord: Accord) -> list[Stage]:
    """Return the stages that customers see, in their order."""
    return [stage for stage in accord.stages if stage.customer_facing]


def reached(stages: list[Stage], so: Truth, parcel: Parcel | None) -> int:
    """Return the place of the last stage whose conditions hold, or -1."""
    held = [index for index, stage in enumerate(stages) if holds(stage, so, parcel)]
    return max(held, default=-1)


def holds(stage: Stage, so: Truth, parcel: Parcel | None) -> bool:
    """Return whether a stage's conditions hold for the order, or for one parcel of it."""
    states: dict[str, set[State | None]] = {
        Track.ORDER: {_told(so)},
        Track.PAYMENT: {so.payment},
        PROGRESS_COLUMN: {so.progress},
        Track.FULFILLMENT: {parcel.fulfillment if parcel else None},
        Track.DELIVERY: {parcel.delivery if parcel else None},
        Track.RETURN: {item.state for item in so.returns},
    }
    return all(states.get(column, set()) & set(wanted) for column, wanted in stage.when.items())


def _told(so: Truth) -> State | None:
    """Return the order's state as customers may hear it.

    A cancellation is told to nobody before every parcel was taken out of the warehouses' hands.
    """
    if so.order is State.CANCELLED and any(p.fulfillment in UNSHIPPED for p in so.parcels):
        return State.CANCEL_REQUESTED
    return so.order
