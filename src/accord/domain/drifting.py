"""``drift``: the one function that says what is out of step in an order. Pure."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from accord.domain.accord import Accord, Stage
from accord.domain.action import Action, action_name
from accord.domain.comparison import compare
from accord.domain.drift import (
    CORRECTED_WITHIN,
    Drift,
    DriftClass,
    DriftPattern,
    Unread,
)
from accord.domain.drift_grounds import Grounds
from accord.domain.drift_patterns import contradictions
from accord.domain.drift_rows import behind
from accord.domain.matrix import Matrix
from accord.domain.milestones import live, resting_on
from accord.domain.past import Past, edits, most_within
from accord.domain.plan import plan
from accord.domain.tracks import Track
from accord.domain.truth import Parcel, Truth, truth
from accord.domain.view import holds


class Concern(Struct, frozen=True):
    """What orders of one shape may be reported for, sooner or later.

    ``differs``: something is out of step unless it is just being settled. ``stalls_after`` is how
    long they may rest where they are; None if for good.
    """

    differs: bool
    stalls_after: timedelta | None


def concern(matrix: Matrix, accord: Accord) -> Concern:
    """Return what may be reported of every order that has the shape of ``matrix``."""
    if not matrix.cells:
        return Concern(differs=False, stalls_after=None)
    so = truth(matrix, accord)
    differs = (
        any(not one.agrees for one in compare(matrix, accord, so))
        or any(plan(matrix, accord, name, so) for name in accord.systems)
        or any(True for _ in contradictions(Grounds(matrix, accord, so), None))
    )
    return Concern(differs, min((limit for _, limit, _ in _stages(accord, so)), default=None))


def drift(
    matrix: Matrix,
    accord: Accord,
    now: datetime,
    *,
    past: Past | None = None,
    under_way: Collection[str] = (),
    unread: Sequence[Unread] = (),
) -> list[Drift]:
    """Return every way in which one order is out of step, the costliest first.

    ``under_way`` names the systems at which somebody is at work on the order, or was moments ago:
    what is out of step there is following. Without ``past`` a mirror's own change is not told
    from one that lags behind. What has its time still before it is in flight as well.
    """
    return examine(matrix, accord, now, past=past, under_way=under_way, unread=unread).drifts


class Examined(Struct, frozen=True):
    """An order's drifts, costliest first, and the systems at which something is to be done."""

    drifts: list[Drift]
    to_do: tuple[str, ...]


def examine(
    matrix: Matrix,
    accord: Accord,
    now: datetime,
    *,
    past: Past | None = None,
    under_way: Collection[str] = (),
    unread: Sequence[Unread] = (),
) -> Examined:
    """Return the drifts of one order as ``drift`` does, and where there is something to do."""
    if not matrix.cells:
        return Examined([], ())
    so = truth(matrix, accord)
    known = Grounds(matrix, accord, so, past or Past())
    plans = {name: plan(matrix, accord, name, so, now=now) for name in accord.systems}
    named = list(contradictions(known, now))
    found = [
        *named,
        *behind(known, named),
        *_undone(known, plans),
        *_stalled(known, now),
        *_corrected(known, now),
        *_unread(known, unread),
    ]
    told: dict[tuple[DriftPattern, str, str], Drift] = {}
    for one in found:
        told.setdefault(one.key, _placed(one, now, under_way))
    places = {pattern: place for place, pattern in enumerate(DriftPattern)}
    drifts = sorted(told.values(), key=lambda one: (places[one.pattern], one.system, one.subject))
    return Examined(drifts, tuple(name for name, actions in plans.items() if actions))


_NEVER_FOLLOW = frozenset({DriftPattern.UNKNOWN_WORD, DriftPattern.CORRECTED_TWICE})


def _placed(one: Drift, now: datetime, under_way: Collection[str]) -> Drift:
    if one.pattern in _NEVER_FOLLOW:
        return one
    waits = one.pattern in _WAITS and now < one.deadline
    if waits or one.system in under_way:
        return replace(one, standing=DriftClass.IN_FLIGHT)
    return one


# What somebody else brings over, in a time of its own, is not late before that is over.
_WAITS = frozenset(
    {
        DriftPattern.UNACKNOWLEDGED_ORDER,
        DriftPattern.ORPHANED_PAYMENT,
        DriftPattern.UNPROCESSED_RETURN,
        DriftPattern.MISSED_FIRST_UPDATE,
        DriftPattern.NO_COUNTERPART,
    }
)


def _undone(known: Grounds, plans: dict[str, list[Action]]) -> Iterator[Drift]:
    """Find work that nobody does where no mirror's word gives it away."""
    rows = {one.system for one in known.rows if not one.agrees}
    for system, actions in plans.items():
        if not actions or system in rows:
            continue
        names = sorted({action_name(type(action)) for action in actions})
        todo = ", ".join(name.replace("_", " ") for name in names)
        yield known.drift(
            DriftPattern.LEFT_UNDONE,
            system,
            Track.FULFILLMENT,
            cells=known.of_order(),
            what=f"At {system} there is to {todo}.",
            cause=f"{todo} is left undone at {system}",
        )


def _stages(accord: Accord, so: Truth) -> Iterator[tuple[Stage, timedelta, Parcel | None]]:
    """Yield the stages in which the order and its parcels are and may not stay for good."""
    parts: list[Parcel | None] = [*live(so)]
    for part in parts or [None]:
        held = [stage for stage in accord.stages if holds(stage, so, part)]
        if held and held[-1].stall_after is not None:
            yield held[-1], held[-1].stall_after, part


def cause_of_stall(stage: str) -> str:
    """Return the cause of all drifts of orders that stay in one stage for too long."""
    return f"longer in the stage {stage} than it allows"


def _stalled(known: Grounds, now: datetime) -> Iterator[Drift]:
    for stage, limit, part in _stages(known.accord, known.so):
        cells = [
            cell
            for column in stage.when
            for cell in resting_on(column, part, known.so, known.matrix, known.accord)
        ]
        if not cells:
            continue
        since = max(known.past.since(cell) for cell in cells)
        if now - since < limit:
            continue
        about = f" {part.group.id}" if part else ""
        yield known.drift(
            DriftPattern.STALLED_STAGE,
            cells[0].system,
            cells[0].track,
            subject=part.group.id if part else "",
            cells=cells,
            what=f"In the stage {stage.name}{about} since {since:%Y-%m-%d %H:%M} UTC; "
            f"{stage.person} is to look.",
            cause=cause_of_stall(stage.name),
            since=since,
            deadline=since + limit,
        )


def _corrected(known: Grounds, now: datetime) -> Iterator[Drift]:
    made = edits(known.past, known.accord, known.so)
    for system in sorted({one.cell.system for one in made}):
        lately = [e for e in made if e.cell.system == system]
        twice = most_within(lately, CORRECTED_WITHIN)
        if len(twice) < 2 or now - twice[-1].heard_at > CORRECTED_WITHIN:  # noqa: PLR2004 - twice
            continue
        yield known.drift(
            DriftPattern.CORRECTED_TWICE,
            system,
            twice[-1].cell.track,
            cells=[one.cell for one in twice],
            what=f"At {system} it was changed {len(twice)} times within a week, past its owner.",
            cause=f"changed again and again at {system}",
            since=twice[0].heard_at,
            deadline=twice[0].heard_at + CORRECTED_WITHIN,
        )


def _unread(known: Grounds, unread: Sequence[Unread]) -> Iterator[Drift]:
    for one in unread:
        yield Drift(
            pattern=DriftPattern.UNKNOWN_WORD,
            system=one.system,
            track=Track.ORDER,
            subject=f"{one.kind} {one.word}".strip(),
            what=f"{one.system} says {one.word!r} on {one.kind}, which is in no table.",
            cause=f"word {one.word!r} of {one.system} on {one.kind} is in no table",
            since=one.since,
            deadline=one.since + known.accord.latency_target,
            evidence=(one.envelope,),
        )
