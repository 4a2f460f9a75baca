"""`enerwise init`: a first site file, commented, from a few questions or from a template."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final

import typer

from enerwise.core.errors import Problem, ProblemsFound, UnitError
from enerwise.serve import asked
from enerwise.serve.console import complain, say
from enerwise.serve.files import write_text

TEMPLATES: Final = ("home", "flat", "tou", "spot", "capacity")
PRICES_STEM: Final = "prices-example"
EXAMPLE_YEAR: Final = 2024


@dataclass(frozen=True, slots=True)
class Answers:
    """What goes into the file; the defaults are a home that runs."""

    name: str = "My home"
    timezone: str = "Europe/Berlin"
    pv_peak: str = "6 kWp"
    capacity: str = "13.5 kWh"
    battery_power: str = "5 kW"
    import_price: str = "0.27 EUR/kWh"
    peak_price: str = "0.52 EUR/kWh"
    export_price: str = "0.08 EUR/kWh"


def init(path: Path, template: str | None, *, takes_defaults: bool, overwrites: bool) -> None:
    """Write a site file."""
    chosen = None if template is None else asked.names("--template", template, TEMPLATES)[0]
    asked.target("FILE", path, (".yaml", ".yml"))
    if path.exists() and not overwrites:
        raise ProblemsFound(str(path), [Problem(path.name, "is there already", "choose another name, or add --force")])
    answers = Answers()
    if not takes_defaults:
        answers, chosen = ask(answers, chosen)
    text = site_text(answers, chosen or "home", path)
    if chosen == "spot":
        prices = path.with_name(f"{PRICES_STEM}.csv")
        if not prices.exists():
            write_text(prices, example_prices())
            say(f"Written: {prices} (invented prices of {EXAMPLE_YEAR}: put yours in their place)")
    write_text(path, text + "\n")
    say(f"Written: {path}")
    say(f"Next: enerwise check {path}")
    say(f"      enerwise simulate {path}")


def ask(answers: Answers, template: str | None) -> tuple[Answers, str]:
    """Ask the few things that matter; Enter takes the default."""
    answers = replace(answers, name=_asked("Name of the home", answers.name, str.strip))
    answers = replace(answers, timezone=_asked("Time zone", answers.timezone, _zone))
    answers = replace(
        answers, pv_peak=_asked("Peak power of the PV plant, 0 for none", answers.pv_peak, _quantity("POWER"))
    )
    answers = replace(
        answers, capacity=_asked("Capacity of the battery, 0 for none", answers.capacity, _quantity("ENERGY"))
    )
    if not _is_nothing(answers.capacity):
        power = _asked("Power of the battery", answers.battery_power, _quantity("POWER"))
        answers = replace(answers, battery_power=power)
    kind = template or _asked(f"Tariff ({', '.join(TEMPLATES)})", "tou", _template)
    if kind != "spot":
        answers = replace(
            answers, import_price=_asked("Price of a kWh you buy", answers.import_price, _quantity("ENERGY_PRICE"))
        )
    if kind in ("home", "tou"):
        price = _asked("Price on weekdays from 14:00 to 20:00", answers.peak_price, _quantity("ENERGY_PRICE"))
        answers = replace(answers, peak_price=price)
    price = _asked("Price of a kWh you sell", answers.export_price, _quantity("ENERGY_PRICE"))
    return replace(answers, export_price=price), kind


def _asked(question: str, default: str, read: Callable[[str], str]) -> str:
    """Ask until the answer can be read."""
    while True:
        answer: str = typer.prompt(question, default=default)
        try:
            return read(answer)
        except UnitError as error:
            complain(str(error))


def _zone(text: str) -> str:
    from enerwise.core.time import zone_info

    zone_info(text.strip())
    return text.strip()


def _template(text: str) -> str:
    if text.strip() not in TEMPLATES:
        raise UnitError(text, f"write one of {', '.join(TEMPLATES)}")
    return text.strip()


def _quantity(dimension: str) -> Callable[[str], str]:
    from enerwise.core.units import Dimension, parse

    def read(text: str) -> str:
        if _is_nothing(text) and dimension != "ENERGY_PRICE":
            return "0"
        value = parse(text, Dimension[dimension])
        if value < 0:
            raise UnitError(text, "write it without a sign")
        return text.strip()

    return read


def _is_nothing(text: str) -> bool:
    return text.strip().split(" ")[0] in ("0", "0.0", "none", "no")


def site_text(answers: Answers, template: str, path: Path) -> str:
    """Return the text of a site file."""
    values: dict[str, str] = {
        "file": path.name,
        "name": _quoted(answers.name),
        "timezone": answers.timezone,
        "import_limit": "9 kW",
        "export_limit": "9 kW",
        "fuse": "35 A",
        "phases": "3",
        "pv_peak": answers.pv_peak,
        "capacity": answers.capacity,
        "battery_power": answers.battery_power,
        "import_price": answers.import_price,
        "peak_price": answers.peak_price,
        "export_price": answers.export_price,
        "price_file": f"{PRICES_STEM}.csv",
    }
    assets = [] if _is_nothing(answers.pv_peak) else [_filled("pv", values)]
    assets += [] if _is_nothing(answers.capacity) else [_filled("battery", values)]
    assets.append(_filled("load", values))
    return _filled("site", values | {"assets": "\n".join(assets), "tariff": _filled(template, values)})


def _filled(name: str, values: Mapping[str, str]) -> str:
    text = (files("enerwise.serve") / "templates" / f"{name}.yaml").read_text(encoding="utf-8").rstrip()
    return Template(text).substitute(values)


def _quoted(text: str) -> str:
    """Return a name as YAML holds it: quoted where it could be read as something else."""
    plain = all(letter.isalnum() or letter in " -_." for letter in text) and text[:1].isalpha()
    return text if plain else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def example_prices() -> str:
    """Return invented hourly prices of a year as CSV: dear mornings and evenings, cheap noons, dearer winters.

    Day-ahead prices are public at 13:00 on the day before; a file may say so itself in a column ``known_at_utc``.
    """
    import numpy as np

    start = np.datetime64(f"{EXAMPLE_YEAR}-01-01T00", "h")
    hours = (np.datetime64(f"{EXAMPLE_YEAR + 1}-01-01T00", "h") - start).astype(int)
    lines = ["start_utc,price_eur_per_kwh"]
    for hour in range(int(hours)):
        of_day, of_year = hour % 24, 2 * math.pi * hour / float(hours)
        evening = math.exp(-(((of_day - 18) / 2.5) ** 2)) + 0.7 * math.exp(-(((of_day - 7) / 2.0) ** 2))
        noon = math.exp(-(((of_day - 12) / 3.0) ** 2)) * (1.0 - 0.6 * math.cos(of_year))
        weather = 0.015 * math.sin(hour / 61.0) + 0.01 * math.sin(hour / 17.0)
        price = 0.075 + 0.02 * math.cos(of_year) + 0.07 * evening - 0.05 * noon + weather
        lines.append(f"{start + hour}:00Z,{price:.4f}")
    return "\n".join(lines) + "\n"
