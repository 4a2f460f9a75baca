"""Where the points of SunSpec models stand, by their names: ``W`` of model 103, ``module.3.DCW`` of model 160.

Source: ``sunspec_models.toml`` beside this file, which names its own.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from enerwise.protocols.registers import RegisterType

KINDS: Final[Mapping[str, RegisterType]] = {
    "acc16": RegisterType.UINT16,
    "acc32": RegisterType.UINT32,
    "acc64": RegisterType.UINT64,
    "bitfield16": RegisterType.UINT16,
    "bitfield32": RegisterType.UINT32,
    "count": RegisterType.UINT16,
    "enum16": RegisterType.UINT16,
    "int16": RegisterType.INT16,
    "int32": RegisterType.INT32,
    "int64": RegisterType.INT64,
    "sunssf": RegisterType.INT16,
    "uint16": RegisterType.UINT16,
    "uint32": RegisterType.UINT32,
    "uint64": RegisterType.UINT64,
}
"""How SunSpec types are read; texts are not."""
NOTHING_COUNTED: Final = (0,)
"""SunSpec: an accumulator that is not implemented reads as 0."""


@dataclass(frozen=True, slots=True)
class Place:
    """One point, from the head of its model."""

    address: int
    kind: RegisterType
    scale: int | None = None
    """Address of its scale factor."""
    exponent: int = 0
    """The scale factor where it is a constant."""
    missing: tuple[int, ...] | None = None


def place_of(models: Sequence[int], name: str) -> Place:
    """Return where a point stands in all of these models.

    Raises:
        KeyError: A model has no such point; the message says which.
        ValueError: The models do not agree.
    """
    places = {_place(model, name) for model in models}
    if len(places) != 1:
        raise ValueError(f"{name} does not stand at the same place in models {', '.join(map(str, models))}")
    return places.pop()


@cache
def _models() -> Mapping[str, Any]:
    return tomllib.loads(files("enerwise.devices").joinpath("sunspec_models.toml").read_text(encoding="utf-8"))


def _place(model: int, name: str) -> Place:
    entry = _models().get(str(model))
    if entry is None:
        raise KeyError(f"SunSpec model {model} is not among those known here: {', '.join(_models())}")
    points, start, prefix = entry["points"], 0, ""
    parts = name.split(".")
    if len(parts) == 3 and (group := entry.get("group", {})).get("name") == parts[0] and parts[1].isdecimal():
        start = group["at"] + (int(parts[1]) - 1) * group["length"]
        points, name, prefix = group["points"], parts[2], f"{parts[0]}.{parts[1]}."
    if name not in points or points[name][1] not in KINDS:
        raise KeyError(f"SunSpec model {model} has no number {prefix}{name}")
    address, kind, scale = points[name]
    missing = NOTHING_COUNTED if kind.startswith("acc") else None
    if isinstance(scale, str):
        return Place(start + address, KINDS[kind], scale=_scale_at(entry, points, start, scale), missing=missing)
    return Place(start + address, KINDS[kind], exponent=scale, missing=missing)


def _scale_at(entry: Mapping[str, Any], points: Mapping[str, Any], start: int, name: str) -> int:
    """Return where a scale factor stands: in the group itself, or at the head of the model."""
    if name in points:
        return int(start + points[name][0])
    return int(entry["points"][name][0])
