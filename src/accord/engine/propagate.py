"""Bring mirrors into step: load the facts, plan, ask for the difference, read back."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from accord.domain.accord import Accord
from accord.domain.action import Action, Allocate, AuthorizeReturn, Destination, Ship, Withdraw
from accord.domain.matrix import Known, Matrix
from accord.domain.outcome import Accepted, Applied, Outcome, Refused, Unneeded
from accord.domain.plan import plan
from accord.domain.report import NUMBER, Particulars, Ref, Subject, SubjectKind
from accord.domain.tracks import Track
from accord.engine.envelope import Origin
from accord.engine.ports import Attempt, Link, Settlement, Store, Task, TaskKind
from accord.engine.reading import kept_from
from accord.engine.settling import Pace, done, settle
from accord.engine.side_by_side import side_by_side

PAIRS_A_TURN = 10
# Longer than every action of one plan with its read-back may take.
LEASE = timedelta(minutes=5)


Watch = Callable[[Attempt], None]


class Propagator:
    """The third step of the road. It never replays a change; it asks for what is missing."""

    def __init__(
        self,
        accord: Accord,
        links: Mapping[str, Link],
        store: Store,
        pace: Pace,
        watch: Watch,
    ) -> None:
        """Tell ``watch`` of every attempt once it is on record."""
        self._accord = accord
        self._links = links
        self._store = store
        self._pace = pace
        self._watch = watch

    async def turn(self, system: str) -> int:
        """Work on the orders on which ``system`` is out of step; return how many were due."""
        now = self._pace.clock()
        tasks = await self._store.claim(TaskKind.PROPAGATE, [system], PAIRS_A_TURN, LEASE, now)
        matrices = await self._store.load([task.key for task in tasks])

        async def work(task: Task) -> Settlement:
            return await self._bring_into_step(task, matrices[task.key])

        settlements = await side_by_side(work, tasks)
        await self._store.settle(settlements, self._pace.clock())
        return len(tasks)

    async def _bring_into_step(self, task: Task, matrix: Matrix) -> Settlement:
        actions = plan(matrix, self._accord, task.system)
        if not actions:
            return done(task)
        link = self._links[task.system]
        outcome: Outcome = Unneeded()
        refused: Refused | None = None
        for action in actions:
            outcome = await self._attempt(task.key, link, action, matrix)
            if isinstance(outcome, Refused):
                refused = refused or outcome  # one parcel refused must not keep the others back
            elif not isinstance(outcome, Applied | Accepted | Unneeded):
                break
        else:
            outcome = refused or outcome
        await self._read_back(link, matrix, actions)
        return settle(task, outcome, self._pace)

    async def _attempt(self, order: str, link: Link, action: Action, matrix: Matrix) -> Outcome:
        began = self._pace.clock()
        outcome = await self._perform(link, action, matrix)
        attempt = Attempt(
            order=order,
            system=link.system,
            action=action,
            outcome=outcome,
            at=began,
            took=self._pace.clock() - began,
        )
        await self._store.record([attempt])
        self._watch(attempt)
        made = _made(action, outcome, link.system, began)
        if made is not None:
            await self._store.link(order, Matrix(known={made.key: made}))
        return outcome

    async def _perform(self, link: Link, action: Action, matrix: Matrix) -> Outcome:
        if not isinstance(action, Allocate):
            return await link.perform(action, matrix)
        owner = self._accord.ownership.owner(Track.ORDER)
        destination = await self._links[owner or link.system].destination(matrix)
        if not isinstance(destination, Destination):
            return destination
        return await link.perform(replace(action, destination=destination), matrix)

    async def _read_back(self, link: Link, matrix: Matrix, actions: Sequence[Action]) -> None:
        """Keep what the mirror says now. What it answered to the action proves nothing."""
        own = matrix.own_ref(link.system)
        number = matrix.number or ""
        refs = [Ref("order", own) if own else Ref(NUMBER, number)]
        # What was taken back is in no listing of the order any more: it is asked for by name.
        refs += [Ref("parcel", f"{own}/{a.parcel}") for a in actions if isinstance(a, Withdraw)]
        for ref in refs:
            answer = await link.reread(ref)
            if isinstance(answer, Sequence):
                incoming = kept_from(link, answer, Origin.REREAD, self._pace.clock())
                await self._store.keep(incoming)


def _made(action: Action, outcome: Outcome, system: str, at: datetime) -> Known | None:
    """Return the link between what was asked for and the record the mirror made of it."""
    if not isinstance(outcome, Applied) or not outcome.reference:
        return None
    match action:
        case Ship(source=source):
            kind = SubjectKind.PARCEL
        case AuthorizeReturn(source=source):
            kind = SubjectKind.RETURN
        case _:
            return None
    subject = Subject(kind, outcome.reference)
    return Known(system, subject, Particulars(same_as=(source,)), {"same_as": at})
