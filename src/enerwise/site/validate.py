"""Readings -> frames with quality, and the refused ones with a reason.

Two bands stand round every channel. Within the inner one a value is good; between the two it is kept but suspect;
beyond the outer one, or where its times make no sense, it is refused. Limits of contract are no measure of truth: a
home that feeds in where it must not is measured rightly, so the grid's bands come from what its wires can carry.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from enerwise.core.intent import Reason
from enerwise.core.quantity import (
    ALARM_CODE,
    AVAILABLE_POWER_W,
    BUS_VOLTAGE_V,
    CARBON_G_PER_KWH,
    CELL_TEMPERATURE_MAX_DEGC,
    CELL_TEMPERATURE_MIN_DEGC,
    CELL_VOLTAGE_MAX_V,
    CELL_VOLTAGE_MIN_V,
    CHARGE_CURRENT_LIMIT_A,
    CO2_PPM,
    COMMS_LOSS_S,
    CURRENT_A,
    CYCLES_COUNT,
    DISCHARGE_CURRENT_LIMIT_A,
    ENERGY_WH,
    EXPORTED_WH,
    FREQUENCY_HZ,
    HEAT_W,
    HUMIDITY_RATIO,
    ILLUMINANCE_LX,
    IMPORT_LIMIT_W,
    IMPORTED_WH,
    INSULATION_OHM,
    IRRADIANCE_W_PER_M2,
    IS_CLOSED,
    IS_CONNECTED,
    IS_OCCUPIED,
    PACK_VOLTAGE_V,
    POWER_W,
    PRICE_EXPORT_EUR_PER_KWH,
    PRICE_IMPORT_EUR_PER_KWH,
    QUANTITIES,
    REACTIVE_POWER_VAR,
    SOC_RATIO,
    SOH_RATIO,
    STATE_CODE,
    TEMPERATURE_DEGC,
    VOLTAGE_L1_V,
    VOLTAGE_L2_V,
    VOLTAGE_L3_V,
    VOLTAGE_V,
)
from enerwise.core.series import Frame, Key, Quality, Reading
from enerwise.core.time import TIME_TYPE, Instant
from enerwise.site.assets import Asset, Battery, Load, Pv
from enerwise.site.circuits import Circuit
from enerwise.site.limits import WindowedLimit
from enerwise.site.machines import Charger, HeatPump, Machine
from enerwise.site.site import GRID, WEATHER, Connection, Site
from enerwise.site.ventilation import Ventilation
from enerwise.site.zones import Presence

TOLERANCE_RATIO: Final = 0.02
"""What a meter may show beyond a limit that is kept: two percent."""
STANDBY_W: Final = 100.0
"""What electronics take, or a difference of two meters shows, where nothing flows."""
BEYOND_LIMIT_RATIO: Final = 1.5
"""No machine carries more than this times its limit; a larger value is a wrong unit or a broken sensor."""
BEYOND_FUSE_RATIO: Final = 3.0
"""A fuse carries this many times its rating for seconds before it blows."""
TEMPERATURES_DEGC: Final = ((-40.0, 80.0), (-60.0, 150.0))


@dataclass(frozen=True, slots=True)
class Refused:
    """A reading that is not stored, and why."""

    reading: Reading
    reason: Reason

    def __str__(self) -> str:
        facts = ", ".join(f"{name} {value}" for name, value in self.reason.facts.items())
        return f"{self.reading.key} {self.reading.value:g}: {self.reason.code}" + (f" ({facts})" if facts else "")


@dataclass(frozen=True, slots=True)
class Band:
    """Good within ``lower..upper``, suspect outside of it, refused outside ``lowest..highest``. Units of the channel"""

    lower: float
    upper: float
    lowest: float
    highest: float


def validate(readings: Sequence[Reading], site: Site, now: Instant) -> tuple[tuple[Frame, ...], tuple[Refused, ...]]:
    """Sort readings into frames and refusals.

    Args:
        readings: In the order of arrival; of two that contradict each other the first wins, equal ones count once.
        site: Says which channels there are and what they can show.
        now: A step that starts later is refused. ``known_at`` may lie ahead: it is when plans may use the value.

    Returns:
        Frames, one for each set of channels that came with common times, rows in order of arrival; and the refused.
        The cost is some 5 microseconds a reading.
    """
    bands = channel_bands(site.assets, site.connection, site.circuits)
    rows: dict[tuple[Instant, Instant], dict[Key, tuple[float, Quality]]] = {}
    seen: dict[tuple[Key, Instant], float] = {}
    refused: list[Refused] = []
    for reading in readings:
        band = bands.get(reading.key)
        reason = _refusal(reading, band, now, seen)
        if reason is not None:
            refused.append(Refused(reading, reason))
        elif band is not None and (reading.key, reading.start_utc) not in seen:
            seen[reading.key, reading.start_utc] = reading.value
            quality = Quality.GOOD if band.lower <= reading.value <= band.upper else Quality.SUSPECT
            rows.setdefault((reading.start_utc, reading.known_at), {})[reading.key] = (reading.value, quality)
    return _frames(rows), tuple(refused)


def _refusal(
    reading: Reading, band: Band | None, now: Instant, seen: Mapping[tuple[Key, Instant], float]
) -> Reason | None:
    """Return why a reading is refused, None where it is not; comparisons are written so that NaN and NaT fail."""
    if band is None:
        is_known = reading.key.quantity in QUANTITIES
        return Reason("unknown_channel" if is_known else "unknown_quantity", {"channel": str(reading.key)})
    if not math.isfinite(reading.value):
        return Reason("not_finite")
    if not band.lowest <= reading.value <= band.highest:
        return Reason("implausible", {"lowest": band.lowest, "highest": band.highest})
    if not reading.start_utc <= now:
        return Reason("starts_in_the_future", {"start_utc": str(reading.start_utc), "now": str(now)})
    if not reading.start_utc <= reading.known_at:
        return Reason("known_before_it_starts", {"known_at": str(reading.known_at)})
    first = seen.get((reading.key, reading.start_utc), reading.value)
    return None if first == reading.value else Reason("contradicts_the_first", {"first": first})


def _frames(rows: Mapping[tuple[Instant, Instant], Mapping[Key, tuple[float, Quality]]]) -> tuple[Frame, ...]:
    """Join rows with the same channels."""
    groups: dict[tuple[Key, ...], list[tuple[Instant, Instant]]] = {}
    for times, row in rows.items():
        groups.setdefault(tuple(row), []).append(times)
    return tuple(_frame(keys, times, [rows[each] for each in times]) for keys, times in groups.items())


def _frame(
    keys: tuple[Key, ...], times: Sequence[tuple[Instant, Instant]], rows: Sequence[Mapping[Key, tuple[float, Quality]]]
) -> Frame:
    cells = np.array([[row[key] for key in keys] for row in rows], dtype=np.float64)
    start_utc, known_at = np.array(times, dtype=TIME_TYPE).T
    return Frame(keys, start_utc, cells[..., 0], cells[..., 1].astype(np.uint8), known_at)


# ---------------------------------------------------------------------------------------------------------------
# Bands


@lru_cache(maxsize=64)
def channel_bands(
    assets: tuple[Asset, ...], connection: Connection, circuits: tuple[Circuit, ...] = ()
) -> Mapping[Key, Band]:
    """Return the bands of every channel that a site has."""
    size_w = _size_w(connection)
    supply_w = size_w + sum(_output_w(asset) for asset in assets)
    electric = _electric_bands(connection.nominal_v)
    bands: dict[str, Mapping[str, Band]] = {GRID: {**electric, **_grid_bands(size_w)}, WEATHER: _weather_bands()}
    # A circuit can carry what the connection does and what its own machines give.
    sub = {POWER_W: _power_band(supply_w, supply_w, beyond_ratio=BEYOND_FUSE_RATIO)}
    bands |= {each.meter: {**electric, **sub} for each in circuits if each.meter}
    for asset in assets:
        bands[asset.id] = {TEMPERATURE_DEGC: _TEMPERATURE, **electric, **_asset_bands(asset, supply_w)}
        if isinstance(asset, HeatPump):
            bands |= {each.id: {TEMPERATURE_DEGC: _TEMPERATURE, **_heat_bands(asset)} for each in asset.zones}
    return {Key(owner, quantity): band for owner, each in bands.items() for quantity, band in each.items()}


def _size_w(connection: Connection) -> float:
    """Return what the wires of the connection carry: its fuse, or the wider of its widest limits where none is told."""
    if math.isfinite(connection.fuse_power_w):
        return connection.fuse_power_w
    return max(_widest_w(connection.import_limit), _widest_w(connection.export_limit))


def _widest_w(limit: WindowedLimit) -> float:
    return max((limit.otherwise_w, *(inside_w for _, inside_w in limit.windows)))


def _output_w(asset: Asset) -> float:
    match asset:
        case Battery():
            return asset.discharge_limit_w
        case Pv():
            return asset.output_limit_w
        case Load():
            return 0.0
        case Machine():
            return asset.give_max_w


def _electric_bands(nominal_v: float) -> Mapping[str, Band]:
    """Return what any AC machine may tell of itself; a grid far off its nominal values is measured rightly."""
    voltage = Band(0.5 * nominal_v, 1.5 * nominal_v, 0.0, 3.0 * nominal_v)
    counter = Band(0.0, 1e12, 0.0, 1e13)
    return {
        FREQUENCY_HZ: Band(45.0, 65.0, 0.0, 100.0),
        **dict.fromkeys((VOLTAGE_V, VOLTAGE_L1_V, VOLTAGE_L2_V, VOLTAGE_L3_V), voltage),
        CURRENT_A: Band(-5e3, 5e3, -1e5, 1e5),
        REACTIVE_POWER_VAR: Band(-1e6, 1e6, -1e8, 1e8),
        **dict.fromkeys((IMPORTED_WH, EXPORTED_WH), counter),
        **dict.fromkeys((STATE_CODE, ALARM_CODE), Band(0.0, 2**32, 0.0, 2**64)),
        COMMS_LOSS_S: Band(0.0, 86_400.0, 0.0, 1e9),
        IS_CLOSED: Band(0.0, 1.0, 0.0, 1.0),
    }


_CELLS: Final = {
    **dict.fromkeys((CELL_VOLTAGE_MIN_V, CELL_VOLTAGE_MAX_V), Band(1.0, 5.0, 0.0, 10.0)),
    **dict.fromkeys((CELL_TEMPERATURE_MIN_DEGC, CELL_TEMPERATURE_MAX_DEGC), Band(*TEMPERATURES_DEGC[0], -100.0, 300.0)),
    **dict.fromkeys((PACK_VOLTAGE_V, BUS_VOLTAGE_V), Band(0.0, 1500.0, -100.0, 5000.0)),
    **dict.fromkeys((CHARGE_CURRENT_LIMIT_A, DISCHARGE_CURRENT_LIMIT_A), Band(0.0, 5e3, 0.0, 1e5)),
    INSULATION_OHM: Band(0.0, 1e9, 0.0, 1e15),
}
"""What a battery management tells of its cells."""


def _asset_bands(asset: Asset, supply_w: float) -> Mapping[str, Band]:
    match asset:
        case Battery():
            return {
                POWER_W: _power_band(asset.discharge_limit_w, asset.charge_limit_w, beyond_ratio=BEYOND_LIMIT_RATIO),
                ENERGY_WH: Band(0.0, _a_bit_over(asset.capacity_wh), 0.0, asset.capacity_wh * BEYOND_LIMIT_RATIO),
                SOC_RATIO: Band(0.0, 1.0, 0.0, 1.0),
                # New cells often hold a little more than their label says.
                SOH_RATIO: Band(0.0, 1.1, 0.0, 1.5),
                CYCLES_COUNT: Band(0.0, 2e4, 0.0, 1e6),
                **_CELLS,
            }
        case Pv():
            peak_w = max(asset.peak_w, asset.output_limit_w)
            return {
                POWER_W: Band(
                    lower=-_a_bit_over(asset.output_limit_w),
                    upper=STANDBY_W,
                    lowest=-asset.output_limit_w * BEYOND_LIMIT_RATIO - STANDBY_W,
                    highest=STANDBY_W,
                ),
                # Edges of clouds lift the sun above its clear-sky value for minutes.
                AVAILABLE_POWER_W: Band(-1.3 * peak_w, 0.0, -2 * peak_w, 0.0),
                IRRADIANCE_W_PER_M2: _IRRADIANCE,
            }
        case Load():
            # Loads are often the difference of meters read moments apart, so a little below zero happens.
            return {POWER_W: Band(-STANDBY_W, supply_w, -STANDBY_W - 0.05 * supply_w, BEYOND_FUSE_RATIO * supply_w)}
        case Machine():
            power = _power_band(asset.give_max_w, asset.power_max_w, beyond_ratio=BEYOND_LIMIT_RATIO)
            return {POWER_W: power, **_machine_bands(asset)}


def _machine_bands(machine: Machine) -> Mapping[str, Band]:
    match machine:
        case Charger():
            return _car_bands(machine)
        case HeatPump(presence=Presence()):
            return {**_ROOM, **_heat_bands(machine)}
        case HeatPump():
            return _heat_bands(machine)
        case Ventilation():
            return {CO2_PPM: _ROOM[CO2_PPM]}
        case _:
            return {}


def _heat_bands(pump: HeatPump) -> Mapping[str, Band]:
    """Return what a heat meter may show: of the whole pump, or of one zone."""
    most_w = pump.electric_max_w * max(pump.cop)
    return {HEAT_W: _power_band(most_w, most_w, beyond_ratio=BEYOND_LIMIT_RATIO)}


_ROOM: Final = {
    IS_OCCUPIED: Band(0.0, 1.0, 0.0, 1.0),
    # Outside it is some 420 ppm, a crowded room has a few thousand.
    CO2_PPM: Band(300.0, 5e3, 0.0, 5e4),
    ILLUMINANCE_LX: Band(0.0, 1e5, 0.0, 2e5),
    HUMIDITY_RATIO: Band(0.0, 1.0, 0.0, 1.1),
}
"""What tells of people in a room."""


def _car_bands(charger: Charger) -> Mapping[str, Band]:
    """Return what a car tells of itself."""
    return {
        ENERGY_WH: Band(0.0, _a_bit_over(charger.capacity_wh), 0.0, charger.capacity_wh * BEYOND_LIMIT_RATIO),
        SOC_RATIO: Band(0.0, 1.0, 0.0, 1.0),
        IS_CONNECTED: Band(0.0, 1.0, 0.0, 1.0),
    }


def _grid_bands(size_w: float) -> Mapping[str, Band]:
    price = Band(-1.0, 5.0, -100.0, 100.0)
    return {
        POWER_W: _power_band(size_w, size_w, beyond_ratio=BEYOND_FUSE_RATIO),
        PRICE_IMPORT_EUR_PER_KWH: price,
        PRICE_EXPORT_EUR_PER_KWH: price,
        # A box that allows everything tells a number far beyond any connection.
        IMPORT_LIMIT_W: Band(0.0, 1e9, 0.0, 1e12),
        CARBON_G_PER_KWH: Band(0.0, 1500.0, 0.0, 5000.0),
    }


def _weather_bands() -> Mapping[str, Band]:
    return {TEMPERATURE_DEGC: _TEMPERATURE, IRRADIANCE_W_PER_M2: _IRRADIANCE}


def _power_band(give_w: float, take_w: float, *, beyond_ratio: float) -> Band:
    """Return the band of a machine that gives and takes up to these sizes, and uses a little when at rest."""
    return Band(
        lower=-_a_bit_over(give_w) - STANDBY_W,
        upper=_a_bit_over(take_w) + STANDBY_W,
        lowest=-give_w * beyond_ratio - STANDBY_W,
        highest=take_w * beyond_ratio + STANDBY_W,
    )


def _a_bit_over(size: float) -> float:
    return size * (1 + TOLERANCE_RATIO)


_TEMPERATURE: Final = Band(*TEMPERATURES_DEGC[0], *TEMPERATURES_DEGC[1])
# Night-time offsets of pyranometers run to a few W/m2 below zero; the solar constant is 1361, clouds add some.
_IRRADIANCE: Final = Band(-10.0, 1600.0, -50.0, 2500.0)
