"""The table of what needs a person."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, text

from accord.storage.columns import METADATA, Name, Time, number, of_order

CASES = Table(
    "cases",
    METADATA,
    number(),
    of_order(),
    Column("kind", Name, nullable=False, comment="one of a closed set; see the reference"),
    Column("system", Name, nullable=False, comment="where it lies"),
    Column("subject", Name, nullable=False, comment="what of the order it is about"),
    Column("what", String, nullable=False, comment="the whole sentence, for a person"),
    Column("opened_at", Time, nullable=False, comment="when it was noticed"),
    Column("counts_from", Time, nullable=False, comment="until then it may clear unseen"),
    Column("seen_at", Time, nullable=False, comment="when it was last found to be so"),
    Column("times", Integer, nullable=False, server_default="1", comment="how often it came about"),
    Column(
        "holds",
        Boolean,
        nullable=False,
        server_default=text("true"),
        comment="it is so now; one that a person closed may still be so",
    ),
    Column("closed_at", Time, comment="NULL: it is open"),
    Column("closed_by", String, nullable=False, server_default="", comment="empty: by itself"),
    Column("why", String, nullable=False, server_default="", comment="why it was closed"),
    comment="What needs a person, and what became of it",
)
Index(
    "case_is_open_once",
    CASES.c.order_id,
    CASES.c.kind,
    CASES.c.system,
    CASES.c.subject,
    unique=True,
    postgresql_where=text("holds"),
)
Index("case_that_is_over", CASES.c.order_id, postgresql_where=text("NOT holds"))
Index("case_to_show", CASES.c.counts_from, postgresql_where=text("closed_at IS NULL"))
