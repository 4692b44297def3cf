"""The command line. Each command is a module of its own, joined in ``app``."""
