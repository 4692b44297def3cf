"""The tables of the sweep and the census: what was read, what was held, what did not come."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Interval,
    LargeBinary,
    String,
    Table,
    text,
)

from accord.engine.census_book import CensusState
from accord.engine.envelope import Origin
from accord.engine.sweep_book import Occasion, Phase
from accord.storage.columns import METADATA, Name, Time, number, one_of

NO = text("false")

SWEEP = Table(
    "sweep",
    METADATA,
    number(),
    Column("system", Name, nullable=False),
    Column("occasion", one_of(Occasion, "sweep_occasion"), nullable=False),
    Column("since", Time, nullable=False, comment="what changed from then on is read"),
    Column("until", Time, nullable=False),
    Column("place", Time, nullable=False, comment="it goes on from here after a stop"),
    Column("step", Interval, nullable=False, comment="how much is listed at once"),
    Column("phase", one_of(Phase, "sweep_phase"), nullable=False),
    Column("phase_since", Time, nullable=False),
    Column("started_at", Time, nullable=False),
    Column("ended_at", Time, comment="NULL: it is under way"),
    Column("read", Integer, nullable=False, comment="rows of the system's lists"),
    Column("new", Integer, nullable=False, comment="of them, what was not here"),
    Column("reread", Integer, nullable=False, comment="orders that are read again whole"),
    Column("missed", Integer, nullable=False, comment="hooks that did not come"),
    Column("holes", Integer, nullable=False, comment="open holes of the census"),
    Column("drifting", Integer, comment="NULL: nothing was compared"),
    Column("asked", Integer, comment="repairs asked for; NULL: nothing was compared"),
    Column("trouble", String, nullable=False, comment="why it does not go on at the moment"),
    comment="Each sweep of each system: how far it has come, and what it found",
)
Index("sweep_is_open_once", SWEEP.c.system, unique=True, postgresql_where=text("ended_at IS NULL"))

SAMPLED = Table(
    "sampled",
    METADATA,
    Column("system", Name, primary_key=True),
    Column("order_id", BigInteger, ForeignKey("orders.id"), primary_key=True, comment="orders.id"),
    Column("asked_at", Time, nullable=False),
    comment="When a sweep last had an order read again whole at a system",
)

CENSUS = Table(
    "census",
    METADATA,
    Column("system", Name, primary_key=True),
    Column("hour", Time, primary_key=True),
    Column("state", one_of(CensusState, "census_state"), nullable=False),
    Column("listed", Integer, nullable=False, comment="rows the system lists"),
    Column("held", Integer, nullable=False, comment="of them, here before and settled"),
    Column("found", Integer, nullable=False, comment="holes named so far"),
    Column("tries", Integer, nullable=False, comment="how often it was asked"),
    Column("due", Time, nullable=False, comment="when it is asked, or looked at, next"),
    Column("asked_at", Time, comment="when it was asked last"),
    Column("sentence", String, nullable=False, comment="the certificate, or what stands for it"),
    comment="Each closed hour of each system: its own list of changes against ours",
)
Index(
    "census_to_make",
    CENSUS.c.system,
    CENSUS.c.hour,
    postgresql_where=text("state IN ('open', 'holes')"),
)

CENSUS_HOLE = Table(
    "census_hole",
    METADATA,
    Column("system", Name, primary_key=True),
    Column("hour", Time, primary_key=True),
    Column("identity", LargeBinary, primary_key=True, comment="of the envelope that fills it"),
    Column("topic", Name, nullable=False, comment="what kind of row it is"),
    Column("name", String, nullable=False, comment="what it is about"),
    Column("was_there", Boolean, nullable=False, comment="received, but not settled"),
    Column("found_at", Time, nullable=False),
    comment="Each row of a system's list that was not here, or not settled, when it was asked",
)

MISSED_HOOK = Table(
    "missed_hook",
    METADATA,
    Column("system", Name, primary_key=True),
    Column("topic", Name, primary_key=True),
    Column("hour", Time, primary_key=True, comment="of the change"),
    Column("thing", Name, primary_key=True, comment="what changed"),
    Column("said_at", Time, nullable=False, comment="when it changed, by the system"),
    Column("came_at", Time, comment="it came after all; NULL: it did not"),
    comment="Each change that was found in a list and of which no hook told in its time",
)
Index(
    "missed_hook_that_did_not_come",
    MISSED_HOOK.c.system,
    MISSED_HOOK.c.hour,
    postgresql_where=text("came_at IS NULL"),
)

TRAFFIC_HOUR = Table(
    "traffic_hour",
    METADATA,
    Column("system", Name, primary_key=True),
    Column("origin", one_of(Origin, "traffic_origin"), primary_key=True),
    Column("hour", Time, primary_key=True),
    Column("envelopes", Integer, nullable=False),
    Column("usual", Integer, comment="in this hour of the week; NULL: not known yet"),
    Column("silent", Boolean, nullable=False, server_default=NO, comment="and it should not be"),
    comment="How much came from each system in each hour, and whether that is too little",
)

SWEEP_TABLES = (SWEEP, SAMPLED, CENSUS, CENSUS_HOLE, MISSED_HOOK, TRAFFIC_HOUR)
