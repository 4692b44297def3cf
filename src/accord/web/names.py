"""Under which names the pages may be asked for.

A page of a stranger can let its own name lead to 127.0.0.1 and then read what answers there as if
it were its own (DNS rebinding). It cannot change the name that the browser then asks for: so the
pages answer to addresses in digits, to names without a dot, which nobody can register, and to
those an operator gave.
"""

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

UNKNOWN_NAME = (
    b"The pages do not answer to this name. Ask for them by an address in digits or as localhost, "
    b"or give the name in ACCORD_PAGES_NAMES and start Accord again.\n"
)


def own_names(address: str, given: Iterable[str]) -> frozenset[str]:
    """Return the names of the pages: those ``given``, and the one of the accord's ``address``."""
    host = urlsplit(address).hostname
    return frozenset({name.lower() for name in given} | ({host} if host else set()))


def is_own(host: bytes, names: frozenset[str]) -> bool:
    """Return whether what a ``Host`` header says is a name that can only be ours."""
    name = _without_port(host.decode("latin-1").strip().lower())
    return name in names or "." not in name or _is_in_digits(name)


def _without_port(host: str) -> str:
    name, _, port = host.rpartition(":")
    return name if port.isdigit() or not port else host


def _is_in_digits(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
