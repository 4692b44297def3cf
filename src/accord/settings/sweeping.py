"""Reading [sweep]: when every system is swept, and how."""

from datetime import UTC, datetime

from cronsim import CronSim, CronSimError

from accord.domain.finding import Code
from accord.domain.sweep_rules import SweepRules
from accord.settings.tables import Table
from accord.settings.zones import read_zone

MOST_REREADS = 10_000
# Any moment does to see whether an expression ever comes true.
SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
FIELDS = 5


def read_sweep(root: Table) -> SweepRules:
    """Return how systems are swept; what the file leaves open stands at its default."""
    table, usual = root.table("sweep"), SweepRules()
    rereads = table.number("rereads", 0, MOST_REREADS)
    rules = SweepRules(
        at=_schedule(table) or usual.at,
        time_zone=read_zone(table) or usual.time_zone,
        since=table.length("since") or usual.since,
        rolling=table.length("rolling"),
        overlap=table.length("overlap") or usual.overlap,
        rereads=usual.rereads if rereads is None else rereads,
    )
    table.finish()
    return rules


def _schedule(table: Table) -> str | None:
    text = table.text("at", "17 3 * * *")
    fault = None if text is None else _fault(text)
    if fault is not None:
        table.notes.add(
            Code.BAD_SCHEDULE,
            (*table.path, "at"),
            f"{text!r} is no schedule: {fault}.",
            'Write minute, hour, day, month and weekday: at = "17 3 * * *" is 3:17 every night.',
        )
        return None
    return text


def _fault(text: str) -> str | None:
    if len(text.split()) != FIELDS:
        return f"it has {len(text.split())} fields, and {FIELDS} are needed"
    try:
        next(CronSim(text, SOME_DAY))
    except CronSimError as error:
        return str(error).casefold()
    except StopIteration:
        return "it never comes true"
    return None
