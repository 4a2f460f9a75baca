"""What can be wrong with a simulated device: fields that are set, and names for what people ask for most."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

from enerwise.core.errors import Problem, ProblemsFound

WELL_INSULATED_OHM: Final = 2e6


@dataclass(slots=True)
class Faults:
    """What is wrong with a device at the moment. Readings are named by role and quantity: ``meter.power_w``."""

    is_silent: bool = False
    """It takes requests and answers none."""
    delay_s: float = 0.0
    """It takes so long over each answer."""
    resets: bool = False
    """It drops every connection."""
    is_frozen: bool = False
    """What it shows stands still, whatever happens."""
    is_flipped: bool = False
    """All its powers have the wrong sign."""
    sets: dict[str, float] = field(default_factory=dict)
    """Shown instead of the truth."""
    factors: dict[str, float] = field(default_factory=dict)
    """What it shows is so many times the truth: -1 for one meter wired backwards."""
    adds: dict[str, float] = field(default_factory=dict)
    """Added to what it shows: ``battery.cell_temperature_max_degc: 40``."""
    is_stuck: bool = False
    """It acknowledges setpoints and ignores them; it does what it did."""
    is_deaf: bool = False
    """Its watchdog cannot be set."""
    heat_k_per_s: float = 0.0
    """A cell becomes warmer by so much, and the battery opens its contactors when that is too much."""
    insulation_ohm: float = WELL_INSULATED_OHM
    """What is left between battery and earth; it opens its contactors when that is too little."""
    is_welded: bool = False
    """Its contactors stay closed whatever it wants."""

    def shown(self, name: str, value: float) -> float:
        """Return what a reading becomes; in this order: set, multiplied, added to."""
        return self.sets.get(name, value) * self.factors.get(name, 1.0) + self.adds.get(name, 0.0)

    def wrong(self) -> dict[str, Any]:
        """Return the fields that are not as they should be."""
        return {name: getattr(self, name) for name, well in WELL.items() if getattr(self, name) != well}


WELL: Final[Mapping[str, Any]] = {each.name: getattr(Faults(), each.name) for each in fields(Faults)}
"""Every field of a device that has nothing."""

NAMED: Final[Mapping[str, Mapping[str, Any]]] = {
    "silent": {"is_silent": True},
    "slow": {"delay_s": 0.3},
    "resets": {"resets": True},
    "frozen": {"is_frozen": True},
    "flipped_meter": {"factors": {"meter.power_w": -1.0}},
    "wrong_meter": {"adds": {"meter.power_w": 3000.0}},
    "soc_jump": {"adds": {"battery.soc_ratio": -0.3}},
    "stuck": {"is_stuck": True},
    "deaf": {"is_deaf": True},
    "overtemperature": {"heat_k_per_s": 1.5},
    "insulation": {"insulation_ohm": 20e3},
    "welded": {"is_welded": True, "insulation_ohm": 20e3},
}
"""Faults by name. A welded contactor is found when it should open: with it comes what makes it open."""


def fields_of(order: Mapping[str, Any], measured: Collection[str]) -> dict[str, Any]:
    """Return the fields that an order sets.

    Args:
        order: A name under ``fault``, or fields of `Faults` and their values.
        measured: What the device measures, each as role and quantity.

    Raises:
        ProblemsFound: Everything wrong with it.
    """
    wanted, problems = dict(order), []
    name = wanted.pop("fault", None)
    if name is not None and not (isinstance(name, str) and name in NAMED):
        problems.append(Problem("fault", f"{name!r} is no fault", f"write one of {', '.join(NAMED)}"))
    wanted = {**NAMED.get(name, {}), **wanted} if isinstance(name, str) else wanted
    for field_name, value in wanted.items():
        problems += _problems(field_name, value, measured)
    if problems:
        raise ProblemsFound("fault", problems)
    return {each: dict(value) if isinstance(value, dict) else value for each, value in wanted.items()}


def _problems(name: str, value: object, measured: Collection[str]) -> list[Problem]:
    if name not in WELL:
        return [Problem(name, "is no fault", f"write one of {', '.join(WELL)}, or {{fault: {' or '.join(NAMED)}}}")]
    well = WELL[name]
    if isinstance(well, bool):
        return [] if isinstance(value, bool) else [Problem(name, f"is {value!r}", "write true or false")]
    if isinstance(well, float):
        is_right = _is_number(value) and value >= 0.0  # type: ignore[operator]
        return [] if is_right else [Problem(name, f"is {value!r}", "write a finite number that is not negative")]
    if not isinstance(value, dict):
        return [Problem(name, f"is {value!r}", 'write {"meter.power_w": 100}')]
    wrong = [Problem(f"{name}.{each}", "is no finite number") for each in value if not _is_number(value[each])]
    strangers = [each for each in value if each not in measured]
    remedy = f"write one of {', '.join(sorted(measured))}"
    return wrong + [Problem(f"{name}.{each}", "is nothing this device measures", remedy) for each in strangers]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
