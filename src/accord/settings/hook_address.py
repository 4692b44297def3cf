"""Reading where our hooks are reached from outside, and who looks after subscriptions."""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from accord.connector_kit.connector import Connector
from accord.domain.finding import Code
from accord.settings.tables import Table

EXAMPLE = "https://hooks.example.com"


def read_address(root: Table) -> str:
    """Return the address below which hooks are reached, without a slash at its end."""
    text = root.text("address", EXAMPLE)
    if not text:
        return ""
    fault = _fault(text)
    if fault is None:
        return text.rstrip("/")
    root.notes.add(Code.BAD_ADDRESS, ("address",), *fault)
    return ""


def read_subscribe(table: Table, connector: Connector) -> bool:
    """Return whether Accord looks after the subscriptions of one system."""
    given = table.flag("subscribe")
    if given and not connector.subscribable:
        table.notes.add(
            Code.CANNOT_SUBSCRIBE,
            (*table.path, "subscribe"),
            f"{connector.title} has no subscriptions that Accord could make.",
            "Take it out: its changes are read from its lists.",
        )
    return given is not False


def _fault(text: str) -> tuple[str, str] | None:
    """Return what is wrong with an address and what to do; None if nothing is."""
    remedy = f'Write it as the systems must call it: address = "{EXAMPLE}".'
    try:
        parts = urlsplit(text)
        named = parts.hostname and parts.port != 0
    except ValueError:
        return f"{text!r} is no address.", remedy
    if parts.scheme not in {"https", "http"} or not named or any(map(str.isspace, text)):
        return f"{text!r} is no address of ours: it names no server by https.", remedy
    if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
        return (
            "Hooks would come unencrypted, for everybody on the way to read.",
            "Use https. Plain http is for a server on this machine only, as in a trial.",
        )
    if parts.username is not None or parts.query or parts.fragment or "?" in text or "#" in text:
        return (
            "An address for hooks holds no user, no question and no mark.",
            f"Leave server and path only: {_bare(parts)}",
        )
    if parts.path.rstrip("/").endswith("/hooks"):
        return (
            "It ends in /hooks, which Accord adds itself.",
            f"Leave it out: {_bare(parts).rstrip('/').removesuffix('/hooks')}",
        )
    return None


def _bare(parts: SplitResult) -> str:
    server = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{server}{parts.path}"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
