"""The query service of a pretend NetSuite. It understands the few questions asked of it."""

# ruff: noqa: S608 - these are patterns that questions are compared with, not questions

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from accord.connectors.netsuite.simulator_records import ProblemError
from accord.connectors.netsuite.simulator_state import Books, SalesOrder, Transaction

TEXT = r"'(?:[^']|'')*'"
MOMENT = r"TO_CHAR\(t\.lastmodifieddate, 'YYYY-MM-DD\"T\"HH24:MI:SS'\)"
# The columns and joins every listing of transactions must have to answer as it does.
LISTING = re.compile(
    r"SELECT t\.id, t\.tranid, t\.type, t\.status, t\.externalid, t\.otherrefnum, "
    r"l\.createdfrom, p\.type AS createdfromtype, pl\.createdfrom AS origin, "
    rf"o\.type AS origintype, {MOMENT} AS lm "
    r"FROM transaction t "
    r"JOIN transactionline l ON l\.transaction = t\.id AND l\.mainline = 'T' "
    r"LEFT JOIN transaction p ON p\.id = l\.createdfrom "
    r"LEFT JOIN transactionline pl ON pl\.transaction = p\.id AND pl\.mainline = 'T' "
    r"LEFT JOIN transaction o ON o\.id = pl\.createdfrom "
    rf"WHERE t\.type IN \((?P<types>{TEXT}(?:, {TEXT})*)\) AND (?P<rest>.*)"
)
WINDOW = (
    rf"t\.lastmodifieddate >= TO_TIMESTAMP\((?P<since>{TEXT}), 'YYYY-MM-DD HH24:MI:SS'\)"
    rf"(?: AND t\.lastmodifieddate < TO_TIMESTAMP\((?P<until>{TEXT}), 'YYYY-MM-DD HH24:MI:SS'\))?"
)
CHANGED = re.compile(
    rf"{WINDOW} "
    rf"(?:AND NOT \({MOMENT} = (?P<second>{TEXT}) AND t\.id <= (?P<id>\d+)\) )?"
    r"ORDER BY lm, t\.id"
)
COUNTED = re.compile(
    rf"SELECT COUNT\(\*\) AS found FROM transaction t "
    rf"WHERE t\.type IN \((?P<types>{TEXT}(?:, {TEXT})*)\) AND {WINDOW}"
)
FAMILY = re.compile(
    r"\(l\.createdfrom = (?P<order>\d+) OR pl\.createdfrom = (?P=order)\) ORDER BY t\.id"
)
BY_NUMBER = re.compile(
    r"SELECT id FROM transaction WHERE type = 'SalesOrd' AND LOWER\(otherrefnum\) "
    rf"IN \((?P<one>{TEXT}), (?P<other>{TEXT})\) ORDER BY id"
)
BY_EXTERNAL_ID = re.compile(
    rf"SELECT id FROM transaction WHERE type = (?P<type>{TEXT}) "
    rf"AND externalid = (?P<external>{TEXT}) ORDER BY id"
)
ITEM = re.compile(
    rf"SELECT id FROM item WHERE itemid = (?P<sku>{TEXT}) AND isinactive = 'F' ORDER BY id"
)

Row = dict[str, Any]


class QueryService:
    """What ``/services/rest/query/v1/suiteql`` does."""

    def __init__(self, books: Books, zone: ZoneInfo) -> None:
        """Answer from ``books``, with times on the clock of ``zone``."""
        self._books = books
        self._zone = zone

    def rows(self, question: str) -> list[Row]:
        """Return every row that answers ``question``."""
        if match := LISTING.fullmatch(question):
            return self._listing(match)
        if match := COUNTED.fullmatch(question):
            return [{"links": [], "found": str(len(self._modified_in(match, match["types"])))}]
        if match := BY_NUMBER.fullmatch(question):
            numbers = {_text(match["one"]), _text(match["other"])}
            return _ids(order for order in self._orders() if order.number.lower() in numbers)
        if match := BY_EXTERNAL_ID.fullmatch(question):
            wanted = (_text(match["type"]), _text(match["external"]))
            records = self._books.records.values()
            return _ids(r for r in records if (r.type, r.external_id) == wanted)
        if match := ITEM.fullmatch(question):
            item = self._books.items.get(_text(match["sku"]))
            return [{"id": item}] if item else []
        raise _not_understood()

    def _listing(self, match: re.Match[str]) -> list[Row]:
        types = {_text(text) for text in match["types"].split(", ")}
        if changed := CHANGED.fullmatch(match["rest"]):
            rows = list(map(self._row, self._modified_in(changed, match["types"])))
            if changed["second"]:
                second, last = _text(changed["second"]), int(changed["id"])
                rows = [r for r in rows if not (r["lm"] == second and int(r["id"]) <= last)]
            return sorted(rows, key=lambda row: (row["lm"], int(row["id"])))
        if family := FAMILY.fullmatch(match["rest"]):
            made = self._books.made_from(family["order"])
            made += [later for record in made for later in self._books.made_from(record.id)]
            return [self._row(record) for record in made if record.type in types]
        raise _not_understood()

    def _modified_in(self, window: re.Match[str], listed: str) -> list[Transaction]:
        types = {_text(text) for text in listed.split(", ")}
        since = _text(window["since"]).replace(" ", "T")
        until = _text(window["until"]).replace(" ", "T") if window["until"] else "9"
        records = self._books.records.values()
        return [r for r in records if r.type in types and since <= self._modified(r) < until]

    def _orders(self) -> Iterator[SalesOrder]:
        return (r for r in self._books.records.values() if isinstance(r, SalesOrder))

    def _row(self, record: Transaction) -> Row:
        parent = self._books.records.get(record.parent or "")
        origin = self._books.records.get((parent.parent if parent else None) or "")
        row: Row = {
            "links": [],
            "id": record.id,
            "tranid": record.tranid,
            "type": record.type,
            "status": self._books.status(record),
            "externalid": record.external_id,
            "otherrefnum": record.number if isinstance(record, SalesOrder) else None,
            "createdfrom": parent.id if parent else None,
            "createdfromtype": parent.type if parent else None,
            "origin": origin.id if origin else None,
            "origintype": origin.type if origin else None,
            "lm": self._modified(record),
        }
        return {name: value for name, value in row.items() if value is not None}

    def _modified(self, record: Transaction) -> str:
        return _written(record.modified, self._zone)


# Every question goes through all records; as they stood before, hardly any of them changed.
@lru_cache(maxsize=100_000)
def _written(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")


def _ids(records: Iterable[Transaction]) -> list[Row]:
    return [{"links": [], "id": record.id} for record in records]


def _text(literal: str) -> str:
    return literal[1:-1].replace("''", "'")


def _not_understood() -> ProblemError:
    return ProblemError(
        400, "INVALID_PARAMETER", "Invalid search query. Detailed unprocessed description follows."
    )
