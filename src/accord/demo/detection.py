"""Whether all that was planted was found, repaired or raised, and nothing else."""

from accord.demo.expectation import Expectation, expect
from accord.demo.lookout import MOST
from accord.demo.mischief import ASTRAY, NEW_WORD_SAID, SENT_THOUGH_CANCELLED
from accord.demo.play import Played
from accord.demo.scenarios import DAY, Life
from accord.demo.stack import Stack
from accord.demo.story import NEW_WORD
from accord.domain.case import CaseKind
from accord.domain.drift import DriftPattern
from accord.engine.case_desk import EVERY_OPEN, Sought


async def detections(stack: Stack, played: Played) -> list[Expectation]:
    """Return what must have come of everything that went wrong."""
    return [
        *_found(played),
        expect("nothing but the new word is in quarantine", await _set_aside(stack, played)),
        expect("the new word means nothing to anybody", await _meant(stack)),
        expect(
            "who can stop a parcel of a cancelled order is called", await _uncalled(stack, played)
        ),
    ]


async def with_cases(stack: Stack) -> frozenset[str]:
    """Return the orders of which an open case tells what a person has to do."""
    cases = await stack.store.cases.cases(EVERY_OPEN, stack.world.now, MOST)
    return frozenset(case.order for case in cases)


def _found(played: Played) -> list[Expectation]:
    """Return whether what was planted was found, and nothing else."""
    missed = sorted(f"{p} on {n}" for p, n in played.planted - played.found.keys())
    astray = {number for number, life in played.lives.items() if life.kind in ASTRAY}
    invented = sorted(
        f"{pattern} on {number}"
        for (pattern, number), had_its_time in played.found.items()
        if had_its_time and number not in astray and not _rests(pattern, played.lives[number])
    )
    patterns = len({pattern for pattern, _ in played.planted})
    return [
        expect(f"what was planted was found ({len(played.planted)}, {patterns} ways)", missed),
        expect(f"nothing else was found ({len(played.found)} looked at)", invented),
    ]


def _rests(pattern: DriftPattern, life: Life) -> bool:
    """Return whether an order really stays where it is for longer than its stage allows."""
    slow = life.ships_after is not None or life.packers_wait > DAY
    return pattern is DriftPattern.STALLED_STAGE and slow


async def _set_aside(stack: Stack, played: Played) -> list[str]:
    """Return what else is in quarantine; or the new word, where it was said and is not."""
    words = {one.word.casefold() for one in await stack.store.desk.grounds()}
    said = NEW_WORD_SAID in {life.kind for life in played.lives.values()}
    return sorted(words ^ ({NEW_WORD} if said else set()))


async def _meant(stack: Stack) -> list[str]:
    found: list[str] = []
    before: str | None = None
    while lines := await stack.store.orders(before=before, limit=500):
        for line in lines:
            words = {cell.word.casefold() for cell in line.matrix.cells.values()}
            found += [line.order] * (NEW_WORD in words)
        before = lines[-1].order
    return found


async def _uncalled(stack: Stack, played: Played) -> list[str]:
    sought = Sought(kind=CaseKind.SHIPPED_AFTER_CANCEL)
    cases = await stack.store.cases.cases(sought, stack.world.now, MOST)
    called = {f"#{case.number}" for case in cases}
    sent = {n for n, life in played.lives.items() if life.kind == SENT_THOUGH_CANCELLED}
    return sorted(called ^ sent)
