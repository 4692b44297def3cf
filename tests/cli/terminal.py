"""The program on a terminal of its own: what a person sees, and answers."""

import os
import pty
import re
import select
import subprocess
import sys
from pathlib import Path

# What steers a terminal: colours, and moving to another line.
_STEERING = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_QUIET_FOR = 60


def on_a_terminal(*words: str | Path, answers: dict[str, str] | None = None) -> tuple[int, str]:
    """Run the program and type each answer once its question is on the screen.

    Returns the exit status and all that was on the screen, without what steers it.
    """
    ours, its = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "accord", *map(str, words)],
        stdin=its,
        stdout=its,
        stderr=its,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "200"},
    )
    os.close(its)
    left = dict(answers or {})
    seen = b""
    while piece := _read(ours):
        seen += piece
        for question in [one for one in left if one.encode() in seen]:
            os.write(ours, f"{left.pop(question)}\n".encode())
    os.close(ours)
    process.wait(timeout=_QUIET_FOR)
    return process.returncode, _STEERING.sub("", seen.decode("utf-8", "replace"))


def _read(terminal: int) -> bytes:
    """Return what is on the screen next; nothing once the program has left it."""
    if not select.select([terminal], [], [], _QUIET_FOR)[0]:
        return b""
    try:
        return os.read(terminal, 65536)
    except OSError:  # so Linux says that the other side is closed
        return b""
