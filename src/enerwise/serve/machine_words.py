"""Machines in a line of words, for people who check their site file."""

from typing import assert_never

from enerwise.core.units import show_energy, show_power, show_price, show_ratio
from enerwise.serve.tariff_words import window_words
from enerwise.site.machines import Charger, Generator, HeatPump, Interruptible, Machine, Program, WaterHeater
from enerwise.site.ventilation import Ventilation
from enerwise.site.zones import Zone


def machine_words(machine: Machine) -> str:
    """Describe a machine in a line."""
    words = _words(machine)
    if machine.limit is None:
        return words
    timed = "; ".join(f"{show_power(limit_w)} {window_words(each)}" for each, limit_w in machine.limit.windows)
    return f"{words}; at most {timed}"


def _words(machine: Machine) -> str:
    assert isinstance(machine, Charger | HeatPump | WaterHeater | Program | Interruptible | Generator | Ventilation), (
        machine
    )
    match machine:
        case Charger():
            back = f", gives back up to {show_power(machine.discharge_max_w)}" if machine.discharge_max_w else ""
            uses = sum(each.uses_wh * len(each.window.days) for each in machine.trips)
            return (
                f"{show_power(machine.power_min_w)} to {show_power(machine.power_max_w)} on {machine.phases} "
                f"phase{'s' if machine.phases > 1 else ''}, car of {show_energy(machine.capacity_wh)}, leaves with "
                f"{show_ratio(machine.target_ratio)}, never below {show_ratio(machine.least_ratio)}, drives "
                f"{show_energy(uses)} a week{back}"
            )
        case HeatPump():
            cops = ", ".join(f"{cop:g} at {at:g} °C" for at, cop in zip(machine.source_degc, machine.cop, strict=True))
            return (
                f"{show_power(machine.electric_min_w)} to {show_power(machine.electric_max_w)}, COP {cops}; "
                + ", ".join(_zone_words(machine, each) for each in machine.rooms)
                + "".join(f"; {each.w_per_k:g} W/K between {each.first} and {each.second}" for each in machine.between)
            )
        case WaterHeater():
            litres = sum(each.volume_l for each in machine.draws)
            return (
                f"{show_power(machine.electric_max_w)}, COP {machine.cop:g}, {machine.volume_l:g} l at "
                f"{machine.low_degc:g} to {machine.high_degc:g} °C, {litres:g} l drawn a day"
                + (f", {machine.layers} layers" if machine.layers > 1 else "")
            )
        case Program():
            return f"{machine.length_s / 60:.0f} min with {show_energy(machine.energy_wh)}, once in its window"
        case Interruptible():
            return f"{show_power(machine.rated_w)} for {machine.needs_s / 3600:g} h of its window"
        case Generator():
            return (
                f"gives {show_power(machine.output_min_w)} to {show_power(machine.output_max_w)}, "
                f"{show_ratio(machine.efficiency_ratio)} of its fuel at {show_price(machine.fuel_eur_per_kwh)}"
            )
        case Ventilation():
            where = f" for the rooms of {machine.rooms}" if machine.rooms else ""
            return (
                f"{machine.flow_min_m3_per_h:g} to {machine.flow_max_m3_per_h:g} m3/h{where} at up to "
                f"{show_power(machine.fan_max_w)}, keeps {show_ratio(machine.recovery_ratio)} of the heat"
                f"{', or none where that helps' if machine.has_bypass else ''}; {machine.people_count:g} people in "
                f"{machine.volume_m3:g} m3, at most {machine.limit_ppm:g} ppm"
            )
        case _:
            assert_never(machine)


def _zone_words(pump: HeatPump, room: Zone) -> str:
    """Describe one zone; a single one is the building."""
    time_h = (room.air_wh_per_k + room.mass_wh_per_k) / room.loss_w_per_k if room.loss_w_per_k else 0
    takes, drifts = ("lets in", "warms") if pump.cools else ("loses", "cools")
    name = f"{room.id} ({show_ratio(room.share_ratio)} of the heat)" if pump.zones else "building"
    return (
        f"{name} {takes} {room.loss_w_per_k:g} W/K and {drifts} in {time_h:.0f} h, {room.low_degc:g} to "
        f"{room.high_degc:g} °C"
    )
