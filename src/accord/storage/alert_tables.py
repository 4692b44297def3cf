"""The tables of incidents, of what is told of them, and of what was answered at the door."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    text,
)

from accord.domain.alert import Telling
from accord.domain.alert_rules import RuleName
from accord.storage.columns import METADATA, Name, Time, number, one_of

ALERT = Table(
    "alert",
    METADATA,
    number(),
    Column("rule", one_of(RuleName, "alert_rule"), nullable=False),
    Column("key", Name, nullable=False, comment="what it is about: a system, a word, a stage"),
    Column("what", String, nullable=False, comment="for a person, as seen last"),
    Column("figure", BigInteger, nullable=False, comment="what the rule counts, as seen last"),
    Column("worst", BigInteger, nullable=False, comment="the highest figure so far"),
    Column("noted_at", Time, nullable=False, comment="since when it is so"),
    Column("opened_at", Time, comment="when it had lasted long enough; NULL: not yet"),
    Column("seen_at", Time, nullable=False),
    Column("clear_since", Time, comment="since when it is so no more"),
    Column("closed_at", Time),
    Column("told", one_of(Telling, "alert_telling"), comment="what was told last"),
    Column("told_at", Time),
    Column("told_figure", BigInteger, nullable=False, server_default="0"),
    Column("times", Integer, nullable=False, server_default="1", comment="how often it came about"),
    CheckConstraint("closed_at IS NULL OR opened_at IS NOT NULL", name="alert_closed_was_open"),
    comment="Each incident: something that was wrong, and what became of it",
)
Index(
    "alert_is_open_once",
    ALERT.c.rule,
    ALERT.c.key,
    unique=True,
    postgresql_where=text("closed_at IS NULL"),
)
Index("alert_closed", ALERT.c.closed_at, postgresql_where=text("closed_at IS NOT NULL"))

ALERT_MESSAGE = Table(
    "alert_message",
    METADATA,
    number(),
    Column("channel", Name, nullable=False, comment="as the accord names it"),
    Column("key", Name, nullable=False, comment="what tells it from others of the channel"),
    Column("title", String, nullable=False),
    Column("body", String, nullable=False),
    Column("made_at", Time, nullable=False),
    Column("due", Time, nullable=False, comment="when it is tried next, or its lease ends"),
    Column("token", BigInteger, nullable=False, server_default="0", comment="of the newest lease"),
    Column("tries", Integer, nullable=False, server_default="0", comment="that failed"),
    Column("why", String, nullable=False, server_default="", comment="why the last one failed"),
    Column("sent_at", Time, comment="NULL: not yet"),
    UniqueConstraint("channel", "key", name="alert_is_told_once"),
    comment="What people who are called hear; kept until their channel takes it",
)
Index("alert_message_due", ALERT_MESSAGE.c.due, postgresql_where=text("sent_at IS NULL"))

DOOR_COUNT = Table(
    "door_count",
    METADATA,
    Column("system", Name, nullable=False),
    Column("hour", Time, nullable=False, comment="its beginning"),
    Column("taken", BigInteger, nullable=False, comment="proven, and kept"),
    Column("unproven", BigInteger, nullable=False, comment="refused: the proof did not fit"),
    Column("busy", BigInteger, nullable=False, comment="refused: come back soon"),
    PrimaryKeyConstraint("system", "hour"),
    comment="How deliveries of each system were answered, hour by hour",
)

ALERT_TABLES = (ALERT, ALERT_MESSAGE, DOOR_COUNT)
