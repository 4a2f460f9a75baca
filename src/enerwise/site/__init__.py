"""What stands there: assets, connection, limits, tariff. `enerwise.site.read` turns a site file into a `Site`."""

from enerwise.site.assets import Asset, Battery, BatteryArrays, Load, Pv
from enerwise.site.limits import WindowedLimit
from enerwise.site.site import GRID, Connection, Control, Site
from enerwise.site.tariff import Bill, DemandComponent, Rate, Tariff

__all__ = [
    "GRID",
    "Asset",
    "Battery",
    "BatteryArrays",
    "Bill",
    "Connection",
    "Control",
    "DemandComponent",
    "Load",
    "Pv",
    "Rate",
    "Site",
    "Tariff",
    "WindowedLimit",
]
