"""Notice, under the rule ``ask``, that a mirror changed by itself. Pure."""

from accord.domain.accord import Accord, Rule
from accord.domain.comparison import Comparison, compare
from accord.domain.matrix import Matrix
from accord.domain.ruling import Ruling


def foreign_changes(before: Matrix, after: Matrix, accord: Accord) -> dict[str, Ruling]:
    """Return a ruling to be made for each cell a mirror took out of step by itself.

    It was in step before, it is not now, and its owner says what it said before: the change is
    the mirror's own. A mirror that only lags behind was never in step with what is so now.
    """
    asked = {track for track, rule in accord.rules.items() if rule is Rule.ASK}
    if not asked or not before.cells or before.cells is after.cells:
        return {}
    agreed = {_row(one): one for one in compare(before, accord) if one.agrees}
    found = {}
    for one in compare(after, accord):
        was = agreed.get(_row(one))
        if one.agrees or one.said is None or one.track not in asked or was is None:
            continue
        if was.expected is one.expected and was.said is not one.said:
            found[one.cell] = Ruling(state=one.said, against=one.expected)
    return found


def _row(one: Comparison) -> tuple[str, str, str]:
    return (one.system, one.column, one.subject)
