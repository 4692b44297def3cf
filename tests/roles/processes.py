"""Real processes of ``accord serve`` on the demo's accord, and hooks signed as its shop signs."""

import hashlib
import hmac
import json
import os
import signal
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.docs.pages import ROOT

SECRET = "of the shop"
SECRETS = {
    "ACCORD_SHOP_CLIENT_ID": "pretend",
    "ACCORD_SHOP_CLIENT_SECRET": SECRET,
    "ACCORD_BOOKS_CLIENT_ID": "pretend",
    "ACCORD_WAREHOUSE_API_KEY": "pretend",
}
# The exit status of a program that a signal ended.
KILLED_BY = {signal.SIGTERM: -signal.SIGTERM, signal.SIGINT: -signal.SIGINT}


class Answer(NamedTuple):
    status: int
    retry_after: str | None
    took: float


class Served:
    """One process, its log and its address."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.log: list[str] = []
        self._started = threading.Event()
        self._serves = False
        self.address = ""
        self._listening = threading.Thread(target=self._listen)
        self._listening.start()

    def end(self) -> None:
        """Kill it if it still runs, and hear it out."""
        self.process.kill()
        self.process.wait(30)
        self._listening.join()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def wait_for_start(self) -> None:
        """Return once it serves; raise with its log when it ended instead."""
        if not self._started.wait(60) or not self._serves:
            raise RuntimeError("\n".join(self.log))

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.log.append(line)
            if "address=" in line:
                self.address = line.partition("http://")[2].split("/")[0]
            if "serving" in line or "working" in line:
                self._serves = True
                self._started.set()
        self._started.set()

    def hook(self, body: bytes, *, secret: str = SECRET, topic: str = "orders/create") -> Answer:
        proof = b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()
        headers = {"x-shopify-hmac-sha256": proof}
        address = f"http://{self.address}/hooks/shop/{topic}"
        return ask(Request(address, data=body, headers=headers, method="POST"))

    def get(self, path: str) -> Answer:
        return ask(Request(f"http://{self.address}{path}"))

    def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        """Tell it to stop; return how many seconds that took."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(30)
        return time.monotonic() - began


def ask(request: Request) -> Answer:
    began = time.monotonic()
    try:
        with urlopen(request, timeout=20) as answer:
            return Answer(answer.status, None, time.monotonic() - began)
    except HTTPError as error:
        return Answer(error.code, error.headers.get("retry-after"), time.monotonic() - began)


@contextmanager
def serving(
    folder: Path,
    roles: str,
    *more: str,
    program: str = "accord",
    before: Sequence[str] = (),
    **variables: str,
) -> Iterator[Served]:
    """Run a process in these roles; kill it in the end if it still runs.

    ``before`` is the command that becomes the process, if there is one.
    """
    accord = folder / "accord.toml"
    text = files("accord.demo").joinpath("accord.toml").read_text(encoding="utf-8")
    accord.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", program, "serve", str(accord), "--role", roles]
    environment = {**os.environ, **SECRETS, "ACCORD_PORT": "0", "PYTHONUNBUFFERED": "1"}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    environment.pop("ACCORD_DATABASE_URL", None)
    process = subprocess.Popen(
        [*before, *command, *more],
        env={**environment, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    served = Served(process)
    try:
        served.wait_for_start()
        yield served
    finally:
        served.end()


def bodies(number: int) -> Sequence[bytes]:
    """Return so many deliveries that no connector can read: they ask for no call to anybody."""
    return [json.dumps({"unreadable": each}).encode() for each in range(number)]
