"""Accord keeps every system in a retail stack in agreement about every order."""

__version__ = "0.1.0"
