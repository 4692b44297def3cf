"""Many orders of the small stack, told apart by their number."""

from collections.abc import Sequence
from datetime import timedelta

from msgspec.structs import replace

from accord.domain.report import Ref, Report, order_number
from accord.engine.ports import Document
from tests.domain.stack import ordered, said
from tests.domain.test_plan import work
from tests.engine.plain import Plain, body

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
SYSTEMS = ("shop", "books", "warehouse")


def of(number: int, *reports: Report) -> list[Report]:
    """Return the reports as those of order ``number``."""
    names = {
        "shop": (Ref("shop", f"s{number}"), order_number(str(number))),
        "books": (Ref("books", f"b{number}"), order_number(str(number))),
        "warehouse": (order_number(str(number)),),
    }
    return [replace(report, order=names[report.system]) for report in reports]


def unapproved(number: int) -> list[Report]:
    """Return an order the books hold until we approve it."""
    return of(number, *ordered(A=1), said("books", "SalesOrd", "A", minute=1))


def approved(number: int, minute: int = 90) -> list[Report]:
    return of(number, said("books", "SalesOrd", "B", minute=minute))


def working(number: int) -> list[Report]:
    """Return an order the warehouse works on."""
    return of(number, *ordered(A=1), work(f"se-{number}", "pending", {"A": 1}))


def cancelled(number: int) -> list[Report]:
    return of(number, said("shop", "order", "cancelled", minute=2, lines={"A": 0}))


def lay_out(plain: Plain, system: str, ref: str, reports: Sequence[Report]) -> None:
    """Let a system answer with ``reports`` when it is asked for ``ref``."""
    plain.hands[system].documents[ref] = [Document("plain", body(*reports))]


async def turns(plain: Plain, system: str, until: timedelta, step: timedelta = SECOND) -> None:
    """Let both lanes of a link work, and what is read be interpreted, for some time."""
    end = plain.now + until
    while plain.now < end:
        await plain.engine.propagator.turn(system, urgent=True)
        await plain.engine.propagator.turn(system)
        while await plain.engine.interpreter.turn():
            continue
        plain.now += step
