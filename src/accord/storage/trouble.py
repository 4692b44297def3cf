"""What kind of trouble a database reports."""

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError


def blames_data(error: Exception) -> bool:
    """Return whether the same values would fail for ever; otherwise the database may recover.

    An error without one of the driver's inside is one of writing the values down.
    """
    if isinstance(error, StatementError) and not isinstance(error, DBAPIError):
        return True
    return isinstance(error, (DataError, IntegrityError, ValueError, TypeError))
