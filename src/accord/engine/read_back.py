"""What a mirror says after it was asked for something: kept as an envelope like any other."""

from collections.abc import Callable, Sequence

from accord.domain.action import Withdraw
from accord.domain.matrix import Matrix
from accord.domain.outcome import Outcome
from accord.domain.report import NUMBER, Ref
from accord.engine.envelope import Incoming, Origin
from accord.engine.gathering import Gathering
from accord.engine.ports import Document, Link, Store
from accord.engine.reading import kept_from
from accord.engine.settling import Pace
from accord.engine.traffic import Traffic

# What was heard, or why nothing was.
Heard = Sequence[Document] | Outcome


class ReadBack:
    """Reads mirrors again. What they answered to an action proves nothing."""

    def __init__(
        self, store: Store, traffic: Traffic, pace: Pace, kept: Callable[[], None]
    ) -> None:
        """Call ``kept`` when there is something to interpret."""
        self._store = store
        self._traffic = traffic
        self._pace = pace
        self._kept = kept
        self._keeping = Gathering(self._keep_all)

    async def ask(self, link: Link, matrix: Matrix, gone: Sequence[Withdraw]) -> Heard:
        """Return what the mirror says of an order now, or why it does not say it.

        What was taken back is in no listing of the order any more: it is asked for by name.
        """
        own = matrix.own_ref(link.system)
        refs = [Ref("order", own) if own else Ref(NUMBER, matrix.number or "")]
        refs += [Ref("parcel", f"{own}/{action.parcel}") for action in gone]
        heard: list[Document] = []
        for ref in refs:
            answer = await link.reread(ref)
            if not isinstance(answer, Sequence):
                await self._traffic.heard(link.system, answer)
                await self.keep(link, heard)
                return answer
            await self._traffic.heard(link.system, None)
            heard += answer
        return heard

    async def keep(self, link: Link, heard: Sequence[Document]) -> None:
        """Return once what was heard is kept; what others heard is in the same commit."""
        if heard:
            now = self._pace.clock()
            await self._keeping.ask(kept_from(link, heard, Origin.REREAD, now))

    async def _keep_all(self, heard: Sequence[Sequence[Incoming]]) -> Sequence[None]:
        await self._store.keep([incoming for each in heard for incoming in each])
        self._kept()
        return [None] * len(heard)
