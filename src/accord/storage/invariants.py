"""What must always be so, each a statement that finds where it is not."""

import re
from functools import cache
from pathlib import Path

from msgspec import Struct

from accord.engine.self_check import Lane, Violation
from accord.storage.connections import Connection
from accord.storage.statement import Statement, prepared, statement

_FOLDER = Path(__file__).parent / "sql" / "invariants"
# So many places of one invariant are named; more would only fill a log.
MOST = 20
# So many of the newest rows of each table are looked at every minute.
LATELY = 50_000


class Invariant(Struct, frozen=True):
    """One thing that must always be so, in words and as the query for where it is not."""

    name: str
    meaning: str
    lane: Lane
    remedy: str
    query: Statement


@cache
def invariants() -> tuple[Invariant, ...]:
    """Return every invariant, by name."""
    return tuple(_read(path) for path in sorted(_FOLDER.glob("*.sql")))


def _read(path: Path) -> Invariant:
    written = path.read_text()
    lines = [line.removeprefix("-- ") for line in written.splitlines() if line.startswith("-- ")]
    told = dict(re.findall(r"^(lane|remedy): (.+)$", "\n".join(lines), flags=re.MULTILINE))
    return Invariant(path.stem, lines[0], Lane(told["lane"]), told["remedy"], prepared(written))


async def violations(connection: Connection, *, lately: bool) -> list[Violation]:
    """Return where invariants are broken, in what is new or in everything there is."""
    given = {"from_envelope": 0, "from_order": 0, "from_history": 0, "from_attempt": 0}
    if lately:
        row = (await connection.execute(statement("find_lately"), {"most": LATELY})).one()
        given = {name: number or 0 for name, number in zip(given, row, strict=True)}
    found = []
    for one in invariants():
        rows = await connection.execute(one.query, {**given, "most": MOST})
        found += [
            Violation(
                invariant=one.name,
                lane=one.lane,
                system=row.system,
                place=row.place,
                told=row.told,
                remedy=one.remedy,
            )
            for row in rows
        ]
    return found
