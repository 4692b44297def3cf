"""Exports in, a drift report out: no credentials, no database, the same rules."""
