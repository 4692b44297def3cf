"""What is deadly kills a copy of the process, and the process goes on."""

import os
import signal
import time

import pytest

from accord.engine.trial import survives


def fail():
    raise ZeroDivisionError


def use_up_memory():
    raise MemoryError


def kill_itself():
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("work", [lambda: 7, fail], ids=["work", "an error"])
async def test_work_and_errors_are_survived(work):
    assert await survives(work)


@pytest.mark.parametrize("work", [lambda: os._exit(7), kill_itself, use_up_memory])
async def test_death_is_not(work):
    assert not await survives(work)


async def test_what_never_ends_is_ended():
    assert not await survives(lambda: time.sleep(60), within=0.1)


async def test_what_work_does_stays_in_the_copy():
    done: list[int] = []

    assert await survives(lambda: done.append(7))
    assert done == []


async def test_the_copy_holds_nothing_open_that_is_not_its_own(tmp_path):
    with (tmp_path / "locked").open("w") as file:
        number = file.fileno()
        assert await survives(lambda: os.fstat(1))
        assert not await survives(lambda: os._exit(_is_open(number)))


def _is_open(number: int) -> int:
    try:
        os.fstat(number)
    except OSError:
        return 7
    return 0
