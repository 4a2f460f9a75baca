"""Caches by site: one object each, never another site's, and never without end."""

from enerwise.serve.outlooks.per_site import MOST_SITES, PerSite
from enerwise.site.site import Site
from enerwise.store.memory import MemoryStore
from enerwise.store.store import Store
from tests.builders import a_site


def made(store: Store, site: Site) -> list[str]:
    return [site.id]


def test_a_site_has_one_object_and_no_other_has_it() -> None:
    cache, store = PerSite(made), MemoryStore()
    one, two = a_site(name="One"), a_site(name="Two")
    assert cache(store, one) is cache(store, one)
    assert cache(store, two) == ["two"]
    assert cache(MemoryStore(), one) is not cache(store, one)


def test_the_oldest_are_let_go() -> None:
    cache, store = PerSite(made), MemoryStore()
    first = cache(store, a_site(name="0"))
    for number in range(1, MOST_SITES + 1):
        cache(store, a_site(name=str(number)))
    assert cache(store, a_site(name="0")) is not first
