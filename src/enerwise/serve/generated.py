"""A generated home: seeded weather, appliances and sun for a site, as history and as what happens next."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.quantity import AVAILABLE_POWER_W, ENERGY_WH, IS_OCCUPIED, POWER_W, TEMPERATURE_DEGC
from enerwise.core.series import Frame, Key
from enerwise.core.time import DAY_S, Instant, TimeGrid
from enerwise.core.units import FloatArray
from enerwise.physics import attendance, household, pv, weather
from enerwise.physics.declared import wind_w
from enerwise.site.assets import Battery, Load, Pv, Wind
from enerwise.site.habits import usually_there
from enerwise.site.machines import HeatPump
from enerwise.site.site import WEATHER, Site

if TYPE_CHECKING:
    from enerwise.devices.supply import Supply
    from enerwise.store.store import Store

HISTORY_DAYS: Final = 28
START_SOC_RATIO: Final = 0.5
PLACE: Final = weather.Place()
Recorded = tuple[FloatArray, TimeGrid]
WIND_CHANCE: Final = 1
AIR: Final = Key(WEATHER, TEMPERATURE_DEGC)


@dataclass(frozen=True, slots=True)
class Generated:
    """Load and available PV of a site; the first ``history_steps`` are the past."""

    grid: TimeGrid
    history_steps: int
    power_w: dict[Key, FloatArray]
    """Means of each step in the house sign, and the air outside where somebody heats by it. Shapes (step,)"""

    @property
    def frame(self) -> Frame:
        """All of it as measurements, each step known at its end."""
        ends_utc = self.grid.starts_utc + np.timedelta64(self.grid.step_s * 1000, "ms")
        return Frame.of(self.grid.starts_utc, self.power_w, known_at=ends_utc)

    @property
    def ahead(self) -> TimeGrid:
        """The steps that are still to come."""
        return self.grid.part(self.history_steps, self.grid.step_count - self.history_steps)

    def supply(self) -> "Supply":
        """Return what drives the twins from the end of the history on."""
        from enerwise.devices.supply import Supply

        ahead = {key: value[self.history_steps :] for key, value in self.power_w.items()}
        load_w = {key.asset: value for key, value in ahead.items() if key.quantity == POWER_W}
        available_w = {key.asset: value for key, value in ahead.items() if key.quantity == AVAILABLE_POWER_W}
        presence = {key.asset: value for key, value in ahead.items() if key.quantity == IS_OCCUPIED}
        return Supply(self.ahead, load_w, available_w, outdoor_degc=ahead.get(AIR), presence=presence)


def generate(
    site: Site,
    start_utc: Instant,
    *,
    step_s: int,
    seed: int,
    days: float,
    history_days: int = HISTORY_DAYS,
    recorded: Recorded | None = None,
) -> Generated:
    """Draw a home in the middle of Europe for a site.

    Args:
        site: Its loads and PV plants; the first load that cannot be switched is the household.
        start_utc: When the history ends and the future begins.
        step_s: Length of a step. [s]
        seed: Same site, same seed: same home.
        days: Length of the future.
        history_days: Length of the past before it.
        recorded: Days on which somebody saw who was there, with their grid; drawn from for every heat pump that looks.
            None draws people beside their usual week.

    Raises:
        ProblemsFound: The site has no load that could be a household.
    """
    history_steps = history_days * DAY_S // step_s
    steps = history_steps + max(1, round(days * DAY_S / step_s))
    grid = TimeGrid(start_utc - np.timedelta64(history_steps * step_s * 1000, "ms"), step_s, steps)
    rng = np.random.default_rng(seed)
    sky = weather.draw(grid, PLACE, rng=rng)
    home = household.draw_habits(rng, 1)
    load_w = household.draw_load_w(home, grid, site.timezone, rng=rng, temperature_degc=sky.temperature_degc)[0]
    power_w = {Key(each.id, POWER_W): np.zeros(steps) for each in site.of_kind(Load)}
    power_w[Key(_household(site), POWER_W)] = load_w
    power_w |= {Key(each.id, AVAILABLE_POWER_W): _available_w(each, sky) for each in site.of_kind(Pv)}
    if turbines := site.of_kind(Wind):
        # Of its own chance, so that load and sun are those of the same home without a turbine.
        wind_m_per_s = weather.draw_wind_m_per_s(grid, PLACE, rng=np.random.default_rng([seed, WIND_CHANCE]))
        power_w |= {Key(each.id, AVAILABLE_POWER_W): wind_w(each, wind_m_per_s) for each in turbines}
    if site.of_kind(HeatPump):
        power_w[AIR] = sky.temperature_degc
    power_w |= _people(site, grid, seed, recorded)
    return Generated(grid, history_steps, power_w)


def _people(site: Site, grid: TimeGrid, seed: int, recorded: Recorded | None) -> dict[Key, FloatArray]:
    """Return who is in the rooms of each heat pump that looks: as recorded, else drawn beside its usual week."""
    found = {}
    for at, each in enumerate(each for each in site.of_kind(HeatPump) if each.presence is not None):
        # A generator of its own: the weather is the same whoever looks.
        rng = np.random.default_rng([seed, at])
        if recorded is None:
            usual = usually_there(each, grid, site.timezone)
            value = attendance.draw_presence(usual, grid, site.timezone, rng=rng)
        else:
            value = attendance.repeat_days(recorded[0], recorded[1], grid, site.timezone, rng=rng)
        found[Key(each.id, IS_OCCUPIED)] = value
    return found


def _household(site: Site) -> str:
    loads = site.of_kind(Load)
    if not loads:
        raise ProblemsFound(
            site.name, [Problem("assets", "there is no load to generate", "add '{id: home, kind: load}'")]
        )
    return next((each.id for each in loads if not each.switch_power_w), loads[0].id)


def _available_w(plant: Pv, sky: weather.Weather) -> FloatArray:
    middle_utc = sky.grid.starts_utc + np.timedelta64(sky.grid.step_s * 500, "ms")
    on_plane = pv.plane_w_per_m2(
        sky.irradiance_w_per_m2, middle_utc, latitude_deg=PLACE.latitude_deg, longitude_deg=PLACE.longitude_deg
    )
    return pv.available_w(on_plane, sky.temperature_degc, plant.peak_w)


def keep_history(store: "Store", generated: Generated, site: Site, *, soc_ratio: float = START_SOC_RATIO) -> None:
    """Put the past into a store, and what the batteries hold at its end, so that the first plan knows both."""
    store.append(generated.frame.rows(slice(0, generated.history_steps)))
    start_utc = np.array([generated.ahead.start_utc])
    held = {Key(each.id, ENERGY_WH): np.array([each.capacity_wh * soc_ratio]) for each in site.of_kind(Battery)}
    if held:
        store.append(Frame.of(start_utc, held))
    store.flush()
