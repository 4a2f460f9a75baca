"""What sensors and meters saw as a setpoint was chosen, for whoever asks why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from enerwise.core.event import Event
from enerwise.core.quantity import (
    AVAILABLE_POWER_W,
    ENERGY_WH,
    IS_CONNECTED,
    POWER_W,
    SOC_RATIO,
    TEMPERATURE_DEGC,
)
from enerwise.core.series import Key
from enerwise.core.time import show_local
from enerwise.serve.chain import measurement
from enerwise.serve.meter_words import now_facts
from enerwise.serve.words import Fact, shown
from enerwise.site.assets import Battery, Load, Pv, Wind
from enerwise.site.machines import Charger, HeatPump, Machine
from enerwise.site.site import GRID, Site

Told = tuple[str, Mapping[str, Fact]]
"""A sentence's key, and its facts."""


def meters_told(site: Site, measured: Event, language: str) -> Iterator[Told]:
    """Yield what was seen: loads and plants, stores, machines, sub-meters, the connection."""
    told = _Seen(site, measured, language)
    yield from told.homes()
    yield from told.machines()
    yield from told.circuits()
    if (grid_w := told.ended(GRID)) is not None:
        yield "meters.bought" if grid_w >= 0 else "meters.sold", {"grid_w": grid_w}


@dataclass(frozen=True, slots=True)
class _Seen:
    site: Site
    measured: Event
    language: str

    def homes(self) -> Iterator[Told]:
        """Tell loads, plants and batteries."""
        load_w = sum(self.value(each.id, POWER_W) or 0.0 for each in self.site.of_kind(Load))
        suns = [self.value(each.id, AVAILABLE_POWER_W) for each in self.site.of_kind(Pv) if not isinstance(each, Wind)]
        time = show_local(self.measured.at, self.site.timezone)[11:]
        facts: dict[str, Fact] = {"time": time, "load_w": load_w, "sun_w": sum(each or 0.0 for each in suns)}
        yield "meters.now" if suns else "meters.no_sun", facts
        for turbine in self.site.of_kind(Wind):
            yield "meters.wind", {"asset": turbine.id, "wind_w": self.value(turbine.id, AVAILABLE_POWER_W)}
        for battery in self.site.of_kind(Battery):
            soc_ratio = self.value(battery.id, SOC_RATIO)
            held: dict[str, Fact] = {"asset": battery.id, "energy_wh": self.value(battery.id, ENERGY_WH)}
            yield "meters.battery", {**held, "soc_ratio": soc_ratio}

    def machines(self) -> Iterator[Told]:
        """Tell what the sensors of machines said; nothing of those that said nothing."""
        for machine in self.site.of_kind(Machine):
            facts: dict[str, Fact] = {"asset": machine.id}
            degc = self.value(machine.id, TEMPERATURE_DEGC)
            if isinstance(machine, Charger):
                is_there = (self.value(machine.id, IS_CONNECTED) or 0.0) > 0.5
                energy_wh = self.value(machine.id, ENERGY_WH)
                yield "meters.car" if is_there else "meters.no_car", {**facts, "energy_wh": energy_wh}
            elif degc is not None:
                yield self._warm(machine.id, degc)
            for each in machine.zones if isinstance(machine, HeatPump) else ():
                if (in_zone := self.value(each.id, TEMPERATURE_DEGC)) is not None:
                    yield self._warm(each.id, in_zone)

    def _warm(self, owner: str, degc: float) -> Told:
        return "meters.warm", {"asset": owner, "warmth": shown("warmth", round(degc, 1), self.language)}

    def circuits(self) -> Iterator[Told]:
        """Tell what sub-meters counted in the step before, and what of that nobody can name."""
        names = [*(each.id for each in self.site), *(each.meter for each in self.site.circuits if each.meter)]
        ended = {each: self.ended(each) for each in names}
        yield from now_facts(self.site, {name: value for name, value in ended.items() if value is not None})

    def ended(self, asset: str) -> float | None:
        """Return the power of the step before."""
        return measurement(self.measured, "ended", Key(asset, POWER_W))

    def value(self, asset: str, quantity: str) -> float | None:
        """Return what was read, or else the mean of the step before."""
        return seen(self.measured, asset, quantity)


def seen(measured: Event | None, asset: str, quantity: str) -> float | None:
    """Return what was read of an asset, or else the mean of the step before."""
    key = Key(asset, quantity)
    now = measurement(measured, "now", key)
    return now if now is not None else measurement(measured, "ended", key)
