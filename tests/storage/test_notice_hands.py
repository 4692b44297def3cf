"""What came of a call about a notice counts only from the hand that meant to send it last."""

import pytest

from accord.domain.notice import Notice, NoticeState
from accord.domain.notice_rules import ChannelKind
from accord.engine.notice_ledger import Ending, Epoch, Mark, Sending
from accord.engine.ports import Change
from tests.storage.examples import MINUTE, NOW, AnyStore, cell, matrix, own, write

KEY = "msg_1"


async def told_by(store: AnyStore) -> Notice:
    """Return the one notice of an order, which the hand with token 1 is about to send."""
    await write(store, Change(order=None, matrix=matrix(own("1"), cells=[cell()])))
    cluster = await store.notices.cluster()
    await store.notices.begin(Epoch(id="e1", since=NOW, sends=0, cluster=cluster))
    row = Notice(
        order="1", channel=ChannelKind.MAIL, stage="shipped", came_about=NOW, noticed_at=NOW
    )
    await store.notices.note([row])
    (kept,) = await store.notices.of_order("1")
    assert await intended(store, kept, token=1)
    return kept


async def intended(store: AnyStore, row: Notice, *, token: int, again: bool = False) -> bool:
    sending = Sending(rows=(row.id,), message=KEY, content="{}", token=token, at=NOW, again=again)
    return await store.notices.intend(sending, Mark("e1", 0)) is not None


async def ended(store: AnyStore, state: NoticeState, *, token: int) -> bool:
    return await store.notices.end(
        Ending(message=KEY, token=token, state=state, answer="", at=NOW + MINUTE)
    )


async def state_of(store: AnyStore) -> NoticeState:
    (row,) = await store.notices.of_order("1")
    return row.state


@pytest.mark.parametrize("said", [NoticeState.WAITING, NoticeState.REFUSED, NoticeState.AMBIGUOUS])
async def test_a_hand_that_lost_its_lease_cannot_free_what_another_is_sending(
    store: AnyStore, said: NoticeState
) -> None:
    row = await told_by(store)
    await store.notices.recover("1", 2, NOW)
    assert await intended(store, row, token=2, again=True)

    assert not await ended(store, said, token=1)

    assert await state_of(store) is NoticeState.INTENT


async def test_that_it_was_sent_counts_whoever_says_it(store: AnyStore) -> None:
    await told_by(store)
    await store.notices.recover("1", 2, NOW)

    assert await ended(store, NoticeState.SENT, token=1)

    assert await state_of(store) is NoticeState.SENT


async def test_a_hand_that_lost_its_lease_means_to_send_nothing_any_more(store: AnyStore) -> None:
    row = await told_by(store)
    await store.notices.recover("1", 3, NOW)
    assert await intended(store, row, token=3, again=True)
    assert await ended(store, NoticeState.AMBIGUOUS, token=3)

    assert not await intended(store, row, token=2, again=True)
