"""Every diagnosis that we ship is fired by a test here, at every tier it has, and by nothing milder."""

from collections.abc import Mapping
from typing import Final

import pytest

from enerwise.site.placing import CLOCK
from enerwise.site.rules import Tier, Watch

from .supervision import FILES, Bench, fired, shipped

Values = Mapping[str, float]
REST: Final[Values] = {"power_w": 0.0}
CHARGING: Final[Values] = {"power_w": 4000.0}


def of(asset: str, **values: float) -> dict[str, float]:
    return {f"{asset}.{quantity}": value for quantity, value in values.items()}


def battery(**values: float) -> dict[str, float]:
    return of("battery", **values)


def second(**values: float) -> dict[str, float]:
    return of("battery#2", **values)


# id -> for each tier what is measured, steadily, for as long as it takes; rates and clocks have tests of their own.
STEADY: Final[dict[str, dict[str, Values]]] = {
    "cell-imbalance": {
        "info": battery(cell_voltage_max_v=3.30, cell_voltage_min_v=3.24),
        "warn": battery(cell_voltage_max_v=3.30, cell_voltage_min_v=3.19),
        "trip": battery(cell_voltage_max_v=3.45, cell_voltage_min_v=3.14),
    },
    "overpower": {
        each: battery(power_w=5000.0 * size) for each, size in (("info", -1.03), ("warn", 1.2), ("trip", -1.3))
    },
    "charge-overcurrent": {
        "warn": battery(current_a=23.0, charge_current_limit_a=20.0),
        "trip": battery(current_a=26.0, charge_current_limit_a=20.0),
    },
    "discharge-overcurrent": {
        "warn": battery(current_a=-23.0, discharge_current_limit_a=20.0),
        "trip": battery(current_a=-26.0, discharge_current_limit_a=20.0),
    },
    "open-string-current": {"trip": battery(current_a=-6.0, is_closed=0.0)},
    "insulation": {each: battery(insulation_ohm=ohm) for each, ohm in (("info", 9e5), ("warn", 7e5), ("trip", 4e5))},
    "device-alarm": {"warn": battery(alarm_code=4.0)},
    "inverter-overtemperature": {
        each: of("roof", temperature_degc=degc) for each, degc in (("info", 61.0), ("warn", 76.0), ("trip", 91.0))
    },
    "soc-differs": dict.fromkeys(("warn", "trip"), battery(soc_ratio=0.5) | second(soc_ratio=0.53)),
    "voltage-differs": dict.fromkeys(("warn", "trip"), battery(pack_voltage_v=384.0) | second(pack_voltage_v=380.5)),
    "current-differs": dict.fromkeys(("warn", "trip"), battery(current_a=20.0) | second(current_a=14.0)),
    "cell-voltage-differs": dict.fromkeys(
        ("warn", "trip"), battery(cell_voltage_max_v=3.3) | second(cell_voltage_max_v=3.315)
    ),
    "temperature-differs": dict.fromkeys(
        ("warn", "trip"), battery(cell_temperature_max_degc=25.0) | second(cell_temperature_max_degc=31.0)
    ),
    "temperature-spread": {
        "info": battery(cell_temperature_max_degc=26.0, cell_temperature_min_degc=20.0),
        "warn": battery(cell_temperature_max_degc=31.0, cell_temperature_min_degc=20.0),
    },
    "bus-differs": dict.fromkeys(("warn", "trip"), battery(bus_voltage_v=380.0, pack_voltage_v=384.0, is_closed=1.0)),
    "power-differs": {
        "warn": battery(power_w=4000.0, current_a=7.5, pack_voltage_v=384.0),
        "trip": battery(power_w=4000.0, current_a=5.0, pack_voltage_v=384.0),
    },
    "sign-flipped": dict.fromkeys(("warn", "trip"), battery(power_w=300.0, current_a=-1.0, pack_voltage_v=384.0)),
    "current-sign-flipped": dict.fromkeys(("warn", "trip"), battery(current_a=2.0) | second(current_a=-1.5)),
    "balance": dict.fromkeys(
        ("warn", "trip"),
        of("grid", power_w=1000.0) | battery(power_w=0.0) | of("roof", power_w=-500.0) | of("home", power_w=1000.0),
    ),
    "stop-pressed": {"trip": of("stop", is_closed=0.0)},
    "door-open": {"trip": of("door", is_closed=0.0)},
    "smoke": {"trip": of("smoke", alarm_code=1.0)},
    "breaker-open": {"warn": of("breaker", is_closed=0.0)},
}
CELLS: Final[dict[str, dict[str, dict[str, Values]]]] = {
    chemistry: {
        "cell-overvoltage": {
            tier: battery(cell_voltage_max_v=value) for tier, value in zip(("info", "warn", "trip"), high, strict=True)
        },
        "cell-undervoltage": {
            tier: battery(cell_voltage_min_v=value) for tier, value in zip(("info", "warn", "trip"), low, strict=True)
        },
        "overtemperature-charge": {
            tier: battery(**CHARGING, cell_temperature_max_degc=degc)
            for tier, degc in (("info", 41.0), ("warn", 44.0), ("trip", 45.5))
        },
        "overtemperature": {
            tier: battery(cell_temperature_max_degc=degc)
            for tier, degc in (("info", 46.0), ("warn", 51.0), ("trip", 56.0))
        },
        "undertemperature-charge": {
            tier: battery(**CHARGING, temperature_degc=degc)
            for tier, degc in (("info", 4.0), ("warn", 1.0), ("trip", -0.5))
        },
        "undertemperature": {
            tier: battery(cell_temperature_min_degc=degc)
            for tier, degc in (("info", -1.0), ("warn", -16.0), ("trip", -21.0))
        },
        "cell-imbalance": STEADY["cell-imbalance"],
    }
    for chemistry, high, low in (
        ("lfp", (3.52, 3.62, 3.66), (2.75, 2.60, 2.45)),
        ("nmc", (4.16, 4.19, 4.21), (3.08, 3.02, 2.95)),
    )
}
GRIDS: Final[dict[str, dict[str, dict[str, Values]]]] = {
    name: {
        id: {tier: of("grid", **{quantity: value}) for tier, value in zip(("info", "warn"), values, strict=True)}
        for id, quantity, values in rows
    }
    for name, rows in {
        "bands_eu.toml": (
            ("overfrequency", "frequency_hz", (50.3, 51.6)),
            ("underfrequency", "frequency_hz", (49.7, 47.4)),
            ("overvoltage", "voltage_v", (230 * 1.06, 230 * 1.16)),
            ("undervoltage", "voltage_l3_v", (230 * 0.94, 230 * 0.79)),
        ),
        "bands_us.toml": (
            ("overfrequency", "frequency_hz", (60.3, 61.3)),
            ("underfrequency", "frequency_hz", (59.7, 58.4)),
            ("overvoltage", "voltage_v", (230 * 1.06, 230 * 1.11)),
            ("undervoltage", "voltage_l3_v", (230 * 0.94, 230 * 0.69)),
        ),
    }.items()
}
SILENCE: Final = {
    "battery-silent": battery(soc_ratio=0.5),
    "power-silent": battery(power_w=0.0),
    "sensor-silent": of("grid", voltage_l1_v=230.0),
    "interlock-silent": of("door", is_closed=1.0),
}
MOVING: Final = {"temperature-rise", "temperature-jump", "thermal-runup", "temperature-drift", "insulation-drift"}
FROZEN: Final = {"frozen-reading", "frozen-soc"}
OWN: Final = {*MOVING, *FROZEN, *SILENCE, "overrun"}


def watches(*names: str) -> dict[str, Watch]:
    return {each.id: each for each in shipped(*names).watches}


def cases() -> list[tuple[str, str, str, Values]]:
    found = []
    for name in FILES:
        chemistry = name.removeprefix("limits_").removesuffix(".toml")
        rows = CELLS.get(chemistry) or GRIDS.get(name) or STEADY
        for id in watches(name).keys() & rows.keys():
            found += [(name, id, tier, values) for tier, values in rows[id].items()]
    return sorted(found, key=lambda case: case[:3])


def test_every_diagnosis_and_every_tier_of_it_has_a_case() -> None:
    expected = {
        (name, id, tier.value)
        for name in FILES
        for id, watch in watches(name).items()
        for tier, _ in watch.levels
        if id not in OWN
    }
    assert {case[:3] for case in cases()} == expected
    assert {id for name in FILES for id in watches(name)} >= OWN
    assert CLOCK.id == "clock"  # tests/guard/test_supervise.py


@pytest.mark.parametrize(
    ("name", "id", "tier", "values"), cases(), ids=lambda each: each if isinstance(each, str) else ""
)
def test_diagnosis_is_fired(name: str, id: str, tier: str, values: Values) -> None:
    """Before its time nothing of that tier, in time that tier, and never a worse one than is due."""
    watch = watches(name)[id]
    level = dict(watch.levels)[Tier(tier)]
    bench = Bench(shipped(name), chemistry={"battery": "nmc" if "nmc" in name else "lfp"})
    first = fired(bench.look(values))
    assert ((id, tier) in first) is (level.after_s == 0.0)
    watched = bench.run(values, until_s=level.after_s + 0.05, every_s=0.05)
    assert (id, tier) in fired(watched)
    worse = [each.value for each, other in watch.levels if each.value > tier and other.at != level.at]
    assert not {(id, each) for each in worse if each != "info"} & fired(watched) - due(watch, values, tier)


def due(watch: Watch, values: Values, tier: str) -> set[tuple[str, str]]:
    order = ["info", "warn", "trip"]
    return {(watch.id, each) for each in order[: order.index(tier) + 1]}


@pytest.mark.parametrize("id", SILENCE)
def test_silence_is_fired(id: str) -> None:
    bench = Bench(shipped())
    bench.look(SILENCE[id])
    assert (id, "warn") not in fired(bench.look({}, t_s=3.0))
    assert (id, "warn") in fired(bench.look({}, t_s=3.1))


@pytest.mark.parametrize("id", sorted(FROZEN))
def test_standing_still_is_fired(id: str) -> None:
    bench = Bench(shipped("trends.toml"))
    values = battery(power_w=-4000.0, current_a=-10.0, soc_ratio=0.5)
    limit_s = dict(watches("trends.toml")[id].levels)[Tier.WARN].at
    assert (id, "warn") not in fired(bench.run(values, until_s=limit_s, every_s=2.0))
    assert (id, "warn") in fired(bench.run(values, until_s=limit_s + 4.0, every_s=2.0))


@pytest.mark.parametrize(
    ("id", "tier", "quantity", "per_s", "every_s", "power_w"),
    [
        ("temperature-rise", "warn", "temperature_degc", 1.1 / 60, 5.0, 4000.0),
        ("temperature-jump", "trip", "cell_temperature_max_degc", 1.2, 0.5, 4000.0),
        ("thermal-runup", "warn", "cell_temperature_max_degc", 0.6 / 60, 5.0, 0.0),
        ("thermal-runup", "trip", "cell_temperature_max_degc", 1.1 / 60, 5.0, 0.0),
        ("temperature-drift", "info", "cell_temperature_min_degc", -6 / 3600, 60.0, 0.0),
        ("insulation-drift", "info", "insulation_ohm", -12.0, 300.0, 0.0),
    ],
)
def test_movement_is_fired(id: str, tier: str, quantity: str, per_s: float, every_s: float, power_w: float) -> None:
    watch = watches("trends.toml")[id]
    bench = Bench(shipped("trends.toml"), poll_s={"battery": every_s})
    for factor, is_fired in ((0.5, False), (1.0, True)):
        at_s, watched = bench.t_s, bench.look()
        for _ in range(int(2.5 * watch.window_s / every_s)):
            value = (
                2e6 + factor * per_s * (bench.t_s - at_s)
                if "ohm" in quantity
                else 25.0 + factor * per_s * (bench.t_s - at_s)
            )
            watched = bench.look(battery(**{quantity: value, "power_w": power_w}), t_s=bench.t_s + every_s)
        assert ((id, tier) in fired(watched)) is is_fired


def test_overrun_is_fired() -> None:
    bench = Bench(shipped("plausibility.toml"))
    assert fired(bench.look({}, t_s=11.0)) == {("overrun", "warn"), ("overrun", "trip")}


def test_site_that_is_well_raises_nothing() -> None:
    """Two hours of an ordinary day, with everything measured that any rule asks for."""
    bench = Bench(shipped(*(name for name in FILES if name != "bands_us.toml")))
    watched = bench.look()
    for t_s in range(0, 7200, 2):
        wave = (t_s // 60 % 7) / 7
        power_w = 2000.0 + 100.0 * wave
        values = (
            battery(
                power_w=power_w,
                current_a=power_w / 384.0,
                pack_voltage_v=384.0 + 0.1 * wave,
                bus_voltage_v=384.0 + 0.1 * wave,
                soc_ratio=0.4 + t_s / 36_000,
                cell_voltage_min_v=3.31 + 0.001 * wave,
                cell_voltage_max_v=3.32 + 0.001 * wave,
                cell_temperature_min_degc=22.0 + t_s / 7200,
                cell_temperature_max_degc=24.0 + t_s / 7200,
                temperature_degc=23.0,
                insulation_ohm=2e6,
                is_closed=1.0,
                alarm_code=0.0,
                charge_current_limit_a=20.0,
                discharge_current_limit_a=20.0,
            )
            | of("roof", power_w=-3000.0 - wave, temperature_degc=45.0)
            | of("home", power_w=500.0 + wave)
            | of("grid", power_w=power_w - 2500.0, frequency_hz=50.0 + 0.05 * wave, voltage_v=232.0)
            | of("door", is_closed=1.0)
            | of("smoke", alarm_code=0.0)
            | of("breaker", is_closed=1.0)
            | of("stop", is_closed=1.0)
        )
        watched = bench.look(values, t_s=float(t_s))
        assert not watched.findings, watched.findings
    assert watched.derate == dict.fromkeys(("roof", "battery", "home"), (1.0, 1.0))
    assert all(share.inside_ratio == 1.0 for share in watched.bands.values() if share.inside_s)
