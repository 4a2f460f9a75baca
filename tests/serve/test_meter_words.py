"""What sub-meters counted, in words: what is left is told, and parts that are more than the whole have a remedy."""

import numpy as np

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Frame, Key
from enerwise.serve.meter_words import measured_splits, meters_table, now_facts, remarks
from enerwise.serve.words import LANGUAGES, sentence
from enerwise.site.circuits import Circuit
from enerwise.site.site import GRID, Site
from enerwise.store.memory import MemoryStore
from tests.builders import a_grid, a_load, a_site

CIRCUITS = (Circuit("garage", ("shop",), meter="garage-meter"),)


def a_house() -> Site:
    from dataclasses import replace

    return replace(a_site(a_load(), a_load("shop")), circuits=CIRCUITS)


def kept(shop_w: float, counted_w: float) -> MemoryStore:
    grid, store = a_grid(steps=8), MemoryStore()
    powers = {GRID: 3000.0, "home": 1000.0, "shop": shop_w, "garage-meter": counted_w}
    columns = {Key(name, POWER_W): np.full(8, value) for name, value in powers.items()}
    store.append(Frame.of(grid.starts_utc, columns))
    store.flush()
    return store


def test_what_is_left_is_told_meter_by_meter() -> None:
    found = measured_splits(kept(shop_w=1500.0, counted_w=2000.0), a_house(), a_grid(steps=8))
    rows = [list(each.cells) for each in meters_table(found, 0.25).columns]
    assert rows[0] == ["connection", "garage"] and rows[1] == ["6.0 kWh", "4.0 kWh"]
    assert rows[2] == ["6.0 kWh", "3.0 kWh"] and rows[3] == ["0 Wh", "1.0 kWh"]
    assert not list(remarks(found, 0.25))


def test_parts_that_are_more_than_the_whole_are_told_with_a_remedy() -> None:
    (told,) = remarks(measured_splits(kept(shop_w=2500.0, counted_w=2000.0), a_house(), a_grid(steps=8)), 0.25)
    assert told.startswith("what hangs on the circuit garage took 1.0 kWh more than its meter counted")
    assert "one of shop hangs elsewhere" in told
    (key, facts), = now_facts(a_house(), {"garage-meter": 2e3, "shop": 2.5e3})  # fmt: skip
    assert key == "meters.circuit_over" and all("500 W" in sentence(key, facts, each) for each in LANGUAGES)
    (key, facts), = now_facts(a_house(), {"garage-meter": 2e3, "shop": 1.9e3})  # fmt: skip
    assert key == "meters.circuit" and "100 W of it by nothing" in sentence(key, facts)
