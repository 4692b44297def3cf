"""The exceptions that need a person: listed, looked at, decided."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from accord.domain.case import CaseKind
from accord.domain.matrix import Matrix
from accord.engine.desk import Deed
from accord.engine.ports import Change


class CaseFile(Struct, frozen=True, kw_only=True):
    """One case of one order, open or not.

    ``order`` is Accord's own number of the order, ``number`` the one people read.
    ``opened_at`` is when it was noticed, ``counts_from`` when it began to count: until then it
    may clear and nobody is bothered. ``times`` counts how often it came about. ``closed_by`` is
    empty where it closed by itself.
    """

    id: int
    order: str
    number: str
    kind: CaseKind
    system: str
    subject: str
    what: str
    opened_at: datetime
    counts_from: datetime
    seen_at: datetime
    times: int = 1
    closed_at: datetime | None = None
    closed_by: str = ""
    why: str = ""


class Sought(Struct, frozen=True, kw_only=True):
    """Which cases are meant. What is empty restricts nothing; ``order`` is any name of one."""

    kind: CaseKind | None = None
    system: str = ""
    order: str = ""
    closed: bool = False


EVERY_OPEN = Sought()


class CaseDesk(Protocol):
    """What needs a person, and what people decided. Every store offers it as ``cases``."""

    async def cases(self, sought: Sought, now: datetime, limit: int) -> Sequence[CaseFile]:
        """Return cases that count at ``now``: open ones worst first, closed ones latest first."""

    async def count_cases(self, sought: Sought, now: datetime) -> int:
        """Return how many cases are meant."""

    async def case(self, number: int) -> CaseFile | None:
        """Return one case, open or closed."""

    async def close(self, number: int, deed: Deed) -> bool:
        """Close an open case for the deed's reason; return False if it is not open.

        It opens again only when something new is heard of the same thing.
        """

    async def rule(self, number: int, change: Callable[[Matrix], Change], deed: Deed) -> bool:
        """Change the order of an open case, close it, and put down what follows, all at once.

        ``change`` gets the order's facts as they are, in nobody else's hand. Returns False if
        the case is not open.
        """
