"""One try of one action: within its deadline, on record, its result linked to what it was for."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from accord.domain.action import Action, AuthorizeReturn, Ship
from accord.domain.matrix import Known, Matrix
from accord.domain.outcome import Applied, Outcome, Unavailable
from accord.domain.report import Particulars, Subject, SubjectKind
from accord.engine.gathering import Gathering
from accord.engine.ports import Attempt, Link, Store

# A connector makes a handful of calls for one action, each with a deadline of its own; whatever
# it does, this is when we stop waiting for all of them. A lease must have as much left.
ACTION_WITHIN = timedelta(minutes=1)

Watch = Callable[[Attempt], None]


class Attempting:
    """Tries actions and keeps what came of them."""

    def __init__(self, store: Store, clock: Callable[[], datetime], watch: Watch) -> None:
        """Tell ``watch`` of every attempt once it is on record."""
        self._store = store
        self._recording = Gathering(self._record)
        self._clock = clock
        self._watch = watch

    async def make(self, order: str, link: Link, action: Action, matrix: Matrix) -> Attempt:
        """Ask ``link`` for ``action`` and return what came of it, to be kept before the next."""
        began = self._clock()
        try:
            async with asyncio.timeout(ACTION_WITHIN.total_seconds()):
                outcome = await link.perform(action, matrix)
        except TimeoutError:
            outcome = Unavailable(f"no end within {ACTION_WITHIN.total_seconds():.0f} s")
        return self.tried(order, link.system, action, outcome, began)

    def tried(
        self, order: str, system: str, action: Action, outcome: Outcome, began: datetime
    ) -> Attempt:
        """Return one try as it is to be kept."""
        return Attempt(
            order=order,
            system=system,
            action=action,
            outcome=outcome,
            at=began,
            took=self._clock() - began,
            made=_made(action, outcome, system, began),
        )

    async def keep(self, attempt: Attempt | None) -> None:
        """Return once a try, if there was one, is on record with all others of this moment."""
        if attempt is not None:
            await self._recording.ask(attempt)
            self._watch(attempt)

    async def _record(self, attempts: Sequence[Attempt]) -> Sequence[None]:
        await self._store.record(attempts)
        return [None] * len(attempts)


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
