"""Quantities: the names of what a channel holds, each ending in its unit; `Key` pairs one with an asset."""

from typing import Final

POWER_W: Final = "power_w"
"""Power on the AC side, mean of a step; positive is taken."""
AVAILABLE_POWER_W: Final = "available_power_w"
"""What a PV plant could deliver if nothing held it back, in the house sign: never above zero."""
ENERGY_WH: Final = "energy_wh"
"""Stored energy at an instant."""
SOC_RATIO: Final = "soc_ratio"
"""State of charge at an instant: stored energy over capacity, 0..1."""
SOH_RATIO: Final = "soh_ratio"
"""State of health: capacity left over capacity when new."""
CYCLES_COUNT: Final = "cycles_count"
"""Full equivalent cycles since new."""
TEMPERATURE_DEGC: Final = "temperature_degc"
PRICE_IMPORT_EUR_PER_KWH: Final = "price_import_eur_per_kwh"
PRICE_EXPORT_EUR_PER_KWH: Final = "price_export_eur_per_kwh"
CARBON_G_PER_KWH: Final = "carbon_g_per_kwh"
IRRADIANCE_W_PER_M2: Final = "irradiance_w_per_m2"

QUANTITIES: Final = frozenset(
    (
        POWER_W,
        AVAILABLE_POWER_W,
        ENERGY_WH,
        SOC_RATIO,
        SOH_RATIO,
        CYCLES_COUNT,
        TEMPERATURE_DEGC,
        PRICE_IMPORT_EUR_PER_KWH,
        PRICE_EXPORT_EUR_PER_KWH,
        CARBON_G_PER_KWH,
        IRRADIANCE_W_PER_M2,
    )
)
"""Every quantity the house knows; a reading of any other is refused."""
