"""At which systems a change of an order leaves something to do, or nothing any more."""

from msgspec import Struct

from accord.domain.accord import Accord
from accord.domain.action import Action
from accord.domain.matrix import Matrix
from accord.domain.plan import plan
from accord.domain.truth import Truth, truth


class _Plans(Struct):
    """What is to be done for one matrix, each system's plan made when it is asked for."""

    matrix: Matrix
    accord: Accord
    so: Truth | None = None

    def at(self, system: str) -> list[Action]:
        if not self.matrix.cells:
            return []  # no system has said a word: there is no truth to bring anybody to
        if self.so is None:
            self.so = truth(self.matrix, self.accord)
        return plan(self.matrix, self.accord, system, self.so)


def out_of_step(
    before: Matrix, after: Matrix, accord: Accord, *, news: bool
) -> dict[str, list[Action]]:
    """Return the systems where there is something to do, and what; or where nothing is any more.

    What was refused is asked again once anything new is told of the order (``news``), not because
    the same is heard once more; what is needed no longer is looked at, so that it is let go.
    """
    was, so = _Plans(before, accord), _Plans(after, accord)
    found: dict[str, list[Action]] = {}
    for system in accord.systems:
        wanted = so.at(system)
        if (news and wanted) or was.at(system) != wanted:
            found[system] = wanted
    return found
