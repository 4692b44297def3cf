"""Senders of deliveries that keep a ledger: what each sent, and what it was promised."""

import hashlib
import hmac
import http.client
import random
import threading
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from tests.roles.processes import SECRET

TOPIC = "refunds/create"
PATH = f"/hooks/shop/{TOPIC}"
# A vendor hangs up after five seconds.
PATIENCE = 5.0
# After a refused connection nothing is to be gained by knocking at once.
REST = 0.02


class Ledger:
    """What several senders have on paper. Bodies are known by their digest."""

    def __init__(self) -> None:
        self.sent: set[bytes] = set()
        self.promised: set[bytes] = set()
        self.answers: Counter[int] = Counter()
        self.slowest = 0.0
        self.without_advice = 0  # answers 503 that did not say when to come back
        self.unanswered = 0
        self._lock = threading.Lock()

    @property
    def kept(self) -> int:
        return self.answers[200]

    def send(self, body: bytes) -> None:
        with self._lock:
            self.sent.add(_digest(body))

    def answer(self, body: bytes, status: int, retry_after: str | None, took: float) -> None:
        with self._lock:
            self.answers[status] += 1
            self.slowest = max(self.slowest, took)
            self.without_advice += status == 503 and not retry_after
            if 200 <= status < 300:
                self.promised.add(_digest(body))

    def lost(self) -> None:
        with self._lock:
            self.unanswered += 1

    def is_kept(self, url: str) -> bool:
        """Whether every promise is kept by now."""
        return self.promised <= set(_digests(url, TOPIC))

    def check(self, url: str, topic: str = TOPIC) -> int:
        """Every promise is kept, and every row is whole: its bytes are some that were sent.

        Return how many rows there are of the topic, to which nobody else sends.
        """
        kept = _digests(url, topic)
        assert not self.promised - set(kept), "answered 2xx and not there"
        assert not set(kept) - self.sent, "a row that nobody sent so"
        assert len(kept) == len(set(kept)), "one delivery, kept twice"
        return len(kept)


def _digests(url: str, topic: str) -> list[bytes]:
    with psycopg.connect(url) as connection:
        asked = "SELECT sha256(body) FROM envelope WHERE topic = %s"
        return [bytes(row[0]) for row in connection.execute(asked, [topic])]


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


class Sender(threading.Thread):
    """Sends one delivery after the other; one that was not answered 200 is sent again."""

    def __init__(
        self, port: int, secret: str, ledger: Ledger, name: str, chance: random.Random
    ) -> None:
        super().__init__(name=name)
        self._port = port
        self._secret = secret.encode()
        self._ledger = ledger
        self._chance = chance
        self._line: http.client.HTTPConnection | None = None
        self.stopping = threading.Event()

    def run(self) -> None:
        number = 0
        while not self.stopping.is_set():
            number += 1
            body = self._body(number)
            self._ledger.send(body)
            while not self._is_kept(body) and not self.stopping.is_set():
                self.stopping.wait(REST)
        if self._line is not None:
            self._line.close()

    def _body(self, number: int) -> bytes:
        """Return signed bytes that no connector can read, so that nothing follows from them."""
        return f"{self.name} {number} ".encode() + self._chance.randbytes(
            self._chance.choice((10, 3_000, 3_000, 60_000))
        )

    def _is_kept(self, body: bytes) -> bool:
        began = time.monotonic()
        proof = b64encode(hmac.digest(self._secret, body, hashlib.sha256)).decode()
        try:
            if self._line is None:
                self._line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
            self._line.request("POST", PATH, body, {"x-shopify-hmac-sha256": proof})
            answer = self._line.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self._hang_up()
            self._ledger.lost()
            return False
        if answer.will_close:
            self._hang_up()
        took = time.monotonic() - began
        self._ledger.answer(body, answer.status, answer.getheader("retry-after"), took)
        return answer.status == 200

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line = None


@contextmanager
def senders(port: int, chance: random.Random, secret: str = SECRET) -> Iterator[Ledger]:
    """Let four senders knock for as long as the block lasts."""
    ledger = Ledger()
    every = [
        Sender(port, secret, ledger, f"sender {each}", random.Random(chance.random()))
        for each in range(4)
    ]
    for each in every:
        each.start()
    try:
        yield ledger
    finally:
        for each in every:
            each.stopping.set()
        for each in every:
            each.join()
