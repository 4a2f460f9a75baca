"""What goes wrong costs comfort or history, never a limit, and each time the log says so."""

from typing import cast

import numpy as np
import pytest

from enerwise.core.event import Event, Kind
from enerwise.core.quantity import ENERGY_WH, POWER_W
from enerwise.core.series import Key
from enerwise.devices.twin import TwinDevices
from enerwise.run.loop import play
from enerwise.run.world import World
from enerwise.store.memory import MemoryStore
from enerwise.testing.faults import DeviceFault, FaultyDevices, FaultyStore
from tests.builders import a_connection, a_frame, an_event
from tests.run.builders import a_world

DAYS = 14
TURNS = DAYS * 24
SLACK_W = 1e-6
BLIND = (DeviceFault.DROPPED, DeviceFault.NAN)


def truth(world: World, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[float]]:
    """Keep what really flowed at the twin from now on, whatever anybody is told of it."""
    kept: dict[str, list[float]] = {"grid": [], "energy": []}
    devices = world.devices
    assert isinstance(devices, TwinDevices)
    carry_out = devices._carry_out

    def watched(step: int) -> object:
        measured = carry_out(step)
        kept["grid"] += [each.value for each in measured if each.key == Key("grid", POWER_W)]
        kept["energy"] += [each.value for each in measured if each.key == Key("battery", ENERGY_WH)]
        return measured

    monkeypatch.setattr(devices, "_carry_out", watched)
    return kept


def broken(
    world: World, seed: int, kinds: tuple[DeviceFault, ...], rate: float = 0.2, most_looks: int = 6
) -> FaultyDevices:
    devices = FaultyDevices(world.devices, np.random.default_rng(seed), rate=rate, kinds=kinds, most_looks=most_looks)
    world.devices = devices
    return devices


def keeps_limits(kept: dict[str, list[float]], *, import_w: float, export_w: float) -> None:
    grid_w, energy_wh = np.array(kept["grid"]), np.array(kept["energy"])
    assert grid_w.size == TURNS, "the house goes on, seen or not"
    assert grid_w.max() <= import_w + SLACK_W
    assert grid_w.min() >= -export_w - SLACK_W
    assert energy_wh.max() <= 0.9 * 13_500 + SLACK_W
    assert energy_wh.min() >= 0.1 * 13_500 - SLACK_W


@pytest.mark.parametrize("mode", ["self_consumption", "follow_plan"])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_fortnight_of_every_fault_keeps_every_limit(mode: str, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    world = a_world(mode, days=DAYS, warmup_days=4)
    kept = truth(world, monkeypatch)
    devices = broken(world, seed, tuple(DeviceFault))
    play(world, TURNS)
    assert set(devices.injected) == set(DeviceFault)
    assert all(count > 3 for count in devices.injected.values())
    keeps_limits(kept, import_w=9000.0, export_w=9000.0)


@pytest.mark.parametrize("kind", [*BLIND, DeviceFault.FROZEN, DeviceFault.WRONG_SIGN, DeviceFault.DEAF])
def test_a_narrow_connection_is_kept_while_nothing_can_be_seen(
    kind: DeviceFault, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = a_world(days=DAYS, connection=a_connection(5000.0, 1500.0))
    kept = truth(world, monkeypatch)
    devices = broken(world, 3, (kind,))
    play(world, TURNS)
    assert devices.injected[kind] > 20
    keeps_limits(kept, import_w=5000.0, export_w=1500.0)
    assert min(kept["grid"]) < -1400.0, "the limit matters on these days"


@pytest.mark.parametrize("kind", BLIND)
def test_every_turn_without_data_is_explained(kind: DeviceFault) -> None:
    world = a_world(days=DAYS)
    devices = broken(world, 4, (kind,))
    play(world, TURNS)
    store = world.store
    mode, blind_count = "", 0
    by_turn: dict[str, list[Event]] = {}
    for event in store.events():
        by_turn.setdefault(event.id.rsplit("/", 1)[0], []).append(event)
    for told in by_turn.values():
        for each in told:
            if each.kind is Kind.MODE:
                mode, reason = str(each.payload["mode"]), each.payload["reason"]
                assert (mode == "passive") == (reason == "data_too_old")
        seen = [each for each in told if each.kind is Kind.MEASURED]
        if seen and "home.power_w" not in cast(dict[str, float], seen[0].payload["now"]):
            blind_count += 1
            assert mode == "passive"
            judged = [each for each in told if each.kind is Kind.JUDGED and each.subject == "battery"]
            assert [each.payload["value"] for each in judged] == [0.0]
            assert judged[0].payload["rule"] in {"data unknown", "no wish"}
            assert judged[0].cause
    # The last look of all, after the last turn, decides nothing.
    assert blind_count == devices.injected[kind] - (devices.fault is not None)
    assert blind_count > 20


def test_devices_that_do_not_listen_leave_no_receipt_and_rest() -> None:
    world = a_world(days=DAYS)
    broken(world, 5, (DeviceFault.DEAF,), rate=1.0)
    play(world, 24)
    assert not world.store.events(kind=Kind.RECEIPT)
    assert len(world.store.events(kind=Kind.PERMITTED)) == 48
    start, end = world.clock.now() - np.timedelta64(24, "h"), world.clock.now()
    assert set(world.store.read(Key("battery", POWER_W), start, end).value) == {0.0}


def test_the_same_seed_breaks_the_same_looks() -> None:
    counts = []
    for _ in range(2):
        world = a_world(days=4)
        devices = broken(world, 6, tuple(DeviceFault))
        play(world, 96)
        counts.append(dict(devices.injected))
    assert counts[0] == counts[1]


def test_faults_that_make_no_sense_are_refused() -> None:
    world, rng = a_world(), np.random.default_rng(1)
    with pytest.raises(ValueError, match="rate"):
        FaultyDevices(world.devices, rng, rate=1.5)
    with pytest.raises(ValueError, match="kind"):
        FaultyDevices(world.devices, rng, rate=0.5, kinds=())
    with pytest.raises(ValueError, match="rate"):
        FaultyStore(MemoryStore(), rng, rate=-1.0)


@pytest.mark.parametrize("rate", [0.5, 1.0])
def test_a_failing_store_costs_history_only(rate: float, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, failing = a_world(days=4), a_world(days=4)
    store = FaultyStore(failing.store, np.random.default_rng(8), rate=rate)
    failing.store = store
    good, bad = truth(whole, monkeypatch), truth(failing, monkeypatch)
    play(whole, 96)
    play(failing, 96)
    assert bad == good
    assert store.injected_count > 50
    kept_count = len(store.events())
    assert kept_count < len(whole.store.events()) if rate == 1.0 else kept_count > 0
    failing_rest = store._store.flush()
    assert failing_rest.is_durable
    assert {each.id for each in whole.store.events()} == {each.id for each in store.events()}


def test_a_flush_that_fails_says_so_keeps_nothing_and_leaves_reading_alone() -> None:
    inner = MemoryStore()
    inner.note([an_event("site/0/0")])
    inner.flush()
    store = FaultyStore(inner, np.random.default_rng(1), rate=1.0)
    store.note([an_event("site/0/1")])
    store.append(a_frame())
    flushed = store.flush()
    assert not flushed.is_durable
    assert flushed.waiting_count == 97
    assert "injected" in flushed.reason
    assert [each.id for each in store.events()] == ["site/0/0"]
    assert store.keys() == ()
