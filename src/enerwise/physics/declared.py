"""Machines of a site file as the twins know them: their facts in the words of each model."""

import numpy as np

from enerwise.core.units import FloatArray
from enerwise.physics.building import Building, one_node, two_nodes
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
"""What the one zone of a declared building is called."""


def compressor_of(pump: HeatPump) -> Compressor:
    """Return the compressor of a heat pump."""
    return Compressor(pump.source_degc, pump.cop, pump.electric_min_w, pump.electric_max_w)


def building_of(pump: HeatPump) -> Building:
    """Return what a heat pump heats: one node, or air and mass."""
    loss_w_per_k = pump.loss_w_per_k if pump.loss_at_degc is None else 0.0
    if not pump.mass_wh_per_k:
        return one_node(ZONE, loss_w_per_k=loss_w_per_k, capacity_wh_per_k=pump.air_wh_per_k)
    return two_nodes(
        ZONE,
        loss_w_per_k=loss_w_per_k,
        air_wh_per_k=pump.air_wh_per_k,
        mass_wh_per_k=pump.mass_wh_per_k,
        exchange_w_per_k=pump.exchange_w_per_k,
    )


def gains_w(pump: HeatPump, outdoor_degc: FloatArray | float) -> FloatArray:
    """Return the heat into the air of a building beside that of its heat pump. [W], shape of ``outdoor_degc``"""
    outside = np.asarray(outdoor_degc, dtype=np.float64)
    if pump.loss_at_degc is None:
        return np.full(outside.shape, pump.gain_w)
    return pump.gain_w - pump.loss_w_per_k * (pump.loss_at_degc - outside)


def tank_of(heater: WaterHeater) -> Tank:
    """Return the mixed tank of a water heater: one sensor tells one temperature."""
    return Tank(heater.volume_l, heater.loss_w_per_k, layers=1)


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
