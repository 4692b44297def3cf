"""Every pattern of drift, found in the matrix where it shows, and nowhere else."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from accord.domain.decision import Applied, decide
from accord.domain.drift import DriftClass, DriftPattern, Unread
from accord.domain.drifting import concern, drift
from accord.domain.matrix import Matrix
from accord.domain.past import Past, Said
from accord.domain.report import Ref
from tests.domain.stack import (
    NAMES,
    NOON,
    after,
    allocation,
    ordered,
    parcel,
    returned,
    said,
    stack,
)

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
LATER = NOON + 2 * DAY
ACCORD = stack()
GONE = said(
    "warehouse", "scan", "IT", parcel("w-1"), 5, lines={"A": 2}, place="se-1", tracking=("T",)
)
HERE = said(
    "warehouse", "scan", "DE", parcel("w-1"), 9, lines={"A": 2}, place="se-1", tracking=("T",)
)
AT_SHOP = said(
    "shop", "fulfillment", "success", parcel("f-1"), 6, lines={"A": 2}, place="1", tracking=("T",)
)
AT_BOOKS = said(
    "books", "ItemShip", "C", parcel("i-1"), 6, lines={"A": 2}, place="10", tracking=("T",)
)
ALL_SHIPPED = [
    GONE,
    AT_SHOP,
    AT_BOOKS,
    said("shop", "progress", "fulfilled", minute=7),
    said("books", "SalesOrd", "F", minute=7, lines={"A": 2}),
    said("shop", "allocation", "closed", allocation("5"), 7),
    said("shop", "shipment_status", "in_transit", parcel("f-1"), 8),
]
UNBOOKED = [report for report in ordered(A=2) if report.system == "shop"]
WORKING = said(
    "warehouse",
    "shipment",
    "pending",
    parcel("w-1"),
    2,
    lines={"A": 2},
    place="se-1",
    tracking=("T",),
)


def lived(*reports):
    """Return the order and its past after ``reports``, each heard at the minute it was said."""
    matrix = Matrix()
    told: list[Said] = []
    for report in reports:
        decision = decide(matrix, report, ACCORD, evidence=f"{len(told) + 1}")
        if isinstance(decision, Applied):
            told += [Said(cell, report.said_at) for cell in decision.cells]
        matrix = decision.matrix
    return matrix, Past(tuple(told))


def found(*reports, now=LATER, **more):
    matrix, past = lived(*reports)
    return drift(matrix, ACCORD, now, past=past, **more)


def kinds(*reports, **more):
    return {(one.pattern, one.system) for one in found(*reports, **more)}


CANCELLED = said("shop", "order", "cancelled", minute=3, lines={"A": 0})
PATTERNS = {
    DriftPattern.GHOST_FULFILLMENT: ([*ordered(A=2), CANCELLED, GONE], "warehouse"),
    DriftPattern.ORPHANED_PAYMENT: (
        [*UNBOOKED, GONE, AT_SHOP, said("shop", "progress", "fulfilled", minute=7)],
        "books",
    ),
    DriftPattern.UNACKNOWLEDGED_ORDER: ([*UNBOOKED, WORKING], "books"),
    DriftPattern.REFUNDED_AND_OPEN: (
        [*ordered(A=2), WORKING, said("shop", "payment", "refunded", minute=4)],
        "warehouse",
    ),
    DriftPattern.UNPROCESSED_RETURN: (
        [*ordered(A=2), *ALL_SHIPPED, said("shop", "return", "approved", returned("r"), 9)],
        "books",
    ),
    DriftPattern.STALE_SHIPPING_STATUS: (
        [*ordered(A=2), GONE, AT_BOOKS, said("books", "SalesOrd", "F", minute=7)],
        "shop",
    ),
    DriftPattern.DELIVERED_AND_UNFULFILLED: ([*ordered(A=2), HERE, AT_SHOP], "books"),
    DriftPattern.FOREIGN_EDIT: (
        [*ordered(A=2), WORKING, said("books", "SalesOrd", "H", minute=8)],
        "books",
    ),
    DriftPattern.CORRECTED_TWICE: (
        [
            *ordered(A=2),
            WORKING,
            *(said("books", "SalesOrd", w, minute=10 + m) for m, w in enumerate("HBH")),
        ],
        "books",
    ),
    DriftPattern.LEFT_UNDONE: (ordered(A=2), "warehouse"),
    DriftPattern.MISSED_FIRST_UPDATE: (
        [replace(UNBOOKED[0], order=(*NAMES["shop"], Ref("books", "77"))), *UNBOOKED[1:], WORKING],
        "books",
    ),
    DriftPattern.DISAGREEMENT: (
        [*ordered(A=2), WORKING, said("shop", "order", "completed", minute=4)],
        "books",
    ),
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_is_found_where_it_shows(pattern):
    reports, system = PATTERNS[pattern]

    assert (pattern, system) in kinds(*reports)
    assert concern(lived(*reports)[0], ACCORD).differs


def test_an_order_on_which_all_agree_is_no_concern():
    for reports in ([*ordered(A=2), WORKING], [*ordered(A=2), *ALL_SHIPPED]):
        matrix, _ = lived(*reports)

        assert found(*reports) == []
        assert not concern(matrix, ACCORD).differs


PART = [
    *ordered(A=2),
    replace(GONE, particulars=replace(GONE.particulars, lines={"A": 1})),
    said("shop", "progress", "partial", minute=7),
    said("books", "SalesOrd", "D", minute=7, lines={"A": 2}),
]


def test_a_part_that_never_follows_is_found_after_its_limit():
    soon, late = (kinds(*PART, now=NOON + days * DAY) for days in (13, 15))

    assert not {one for one, _ in soon} & {DriftPattern.OPEN_PARTIAL_SHIPMENT}
    assert {one for one, _ in late} >= {DriftPattern.OPEN_PARTIAL_SHIPMENT}


def test_the_accord_says_how_long_a_part_may_wait_and_a_return_may_take():
    day = timedelta(days=1)
    own = replace(ACCORD, partial_limit=30 * day, refund_within=10 * day)
    matrix, past = lived(*PATTERNS[DriftPattern.UNPROCESSED_RETURN][0])
    part, part_past = lived(*PART)

    (one,) = drift(matrix, own, LATER, past=past)

    assert (one.deadline, one.standing) == (NOON + 9 * MINUTE + 10 * day, DriftClass.IN_FLIGHT)
    found_by = {found.pattern for found in drift(part, own, NOON + 15 * day, past=part_past)}
    assert DriftPattern.OPEN_PARTIAL_SHIPMENT not in found_by


def test_an_order_the_books_have_and_no_shop_knows_is_found():
    assert kinds(said("books", "SalesOrd", "B", lines={"A": 1})) == {
        (DriftPattern.NO_COUNTERPART, "books")
    }


def test_a_stage_is_stalled_once_it_has_held_for_its_limit():
    again = said("shop", "order", "open", minute=2 * 24 * 60)  # said again: it began at noon
    reports = [*ordered(A=2), WORKING, again]
    matrix, _ = lived(*reports)

    assert found(*reports, now=NOON + 3 * DAY - MINUTE) == []
    (one,) = found(*reports, now=NOON + 3 * DAY)
    assert (one.pattern, one.deadline) == (DriftPattern.STALLED_STAGE, NOON + 3 * DAY)
    assert concern(matrix, ACCORD).stalls_after == 3 * DAY


def test_a_word_in_no_table_is_found_with_its_envelope():
    unread = Unread("books", "SalesOrd", "Q", "17", NOON)

    (one,) = found(*ordered(A=2), WORKING, unread=[unread])

    assert (one.pattern, one.evidence) == (DriftPattern.UNKNOWN_WORD, ("17",))


def test_what_somebody_works_on_or_has_its_time_is_in_flight():
    ghost = PATTERNS[DriftPattern.GHOST_FULFILLMENT][0]
    unbooked = PATTERNS[DriftPattern.UNACKNOWLEDGED_ORDER][0]

    assert {one.standing for one in found(*ghost)} == {DriftClass.ISOLATED}
    assert {one.standing for one in found(*ghost, under_way=ACCORD.systems)} == {
        DriftClass.IN_FLIGHT
    }
    assert {one.standing for one in found(*unbooked, now=NOON + 23 * 60 * MINUTE)} == {
        DriftClass.IN_FLIGHT
    }


def test_a_mirror_that_lags_behind_was_not_changed_by_itself():
    behind = [*ordered(A=2), WORKING, said("shop", "order", "completed", minute=4)]

    assert (DriftPattern.FOREIGN_EDIT, "books") not in kinds(*behind)


def test_a_finding_says_what_it_rests_on_and_until_when():
    reports = [*ordered(A=2), WORKING, said("books", "SalesOrd", "H", minute=8)]
    (one,) = found(*reports)

    assert one.what == (
        "On the order of the order books went over to 'H' (cancelled) by itself; "
        "by its owner it is open."
    )
    assert one.cause == "changed there to word 'H' of books where order open is expected"
    assert len(one.evidence) == 2  # the envelope of the mirror's word, and of its owner's
    assert one.deadline == NOON + 8 * MINUTE + ACCORD.latency_target


def test_goods_that_are_promised_are_due_by_then():
    promised = NOON + DAY
    reports = ordered(A=2)
    reports[3] = replace(
        reports[3], particulars=replace(reports[3].particulars, promised_at=promised)
    )

    (one,) = found(*reports, WORKING, now=NOON + 4 * DAY)

    assert (one.pattern, one.deadline) == (DriftPattern.STALLED_STAGE, promised)


def test_without_a_past_nothing_is_laid_to_a_mirror():
    matrix = after(*ordered(A=2), WORKING, said("books", "SalesOrd", "H", minute=8))

    assert {one.pattern for one in drift(matrix, ACCORD, LATER)} == {DriftPattern.DISAGREEMENT}
