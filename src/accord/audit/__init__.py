"""Exports in, a drift report out: no credentials, no database, the same rules."""

import os

# Polars keeps memory it has freed for a second, in case it wants it again: of a million rows a
# side that is a third of a gibibyte. A tenth of a second is as fast; read once, when it is loaded.
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:100,muzzy_decay_ms:0")
