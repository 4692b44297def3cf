"""What happened in one seed: the trace that must repeat, what was reached, what was wrong."""

import hashlib
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from accord.connector_kit.simulator import World


class Chronicle:
    """Told by everybody, in the order of the world's time.

    ``wrong`` holds what must never be, ``reached`` the rare branches this seed came through.
    """

    def __init__(self, world: World, echo: Callable[[str], None] | None = None) -> None:
        self.wrong: list[str] = []
        self.reached: Counter[str] = Counter()
        self.lines = 0
        self._world = world
        self._began: datetime = world.now
        self._echo = echo
        self._digest = hashlib.sha256()

    def tell(self, who: str, what: str) -> None:
        """Add a line to the trace."""
        line = f"{self._world.now - self._began} {who:<12} {what}"
        self.lines += 1
        self._digest.update(line.encode())
        self._digest.update(b"\n")
        if self._echo is not None:
            self._echo(line)

    def reach(self, branch: str) -> None:
        """Note that a rare branch was taken."""
        self.reached[branch] += 1

    def blame(self, what: str) -> None:
        """Note something that must never be; the story goes on, so that all of it is told."""
        self.tell("WRONG", what)
        self.wrong.append(what)

    @property
    def trace(self) -> str:
        """What two playings of one seed have in common."""
        return self._digest.hexdigest()
