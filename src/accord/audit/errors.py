"""Why a set of files cannot be compared, and what to do about it."""


class UnusableError(Exception):
    """A file, or the set of files, cannot be used; the message says why and what to do.

    ``line`` counts from 1 in the file and is None where no single line is to blame.
    """

    def __init__(self, file: str, reason: str, line: int | None = None) -> None:
        place = f"{file}, line {line}" if line else file
        super().__init__(f"{place}: {reason}")
        self.file = file
        self.reason = reason
        self.line = line


class UndecidedError(UnusableError):
    """Two readings of a file are as good; ``flag`` with one of ``choices`` settles it."""

    def __init__(self, file: str, question: str, flag: str, choices: tuple[str, ...]) -> None:
        ways = " or ".join(f"{flag} '{file}={choice}'" for choice in choices)
        super().__init__(file, f"{question} Say it with {ways}.")
        self.question = question
        self.flag = flag
        self.choices = choices
