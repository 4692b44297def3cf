"""What the deliverer of `accord bench accept` does with answers, against a server of its own."""

import socket
import threading

from accord.bench.knocking import Knocking

KEPT = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
BUSY = b"HTTP/1.1 503 Busy\r\nretry-after: 0\r\ncontent-length: 0\r\n"


def answering(listening: socket.socket, answers: list[bytes]) -> None:
    """Give one answer to each request of four bytes, over as many connections as it takes."""
    while answers:
        line, _ = listening.accept()
        with line:
            while answers and line.recv(4):
                answer = answers.pop(0)
                line.sendall(answer)
                if b"close" in answer:
                    break


def delivered(*answers: bytes) -> Knocking:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = threading.Thread(target=answering, args=(listening, [*answers]))
        server.start()
        knocking = Knocking(listening.getsockname()[1], 1, {1: b"one.", 2: b"two."})
        knocking.deliver([1, 2])
        server.join()
    return knocking


def test_who_is_told_to_come_back_comes_back_until_it_is_kept():
    knocking = delivered(BUSY + b"\r\n", KEPT, BUSY + b"connection: close\r\n\r\n", KEPT)

    assert sorted(knocking.kept) == [1, 2]
    assert (knocking.refused_503, knocking.refused) == (2, 0)


def test_any_other_answer_is_a_refusal():
    knocking = delivered(b"HTTP/1.1 401 No\r\ncontent-length: 0\r\nx: close\r\n\r\n", KEPT)

    assert (knocking.kept, knocking.refused) == ([2], 1)
