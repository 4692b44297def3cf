"""What the demo ends with: one object for programs, one table for people."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

from msgspec import Struct
from rich.console import Group as Together
from rich.console import RenderableType
from rich.table import Table

from accord.demo.expectation import Expectation
from accord.demo.expectations import judge
from accord.demo.play import Played
from accord.demo.stack import Stack
from accord.domain.comparison import Comparison, compare

DONE = {"applied", "accepted"}
LARGEST_PAGE = 500


class Summary(Struct, frozen=True, kw_only=True):
    """The figures of one playing. ``actions`` are those a mirror carried out."""

    orders: int
    reports: int
    actions: int
    actions_by_system: dict[str, dict[str, int]]
    envelopes: dict[str, int]
    deliveries: dict[str, int]
    cells: int
    cells_in_agreement: int
    simulated_hours: int
    expectations: list[dict[str, object]]

    @property
    def held(self) -> bool:
        """Whether every expectation held."""
        return all(expectation["held"] for expectation in self.expectations)


async def summary(stack: Stack, played: Played) -> Summary:
    """Return the figures of what was played, and judge it."""
    compared = await _compared(stack)
    counts = await stack.store.counts()
    actions: dict[str, Counter[str]] = {name: Counter() for name in stack.accord.systems}
    for count in counts.attempts:
        if count.outcome.lower() in DONE:
            actions[count.system][count.action] += count.attempts
    expectations = await judge(stack, played, compared)
    traffic = played.traffic
    return Summary(
        orders=counts.orders,
        reports=stack.engine.interpreter.reports,
        actions=sum(sum(kinds.values()) for kinds in actions.values()),
        actions_by_system={name: dict(sorted(kinds.items())) for name, kinds in actions.items()},
        envelopes={origin.value: count for origin, count in counts.envelopes.items()},
        deliveries={
            "sent": traffic.sent,
            "doubled": traffic.doubled,
            "delayed": traffic.delayed,
            "lost": traffic.lost,
            "unheard": traffic.unheard,
            "delivered": traffic.delivered,
        },
        cells=sum(map(len, compared.values())),
        cells_in_agreement=sum(one.agrees for each in compared.values() for one in each),
        simulated_hours=int(played.lasted / timedelta(hours=1)),
        expectations=[_plain(expectation) for expectation in expectations],
    )


async def _compared(stack: Stack) -> dict[str, list[Comparison]]:
    compared: dict[str, list[Comparison]] = {}
    before: str | None = None
    while lines := await stack.store.orders(before=before, limit=LARGEST_PAGE):
        for line in lines:
            compared[line.order] = compare(line.matrix, stack.accord)
        before = lines[-1].order
    return compared


def _plain(expectation: Expectation) -> dict[str, object]:
    return {
        "name": expectation.name,
        "held": expectation.held,
        "broken": list(expectation.broken),
    }


def tables(found: Summary) -> RenderableType:
    """Return the figures as a person reads them."""
    return Together(_figures(found), _actions(found.actions_by_system), _expectations(found))


def _figures(found: Summary) -> Table:
    table = Table(title="Two hundred lives of an order" if found.orders == 200 else "The story")  # noqa: PLR2004
    for column in ("orders", "reports", "actions", "cells", "in agreement"):
        table.add_column(column, justify="right")
    figures = (found.orders, found.reports, found.actions, found.cells, found.cells_in_agreement)
    table.add_row(*(f"{figure:,}" for figure in figures))
    sent = found.deliveries
    table.caption = (
        f"{sent['sent']:,} hooks sent over {found.simulated_hours} simulated hours, "
        f"{sent['doubled']:,} of them twice, {sent['delayed']:,} late, "
        f"{sent['lost'] + sent['unheard']:,} lost, all of them shuffled"
    )
    return table


def _actions(by_system: Mapping[str, Mapping[str, int]]) -> Table:
    table = Table(title="What each system was asked to do, and did")
    table.add_column("system")
    table.add_column("actions", justify="right")
    table.add_column("of which")
    for system, kinds in by_system.items():
        listed = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
        table.add_row(system, f"{sum(kinds.values()):,}", listed)
    return table


def _expectations(found: Summary) -> Table:
    table = Table(title="Asked of the three systems themselves")
    table.add_column("expectation")
    table.add_column("held")
    for expectation in found.expectations:
        broken = expectation["broken"]
        assert isinstance(broken, list)
        shown = "yes" if expectation["held"] else f"NO: {', '.join(map(str, broken[:5]))}"
        table.add_row(str(expectation["name"]), shown)
    return table
