"""The table of what systems send us."""

from sqlalchemy import Column, String, Table

from accord.storage.columns import METADATA, Name, Time

SUBSCRIPTION = Table(
    "subscription",
    METADATA,
    Column("system", Name, primary_key=True),
    Column("topic", Name, primary_key=True, comment="the hook address, without the system"),
    Column("own", String, nullable=False, comment="the system's id of it when last seen"),
    Column("seen_at", Time, comment="when the system last listed it; NULL: never"),
    Column("missing_since", Time, comment="NULL: it is there"),
    Column("made_again_at", Time, comment="when Accord last had to make it"),
    Column("trouble", String, nullable=False, comment="why it could not be seen or made"),
    comment="What each system should send us, and whether it was last seen to do so",
)
