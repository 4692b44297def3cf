"""A mirror's own change under the rule ``ask``: noticed, and in the end decided by a person."""

from enum import StrEnum

from msgspec import Struct

from accord.domain.tracks import State


class Verdict(StrEnum):
    """What a person decided about a mirror's own change."""

    REVERT = "revert"
    ADOPT = "adopt"


class Ruling(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A mirror went over to ``state`` by itself while its owner said ``against``.

    It is of that change only: once either of them says something else it means nothing. Without
    a verdict nothing is done on that row.
    """

    state: State
    against: State
    verdict: Verdict | None = None

    def is_about(self, said: State | None, owner: State | None) -> bool:
        """Return whether mirror and owner still stand as they did."""
        return (said, owner) == (self.state, self.against)
