"""Books that hold many orders, edited by people behind our back, and asked to be put right."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from accord.domain.accord import Accord
from accord.domain.matrix import Matrix
from accord.domain.outcome import Applied
from accord.domain.report import Report
from accord.domain.vocabulary import Vocabulary
from accord.engine.ports import Document, Store
from tests.domain.stack import ordered, said, stack
from tests.domain.test_plan import work
from tests.engine.orders import MINUTE, SECOND, of
from tests.engine.plain import Plain, body

FIRST = 1
# What the books say once they did what was asked.
AFTER = {"Approve": "B", "CancelOrder": "H"}


class Call(NamedTuple):
    """One change that was asked for, and what shop and books held at that moment."""

    at: datetime
    number: int
    action: str
    held: tuple[str | None, str | None]


class Office:
    """A shop and books whose people do as they like, and one process or more of Accord."""

    def __init__(self, store: Store, accord: Accord | None = None, processes: int = 1) -> None:
        self.store = store
        self.accord = accord or stack()
        self.shop: dict[int, str] = {}
        self.books: dict[int, str] = {}
        self.booked: dict[int, int] = {}  # how many pieces, where somebody changed that
        self.written: list[tuple[int, str]] = []
        self.calls: list[Call] = []
        self.read: list[str] = []
        self.minute = FIRST
        self.work = [self._process() for _ in range(processes)]

    def _process(self) -> Plain:
        plain = Plain(self.accord, self.store)
        for name in ("shop", "books", "warehouse"):
            self._stand_behind(plain, name)
        if hasattr(self, "work"):
            plain.now = self.plain.now
        return plain

    def _stand_behind(self, plain: Plain, name: str) -> None:
        async def reread(ref):
            self.read.append(name)
            number = int(ref.value.lstrip("sb#"))
            return [Document("plain", body(*self.holds(name, number), more=str(plain.now)))]

        async def perform(action, order: Matrix):
            number = int((order.number or "").lstrip("#"))
            name_of_it = type(action).__name__
            self.written.append((number, name_of_it))
            held = (self.shop.get(number), self.books.get(number))
            self.calls.append(Call(plain.now, number, name_of_it, held))
            self.books[number] = AFTER.get(name_of_it, self.books[number])
            return Applied()

        vars(plain.hands[name]).update(reread=reread, perform=perform)

    @property
    def plain(self) -> Plain:
        return self.work[0]

    def holds(self, name: str, number: int) -> list[Report]:
        """Return what a system says of an order now."""
        self.minute += 1
        if name == "shop":
            return of(number, said("shop", "order", self.shop[number], minute=self.minute))
        told = {"A": self.booked[number]} if number in self.booked else None
        word, minute = self.books[number], self.minute
        return of(number, said("books", "SalesOrd", word, minute=minute, lines=told))

    async def place(self, numbers: Sequence[int]) -> None:
        """Let orders come about on which all systems agree."""
        for number in numbers:
            self.shop[number], self.books[number] = "open", "B"
            self.minute += 1
            told = work(f"se-{number}", "pending", {"A": 1})
            await self.plain.said(
                *of(number, *ordered(A=1)), *of(number, told), *self.holds("books", number)
            )
        await self.calm()
        self.written.clear()

    async def edit(self, number: int, word: str = "A", *, system: str = "books") -> None:
        """Let somebody change an order at a system, and the system say so."""
        (self.shop if system == "shop" else self.books)[number] = word
        await self.tell(number, system)

    async def tell(self, number: int, system: str = "books") -> None:
        """Let a system say once more what it holds."""
        await self.plain.hear(system, *self.holds(system, number))

    async def pass_time(self, until: timedelta, step: timedelta = 10 * SECOND) -> None:
        """Let time go by, with every process at work."""
        for _ in range(max(int(until / step), 1)):
            await self.calm()
            for plain in self.work:
                plain.now += step
        await self.calm()

    async def calm(self) -> None:
        for plain in self.work:
            await plain.engine.settle()

    def read_otherwise(self, system: str, vocabulary: Vocabulary) -> None:
        """Go on with another mapping."""
        known = self.accord.systems
        changed = replace(known[system], vocabulary=vocabulary)
        self.amend(replace(self.accord, systems={**known, system: changed}))

    def amend(self, accord: Accord) -> None:
        """Go on by another accord, as after a restart."""
        self.accord = accord
        self.work = [self._process() for _ in self.work]


HOUR = 60 * MINUTE
