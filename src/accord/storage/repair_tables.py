"""The ledger of repairs."""

from sqlalchemy import JSON, Boolean, Column, Index, String, Table, text

from accord.engine.repair_ledger import RepairOutcome
from accord.storage.columns import METADATA, Name, Time, number, of_order, one_of

REPAIR = Table(
    "repair",
    METADATA,
    number(),
    of_order(),
    Column("system", Name, nullable=False, comment="the mirror that was found out of step"),
    Column("found_at", Time, nullable=False),
    Column("why", String, nullable=False, comment="what led to it"),
    Column(
        "outcome",
        one_of(RepairOutcome, "repair_outcome"),
        nullable=False,
        server_default=RepairOutcome.WAITING.value,
        comment="what became of it",
    ),
    Column("look", JSON, comment="the second look: when, and which envelopes came of it"),
    Column(
        "actions",
        JSON,
        nullable=False,
        comment="what was to be done; never with an address",
    ),
    Column(
        "by_hand",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="a person asked for it; no cap holds it",
    ),
    Column("who", String, nullable=False, server_default="", comment="who decided"),
    Column("reason", String, nullable=False, server_default="", comment="why it was decided so"),
    Column("decided_at", Time),
    Column("ended_at", Time),
    comment="Every repair that was found, for ever, and what became of it",
)
Index(
    "repair_is_open_once",
    REPAIR.c.order_id,
    REPAIR.c.system,
    unique=True,
    postgresql_where=text("outcome IN ('waiting', 'held')"),
)
Index(
    "repair_under_way",
    REPAIR.c.system,
    postgresql_where=text("outcome IN ('waiting', 'held', 'released')"),
)
Index("repair_decided", REPAIR.c.system, REPAIR.c.decided_at)
Index("repair_ended", REPAIR.c.ended_at)
