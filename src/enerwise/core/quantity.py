"""Quantities: the names of what a channel holds, each ending in its unit; `Key` pairs one with an asset."""

from typing import Final

POWER_W: Final = "power_w"
"""Power on the AC side, mean of a step; positive is taken."""
AVAILABLE_POWER_W: Final = "available_power_w"
"""What a PV plant could deliver if nothing held it back, in the house sign: never above zero."""
HEAT_W: Final = "heat_w"
"""Heat that a heat pump delivers, mean of a step; cold that a chiller delivers is above zero, too."""
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
IMPORT_LIMIT_W: Final = "import_limit_w"
"""Most import that a control box at the connection allows now."""
IRRADIANCE_W_PER_M2: Final = "irradiance_w_per_m2"
FREQUENCY_HZ: Final = "frequency_hz"
VOLTAGE_V: Final = "voltage_v"
"""AC voltage, line to neutral; of several lines the mean."""
VOLTAGE_L1_V: Final = "voltage_l1_v"
VOLTAGE_L2_V: Final = "voltage_l2_v"
VOLTAGE_L3_V: Final = "voltage_l3_v"
CURRENT_A: Final = "current_a"
"""Current, positive into the asset; of a battery on its DC side."""
REACTIVE_POWER_VAR: Final = "reactive_power_var"
IMPORTED_WH: Final = "imported_wh"
"""Counter of energy taken since the meter was built."""
EXPORTED_WH: Final = "exported_wh"
"""Counter of energy delivered since the meter was built."""
PACK_VOLTAGE_V: Final = "pack_voltage_v"
"""DC voltage of a battery."""
BUS_VOLTAGE_V: Final = "bus_voltage_v"
"""DC voltage on the inverter's side of a contactor."""
CELL_VOLTAGE_MIN_V: Final = "cell_voltage_min_v"
CELL_VOLTAGE_MAX_V: Final = "cell_voltage_max_v"
CELL_TEMPERATURE_MIN_DEGC: Final = "cell_temperature_min_degc"
CELL_TEMPERATURE_MAX_DEGC: Final = "cell_temperature_max_degc"
INSULATION_OHM: Final = "insulation_ohm"
CHARGE_CURRENT_LIMIT_A: Final = "charge_current_limit_a"
"""Most current a battery management takes now."""
DISCHARGE_CURRENT_LIMIT_A: Final = "discharge_current_limit_a"
COMMS_LOSS_S: Final = "comms_loss_s"
"""Time after which a device that hears nothing goes to its own safe state."""
IS_CLOSED: Final = "is_closed"
"""Auxiliary contact of a contactor: 1 closed, 0 open."""
IS_CONNECTED: Final = "is_connected"
"""Whether a car is plugged in: 1 yes, 0 no."""
IS_OCCUPIED: Final = "is_occupied"
"""Whether somebody is there: 1 yes, 0 no, or how likely."""
CO2_PPM: Final = "co2_ppm"
"""Carbon dioxide in the air of a room, parts per million."""
ILLUMINANCE_LX: Final = "illuminance_lx"
HUMIDITY_RATIO: Final = "humidity_ratio"
"""Relative humidity of the air of a room, 0..1."""
STATE_CODE: Final = "state_code"
"""What a device says of itself, in its own code."""
ALARM_CODE: Final = "alarm_code"
"""Bits a device sets when something is wrong with it; 0 is well."""

QUANTITIES: Final = frozenset(
    (
        POWER_W,
        AVAILABLE_POWER_W,
        HEAT_W,
        ENERGY_WH,
        SOC_RATIO,
        SOH_RATIO,
        CYCLES_COUNT,
        TEMPERATURE_DEGC,
        PRICE_IMPORT_EUR_PER_KWH,
        PRICE_EXPORT_EUR_PER_KWH,
        CARBON_G_PER_KWH,
        IMPORT_LIMIT_W,
        IRRADIANCE_W_PER_M2,
        FREQUENCY_HZ,
        VOLTAGE_V,
        VOLTAGE_L1_V,
        VOLTAGE_L2_V,
        VOLTAGE_L3_V,
        CURRENT_A,
        REACTIVE_POWER_VAR,
        IMPORTED_WH,
        EXPORTED_WH,
        PACK_VOLTAGE_V,
        BUS_VOLTAGE_V,
        CELL_VOLTAGE_MIN_V,
        CELL_VOLTAGE_MAX_V,
        CELL_TEMPERATURE_MIN_DEGC,
        CELL_TEMPERATURE_MAX_DEGC,
        INSULATION_OHM,
        CHARGE_CURRENT_LIMIT_A,
        DISCHARGE_CURRENT_LIMIT_A,
        COMMS_LOSS_S,
        IS_CLOSED,
        IS_CONNECTED,
        IS_OCCUPIED,
        CO2_PPM,
        ILLUMINANCE_LX,
        HUMIDITY_RATIO,
        STATE_CODE,
        ALARM_CODE,
    )
)
"""Every quantity the house knows; a reading of any other is refused."""
