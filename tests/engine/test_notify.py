"""Customers are told once, whatever happens between the intent and the answer."""

from copy import deepcopy
from datetime import datetime

import pytest
from msgspec.structs import replace

from accord.domain.case import CaseKind
from accord.domain.notice import NoticeState, Why
from accord.domain.notice_rules import ChannelKind
from accord.domain.outcome import Refused, Unavailable
from accord.domain.report import Report
from accord.engine.case_desk import EVERY_OPEN
from accord.engine.desk import Deed
from accord.engine.notice_ledger import NOTICES, Looked
from accord.engine.notice_sending import Notifying
from accord.engine.ports import TaskKind
from accord.engine.send_epoch import resume
from accord.storage.memory import MemoryStore
from tests.domain.notices import HOOK, HOUR, LONG_SINCE, MINUTE, cancelled, placed, telling
from tests.domain.stack import NOON
from tests.domain.test_plan import work
from tests.engine.plain import Plain
from tests.engine.post import NotedMark, Provider

ACCORD = telling()


class Shop:
    """A running engine that tells customers by mail, on a clock in the test's hand."""

    def __init__(self, accord=ACCORD, mark: NotedMark | None = None) -> None:
        self.mail = Provider(knows_keys=False)
        self.hook = Provider(knows_keys=True)
        self.mark = mark or NotedMark()
        self.store = MemoryStore()
        ids = iter(range(1, 99))
        self.parts = Notifying(
            ledger=self.store.notices,
            channels={ChannelKind.MAIL: self.mail, ChannelKind.WEBHOOK: self.hook},
            mark=self.mark,
            fresh_id=lambda: f"epoch-{next(ids)}",
        )
        self.plain = Plain(accord, self.store, self.parts)

    async def begin(self, at: datetime = LONG_SINCE) -> "Shop":
        self.plain.now = at
        await self.plain.engine.begin()
        self.plain.now = NOON
        return self

    async def at(self, minute: float, *reports: Report) -> None:
        """Hear ``reports`` and do what is due, ``minute`` minutes after noon."""
        self.plain.now = NOON + minute * MINUTE
        await self.plain.said(*reports)
        assert self.plain.engine.notifier
        while await self.plain.engine.notifier.turn():
            if (TaskKind.NOTIFY, NOTICES) not in await self.store.due(self.plain.now):
                break

    async def states(self) -> dict[str, NoticeState]:
        rows = await self.store.notices.listed(Looked(), 99)
        return {row.stage: row.state for row in rows}

    def deed(self, what: str) -> Deed:
        return Deed(what=what, who="Ana", why="asked the provider", at=self.plain.now)


def told_work(word: str, minute: int):
    return replace(work("se-8", word, {"A": 1}, minute), happened_at=None)


async def test_the_customer_hears_of_each_step_once():
    shop = await Shop().begin()
    await shop.at(0, *placed())
    await shop.at(2)
    await shop.at(60, told_work("IT", 60))
    await shop.at(62)
    await shop.at(63, *placed(), told_work("IT", 60))
    await shop.at(600, told_work("DE", 600))
    await shop.at(602)

    assert shop.mail.stages() == ["ordered", "fulfilled", "delivered"]
    assert {*(await shop.states()).values()} == {NoticeState.SENT}


async def test_the_address_is_asked_for_and_kept_nowhere():
    shop = await Shop().begin()
    await shop.at(0, *placed())
    await shop.at(2)

    (message,) = shop.mail.messages
    assert message.contact is not None
    rows = await shop.store.notices.listed(Looked(), 9)
    assert "lopez" not in repr(rows) + repr(message) + repr(await shop.store.desk.deeds(9))


async def test_an_order_without_an_address_is_told_of_nothing():
    shop = await Shop().begin()
    shop.plain.hands["shop"].where = Refused("no_contact", "none")
    await shop.at(0, *placed())
    await shop.at(2)

    (row,) = await shop.store.notices.listed(Looked(), 9)
    assert (row.state, row.why) == (NoticeState.SUPPRESSED, Why.NO_CONTACT)


async def test_a_shop_that_does_not_answer_delays_and_loses_nothing():
    shop = await Shop().begin()
    shop.plain.hands["shop"].where = Unavailable("down")
    await shop.at(0, *placed())
    await shop.at(2)
    assert shop.mail.stages() == []

    shop.plain.hands["shop"].where = Shop().plain.hands["shop"].where
    await shop.at(10)
    assert shop.mail.stages() == ["ordered"]


async def test_what_was_refused_for_now_is_tried_again():
    shop = await Shop().begin()
    moods = iter(["decline", "decline", "take"])
    shop.mail.mood = lambda: next(moods)
    await shop.at(0, *placed())
    for minute in (2, 4, 6, 8):
        await shop.at(minute)

    assert (shop.mail.calls, shop.mail.stages()) == (3, ["ordered"])


async def test_mail_without_an_answer_is_listed_and_never_sent_again():
    shop = await Shop().begin()
    shop.mail.mood = lambda: "lose"
    await shop.at(0, *placed())
    for minute in (2, 4, 60, 600):
        await shop.at(minute)

    assert shop.mail.calls == 1
    assert await shop.states() == {"ordered": NoticeState.AMBIGUOUS}
    (case,) = await shop.store.cases.cases(EVERY_OPEN, shop.plain.now, 9)
    assert (case.kind, case.what) == (
        CaseKind.NOTICE_AMBIGUOUS,
        "Whether the mail about ordered was sent is not known.",
    )


async def test_a_webhook_without_an_answer_is_repeated_under_its_key_while_that_is_known():
    shop = await Shop(telling(mail=None, webhook=HOOK)).begin()
    moods = iter(["lose", "drop", "take"])
    shop.hook.mood = lambda: next(moods)
    await shop.at(0, *placed())
    for minute in (2, 4, 6, 8):
        await shop.at(minute)

    assert (shop.hook.calls, shop.hook.stages()) == (3, ["ordered"])
    assert await shop.states() == {"ordered": NoticeState.SENT}


@pytest.mark.parametrize("refusal", ["decline", "reject"])
async def test_a_refusal_of_the_second_call_does_not_undo_the_first(refusal):
    shop = await Shop(telling(mail=None, webhook=HOOK)).begin()
    moods = iter(["lose", refusal, "drop"])
    shop.hook.mood = lambda: next(moods, "take")
    await shop.at(0, *placed())
    await shop.at(2)
    await shop.at(4)
    assert await shop.states() == {"ordered": NoticeState.AMBIGUOUS}

    await shop.at(60, told_work("IT", 60))
    for minute in (63, 66, 70):
        await shop.at(minute)
    assert sorted(shop.hook.stages()) == ["fulfilled", "ordered"]


async def test_a_webhook_that_promises_nothing_is_not_repeated():
    promises_nothing = replace(HOOK, idempotent_for=None)
    shop = await Shop(telling(mail=None, webhook=promises_nothing)).begin()
    shop.hook.mood = lambda: "drop"
    await shop.at(0, *placed())
    for minute in (2, 4, 6, 8):
        await shop.at(minute)

    assert shop.hook.calls == 1


async def test_a_pause_holds_messages_back_and_not_the_facts():
    shop = await Shop().begin()
    await shop.store.desk.pause(NOTICES, shop.deed("paused"))
    await shop.at(0, *placed())
    await shop.at(5)
    assert (shop.mail.calls, await shop.states()) == (0, {"ordered": NoticeState.WAITING})

    await shop.store.desk.resume(NOTICES, shop.deed("resumed"))
    await shop.at(10)
    assert shop.mail.stages() == ["ordered"]


async def test_a_cancellation_is_told_when_the_warehouse_has_stopped():
    shop = await Shop().begin()
    await shop.at(0, *placed(), told_work("pending", 0))
    await shop.at(2)
    await shop.at(5, cancelled(5))
    await shop.at(30)
    assert shop.mail.stages() == ["ordered"]

    await shop.at(31, told_work("cancelled", 31))
    await shop.at(34)
    assert shop.mail.stages() == ["ordered", "cancelled"]


async def test_orders_from_before_the_beginning_are_imported_in_silence():
    shop = await Shop().begin(NOON + HOUR)
    await shop.at(61, *placed(), told_work("IT", 2))
    await shop.at(70)

    assert shop.mail.calls == 0
    assert {*(await shop.states()).values()} == {NoticeState.SUPPRESSED}


async def test_a_restored_database_sends_nothing_until_a_person_says_so():
    shop = await Shop().begin()
    before = deepcopy(shop.store)
    await shop.at(0, *placed())
    await shop.at(2)
    assert shop.mail.stages() == ["ordered"]

    again = Shop(mark=shop.mark)
    again.store.__dict__.update(before.__dict__)
    again.parts = replace_ledger(again)
    again.plain = Plain(ACCORD, again.store, again.parts)
    again.plain.now = NOON + 3 * MINUTE
    await again.plain.engine.begin()
    await again.at(3, *placed())
    await again.at(9)
    epoch = await again.store.notices.epoch()
    assert epoch is not None
    assert (again.mail.calls, "lacks the last 1 sends" in epoch.stopped) == (0, True)

    await resume(again.store.notices, again.mark, "epoch-new", again.deed("resumed notices"))
    await again.at(12)
    shipped = replace(told_work("IT", 20), happened_at=NOON + 20 * MINUTE)
    await again.at(20, shipped)
    await again.at(22)
    assert again.mail.stages() == ["fulfilled"]


def replace_ledger(shop: Shop) -> Notifying:
    parts = shop.parts
    return Notifying(
        ledger=shop.store.notices,
        channels=parts.channels,
        mark=parts.mark,
        fresh_id=parts.fresh_id,
    )


@pytest.mark.parametrize("taken", [True, False])
async def test_a_person_settles_what_nobody_knows_and_a_second_click_does_nothing(*, taken):
    shop = await Shop().begin()
    shop.mail.mood = lambda: "lose" if taken else "drop"
    await shop.at(0, *placed())
    await shop.at(2)
    (row,) = await shop.store.notices.listed(Looked(), 9)
    state = NoticeState.SENT if taken else NoticeState.WAITING
    shop.mail.mood = lambda: "take"

    assert await shop.store.notices.resolve(row.id, state, shop.deed("resolved")) == [row.id]
    assert not await shop.store.notices.resolve(row.id, state, shop.deed("resolved"))
    await shop.store.ask(TaskKind.NOTIFY, NOTICES, [row.order], shop.plain.now)
    await shop.at(5)
    assert await shop.store.cases.count_cases(EVERY_OPEN, shop.plain.now) == 0

    assert shop.mail.stages() == ["ordered"]
