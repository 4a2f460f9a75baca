"""Records of twins with known parameters, with the noise and the steps of real gauges."""

import numpy as np

from enerwise.core.quantity import HEAT_W, POWER_W, SOC_RATIO, TEMPERATURE_DEGC
from enerwise.core.series import Key
from enerwise.core.time import TimeGrid, instant
from enerwise.physics import battery as cells
from enerwise.physics.building import advance
from enerwise.physics.declared import building_of, compressor_of, gains_w
from enerwise.physics.identify.identifier import Record
from enerwise.site.assets import Battery, BatteryArrays
from enerwise.site.machines import HeatPump
from enerwise.site.site import WEATHER

QUARTER_S = 900
BEGIN = instant("2024-01-08")


def battery_record(
    true: Battery, *, days: int = 21, seed: int = 0, noise_ratio: float = 0.005, share: float = 1.0
) -> Record:
    """A battery that fills by day and gives in the evening; its gauge tells whole percents."""
    rng, count = np.random.default_rng(seed), days * 96
    hour, day = np.arange(count) / 4 % 24, np.repeat(rng.uniform(0.5, 1.0, days), 96)
    fills, gives = (hour >= 9) & (hour < 15), (hour >= 17) | (hour < 2)
    asked_w = np.where(fills, rng.uniform(500, 4000, count), np.where(gives, -rng.uniform(300, 2500, count), 0.0))
    facts, power_w, level = BatteryArrays.of([true]), np.zeros(count), np.zeros(count)
    state = cells.BatteryState.new(facts)
    for step, each_w in enumerate((asked_w * day * share).tolist()):
        level[step] = state.energy_wh[0] / true.capacity_wh
        state, flow = cells.step(facts, state, np.array([each_w]), ambient_degc=20.0, step_s=QUARTER_S)
        power_w[step] = flow.power_w[0]
    told = np.round(level + noise_ratio * rng.standard_normal(count), 2)
    return Record(TimeGrid(BEGIN, QUARTER_S, count), {Key(true.id, POWER_W): power_w, Key(true.id, SOC_RATIO): told})


def pump_record(
    true: HeatPump, *, days: int = 24, seed: int = 0, noise_k: float = 0.05, swing_k: float = 1.5
) -> Record:
    """A heat pump by a thermostat that lets rooms cool at night; gauges of a tenth of a kelvin, a heat meter of 3 %."""
    rng, count = np.random.default_rng(seed), days * 96
    hour = np.arange(count) / 4 % 24
    weather = np.interp(np.arange(count), np.arange(days) * 96, 3.0 + 4.0 * rng.standard_normal(days))
    outdoor_degc = weather + 3.0 * np.sin((hour - 9) / 12 * np.pi)
    network, compressor = building_of(true), compressor_of(true)
    exact, cop = network.discrete(float(QUARTER_S)), compressor.cop_at(outdoor_degc)
    gain_w = gains_w(true, outdoor_degc)[:, 0] + 60.0 * rng.standard_normal(count)
    node_degc = np.full(network.capacity_wh_per_k.size, 21.0)
    power_w, room_degc, into_w = np.zeros(count), np.zeros(count), np.zeros(node_degc.size)
    for step in range(count):
        room_degc[step] = node_degc[0]
        wanted_degc = 21.0 if 6 <= hour[step] < 22 else 21.0 - swing_k
        power_w[step] = np.clip(1200.0 * (wanted_degc + 0.5 - node_degc[0]), 0.0, true.electric_max_w)
        power_w[step] *= power_w[step] > true.electric_min_w
        into_w[0] = true.heat_sign * power_w[step] * cop[step] + gain_w[step]
        node_degc = advance(network, exact, node_degc, into_w, float(outdoor_degc[step]))
    return Record(
        TimeGrid(BEGIN, QUARTER_S, count),
        {
            Key(true.id, POWER_W): power_w,
            Key(true.id, HEAT_W): power_w * cop * (1.0 + 0.03 * rng.standard_normal(count)),
            Key(true.id, TEMPERATURE_DEGC): np.round(room_degc + noise_k * rng.standard_normal(count), 1),
            Key(WEATHER, TEMPERATURE_DEGC): outdoor_degc,
        },
    )


def zones_record(
    true: HeatPump, *, days: int = 24, seed: int = 0, noise_k: float = 0.05, has_meters: bool = True
) -> Record:
    """Zones with valves of their own, open at different hours; without heat meters all valves stay open alike."""
    rng, count, zones = np.random.default_rng(seed), days * 96, len(true.zones)
    hour = np.arange(count) / 4 % 24
    weather = np.interp(np.arange(count), np.arange(days) * 96, 3.0 + 4.0 * rng.standard_normal(days))
    outdoor_degc = weather + 3.0 * np.sin((hour - 9) / 12 * np.pi)
    network, cop = building_of(true), compressor_of(true).cop_at(outdoor_degc)
    exact, gain_w = network.discrete(float(QUARTER_S)), gains_w(true, outdoor_degc)
    share = np.array([each.share_ratio for each in true.zones])
    node_degc = np.full(network.capacity_wh_per_k.size, 20.0)
    power_w, room_degc, heat_w = np.zeros(count), np.zeros((count, zones)), np.zeros((count, zones))
    for step in range(count):
        room_degc[step] = node_degc[:zones]
        wants = [21.5 if (hour[step] + 5 * at) % 24 < 14 else 19.0 for at in range(zones)]
        lacks_w = np.clip(1500.0 * (np.array(wants) - node_degc[:zones]), 0.0, None)
        asked_w = lacks_w if has_meters else share * lacks_w.sum()
        power_w[step] = min(asked_w.sum() / cop[step], true.electric_max_w)
        heat_w[step] = asked_w * power_w[step] * cop[step] / max(asked_w.sum(), 1e-9)
        into_w = gain_w[step].copy()
        into_w[:zones] += heat_w[step] + 30.0 * rng.standard_normal(zones)
        node_degc = advance(network, exact, node_degc, into_w, float(outdoor_degc[step]))
    told = {Key(true.id, POWER_W): power_w, Key(WEATHER, TEMPERATURE_DEGC): outdoor_degc}
    for at, each in enumerate(true.zones):
        told[Key(each.id, TEMPERATURE_DEGC)] = np.round(room_degc[:, at] + noise_k * rng.standard_normal(count), 1)
        if has_meters:
            told[Key(each.id, HEAT_W)] = heat_w[:, at] * (1.0 + 0.03 * rng.standard_normal(count))
    return Record(TimeGrid(BEGIN, QUARTER_S, count), told)
