"""An order as the named patterns see it, taken from its matrix by the roles of its systems."""

from accord.domain.accord import Accord, Role, System
from accord.domain.matrix import Matrix
from accord.domain.patterns import CAPTURED, Situation, Standing
from accord.domain.report import THE_ORDER, SubjectKind
from accord.domain.tracks import PROGRESS, State, Track

_SHOPS = frozenset({Role.STOREFRONT, Role.MARKETPLACE})


def situation(matrix: Matrix, accord: Accord, *, overdue: bool) -> Situation:
    """Return what every system holds of one order; ``overdue``: a part has waited too long."""
    shops = [(one.name, standing(matrix, one)) for one in shops_of(accord)]
    others = [system for system in accord.systems.values() if system.role not in _SHOPS]
    by_role = {
        role: {one.name: standing(matrix, one) for one in others if one.role is role}
        for role in (Role.ERP, Role.WAREHOUSE)
    }
    books = {
        name: held
        for name, held in by_role[Role.ERP].items()
        if accord.ownership.is_mirror(name, Track.ORDER)
    }
    return Situation(
        shop=next(((name, held) for name, held in shops if held is not None), None),
        books=books,
        floors=by_role[Role.WAREHOUSE],
        overdue=overdue,
    )


def shops_of(accord: Accord) -> list[System]:
    """Return the systems that take orders, the one that owns them first."""
    shops = [system for system in accord.systems.values() if system.role in _SHOPS]
    owner = accord.ownership.owner(Track.ORDER)
    return sorted(shops, key=lambda shop: shop.name != owner)


def standing(matrix: Matrix, system: System) -> Standing | None:
    """Return what one system says of the order, or None if it has no record of it."""
    name = system.name
    if matrix.own_ref(name) is None and not speaks(matrix, name):
        return None
    payment = _state(matrix, name, Track.PAYMENT)
    progress = _state(matrix, name, Track.FULFILLMENT)
    return Standing(
        order=_state(matrix, name, Track.ORDER),
        payment=payment,
        progress=progress if progress in PROGRESS else None,
        parcels=_states(matrix, name, Track.FULFILLMENT, SubjectKind.PARCEL),
        returns=_states(matrix, name, Track.RETURN, SubjectKind.RETURN),
        captured=payment in CAPTURED,
    )


def speaks(matrix: Matrix, system: str) -> bool:
    """Return whether a system has said a word on the order."""
    return any(cell.system == system for cell in matrix.cells.values())


def _state(matrix: Matrix, system: str, track: Track) -> State | None:
    cell = matrix.cell(system, track, THE_ORDER)
    return cell.state if cell else None


def _states(matrix: Matrix, system: str, track: Track, kind: SubjectKind) -> frozenset[State]:
    cells = (matrix.cell(system, track, one) for one in matrix.subjects(system, kind))
    return frozenset(cell.state for cell in cells if cell is not None)
