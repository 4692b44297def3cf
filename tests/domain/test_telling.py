"""Which notices are due, and which are never sent."""

from msgspec.structs import replace

from accord.domain.notice import NoticeState, Why
from accord.domain.telling import Since, knows_it_until
from tests.domain.notices import (
    DAY,
    HOOK,
    HOUR,
    LONG_SINCE,
    MINUTE,
    Book,
    began,
    cancelled,
    delivered,
    placed,
    shipped,
    telling,
)
from tests.domain.stack import NOON, after
from tests.domain.test_plan import work


def test_a_milestone_is_told_once_it_has_stood_for_the_settle_window():
    book = Book(telling())
    found = book.at(0, *placed())
    assert (book.told, found.look_at) == ([], NOON + 2 * MINUTE)

    book.at(2, *placed())
    book.at(3, *placed())

    assert book.told == [("ordered",)]


def test_what_happens_within_one_window_is_one_message_with_the_last():
    book = Book(telling())
    book.at(0, *placed())
    book.at(1, *placed(), shipped())
    book.at(2, *placed(), shipped(), delivered())
    book.at(4, *placed(), shipped(), delivered())

    assert book.told == [("delivered",)]
    assert book.why("ordered") == book.why("fulfilled") == Why.OVERTAKEN


def test_parcels_that_leave_together_are_one_message():
    book = Book(telling())
    both = [shipped(), shipped(own="se-9")]
    book.at(0, *placed())
    book.at(2, *placed())
    book.at(5, *placed(), *both)
    book.at(7, *placed(), *both)

    assert book.told == [("ordered",), ("fulfilled", "fulfilled")]


def test_a_second_parcel_is_told_of_by_itself_and_the_first_not_again():
    book = Book(telling())
    for minute, reports in ((0, []), (2, []), (5, [shipped()]), (7, [shipped()])):
        book.at(minute, *placed(), *reports)
    book.at(60, *placed(), shipped(), shipped(60, "se-9"))
    book.at(62, *placed(), shipped(), shipped(60, "se-9"))

    assert book.told == [("ordered",), ("fulfilled",), ("fulfilled",)]


def test_a_parcel_known_by_another_name_is_not_told_of_again():
    accord = telling()
    book = Book(accord)
    book.at(5, *placed(), shipped())
    book.rows = [
        replace(row, subject="warehouse:other") if row.subject else row for row in book.rows
    ]
    before = len(book.rows)

    book.at(6, *placed(), shipped())

    assert len(book.rows) == before


def test_what_the_order_has_left_is_not_told():
    book = Book(telling())
    book.at(0, *placed())
    book.at(3, *placed(), cancelled())

    assert book.told == []
    assert book.why("ordered") is None  # it may come back, until it is too old


def test_nothing_older_than_the_limit_is_told():
    book = Book(telling(max_age=HOUR))
    book.at(60, *placed())

    assert (book.told, book.why("ordered")) == ([], Why.TOO_OLD)


def test_what_came_about_before_notices_began_is_never_told():
    accord = telling()
    book = Book(accord, began(accord, NOON + MINUTE))
    book.at(2, *placed())
    book.at(5, *placed())

    assert (book.told, book.why("ordered")) == ([], Why.BEFORE_NOTICES)


def test_orders_of_a_system_connected_later_are_told_of_only_from_then_on():
    accord = telling()
    since = Since(LONG_SINCE, {**began(accord).things, "system shop": NOON + MINUTE})
    book = Book(accord, since)
    book.at(2, *placed())

    assert book.why("ordered") is Why.BEFORE_NOTICES


def test_an_order_first_heard_of_in_the_middle_of_its_way_is_not_told_of_it():
    undated = [replace(report, happened_at=None) for report in placed()]
    book = Book(telling())
    book.at(2, *undated, shipped())
    book.at(9, *undated, shipped())

    assert book.told == []
    assert book.why("fulfilled") is Why.UNDATED


def test_a_stage_whose_conditions_changed_is_no_news_where_it_holds_already():
    book = Book(telling())
    book.at(0, *placed())
    book.at(2, *placed())
    stages = tuple(
        replace(s, when={"fulfillment": ("open", "shipped")}) if s.name == "fulfilled" else s
        for s in book.accord.stages
    )
    book.accord = replace(book.accord, stages=stages)
    book.at(9, *placed(), work("se-8", "pending", {"A": 1}, 3))
    book.at(12, *placed(), work("se-8", "pending", {"A": 1}, 3))

    assert book.told == [("ordered",)]
    assert book.why("fulfilled") is Why.BEFORE_NOTICES


def test_what_the_shop_tells_is_written_down_and_not_sent():
    book = Book(telling(shop_sends=frozenset({"ordered"})))
    book.at(0, *placed())
    book.at(9, *placed())

    assert (book.told, book.why("ordered")) == ([], Why.SHOP_TELLS)


def test_a_cancellation_is_told_once_no_parcel_is_in_anybodys_hands():
    book = Book(telling())
    held = work("se-8", "pending", {"A": 1})
    book.at(0, *placed(), held)
    book.at(2, *placed(), held)
    book.at(5, *placed(), held, cancelled())
    book.at(30, *placed(), held, cancelled())
    assert book.told == [("ordered",)]

    stopped = work("se-8", "cancelled", {"A": 1}, 31)
    book.at(31, *placed(), held, cancelled(), stopped)
    book.at(33, *placed(), held, cancelled(), stopped)
    assert book.told == [("ordered",), ("cancelled",)]


def test_a_cancellation_is_not_told_while_the_goods_are_on_their_way():
    book = Book(telling())
    book.at(0, *placed())
    book.at(5, *placed(), shipped(), cancelled())
    book.at(9, *placed(), shipped(), cancelled())

    assert ("cancelled",) not in book.told


def test_what_had_no_answer_is_repeated_only_while_the_provider_knows_its_key():
    accord = telling(mail=None, webhook=HOOK)
    book = Book(accord)
    book.at(0, *placed())
    book.rows = [
        replace(row, state=NoticeState.AMBIGUOUS, message="k", first_called_at=NOON)
        for row in book.rows
    ]
    end = knows_it_until(NOON, DAY) - NOON

    assert book.at((end - MINUTE) / MINUTE, *placed()).again == ((book.rows[0],),)
    assert book.at(end / MINUTE, *placed()).again == ()


def test_mail_without_an_answer_is_never_repeated():
    book = Book(telling())
    book.at(0, *placed())
    book.rows = [
        replace(row, state=NoticeState.AMBIGUOUS, message="k", first_called_at=NOON)
        for row in book.rows
    ]

    assert book.at(1, *placed()).again == ()


def test_after_a_restore_nothing_from_before_is_told_or_repeated():
    accord = telling(mail=None, webhook=HOOK)
    book = Book(accord)
    book.at(0, *placed())
    book.since = replace(book.since, notices=NOON + MINUTE)
    book.at(5, *placed())
    assert (book.told, book.why("ordered")) == ([], Why.BEFORE_NOTICES)

    row = replace(book.rows[0], state=NoticeState.AMBIGUOUS, first_called_at=NOON, message="k")
    book.rows = [row]
    assert book.at(5, *placed()).again == ()


def test_what_waits_on_a_channel_that_is_gone_is_not_sent():
    book = Book(telling(webhook=HOOK))
    book.at(0, *placed())
    book.accord = telling()
    book.at(3, *placed())

    assert book.told == [("ordered",)]
    assert [row.why for row in book.rows if row.channel == "webhook"] == [Why.NOT_TOLD]


def test_an_order_without_a_word_has_no_milestones():
    book = Book(telling())
    book.look(after(), NOON)

    assert book.rows == []
