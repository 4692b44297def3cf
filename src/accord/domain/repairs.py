"""Tell repairs from propagation: is a mirror out of step because somebody said something? Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from msgspec.structs import replace

from accord.domain.accord import Accord
from accord.domain.action import Action, stops
from accord.domain.comparison import Comparison, compare
from accord.domain.matrix import Cell, Matrix
from accord.domain.report import THE_ORDER
from accord.domain.truth import Truth, truth


class Asked(Protocol):
    """What is to be done by the facts of one moment."""

    def asks(self, system: str) -> bool:
        """Return whether anything is to be done at one system."""

    def at(self, system: str) -> Sequence[Action]:
        """Return what is to be done at one system."""

    def whole(self) -> Truth:
        """Return what is so."""


def repairs(
    before: Matrix, after: Matrix, accord: Accord, due: Sequence[str], *, was: Asked, so: Asked
) -> dict[str, str]:
    """Return those ``due`` where what is to be done is a repair, each with what led to it.

    It is one where nobody but the mirror itself was heard of, all that is true was so before, and
    it was in step; or where something was to be done already: then it stays the kind of work it
    is. What keeps goods from leaving is none, unless nobody said a new word at all and the old
    ones are only read differently: that is what a wrong mapping looks like.
    """
    # Almost always an owner said a new word, and that settles it.
    new = _with_new_words(before, after)
    maybe = [system for system in due if new <= {system}] if before.cells else ()
    if not maybe:
        return {}
    heard = _Heard(before, after, accord)
    return {name: heard.why(name) for name in maybe if heard.is_repair(name, was, so)}


def _with_new_words(before: Matrix, after: Matrix) -> set[str]:
    """Return the systems that said a word which was not there before; a quick look."""
    said, new = before.cells, set()
    passed = {(each.system, each.word) for each in before.passed_over.values()}
    for key, cell in after.cells.items():
        held = said.get(key)
        if held is cell or (cell.system, cell.word) in passed:
            continue
        if held is None:
            for each in said.values():
                if each.word == cell.word and each.system == cell.system:
                    break
            else:
                new.add(cell.system)
        elif held.word != cell.word:
            new.add(cell.system)
    return new


@dataclass(frozen=True)
class _Heard:
    """What became of one order: its facts ``before`` and ``after`` something was heard of it."""

    before: Matrix
    after: Matrix
    accord: Accord

    def is_repair(self, system: str, was: Asked, so: Asked) -> bool:
        """Return whether there is something to do at a system, and nobody else spoke."""
        if not so.asks(system) or self.speakers - {system}:
            return False
        wanted, before = so.at(system), was.at(system)
        if any(map(stops, wanted)) and (self.speakers or any(map(stops, before))):
            return False
        if _facets(self._truth_before) != _facets(so.whole()):
            return False
        return bool(before) or self._was_in_step(system)

    def _was_in_step(self, system: str) -> bool:
        """Return whether it disagreed in nothing that it had said; a word passed over says none."""
        silent = any(each.system == system for each in self.before.passed_over.values())
        return all(
            one.agrees or (silent and one.said is None)
            for one in self._compared
            if one.system == system
        )

    @cached_property
    def _compared(self) -> list[Comparison]:
        return compare(self.before, self.accord)

    @cached_property
    def reread(self) -> dict[str, Cell]:
        """The cells whose word was said before and is read differently now."""
        return {
            key: cell
            for key, cell in self.after.cells.items()
            if cell is not self.before.cells.get(key) and self._is_reread(cell)
        }

    def _is_reread(self, cell: Cell) -> bool:
        """Return whether its word was there before, though another state of it was.

        A word may come to speak on a track on which it said nothing before, or at all.
        """
        if self._was_passed_over(cell):
            return True
        was = self.before.cells.get(cell.key)
        if was is not None:
            return _word(was) == _word(cell) and was.state is not cell.state
        return any(
            (each.system, each.subject, *_word(each)) == (cell.system, cell.subject, *_word(cell))
            for each in self.before.cells.values()
        )

    def _was_passed_over(self, cell: Cell) -> bool:
        """Return whether this was the latest word there already, and said nothing to us then."""
        was = self.before.cells.get(cell.key)
        return any(
            (each.system, each.kind, each.word) == (cell.system, *_word(cell))
            and cell.subject in {each.subject, THE_ORDER}
            and (was is None or each.said_at >= was.said_at)
            for each in self.before.passed_over.values()
        )

    @cached_property
    def read_now(self) -> Matrix:
        """The facts from before as the same words are read now."""
        if not self.reread:
            return self.before
        cells = dict(self.before.cells)
        for key, cell in self.reread.items():
            was = cell if self._was_passed_over(cell) else cells.get(key, cell)
            cells[key] = replace(was, state=cell.state)
        return replace(self.before, cells=cells)

    @cached_property
    def speakers(self) -> frozenset[str]:
        """Who said something that it had not said before."""
        held, after = self.read_now, self.after
        cells = {
            cell.system
            for key, cell in after.cells.items()
            if cell is not held.cells.get(key) and _said(cell) != _said(held.cells.get(key))
        }
        told = {
            known.system
            for key, known in after.known.items()
            if known is not held.known.get(key)
            and known.particulars != held.particulars(known.system, known.subject)
        }
        if after.refs is held.refs:
            return frozenset(cells | told)
        names = {ref.scope for ref in after.refs if ref not in held.refs}
        return frozenset(cells | told | (names & self.accord.systems.keys()))

    @cached_property
    def _truth_before(self) -> Truth:
        return truth(self.read_now, self.accord)

    def why(self, system: str) -> str:
        """Return what led to a repair, in words that are the same for the same cause."""
        for cell in self.reread.values():
            says = f"{cell.system} says {cell.word!r} as before"
            return f"{says}, and it is read as {_plain(cell)} now"
        for key, cell in self.after.cells.items():
            was = self.before.cells.get(key)
            if cell.system == system and _said(cell) != _said(was):
                return f"{system} went over to {cell.word!r} ({_plain(cell)}) by itself"
        if system in self.speakers:
            return f"{system} changed what it holds by itself"
        return f"{system} was out of step, and nobody at work on it"


def _word(cell: Cell) -> tuple[str, str]:
    return cell.kind, cell.word


def _said(cell: Cell | None) -> tuple[object, ...]:
    return () if cell is None else (cell.kind, cell.word, cell.state, cell.happened_at)


def _facets(so: Truth) -> tuple[object, ...]:
    """Return what of a truth a mirror may have to follow."""
    parcels = [
        (each.group.id, each.fulfillment, each.delivery)
        for each in so.parcels
        if each.fulfillment is not None or each.delivery is not None
    ]
    returns = [(each.group.id, each.state) for each in so.returns]
    return so.order, so.payment, so.progress, so.wanted, so.shipped, parcels, returns


def _plain(cell: Cell) -> str:
    return cell.state.replace("_", " ")
