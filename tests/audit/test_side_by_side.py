"""Files are recognised side by side, from the first moment on."""

import subprocess
import sys

# What is read once is read here by many threads for the first time, in a process of its own.
_TOGETHER = """
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from accord.audit.exports import _exports, exports, systems
from accord.audit.words import Words, _vocabulary

sys.setswitchinterval(1e-6)
start = Barrier(8)

def known(at):
    start.wait()
    exports()
    return [Words(system, {}).system for system in systems()]

with ThreadPoolExecutor(8) as pool:
    list(pool.map(known, range(8)))
read = _exports.cache_info().misses, _vocabulary.cache_info().misses
sys.exit(0 if read == (1, len(systems())) else f"read again and again: {read}")
"""


def test_what_every_file_needs_is_read_once_however_many_ask_at_once() -> None:
    done = subprocess.run([sys.executable, "-c", _TOGETHER], capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (0, b"")
