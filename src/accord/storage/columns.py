"""What the tables are made of."""

from enum import StrEnum

from sqlalchemy import BigInteger, Column, DateTime, Enum, ForeignKey, Identity, MetaData, String

METADATA = MetaData()

Time = DateTime(timezone=True)
# Names compare by their bytes, whatever language the server was set up in.
Name = String(collation="C")


def one_of(words: type[StrEnum], name: str) -> Enum:
    """Return the type of a column that holds one word of a closed set."""
    values = [word.value for word in words]
    return Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def number(name: str = "id") -> Column[int]:
    """Return the column that numbers the rows of a table."""
    return Column(name, BigInteger, Identity(), primary_key=True)


def of_order() -> Column[int]:
    """Return the column that says to which order a row belongs."""
    return Column(
        "order_id", BigInteger, ForeignKey("orders.id"), nullable=False, comment="orders.id"
    )
