"""Reading [alerts]: who is called when something is wrong, by which channel, from when on."""

import re
from collections.abc import Mapping
from datetime import time

from msgspec.structs import replace

from accord.domain.alert_rules import USUAL, AlertRules, Rule, RuleName
from accord.domain.errors import UnusableInputError
from accord.domain.finding import Code, did_you_mean, listed
from accord.settings.credentials import secret, variable
from accord.settings.tables import Table
from accord.settings.zones import read_zone

MOST = 1_000_000_000
NEVER = "never"
_CHANNEL = re.compile(r"[a-z][a-z0-9_]*")


def read_alerts(root: Table) -> AlertRules:
    """Return who is called for what; where the file says nothing, the usual rules and nobody."""
    table = root.table("alerts")
    given = AlertRules(rules=USUAL)
    channels = _channels(table)
    rules = AlertRules(
        rules={name: _rule(name, table, channels) for name in RuleName},
        channels=channels,
        digest_at=_digest(table, given),
        time_zone=read_zone(table) or given.time_zone,
        remind_after=table.length("remind_after") or given.remind_after,
    )
    table.finish()
    return rules


def _channels(table: Table) -> tuple[str, ...]:
    names = table.texts("channels") or ()
    for name in names:
        if not _CHANNEL.fullmatch(name):
            table.notes.add(
                Code.BAD_NAME,
                (*table.path, "channels"),
                f"{name!r} cannot be part of a variable's name.",
                "Use small letters, digits and underscores, beginning with a letter.",
            )
    return tuple(dict.fromkeys(names))


def _digest(table: Table, given: AlertRules) -> time | None:
    text = table.text("digest")
    if text is None:
        return given.digest_at
    if text == NEVER:
        return None
    try:
        return time.fromisoformat(text)
    except ValueError:
        table.notes.add(
            Code.UNREADABLE_TIME,
            (*table.path, "digest"),
            f"{text!r} is no time of day.",
            'Write hours and minutes, digest = "07:00", or digest = "never".',
        )
        return None


def _rule(name: RuleName, alerts: Table, channels: tuple[str, ...]) -> Rule:
    usual = USUAL[name]
    if name not in alerts:
        return usual
    table = alerts.table(name)
    to = table.texts("to") or ()
    for channel in to:
        if channel not in channels:
            table.notes.add(
                Code.UNKNOWN_CHANNEL,
                (*table.path, "to"),
                f"{channel!r} is no channel of this accord.",
                f"{did_you_mean(channel, channels)}alerts.channels has {listed(channels)}.",
            )
    more_than, on = table.number("more_than", 0, MOST), table.flag("on")
    rule = replace(
        usual,
        more_than=usual.more_than if more_than is None else more_than,
        within=table.length("within") or usual.within,
        lasts=table.length("lasts") or usual.lasts,
        first_response=table.text("first_response") or usual.first_response,
        to=to,
        on=usual.on if on is None else on,
    )
    table.finish()
    return rule


def channel_addresses(rules: AlertRules, environment: Mapping[str, str]) -> dict[str, str]:
    """Return where each channel leads; an address opens it, so it is a secret.

    Raises ``UnusableInputError`` where one is missing or given in a way that must not be used.
    """
    addresses = {}
    for name in rules.channels:
        address = secret(f"alerts_{name}", "url", environment)
        if not address:
            named = variable(f"alerts_{name}", "url")
            message = (
                f"Set {named}, or {named}_FILE, to where the channel {name} leads, as an Apprise "
                "address: slack://…, msteams://…, mailtos://…, pagerduty://… "
            ).strip()
            raise UnusableInputError(message)
        addresses[name] = address
    return addresses
