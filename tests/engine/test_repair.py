"""What nobody asked for is looked at twice, done within the cap, and on record."""

import pytest
from msgspec.structs import replace

from accord.domain.action import Approve
from accord.domain.case import CaseKind
from accord.domain.outcome import Unavailable
from accord.engine.case_desk import EVERY_OPEN
from accord.engine.compare_all import Comparing
from accord.engine.desk import INTERPRETING, Deed, repairs_at
from accord.engine.ports import TaskKind
from accord.engine.repair_ledger import ACCORD, RepairOutcome
from accord.storage.memory import MemoryStore
from tests.domain.stack import ordered, table
from tests.engine.mirrors import HOUR, Office
from tests.engine.orders import MINUTE, SECOND, of

MANY = 60
OFF_BY_ONE = [
    ("SalesOrd", "A", {"order": "on_hold", "progress": "none"}),
    ("SalesOrd", "B", {"order": "on_hold", "progress": "none"}),
    ("SalesOrd", "H", {"order": "cancelled"}),
]


@pytest.fixture
async def office():
    built = Office(MemoryStore())
    await built.place([1])
    return built


@pytest.fixture
async def large():
    built = Office(MemoryStore())
    await built.place(range(1, MANY + 1))
    return built


async def ledger(office, system="books"):
    return list(await office.store.repairs.rows(system, office.plain.now - 2 * HOUR, 1000))


async def held(office):
    now = office.plain.now
    cases = await office.store.cases.cases(EVERY_OPEN, now, 1000)
    return [case for case in cases if case.kind is CaseKind.REPAIR_HELD]


async def stopped(office):
    return [pause.system for pause in await office.store.desk.pauses()]


async def resume(office):
    deed = Deed(what="resumed", who="Ana", why="we did that", at=office.plain.now)
    assert await office.store.desk.resume(repairs_at("books"), deed)


async def test_what_was_edited_by_hand_is_put_back_after_the_wait(office):
    await office.edit(1)

    await office.pass_time(MINUTE)
    assert office.written == []

    await office.pass_time(2 * MINUTE)
    assert office.written == [(1, "Approve")]
    assert office.books[1] == "B"


async def test_owner_and_mirror_are_asked_again_before_anything_is_written(office):
    await office.edit(1)
    office.read.clear()

    await office.pass_time(3 * MINUTE)

    assert office.read[:2] == ["shop", "books"]
    (row,) = await ledger(office)
    assert row.actions == (Approve(),)
    assert (row.who, row.outcome) == (ACCORD, RepairOutcome.REPAIRED)
    assert row.why == "books went over to 'A' (on hold) by itself"
    assert row.found_at < row.decided_at <= row.ended_at


async def test_an_owner_that_changed_meanwhile_wins(office):
    await office.edit(1)
    await office.pass_time(MINUTE)
    office.shop[1] = "cancelled"  # and no hook says so

    await office.pass_time(2 * MINUTE)

    assert (1, "Approve") not in office.written
    assert "CancelParcel" in {action for _, action in office.written}


async def test_an_owner_that_says_something_is_heard_at_once(office):
    await office.edit(1)
    await office.edit(1, "cancelled", system="shop")

    await office.pass_time(10 * SECOND)

    assert office.written[0] == (1, "CancelParcel")


async def test_a_mirror_that_was_put_back_meanwhile_is_left_alone(office):
    await office.edit(1)
    await office.pass_time(MINUTE)
    office.books[1] = "B"  # and no hook says so

    await office.pass_time(5 * MINUTE)

    assert office.written == []
    (row,) = await ledger(office)
    assert row.outcome in {RepairOutcome.CLEARED, RepairOutcome.OVERTAKEN}


async def test_where_something_else_is_to_be_done_by_now_the_wait_begins_anew(office):
    await office.edit(1)
    await office.pass_time(MINUTE)
    office.books[1], office.booked[1] = "B", 3  # and no hook says so

    await office.pass_time(2 * MINUTE)
    assert office.written == []

    await office.pass_time(2 * MINUTE)
    assert office.written[0] == (1, "Amend")


async def test_what_a_system_that_was_down_kept_waiting_is_read_again_before_it_is_done(office):
    await office.edit(1)
    hand = vars(office.plain.hands["books"])
    perform, reread = hand["perform"], hand["reread"]

    async def down(*_):
        return Unavailable("no answer")

    hand["perform"] = down
    await office.store.ask(TaskKind.POLL, "books", ["*"], office.plain.now)
    await office.pass_time(3 * MINUTE)
    assert (await ledger(office))[0].outcome is RepairOutcome.RELEASED
    hand["reread"] = down
    await office.pass_time(20 * MINUTE, step=MINUTE)
    office.books[1] = "B"  # put right by hand meanwhile, and no hook says so

    hand["perform"], hand["reread"] = perform, reread
    await office.pass_time(HOUR, step=MINUTE)

    assert office.written == []
    (row,) = await ledger(office)
    assert row.outcome in {RepairOutcome.CLEARED, RepairOutcome.OVERTAKEN}


async def test_what_a_system_that_was_down_kept_waiting_is_done_where_it_is_still_to_be_done(
    office,
):
    await office.edit(1)
    hand = vars(office.plain.hands["books"])
    perform, reread = hand["perform"], hand["reread"]

    async def down(*_):
        return Unavailable("no answer")

    hand["perform"] = down
    await office.store.ask(TaskKind.POLL, "books", ["*"], office.plain.now)
    await office.pass_time(HOUR, step=MINUTE)
    hand["perform"], hand["reread"] = perform, reread
    await office.pass_time(HOUR, step=MINUTE)

    assert office.written == [(1, "Approve")]
    (row,) = await ledger(office)
    assert row.outcome is RepairOutcome.REPAIRED


async def test_nothing_is_done_before_what_was_read_again_is_interpreted(office):
    await office.edit(1)
    await office.calm()
    deed = Deed(what="paused", who="Ana", why="a new mapping", at=office.plain.now)
    await office.store.desk.pause(INTERPRETING, deed)
    await office.pass_time(4 * MINUTE)
    assert "shop" in office.read
    assert office.written == []

    await office.store.desk.resume(INTERPRETING, deed)
    await office.pass_time(MINUTE)
    assert office.written == [(1, "Approve")]


async def test_nothing_is_done_on_what_was_read_again_and_not_understood(office):
    await office.edit(1)
    await office.pass_time(MINUTE)
    office.shop[1] = "on_layaway"  # a word in no table

    await office.pass_time(30 * MINUTE, step=MINUTE)

    assert office.written == []
    assert [row.outcome for row in await ledger(office)] == [RepairOutcome.WAITING]


async def test_nothing_is_done_while_an_owner_cannot_be_read(office):
    await office.edit(1)
    del vars(office.plain.hands["shop"])["reread"]
    await office.pass_time(10 * MINUTE, step=MINUTE)

    assert office.written == []


async def test_a_mirror_that_has_not_followed_yet_is_no_repair(office):
    office.shop[2], office.books[2] = "open", "A"
    await office.plain.said(*of(2, *ordered(A=1)), *office.holds("books", 2))
    await office.calm()

    assert (2, "Approve") in office.written
    assert await ledger(office) == []


async def test_too_many_edits_at_once_are_held_and_a_person_is_called(large):
    for number in range(1, MANY + 1):
        await large.edit(number)

    await large.pass_time(30 * MINUTE, step=MINUTE)

    assert large.written == []
    assert await stopped(large) == [repairs_at("books")]
    (pause,) = await large.store.desk.pauses()
    assert pause.who == ACCORD
    assert pause.why == (
        "60 repairs were found within an hour, and 5 may be; 60 of them since books went over to "
        "'A' (on hold) by itself"
    )
    assert len(await held(large)) == MANY
    assert {row.outcome for row in await ledger(large)} == {RepairOutcome.HELD}


async def test_what_is_found_after_the_stop_is_held_too_and_other_systems_go_on(large):
    for number in range(1, 20):
        await large.edit(number)
    await large.pass_time(5 * MINUTE, step=MINUTE)
    await large.edit(50)
    await large.pass_time(5 * MINUTE, step=MINUTE)

    assert large.written == []
    assert len(await held(large)) == 20


@pytest.mark.parametrize("processes", [1, 2, 3])
async def test_edits_that_trickle_in_are_put_right_up_to_the_cap_and_no_further(processes):
    office = Office(MemoryStore(), processes=processes)
    await office.place(range(1, MANY + 1))
    for number in range(1, 21):
        await office.edit(number)
        await office.pass_time(2 * MINUTE, step=MINUTE)
    await office.pass_time(10 * MINUTE, step=MINUTE)

    assert len(office.written) <= 5
    assert await stopped(office) == [repairs_at("books")]


async def test_after_an_hour_there_is_room_again(large):
    for number in range(1, 21):
        await large.edit(number)
        await large.pass_time(20 * MINUTE, step=4 * MINUTE)

    assert len(large.written) == 20
    assert await stopped(large) == []


@pytest.mark.parametrize("processes", [1, 2])
async def test_a_wrong_mapping_of_a_mirror_writes_nothing(processes):
    office = Office(MemoryStore(), processes=processes)
    await office.place(range(1, MANY + 1))
    office.read_otherwise("books", table(OFF_BY_ONE))
    for number in range(1, MANY + 1):
        await office.tell(number)

    await office.pass_time(30 * MINUTE, step=MINUTE)

    assert office.written == []
    assert len(await held(office)) == MANY
    (pause,) = await office.store.desk.pauses()
    assert "books says 'B' as before, and it is read as on hold now" in pause.why


async def test_a_wrong_mapping_of_an_owner_cancels_nothing(large):
    rows = [
        ("order", "open", {"order": "cancelled"}),
        ("order", "cancelled", {"order": "cancelled"}),
    ]
    large.read_otherwise("shop", table(rows))
    for number in range(1, MANY + 1):
        await large.tell(number, "shop")

    await large.pass_time(30 * MINUTE, step=MINUTE)

    assert large.written == []
    assert {*await stopped(large)} == {repairs_at("warehouse")}
    assert len(await held(large)) == MANY


async def test_a_wrong_meaning_for_a_word_that_was_ignored_cancels_nothing(large):
    for number in range(1, MANY + 1):
        await large.edit(number, "archived", system="shop")
    await large.pass_time(MINUTE)
    known = large.accord.systems["shop"].vocabulary
    wrong = ("order", "archived", {"order": "cancelled"})
    more = table([*((row.kind, row.word, row.means) for row in known.rows), wrong])
    large.read_otherwise("shop", more)
    for number in range(1, MANY + 1):
        await large.tell(number, "shop")

    await large.pass_time(30 * MINUTE, step=MINUTE)

    assert large.written == []
    assert {*await stopped(large)} == {repairs_at("warehouse")}
    assert len(await held(large)) == MANY


async def test_what_is_to_be_stopped_is_stopped_whatever_is_held(large):
    for number in range(1, MANY):
        await large.edit(number)
    await large.pass_time(5 * MINUTE, step=MINUTE)
    await large.edit(MANY, "cancelled", system="shop")
    await large.edit(1, "cancelled", system="shop")
    await large.pass_time(10 * SECOND)

    assert {(MANY, "CancelParcel"), (1, "CancelParcel")} == {*large.written}


async def test_after_a_person_says_so_all_is_put_right_and_the_cases_close(large):
    for number in range(1, MANY + 1):
        await large.edit(number)
    await large.pass_time(5 * MINUTE, step=MINUTE)
    await resume(large)
    await large.pass_time(20 * MINUTE, step=MINUTE)

    assert sorted(large.written) == [(number, "Approve") for number in range(1, MANY + 1)]
    assert await held(large) == []
    assert await stopped(large) == []
    assert {row.outcome for row in await ledger(large)} == {RepairOutcome.REPAIRED}


async def test_what_is_found_after_a_resume_counts_anew(large):
    for number in range(1, 30):
        await large.edit(number)
    await large.pass_time(5 * MINUTE, step=MINUTE)
    await resume(large)
    await large.pass_time(MINUTE)
    for number in range(40, 55):
        await large.edit(number)
    await large.pass_time(10 * MINUTE, step=MINUTE)

    assert {number for number, _ in large.written}.isdisjoint(range(40, 55))
    assert await stopped(large) == [repairs_at("books")]


async def test_a_person_may_have_one_done_while_the_others_are_held(large):
    for number in range(1, MANY + 1):
        await large.edit(number)
    await large.pass_time(5 * MINUTE, step=MINUTE)
    (row,) = [row for row in await ledger(large) if row.number == "7"]
    deed = Deed(what="repaired", who="Ana", why="I know this one", at=large.plain.now)

    assert await large.store.repairs.ask_by_hand(row.order, "books", deed)
    await large.pass_time(MINUTE)

    assert large.written == [(7, "Approve")]
    (done,) = [each for each in await ledger(large) if each.number == "7"]
    assert (done.outcome, done.who, done.reason) == (
        RepairOutcome.REPAIRED,
        "Ana",
        "I know this one",
    )
    assert len(await held(large)) == MANY - 1


async def test_with_a_cap_of_none_every_repair_is_proposed_only(office):
    rules = replace(office.accord.repairs, at_most=0)
    silent = Office(MemoryStore(), accord=replace(office.accord, repairs=rules))
    await silent.place([1])
    await silent.edit(1)
    await silent.pass_time(5 * MINUTE)

    assert silent.written == []
    assert len(await held(silent)) == 1


async def test_what_the_comparison_finds_is_put_right_the_same_way(office):
    able = office.accord
    office.amend(without(able, "books", Approve))
    await office.edit(1)
    await office.pass_time(5 * MINUTE)
    assert await ledger(office) == []
    office.amend(able)
    comparing = Comparing(
        ledger=office.store.drifts,
        accord=able,
        clock=lambda: office.plain.now,
        repairs=office.plain.engine.repairer.ask,
    )
    compared = await comparing.run()

    await office.pass_time(3 * MINUTE)

    assert compared.repairs == 1
    assert office.written == [(1, "Approve")]
    (row,) = await ledger(office)
    assert row.outcome is RepairOutcome.REPAIRED
    assert (await comparing.run()).repairs == 0


def without(accord, name, action):
    """Return the accord with a system that cannot do one thing."""
    system = accord.systems[name]
    poorer = replace(system, can=system.can - {action})
    return replace(accord, systems={**accord.systems, name: poorer})
