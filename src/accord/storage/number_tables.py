"""The table in which agreement is counted."""

from sqlalchemy import BigInteger, Column, Index, PrimaryKeyConstraint, SmallInteger, Table

from accord.domain.tracks import Track
from accord.storage.columns import METADATA, Name, Time, one_of

AGREEMENT = Table(
    "agreement",
    METADATA,
    Column("system", Name, nullable=False, comment="the mirror that came into step"),
    Column("track", one_of(Track, "agreement_track"), nullable=False),
    Column("at", Time, nullable=False, comment="the beginning of a slice of five minutes"),
    Column("step", SmallInteger, nullable=False, comment="how long it took; see the reference"),
    Column("mirrors", BigInteger, nullable=False, comment="how many came into step so"),
    PrimaryKeyConstraint("system", "track", "at", "step"),
    comment="How long it took until mirrors said what their owners say",
)
Index("agreement_lately", AGREEMENT.c.at)
