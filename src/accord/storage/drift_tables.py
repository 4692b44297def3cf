"""The table of what was found out of step."""

from sqlalchemy import Column, Index, Integer, String, Table, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY

from accord.domain.drift import DriftClass
from accord.storage.columns import METADATA, Name, Time, number, of_order, one_of

DRIFT = Table(
    "drift",
    METADATA,
    number(),
    of_order(),
    Column("pattern", Name, nullable=False, comment="one of a closed set; see the reference"),
    Column("system", Name, nullable=False, comment="where it is to be put right"),
    Column("subject", Name, nullable=False, comment="what of the order; empty for the whole"),
    Column("track", Name, nullable=False),
    Column("what", String, nullable=False, comment="the whole sentence, for a person"),
    Column("cause", Name, nullable=False, comment="the same for all orders with this reason"),
    Column("class", one_of(DriftClass, "drift_class"), key="standing", nullable=False),
    Column("evidence", ARRAY(Name), nullable=False, comment="envelope.id of what it rests on"),
    Column("since", Time, nullable=False, comment="when it began"),
    Column("deadline", Time, nullable=False, comment="until when it should be settled"),
    Column("found_at", Time, nullable=False),
    Column("seen_at", Time, nullable=False, comment="when it was last found to be so"),
    Column("times", Integer, nullable=False, server_default="1", comment="how often it came about"),
    Column("cleared_at", Time, comment="NULL: it is so"),
    UniqueConstraint("order_id", "pattern", "system", "subject", name="drift_has_one_row"),
    comment="What is or was out of step, order by order",
)
Index("drift_by_cause", DRIFT.c.cause, postgresql_where=text("cleared_at IS NULL"))
