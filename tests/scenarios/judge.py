"""What must be so at the end, from what the three systems hold themselves."""

from collections import Counter
from collections.abc import Iterable, Iterator

from accord.connectors.netsuite.simulator_state import SalesOrder
from accord.domain.comparison import compare
from accord.domain.report import order_number
from accord.engine.envelope import Standing
from accord.storage.overview import OrderFile
from tests.scenarios.company import Company, Goods, asked_for, goods

# More than the longest of these lives needs; a loop would pass it within a day.
MOST_ATTEMPTS = 60


async def faults(company: Company) -> list[str]:
    """Return what must never be so, whatever people did."""
    found = [*company.overpacked, *map(repr, company.stack.trouble)]
    for system, counts in (await company.stack.store.balance()).items():
        stuck = counts.get(Standing.WAITING, 0) + counts.get(Standing.QUARANTINED, 0)
        found += [f"{stuck} envelopes of {system} wait or are in quarantine"] * bool(stuck)
    for number in company.stack.shop.orders:
        file = await order_file(company, number)
        found += [f"{number}: {each}" for each in _never(company, number, file)]
    return found


def _never(company: Company, number: str, file: OrderFile) -> Iterator[str]:
    if len(file.attempts) > MOST_ATTEMPTS:
        yield f"{len(file.attempts)} attempts"
    for task in file.pending:
        if not task.dead:
            yield f"{task.system} is still asked: {task.note}"
    shown = [c for c in compare(file.line.matrix, company.stack.accord) if not c.agrees]
    explained = shown or any(task.dead for task in file.pending)
    if not explained:
        yield from differences(company, number)


async def disagreements(company: Company, number: str) -> list[str]:
    """Return what the systems hold differently and what Accord shows as out of step."""
    file = await order_file(company, number)
    shown = [
        f"{c.system} says {c.word!r} on {c.column} {c.subject}, not {c.expected}"
        for c in compare(file.line.matrix, company.stack.accord)
        if not c.agrees
    ]
    given_up = [f"{task.system}: {task.note}" for task in file.pending]
    return [*differences(company, number), *shown, *given_up]


async def order_file(company: Company, number: str) -> OrderFile:
    """Return everything Accord has on one order."""
    ref = order_number(number)
    lines = await company.stack.store.orders(limit=500)
    key = next(line.order for line in lines if ref in line.matrix.refs)
    file = await company.stack.store.order(key)
    assert file is not None
    return file


def differences(company: Company, number: str) -> Iterator[str]:
    """Yield where shop, books and warehouse hold different goods, asked of them alone."""
    left = company.left(number)
    order = company.stack.shop.orders[number]
    told = [goods((x.sku, n) for x, n in p.lines) for p in order.parcels if p.status == "SUCCESS"]
    if _bags(told) != _bags(left):
        yield f"the shop records {_bags(told)}, but {_bags(left)} left"
    wanted = goods((x.sku, x.current) for x in order.lines)
    if company.stack.books.words(number):
        yield from _in_books(company, number, left, wanted)
    stopped = any(a.active and a.status != "OPEN" for a in order.fulfillment_orders)
    rest = asked_for(order)
    rest.subtract(sum(told, Counter()))
    if +rest and not stopped and order.financial_status in {"PAID", "PARTIALLY_REFUNDED"}:
        yield f"the shop waits for {dict(+rest)}"


def _in_books(company: Company, number: str, left: list[Goods], wanted: Goods) -> Iterator[str]:
    booked, sale = company.stack.books.books, _sale(company, number)
    skus = {line.number: line.sku for line in sale.lines}
    recorded = [
        goods((skus[line], n) for line, (n, _) in f.lines.items())
        for f in booked.fulfillments(sale)
        if f.status == "C"
    ]
    if _bags(recorded) != _bags(left):
        yield f"the books record {_bags(recorded)}, but {_bags(left)} left"
    held = goods(
        (
            x.sku,
            booked.taken(sale, x.number, "C") if x.closed or sale.approval == "C" else x.quantity,
        )
        for x in sale.lines
        if x.kind != "Service"
    )
    if +held != +(wanted | sum(left, Counter())):
        yield f"the books want {dict(held)}, the shop {dict(wanted)}"


def _sale(company: Company, number: str) -> SalesOrder:
    records = company.stack.books.books.records.values()
    return next(r for r in records if isinstance(r, SalesOrder) and r.number == number)


def _bags(parts: Iterable[Goods]) -> list[tuple[tuple[str, int], ...]]:
    return sorted(tuple(sorted(part.items())) for part in parts)
