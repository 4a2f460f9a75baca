"""Machines of a site file as the twins know them: their facts in the words of each model."""

import numpy as np

from enerwise.core.units import FloatArray, IntArray
from enerwise.physics.building import Building
from enerwise.physics.generator import Engine
from enerwise.physics.heat_pump import Compressor
from enerwise.physics.tank import Tank
from enerwise.physics.vehicle import Chargers
from enerwise.physics.ventilation import AirHandler
from enerwise.physics.wind import PowerCurve, at_hub_m_per_s, available_w
from enerwise.site.assets import Wind
from enerwise.site.machines import Charger, Generator, HeatPump, WaterHeater
from enerwise.site.ventilation import Ventilation

ZONE = "rooms"
"""What the one zone of a declared building is called; several go by their ids."""


def compressor_of(pump: HeatPump) -> Compressor:
    """Return the compressor of a heat pump."""
    return Compressor(pump.source_degc, pump.cop, pump.electric_min_w, pump.electric_max_w)


def building_of(pump: HeatPump) -> Building:
    """Return what a heat pump heats: the air of each zone, then the masses of those that have one."""
    rooms = pump.rooms
    heavy = zone_of_node(pump)[len(rooms) :].tolist()
    capacity = [each.air_wh_per_k for each in rooms] + [rooms[at].mass_wh_per_k for at in heavy]
    between = np.zeros((len(capacity), len(capacity)))
    for row, at in enumerate(heavy, start=len(rooms)):
        between[row, at] = between[at, row] = rooms[at].exchange_w_per_k
    place = {each.id: at for at, each in enumerate(rooms)}
    for each in pump.between:
        first, second = place[each.first], place[each.second]
        between[first, second] = between[second, first] = each.w_per_k
    outdoor = np.zeros(len(capacity))
    outdoor[: len(rooms)] = [each.loss_w_per_k if each.loss_at_degc is None else 0.0 for each in rooms]
    return Building(np.array(capacity), between, outdoor, zone_names(pump))


def zone_names(pump: HeatPump) -> tuple[str, ...]:
    """Return what the zones of a declared building are called."""
    return tuple(each.id for each in pump.zones) or (ZONE,)


def zone_of_node(pump: HeatPump) -> IntArray:
    """Return to which zone each node of a declared building belongs: all airs first, then the masses. Shape (node,)"""
    rooms = pump.rooms
    return np.array([*range(len(rooms)), *(at for at, each in enumerate(rooms) if each.mass_wh_per_k)], dtype=np.int64)


def heat_share(pump: HeatPump) -> FloatArray:
    """Return the share of all heat that goes into each node: into the air of the zones. Shape (node,)"""
    share = np.array([each.share_ratio for each in pump.rooms])
    return np.concatenate([share, np.zeros(zone_of_node(pump).size - share.size)])


def gains_w(pump: HeatPump, outdoor_degc: FloatArray | float) -> FloatArray:
    """Return the heat into each node beside that of its heat pump. [W], shape (*that of ``outdoor_degc``, node)"""
    outside = np.asarray(outdoor_degc, dtype=np.float64)
    gain_w = np.zeros((*outside.shape, zone_of_node(pump).size))
    for at, each in enumerate(pump.rooms):
        gain_w[..., at] = each.gain_w
        if each.loss_at_degc is not None:
            gain_w[..., at] -= each.loss_w_per_k * (each.loss_at_degc - outside)
    return gain_w


def tank_of(heater: WaterHeater) -> Tank:
    """Return the tank of a water heater, its layers warmed from the top down."""
    facts = {"layers": heater.layers, "heated_layers": heater.heated_layers}
    return Tank(heater.volume_l, heater.loss_w_per_k, **facts)


def heater_of(heater: WaterHeater) -> Compressor:
    """Return what warms it, whatever the temperature outside."""
    return Compressor((0.0,), (heater.cop,), 0.0, heater.electric_max_w)


def wind_w(plant: Wind, speed_m_per_s: FloatArray) -> FloatArray:
    """Return what a turbine could deliver, never above zero. [W]

    Args:
        plant: Which.
        speed_m_per_s: The wind at the height for which it is told. Shape (step,)
    """
    speed = at_hub_m_per_s(speed_m_per_s, measured_m=plant.measured_m, hub_m=plant.hub_m)
    return available_w(PowerCurve(plant.speed_m_per_s, plant.curve_w), speed)


def air_handler_of(unit: Ventilation) -> AirHandler:
    """Return the fans of a ventilation, and the heat it keeps."""
    return AirHandler(
        unit.flow_min_m3_per_h,
        unit.flow_max_m3_per_h,
        unit.fan_max_w / unit.flow_max_m3_per_h,
        unit.fan_exponent,
        unit.recovery_ratio,
    )


def kept_ratio(unit: Ventilation, rooms: HeatPump, room_degc: FloatArray, outdoor_degc: FloatArray) -> FloatArray:
    """Return the share of the heat that a ventilation keeps: none where a bypass lets in what the rooms need.

    Args:
        unit: What airs them.
        rooms: What heats or cools them.
        room_degc: Shape (...)
        outdoor_degc: Shape (...)
    """
    helps = unit.has_bypass & (rooms.heat_sign * (np.asarray(outdoor_degc) - room_degc) > 0)
    return np.where(helps, 0.0, unit.recovery_ratio)


def engine_of(generator: Generator) -> Engine:
    """Return the engine of a generator."""
    return Engine(
        generator.output_min_w,
        generator.output_max_w,
        generator.fuel_idle_w,
        generator.fuel_ratio,
        heat_ratio=generator.heat_ratio,
    )


def chargers_of(charger: Charger) -> Chargers:
    """Return a charging point as the vehicle twin knows it. Shapes (1,)"""
    facts = (
        charger.power_min_w,
        charger.power_max_w,
        charger.discharge_max_w,
        charger.charge_ratio,
        charger.discharge_ratio,
        charger.capacity_wh,
        charger.least_wh,
    )
    return Chargers(*(np.array([each]) for each in facts))
