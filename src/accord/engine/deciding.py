"""A person decides about a case: close it, or say what becomes of a mirror's own change."""

from datetime import datetime

from msgspec.structs import replace

from accord.domain.accord import Accord
from accord.domain.case import CaseKind
from accord.domain.errors import UnusableInputError
from accord.domain.matrix import Matrix
from accord.domain.report import THE_ORDER
from accord.domain.ruling import Verdict
from accord.domain.tracks import Track
from accord.engine.case_desk import CaseDesk, CaseFile
from accord.engine.desk import Deed
from accord.engine.out_of_step import change_of
from accord.engine.ports import Change


class NotToBeDecidedError(UnusableInputError):
    """What was decided is not possible for this case; the text says what is."""


async def decide_change(
    desk: CaseDesk, case: CaseFile, verdict: Verdict, accord: Accord, deed: Deed
) -> bool:
    """Undo a mirror's own change or let it stand; return False if the case is not open any more.

    Raises ``NotToBeDecidedError`` for a case of another kind, and where a change cannot stand.
    """
    if case.kind is not CaseKind.FOREIGN_CHANGE:
        message = f"Case {case.id} is no change to revert or adopt. Take its steps, then --close."
        raise NotToBeDecidedError(message)
    if verdict is Verdict.ADOPT and case.subject.endswith(f"|{Track.FULFILLMENT}|{THE_ORDER}"):
        message = (
            f"Case {case.id} is about how far the whole order has come, which is computed from "
            "its parcels and cannot be adopted. Correct the parcels, then --close."
        )
        raise NotToBeDecidedError(message)
    return await desk.rule(case.id, lambda held: ruled(held, case, verdict, accord, deed.at), deed)


def ruled(held: Matrix, case: CaseFile, verdict: Verdict, accord: Accord, now: datetime) -> Change:
    """Return the order with the verdict, and what follows from it.

    What the mirror or the owner said meanwhile may have made the question void; then nothing
    changes.
    """
    ruling = held.rulings.get(case.subject)
    after = held
    if ruling is not None:
        decided = replace(ruling, verdict=verdict)
        after = replace(held, rulings={**held.rulings, case.subject: decided})
    # A person has spoken: that is as good as news.
    return replace(change_of(case.order, held, after, accord, now=now), repairs={})
