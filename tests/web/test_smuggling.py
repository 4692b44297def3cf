"""What a hostile client sends to the real server, byte by byte, over real sockets."""

import asyncio
import time
from collections.abc import Iterator

import pytest

from tests.web.bell import served, signed

SIGNATURE = signed(b"{}")["x-bell-signature"].encode()
LINE = b"POST /hooks/bell/rung HTTP/1.1"
HOST = b"Host: accord"
PROOF = b"X-Bell-Signature: " + SIGNATURE
LENGTH = b"Content-Length: 2"
CHUNKED = b"Transfer-Encoding: chunked"
SMUGGLED = b"POST /hooks/bell/rung HTTP/1.1\r\nHost: accord\r\nContent-Length: 2\r\n\r\n{}"


def request(*lines: bytes, body: bytes = b"{}") -> bytes:
    return b"\r\n".join([*lines, b"", body])


SOUND = request(LINE, HOST, PROOF, LENGTH)
CUT = b"2\r\n{}\r\n0\r\n\r\n"

PROBES = {
    "length and chunks": (request(LINE, HOST, PROOF, LENGTH, CHUNKED, body=CUT), b"400"),
    "chunks and length": (request(LINE, HOST, PROOF, CHUNKED, LENGTH, body=CUT), b"400"),
    "two lengths": (request(LINE, HOST, PROOF, LENGTH, b"Content-Length: 3"), b"400"),
    "the same length twice": (request(LINE, HOST, PROOF, LENGTH, LENGTH), b"400"),
    "lengths in one line": (request(LINE, HOST, PROOF, b"Content-Length: 2, 2"), b"400"),
    "a length with a sign": (request(LINE, HOST, PROOF, b"Content-Length: +2"), b"400"),
    "a negative length": (request(LINE, HOST, PROOF, b"Content-Length: -2"), b"400"),
    "a length without end": (
        request(LINE, HOST, PROOF, b"Content-Length: " + b"9" * 40),
        b"400",
    ),
    "another encoding": (request(LINE, HOST, PROOF, b"Transfer-Encoding: gzip"), b"400"),
    "chunked, but not last": (
        request(LINE, HOST, PROOF, b"Transfer-Encoding: chunked, identity", body=CUT),
        b"400",
    ),
    "a chunk of no size": (
        request(LINE, HOST, PROOF, CHUNKED, body=b"g\r\n{}\r\n0\r\n\r\n"),
        b"400",
    ),
    "a chunk beyond all size": (
        request(LINE, HOST, PROOF, CHUNKED, body=b"f" * 20 + b"\r\n{}"),
        b"400",
    ),
    "a chunk longer than it says": (
        request(LINE, HOST, PROOF, CHUNKED, body=b"1\r\n{}\r\n0\r\n\r\n"),
        b"400",
    ),
    "headers after the chunks": (
        request(LINE, HOST, CHUNKED, body=b"2\r\n{}\r\n0\r\n" + PROOF + b"\r\n\r\n"),
        b"400",
    ),
    "a folded header": (
        request(LINE, HOST, b"X-Bell-Signature:\r\n " + SIGNATURE, LENGTH),
        b"400",
    ),
    "bare line feeds": (request(LINE, HOST, PROOF, LENGTH).replace(b"\r\n", b"\n"), b"400"),
    "one bare line feed": (LINE + b"\n" + request(HOST, PROOF, LENGTH), b"400"),
    "a bare carriage return": (request(LINE, HOST, PROOF + b"\rX: y", LENGTH), b"400"),
    "a NUL in a header": (request(LINE, HOST, PROOF + b"\0", LENGTH), b"400"),
    "a space before the colon": (request(LINE, HOST, PROOF, b"Content-Length : 2"), b"400"),
    "a header without a name": (request(LINE, HOST, PROOF, b": x", LENGTH), b"400"),
    "no host": (request(LINE, PROOF, LENGTH), b"400"),
    "two hosts": (request(LINE, HOST, b"Host: other", PROOF, LENGTH), b"400"),
    "an old version without a host": (
        request(b"POST /hooks/bell/rung HTTP/1.0", PROOF, LENGTH),
        b"400",
    ),
    "an old version with chunks": (
        request(b"POST /hooks/bell/rung HTTP/1.0", HOST, PROOF, CHUNKED, body=CUT),
        b"400",
    ),
    "a version that is none": (request(b"POST /hooks/bell/rung HTTP/9.9", HOST, LENGTH), b"400"),
    "no version": (request(b"POST /hooks/bell/rung", HOST, PROOF, LENGTH), b"400"),
    "a whole address as target": (
        request(b"POST http://accord/hooks/bell/rung HTTP/1.1", HOST, PROOF, LENGTH),
        b"400",
    ),
    "two signatures": (request(LINE, HOST, PROOF, PROOF, LENGTH), b"400"),
    "two ids": (request(LINE, HOST, PROOF, b"X-Id: 1", b"X-Id: 2", LENGTH), b"400"),
    "a compressed body": (request(LINE, HOST, PROOF, b"Content-Encoding: gzip", LENGTH), b"415"),
    "too long a body": (request(LINE, HOST, PROOF, b"Content-Length: 1048577"), b"413"),
    "a header of a megabyte": (
        request(LINE, HOST, PROOF, b"X-Long: " + b"a" * 1_000_000, LENGTH),
        b"431",
    ),
    "an address of a megabyte": (
        request(b"POST /hooks/bell/" + b"a" * 1_000_000 + b" HTTP/1.1", HOST, PROOF, LENGTH),
        b"431",
    ),
    "twenty thousand headers": (
        request(LINE, HOST, PROOF, *(b"X-%d: 1" % n for n in range(20_000)), LENGTH),
        b"431",
    ),
    "sixty-five headers": (
        request(LINE, HOST, PROOF, *(b"X-%d: 1" % n for n in range(62)), LENGTH),
        b"431",
    ),
    "another method": (request(b"PUT /hooks/bell/rung HTTP/1.1", HOST, PROOF, LENGTH), b"405"),
    "an address not normalised": (
        request(b"POST /hooks/bell/./rung HTTP/1.1", HOST, PROOF, LENGTH),
        b"401",
    ),
    "an upgrade": (
        request(LINE, HOST, PROOF, b"Connection: Upgrade", b"Upgrade: h2c", LENGTH),
        b"400",
    ),
    "not HTTP at all": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 10, b"400"),
}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with served() as port:
        yield port


async def exchange(port: int, sent: bytes) -> bytes:
    """Send, and return everything answered until the connection ends or says nothing more."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(sent)
        answered = await reader.readuntil(b"\r\n\r\n")
        if b"connection: close" in answered:
            answered += await asyncio.wait_for(reader.read(), 6)
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        answered = getattr(error, "partial", b"")
    finally:
        writer.close()
    return answered


async def kept(port: int) -> int:
    answer = await exchange(port, request(b"GET / HTTP/1.1", HOST, b"Connection: close", body=b""))
    return int(answer.rpartition(b"\r\n")[2])


@pytest.mark.parametrize(("sent", "status"), PROBES.values(), ids=PROBES)
async def test_what_could_be_read_in_two_ways_is_refused_and_nothing_of_it_kept(port, sent, status):
    before = await kept(port)

    answered = await exchange(port, sent)

    assert answered.split(b" ")[1:2] == [status]
    assert answered.count(b"HTTP/1.1 ") == 1
    assert await kept(port) == before


async def test_a_sound_delivery_is_kept(port):
    body = b'{"sent": "once"}'
    proof = b"X-Bell-Signature: " + signed(body)["x-bell-signature"].encode()
    length = b"Content-Length: %d" % len(body)
    before = await kept(port)

    answered = await exchange(port, request(LINE, HOST, proof, length, body=body))

    assert answered.startswith(b"HTTP/1.1 200")
    assert await kept(port) == before + 1


async def test_chunks_are_read_as_one_body(port):
    answered = await exchange(port, request(LINE, HOST, PROOF, CHUNKED, body=CUT))

    assert answered.startswith(b"HTTP/1.1 200")


async def test_a_body_that_cannot_be_understood_is_kept_all_the_same(port):
    before = await kept(port)
    body = b'{"id": 1, "id": 2, NaN \x00'
    proof = b"X-Bell-Signature: " + signed(body)["x-bell-signature"].encode()
    length = b"Content-Length: %d" % len(body)

    answered = await exchange(port, request(LINE, HOST, proof, length, body=body))

    assert answered.startswith(b"HTTP/1.1 200")
    assert await kept(port) == before + 1


@pytest.mark.parametrize("first", [SOUND, SMUGGLED], ids=["kept", "refused at once"])
async def test_a_request_that_comes_before_the_answer_to_another_is_not_read_as_one(port, first):
    answered = await exchange(port, first + SOUND)

    assert answered.count(b"HTTP/1.1 ") == 1
    assert b"connection: close" in answered


async def test_a_sender_that_asks_first_is_told_to_go_on(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head, _, body = request(LINE, HOST, PROOF, LENGTH, b"Expect: 100-continue").partition(b"{")
    writer.write(head)
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    writer.write(b"{" + body)
    assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
    writer.close()


async def test_a_connection_may_end_with_its_answer_if_its_sender_likes(port):
    answered = await exchange(port, request(LINE, HOST, PROOF, LENGTH, b"Connection: close"))

    assert answered.startswith(b"HTTP/1.1 200")
    assert b"connection: close" in answered


async def test_after_a_refusal_in_mid_body_the_connection_is_good_for_the_next(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head, _, body = request(LINE, HOST, PROOF, LENGTH, b"Content-Encoding: gzip").partition(b"{")
    writer.write(head)
    assert b" 415 " in await reader.readuntil(b"\r\n\r\n")
    writer.write(b"{" + body)
    writer.write(SOUND)
    assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
    writer.close()


async def test_a_connection_that_is_not_used_again_is_ended(port):
    assert 4 < await until_hung_up(port, SOUND, None) < 9


async def test_a_sender_may_use_its_connection_again(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(3):
        writer.write(SOUND)
        assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
    writer.close()


async def test_a_body_too_long_for_its_limit_ends_in_its_middle(port):
    piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"

    answered = await exchange(port, request(LINE, HOST, PROOF, CHUNKED, body=piece * 40))

    assert answered.startswith(b"HTTP/1.1 413")


SLOW = {
    "nothing at all": (b"", None),
    "half a line": (LINE[:10], None),
    "half a head": (request(LINE, HOST, PROOF)[:-4], None),
    "half a body": (SOUND[:-1], None),
    "no chunk after the first": (request(LINE, HOST, PROOF, CHUNKED, body=b"1\r\n{\r\n"), None),
    "a head, letter by letter": (LINE + b"\r\nX: ", b"x"),
    "a body, letter by letter": (request(LINE, HOST, PROOF, b"Content-Length: 1000"), b"x"),
    "only line ends": (b"", b"\r\n"),
    "a chunk of one letter after the other": (
        request(LINE, HOST, PROOF, CHUNKED, body=b""),
        b"1\r\nx\r\n",
    ),
}


async def test_nobody_takes_longer_than_the_deadline(port):
    ended = await asyncio.gather(*(until_hung_up(port, *each) for each in SLOW.values()))

    late = {name: took for name, took in zip(SLOW, ended, strict=True) if not 1 < took < 4}
    assert late == {}


async def until_hung_up(port: int, first: bytes, drip: bytes | None) -> float:
    """Return after how many seconds the server ended a connection that was not ended by us."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began = time.monotonic()
    writer.write(first)
    reading = asyncio.create_task(reader.read())
    while not reading.done() and time.monotonic() - began < 10:
        if drip is not None:
            writer.write(drip)
        await asyncio.wait({reading}, timeout=0.2)
    writer.close()
    reading.cancel()
    return time.monotonic() - began


async def test_who_proves_nothing_makes_room_for_who_can():
    with served(connections=20) as port:
        idlers = [await asyncio.open_connection("127.0.0.1", port) for _ in range(60)]
        for number, (_, writer) in enumerate(idlers):
            writer.write((b"", LINE, request(LINE, HOST, PROOF, LENGTH, body=b"{"))[number % 3])

        answers = await asyncio.gather(*(exchange(port, SOUND) for _ in range(10)))

        assert {answer[:12] for answer in answers} == {b"HTTP/1.1 200"}
        ending = [asyncio.create_task(reader.read()) for reader, _ in idlers]
        await asyncio.wait(ending, timeout=1)  # much sooner than the deadline ends them
        assert sum(each.done() for each in ending) >= 40
        for _, writer in idlers:
            writer.close()
        await asyncio.gather(*ending, return_exceptions=True)


async def test_large_bodies_without_proof_do_not_take_the_memory_of_others():
    half = request(LINE, HOST, PROOF, b"Content-Length: 1000000", body=b"x" * 500_000)
    with served(in_hand=2_000_000) as port:
        idlers = [await asyncio.open_connection("127.0.0.1", port) for _ in range(20)]
        for _, writer in idlers:
            writer.write(half)
            await writer.drain()

        body = b"x" * 900_000
        proof = b"X-Bell-Signature: " + signed(body)["x-bell-signature"].encode()
        length = b"Content-Length: %d" % len(body)
        answered = await exchange(port, request(LINE, HOST, proof, length, body=body))

        assert answered.startswith(b"HTTP/1.1 200")
        for _, writer in idlers:
            writer.close()
