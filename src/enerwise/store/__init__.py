"""What is remembered: measurements with the moment they became known, events with their causes, plans, state.

`Store` is the port, `MemoryStore` serves simulations, `SqliteStore` a box on the wall. People's CSV and Parquet come in
through `enerwise.store.files`. Only the port and the memory are loaded here; whoever opens a file imports the rest.
"""

from enerwise.store.memory import MemoryStore
from enerwise.store.store import Blob, Change, Flushed, Store, Subscription

__all__ = ["Blob", "Change", "Flushed", "MemoryStore", "Store", "Subscription"]
