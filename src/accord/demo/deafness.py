"""A topic whose hooks reach nobody, until the shop gives up on it and sends it no more."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from accord.connector_kit.simulator import Hook
from accord.demo.expectation import Expectation, expect
from accord.demo.scenarios import HOUR
from accord.demo.stack import Stack
from accord.engine.subscription_book import SubscriptionLine
from accord.engine.subscriptions import WAIT_FOR_SWEEP, hook_address

SHOP = "shop"
TOPIC = "orders/updated"
# In the middle of a day: by then the shop has much to say, and no nightly sweep is near.
BEGINS = 30 * HOUR
# More sweeps of one system than a story has nights.
MOST = 100
NAME = "a subscription the shop took away is there again, and its gap was read"


@dataclass(slots=True)
class Deafness:
    """Hooks of one topic find no way to us; after eight of them the shop takes it off its list.

    ``gone_at`` is when it did.
    """

    stack: Stack
    gone_at: datetime | None = None
    _begin: datetime = field(init=False)
    _told: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._begin = self.stack.world.now + BEGINS

    def takes(self, hook: Hook) -> bool:
        """Return whether a hook is lost: before the shop gave up, or with its giving up."""
        now, topic = self.stack.world.now, (hook.system, hook.topic)
        if topic != (SHOP, TOPIC) or now < self._begin:
            return False
        if self.gone_at is not None:
            return not is_subscribed(self.stack)
        self.stack.shop.subscriptions.failed(TOPIC)
        if not is_subscribed(self.stack):
            self.gone_at = now
        return True

    def told(self) -> list[str]:
        """Return what is new of it since the last time, as sentences."""
        gone = [f"{SHOP} reached nobody with {TOPIC} eight times, and takes the subscription away"]
        told = gone if self.gone_at is not None and not self._told else []
        self._told += len(told)
        return told


def is_subscribed(stack: Stack) -> bool:
    """Return whether the shop itself has the topic on its list, for us."""
    ours = (TOPIC, hook_address(stack.accord.address, SHOP, TOPIC))
    rows = stack.shop.subscriptions.rows.values()
    return any((row.topic, row.address) == ours for row in rows)


def in_words(lines: Sequence[SubscriptionLine]) -> list[str]:
    """Return what Accord found of subscriptions, as sentences."""
    return [
        f"    Accord found that {line.system} sends no {line.topic} any more: "
        f"{line.trouble or 'subscribed again, the time without it is read'}"
        for line in lines
    ]


async def made_good(stack: Stack, gone_at: datetime | None) -> Expectation:
    """Return whether what the shop took away is there again, and what it did not send was read."""
    if gone_at is None:
        return expect(NAME, [])
    if not is_subscribed(stack):
        return expect(NAME, [TOPIC])
    lines = await stack.store.subscription_book.lines()
    again = {line.topic: line.made_again_at for line in lines if line.system == SHOP}[TOPIC]
    sweeps = await stack.store.sweeps.sweeps(SHOP, MOST)
    is_read = again is not None and any(
        one.ended_at is not None and one.since <= gone_at and one.until >= again - WAIT_FOR_SWEEP
        for one in sweeps
    )
    return expect(NAME, [] if is_read else ["its gap"])
