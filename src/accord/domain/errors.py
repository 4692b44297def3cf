"""Errors named by what the caller does next."""


class AccordError(Exception):
    """The root of every error Accord raises itself; its text says what to do."""


class UnusableInputError(AccordError):
    """What was given cannot be used as it is; a person corrects it. Nothing was changed."""


class UnreadableError(UnusableInputError):
    """A payload that does not have the shape its sender documents. Kept and quarantined."""
