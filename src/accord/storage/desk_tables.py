"""The tables of the desk: what is stuck and why, and what people did about it."""

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Table,
)

from accord.storage.columns import METADATA, Name, Time, number

QUARANTINE = Table(
    "quarantine",
    METADATA,
    Column(
        "envelope_id",
        BigInteger,
        ForeignKey("envelope.id", ondelete="CASCADE"),
        primary_key=True,
        comment="envelope.id; it stands in quarantine as long as it has a row here",
    ),
    Column("place", SmallInteger, primary_key=True, comment="an envelope may have several reasons"),
    Column("system", Name, nullable=False, comment="who sent it"),
    Column("reason", Name, nullable=False, comment="one of a closed set; see the reference"),
    Column("record", Name, nullable=False, comment="the record or field it stands on, or nothing"),
    Column("word", Name, nullable=False, comment="the word, line or name it is about, or nothing"),
    Column("names", ARRAY(Name), nullable=False, comment="of the order, as far as they are told"),
    Column("told", JSON, nullable=False, comment="the reason with all its particulars"),
    comment="Why envelopes are in quarantine, in columns to select by",
)

IN_HAND = Table(
    "in_hand",
    METADATA,
    number(),
    Column("envelopes", ARRAY(BigInteger), nullable=False, comment="envelope.id of each"),
    Column("since", Time, nullable=False),
    comment="Batches being read: noted before the work, gone with its outcome",
)

DEED = Table(
    "deed",
    METADATA,
    number(),
    Column("what", Name, nullable=False, comment="released, discarded, retried, paused, resumed"),
    Column("things", ARRAY(Name), nullable=False, comment="numbers of envelopes, tasks; systems"),
    Column("who", String, nullable=False),
    Column("why", String, nullable=False),
    Column("at", Time, nullable=False),
    comment="What people did to the work under way; rows are only added, the database sees to it",
)
Index("deed_of_kind", DEED.c.what, DEED.c.at)

PAUSE = Table(
    "pause",
    METADATA,
    Column("system", Name, primary_key=True, comment="* for every system"),
    Column("who", String, nullable=False),
    Column("why", String, nullable=False),
    Column("since", Time, nullable=False),
    comment="To which systems nothing is written for now",
)

DESK_TABLES = (QUARANTINE, IN_HAND, DEED, PAUSE)
