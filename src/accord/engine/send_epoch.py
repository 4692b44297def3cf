"""Whether customers may be written to out of this database, or a person must say so first."""

from collections.abc import Collection
from datetime import datetime

from accord.domain.accord import Accord, Notify
from accord.domain.milestones import fingerprint
from accord.engine.desk import Deed
from accord.engine.notice_ledger import Epoch, Mark, NoticeLedger, SendMark

RESUME = "Say that sending may go on with: accord notices resume --who NAME --why REASON."


def things(accord: Accord) -> list[str]:
    """Return the names of everything of which customers are told by this accord."""
    rules = accord.notices
    if rules is None:
        return []
    told = [stage for stage in accord.stages if stage.notify is not Notify.NEVER]
    return [
        *(f"system {name}" for name in accord.systems),
        *(f"channel {kind}" for kind in rules.channels),
        *(fingerprint(stage) for stage in told),
    ]


async def begin(
    accord: Accord, ledger: NoticeLedger, mark: SendMark, fresh_id: str, now: datetime
) -> Epoch:
    """Begin telling customers, or go on with it; return the epoch, stopped if something is odd."""
    known = await mark.read()
    cluster = await ledger.cluster()
    epoch = await ledger.begin(Epoch(id=fresh_id, since=now, sends=0, cluster=cluster))
    await ledger.tell_of(things(accord), now)
    why = suspicion(epoch, known, cluster)
    if why:
        await ledger.stop(f"{why} {RESUME}")
    else:
        await mark.write(Mark(epoch.id, epoch.sends))
    return await ledger.epoch() or epoch


def suspicion(epoch: Epoch, mark: Mark | None, cluster: str) -> str:
    """Return why the database may be an older copy of the one we sent from; empty if it is not."""
    if epoch.cluster != cluster:
        return "The database is on another server or timeline than the one notices were sent from."
    if mark is None:
        return "What was sent is not known outside of the database." if epoch.sends else ""
    if mark.epoch != epoch.id and mark.epoch not in epoch.former:
        return "The database does not know the send epoch that is noted outside of it."
    if mark.epoch == epoch.id and mark.sends > epoch.sends:
        missing = mark.sends - epoch.sends
        return f"The database is older than what was sent: it lacks the last {missing} sends."
    return ""


async def resume(ledger: NoticeLedger, mark: SendMark, fresh_id: str, deed: Deed) -> Epoch | None:
    """Begin a new epoch: what came about before it is never told. None if there was no need."""
    epoch, known = await ledger.epoch(), await mark.read()
    if epoch is None or not epoch.stopped:
        return None
    renewed = Epoch(
        id=fresh_id,
        since=deed.at,
        sends=max(epoch.sends, known.sends if known else 0),
        cluster=await ledger.cluster(),
        former=(*epoch.former, *_strange(epoch, known), epoch.id),
        things=epoch.things,
    )
    if not await ledger.renew(renewed, deed):
        return None
    await mark.write(Mark(renewed.id, renewed.sends))
    return renewed


def _strange(epoch: Epoch, known: Mark | None) -> Collection[str]:
    """Return the epoch noted outside that the restored database has never heard of."""
    is_known = known is None or known.epoch in {epoch.id, *epoch.former}
    return () if is_known or known is None else (known.epoch,)
