"""What most stacks agree on: three ways to share ownership, two stories told to customers."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum

from accord.domain.accord import Notify, Role, Stage, System
from accord.domain.ownership import EVERYWHERE
from accord.domain.tracks import HANDED_OVER, STATES, State, Track


class OwnershipPreset(StrEnum):
    """A common way to share the tracks between systems."""

    STOREFRONT = "storefront"
    FULFILLMENT = "fulfillment"
    SUPPORT = "support"


class StagePreset(StrEnum):
    """A common story told to customers."""

    SIMPLE = "simple"
    RICH = "rich"


_SELLERS = (Role.STOREFRONT, Role.MARKETPLACE)
_SHIPPERS = (Role.WAREHOUSE, Role.ERP, *_SELLERS)

# Who is asked first. Whoever takes the money knows the payment, and whoever holds the goods or
# carries them knows where they are: no preset gives these to another while one of them is there.
_STOREFRONT: Mapping[Track, tuple[Role, ...]] = {
    Track.ORDER: (*_SELLERS, Role.ERP),
    Track.PAYMENT: (*_SELLERS, Role.ERP),
    Track.FULFILLMENT: _SHIPPERS,
    Track.DELIVERY: (Role.CARRIER, *_SHIPPERS),
    Track.RETURN: (*_SELLERS, Role.ERP, Role.WAREHOUSE),
}
_FULFILLMENT: Mapping[Track, tuple[Role, ...]] = {
    **_STOREFRONT,
    Track.ORDER: (Role.ERP, Role.WAREHOUSE, *_SELLERS),
    Track.RETURN: (Role.ERP, Role.WAREHOUSE, *_SELLERS),
}
_ORDER_OF_ASKING: Mapping[OwnershipPreset, Mapping[Track, tuple[Role, ...]]] = {
    OwnershipPreset.STOREFRONT: _STOREFRONT,
    OwnershipPreset.FULFILLMENT: _FULFILLMENT,
    OwnershipPreset.SUPPORT: _STOREFRONT,
}


def candidates(
    preset: OwnershipPreset, track: Track, systems: Mapping[str, System]
) -> tuple[str, ...]:
    """Return the systems that could own ``track``: one if it is clear, several if it is not."""
    for role in _ORDER_OF_ASKING[preset][track]:
        able = [s.name for s in systems.values() if s.role is role and track in s.able_to_own]
        if able:
            return tuple(able)
    return ()


def owners(candidates: Iterable[str], systems: Mapping[str, System]) -> dict[str, str]:
    """Return the owner by location: everywhere the only candidate, else the one that knows it.

    Of several that know a place a warehouse comes first: a storefront knows places it does not
    run. Empty where the locations do not tell the candidates apart.
    """
    able = list(candidates)
    if len(able) == 1:
        return {EVERYWHERE: able[0]}
    by_location: dict[str, str] = {}
    for location in dict.fromkeys(p for name in able for p in systems[name].places):
        here = [systems[name] for name in able if location in systems[name].places]
        first = min(_closeness(system) for system in here)
        closest = [system.name for system in here if _closeness(system) == first]
        if len(closest) > 1:
            return {}
        by_location[location] = closest[0]
    return by_location if set(by_location.values()) == set(able) else {}


def _closeness(system: System) -> int:
    return _SHIPPERS.index(system.role) if system.role in _SHIPPERS else len(_SHIPPERS)


def mirrors(
    preset: OwnershipPreset, track: Track, owned_by: Iterable[str], systems: Mapping[str, System]
) -> tuple[str, ...]:
    """Return the mirrors of a track: every system that can write it and does not own it.

    Under ``support`` nothing is written, so nothing is a mirror.
    """
    if preset is OwnershipPreset.SUPPORT:
        return ()
    owning = set(owned_by)
    return tuple(
        s.name for s in systems.values() if track in s.able_to_mirror and s.name not in owning
    )


def _stage(
    name: str,
    definition: str,
    when: dict[str, tuple[State, ...]],
    *,
    notify: Notify = Notify.ONCE,
    internal: bool = False,
    stall_after: timedelta | None,
) -> Stage:
    return Stage(
        name=name,
        definition=definition,
        when=when,
        customer_facing=not internal,
        notify=Notify.NEVER if internal else notify,
        stall_after=stall_after,
        person="",
    )


def _on_the_way(*left_out: State) -> tuple[State, ...]:
    return tuple(s for s in STATES[Track.DELIVERY] if s in HANDED_OVER and s not in left_out)


_ORDERED = _stage(
    "ordered",
    "We have your order and are getting it ready.",
    {Track.ORDER: (State.OPEN, State.ON_HOLD, State.CANCEL_REQUESTED, State.COMPLETED)},
    stall_after=timedelta(days=3),
)
_DELIVERED = _stage(
    "delivered",
    "The parcel has arrived.",
    {Track.DELIVERY: (State.DELIVERED,)},
    stall_after=None,
)

# The last stage that holds is the one shown, and an order is as far as its least advanced
# parcel: that is why a parcel in trouble stands before one delivered.
_STAGES: Mapping[StagePreset, tuple[Stage, ...]] = {
    StagePreset.SIMPLE: (
        _ORDERED,
        _stage(
            "fulfilled",
            "The parcel has left our warehouse.",
            {Track.FULFILLMENT: (State.SHIPPED,)},
            stall_after=timedelta(days=7),
        ),
        _DELIVERED,
    ),
    StagePreset.RICH: (
        _ORDERED,
        _stage(
            "packed",
            "The goods are in a box that has not left the warehouse.",
            {Track.FULFILLMENT: (State.PACKED, State.SHIPPED)},
            internal=True,
            stall_after=timedelta(days=1),
        ),
        _stage(
            "labeled",
            "The box has a carrier's label; the carrier does not have the box.",
            {Track.DELIVERY: (State.LABEL_CREATED,)},
            internal=True,
            stall_after=timedelta(days=1),
        ),
        _stage(
            "handed_off",
            "The parcel is with the carrier.",
            {Track.DELIVERY: _on_the_way(State.RETURNED)},
            stall_after=timedelta(days=2),
        ),
        _stage(
            "in_transit",
            "The parcel is on its way to you.",
            {Track.DELIVERY: (State.IN_TRANSIT,)},
            notify=Notify.NEVER,
            stall_after=timedelta(days=5),
        ),
        _stage(
            "out_for_delivery",
            "The parcel comes today, or waits for you at the pickup point.",
            {Track.DELIVERY: (State.OUT_FOR_DELIVERY, State.READY_FOR_PICKUP, State.ATTEMPTED)},
            stall_after=timedelta(days=2),
        ),
        _stage(
            "exception",
            "The parcel is held up; we are looking into it and will write to you.",
            {Track.DELIVERY: (State.EXCEPTION, State.RETURNING, State.LOST, State.RETURNED)},
            stall_after=timedelta(days=1),
        ),
        _DELIVERED,
    ),
}


def stages(preset: StagePreset) -> tuple[Stage, ...]:
    """Return the stages of a preset, complete but for the person, who is the responsible one."""
    return _STAGES[preset]
