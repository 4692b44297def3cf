"""Permissions for what cannot be taken back: to let a parcel go, and to tell of a cancellation.

That to ship is given on a fresh read of the order, under its lock, for a time.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from msgspec.structs import replace

from accord.domain.accord import Accord
from accord.domain.action import Release
from accord.domain.decision import decide
from accord.domain.errors import UnreadableError
from accord.domain.matrix import Known, Matrix
from accord.domain.outcome import Refused
from accord.domain.plan import plan
from accord.domain.report import THE_ORDER, Particulars, Ref, Report, Subject, SubjectKind
from accord.domain.tracks import Track
from accord.engine.envelope import Envelope, Incoming, Origin
from accord.engine.ports import Link, Store, Task
from accord.engine.reading import kept_from
from accord.engine.settling import Pace
from accord.engine.traffic import Traffic, Wait

# After this the owner of the order is asked again; whatever it says meanwhile cuts it short.
AGAIN = timedelta(seconds=5)


# So much later a warehouse that was still asked for something may be done with it.
SOON = timedelta(seconds=30)


class Permits:
    """Says whether something may be done now. Whatever is not known means that it may not."""

    def __init__(
        self, accord: Accord, links: Mapping[str, Link], store: Store, traffic: Traffic, pace: Pace
    ) -> None:
        """Ask the owner of the order over its link."""
        self._accord = accord
        self._links = links
        self._store = store
        self._traffic = traffic
        self._pace = pace

    async def ask(self, task: Task, matrix: Matrix, action: Release) -> Refused | Wait | None:
        """Return None once the permission is on record, or else why it is not given.

        The order is read at its owner first. The permission is given in one step with a look at
        everything known by then: after a cancellation is on record none is given.
        """
        reports = await self._read(matrix)
        if not isinstance(reports, list):
            return reports
        now = self._pace.clock()

        def is_planned(held: Matrix) -> bool:
            for report in reports:
                held = decide(held, report, self._accord).matrix
            return action in plan(held, self._accord, task.system, now=now)

        until = now + self._accord.systems[task.system].permit_for
        subject = Subject(SubjectKind.PARCEL, action.subject)
        told = Particulars(permit_until=until)
        known = Known(task.system, subject, told, {"permit_until": now})
        if await self._store.link(task.key, Matrix(known={known.key: known}), is_planned):
            return None
        return Wait(now + AGAIN, "the order may not leave any more, by what its owner says now")

    async def to_cancel(self, task: Task) -> Wait | None:
        """Return why a mirror may not hear yet that an order is cancelled; None where it may.

        A parcel that a warehouse was just asked for is in no matrix before it was read back, and
        may leave all the same. So nobody is told while work on the order at a warehouse goes on.
        """
        warehouses = self._accord.ownership.owners_of(Track.FULFILLMENT) - {task.system}
        if not await self._store.is_at_work(task.key, warehouses):
            return None
        why = "a warehouse was asked for something that has not been seen yet"
        return Wait(self._pace.clock() + SOON, why)

    async def _read(self, matrix: Matrix) -> list[Report] | Refused | Wait:
        owner = self._accord.ownership.owner(Track.ORDER) or ""
        link, own = self._links.get(owner), matrix.own_ref(owner)
        if link is None or own is None:
            return Refused("unknown_order", "The owner's own id of this order is not known.")
        permission = self._traffic.may(owner)
        if isinstance(permission, Wait):
            return permission
        asked_at = self._pace.clock()
        answer = await link.reread(Ref("order", own))
        await self._traffic.heard(owner, None if isinstance(answer, Sequence) else answer)
        if isinstance(answer, Refused):
            return answer
        if not isinstance(answer, Sequence):
            return Wait(asked_at + AGAIN, f"{owner} could not be read: {answer}")
        incoming = kept_from(link, answer, Origin.REREAD, asked_at)
        await self._store.keep(incoming)
        reports = [report for one in incoming for report in _reports(link, one)]
        if not any(report.subject == THE_ORDER for report in reports):
            return Wait(asked_at + AGAIN, f"{owner} says nothing of the order")
        return reports


def _reports(link: Link, incoming: Incoming) -> list[Report]:
    envelope = Envelope(
        id=0,
        system=incoming.system,
        topic=incoming.topic,
        origin=incoming.origin,
        body=incoming.body,
        headers=incoming.headers,
        received_at=incoming.received_at,
    )
    try:
        read = link.parse(envelope).reports
        return [replace(report, read_at=incoming.received_at) for report in read]
    except UnreadableError:
        return []
