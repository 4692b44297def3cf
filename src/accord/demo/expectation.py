"""One thing that must be so at the end of the story."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that must be so. ``broken`` names the orders or parts on which it is not."""

    name: str
    held: bool
    broken: tuple[str, ...] = ()


def expect(name: str, broken: Iterable[str]) -> Expectation:
    """Return an expectation that is held unless something is broken."""
    found = tuple(broken)
    return Expectation(name, not found, found)
