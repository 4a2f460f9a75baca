"""One object for each site of a store: where caches live. The oldest are let go where there are very many."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Final, Generic, TypeVar

from enerwise.site.site import Site
from enerwise.store.store import Store

Kept = TypeVar("Kept")
MOST_SITES: Final = 256


class PerSite(Generic[Kept]):
    """Makes an object when it is first asked for. Threads may share it."""

    def __init__(self, make: Callable[[Store, Site], Kept]) -> None:
        self._make, self._lock = make, Lock()
        # The store is kept beside its object, so that no other store can have its number meanwhile.
        self._kept: OrderedDict[tuple[int, str], tuple[Store, Kept]] = OrderedDict()

    def __call__(self, store: Store, site: Site) -> Kept:
        """Return the object of a site."""
        key = id(store), site.id
        with self._lock:
            if key not in self._kept:
                self._kept[key] = store, self._make(store, site)
            self._kept.move_to_end(key)
            while len(self._kept) > MOST_SITES:
                self._kept.popitem(last=False)
            return self._kept[key][1]
