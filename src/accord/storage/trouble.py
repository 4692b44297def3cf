"""What kind of trouble a database reports."""

import psycopg


def blames_data(error: Exception) -> bool:
    """Return whether the same values would fail for ever; otherwise the database may recover.

    What is no error of the driver's is one of writing the values down.
    """
    for_ever = (psycopg.DataError, psycopg.IntegrityError, ValueError, TypeError, ArithmeticError)
    return isinstance(error, for_ever)
