"""What follows from a change of an order: where there is something to do, and for whom."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from accord.domain.accord import Accord, Gate
from accord.domain.action import Action, stops
from accord.domain.agreement import Agreed, agreed_on
from accord.domain.case import Case
from accord.domain.cases import cases
from accord.domain.foreign import foreign_changes
from accord.domain.matrix import Cell, Matrix
from accord.domain.milestones import Milestone, milestones
from accord.domain.plan import plan
from accord.domain.repairs import repairs
from accord.domain.truth import Truth, truth
from accord.domain.warehouse_plan import gate_turns_at
from accord.engine.ports import Change


class _Plans(Struct):
    """What is to be done for one matrix, each system's plan made when it is asked for."""

    matrix: Matrix
    accord: Accord
    so: Truth | None = None
    now: datetime | None = None

    def at(self, system: str) -> list[Action]:
        if not self.matrix.cells:
            return []  # no system has said a word: there is no truth to bring anybody to
        return plan(self.matrix, self.accord, system, self.whole(), now=self.now)

    def turns_at(self, system: str) -> datetime | None:
        gated = self.accord.systems[system]
        if gated.gate is not Gate.HOLD or self.now is None or not self.matrix.cells:
            return None
        return gate_turns_at(self.matrix, self.accord, gated, self.whole(), self.now)

    def whole(self) -> Truth:
        if self.so is None:
            self.so = truth(self.matrix, self.accord)
        return self.so

    def milestones(self) -> tuple[Milestone, ...]:
        if not self.matrix.cells:
            return ()
        return milestones(self.matrix, self.accord, self.whole())

    def cases(self, planned: dict[str, list[Action]]) -> tuple[Case, ...]:
        if not self.matrix.cells:
            return ()
        return cases(self.matrix, self.accord, self.whole(), planned)


def change_of(
    order: str | None,
    before: Matrix,
    after: Matrix,
    accord: Accord,
    *,
    told: tuple[Cell, ...] = (),
    news: bool = True,
    now: datetime | None = None,
) -> Change:
    """Return the change of one order with what follows from it.

    What was refused is asked again once anything new is told of the order (``news``), not because
    the same is heard once more; what is needed no longer is looked at, so that it is let go. So
    is a warehouse where there will be something to do later than ``now``. Where nobody said
    anything new it is a repair.
    """
    after = _noticed(before, after, accord)
    was, so = _Plans(before, accord, now=now), _Plans(after, accord, now=now)
    planned = {system: so.at(system) for system in accord.systems}
    due = [
        system
        for system, wanted in planned.items()
        if (news and wanted)
        or was.at(system) != wanted
        or was.turns_at(system) != so.turns_at(system)
    ]
    found = repairs(before, after, accord, due, was=was, so=so)
    return Change(
        order=order,
        matrix=after,
        told=told,
        due=tuple(due),
        urgent=frozenset(
            name for name in due if name not in found and any(map(stops, planned[name]))
        ),
        repairs=found,
        wait=accord.repairs.wait,
        cases=so.cases(planned),
        tell=_is_to_tell(was, so),
        agreed=_agreed(was, due, planned),
    )


def _agreed(was: _Plans, due: list[str], planned: Mapping[str, list[Action]]) -> tuple[Agreed, ...]:
    """Return which mirrors have nothing left to do that had something before."""
    now = was.now
    if now is None:
        return ()
    ended = [(system, was.at(system)) for system in due if not planned[system]]
    return tuple(
        one
        for system, wanted in ended
        if wanted
        for one in agreed_on(was.matrix, was.accord, system, wanted, now)
    )


def _is_to_tell(was: _Plans, so: _Plans) -> bool:
    """Return whether what a customer may be told of is another than before."""
    if so.accord.notices is None:
        return False
    return was.milestones() != so.milestones()


def _noticed(before: Matrix, after: Matrix, accord: Accord) -> Matrix:
    """Return the matrix with what mirrors changed by themselves where a person is to be asked."""
    foreign = foreign_changes(before, after, accord)
    if not foreign and not after.rulings:
        return after
    still = {
        key: ruling
        for key, ruling in after.rulings.items()
        if key in after.cells and after.cells[key].state is ruling.state
    }
    # The latest change of the same cell to the same state is the one to decide about.
    return replace(after, rulings={**still, **foreign})
