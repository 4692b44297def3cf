"""A small stack in the words of nobody in particular: a shop, its books, a warehouse."""

from datetime import UTC, datetime, timedelta
from typing import Any

from accord.domain.accord import Accord, Notify, Role, Rule, Stage, System
from accord.domain.action import (
    AddTracking,
    Advance,
    Allocate,
    Amend,
    Approve,
    AuthorizeReturn,
    CancelOrder,
    CancelParcel,
    CloseReturn,
    Hold,
    Release,
    Ship,
    TellDelivery,
    Withdraw,
)
from accord.domain.decision import decide
from accord.domain.matrix import Matrix
from accord.domain.ownership import EVERYWHERE, Ownership
from accord.domain.report import (
    THE_ORDER,
    Particulars,
    Ref,
    Report,
    Subject,
    SubjectKind,
    order_number,
)
from accord.domain.tracks import STATES, State, Track
from accord.domain.vocabulary import Vocabulary, vocabulary

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def table(rows: list[tuple[str, str, dict[str, str]]], **more: Any) -> Vocabulary:
    entries = [{"kind": kind, "word": word, "means": means} for kind, word, means in rows]
    return vocabulary({"version": 1, "rows": entries, **more})


def same(track: Track) -> list[tuple[str, str, dict[str, str]]]:

    return [(track.value, state.value, {track.value: state.value}) for state in STATES[track]]


SHOP = table(
    [
        *same(Track.ORDER),
        *same(Track.PAYMENT),
        *same(Track.RETURN),
        ("allocation", "open", {"fulfillment": "open"}),
        ("allocation", "on_hold", {"fulfillment": "on_hold"}),
        ("allocation", "scheduled", {"fulfillment": "scheduled"}),
        ("allocation", "closed", {"fulfillment": "shipped"}),
        ("fulfillment", "success", {"fulfillment": "shipped"}),
        ("shipment_status", "in_transit", {"delivery": "in_transit"}),
        ("shipment_status", "delivered", {"delivery": "delivered"}),
        ("progress", "unfulfilled", {"progress": "none"}),
        ("progress", "partial", {"progress": "partial"}),
        ("progress", "fulfilled", {"progress": "complete"}),
    ],
    ignored=[{"kind": "order", "word": "archived", "reason": "a drawer, not a status"}],
    alike=[
        {
            "track": "fulfillment",
            "states": ["open", "in_progress", "packed"],
            "reason": "it shows a parcel once it has left",
        }
    ],
)
BOOKS = table(
    [
        ("SalesOrd", "A", {"order": "on_hold", "progress": "none"}),
        ("SalesOrd", "B", {"order": "open", "progress": "none"}),
        ("SalesOrd", "D", {"order": "open", "progress": "partial"}),
        ("SalesOrd", "F", {"order": "open", "progress": "complete"}),
        ("SalesOrd", "H", {"order": "cancelled"}),
        ("ItemShip", "A", {"fulfillment": "in_progress"}),
        ("ItemShip", "B", {"fulfillment": "packed"}),
        ("ItemShip", "C", {"fulfillment": "shipped"}),
        ("RtnAuth", "B", {"return": "approved"}),
        ("RtnAuth", "H", {"return": "closed"}),
    ]
)
WAREHOUSE = table(
    [
        ("shipment", "pending", {"fulfillment": "open"}),
        ("shipment", "held", {"fulfillment": "on_hold"}),
        ("shipment", "begun", {"fulfillment": "in_progress"}),
        ("shipment", "labelled", {"fulfillment": "packed", "delivery": "label_created"}),
        ("shipment", "cancelled", {"fulfillment": "cancelled"}),
        ("scan", "IT", {"fulfillment": "shipped", "delivery": "in_transit"}),
        ("scan", "DE", {"fulfillment": "shipped", "delivery": "delivered"}),
    ]
)


def stack(rule: Rule = Rule.REVERT) -> Accord:
    return Accord(
        systems={
            "shop": System(
                "shop",
                "shop",
                Role.STOREFRONT,
                SHOP,
                frozenset({Ship, AddTracking, TellDelivery, CancelOrder}),
                places={"east": "1", "west": "2"},
            ),
            "books": System(
                "books",
                "books",
                Role.ERP,
                BOOKS,
                frozenset(
                    {
                        Ship,
                        Advance,
                        Withdraw,
                        Approve,
                        CancelOrder,
                        Amend,
                        AuthorizeReturn,
                        CloseReturn,
                    }
                ),
                places={"east": "10", "west": "20"},
            ),
            "warehouse": System(
                "warehouse",
                "warehouse",
                Role.WAREHOUSE,
                WAREHOUSE,
                frozenset({Allocate, Hold, Release, CancelParcel}),
                places={"east": "se-1", "west": "se-2"},
            ),
        },
        ownership=Ownership(
            owners={
                Track.ORDER: {EVERYWHERE: "shop"},
                Track.PAYMENT: {EVERYWHERE: "shop"},
                Track.RETURN: {EVERYWHERE: "shop"},
                Track.FULFILLMENT: {EVERYWHERE: "warehouse"},
                Track.DELIVERY: {EVERYWHERE: "warehouse"},
            },
            mirrors={
                Track.ORDER: ("books",),
                Track.FULFILLMENT: ("shop", "books"),
                Track.DELIVERY: ("shop",),
                Track.RETURN: ("books",),
            },
        ),
        rules=dict.fromkeys(Track, rule),
        stages=(
            _stage("ordered", order=(State.OPEN,)),
            _stage("fulfilled", fulfillment=(State.SHIPPED,)),
            _stage("delivered", delivery=(State.DELIVERED,)),
        ),
        responsible="Ana Lima <ana@example.com>",
    )


def _stage(name: str, **when: tuple[State, ...]) -> Stage:
    return Stage(
        name=name,
        definition=f"It is {name}.",
        when=when,
        customer_facing=True,
        notify=Notify.ONCE,
        stall_after=timedelta(days=3),
        person="Ana Lima",
    )


NAMES = {
    "shop": (Ref("shop", "8209"), order_number("#1001")),
    "books": (Ref("books", "77"), order_number("1001")),
    "warehouse": (order_number("1001"),),
}


def said(
    system: str,
    kind: str,
    word: str,
    subject: Subject = THE_ORDER,
    minute: int = 0,
    **particulars: Any,
) -> Report:
    return Report(
        system=system,
        order=NAMES[system],
        subject=subject,
        kind=kind,
        word=word,
        said_at=NOON + timedelta(minutes=minute),
        particulars=Particulars(**particulars),
    )


def parcel(own_id: str) -> Subject:
    return Subject(SubjectKind.PARCEL, own_id)


def allocation(own_id: str) -> Subject:
    return Subject(SubjectKind.ALLOCATION, own_id)


def returned(own_id: str) -> Subject:
    return Subject(SubjectKind.RETURN, own_id)


def after(*reports: Report, accord: Accord | None = None) -> Matrix:
    matrix = Matrix()
    for report in reports:
        matrix = decide(matrix, report, accord or stack()).matrix
    return matrix


def ordered(**lines: int) -> list[Report]:
    """A paid order of one place, as the shop tells it and the books have it."""
    return [
        said("shop", "order", "open", lines=lines, ordered=lines),
        said("shop", "payment", "paid"),
        said("shop", "progress", "unfulfilled"),
        said("shop", "allocation", "open", allocation("5"), lines=lines, place="1"),
        said("books", "SalesOrd", "B", lines=lines),
    ]
