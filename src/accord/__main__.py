"""The door to the program: ``python -m accord`` and the command ``accord``."""

import gc
import os
import sys

from accord.domain.errors import UnusableInputError

UNUSABLE = 2

# Seconds after which one thread lets another have its turn.
_TURN = 0.0005

# On two cores Polars has two threads, one of which waits for the other while a file is read.
_FEWEST_THREADS = 4


def main() -> None:
    """Run the command line and leave with its exit status.

    What a person has to correct is said in one sentence, wherever it was found, with status 2.
    """
    try:
        _run()
    except UnusableInputError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(UNUSABLE)


def _run() -> None:
    # Comparing exports needs no part of the service, and loading those takes a second.
    if sys.argv[1:2] == ["audit"]:
        _audit()
    from accord.cli.app import app  # noqa: PLC0415 - the same

    app(prog_name="accord")  # however it was started, it is called by one name


def _audit() -> None:
    # One comparison is over in seconds and ends its process, which frees all memory at once:
    # looking for what could be freed earlier would only cost time.
    gc.disable()
    sys.setswitchinterval(_TURN)  # two files are read side by side, in many short steps
    if (os.cpu_count() or 1) < _FEWEST_THREADS:
        os.environ.setdefault("POLARS_MAX_THREADS", str(_FEWEST_THREADS))
    from accord.cli.audit import audit  # noqa: PLC0415 - only what is needed

    try:
        audit(sys.argv[2:], prog_name="accord audit")
    finally:
        gc.freeze()


if __name__ == "__main__":
    main()
