"""One incident is told once, told when it gets worse, told to be over, and never in a storm."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from accord.domain.alert import CALM, QUIET, SAME_WITHIN, Alert, Condition, Steps, Telling, follow
from accord.domain.alert_rules import USUAL, AlertRules, RuleName
from accord.domain.alert_text import LISTED, messages

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RULES = AlertRules(rules=USUAL, channels=("ops", "lead"))
DOWN = Condition(rule=RuleName.DOWN, key="books", figure=1, what="books does not answer.")
WORD = Condition(rule=RuleName.UNKNOWN_WORD, key="shop: x", figure=3, what="shop says 'x'.")
DEAD = Condition(rule=RuleName.DEAD_LETTERS, key="books", figure=2, what="2 were given up.")


class Desk:
    """Keeps incidents as a store does."""

    def __init__(self, rules: AlertRules = RULES) -> None:
        self.rules = rules
        self.alerts: dict[int, Alert] = {}
        self.told: list[tuple[datetime, Telling, Alert]] = []

    def look(self, now: datetime, *conditions: Condition) -> Steps:
        known = [
            alert
            for alert in self.alerts.values()
            if alert.closed_at is None or now - alert.closed_at < SAME_WITHIN
        ]
        steps = follow(known, conditions, self.rules, now)
        for alert in steps.forgotten:
            del self.alerts[alert.id]
        for alert in steps.alerts:
            number = alert.id or max(self.alerts, default=0) + 1
            self.alerts[number] = replace(alert, id=number)
        self.told += [(now, one.telling, one.alert) for one in steps.told]
        return steps

    @property
    def heard(self) -> list[Telling]:
        return [telling for _, telling, _ in self.told]


def test_what_is_so_is_told_once_however_often_it_is_seen():
    desk = Desk()
    for minute in range(50):
        desk.look(NOW + minute * MINUTE, WORD)

    assert desk.heard == [Telling.OPENED]


def test_what_must_last_is_told_only_once_it_has():
    desk = Desk()
    for minute in range(5):
        desk.look(NOW + minute * MINUTE, DOWN)
    early = desk.heard
    desk.look(NOW + 5 * MINUTE, DOWN)

    assert early == []
    assert desk.heard == [Telling.OPENED]


def test_what_is_known_to_last_for_long_is_told_at_first_sight():
    desk = Desk()
    desk.look(NOW, replace(DOWN, since=NOW - 6 * MINUTE))

    assert desk.heard == [Telling.OPENED]


def test_what_clears_before_anybody_was_called_is_forgotten():
    desk = Desk()
    desk.look(NOW, DOWN)
    desk.look(NOW + MINUTE)

    assert desk.heard == []
    assert desk.alerts == {}


def test_the_end_is_told_once_it_has_been_calm_for_a_while():
    desk = Desk()
    desk.look(NOW, DEAD)
    for minute in range(1, 30):
        desk.look(NOW + minute * MINUTE)

    assert desk.heard == [Telling.OPENED, Telling.CLOSED]
    assert desk.told[1][0] == NOW + MINUTE + CALM


def test_what_swings_about_its_limit_is_one_incident():
    desk = Desk()
    for minute in range(60):
        desk.look(NOW + minute * MINUTE, *([DEAD] if minute % 5 else []))

    assert desk.heard == [Telling.OPENED]
    assert [alert.times for alert in desk.alerts.values()] == [1]


def test_what_comes_back_soon_is_the_same_incident_and_is_told_again_only_after_a_while():
    desk = Desk()
    desk.look(NOW, DEAD)
    for minute in range(1, 20):
        desk.look(NOW + minute * MINUTE)
    for minute in range(20, 120):
        desk.look(NOW + minute * MINUTE, DEAD)

    assert desk.heard == [Telling.OPENED, Telling.CLOSED, Telling.OPENED]
    assert desk.told[2][0] - desk.told[1][0] >= QUIET
    assert [alert.times for alert in desk.alerts.values()] == [2]


def test_it_is_told_when_it_gets_twice_as_bad_and_again_every_day():
    desk = Desk()
    desk.look(NOW, DEAD)
    desk.look(NOW + 2 * QUIET, replace(DEAD, figure=5))
    desk.look(NOW + 4 * QUIET, replace(DEAD, figure=6))
    desk.look(NOW + 2 * QUIET + RULES.remind_after, replace(DEAD, figure=6))

    assert desk.heard == [Telling.OPENED, Telling.WORSE, Telling.STILL]


def test_a_rule_that_is_off_or_below_its_limit_says_nothing():
    off = replace(USUAL[RuleName.DEAD_LETTERS], on=False)
    patient = replace(USUAL[RuleName.UNKNOWN_WORD], more_than=3)
    rules = {**USUAL, RuleName.DEAD_LETTERS: off, RuleName.UNKNOWN_WORD: patient}
    desk = Desk(replace(RULES, rules=rules))
    desk.look(NOW, DEAD, WORD)

    assert desk.heard == []
    assert desk.alerts == {}


MINUTES = st.lists(st.sets(st.sampled_from([DEAD, DOWN, WORD])), max_size=200)


@given(MINUTES)
def test_whatever_happens_each_end_follows_a_beginning_and_nobody_is_called_twice_an_hour(minutes):
    desk = Desk()
    for minute, conditions in enumerate(minutes):
        desk.look(NOW + minute * MINUTE, *conditions)
    for minute in range(len(minutes), len(minutes) + 15):
        desk.look(NOW + minute * MINUTE)

    for name in {alert.name for _, _, alert in desk.told}:
        told = [(at, telling) for at, telling, alert in desk.told if alert.name == name]
        tellings = [telling for _, telling in told]
        calls = [at for at, telling in told if telling is not Telling.CLOSED]
        assert tellings[0] is Telling.OPENED
        assert tellings[-1] is Telling.CLOSED
        assert all(b - a >= QUIET for a, b in pairwise(calls))
        ends = [n for n, telling in enumerate(tellings) if telling is Telling.CLOSED]
        assert all(b - a > 1 for a, b in pairwise(ends))
    assert all(alert.closed_at for alert in desk.alerts.values())


def test_a_hundred_at_once_are_one_message_the_most_pressing_first():
    many = [replace(DEAD, key=f"s{n}") for n in range(99)]
    pressing = Condition(rule=RuleName.CASES, key="x", figure=1, what="It left all the same.")
    told = Desk().look(NOW, *many, pressing).told

    found = messages(told, RULES, UTC, NOW)

    assert [message.channel for message in found] == ["ops", "lead"]
    assert found[0].title == "Accord: pressing cases: x and 99 more"
    assert found[0].text.count("Since") == LISTED
    assert "90 more" in found[0].text


def test_a_channel_hears_only_of_the_rules_that_call_it():
    mine = replace(USUAL[RuleName.DEAD_LETTERS], to=("lead",))
    rules = replace(RULES, rules={**USUAL, RuleName.DEAD_LETTERS: mine})
    told = Desk(rules).look(NOW, DEAD).told

    found = messages(told, rules, UTC, NOW)

    assert [message.channel for message in found] == ["lead"]
    assert mine.first_response in found[0].text
