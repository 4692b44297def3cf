"""Reading canonical states written in the file."""

from accord.domain.finding import Code, Path, did_you_mean, listed
from accord.domain.tracks import State
from accord.domain.vocabulary_proof import COLUMNS
from accord.settings.tables import Notes


def read_state(text: object, column: str, where: Path, notes: Notes) -> State | None:
    """Return the state written as ``text`` under ``column``, or None if there is none such.

    Whether it belongs to the column is for the proof to say.
    """
    if isinstance(text, str) and text in {str(state) for state in State}:
        return State(text)
    known = COLUMNS.get(column) or tuple(State)
    if not isinstance(text, str):
        what = "A state is written as a text."
        notes.add(Code.WRONG_TYPE, where, what, f'Use one of {listed(known)}, as in "{known[0]}".')
        return None
    notes.add(
        Code.UNKNOWN_STATE,
        where,
        f"{text!r} is no state of any track.",
        f"{did_you_mean(text, known)}The states of {column} are {listed(known)}."
        if column in COLUMNS
        else did_you_mean(text, known) or "See the list of states in the reference.",
    )
    return None
