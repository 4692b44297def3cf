"""What is in hand while mirrors are brought into step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from accord.domain.action import Action
from accord.domain.matrix import Matrix
from accord.domain.outcome import Outcome, Refused, Throttled, Unauthorized, Unavailable, Unneeded
from accord.engine.addresses import Found
from accord.engine.ports import Link, Task
from accord.engine.traffic import Wait

NOT_DONE = (Throttled, Unavailable, Unauthorized)


@dataclass(slots=True)
class Turn:
    """Work claimed together at one link."""

    link: Link
    urgent: bool
    probe: bool
    claimed_at: datetime
    matrices: Mapping[str, Matrix] = field(default_factory=dict)
    asked: bool = False


@dataclass(slots=True)
class Work:
    """One order in hand, with what it lacks at the mirror and where its parcels go."""

    task: Task
    turn: Turn
    matrix: Matrix
    actions: Sequence[Action]
    where: Found | None
    asked: bool = False
    is_unseen: bool = False  # whether something was done that was not read back
    outcome: Outcome = field(default_factory=Unneeded)
    wait: Wait | None = None
    refused: list[tuple[Action, Refused]] = field(default_factory=list)
