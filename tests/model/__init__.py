"""Exhaustive searches of the models beside the code."""
