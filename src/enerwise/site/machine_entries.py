"""Machines as the site file tells them: a car and its week, a tank and what is drawn, and so on."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from enerwise.core.time import DAY_S
from enerwise.site.calendar import DAY_SETS, Window
from enerwise.site.entry import Entry
from enerwise.site.heat_pump_entry import HeatPumpEntry
from enerwise.site.machine_values import (
    Celsius,
    Conductance,
    Hours,
    Layers,
    Line,
    Money,
    Name,
    ProgramPhase,
    Volume,
    WarmBand,
)
from enerwise.site.machines import Charger, Draw, Generator, Interruptible, Program, Trip, WaterHeater
from enerwise.site.values import (
    AssetId,
    Current,
    Days,
    EnergyAboveZero,
    Factor,
    Phases,
    Power,
    PowerAboveZero,
    Price,
    Ratio,
    RatioAboveZero,
    TimeFrom,
    TimeTo,
    Wear,
    Wrong,
)
from enerwise.site.window_entry import LimitedEntry, WindowEntry


class TripEntry(Entry):
    """A usual trip: away from leaving to coming back."""

    days: Days = (DAY_SETS["all"], True)
    leaves: TimeFrom
    back: TimeTo
    uses: EnergyAboveZero

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Self:
        if self.leaves == self.back % DAY_S:
            raise Wrong("leaves and is back at the same time", "write another time for 'back'")
        return self

    def trip(self, calendar: str | None) -> Trip:
        """Hand over the trip."""
        days, on_holidays = self.days
        country = None if on_holidays and days == DAY_SETS["all"] else calendar
        window = Window(
            self.leaves, self.back, days, on_holidays=on_holidays and country is not None, holiday_country=country
        )
        return Trip(window, self.uses)


class ChargerEntry(LimitedEntry):
    """``kind: charger``."""

    id: AssetId
    kind: Literal["charger"]
    name: Name = ""
    vehicle: Annotated[EnergyAboveZero, Field(examples=["60 kWh"])]
    current: Annotated[Current, Field(examples=["16 A"])] = 16.0
    least_current: Annotated[Current, Field(examples=["6 A"])] = 6.0
    phases: Phases = 3
    line: Line = 1
    efficiency: RatioAboveZero = 0.9
    target: Annotated[Ratio, Field(examples=["80 %"])] = 0.8
    least: Annotated[Ratio, Field(examples=["20 %"])] = 0.0
    gives_back: Annotated[Power, Field(examples=["5 kW"])] = 0.0
    wear: Wear = 0.0
    trips: Annotated[
        list[TripEntry],
        Field(default_factory=list, examples=['[{days: weekdays, leaves: "07:30", back: "17:30", uses: 9 kWh}]']),
    ]

    @model_validator(mode="after")
    def _is_reachable(self) -> Self:
        if self.least_current > self.current:
            raise Wrong(f"has a least current of {self.least_current:g} A, above {self.current:g} A", "write it lower")
        if self.least > self.target:
            raise Wrong("has a least level above its target", "write a lower 'least' or a higher 'target'")
        for each in self.trips:
            if each.uses > self.vehicle:
                message = f"has a trip that uses {each.uses / 1e3:g} kWh, more than the vehicle holds"
                raise Wrong(message, "write what it uses from one charge to the next")
        return self

    def asset(self, calendar: str | None) -> Charger:
        """Hand over the charging point and its car."""
        return Charger(
            id=self.id,
            name=self.name,
            limit=self.own_limit(calendar),
            capacity_wh=self.vehicle,
            current_max_a=self.current,
            current_min_a=self.least_current,
            phases=self.phases,
            line=self.line,
            charge_ratio=self.efficiency,
            discharge_ratio=self.efficiency,
            discharge_max_w=self.gives_back,
            target_ratio=self.target,
            least_ratio=self.least,
            wear_eur_per_kwh=self.wear,
            trips=tuple(each.trip(calendar) for each in self.trips),
        )


class DrawEntry(WindowEntry):
    """Hot water in a window."""

    volume: Volume


class WaterHeaterEntry(LimitedEntry):
    """``kind: water_heater``."""

    id: AssetId
    kind: Literal["water_heater"]
    name: Name = ""
    power: Annotated[PowerAboveZero, Field(examples=["2 kW"])]
    volume: Volume
    loss: Annotated[Conductance, Field(examples=["1.5 W/K"])] = 1.5
    cop: Annotated[Factor, Field(examples=["1"])] = 1.0
    band: Annotated[WarmBand, Field(examples=["[45 degC, 60 degC]"])] = (45.0, 60.0)
    cold: Celsius = 10.0
    layers: Layers = 1
    heated_layers: Annotated[Layers | None, Field(examples=["4"])] = None
    draws: Annotated[
        list[DrawEntry], Field(default_factory=list, examples=['[{volume: 60 l, from: "06:30", to: "08:00"}]'])
    ]

    @model_validator(mode="after")
    def _warms(self) -> Self:
        if not 0 < self.cop <= 10:
            raise Wrong(f"has a cop of {self.cop:g}", "write heat per electricity, 1 for an immersion heater")
        if not self.cold < self.band[0]:
            raise Wrong("has cold water as warm as its band", "write a lower 'cold' or a higher 'band'")
        if self.heated_layers is not None and self.heated_layers > self.layers:
            raise Wrong(f"heats {self.heated_layers} of {self.layers} layers", "write more 'layers', or heat fewer")
        return self

    def asset(self, calendar: str | None) -> WaterHeater:
        """Hand over the tank and its heater."""
        return WaterHeater(
            id=self.id,
            name=self.name,
            limit=self.own_limit(calendar),
            electric_max_w=self.power,
            volume_l=self.volume,
            loss_w_per_k=self.loss,
            cop=self.cop,
            low_degc=self.band[0],
            high_degc=self.band[1],
            cold_degc=self.cold,
            draws=tuple(Draw(each.window(calendar), each.volume) for each in self.draws),
            layers=self.layers,
            heated_layers=self.heated_layers or 0,
        )


class ProgramEntry(WindowEntry, LimitedEntry):
    """``kind: program``."""

    id: AssetId
    kind: Literal["program"]
    name: Name = ""
    program: Annotated[list[ProgramPhase], Field(min_length=1, examples=["[2 kW for 30 min, 100 W for 45 min]"])]
    worth: Annotated[Money, Field(examples=["10 EUR"])] = 10.0

    @model_validator(mode="after")
    def _fits(self) -> Self:
        room_s = (self.to - self.from_ - 1) % DAY_S + 1
        if sum(length_s for _, length_s in self.program) > room_s:
            raise Wrong("is longer than its window", "write a wider window or a shorter program")
        return self

    def asset(self, calendar: str | None) -> Program:
        """Hand over the program."""
        return Program(
            id=self.id,
            name=self.name,
            limit=self.own_limit(calendar),
            phases=tuple(self.program),
            window=self.window(calendar),
            missed_eur=self.worth,
        )


class InterruptibleEntry(WindowEntry, LimitedEntry):
    """``kind: interruptible``."""

    id: AssetId
    kind: Literal["interruptible"]
    name: Name = ""
    power: Annotated[PowerAboveZero, Field(examples=["800 W"])]
    needs: Annotated[Hours, Field(examples=["4 h"])]
    worth: Annotated[Money, Field(examples=["10 EUR"])] = 10.0

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not 0 < self.needs <= (self.to - self.from_ - 1) % DAY_S + 1:
            raise Wrong("needs more than its window holds, or nothing", "write a wider window or another 'needs'")
        return self

    def asset(self, calendar: str | None) -> Interruptible:
        """Hand over the load."""
        return Interruptible(
            id=self.id,
            name=self.name,
            limit=self.own_limit(calendar),
            rated_w=self.power,
            needs_s=self.needs,
            window=self.window(calendar),
            missed_eur=self.worth,
        )


class GeneratorEntry(Entry):
    """``kind: generator``."""

    id: AssetId
    kind: Literal["generator"]
    name: Name = ""
    power: Annotated[PowerAboveZero, Field(examples=["5 kW"])]
    least_power: Annotated[Power, Field(examples=["2 kW"])] = 0.0
    efficiency: Annotated[RatioAboveZero, Field(examples=["30 %"])] = 0.3
    idle_fuel: Annotated[Power, Field(examples=["1.5 kW"])] = 0.0
    fuel: Annotated[Price, Field(examples=["0.12 EUR/kWh"])]
    heat: Annotated[Ratio, Field(examples=["55 %"])] = 0.0
    heat_worth: Annotated[Price, Field(examples=["0.10 EUR/kWh"])] = 0.0
    start_cost: Annotated[Money, Field(examples=["0.50 EUR"])] = 0.0
    run_min: Hours = 0.0
    pause_min: Hours = 0.0

    @model_validator(mode="after")
    def _burns_what_it_gives(self) -> Self:
        if self.least_power > self.power:
            raise Wrong("has a least power above its power", "write a lower 'least_power'")
        if 1.0 / self.efficiency - self.idle_fuel / self.power < 1.0:
            raise Wrong("would deliver more than it burns", "write a lower 'efficiency' or a lower 'idle_fuel'")
        if self.heat + self.efficiency > 1.0 + 1e-9:
            raise Wrong("gives more heat and power than its fuel holds", "write a lower 'heat'")
        if self.fuel < 0 or self.heat_worth < 0:
            raise Wrong("has a price below zero", "write prices of fuel and heat as sizes")
        return self

    def asset(self, calendar: str | None) -> Generator:
        """Hand over the engine."""
        return Generator(
            id=self.id,
            name=self.name,
            output_max_w=self.power,
            output_min_w=self.least_power,
            efficiency_ratio=self.efficiency,
            fuel_idle_w=self.idle_fuel,
            fuel_eur_per_kwh=self.fuel,
            heat_ratio=self.heat,
            heat_eur_per_kwh=self.heat_worth,
            start_eur=self.start_cost,
            run_min_s=self.run_min,
            pause_min_s=self.pause_min,
        )


MachineEntry = ChargerEntry | HeatPumpEntry | WaterHeaterEntry | ProgramEntry | InterruptibleEntry | GeneratorEntry
MACHINE_ENTRIES: Final[Mapping[str, type[Entry]]] = {
    "charger": ChargerEntry,
    "heat_pump": HeatPumpEntry,
    "water_heater": WaterHeaterEntry,
    "program": ProgramEntry,
    "interruptible": InterruptibleEntry,
    "generator": GeneratorEntry,
}
