"""What the accord says about the sweep: when it is made, and how far back it looks."""

from datetime import timedelta

from msgspec import Struct


class SweepRules(Struct, frozen=True, kw_only=True):
    """When and how every system is swept.

    ``at`` is a cron expression on the clock of ``time_zone``. A sweep lists what changed within
    ``since``, and ``overlap`` more where a system shows changes later than its connector expects;
    a census waits that much longer too. ``rolling`` is how often change feeds are read in between,
    never more often than a connector does by itself; None leaves it to the connectors. At most
    ``rereads`` orders of a system whose lists can miss something are read whole by one sweep.
    """

    at: str = "17 3 * * *"
    time_zone: str = "UTC"
    since: timedelta = timedelta(hours=26)
    rolling: timedelta | None = None
    overlap: timedelta = timedelta(0)
    rereads: int = 50
