"""Which order a report speaks of: by the system's own id, or by a name systems share."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from accord.domain.report import EXTERNAL, NUMBER, Ref, Report, order_number


class Found(Struct, frozen=True):
    """The order is known under this key."""

    key: str


class New(Struct, frozen=True):
    """No order has any of these names yet, and one of them is shared: it is a new order."""


class Unlinked(Struct, frozen=True):
    """Only the system's own id is known; the whole order must be read before this can be placed."""

    ref: Ref


class Contradiction(Struct, frozen=True):
    """The names point to different orders. Nothing is guessed."""

    orders: tuple[str, ...]


Finding = Found | New | Unlinked | Contradiction


def names_of(report: Report, systems: Iterable[str]) -> tuple[Ref, ...]:
    """Return every name under which the order of ``report`` may be known.

    An id taken from another system without saying which may be that system's own id or the
    order number; and whatever this system calls the order, another may have taken over.
    """
    names: list[Ref] = list(report.order)
    for ref in report.order:
        if ref.scope == EXTERNAL:
            names.extend(Ref(system, ref.value) for system in systems if system != report.system)
            names.append(order_number(ref.value))
        else:
            names.append(Ref(EXTERNAL, ref.value))
    return tuple(dict.fromkeys(names))


def find_order(report: Report, systems: Iterable[str], known: Mapping[Ref, str]) -> Finding:
    """Return the order that ``report`` speaks of, given which names are ``known``."""
    for ref in report.order:
        if ref.scope == report.system and ref in known:
            return Found(known[ref])
    names = names_of(report, systems)
    orders = tuple(sorted({known[name] for name in names if name in known}))
    if len(orders) == 1:
        return Found(orders[0])
    if orders:
        return Contradiction(orders)
    if any(ref.scope in {NUMBER, EXTERNAL} for ref in report.order):
        return New()
    own = (ref for ref in report.order if ref.scope == report.system)
    return Unlinked(next(own, report.order[0]))
