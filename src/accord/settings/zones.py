"""Reading a time zone by its name."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from accord.domain.finding import Code, did_you_mean
from accord.settings.tables import Table


def read_zone(table: Table) -> str | None:
    """Return the time zone of a table, None where it is absent or none."""
    name = table.text("time_zone", "Europe/Berlin")
    if name is None or is_time_zone(name):
        return name
    near = did_you_mean(name, available_timezones())
    table.notes.add(
        Code.UNKNOWN_TIME_ZONE,
        (*table.path, "time_zone"),
        f"{name!r} is no time zone.",
        f'{near}Use a name of the IANA list, such as "Europe/Berlin" or "America/New_York".',
    )
    return None


def is_time_zone(name: str) -> bool:
    """Return whether ``name`` is a time zone of the IANA list."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
