"""However an export is written down, it says the same."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accord.audit.run import Request, audit
from tests.audit.exported import (
    BOOK_COLUMNS,
    SHOP_COLUMNS,
    agreeing,
    book_rows,
    newest,
    shop_rows,
    write,
)
from tests.audit.test_patterns_found import PLANTS, found, planted

ORDERS = [
    *agreeing(range(1001, 1041)),
    *(planted(1500 + at, pattern) for at, pattern in enumerate(sorted(PLANTS))),
    newest(1999),
]
DRIFT = [(f"#{1500 + at}", pattern) for at, pattern in enumerate(sorted(PLANTS))]

WAYS = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from([",", ";", "\t", "|"]),
        "encoding": st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"]),
        "ends": st.sampled_from(["\n", "\r\n", "\r"]),
        "quoted": st.booleans(),
        "titles": st.sampled_from([(), ("Acme Ltd.",), ("Acme Ltd.", "Results")]),
    }
)
BLANKS = st.sampled_from(["{}", " {}", "{} ", "  {}  "])


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    ways=st.tuples(WAYS, WAYS),
    blanks=BLANKS,
    capitals=st.sampled_from([str, str.upper, str.lower, str.title]),
    backwards=st.booleans(),
)
def test_the_same_orders_drift(tmp_path_factory, ways, blanks, capitals, backwards):
    folder = tmp_path_factory.mktemp("ways")
    shop = [_reworded(row, ("Financial Status", "Fulfillment Status"), blanks, capitals)
            for row in shop_rows(ORDERS)]  # fmt: skip
    books = [_reworded(row, ("Status",), blanks, capitals) for row in book_rows(ORDERS)]
    files = [
        write(folder / "orders_export.csv", SHOP_COLUMNS, shop, **ways[0]),
        write(folder / "netsuite.csv", BOOK_COLUMNS, books, **ways[1]),
    ]

    assert found(audit(Request(files=files[::-1] if backwards else files))) == DRIFT


def _reworded(row, columns, blanks, capitals):
    changed = {c: blanks.format(capitals(row[c])) for c in columns if row.get(c)}
    return {**row, **changed}


@pytest.mark.parametrize("empty", ['""', " ", '" "'])
def test_a_cell_of_blanks_or_of_quotes_alone_is_empty(tmp_path, empty):
    files = [
        write(tmp_path / "orders_export.csv", SHOP_COLUMNS, shop_rows(ORDERS)),
        write(tmp_path / "netsuite.csv", BOOK_COLUMNS, book_rows(ORDERS)),
    ]
    head, *lines = files[0].read_text().splitlines()
    at = head.split(",").index("Cancelled at")
    filled = [",".join(_with(line.split(","), at, empty, head)) for line in lines]
    files[0].write_text("\n".join([head, *filled]) + "\n")

    assert found(audit(Request(files=files))) == DRIFT


def _with(cells, at, empty, head):
    """Write ``empty`` into one cell; the names of goods hold a comma, which adds a cell before."""
    place = at + len(cells) - len(head.split(","))
    return [*cells[:place], cells[place] or empty, *cells[place + 1 :]]
