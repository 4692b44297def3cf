"""What a pretend system sends to whom, and how it comes to send it no more."""

from dataclasses import dataclass


@dataclass(slots=True)
class PretendSubscription:
    """One topic of the vendor's that is sent to one address, perhaps ``only`` some of it."""

    topic: str
    address: str
    failures: int = 0
    only: str | None = None


class PretendSubscriptions:
    """The subscriptions of one pretend system, by the system's own ids.

    Until the first one is made, or lost, everything is sent to its usual address, as by a system
    that somebody set up by hand. From then on only what is subscribed is sent, and what is
    subscribed for an address that is not under ``/hooks/SYSTEM/`` goes where we do not see it.
    """

    def __init__(self, system: str, gives_up_after: int | None = None) -> None:
        """Take a subscription away after ``gives_up_after`` failed deliveries in a row."""
        self.rows: dict[str, PretendSubscription] = {}
        self._ours = f"/hooks/{system}/"
        self._gives_up_after = gives_up_after
        self._by_hand = True
        self._last = 0

    def make(self, topic: str, address: str) -> str | None:
        """Subscribe an address to a topic; return the new id, None where it is subscribed."""
        self._by_hand = False
        if any((row.topic, row.address) == (topic, address) for row in self.rows.values()):
            return None
        self._last += 1
        self.rows[str(9000 + self._last)] = PretendSubscription(topic, address)
        return str(9000 + self._last)

    def lose(self, *topics: str) -> None:
        """Take the subscriptions of some topics away and tell nobody; without any, all."""
        self._by_hand = False
        for own, row in list(self.rows.items()):
            if not topics or row.topic in topics:
                del self.rows[own]

    def places(self, topic: str) -> list[str]:
        """Return our hook addresses that a topic is sent to, each without the system."""
        if self._by_hand:
            return [topic]
        rows = (row for row in self.rows.values() if row.topic == topic)
        return [row.address.partition(self._ours)[2] for row in rows if self._ours in row.address]

    def delivered(self, place: str) -> None:
        """Hear that a hook arrived at one of our addresses."""
        for row in self._at(place).values():
            row.failures = 0

    def failed(self, place: str) -> None:
        """Hear that a hook could not be delivered; too many in a row end its subscription."""
        for own, row in self._at(place).items():
            row.failures += 1
            if row.failures == self._gives_up_after:
                del self.rows[own]

    def _at(self, place: str) -> dict[str, PretendSubscription]:
        return {o: row for o, row in self.rows.items() if row.address.endswith(self._ours + place)}
