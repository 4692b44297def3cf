"""The sentences of an audit say what was found and no more; what was not judged is named."""

import json
from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest
from typer.testing import CliRunner

from accord.audit.run import Request, audit
from accord.audit.telling import headline
from accord.cli.audit import audit as command
from tests.audit.exported import START, Order, agreeing, newest, pair

MANY = [*agreeing(range(1001, 1041)), newest(1999)]
OVERDUE = Order(
    number=1500, progress="partial", books="Sales Order : Partially Fulfilled", created=START
)  # fmt: skip
UNREAD = Order(number=1501, books="Sales Order : Awaiting Pigeon")
STALE = Order(number=1502, progress="unfulfilled")
YOUNG = [
    Order(
        number=1600 + at, progress="unfulfilled", books="Sales Order : Gone Fishing",
        created=START + timedelta(days=21, minutes=-at),
    )
    for at in range(1, 8)
]  # fmt: skip
ASIDE = "1 order set aside."


@pytest.mark.parametrize(
    ("orders", "told"),
    [
        ([], ["40 orders compared, and all of them agree.", ASIDE]),
        ([STALE], ["1 order of 41 (2.4%) is not in agreement.", ASIDE]),
        (
            [OVERDUE],
            [
                "41 orders compared, and on none do the systems contradict each other.",
                "On 1 order the systems agree that a part has shipped, and the rest is overdue.",
                ASIDE,
            ],
        ),
        (
            [STALE, UNREAD, replace(UNREAD, number=1503)],
            [
                "1 order of 43 (2.3%) is not in agreement.",
                "2 other orders have a word in no vocabulary; nothing else in them disagrees.",
                ASIDE,
            ],
        ),
    ],
)
def test_agreement_that_needs_attention_is_not_called_disagreement(tmp_path, orders, told):
    outcome = audit(Request(files=pair(tmp_path, [*MANY, *orders])))

    assert headline(outcome) == told


def test_an_order_counts_once_however_much_is_wrong_with_it(tmp_path):
    both = Order(
        number=1500, payment="partially_refunded", refunded="5.00",
        books="Sales Order : Pending Fulfillment",
    )  # fmt: skip

    outcome = audit(Request(files=pair(tmp_path, [*MANY, both])))

    assert len(outcome.findings) > 1
    assert (outcome.tally.disagreeing, outcome.agreeing, outcome.compared) == (1, 40, 41)


def test_two_orders_of_one_number_are_two_orders(tmp_path):
    twins = [replace(STALE, created=START), replace(STALE, created=START + timedelta(days=9))]

    outcome = audit(Request(files=pair(tmp_path, [*MANY, *twins])))

    assert [finding.order for finding in outcome.findings] == ["#1502", "#1502"]
    assert (outcome.tally.disagreeing, outcome.agreeing, outcome.compared) == (2, 40, 42)


def test_orders_set_aside_are_named_on_every_medium(tmp_path):
    files = [str(path) for path in pair(tmp_path, [*MANY, *YOUNG])]
    outs = [tmp_path / f"report{suffix}" for suffix in (".html", ".xlsx", ".csv")]
    words = [str(word) for out in outs for word in ("--out", out)]

    told = CliRunner().invoke(command, [*files, *words]).stdout
    summary = json.loads(CliRunner().invoke(command, ["--json", *files]).stdout)["summary"]

    names = {order.name for order in YOUNG} | {"#1999"}
    assert {one["order"] for one in summary["set_aside_orders"]} == names
    assert summary["orders_set_aside"] == len(summary["set_aside_orders"]) == 8
    assert "and 3 more; --json and --out FILE name them all" in told
    assert all(name in outs[0].read_text() for name in names)
    assert set(pl.read_excel(outs[1], sheet_name="Set aside").get_column("order")) == names
    assert set(pl.read_csv(outs[2]).get_column("order")) == names


def test_a_new_word_on_an_order_set_aside_is_news_and_no_finding(tmp_path):
    files = [str(path) for path in pair(tmp_path, [*MANY, UNREAD, *YOUNG])]

    summary = json.loads(CliRunner().invoke(command, ["--json", *files]).stdout)
    told = CliRunner().invoke(command, files).stdout

    assert [one["order"] for one in summary["findings"]] == ["#1501"]
    assert [
        (one["word"], one["orders"], one["orders_set_aside"])
        for one in summary["summary"]["unknown_words"]
    ] == [("Sales Order : Awaiting Pigeon", 1, 0), ("Sales Order : Gone Fishing", 0, 7)]
    assert "`Sales Order : Gone Fishing` in netsuite, column Status: on 7 orders set aside" in told
