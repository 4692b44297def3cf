"""What the sensors see becomes an alert, once for all processes, and waits for a dead channel."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from msgspec.structs import replace

from accord.domain.alert import CALM, Alert, Condition
from accord.domain.alert_rules import USUAL, AlertRules, RuleName
from accord.domain.case import Case, CaseKind
from accord.domain.link_state import LinkState
from accord.domain.outcome import Outcome, Unauthorized, Unavailable
from accord.domain.reason import Objection, UnknownWord
from accord.domain.report import order_number
from accord.engine.alert_desk import Unsent
from accord.engine.desk import EVERYWHERE, Deed
from accord.engine.door_count import DoorCount
from accord.engine.envelope import Standing
from accord.engine.gauges import REVIEWED
from accord.engine.ports import Change, Settlement, TaskKind, Verdict
from accord.engine.receive import Receipt
from accord.engine.repair_ledger import ACCORD
from accord.engine.self_check import OURSELVES
from accord.engine.sensors import DeskSensors, GaugeSensors, LinkSensors
from accord.engine.settling import Pace
from accord.engine.watch import EVERY, Teller, Watcher
from accord.storage.memory import MemoryStore
from tests.domain.stack import stack
from tests.storage.examples import LEASE, PROPAGATE, cell, incoming, matrix, own, write

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
RULES = AlertRules(rules=USUAL, channels=("ops",))


class Ops:
    """Somebody's phone, which may be switched off."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.is_off = False

    async def tell(self, title: str, text: str) -> str:
        if self.is_off:
            return "nobody answers"
        self.heard.append(f"{title}\n{text}")
        return ""


class Office:
    """A store, the watch over it, and whoever is called; the clock is in the test's hand."""

    def __init__(self) -> None:
        self.now = NOW
        self.store = MemoryStore()
        self.ops = Ops()
        self.accord = replace(stack(), alerts=RULES)
        self.pace = Pace(lambda: self.now, lambda: 0.5)
        self.watcher = self.watch()
        self.teller = Teller(self.store.alerts, {"ops": self.ops}, self.pace)

    def watch(self) -> Watcher:
        desk = DeskSensors(self.store.desk, self.store.cases)
        return Watcher(
            RULES,
            self.store,
            self.store.alerts,
            self.pace,
            sensors=[
                desk.pressing,
                desk.pauses,
                desk.unknown_words,
                GaugeSensors(self.accord, self.store.instruments).look,
                LinkSensors(["books"], self.store).look,
            ],
            zone=UTC,
        )

    async def look(self, after: timedelta = EVERY) -> list[Alert]:
        """Let time pass, look and tell; return what is open."""
        self.now += after
        await self.watcher.turn()
        await self.teller.turn()
        return list(await self.store.alerts.alerts(100))


@pytest.fixture
async def office() -> Office:
    office = Office()
    await office.watcher.begin()
    return office


async def rules_open(office: Office, after: timedelta = EVERY) -> list[RuleName]:
    return [alert.rule for alert in await office.look(after)]


async def test_while_all_is_well_nobody_is_called(office: Office) -> None:
    await office.store.keep([incoming("1")])
    await office.store.desk.remember(Deed(what=REVIEWED, who="Ana", at=NOW))

    assert await office.look() == []
    assert office.ops.heard == []


async def test_goods_that_left_after_a_cancel_call_somebody_with_what_to_do(office: Office) -> None:
    left = Case(CaseKind.SHIPPED_AFTER_CANCEL, "depot", "depot:1", "It left all the same.")
    told = matrix(own("820"), order_number("#1001"), cells=[cell()])
    await write(office.store, Change(order=None, matrix=told, cases=(left,)))

    (alert,) = await office.look()

    assert (alert.rule, alert.figure) == (RuleName.CASES, 1)
    (heard,) = office.ops.heard
    assert "accord cases list" in heard


async def test_a_pause_of_our_own_calls_at_once_and_a_persons_only_when_it_is_forgotten(
    office: Office,
) -> None:
    mine = Deed(what="paused", who=OURSELVES, why="two writes at one time.", at=NOW)
    await office.store.desk.pause("books", mine)
    await office.store.desk.pause(EVERYWHERE, replace(mine, who="Ana", why="stocktaking"))

    assert await rules_open(office) == [RuleName.STOPPED]
    assert set(await rules_open(office, timedelta(hours=4))) == {RuleName.STOPPED, RuleName.PAUSED}


async def test_repairs_that_were_stopped_call_at_once_and_say_to_look_at_the_cause(
    office: Office,
) -> None:
    why = "60 repairs were found within 24 hours, and 50 may be"
    await office.store.repairs.stop("books", Deed(what="paused", who=ACCORD, why=why, at=NOW))

    (alert,) = await office.look()

    assert (alert.rule, alert.key) == (RuleName.STOPPED, "the repair of books")
    (heard,) = office.ops.heard
    assert "accord cases list --kind repair_held" in heard


async def test_a_word_nobody_knows_calls_once_and_is_over_when_it_is_let_in(office: Office) -> None:
    await office.store.keep([incoming("1")])
    reason = UnknownWord(system="shop", kind="financial_status", word="on_layaway")
    set_aside = Verdict(
        envelope=1, standing=Standing.QUARANTINED, objections=(Objection(reason=reason),)
    )
    async with office.store.interpreting(1, NOW) as sitting:
        await sitting.write([], [set_aside], {}, NOW)

    assert await rules_open(office) == [RuleName.UNKNOWN_WORD]
    assert await rules_open(office) == [RuleName.UNKNOWN_WORD]
    await office.store.desk.release([1], Deed(what="released", who="Ana", at=office.now))
    await office.look()
    assert await rules_open(office, CALM) != [RuleName.UNKNOWN_WORD]
    assert ["on_layaway" in heard for heard in office.ops.heard[:1]] == [True]


def heard(outcome: Outcome, now: datetime, state: LinkState) -> LinkState:
    return state.heard(outcome, now)


async def test_a_link_that_refuses_us_is_told_apart_from_one_that_is_down(office: Office) -> None:
    for outcome, rule in (
        (Unavailable("503"), RuleName.DOWN),
        (Unauthorized("401"), RuleName.UNAUTHORIZED),
    ):
        for _ in range(20):
            await office.store.reckon("books", partial(heard, outcome, office.now))
        later = await rules_open(office, timedelta(minutes=6))
        assert later == [rule]
        await office.store.reckon("books", lambda s: replace(s, breaker=type(s.breaker)()))
        await office.look()
        assert await office.look(CALM) == []


async def test_given_up_work_and_a_queue_that_stands_are_seen(office: Office) -> None:
    await office.store.ask(PROPAGATE, "books", ["1"], NOW)
    (task,) = await office.store.claim(PROPAGATE, ["books"], 1, LEASE, NOW)
    await office.store.settle([Settlement(task=task, dead=True)], NOW)
    await office.store.keep([incoming("1")])

    assert await rules_open(office) == [RuleName.DEAD_LETTERS]
    assert set(await rules_open(office, 2 * MINUTE)) == {RuleName.DEAD_LETTERS, RuleName.QUEUE}


async def test_deliveries_refused_more_than_usual_are_seen_and_the_usual_ones_are_not(
    office: Office,
) -> None:
    tally: Counter[tuple[str, Receipt]] = Counter()
    office.now = NOW - timedelta(days=11)
    door = DoorCount(tally, office.store.instruments, lambda: office.now)
    for day in range(10, 0, -1):
        tally["shop", Receipt.KEPT] += 90
        tally["shop", Receipt.UNPROVEN] += 10
        office.now = NOW - timedelta(days=day)
        await door.turn()
    tally["shop", Receipt.KEPT] += 60
    tally["shop", Receipt.UNPROVEN] += 10
    office.now = NOW
    await door.turn()
    usual = await rules_open(office)
    tally["shop", Receipt.UNPROVEN] += 40
    await door.note()

    assert usual == []
    assert tally == {}
    assert await rules_open(office) == [RuleName.HOOKS]


async def test_a_review_is_due_weekly_and_monthly_once_nothing_happens(office: Office) -> None:
    week = timedelta(weeks=1)
    await office.store.keep([incoming("1")])
    async with office.store.interpreting(1, NOW) as sitting:
        await sitting.write([], [Verdict(envelope=1, standing=Standing.APPLIED)], {}, NOW)
    after_days = [await rules_open(office, 6 * DAY), await rules_open(office, 2 * DAY)]
    await office.store.desk.remember(Deed(what=REVIEWED, who="Ana", at=NOW + 4 * week))
    office.now = NOW + 4 * week
    await office.look()
    await office.look(CALM)
    stable = [await rules_open(office, 2 * week), await rules_open(office, 2 * week + DAY)]

    assert after_days == [[], [RuleName.REVIEW]]
    assert stable == [[], [RuleName.REVIEW]]


async def test_what_a_dead_channel_does_not_take_is_kept_shown_and_told_when_it_is_back(
    office: Office,
) -> None:
    office.ops.is_off = True
    await office.store.desk.pause("books", Deed(what="paused", who=OURSELVES, why="!", at=NOW))
    for _ in range(30):
        await office.look()
    (unsent,) = await office.store.alerts.unsent(10)
    office.ops.is_off = False
    await office.look(timedelta(minutes=15))

    assert isinstance(unsent, Unsent)
    assert (unsent.channel, unsent.why) == ("ops", "nobody answers")
    assert len(office.ops.heard) == 1
    assert await office.store.alerts.unsent(10) == []


async def test_two_processes_see_one_thing_once(office: Office) -> None:
    other = office.watch()
    await other.begin()
    await office.store.desk.pause("books", Deed(what="paused", who=OURSELVES, why="!", at=NOW))
    for _ in range(5):
        office.now += EVERY
        await office.watcher.turn()
        await other.turn()
        await office.teller.turn()

    assert len(office.ops.heard) == 1


async def test_a_sensor_that_fails_holds_nothing_back_and_is_not_taken_for_calm(
    office: Office,
) -> None:
    async def broken(now: datetime) -> list[Condition]:
        raise ConnectionError(now)

    await office.store.desk.pause("books", Deed(what="paused", who=OURSELVES, why="!", at=NOW))
    await office.look()
    office.watcher = Watcher(
        RULES, office.store, office.store.alerts, office.pace, sensors=[broken], zone=UTC
    )
    with pytest.raises(ConnectionError):
        await office.look(2 * CALM)

    assert [alert.clear_since for alert in await office.store.alerts.alerts(10)] == [None]
    assert await office.store.claim(TaskKind.WATCH, ["*"], 1, LEASE, office.now + LEASE) != []
