"""The door to the program: ``python -m accord`` and the command ``accord``."""

from accord.cli.app import app


def main() -> None:
    """Run the command line and leave with its exit status."""
    app()


if __name__ == "__main__":
    main()
