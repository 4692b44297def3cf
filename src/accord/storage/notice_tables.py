"""The tables of what customers were told, and out of which database."""

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from accord.domain.notice import NoticeState, Why
from accord.domain.notice_rules import ChannelKind
from accord.storage.columns import METADATA, Name, Time, number, of_order, one_of

NOTICE = Table(
    "notice",
    METADATA,
    number(),
    of_order(),
    Column("channel", one_of(ChannelKind, "notice_channel"), nullable=False),
    Column("stage", Name, nullable=False, comment="the milestone: a stage of the accord"),
    Column("subject", Name, nullable=False, comment="the parcel; empty: the order as a whole"),
    Column("names", ARRAY(Name), nullable=False, comment="all names the parcel had then"),
    Column("state", one_of(NoticeState, "notice_state"), nullable=False),
    Column("why", one_of(Why, "notice_why"), comment="why it is not sent"),
    Column("came_about", Time, nullable=False, comment="by the time of the systems"),
    Column("noticed_at", Time, nullable=False, comment="when Accord saw it; the window begins"),
    Column("message", Name, nullable=False, server_default="", comment="the provider's key"),
    Column("token", BigInteger, nullable=False, server_default="0", comment="the hand's lease"),
    Column("tries", Integer, nullable=False, server_default="0", comment="intents so far"),
    Column("first_called_at", Time, comment="from when on the provider may know the key"),
    Column("called_at", Time),
    Column("not_before", Time, comment="the next try, if any, waits until then"),
    Column("answer", String, nullable=False, server_default="", comment="the provider's, or why"),
    Column("content", String, nullable=False, server_default="", comment="without an address"),
    Column("who", String, nullable=False, server_default="", comment="who decided by hand"),
    UniqueConstraint("order_id", "channel", "stage", "subject", name="milestone_is_told_once"),
    CheckConstraint(
        "(state = 'suppressed') = (why IS NOT NULL)", name="notice_not_sent_has_a_reason"
    ),
    CheckConstraint(
        "state IN ('waiting', 'suppressed') OR message <> ''", name="notice_sent_has_a_key"
    ),
    comment="Each milestone of each order on each channel, and what became of telling it",
)
Index("notice_of_message", NOTICE.c.message, postgresql_where=text("message <> ''"))
Index(
    "notice_to_look_at",
    NOTICE.c.state,
    NOTICE.c.id,
    postgresql_where=text("state IN ('waiting', 'intent', 'ambiguous', 'refused')"),
)

SEND_EPOCH = Table(
    "send_epoch",
    METADATA,
    Column("place", SmallInteger, primary_key=True, autoincrement=False, comment="always 1"),
    Column("id", Name, nullable=False, comment="also kept outside of the database"),
    Column("since", Time, nullable=False, comment="what came about before is never told"),
    Column("sends", BigInteger, nullable=False, comment="intents ever; an older copy has fewer"),
    Column("cluster", Name, nullable=False, comment="the server and its timeline"),
    Column("former", ARRAY(Name), nullable=False, comment="epochs that a person ended"),
    Column("things", JSON, nullable=False, comment="since when of what customers are told"),
    Column("stopped", String, nullable=False, server_default="", comment="why nothing is sent"),
    CheckConstraint("place = 1", name="there_is_one_send_epoch"),
    comment="Whether customers may be told out of this database; an older copy may not",
)

NOTICE_TABLES = (NOTICE, SEND_EPOCH)
