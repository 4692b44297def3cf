"""The store's own table of words, and which word to use towards it."""

from accord.connector_kit.discovery import read_vocabulary
from accord.domain.tracks import State, Track

VOCABULARY = read_vocabulary("accord.connectors.shopify")


def event_status(state: State) -> str | None:
    """Return the FulfillmentEventStatus that tells ``state``, or None if there is none.

    The rows of ``shipment_status`` come before all others that speak of delivery.
    """
    row = VOCABULARY.word_for(Track.DELIVERY, state, {})
    return row.word.upper() if row else None


def shows(display_status: str | None, state: State) -> bool:
    """Return whether a parcel's displayStatus already tells ``state``."""
    reading = VOCABULARY.read("displayStatus", display_status or "", {})
    shown = getattr(reading, "states", {}).get(Track.DELIVERY)
    return shown is not None and not VOCABULARY.tells_apart(Track.DELIVERY, shown, state)
