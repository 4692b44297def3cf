"""What the accord says about alerts: which rules there are, whom they call, what to do first."""

from collections.abc import Mapping
from datetime import time, timedelta
from enum import StrEnum

from msgspec import Struct


class RuleName(StrEnum):
    """What may be wrong, the most pressing first. A closed set."""

    CASES = "pressing_cases"
    STOPPED = "stopped_by_accord"
    UNAUTHORIZED = "link_unauthorized"
    DOWN = "link_down"
    SUBSCRIPTION = "missing_subscription"
    SILENCE = "silence"
    HOLES = "open_holes"
    DRIFT = "drifting_orders"
    HOOKS = "failing_hooks"
    QUEUE = "slow_queue"
    LATENCY = "latency_at_risk"
    DEAD_LETTERS = "dead_letters"
    UNKNOWN_WORD = "unknown_word"
    STALLED = "stalled_orders"
    PAUSED = "paused"
    REVIEW = "review_due"


class Rule(Struct, frozen=True, kw_only=True):
    """When something is worth an alert, and what whoever is called does first.

    There is an alert where the figure is above ``more_than`` for as long as ``lasts``. The figure
    is taken over ``within``, where it is one of a time. ``to`` names channels; empty: all of them.
    """

    name: RuleName
    more_than: int
    first_response: str
    within: timedelta = timedelta(hours=1)
    lasts: timedelta = timedelta(0)
    to: tuple[str, ...] = ()
    on: bool = True


class AlertRules(Struct, frozen=True, kw_only=True):
    """The rules in force, the channels by name, and when the digest of the day is sent.

    ``digest_at`` is by the clock of ``time_zone``, an IANA name; None: no digest. What is still
    open is told again after ``remind_after``. The addresses of the channels are not here.
    """

    rules: Mapping[RuleName, Rule]
    channels: tuple[str, ...] = ()
    digest_at: time | None = time(7)
    time_zone: str = "UTC"
    remind_after: timedelta = timedelta(days=1)

    def channels_of(self, name: RuleName) -> tuple[str, ...]:
        """Return the channels that hear of a rule."""
        return self.rules[name].to or self.channels


_FIVE_MINUTES = timedelta(minutes=5)

_GIVEN: tuple[Rule, ...] = (
    Rule(
        name=RuleName.CASES,
        more_than=0,
        first_response="Goods leave, or may leave, that nobody wants to leave. Run accord cases "
        "list and take the first one: each says whom to call.",
    ),
    Rule(
        name=RuleName.STOPPED,
        more_than=0,
        first_response="Accord stopped writing by itself, since something is not as it must be. "
        "Run accord status, read why, put right what it names, then run accord resume.",
    ),
    Rule(
        name=RuleName.UNAUTHORIZED,
        more_than=0,
        first_response="The system refuses our credentials: renew them there, give them to Accord, "
        "and start it again. Nothing is lost meanwhile.",
    ),
    Rule(
        name=RuleName.DOWN,
        more_than=0,
        lasts=_FIVE_MINUTES,
        first_response="See whether the vendor reports an outage. Accord tries again by itself and "
        "catches up; nothing is to be sent again by hand.",
    ),
    Rule(
        name=RuleName.SUBSCRIPTION,
        more_than=0,
        lasts=_FIVE_MINUTES,
        first_response="The system stopped telling us of changes and its subscription could not be "
        "made again. Read why on the page of the links; changes come by the feed meanwhile.",
    ),
    Rule(
        name=RuleName.SILENCE,
        more_than=0,
        first_response="Nothing came in an hour in which something always comes. Look into the "
        "system itself: are there orders? If so, run accord sweep, and see to its subscriptions.",
    ),
    Rule(
        name=RuleName.HOLES,
        more_than=0,
        lasts=timedelta(hours=1),
        first_response="The system lists changes that Accord could not take in. Run accord census "
        "to see which, and accord quarantine list to see why.",
    ),
    Rule(
        name=RuleName.DRIFT,
        more_than=5,
        first_response="Run accord drift list: the causes stand first, and one fix often settles "
        "all orders of a cause. Do not correct orders by hand before that.",
    ),
    Rule(
        name=RuleName.HOOKS,
        more_than=5,
        first_response="Deliveries are refused more often than usual. If their proof is wrong, a "
        "secret was changed on one side only; if we were busy, look at the database.",
    ),
    Rule(
        name=RuleName.QUEUE,
        more_than=120,
        first_response="What came in waits too long to be read. See that a process with the role "
        "work runs, and whether reading is paused: accord status.",
    ),
    Rule(
        name=RuleName.LATENCY,
        more_than=5,
        first_response="Changes reach the others later than the accord promises. Run accord status "
        "and look for the slowest system: is it down, throttled or paused?",
    ),
    Rule(
        name=RuleName.DEAD_LETTERS,
        more_than=0,
        first_response="Work was given up. Run accord dead-letters list, remove the cause, then "
        "run accord retry.",
    ),
    Rule(
        name=RuleName.UNKNOWN_WORD,
        more_than=0,
        first_response="A system uses a word that the accord does not know. Find out what it means "
        "there, add it under [[systems.NAME.words]], and start Accord again: what waited is read.",
    ),
    Rule(
        name=RuleName.STALLED,
        more_than=0,
        lasts=timedelta(minutes=15),
        first_response="Orders stay in a stage longer than they should. Run accord drift list "
        "--pattern stalled_stage and ask whoever does that step.",
    ),
    Rule(
        name=RuleName.PAUSED,
        more_than=0,
        lasts=timedelta(hours=4),
        first_response="Somebody paused this and it is still paused. If the reason is gone, run "
        "accord resume.",
    ),
    Rule(
        name=RuleName.REVIEW,
        more_than=0,
        first_response="Read the accord file again with whoever runs the systems: words, owners, "
        "stages, people. Then run accord reviewed.",
    ),
)

USUAL: Mapping[RuleName, Rule] = {rule.name: rule for rule in _GIVEN}

_MEANINGS: Mapping[RuleName, str] = {
    RuleName.CASES: "Open cases of goods that left, or may leave, after they were called off.",
    RuleName.STOPPED: "Accord itself stopped: an invariant is broken, or repairs were too many.",
    RuleName.UNAUTHORIZED: "A system refuses our credentials.",
    RuleName.DOWN: "A system does not answer.",
    RuleName.SUBSCRIPTION: "A system's subscription is gone and could not be made again.",
    RuleName.SILENCE: "A system is silent in an hour of the week in which it usually is not.",
    RuleName.HOLES: "Changes that a system lists and Accord could not take in.",
    RuleName.DRIFT: "Orders on which a system disagrees with the truth after its time.",
    RuleName.HOOKS: "Deliveries refused, where that is three times the usual share as well.",
    RuleName.QUEUE: "Seconds that the oldest of what was received has waited to be read.",
    RuleName.LATENCY: "Changes later than `latency_target`, lately and for longer.",
    RuleName.DEAD_LETTERS: "Work that was given up.",
    RuleName.UNKNOWN_WORD: "Envelopes in quarantine for a word in no vocabulary.",
    RuleName.STALLED: "Orders that stay in a stage longer than its `stall_after`.",
    RuleName.PAUSED: "What a person paused and nobody resumed.",
    RuleName.REVIEW: "Days since the accord file should have been read again.",
}


def rule_meanings() -> Mapping[RuleName, str]:
    """Return what each rule counts, one sentence each, the most pressing first."""
    return _MEANINGS


def usual_rules() -> AlertRules:
    """Return what holds where the accord says nothing of alerts: every rule, and no channel."""
    return AlertRules(rules=USUAL)
