import signal
import subprocess
import sys
import urllib.request

import pytest

from accord.web.server import listen

PROGRAM = """
import asyncio
from litestar import Litestar, get
from accord.cli.stopping import told_to_stop
from accord.web.server import listen, serve

@get("/", sync_to_thread=False)
def here() -> str:
    return "here"

listening = listen("127.0.0.1", 0)
print(listening.getsockname()[1], flush=True)

async def run():
    with told_to_stop() as stop:
        await serve(Litestar([here], openapi_config=None), listening, stop)

asyncio.run(run())
print("put away", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_told_to_stop_lets_its_program_put_things_away(number):
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
            assert answer.read() == b"here"
        server.send_signal(number)

        said, complaints = server.communicate(timeout=20)

    assert (said, server.returncode) == ("put away\n", 0), complaints


def test_a_port_that_is_taken_is_passed_over_for_the_next():
    with listen("127.0.0.1", 0) as first:
        taken = first.getsockname()[1]
        with listen("127.0.0.1", taken, 0) as second:
            assert second.getsockname()[1] != taken
        with pytest.raises(OSError, match="in use"):
            listen("127.0.0.1", taken)
