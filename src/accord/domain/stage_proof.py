"""Whether stages are sound: defined, reachable, answered for, fit for whom they are shown to."""

from collections.abc import Iterator, Mapping, Sequence

from accord.domain.accord import Notify, Stage
from accord.domain.finding import Code, Finding
from accord.domain.tracks import State, Track
from accord.domain.vocabulary_proof import COLUMNS, prove_column

# States a customer is not told of, and why. Telling them makes promises that are not kept yet or
# shows the inside of the house.
INTERNAL: Mapping[str, Mapping[State, str]] = {
    Track.ORDER: {
        State.ON_HOLD: "a hold is between the shop and its checks, and most are lifted unseen",
        State.CANCEL_REQUESTED: "a cancellation is told only once who can stop the parcel agreed",
    },
    Track.PAYMENT: {
        State.EXPIRED: "an authorisation that ran out is for the shop to renew",
    },
    Track.FULFILLMENT: {
        State.SCHEDULED: "a plan may still move to another date or place",
        State.ON_HOLD: "a hold in the warehouse is lifted or becomes a cancellation",
        State.IN_PROGRESS: "work in the warehouse can stop and start again",
        State.PACKED: "a packed parcel can still be unpacked, and nobody carries it yet",
    },
    Track.DELIVERY: {
        State.LABEL_CREATED: "a label is paper: the carrier has no parcel yet",
    },
}


def prove_stages(stages: Sequence[Stage]) -> Iterator[Finding]:
    """Yield everything missing or contradictory in the stages, in their own order."""
    if not stages:
        yield Finding(
            code=Code.NO_STAGES,
            where=("stages",),
            what="There are no stages, so customers and support would be told nothing.",
            remedy='Begin with a preset: [stages], and under it preset = "simple".',
        )
    for stage in stages:
        yield from _texts(stage)
        yield from _conditions(stage)
        yield from _audience(stage)


def _texts(stage: Stage) -> Iterator[Finding]:
    if not stage.definition.strip():
        yield Finding(
            code=Code.STAGE_WITHOUT_DEFINITION,
            where=("stages", stage.name, "definition"),
            what=f"The stage {stage.name} has no definition.",
            remedy='Say in one sentence what it means: definition = "…".',
        )
    if not stage.person.strip():
        yield Finding(
            code=Code.STAGE_WITHOUT_PERSON,
            where=("stages", stage.name, "person"),
            what=f"The stage {stage.name} names nobody to look at an order that stalls in it.",
            remedy='Name a person: person = "…".',
        )


def _conditions(stage: Stage) -> Iterator[Finding]:
    where = ("stages", stage.name, "when")
    if not stage.when or not all(stage.when.values()):
        yield Finding(
            code=Code.STAGE_WITHOUT_CONDITION,
            where=where,
            what=f"The stage {stage.name} does not say when it is reached.",
            remedy='Name the states that reach it: when = { fulfillment = ["shipped"] }.',
        )
    for column, states in stage.when.items():
        yield from prove_column(column, states, (*where, column))


def _audience(stage: Stage) -> Iterator[Finding]:
    if not stage.customer_facing:
        if stage.notify is not Notify.NEVER:
            yield Finding(
                code=Code.INTERNAL_STEP_SHOWN,
                where=("stages", stage.name, "notify"),
                what=f"The stage {stage.name} is not shown to customers, yet it sends them a "
                "message.",
                remedy='Set notify = "never", or customer_facing = true if they may see it.',
            )
        return
    for column, states in stage.when.items():
        first = first_state(column, states)
        reason = INTERNAL.get(column, {}).get(first) if first else None
        if reason is not None:
            yield Finding(
                code=Code.INTERNAL_STEP_SHOWN,
                where=("stages", stage.name, "customer_facing"),
                what=f"The stage {stage.name} is shown to customers, and it begins with {column} "
                f"{first}: {reason}.",
                remedy="Set customer_facing = false, or let the stage begin later.",
            )


def first_state(column: str, states: Sequence[State]) -> State | None:
    """Return the earliest of ``states`` on its track: the one by which a stage is entered.

    A later internal state in the list gives nothing away: ``open`` and ``on_hold`` together
    show a customer no hold.
    """
    order = COLUMNS.get(column, ())
    return min((s for s in states if s in order), key=order.index, default=None)
