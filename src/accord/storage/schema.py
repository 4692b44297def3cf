"""The tables, with their meaning for a person who looks at them with psql."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Enum,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Sequence,
    String,
    Table,
    UniqueConstraint,
    text,
)

from accord.engine.envelope import Origin, Standing
from accord.engine.ports import TaskKind

METADATA = MetaData()

TOKENS = Sequence("task_token", metadata=METADATA, data_type=BigInteger)

_Time = DateTime(timezone=True)
# Names compare by their bytes, whatever language the server was set up in.
_Name = String(collation="C")


def _one_of(words: type[Origin | Standing | TaskKind], name: str) -> Enum:
    values = [word.value for word in words]
    return Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def _number(name: str = "id") -> Column[int]:
    return Column(name, BigInteger, Identity(), primary_key=True)


def _of_order() -> Column[int]:
    return Column(
        "order_id", BigInteger, ForeignKey("orders.id"), nullable=False, comment="orders.id"
    )


ENVELOPE = Table(
    "envelope",
    METADATA,
    _number(),
    Column("system", _Name, nullable=False, comment="who sent it, or was asked"),
    Column("topic", _Name, nullable=False, comment="the address it came to, or its kind"),
    Column("origin", _one_of(Origin, "envelope_origin"), nullable=False),
    Column("identity", LargeBinary, nullable=False, comment="what copies have in common"),
    Column("body", LargeBinary, nullable=False, comment="the raw bytes, as they came"),
    Column("headers", JSON, nullable=False, comment="hints; names in lower case"),
    Column("received_at", _Time, nullable=False),
    Column(
        "copies", Integer, nullable=False, server_default="0", comment="how often it came again"
    ),
    Column(
        "standing",
        _one_of(Standing, "envelope_standing"),
        nullable=False,
        server_default=Standing.WAITING.value,
        comment="what became of it; exactly one at every moment",
    ),
    Column("reason", String, nullable=False, server_default="", comment="why, for a person"),
    Column("waits_scope", _Name, comment="with waits_value: the name it waits to see linked"),
    Column("waits_value", _Name),
    Column("decided_at", _Time, comment="when it got its standing"),
    UniqueConstraint("system", "identity", name="envelope_is_kept_once"),
    CheckConstraint(
        "waits_scope IS NULL OR standing = 'waiting'", name="envelope_that_is_settled_waits_not"
    ),
    comment="Everything received, before anyone read it",
)
Index(
    "envelope_to_interpret",
    ENVELOPE.c.id,
    postgresql_where=text("standing = 'waiting' AND waits_scope IS NULL"),
)
Index(
    "envelope_that_waits_for_a_link",
    ENVELOPE.c.waits_value,
    ENVELOPE.c.waits_scope,
    postgresql_where=text("waits_scope IS NOT NULL"),
)

ORDERS = Table(
    "orders",
    METADATA,
    _number(),
    Column("matrix", JSON, nullable=False, comment="the facts; the view cell shows them as rows"),
    Column("version", BigInteger, nullable=False, server_default="1", comment="counts changes"),
    Column("updated_at", _Time, nullable=False),
    comment="One row per order: everything its systems said last",
)

ORDER_LINK = Table(
    "order_link",
    METADATA,
    Column("value", _Name, primary_key=True, comment="the name itself"),
    Column("scope", _Name, primary_key=True, comment="a system, 'number' or 'external'"),
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
    _number(),
    _of_order(),
    Column("system", _Name, nullable=False, comment="who said it"),
    Column("track", _Name, nullable=False),
    Column("subject", _Name, nullable=False, comment="order, parcel:ID, allocation:ID, return:ID"),
    Column("kind", _Name, nullable=False, comment="the record or field that spoke"),
    Column("word", _Name, nullable=False, comment="exactly as the system sent it"),
    Column("state", _Name, nullable=False, comment="what the word meant at that time"),
    Column("said_at", _Time, nullable=False, comment="the source's own time"),
    Column("happened_at", _Time, comment="when the state came about, where the source tells"),
    Column("evidence", _Name, nullable=False, comment="the envelope it was read in"),
    Column("decided_at", _Time, nullable=False, comment="when Accord took it over"),
    comment="Every change of every cell, for ever; rows are only added",
)
Index("history_of_order", HISTORY.c.order_id, HISTORY.c.id)

TASK = Table(
    "task",
    METADATA,
    _number(),
    Column("kind", _one_of(TaskKind, "task_kind"), nullable=False),
    Column("system", _Name, nullable=False, comment="whom the work is at"),
    Column("key", _Name, nullable=False, comment="an order, scope:id, or * for a feed"),
    Column("due", _Time, nullable=False),
    Column("asked_at", _Time, nullable=False, comment="since when it waits to be done"),
    Column(
        "urgent",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="something is to be stopped there; it has a lane of its own",
    ),
    Column("held_until", _Time, comment="a wait that new wishes do not cut short, but urgent ones"),
    Column("leased_until", _Time, comment="in somebody's hands until then; NULL: in nobody's"),
    Column("asked_again", _Time, comment="asked for once more while it was leased"),
    Column("token", BigInteger, nullable=False, server_default="0", comment="of the newest lease"),
    Column("failures", Integer, nullable=False, server_default="0", comment="in a row"),
    Column(
        "dead",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="given up until it is asked for again",
    ),
    Column("doubt_until", _Time, comment="a write of unknown outcome may happen until then"),
    Column(
        "doubt_seen",
        Integer,
        nullable=False,
        server_default="0",
        comment="how often in a row the mirror was in step since",
    ),
    Column("note", String, nullable=False, server_default="", comment="how the last try ended"),
    Column("settled_at", _Time, comment="when the last try ended"),
    UniqueConstraint("kind", "key", "system", name="task_is_asked_once"),
    comment="Work that outlives the process; every claim is a lease",
)
Index(
    "task_to_claim",
    TASK.c.kind,
    TASK.c.system,
    TASK.c.due,
    TASK.c.id,
    postgresql_where=text("NOT dead AND NOT urgent"),
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
    Column("system", _Name, primary_key=True),
    Column("not_before", _Time, comment="until then the system wants to be asked nothing"),
    Column("breaker", JSON, comment="whether it answers; NULL: nothing to remember"),
    Column("allowance", JSON, comment="its limit, as it told last"),
    comment="What all processes know of each link",
)

ATTEMPT = Table(
    "attempt",
    METADATA,
    _number(),
    _of_order(),
    Column("system", _Name, nullable=False, comment="the mirror that was asked"),
    Column("action_kind", _Name, nullable=False),
    Column("outcome_kind", _Name, nullable=False),
    Column("action", JSON, nullable=False, comment="what was asked; never with an address"),
    Column("outcome", JSON, nullable=False, comment="what came of it"),
    Column("at", _Time, nullable=False),
    Column("took", Interval, nullable=False),
    comment="Every try of an action, for ever",
)
Index("attempt_of_order", ATTEMPT.c.order_id, ATTEMPT.c.id)

BOOKMARK = Table(
    "bookmark",
    METADATA,
    Column("system", _Name, primary_key=True),
    Column("position", String, nullable=False, comment="in the system's own terms"),
    comment="Where each change feed was left",
)
