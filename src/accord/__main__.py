"""The door to the program: ``python -m accord`` and the command ``accord``."""

import sys

from accord.domain.errors import UnusableInputError

UNUSABLE = 2


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
        from accord.cli.audit import audit  # noqa: PLC0415 - only what is needed

        audit(sys.argv[2:], prog_name="accord audit")
    from accord.cli.app import app  # noqa: PLC0415 - the same

    app(prog_name="accord")  # however it was started, it is called by one name


if __name__ == "__main__":
    main()
