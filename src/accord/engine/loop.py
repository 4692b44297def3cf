"""How a serving process runs: on which event loop, and how often Python looks for garbage."""

import asyncio
import gc
import importlib.util
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

# A batch makes some ten thousand objects, hardly any of them in a circle. Looked through after
# every 700, as Python does by itself, they cost a fifth of the whole work.
COLLECT_AFTER = 50_000


def run_fast(work: Coroutine[Any, Any, T]) -> T:
    """Run ``work`` to its end on uvloop, or on asyncio's own loop where there is no uvloop."""
    gc.collect()
    gc.freeze()  # what was imported stays anyway, and is not looked through again
    gc.set_threshold(COLLECT_AFTER)
    with asyncio.Runner(loop_factory=_fast()) as runner:
        return runner.run(work)


def _fast() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if importlib.util.find_spec("uvloop") is None:  # it is not made for Windows
        return None
    import uvloop  # noqa: PLC0415 - absent on some systems

    return uvloop.new_event_loop
