"""What customer, support and notices all show: the stage of an order, from the same facts."""

from msgspec import Struct

from accord.domain.accord import Accord, Stage
from accord.domain.matrix import Matrix
from accord.domain.tracks import State, Track
from accord.domain.truth import Parcel, Truth, truth
from accord.domain.vocabulary import PROGRESS_COLUMN


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
    told = [stage for stage in accord.stages if stage.customer_facing]
    parcels = [p for p in so.parcels if p.fulfillment not in {None, State.CANCELLED}]
    reached = [_reached(told, so, parcel) for parcel in parcels]
    whole = so.progress is State.COMPLETE and reached
    parts = reached if whole else [*reached, _reached(told, so, None)]
    furthest = min(parts, default=-1)
    stage = told[furthest] if furthest >= 0 else None
    return CustomerView(
        stage=stage.name if stage else "",
        definition=stage.definition if stage else "",
        parcels=tuple(
            ParcelView(told[index].name if index >= 0 else "", p.group.lines, p.group.tracking)
            for p, index in zip(parcels, reached, strict=True)
        ),
    )


def _reached(stages: list[Stage], so: Truth, parcel: Parcel | None) -> int:
    """Return the place of the last stage whose conditions hold, or -1."""
    held = [index for index, stage in enumerate(stages) if _holds(stage, so, parcel)]
    return max(held, default=-1)


def _holds(stage: Stage, so: Truth, parcel: Parcel | None) -> bool:
    states: dict[str, set[State | None]] = {
        Track.ORDER: {so.order},
        Track.PAYMENT: {so.payment},
        PROGRESS_COLUMN: {so.progress},
        Track.FULFILLMENT: {parcel.fulfillment if parcel else None},
        Track.DELIVERY: {parcel.delivery if parcel else None},
        Track.RETURN: {item.state for item in so.returns},
    }
    return all(states.get(column, set()) & set(wanted) for column, wanted in stage.when.items())
