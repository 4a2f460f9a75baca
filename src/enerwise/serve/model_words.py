"""Identified devices in words: what a plan took a device for, and why what was identified was left aside."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from enerwise.core.event import Event
from enerwise.core.units import show_energy, show_ratio

WORDS: Final[Mapping[str, tuple[str, str, Callable[[float], str]]]] = {
    "round_trip_ratio": ("round trip", "Wirkungsgrad", show_ratio),
    "capacity_wh": ("capacity", "Kapazität", show_energy),
    "cop_scale": ("of its data sheet", "seines Datenblatts", show_ratio),
    "loss_w_per_k": ("losses", "Verluste", lambda value: f"{value:.0f} W/K"),
    "air_wh_per_k": ("air", "Luft", lambda value: f"{value / 1e3:.2f} kWh/K"),
    "mass_wh_per_k": ("walls", "Wände", lambda value: f"{value / 1e3:.2f} kWh/K"),
    "gain_w": ("usual gains", "übliche Gewinne", lambda value: f"{value:.0f} W"),
    "share_ratio": ("share of the heat", "Anteil an der Wärme", show_ratio),
    "w_per_k": ("between", "dazwischen", lambda value: f"{value:.0f} W/K"),
}
"""What people are told of a model, by parameter, in English and German; of zones with their name before it."""


def models_told(planned: Event, language: str = "en") -> dict[str, str]:
    """Return what a plan tells of each model that is not as declared; nothing where all are.

    Args:
        planned: The event of the plan.
        language: Of the words.
    """
    models = planned.payload.get("models")
    found = models.items() if isinstance(models, Mapping) else ()
    return {str(name): model_words(told, language) for name, told in found if isinstance(told, Mapping)}


def model_words(told: Mapping[str, Any], language: str = "en") -> str:
    """Return one model in words.

    >>> model_words({"model": "2024-07-01-identified", "round_trip_ratio": 0.82, "capacity_wh": 9870.0})
    '2024-07-01-identified (round trip 82 %, capacity 9.9 kWh)'
    >>> model_words({"model": "2024-07-01-identified", "capacity_wh": 9870.0}, "de")
    '2024-07-01-identified (Kapazität 9,9 kWh)'
    >>> model_words({"model": "2024-07-01-identified", "upper loss_w_per_k": 80.2, "ground-upper w_per_k": 71.0})
    '2024-07-01-identified (upper losses 80 W/K, ground-upper between 71 W/K)'
    >>> model_words({"model": "declared", "because": "the site file has changed"})
    'declared (the site file has changed)'
    """
    if "because" in told:
        return f"{told['model']} ({told['because']})"
    words = [
        f"{key.removesuffix(name)}{_word(name, float(told[key]), language)}"
        for name in WORDS
        for key in told
        if key == name or key.endswith(f" {name}")
    ]
    return f"{told['model']} ({', '.join(words)})" if words else str(told["model"])


def _word(key: str, value: float, language: str) -> str:
    english, german, write = WORDS[key]
    return f"{german} {write(value).replace('.', ',')}" if language == "de" else f"{english} {write(value)}"
