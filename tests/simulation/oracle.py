"""What must be so once it is calm, as the simulated systems know it themselves."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from accord.domain.action import action_name
from accord.domain.comparison import compare
from accord.domain.report import order_number
from accord.engine.case_desk import CaseFile, Sought
from accord.engine.envelope import Standing
from accord.engine.ports import TaskKind
from accord.storage.overview import OrderFile
from tests.scenarios.judge import differences
from tests.simulation.chronicle import Chronicle
from tests.simulation.ground import Ground
from tests.simulation.office import Office
from tests.simulation.weather import HOUR

# So often one thing is asked of one system once nothing fails any more: what is refused is asked
# for again with each piece of news, and a loop passes this within the quiet.
MOST_ATTEMPTS = 12
# What was waited for longest is due soon after the weather clears.
SETTLED_AFTER = HOUR


class Oracle:
    """Holds the end of a seed against what the shop, the books and the warehouse hold."""

    def __init__(
        self,
        office: Office,
        ground: Ground,
        chronicle: Chronicle,
        calm_at: datetime,
        rose: Collection[str],
    ) -> None:
        """``rose`` names the calls that were made after we gave them up."""
        self._office, self._ground, self._chronicle = office, ground, chronicle
        self._store = ground.store
        self._calm_at, self._rose = calm_at, rose

    async def judge(self, acknowledged: list[tuple[str, bytes]]) -> None:
        """Blame whatever is wrong."""
        blame = self._chronicle.blame
        for found in self._office.overpacked:
            blame(f"packed twice: {found}")
        ledger = [*dict.fromkeys(acknowledged)]
        for (system, _), kept in zip(ledger, await self._ground.has(ledger), strict=True):
            if not kept:
                blame(f"a delivery of {system} was answered with 200 and is nowhere")
        balance = await self._store.balance()
        for system, counts in balance.items():
            self._reach(system, counts)
        for number in self._office.stack.shop.orders:
            for found in await self._of_order(number):
                blame(f"{number}: {found}")

    def _reach(self, system: str, counts: Mapping[Standing, int]) -> None:
        del system
        for standing in (Standing.QUARANTINED, Standing.LATE, Standing.REPEATED):
            if counts.get(standing):
                self._chronicle.reach(f"envelope {standing}")

    async def _of_order(self, number: str) -> list[str]:
        file = await self._file(number)
        if file is None:
            return ["Accord does not know the order"]
        never = [*_misdirected(self._office, number), *self._second_effects(number)]
        held = [*differences(self._office, number)]
        shown = [
            f"{c.system} says {c.word!r} on {c.column} {c.subject}, not {c.expected}"
            for c in compare(file.line.matrix, self._office.stack.accord)
            if not c.agrees
        ]
        reasons = [case.what for case in await self._cases(number)]
        dead = await self._ground.given_up()
        reasons += [note for kind, note in dead if kind is TaskKind.REREAD]
        held += [f"given up without a case: {t.note}" for t in file.pending if t.dead]
        busy = [f"{t.system} is still asked: {t.note}" for t in file.pending if not t.dead]
        late = Counter(
            f"{action_name(type(one.action))} at {one.system}"
            for one in file.attempts
            if one.at > self._calm_at + SETTLED_AFTER
        )
        loops = [
            f"{n} times {what} in calm weather" for what, n in late.items() if n > MOST_ATTEMPTS
        ]
        if (held or shown) and reasons:
            self._chronicle.reach("a difference with a reason")
            return [*never, *busy, *loops]
        return [*never, *held, *shown, *busy, *loops]

    def _second_effects(self, number: str) -> Iterator[str]:
        """Yield what a system was made to do twice for one thing."""
        if "CreateEvent" in self._rose:
            return  # an event has no key: one that rises after its second try cannot be kept off
        for parcel in self._office.stack.shop.orders[number].parcels:
            scans = Counter((event.status, event.happened_at) for event in parcel.events)
            for (status, _), times in scans.items():
                if times > 1:
                    yield f"the shop was told {times} times that parcel {parcel.id} is {status}"

    async def _cases(self, number: str) -> Sequence[CaseFile]:
        now = self._office.stack.world.now
        found: Sequence[CaseFile] = await self._store.cases.cases(Sought(order=number), now, 100)
        return found

    async def _file(self, number: str) -> OrderFile | None:
        ref = order_number(number)
        lines = await self._store.orders(limit=500)
        key = next((line.order for line in lines if ref in line.matrix.refs), None)
        return None if key is None else await self._store.order(key)


def _misdirected(office: Office, number: str) -> Iterator[str]:
    """Yield the shipments that go to somebody else than the buyer."""
    for shipment in office.stack.warehouse.shipments(number):
        name = office.stack.warehouse.goes_to(shipment)
        if name != f"Buyer of {number}":
            yield f"shipment {shipment} goes to {name!r}"
