"""What every bench prints: its figures, the bare road's, how they compare, and on what."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from accord.domain.errors import AccordError

Figure = float | int | str | bool | None

# How far a bench is: what it does now, and how much of it is done, from 0 to 1.
Tell = Callable[[str, float], None]


class Measured(Struct, frozen=True, kw_only=True):
    """One measurement. Every figure has its unit in its name.

    ``ratio`` compares with the bare road, which does the least that the same work can cost:
    above 1 is better than it.
    """

    figures: Mapping[str, Figure]
    baseline: Mapping[str, Figure]
    ratio: float
    setting: Mapping[str, Figure]


class LostError(AccordError):
    """What was answered for is not where it should be: the figures mean nothing."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} The figures mean nothing; report this as a fault.")
