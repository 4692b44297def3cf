from collections import Counter

import pytest

from accord.bench import deliveries, events
from accord.bench.knocking import TOPIC, request, with_copies
from accord.bench.stack import stack
from accord.domain.boundary import unusable
from accord.domain.report import Ref
from accord.engine.envelope import Envelope
from accord.engine.ports import Delivery


@pytest.mark.parametrize("topic", deliveries.TOPICS)
def test_every_body_has_the_size_that_is_told_and_begins_with_its_order(topic):
    body = deliveries.body(17, topic)
    begins = deliveries.ID_BEGINS

    assert len(body) == deliveries.BODY_BYTES
    assert int(body[begins : begins + deliveries.ID_DIGITS]) == deliveries.order_id(17)


def test_the_shop_s_link_takes_a_delivery_for_authentic_and_a_changed_one_not():
    _, links = stack()
    body = deliveries.body(3, TOPIC)
    headers = deliveries.headers(3, TOPIC, body)
    now = deliveries.BEGINNING

    assert links["shop"].authentic(Delivery(TOPIC, headers, body), now)
    assert not links["shop"].authentic(Delivery(TOPIC, headers, body + b" "), now)


def test_a_request_says_how_long_its_body_is():
    head, _, body = request(5).partition(b"\r\n\r\n")

    assert body == deliveries.body(5, TOPIC)
    assert f"content-length: {len(body)}".encode() in head.splitlines()


def test_copies_come_after_what_they_are_copies_of_and_make_up_their_share():
    sent = with_copies(range(10_000), 0.1)
    copies = [
        order for place, order in enumerate(sent) if order in {*sent[max(0, place - 600) : place]}
    ]

    assert set(sent) == set(range(10_000))
    assert len(copies) == len(sent) - 10_000
    assert 0.09 < len(copies) / len(sent) < 0.11


def test_every_order_is_told_of_four_times_and_every_telling_is_understood():
    _, links = stack()
    told = [*events.events(300)]
    reports = [
        report
        for number, one in enumerate(told)
        for report in links[one.system].parse(envelope(number, one)).reports
    ]

    assert Counter(one.system for one in told) == {"shop": 600, "books": 300, "warehouse": 300}
    assert len({one.identity for one in told}) == len(told)
    assert {report.system for report in reports} == {"shop", "books", "warehouse"}
    assert [report for report in reports if unusable(report)] == []


async def test_no_real_system_is_called():
    _, links = stack()

    assert "a bench calls no real system" in str(await links["shop"].reread(Ref("order", "1")))


def envelope(number, one):
    return Envelope(
        id=number,
        system=one.system,
        topic=one.topic,
        origin=one.origin,
        body=one.body,
        headers=one.headers,
        received_at=one.received_at,
    )
