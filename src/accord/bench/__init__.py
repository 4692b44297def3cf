"""Measuring on this machine: each road beside the least that the same work can cost."""
