"""What is to be done about an order, worked out once for all orders of one shape."""

from msgspec import Struct

from accord.domain.accord import Accord
from accord.domain.action import Action, stops
from accord.domain.cases import cases
from accord.domain.matrix import Matrix
from accord.domain.plan import plan
from accord.domain.shape import shape
from accord.domain.truth import truth

# A stack has some hundreds; this many take a few megabytes.
MOST_SHAPES = 10_000


class Answer(Struct, frozen=True):
    """What orders of one shape have in common: at which systems something is to be done.

    ``urgent`` are those of them where something is to be stopped. What is to be done there, and
    what a case says, tells names: that is worked out for each order.
    """

    planned: frozenset[str] = frozenset()
    urgent: frozenset[str] = frozenset()
    has_cases: bool = False


NOTHING = Answer()


class Answers:
    """The answers of one accord, kept by shape."""

    def __init__(self, accord: Accord) -> None:
        self._accord = accord
        # Where goods are held back the time of day is part of the answer, and of no shape.
        self._is_timeless = not any(each.is_gated for each in accord.systems.values())
        self._found: dict[bytes, Answer] = {}

    def of(self, matrix: Matrix) -> Answer | None:
        """Return what is so for every order of this shape; None where there is no such answer."""
        if not matrix.cells:
            return NOTHING  # no system has said a word: there is no truth to bring anybody to
        if not self._is_timeless:
            return None
        key = shape(matrix)
        found = self._found.get(key)
        if found is None:
            if len(self._found) >= MOST_SHAPES:
                self._found.clear()
            found = self._found[key] = _work_out(matrix, self._accord)
        return found


class NoAnswers:
    """Every order is worked out for itself."""

    def of(self, _matrix: Matrix) -> None:
        """Return that nothing was found for orders of this shape."""


def _work_out(matrix: Matrix, accord: Accord) -> Answer:
    so = truth(matrix, accord)
    planned: dict[str, list[Action]] = {
        system: plan(matrix, accord, system, so) for system in accord.systems
    }
    return Answer(
        planned=frozenset(system for system, actions in planned.items() if actions),
        urgent=frozenset(system for system, actions in planned.items() if any(map(stops, actions))),
        has_cases=bool(cases(matrix, accord, so, planned)),
    )
