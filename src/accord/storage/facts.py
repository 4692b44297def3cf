"""What every store does alike: merge facts, leave out addresses, turn hints into work."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from accord.domain.action import Action, Allocate
from accord.domain.matrix import Matrix, learn
from accord.domain.report import order_number
from accord.engine.envelope import Lookup
from accord.engine.notice_ledger import NOTICES
from accord.engine.ports import Change, TaskKind


def merged(held: Matrix, learned: Matrix) -> Matrix:
    """Return ``held`` with the particulars and names of ``learned``; cells come by envelopes."""
    known = dict(held.known)
    for key, told in learned.known.items():
        known[key] = learn(known.get(key), told)
    fresh = set(learned.refs) - set(held.refs)
    refs = tuple(sorted((*held.refs, *fresh))) if fresh else held.refs
    return replace(held, known=known, refs=refs)


def without_address(action: Action) -> Action:
    """Return ``action`` as it may be kept: where a parcel goes is nobody's business later."""
    return replace(action, destination=None) if isinstance(action, Allocate) else action


class Wanted(Struct, frozen=True):
    """Work somebody asks for, and when it falls due. A repair was ``found_at`` some time before."""

    kind: TaskKind
    system: str
    key: str
    due: datetime
    urgent: bool = False
    found_at: datetime | None = None

    @property
    def repair(self) -> bool:
        """Whether it is asked for as a repair: found so, with nothing new said."""
        return self.found_at is not None

    @property
    def asked_at(self) -> datetime:
        """Since when it waits to be done."""
        return self.found_at or self.due


def wanted_by(system: str, lookup: Lookup, now: datetime) -> Wanted:
    """Return the task that follows from a hint: one thing, or the whole feed for ``*``."""
    ref = lookup.ref
    if ref.scope == "*":
        return Wanted(TaskKind.POLL, system, "*", now)
    return Wanted(TaskKind.REREAD, system, f"{ref.scope}:{ref.value}", now)


def wanted_by_change(order: str, change: Change, now: datetime) -> Iterator[Wanted]:
    """Yield the tasks that follow from a change: mirrors to bring into step, customers to tell."""
    for system in change.due:
        if system in change.repairs:
            due = now + change.wait
            yield Wanted(TaskKind.PROPAGATE, system, order, due, found_at=now)
        else:
            yield Wanted(TaskKind.PROPAGATE, system, order, now, system in change.urgent)
    if change.tell:
        yield Wanted(TaskKind.NOTIFY, NOTICES, order, now)


def names_meant(order: str) -> tuple[str, ...]:
    """Return how systems may write a name that a person typed: as it is, or as an order number."""
    name = order.strip()
    return tuple(dict.fromkeys((name, order_number(name).value))) if name else ()
