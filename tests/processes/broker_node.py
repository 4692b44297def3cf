"""A RabbitMQ node of a test's own, that may be killed."""

import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
UP_WITHIN = 90.0


def missing() -> str | None:
    """Return what there is none of to run a node with."""
    if not SERVER.exists():
        return f"no {SERVER}"
    return None if shutil.which("epmd") else "no epmd"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        number: int = found.getsockname()[1]
        return number


class Node:
    """One node, its files in a folder of its own, and nobody it shares a port or a name with."""

    def __init__(self, folder: Path) -> None:
        self._ports = {name: free_port() for name in ("amqp", "between", "names")}
        plugins = folder / "plugins"
        plugins.write_text("[].\n")
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "ERL_EPMD_PORT": str(self._ports["names"]),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": "accord-test@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self._ports["amqp"]),
            "RABBITMQ_DIST_PORT": str(self._ports["between"]),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(plugins),
            "RABBITMQ_CONFIG_FILE": str(folder / "none"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }
        self._names = self._run("epmd", "-port", str(self._ports["names"]))
        self._server = self._run(str(SERVER))

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self._ports['amqp']}/?queue=accord-test"

    def kill(self) -> None:
        """Kill everything of the node at one instant."""
        _kill(self._server)

    def start(self) -> None:
        """Start it after its death."""
        self._server = self._run(str(SERVER))

    def wait_until_up(self) -> None:
        """Return once it takes connections."""
        gives_up = time.monotonic() + UP_WITHIN
        while True:
            try:
                socket.create_connection(("127.0.0.1", self._ports["amqp"]), timeout=1).close()
            except OSError:
                assert time.monotonic() < gives_up
                time.sleep(0.1)  # it is another program's time
            else:
                return

    def end(self) -> None:
        _kill(self._server)
        _kill(self._names)

    def _run(self, *command: str) -> "subprocess.Popen[bytes]":
        silent = subprocess.DEVNULL
        return subprocess.Popen(
            command, env=self._environment, stdout=silent, stderr=silent, start_new_session=True
        )


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(30)
