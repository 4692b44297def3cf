"""What a message about incidents says: one for all that came about in one look, worst first."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from msgspec import Struct

from accord.domain.alert import Alert, Telling, Told
from accord.domain.alert_rules import AlertRules, RuleName

# More in one message are counted, not listed: nobody reads a hundred.
LISTED = 10

_HEADS = {
    Telling.OPENED: "",
    Telling.WORSE: "Worse: ",
    Telling.STILL: "Still so: ",
    Telling.CLOSED: "Over: ",
}


class Message(Struct, frozen=True, kw_only=True):
    """One message to one channel. Two with one ``key`` on one channel are one."""

    key: str
    channel: str
    title: str
    text: str


def messages(told: Sequence[Told], rules: AlertRules, zone: tzinfo, now: datetime) -> list[Message]:
    """Return what each channel hears: one message, however much there is to tell.

    Times are told by the clock of ``zone``.
    """
    ordered = sorted(told, key=_urgency)
    found = []
    for channel in rules.channels:
        heard = [one for one in ordered if channel in rules.channels_of(one.alert.rule)]
        if heard:
            key = f"{channel} {now.isoformat()}"
            text = _text(heard, rules, zone)
            found.append(Message(key=key, channel=channel, title=_title(heard), text=text))
    return found


def subject(alert: Alert) -> str:
    """Return an incident as one line: ``link down: books``."""
    return f"{alert.rule.replace('_', ' ')}{': ' if alert.key else ''}{alert.key}"


def most_pressing(alert: Alert) -> tuple[int, str]:
    """Return the place of an incident among others, the most pressing first."""
    places = {name: place for place, name in enumerate(RuleName)}
    return (places[alert.rule], alert.key)


def _urgency(told: Told) -> tuple[bool, int, str]:
    return (told.telling is Telling.CLOSED, *most_pressing(told.alert))


def _title(heard: Sequence[Told]) -> str:
    first = heard[0]
    more = f" and {len(heard) - 1} more" if len(heard) > 1 else ""
    return f"Accord: {_HEADS[first.telling].lower()}{subject(first.alert)}{more}"


def _text(heard: Sequence[Told], rules: AlertRules, zone: tzinfo) -> str:
    parts = [_one(told, rules, zone) for told in heard[:LISTED]]
    if len(heard) > LISTED:
        parts.append(f"{len(heard) - LISTED} more: see accord alerts list.")
    return "\n\n".join(parts)


def _one(told: Told, rules: AlertRules, zone: tzinfo) -> str:
    alert = told.alert
    since = moment_at(alert.noted_at, zone)
    if told.telling is Telling.CLOSED and alert.closed_at is not None:
        ended = moment_at(alert.clear_since or alert.closed_at, zone)
        return f"Over: {subject(alert)}. From {since} to {ended}."
    first = "" if told.telling is Telling.STILL else f"\n{rules.rules[alert.rule].first_response}"
    return f"{_HEADS[told.telling]}{subject(alert)}. {alert.what}\nSince {since}.{first}"


def moment_at(value: datetime, zone: tzinfo) -> str:
    """Return a time to the minute by the clock of ``zone``, with its name."""
    return f"{value.astimezone(zone):%Y-%m-%d %H:%M %Z}"
