"""The figures of the door say what senders were answered, and not what was hoped for."""

import httpx2
import pytest

from accord.connector_kit.http import in_process
from accord.engine.envelope import Incoming
from accord.engine.group_commit import GroupCommit
from accord.engine.receive import Keeping, Receipt
from accord.storage.memory import MemoryStore
from accord.web.hooks import Hooks
from tests.web.bell import receiver, signed


class Down:
    """A database that is away."""

    is_overdue = False

    async def keep(self, incoming: Incoming) -> None:
        message = f"the database is away: {incoming.system}"
        raise ConnectionError(message)


@pytest.mark.parametrize(
    ("keeping", "status", "receipt"),
    [
        (GroupCommit(MemoryStore().keep), 200, Receipt.KEPT),
        (Down(), 503, Receipt.BUSY),
    ],
    ids=["kept", "not kept"],
)
async def test_a_delivery_is_counted_as_what_it_was_answered(
    keeping: Keeping, status: int, receipt: Receipt
) -> None:
    takes = receiver(keeping)
    hooks = Hooks(takes, failed=lambda error: None)
    async with httpx2.AsyncClient(transport=in_process(hooks), base_url="http://accord") as client:
        answer = await client.post("/hooks/bell/rung", content=b"{}", headers=signed(b"{}"))
        strange = await client.post("/hooks/stranger/rung", content=b"{}")

    assert (answer.status_code, strange.status_code) == (status, 401)
    assert takes.tally == {("bell", receipt): 1}
