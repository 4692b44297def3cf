"""Which event loop a serving process runs on."""

import asyncio
import importlib.util
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_fast(work: Coroutine[Any, Any, T]) -> T:
    """Run ``work`` to its end on uvloop, or on asyncio's own loop where there is no uvloop."""
    with asyncio.Runner(loop_factory=_fast()) as runner:
        return runner.run(work)


def _fast() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if importlib.util.find_spec("uvloop") is None:  # it is not made for Windows
        return None
    import uvloop  # noqa: PLC0415 - absent on some systems

    return uvloop.new_event_loop
