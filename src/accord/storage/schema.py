"""The tables, with their meaning for a person who looks at them with psql."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Interval,
    LargeBinary,
    Sequence,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    text,
)

from accord.engine.envelope import Origin, Standing
from accord.engine.ports import TaskKind
from accord.storage.alert_tables import ALERT_TABLES
from accord.storage.case_tables import CASES
from accord.storage.columns import METADATA, Name, Time, number, of_order, one_of
from accord.storage.desk_tables import DESK_TABLES
from accord.storage.drift_tables import DRIFT
from accord.storage.notice_tables import NOTICE_TABLES
from accord.storage.number_tables import AGREEMENT
from accord.storage.repair_tables import REPAIR
from accord.storage.subscription_tables import SUBSCRIPTION
from accord.storage.sweep_tables import SWEEP_TABLES

TOKENS = Sequence("task_token", metadata=METADATA, data_type=BigInteger)

# They stand on a page of their own; whoever asks for the tables gets them too.
__all__ = [
    "AGREEMENT",
    "ALERT_TABLES",
    "CASES",
    "DESK_TABLES",
    "DRIFT",
    "METADATA",
    "NOTICE_TABLES",
    "REPAIR",
    "SUBSCRIPTION",
    "SWEEP_TABLES",
]

ENVELOPE = Table(
    "envelope",
    METADATA,
    number(),
    Column("system", Name, nullable=False, comment="who sent it, or was asked"),
    Column("topic", Name, nullable=False, comment="the address it came to, or its kind"),
    Column("origin", one_of(Origin, "envelope_origin"), nullable=False),
    Column("identity", LargeBinary, nullable=False, comment="what copies have in common"),
    Column("body", LargeBinary, nullable=False, comment="the raw bytes, as they came"),
    Column("headers", JSON, nullable=False, comment="hints; names in lower case"),
    Column("received_at", Time, nullable=False),
    Column(
        "copies", Integer, nullable=False, server_default="0", comment="how often it came again"
    ),
    Column(
        "standing",
        one_of(Standing, "envelope_standing"),
        nullable=False,
        server_default=Standing.WAITING.value,
        comment="what became of it; exactly one at every moment",
    ),
    Column("reason", String, nullable=False, server_default="", comment="why, for a person"),
    Column("waits_scope", Name, comment="with waits_value: the name it waits to see linked"),
    Column("waits_value", Name),
    Column("decided_at", Time, comment="when it got its standing"),
    Column(
        "tries",
        SmallInteger,
        nullable=False,
        server_default="0",
        comment="how often in a row whoever had it in hand died or failed",
    ),
    UniqueConstraint("system", "identity", name="envelope_is_kept_once"),
    CheckConstraint(
        "waits_scope IS NULL OR standing = 'waiting'", name="envelope_that_is_settled_waits_not"
    ),
    comment="Everything received, before anyone read it",
)
Index(
    "envelope_to_interpret",
    ENVELOPE.c.id,
    postgresql_where=text("standing = 'waiting' AND waits_scope IS NULL AND tries = 0"),
)
# Almost always empty: what a hand left behind that died or failed is taken one by one.
Index(
    "envelope_to_try_alone",
    ENVELOPE.c.id,
    postgresql_where=text("standing = 'waiting' AND waits_scope IS NULL AND tries > 0"),
)
Index(
    "envelope_that_waits_for_a_link",
    ENVELOPE.c.waits_value,
    ENVELOPE.c.waits_scope,
    postgresql_where=text("waits_scope IS NOT NULL"),
)
# What came in an hour is asked for once an hour. Numbers and times go up together, so that an
# index of ranges does, which costs next to nothing to keep.
Index("envelope_by_time", ENVELOPE.c.received_at, postgresql_using="brin")

ORDERS = Table(
    "orders",
    METADATA,
    number(),
    Column("matrix", JSON, nullable=False, comment="the facts; the view cell shows them as rows"),
    Column("version", BigInteger, nullable=False, server_default="1", comment="counts changes"),
    Column("updated_at", Time, nullable=False),
    Column("shape", LargeBinary, nullable=False, comment="what is alike in orders of one answer"),
    Column("begun_at", Time, comment="the earliest time ever told; nothing lasts for longer"),
    comment="One row per order: everything its systems said last",
)
# The comparison asks once for each shape, and then for the orders of those that differ.
Index("orders_of_one_shape", ORDERS.c.shape)

ORDER_LINK = Table(
    "order_link",
    METADATA,
    Column("value", Name, primary_key=True, comment="the name itself"),
    Column("scope", Name, primary_key=True, comment="a system, 'number' or 'external'"),
    Column("order_id", BigInteger, ForeignKey("orders.id"), primary_key=True, comment="orders.id"),
    comment="Every name of every order; one name leads to one order",
)
# An external id does not say whose it is, so two orders may carry the same by accident.
Index(
    "order_link_leads_to_one_order",
    ORDER_LINK.c.value,
    ORDER_LINK.c.scope,
    unique=True,
    postgresql_where=text("scope <> 'external'"),
)
Index("order_link_of_order", ORDER_LINK.c.order_id)

HISTORY = Table(
    "history",
    METADATA,
    number(),
    # Not held to a row of orders: it is written beside it, and none is ever removed. The server's
    # check of each row costs as much as the row.
    Column("order_id", BigInteger, nullable=False, comment="orders.id"),
    Column("system", Name, nullable=False, comment="who said it"),
    Column("track", Name, nullable=False),
    Column("subject", Name, nullable=False, comment="order, parcel:ID, allocation:ID, return:ID"),
    Column("kind", Name, nullable=False, comment="the record or field that spoke"),
    Column("word", Name, nullable=False, comment="exactly as the system sent it"),
    Column("state", Name, nullable=False, comment="what the word meant at that time"),
    Column("said_at", Time, nullable=False, comment="the source's own time"),
    Column("happened_at", Time, comment="when the state came about, where the source tells"),
    Column("evidence", Name, nullable=False, comment="the envelope it was read in"),
    Column("decided_at", Time, nullable=False, comment="when Accord took it over"),
    comment="Every change of every cell, for ever; rows are only added",
)
Index("history_of_order", HISTORY.c.order_id, HISTORY.c.id)
# Rows are added as time goes on: a range of pages is a range of time, and costs next to nothing.
Index("history_lately", HISTORY.c.decided_at, postgresql_using="brin")

TASK = Table(
    "task",
    METADATA,
    number(),
    Column("kind", one_of(TaskKind, "task_kind"), nullable=False),
    Column("system", Name, nullable=False, comment="whom the work is at"),
    Column("key", Name, nullable=False, comment="an order, scope:id, or * for a feed"),
    Column("due", Time, nullable=False),
    Column("asked_at", Time, nullable=False, comment="since when it waits to be done"),
    Column(
        "urgent",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="something is to be stopped there; it has a lane of its own",
    ),
    Column(
        "repair",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="nobody said anything new; it has a lane of its own, with a cap",
    ),
    Column("held_until", Time, comment="a wait that new wishes do not cut short, but urgent ones"),
    Column("leased_until", Time, comment="in somebody's hands until then; NULL: in nobody's"),
    Column("asked_again", Time, comment="asked for once more while it was leased"),
    Column(
        "again_repair",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="and that as a repair only",
    ),
    Column("token", BigInteger, nullable=False, server_default="0", comment="of the newest lease"),
    Column("failures", Integer, nullable=False, server_default="0", comment="in a row"),
    Column(
        "dead",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="given up until it is asked for again",
    ),
    Column("doubt_until", Time, comment="a write of unknown outcome may happen until then"),
    Column(
        "doubt_seen",
        Integer,
        nullable=False,
        server_default="0",
        comment="how often in a row the mirror was in step since",
    ),
    Column("note", String, nullable=False, server_default="", comment="how the last try ended"),
    Column("settled_at", Time, comment="when the last try ended"),
    UniqueConstraint("kind", "key", "system", name="task_is_asked_once"),
    CheckConstraint("NOT (urgent AND repair)", name="task_that_is_urgent_is_no_repair"),
    comment="Work that outlives the process; every claim is a lease",
)
Index(
    "task_to_claim",
    TASK.c.kind,
    TASK.c.system,
    TASK.c.due,
    TASK.c.id,
    postgresql_where=text("NOT dead AND NOT urgent AND NOT repair"),
)
Index(
    "task_repair",
    TASK.c.system,
    TASK.c.due,
    TASK.c.id,
    postgresql_where=text("NOT dead AND repair"),
)
Index(
    "task_urgent",
    TASK.c.kind,
    TASK.c.system,
    TASK.c.due,
    TASK.c.id,
    postgresql_where=text("NOT dead AND urgent"),
)
Index("task_due_next", TASK.c.due, postgresql_where=text("NOT dead AND leased_until IS NULL"))
Index("task_leased", TASK.c.leased_until, postgresql_where=text("leased_until IS NOT NULL"))

LINK_STATE = Table(
    "link_state",
    METADATA,
    Column("system", Name, primary_key=True),
    Column("not_before", Time, comment="until then the system wants to be asked nothing"),
    Column("breaker", JSON, comment="whether it answers; NULL: nothing to remember"),
    Column("allowance", JSON, comment="its limit, as it told last"),
    comment="What all processes know of each link",
)

ATTEMPT = Table(
    "attempt",
    METADATA,
    number(),
    of_order(),
    Column("system", Name, nullable=False, comment="the mirror that was asked"),
    Column("action_kind", Name, nullable=False),
    Column("outcome_kind", Name, nullable=False),
    Column("action", JSON, nullable=False, comment="what was asked; never with an address"),
    Column("outcome", JSON, nullable=False, comment="what came of it"),
    Column("at", Time, nullable=False),
    Column("took", Interval, nullable=False),
    comment="Every try of an action, for ever",
)
Index("attempt_of_order", ATTEMPT.c.order_id, ATTEMPT.c.id)

BOOKMARK = Table(
    "bookmark",
    METADATA,
    Column("system", Name, primary_key=True),
    Column("position", String, nullable=False, comment="in the system's own terms"),
    comment="Where each change feed was left",
)
