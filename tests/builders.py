"""Small builders with good defaults: ``a_battery(capacity_wh=5000)`` says only what the test is about.

Everything is in base units and the house sign, positive is taken. Plain functions, no fixtures, no files.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from enerwise.core.event import Event, Json, Kind
from enerwise.core.intent import Priority, Proposal, Reason
from enerwise.core.outlook import Forecast, Law, Plan
from enerwise.core.quantity import POWER_W
from enerwise.core.series import Frame, Key, Reading
from enerwise.core.time import Instant, TimeGrid, instant
from enerwise.core.units import FloatArray
from enerwise.site.assets import Asset, Battery, Load, Pv
from enerwise.site.calendar import DAY_SETS, Window
from enerwise.site.limits import WindowedLimit
from enerwise.site.site import Connection, Control, Site
from enerwise.site.tariff import DemandComponent, PriceSeries, Rate, Tariff
from enerwise.site.wiring import Device

BERLIN = "Europe/Berlin"
NOON = instant("2024-07-01T12:00Z")
"""The moment tests speak of when the moment does not matter: a Monday in summer, 14:00 in Berlin."""
SOON = instant("2024-07-01T12:15Z")

LINDENWEG = """\
name: Lindenweg 8
timezone: Europe/Berlin
connection: {import_limit: 9 kW, export_limit: 9 kW, fuse: 35 A, phases: 3}
tariff:
  import: {otherwise: 0.27 EUR/kWh, periods: [{price: 0.52 EUR/kWh, from: "14:00", to: "20:00", days: weekdays}]}
  # or 0.30 EUR/kWh, or {file: prices.csv}; periods also take months, seasons, weekends, holidays of a country
  export: 0.08 EUR/kWh
  fixed: 0.40 EUR/day
  demand: [{price: 4.20 EUR/kW, per: month, interval: 15 min, above: 2.5 kW, top: 1}]
assets:
  - {id: roof, kind: pv, peak: 6 kWp, curtail: yes}
  - {id: battery, kind: battery, capacity: 13.5 kWh, charge_limit: 5 kW, discharge_limit: 5 kW, round_trip: 90 %, soc: [10 %, 90 %]}
  - {id: home, kind: load}
"""  # noqa: E501
"""The site file of issue 2, to the letter."""


def a_grid(start: str = "2024-07-01", *, step_s: int = 900, steps: int = 96, zone: str = "UTC") -> TimeGrid:
    """A day of quarter-hours unless told otherwise; ``start`` is read in ``zone``."""
    return TimeGrid(instant(start, zone=zone), step_s, steps)


def a_battery(id: str = "battery", **facts: Any) -> Battery:
    """The 13.5 kWh, 5 kW battery of Lindenweg 8."""
    defaults = {
        "capacity_wh": 13_500.0,
        "charge_limit_w": 5000.0,
        "discharge_limit_w": 5000.0,
        "round_trip_ratio": 0.90,
        "soc_min_ratio": 0.10,
        "soc_max_ratio": 0.90,
    }
    return Battery(id, **{**defaults, **facts})


def a_pv(id: str = "roof", *, peak_w: float = 6000.0, can_curtail: bool = True, **facts: Any) -> Pv:
    """Six kilowatts on the roof."""
    return Pv(id, peak_w=peak_w, can_curtail=can_curtail, **facts)


def a_load(id: str = "home", **facts: Any) -> Load:
    """Everything else in the house."""
    return Load(id, **facts)


def a_connection(
    import_limit_w: float = 9000.0, export_limit_w: float = 9000.0, *, fuse_a: float = 35.0, phase_count: int = 3
) -> Connection:
    """Nine kilowatts both ways behind three fuses of 35 A."""
    return Connection(WindowedLimit(import_limit_w), WindowedLimit(export_limit_w), fuse_a, phase_count)


def a_window(from_h: float = 0, to_h: float = 24, *, days: str = "all", **facts: Any) -> Window:
    """A window of hours on the wall clock."""
    return Window(int(from_h * 3600), int(to_h * 3600), DAY_SETS[days], **facts)


def a_rate(otherwise_eur_per_kwh: float = 0.30, *periods: tuple[Window, float], **facts: Any) -> Rate:
    """A flat price, with windows if any are given."""
    return Rate(otherwise_eur_per_kwh, periods, **facts)


def a_tou_rate() -> Rate:
    """27 ct, and 52 ct from 14 to 20 h on weekdays."""
    return a_rate(0.27, (a_window(14, 20, days="weekdays"), 0.52))


def a_demand(name: str = "demand-1", *, price_eur_per_kw: float = 4.20, **facts: Any) -> DemandComponent:
    """4.20 EUR a month for each kW of the highest quarter-hour."""
    return DemandComponent(name, price_eur_per_kw, **facts)


def a_tariff(
    import_rate: Rate | float = 0.30,
    export_rate: Rate | float = 0.08,
    *,
    fixed_eur_per_day: float = 0.0,
    tax_ratio: float = 0.0,
    demand: Sequence[DemandComponent] = (),
) -> Tariff:
    """30 ct in, 8 ct out, nothing else."""
    rates = [each if isinstance(each, Rate) else Rate(each) for each in (import_rate, export_rate)]
    return Tariff(rates[0], rates[1], fixed_eur_per_day, tax_ratio, tuple(demand))


def a_price_series(
    price_eur_per_kwh: Sequence[float] | FloatArray,
    start: str = "2024-07-01",
    *,
    step_s: int = 3600,
    known_at: Instant | None = None,
) -> PriceSeries:
    """Prices one after the other; each known from its start on, or all of them at ``known_at``."""
    value = np.asarray(price_eur_per_kwh, dtype=np.float64)
    starts_utc = TimeGrid(instant(start), step_s, value.size).starts_utc
    return PriceSeries(starts_utc, value, step_s, starts_utc if known_at is None else np.full(value.size, known_at))


def a_site(
    *assets: Asset,
    name: str = "Lindenweg 8",
    timezone: str = BERLIN,
    connection: Connection | None = None,
    tariff: Tariff | None = None,
    control: Control | None = None,
    devices: Sequence[Device] = (),
) -> Site:
    """Lindenweg 8: roof, battery and home, unless other assets are named."""
    return Site(
        name=name,
        timezone=timezone,
        connection=connection or a_connection(),
        tariff=tariff or a_tariff(),
        assets=assets or (a_pv(), a_battery(), a_load()),
        devices=tuple(devices),
        control=control or Control(),
    )


def a_reading(
    asset: str = "home",
    value: float = 500.0,
    *,
    quantity: str = POWER_W,
    start_utc: Instant = NOON,
    known_at: Instant | None = None,
    step_s: int = 0,
) -> Reading:
    """One value, known ``step_s`` after its start unless ``known_at`` says when."""
    known_at = start_utc + np.timedelta64(step_s, "s") if known_at is None else known_at
    return Reading(Key(asset, quantity), start_utc, value, known_at)


def a_frame(
    grid: TimeGrid | None = None,
    *,
    delay_s: int | None = None,
    **power_w: Sequence[float] | FloatArray | float,
) -> Frame:
    """Power by asset, ``a_frame(home=500, roof=-2000)``, known ``delay_s`` after the start, else at the step's end."""
    grid = grid or a_grid()
    columns = {
        Key(asset, POWER_W): np.broadcast_to(np.asarray(value, dtype=np.float64), (grid.step_count,))
        for asset, value in (power_w or {"home": 500.0}).items()
    }
    delay = np.timedelta64((grid.step_s if delay_s is None else delay_s) * 1000, "ms")
    return Frame.of(grid.starts_utc, columns, known_at=grid.starts_utc + delay)


def a_forecast(
    value: Sequence[float] | FloatArray | float = 500.0,
    *,
    grid: TimeGrid | None = None,
    asset: str = "home",
    spread: float = 0.0,
    issued_at: Instant | None = None,
) -> Forecast:
    """Levels 0.1, 0.5, 0.9 round a median path, ``spread`` apart."""
    grid = grid or a_grid()
    median = np.broadcast_to(np.asarray(value, dtype=np.float64), (grid.step_count,))
    paths = np.stack([median - spread, median, median + spread])
    return Forecast(Key(asset, POWER_W), grid, issued_at or grid.start_utc, np.array([0.1, 0.5, 0.9]), paths, "test")


def a_plan(
    power_w: Mapping[str, Sequence[float] | FloatArray | float] | None = None,
    *,
    grid: TimeGrid | None = None,
    law: Law = Law.FIXED,
    grid_power_w: float = 0.0,
    issued_at: Instant | None = None,
    **facts: Any,
) -> Plan:
    """A plan that holds these powers, with no energies, no duals and no cost."""
    grid = grid or a_grid()
    power_w = {"battery": 0.0} if power_w is None else power_w
    shape = (len(power_w), grid.step_count)
    rows = [np.broadcast_to(np.asarray(each, dtype=np.float64), shape[1:]) for each in power_w.values()]
    defaults: dict[str, Any] = {
        "power_w": np.stack(rows) if rows else np.zeros(shape),
        "energy_wh": np.full((shape[0], shape[1] + 1), np.nan),
        "law": np.full(shape, law, dtype=np.uint8),
        "grid_target_w": np.full(shape[1], grid_power_w),
        "grid_power_w": np.full(shape[1], grid_power_w),
        "grid_ceiling_w": np.full(shape[1], np.inf),
        "cost_eur": {},
        "dual_eur_per_kwh": np.full(shape, np.nan),
        "gap_eur": 0.0,
    }
    return Plan(grid, issued_at or grid.start_utc, tuple(power_w), **{**defaults, **facts})


def a_proposal(
    asset: str = "battery",
    *,
    agent: str = "tester",
    priority: int = Priority.MODE,
    lower: float = -5000.0,
    upper: float = 5000.0,
    preferred: float | None = 0.0,
    valid_until: Instant = SOON,
    **facts: Any,
) -> Proposal:
    """A wish for the battery to rest, for a quarter of an hour."""
    return Proposal(agent, priority, asset, lower, upper, preferred, valid_until, Reason("test"), **facts)


def an_event(
    id: str = "lindenweg-8/0/0",
    *,
    at: Instant = NOON,
    kind: Kind = Kind.NOTE,
    subject: str = "battery",
    payload: Mapping[str, Json] | None = None,
    cause: tuple[str, ...] = (),
) -> Event:
    """A note about the battery."""
    return Event(id, at, kind, subject, payload or {}, cause)
