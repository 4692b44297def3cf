"""What follows from a change of an order: where there is something to do, and for whom."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from accord.domain.accord import Accord
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
from accord.engine.answers import Answer, Answers, NoAnswers
from accord.engine.ports import Change


class _Plans(Struct):
    """What is to be done for one matrix, each system's plan made when it is asked for.

    With an ``answer``, which was found for another order of the same shape, few are asked for.
    """

    matrix: Matrix
    accord: Accord
    so: Truth | None = None
    now: datetime | None = None
    answer: Answer | None = None
    made: dict[str, list[Action]] = {}

    def at(self, system: str) -> list[Action]:
        if not self.matrix.cells:
            return []  # no system has said a word: there is no truth to bring anybody to
        if system not in self.made:
            self.made[system] = plan(self.matrix, self.accord, system, self.whole(), now=self.now)
        return self.made[system]

    def asks(self, system: str) -> bool:
        """Return whether there is anything to do at a system."""
        return bool(self.at(system)) if self.answer is None else system in self.answer.planned

    def stops(self, system: str) -> bool:
        """Return whether anything is to be stopped there."""
        if self.answer is None:
            return any(map(stops, self.at(system)))
        return system in self.answer.urgent

    def asks_the_same(self, system: str, other: "_Plans") -> bool:
        mine, theirs = self.asks(system), other.asks(system)
        return mine == theirs and (not mine or self.at(system) == other.at(system))

    def turns_at(self, system: str) -> datetime | None:
        gated = self.accord.systems[system]
        if not gated.is_gated or self.now is None or not self.matrix.cells:
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

    def cases(self) -> tuple[Case, ...]:
        if not self.matrix.cells or (self.answer is not None and not self.answer.has_cases):
            return ()
        planned = {system: self.at(system) for system in self.accord.systems}
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
    answers: Answers | None = None,
) -> Change:
    """Return the change of one order with what follows from it.

    What was refused is asked again once anything new is told of the order (``news``), not because
    the same is heard once more; what is needed no longer is looked at, so that it is let go. So
    is a warehouse where there will be something to do later than ``now``. Where nobody said
    anything new it is a repair. Of ``answers`` those are taken that were found already.
    """
    after = _noticed(before, after, accord)
    known = answers or NoAnswers()
    was = _Plans(before, accord, now=now, answer=known.of(before))
    so = _Plans(after, accord, now=now, answer=known.of(after))
    due = [
        system
        for system in accord.systems
        if (news and so.asks(system))
        or not so.asks_the_same(system, was)
        or was.turns_at(system) != so.turns_at(system)
    ]
    found = repairs(before, after, accord, due, was=was, so=so)
    return Change(
        order=order,
        matrix=after,
        told=told,
        due=tuple(due),
        urgent=frozenset(name for name in due if name not in found and so.stops(name)),
        repairs=found,
        wait=accord.repairs.wait,
        cases=so.cases(),
        tell=_is_to_tell(was, so),
        agreed=_agreed(was, so, due),
    )


def _agreed(was: _Plans, so: _Plans, due: list[str]) -> tuple[Agreed, ...]:
    """Return which mirrors have nothing left to do that had something before."""
    now = was.now
    if now is None:
        return ()
    return tuple(
        one
        for system in due
        if was.asks(system) and not so.asks(system)
        for one in agreed_on(was.matrix, was.accord, system, was.at(system), now)
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
