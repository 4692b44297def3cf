"""A program that delivers to a server as fast as it answers, and keeps a ledger of the answers.

``python -m accord.bench.knocking PORT DELIVERIES CONNECTIONS SHARE_OF_COPIES LEDGER``: every
delivery is written before the first is sent, each connection has one on its way at a time, and
what was answered 200 stands in the ledger. What was answered 503 comes again when the answer asked
for it. It waits for a line on its standard input to begin.
"""

import json
import re
import select
import socket
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from accord.bench import deliveries
from accord.bench.deliveries import SYSTEM
from accord.bench.programs import say

TOPIC = "orders/create"
KEPT = b"HTTP/1.1 200"
BUSY = b"HTTP/1.1 503"
_COME_BACK = re.compile(rb"\r\nretry-after: (\d+)\r\n")
_LAST = b"\r\nconnection: close\r\n"
# Sent before anything is counted, so that both sides are warm; their numbers come after all others.
WARM_UP = 500
# Fewer than any server lets wait at its door: one that finds it full comes back after a second,
# and would hold up all the others here, which are in one hand.
AT_ONE_KNOCK = 40


def request(order: int) -> bytes:
    """Return one whole request."""
    body = deliveries.body(order, TOPIC)
    head = [f"POST /hooks/{SYSTEM}/{TOPIC} HTTP/1.1", "host: 127.0.0.1"]
    head += [f"{name}: {value}" for name, value in deliveries.headers(order, TOPIC, body).items()]
    head += [f"content-length: {len(body)}", "", ""]
    return "\r\n".join(head).encode() + body


def with_copies(orders: range, share: float) -> list[int]:
    """Return ``orders`` in turn, a ``share`` of all being copies of one sent shortly before."""
    chance = Random(1)  # noqa: S311 - which is doubled does not matter, only that it is the same
    sent: list[int] = []
    for order in orders:
        sent.append(order)
        if chance.random() < share / (1 - share):
            sent.append(sent[max(0, len(sent) - 1 - chance.randrange(500))])
    return sent


@dataclass(slots=True)
class _Line:
    """One connection and the delivery on its way."""

    socket: socket.socket
    order: int = -1
    is_answered: bool = False
    began: float = 0.0
    heard: bytes = b""


@dataclass(slots=True)
class Knocking:
    """Deliveries to come, and what became of those that were sent."""

    port: int
    connections: int
    requests: dict[int, bytes]
    kept: list[int] = field(default_factory=list)
    refused: int = 0
    refused_503: int = 0
    took: list[float] = field(default_factory=list)
    _ahead: deque[int] = field(default_factory=deque)
    _later: deque[tuple[float, int]] = field(default_factory=deque)
    _lines: dict[int, _Line] = field(default_factory=dict)
    _knocks: int = 0  # lines that were opened and on which nothing was answered yet

    def deliver(self, orders: list[int]) -> float:
        """Send every one of ``orders`` until it is kept; return how many seconds it took."""
        self._ahead.extend(orders)
        poll = select.epoll()
        began = time.perf_counter()
        while self._lines or self._ahead or self._later:
            self._open_lines(poll)
            for number, _ in poll.poll(self._until_one_comes_again()):
                line = self._lines[number]
                if self._hear(line) and not self._go_on(line):
                    poll.unregister(number)
                    self._lines.pop(number).socket.close()
        return time.perf_counter() - began

    def _open_lines(self, poll: select.epoll) -> None:
        while len(self._lines) < self.connections and self._knocks < AT_ONE_KNOCK:
            order = self._next()
            if order is None:
                return
            self._knocks += 1
            line = _Line(socket.create_connection(("127.0.0.1", self.port)))
            line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._lines[line.socket.fileno()] = line
            poll.register(line.socket, select.EPOLLIN)
            self._send(line, order)

    def _until_one_comes_again(self) -> float | None:
        """Return for how many seconds there is nothing to send, if that is known."""
        if not self._later or len(self._lines) == self.connections:
            return None
        return max(0.0, self._later[0][0] - time.perf_counter())

    def _next(self) -> int | None:
        if self._later and self._later[0][0] <= time.perf_counter():
            return self._later.popleft()[1]
        return self._ahead.popleft() if self._ahead else None

    def _go_on(self, line: _Line) -> bool:
        """Send the next delivery on a line, if there is one and the line is still good."""
        is_last = _LAST in line.heard
        line.heard = b""
        order = None if is_last else self._next()
        if order is not None:
            self._send(line, order)
        return order is not None

    def _send(self, line: _Line, order: int) -> None:
        line.order, line.began = order, time.perf_counter()
        line.socket.sendall(self.requests[order])

    def _hear(self, line: _Line) -> bool:
        """Take what came; return whether it was a whole answer. No answer of ours has a body."""
        came = line.socket.recv(4096)
        line.heard += came
        if came and not line.heard.endswith(b"\r\n\r\n"):
            return False
        if not line.is_answered:
            line.is_answered = True
            self._knocks -= 1
        if line.heard.startswith(KEPT):
            self.kept.append(line.order)
            self.took.append(time.perf_counter() - line.began)
        elif line.heard.startswith(BUSY) and (again := _COME_BACK.search(line.heard)):
            self.refused_503 += 1
            self._later.append((time.perf_counter() + int(again[1]), line.order))
        else:
            self.refused += 1
            line.heard = _LAST  # whatever it was, not on this line again
        return True


def main(words: list[str]) -> None:
    """Deliver, write the ledger, print the figures."""
    port, count, connections = (int(word) for word in words[:3])
    share, ledger = float(words[3]), Path(words[4])
    orders = with_copies(range(count), share)
    warm = range(count, count + WARM_UP)
    requests = {order: request(order) for order in (*range(count), *warm)}
    knocking = Knocking(port, connections, requests)
    say("ready")
    sys.stdin.readline()
    knocking.deliver(list(warm))
    knocking.took.clear()
    knocking.refused_503 = 0
    before = time.process_time()
    seconds = knocking.deliver(orders)
    cpu_s = time.process_time() - before
    ledger.write_text("\n".join(map(str, knocking.kept)))
    took = sorted(knocking.took) or [0.0]
    told = {
        "seconds": seconds,
        "answered": len(knocking.took),
        "refused": knocking.refused,
        "refused_503": knocking.refused_503,
        "p50_ms": took[len(took) // 2] * 1000,
        "p99_ms": took[int(len(took) * 0.99)] * 1000,
        "cpu_s": cpu_s,
    }
    say(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1:])
