"""Play the story from beginning to end: people act, hooks fly, Accord works, time passes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from accord.demo.deafness import Deafness, in_words
from accord.demo.lookout import Lookout
from accord.demo.mischief import Found, Mischief
from accord.demo.network import Network, Traffic
from accord.demo.scenarios import DAY, HOUR, Life
from accord.demo.stack import Stack
from accord.demo.story import Story
from accord.domain.action import action_name
from accord.domain.matrix import Matrix
from accord.engine.ports import Attempt

# After the last deed, feeds are still read and what is under way still arrives.
QUIET = 6 * HOUR
STEP = 2 * HOUR
# A story that has not ended by then is stuck; the expectations will say where.
LONGEST = 20 * DAY

Tell = Callable[[timedelta, list[str]], None]
Rest = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Played:
    """What was played: what was planted, and what was found; True where it had had its time.

    ``unsubscribed_at`` is when the shop took a subscription away.
    """

    lives: dict[str, Life]
    traffic: Traffic
    lasted: timedelta
    planted: frozenset[Found]
    found: dict[Found, bool]
    unsubscribed_at: datetime | None


async def play(
    stack: Stack, lives: list[Life], *, tell: Tell, rest: Rest, step: timedelta = STEP
) -> Played:
    """Play ``lives`` to their end; ``tell`` hears each step's sentences, ``rest`` sets the pace."""
    chance = Random(stack.world.chance.getrandbits(32))  # noqa: S311 - a story, not a secret
    deafness = Deafness(stack)
    network = Network(stack.post, chance, frozenset({"shop"}), deafness.takes)
    story = Story(stack, lives)
    mischief, lookout = Mischief(stack.down), Lookout(stack)
    begin = stack.world.now
    quiet_since = None
    while stack.world.now - begin < LONGEST:
        at = stack.world.now - begin
        tell(at, story.go_on())
        tell(at, mischief.begin(story, stack.world.now))
        await _exchange(stack, network, last=story.ended)
        tell(at, [*deafness.told(), *_hook_news(stack)])
        tell(at, await _attempts(stack))
        tell(at, await lookout.look(now_or_never=bool(mischief.down)))
        if not story.ended:
            quiet_since = None
        elif quiet_since is None:
            quiet_since = stack.world.now
        elif stack.world.now - quiet_since >= QUIET and network.empty:
            break
        stack.world.pass_time(step)
        tell(stack.world.now - begin, mischief.end(stack.world.now))
        await rest()
    return Played(
        dict(story.lives),
        network.traffic,
        stack.world.now - begin,
        frozenset(mischief.planted),
        lookout.found,
        deafness.gone_at,
    )


def _hook_news(stack: Stack) -> list[str]:
    """Return what Accord found of subscriptions since the last step, as sentences."""
    told = in_words(stack.hook_news)
    stack.hook_news.clear()
    return told


async def _attempts(stack: Stack) -> list[str]:
    """Return what Accord asked of the systems since the last step, as sentences."""
    orders = await stack.store.load({attempt.order for attempt in stack.attempts})
    told = [_in_words(attempt, orders[attempt.order]) for attempt in stack.attempts]
    stack.attempts.clear()
    return told


def _in_words(attempt: Attempt, order: Matrix) -> str:
    number = order.number or "?"
    what = action_name(type(attempt.action)).replace("_", " ")
    came = action_name(type(attempt.outcome))
    return f"    Accord asks {attempt.system}: {what} #{number} ({came})"


async def _exchange(stack: Stack, network: Network, *, last: bool) -> None:
    """Deliver hooks and let Accord work, until what it does makes no further hooks."""
    while True:
        hooks = stack.world.sent[:]
        stack.world.sent.clear()
        await network.deliver(hooks, last=last)
        await stack.engine.settle()
        if not stack.world.sent:
            return
