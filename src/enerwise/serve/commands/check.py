"""`enerwise check`: everything wrong with a site file, or what was understood of it."""

from pathlib import Path

from enerwise.core.units import show_energy, show_power, show_price, show_ratio
from enerwise.serve.circuit_words import circuit_row
from enerwise.serve.console import out, say
from enerwise.serve.machine_words import machine_words
from enerwise.serve.sites import read_site_file
from enerwise.serve.tables import table
from enerwise.serve.tariff_words import limit_words, tariff_words
from enerwise.serve.wiring import device_words, profiles_of
from enerwise.serve.words import mode
from enerwise.site.assets import Asset, Battery, Load, Pv, Wind
from enerwise.site.machines import Machine
from enerwise.site.site import Site


def check(path: Path) -> None:
    """Read a site file and tell what it says."""
    site = read_site_file(path)
    profiles_of(site)
    say(f"{site.name}: nothing is wrong with {path}.")
    out().print(_assets(site))
    out().print(_facts(site))
    if site.circuits:
        out().print(_circuits(site))
    if site.devices:
        out().print(_devices(site))
    for remark in remarks(site):
        say(f"Remark: {remark}")


def _assets(site: Site) -> object:
    made = table("Assets", "Id", "Kind", "What it is", left=3, wraps=True)
    for asset in site:
        made.add_row(asset.id, asset.kind, asset_words(asset))
    return made


def _circuits(site: Site) -> object:
    made = table("Circuits", "Id", "Hangs on", "What it carries", "What hangs on it", left=4, wraps=True)
    for each in site.circuits:
        made.add_row(*circuit_row(site, each))
    return made


def _devices(site: Site) -> object:
    made = table("Devices", "Id", "Where", "What it is", "Stands for", left=4, wraps=True)
    for device in site.devices:
        made.add_row(*device_words(device))
    return made


def _facts(site: Site) -> object:
    made = table("Connection, tariff, control", "What", "As understood", left=2, wraps=True)
    connection, control = site.connection, site.control
    made.add_row("from the grid", f"at most {limit_words(connection.import_limit)}")
    made.add_row("to the grid", f"at most {limit_words(connection.export_limit)}")
    if connection.fuse_a < float("inf"):
        phases = f"{connection.phase_count} phase{'s' if connection.phase_count > 1 else ''}"
        made.add_row("main fuse", f"{connection.fuse_a:g} A on {phases}, {show_power(connection.fuse_power_w)}")
    for name, words in tariff_words(site.tariff):
        made.add_row(name, words)
    made.add_row(
        "control", f"{mode(control.mode)}, steps of {control.step_s // 60} min, {control.horizon_s / 3600:g} h ahead"
    )
    if site.carbon is not None:
        made.add_row("CO2 of the grid", f"{site.carbon.grid_g_per_kwh:g} g/kWh ({site.carbon.source})")
    made.add_row("time zone", site.timezone)
    return made


def asset_words(asset: Asset) -> str:
    """Describe an asset in a line."""
    match asset:
        case Battery():
            wear = f", wear {show_price(asset.ageing_eur_per_kwh)}" if asset.ageing_eur_per_kwh else ""
            return (
                f"{show_energy(asset.capacity_wh)}, takes up to {show_power(asset.charge_limit_w)}, gives up to "
                f"{show_power(asset.discharge_limit_w)}, {show_ratio(asset.round_trip_ratio)} round trip, "
                f"{show_ratio(asset.soc_min_ratio)} to {show_ratio(asset.soc_max_ratio)} full, "
                f"{show_ratio(asset.reserve_ratio)} in reserve{wear}"
            )
        case Wind():
            curtail = "can be held back" if asset.can_curtail else "cannot be held back"
            speeds = f"{asset.speed_m_per_s[0]:g} to {asset.speed_m_per_s[-1]:g} m/s"
            return f"{show_power(asset.peak_w)} rated, runs at {speeds}, hub at {asset.hub_m:g} m, {curtail}"
        case Pv():
            curtail = "can be held back" if asset.can_curtail else "cannot be held back"
            return f"{show_power(asset.peak_w)} peak, inverter {show_power(asset.output_limit_w)}, {curtail}"
        case Load():
            if not asset.switch_power_w:
                return "uses what it uses"
            return f"switched, {show_power(asset.switch_power_w)}, surplus priority {asset.surplus_priority}"
        case Machine():
            return machine_words(asset)


def remarks(site: Site) -> list[str]:
    """Return what is allowed and still surprising."""
    found = []
    if not site.of_kind(Battery) and not site.of_kind(Machine):
        found.append("without a battery there is little to plan; Enerwise will watch and bill")
    if not site.of_kind(Load):
        found.append("without a load nothing is known of the home; add {id: home, kind: load}")
    fuse_w, contract_w = site.connection.fuse_power_w, site.connection.import_limit.otherwise_w
    if fuse_w < contract_w:
        found.append(f"the fuse carries {show_power(fuse_w)}, less than the import limit of {show_power(contract_w)}")
    return found
