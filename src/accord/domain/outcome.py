"""What came of one attempt at an action: a value, told apart by what to do next."""

from datetime import timedelta

from msgspec import Struct


class Applied(Struct, frozen=True, tag=True):
    """The system took it; the read-back will show it."""

    reference: str = ""


class Accepted(Struct, frozen=True, tag=True):
    """The system took it and works on it; look again later."""

    reference: str = ""


class Unneeded(Struct, frozen=True, tag=True):
    """The system was already there."""

    why: str = ""


class Refused(Struct, frozen=True, tag=True):
    """The system will not, and trying again the same way will not help. A person may have to."""

    code: str
    message: str


class Throttled(Struct, frozen=True, tag=True):
    """Too much asked at once; the same call is welcome after ``wait``.

    ``link_wide``: so is every other call to the system; otherwise one record alone is held.
    """

    wait: timedelta
    link_wide: bool = True


class Unavailable(Struct, frozen=True, tag=True):
    """No usable answer; whether it was done is unknown. Read back, then try again."""

    message: str


class Unauthorized(Struct, frozen=True, tag=True):
    """Our credentials were refused. Nothing on this link will work until they are renewed."""

    message: str


Outcome = Applied | Accepted | Unneeded | Refused | Throttled | Unavailable | Unauthorized


def in_words(outcome: Outcome) -> str:
    """Return what came of it as people read it."""
    match outcome:
        case Refused(message=message):
            return message
        case Unavailable(message=message):
            return f"unavailable: {message}"
        case Unauthorized(message=message):
            return f"unauthorized: {message}"
        case Throttled(wait=wait):
            return f"throttled for {wait}"
        case Applied() | Accepted() | Unneeded():
            return type(outcome).__name__.casefold()
