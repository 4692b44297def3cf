"""What pictures of shipments mean once they are decided, and what hooks ask for."""

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from accord.connectors.shipstation import CONNECTOR
from accord.connectors.shipstation.parse import parse
from accord.domain.accord import Accord, System
from accord.domain.decision import decide
from accord.domain.errors import UnreadableError
from accord.domain.matrix import Matrix
from accord.domain.ownership import Ownership
from accord.domain.report import Report, Subject, SubjectKind
from accord.domain.tracks import State, Track
from accord.domain.vocabulary import Unknown
from accord.engine.envelope import Envelope, Origin, Parsed

PARCEL = Subject(SubjectKind.PARCEL, "se-1")
ROOT = Path(__file__).parents[3]
CORPUS = Path(os.environ.get("ACCORD_CORPUS", ROOT.parent / "shared" / "corpus"))


def read(body: object, topic: str = "shipment") -> Parsed:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    now = datetime(2026, 11, 22, tzinfo=UTC)
    return parse(
        Envelope(
            id=1,
            system="depot",
            topic=topic,
            origin=Origin.FEED,
            body=raw,
            headers={},
            received_at=now,
        ),
        {},
    )


def picture(modified: str, *labels: dict[str, Any], status: str = "label_purchased") -> Any:
    return {
        "shipment": {
            "shipment_id": "se-1",
            "shipment_number": "1001",
            "shipment_status": status,
            "created_at": "2026-11-18T09:00:00Z",
            "modified_at": modified,
        },
        "labels": list(labels),
    }


def label(**more: Any) -> dict[str, Any]:
    return {
        "label_id": "se-9",
        "status": "completed",
        "created_at": "2026-11-18T10:00:00Z",
        "tracking_number": "1Z1",
        "tracking_status": "unknown",
        **more,
    }


def scanned(code: str, at: str, coarse: str = "in_transit") -> dict[str, Any]:
    log = {"status_code": code, "events": [{"occurred_at": at}]}
    return label(tracking_status=coarse, tracking=log)


BOUGHT = picture("2026-11-18T10:00:05Z", label())
ON_ITS_WAY = picture("2026-11-18T10:00:05Z", scanned("IT", "2026-11-19T08:00:00Z"))
EDITED = picture("2026-11-20T12:00:00Z", scanned("IT", "2026-11-19T08:00:00Z"))
ARRIVED = picture("2026-11-20T12:00:00Z", scanned("DE", "2026-11-21T08:00:00Z", "delivered"))


def decisions(pictures: list[Any], shipped_when: str) -> list[Matrix]:
    """Return the matrix after each report of the pictures."""
    system = System(
        name="depot",
        connector="shipstation",
        role=CONNECTOR.role,
        vocabulary=CONNECTOR.vocabulary,
        can=CONNECTOR.can,
        settings={"shipped_when": shipped_when},
    )
    accord = Accord(systems={"depot": system}, ownership=Ownership({}))
    steps = [Matrix()]
    for report in (report for one in pictures for report in read(one).reports):
        steps.append(decide(steps[-1], report, accord).matrix)
    return steps


def decided(pictures: list[Any], shipped_when: str) -> Matrix:
    return decisions(pictures, shipped_when)[-1]


def states(matrix: Matrix) -> tuple[State | None, State | None]:
    cells = [matrix.cell("depot", track, PARCEL) for track in (Track.FULFILLMENT, Track.DELIVERY)]
    fulfillment, delivery = (cell.state if cell else None for cell in cells)
    return fulfillment, delivery


@pytest.mark.parametrize(
    ("pictures", "by_label", "by_scan", "delivery"),
    [
        ([BOUGHT], State.SHIPPED, State.PACKED, State.LABEL_CREATED),
        ([BOUGHT, ON_ITS_WAY], State.SHIPPED, State.SHIPPED, State.IN_TRANSIT),
        ([ON_ITS_WAY, EDITED], State.SHIPPED, State.SHIPPED, State.IN_TRANSIT),
        ([EDITED, BOUGHT], State.SHIPPED, State.SHIPPED, State.IN_TRANSIT),
        ([ARRIVED, BOUGHT, EDITED], State.SHIPPED, State.SHIPPED, State.DELIVERED),
    ],
)
def test_neither_an_edit_nor_an_old_picture_takes_a_scan_back(
    pictures: list[Any], by_label: State, by_scan: State, delivery: State
) -> None:
    assert states(decided(pictures, "label")) == (by_label, delivery)
    assert states(decided(pictures, "scan")) == (by_scan, delivery)


def test_an_edit_after_the_scan_is_no_step_back_even_for_a_moment() -> None:
    steps = decisions([ON_ITS_WAY, EDITED], "scan")[-len(read(EDITED).reports) :]

    assert {states(matrix) for matrix in steps} == {(State.SHIPPED, State.IN_TRANSIT)}


def test_an_edit_between_the_scan_and_the_news_of_it_does_not_hide_the_scan() -> None:
    edited_unaware = picture("2026-11-20T12:00:00Z", label())
    then_told = picture("2026-11-20T12:00:00Z", scanned("IT", "2026-11-19T08:00:00Z"))

    matrix = decided([edited_unaware, then_told], "scan")

    assert states(matrix) == (State.SHIPPED, State.IN_TRANSIT)


def test_a_voided_label_gives_the_goods_back_and_its_number_is_forgotten() -> None:
    voided = label(status="voided", voided=True, voided_at="2026-11-18T11:00:00Z")
    after = picture("2026-11-18T11:00:01Z", voided, status="pending")

    matrix = decided([BOUGHT, after], "label")

    assert states(matrix)[0] is State.OPEN
    assert matrix.particulars("depot", PARCEL).tracking == ()


def test_a_word_nobody_knows_is_still_reported() -> None:
    report = read(picture("2026-11-18T10:00:05Z", status="teleported")).reports[0]

    assert report.word == "teleported"
    assert CONNECTOR.vocabulary.read(report.kind, report.word, {}) == Unknown()


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"null", b'{"shipment":{}}', b"[" * 5000])
@pytest.mark.parametrize("topic", ["shipment", "v1/x", "v2/track", "order"])
def test_another_shape_is_unreadable_and_nothing_worse(body: bytes, topic: str) -> None:
    with pytest.raises(UnreadableError):
        read(body, topic)


def test_an_id_that_could_lead_a_call_astray_is_unreadable() -> None:
    astray = picture("2026-11-18T10:00:05Z")
    astray["shipment"]["shipment_id"] = "se-1/../../v2/labels"

    with pytest.raises(UnreadableError):
        read(astray)


def test_the_address_in_a_hook_is_only_read_for_the_label_it_names() -> None:
    hook = {"resource_url": "http://169.254.169.254/?x=/v2/labels/se-9/track", "resource_type": "t"}

    lookups = read(hook, "v2/track").lookups

    assert [(lookup.ref.scope, lookup.ref.value) for lookup in lookups] == [("*", "*")]


def test_reports_name_the_order_without_the_sign_shops_put_before_it() -> None:
    reports: tuple[Report, ...] = read(BOUGHT).reports

    assert {ref.value for report in reports for ref in report.order} == {"1001"}


def _described(specification: str, name: str) -> set[str]:
    """Return the values of one enumeration of the vendor's description, by indentation alone."""
    found = re.search(rf"(?m)^    {name}:\n((?:      .*\n|\n)+)", specification)
    listed = re.search(r"(?m)^      enum:\n((?:        - .*\n)+)", found[1] if found else "")
    return set(re.findall(r"- (\S+)", listed[1] if listed else ""))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("shipment_status", "shipment_status"),
        ("label_status", "label_status"),
        ("tracking_status", "tracking_status"),
        ("tracking_status_detail_code", "status_detail_code"),
    ],
)
def test_every_word_the_vendor_describes_is_in_the_vocabulary(name: str, kind: str) -> None:
    path = CORPUS / "shipstation" / "shipstation-v2-openapi.yaml"
    if not path.exists():
        pytest.skip(f"{path} is not here; set ACCORD_CORPUS to the folder of recorded payloads")
    words = _described(path.read_text(encoding="utf-8"), name)
    table = CONNECTOR.vocabulary
    known = {row.word for row in table.rows if row.kind == kind}
    known |= {row.word for row in table.ignored if row.kind == kind}

    assert words
    assert words <= known
