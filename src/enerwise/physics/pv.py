"""PV: what the sun offers, what the panels make of it, and what the inverter delivers.

Power keeps the house sign: production is taken power below zero.
"""

from typing import Final

import numpy as np

from enerwise.core.time import TimeArray
from enerwise.core.units import FloatArray

SOLAR_CONSTANT_W_PER_M2: Final = 1361.0
ALBEDO_RATIO: Final = 0.2
"""Grass and mixed ground; Liu and Jordan 1963."""
REFERENCE_IRRADIANCE_W_PER_M2: Final = 1000.0
REFERENCE_TEMPERATURE_DEGC: Final = 25.0
POWER_COEFFICIENT_PER_K: Final = -0.0037
"""Crystalline silicon modules, data sheets 2015-2024: -0.0030 to -0.0042."""
HEATING_K_PER_W_PER_M2: Final = 0.031
"""Cell above air: (NOCT 45 degC - 20 degC) / 800 W/m2; Ross 1976."""
SYSTEM_RATIO: Final = 0.90
"""Wiring, soiling, mismatch and inverter; PVWatts (Dobos 2014) has 0.86 x 0.96, roofs in Europe do better."""


def step(available_w: FloatArray, output_limit_w: FloatArray | float, ceiling_w: FloatArray | float) -> FloatArray:
    """Return what the inverter delivers: what is available, up to its limit and up to what it is allowed.

    Args:
        available_w: What the panels could deliver, never above zero. [W], shape (home,)
        output_limit_w: AC limit of the inverter, a size. [W]
        ceiling_w: Most it may deliver, a size; infinity where nothing curtails it. [W]

    Returns:
        Delivered power, never above zero. [W], shape (home,)

    >>> step(np.array([-6000.0, -3000.0, -100.0, 0.0]), 5000.0, np.array([np.inf, 2000.0, 2000.0, 0.0]))
    array([-5000., -2000.,  -100.,     0.])
    """
    # 0.0 - x, not -x: rest shall be 0.0 and never -0.0.
    return np.maximum(available_w, 0.0 - np.minimum(output_limit_w, ceiling_w))


def available_w(
    irradiance_w_per_m2: FloatArray, temperature_degc: FloatArray | float, peak_w: FloatArray | float
) -> FloatArray:
    """Return what panels could deliver at the inverter's AC side before its limit.

    Args:
        irradiance_w_per_m2: Irradiance on the panels. [W/m2], any shape
        temperature_degc: Air temperature. [degC]
        peak_w: Peak power of the panels under standard test conditions. [W]

    Returns:
        Available power, never above zero. [W], broadcast shape

    Source: linear power rating as in PVWatts version 5 (Dobos 2014, NREL/TP-6A20-62641, eq. 5), cell temperature after
        Ross 1976.
    Holds for: crystalline silicon on ventilated roofs; snow, shade and wind are left out.

    >>> available_w(np.array([0.0, 800.0]), 0.0, 5000.0).round(1)
    array([    0. , -3602.7])
    """
    cell_degc = temperature_degc + HEATING_K_PER_W_PER_M2 * irradiance_w_per_m2
    warm_ratio = 1.0 + POWER_COEFFICIENT_PER_K * (cell_degc - REFERENCE_TEMPERATURE_DEGC)
    share_ratio = irradiance_w_per_m2 / REFERENCE_IRRADIANCE_W_PER_M2 * warm_ratio * SYSTEM_RATIO
    return 0.0 - np.maximum(share_ratio, 0.0) * peak_w


def sun_sines(
    at_utc: TimeArray, latitude_deg: float, longitude_deg: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the direction to the sun as a unit vector: up, south, west. Same shape as ``at_utc``

    Source: low-precision formulas of the Astronomical Almanac in Michalsky 1988, Solar Energy 40(3), 227-235.
    Holds for: 1950-2050, 0.01 degree; refraction left out, which moves sunrise by about 4 minutes in mid latitudes.
    """
    noon_2000 = np.datetime64("2000-01-01T12:00", "ms")
    day = (at_utc - noon_2000) / np.timedelta64(86_400_000, "ms")
    anomaly_rad = np.radians(357.528 + 0.9856003 * day)
    longitude_rad = np.radians(
        280.460 + 0.9856474 * day + 1.915 * np.sin(anomaly_rad) + 0.020 * np.sin(2 * anomaly_rad)
    )
    tilt_rad = np.radians(23.439 - 4e-7 * day)
    ascension_rad = np.arctan2(np.cos(tilt_rad) * np.sin(longitude_rad), np.cos(longitude_rad))
    sine_declination = np.sin(tilt_rad) * np.sin(longitude_rad)
    cosine_declination = np.sqrt(1.0 - sine_declination**2)
    # Sidereal time at Greenwich in hours, with the whole turns of the clock left in: the sine does not mind.
    sidereal_h = 6.697375 + 0.0657098242 * day + (day + 0.5) * 24.0
    hour_rad = np.radians(sidereal_h * 15.0 + longitude_deg) - ascension_rad
    latitude_rad = np.radians(latitude_deg)
    east_plane = cosine_declination * np.cos(hour_rad)
    up = np.sin(latitude_rad) * sine_declination + np.cos(latitude_rad) * east_plane
    south = np.sin(latitude_rad) * east_plane - np.cos(latitude_rad) * sine_declination
    return up, south, cosine_declination * np.sin(hour_rad)


def clear_sky_w_per_m2(at_utc: TimeArray, latitude_deg: float, longitude_deg: float) -> FloatArray:
    """Return the global irradiance on the level under a clear sky, zero at night.

    Args:
        at_utc: Instants. Any shape
        latitude_deg: North is above zero. [degree]
        longitude_deg: East is above zero. [degree]

    Returns:
        Irradiance. [W/m2], same shape

    Source: Haurwitz 1945, J. Meteorology 2, 154-166, as given by Reno, Hansen and Stein 2012, SAND2012-2389.
    Holds for: mid latitudes near sea level; Reno found it the best of the models that know the sun's height only.

    >>> noon = np.datetime64("2024-06-21T11:10", "ms")
    >>> clear_sky_w_per_m2(np.array([noon]), 52.5, 13.4).round()
    array([899.])
    """
    up, _, _ = sun_sines(at_utc, latitude_deg, longitude_deg)
    sine = np.maximum(up, 1e-3)
    return np.where(up > 0, 1098.0 * sine * np.exp(-0.057 / sine), 0.0)


def plane_w_per_m2(
    irradiance_w_per_m2: FloatArray,
    at_utc: TimeArray,
    *,
    latitude_deg: float,
    longitude_deg: float,
    tilt_deg: float = 35.0,
    azimuth_deg: float = 180.0,
) -> FloatArray:
    """Return the irradiance on a tilted plane, given that on the level.

    Args:
        irradiance_w_per_m2: Global irradiance on the level. [W/m2], shape (..., step)
        at_utc: Instants, for step means the middle of each step. Shape (step,)
        latitude_deg: North is above zero. [degree]
        longitude_deg: East is above zero. [degree]
        tilt_deg: 0 is level, 90 upright. [degree]
        azimuth_deg: Where the plane looks: 90 is east, 180 south, 270 west. [degree]

    Returns:
        Irradiance on the plane. [W/m2], shape (..., step)

    Source: diffuse share after Erbs, Klein and Duffie 1982, Solar Energy 28(4); sky of even brightness and ground after
        Liu and Jordan 1963.
    Holds for: step means up to an hour; below a sun height of about 3 degrees the beam is held back.
    """
    up, south, west = sun_sines(at_utc, latitude_deg, longitude_deg)
    tilt_rad, turn_rad = np.radians(tilt_deg), np.radians(azimuth_deg - 180.0)
    facing = np.cos(tilt_rad) * up + np.sin(tilt_rad) * (np.cos(turn_rad) * south + np.sin(turn_rad) * west)
    clear_ratio = irradiance_w_per_m2 / (SOLAR_CONSTANT_W_PER_M2 * np.maximum(up, 0.05))
    diffuse = irradiance_w_per_m2 * _diffuse_ratio(np.clip(clear_ratio, 0.0, 1.0))
    beam = (irradiance_w_per_m2 - diffuse) * np.maximum(facing, 0.0) / np.maximum(up, 0.05)
    sky, ground = (1.0 + np.cos(tilt_rad)) / 2.0, (1.0 - np.cos(tilt_rad)) / 2.0
    plane: FloatArray = beam + sky * diffuse + ground * ALBEDO_RATIO * irradiance_w_per_m2
    return plane


def _diffuse_ratio(clear_ratio: FloatArray) -> FloatArray:
    k = clear_ratio
    middle = 0.9511 + k * (-0.1604 + k * (4.388 + k * (-16.638 + k * 12.336)))
    return np.where(k <= 0.22, 1.0 - 0.09 * k, np.where(k <= 0.80, middle, 0.165))
