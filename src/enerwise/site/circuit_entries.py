"""Circuits as the site file tells them, and what is wrong with the tree they draw."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Self

import numpy as np
from pydantic import Field, model_validator

from enerwise.site.circuits import Circuit, inside, tree_faults
from enerwise.site.document import Path, Raw, positions, value_at
from enerwise.site.entry import Entry
from enerwise.site.heat_pump_entry import zone_paths
from enerwise.site.machine_values import Line
from enerwise.site.site import GRID, WEATHER
from enerwise.site.values import AssetId, Current, Phases, PowerAboveZero, RatioAboveZero, Text, Wrong


class CircuitEntry(Entry):
    """One of ``circuits``: what hangs behind which fuse."""

    id: AssetId
    name: Annotated[Text, Field(examples=["Garage"])] = ""
    parent: Annotated[AssetId | None, Field(examples=["garage"])] = None
    fuse: Annotated[Current, Field(examples=["32 A"])] = np.inf
    limit: Annotated[PowerAboveZero | None, Field(examples=["11 kW"])] = None
    phases: Phases = 3
    line: Line = 1
    meter: Annotated[AssetId | None, Field(examples=["garage-meter"])] = None
    efficiency: Annotated[RatioAboveZero | None, Field(examples=["97 %"])] = None
    members: Annotated[list[AssetId], Field(default_factory=list, examples=["[car, boiler]"])]

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if self.limit is None and not np.isfinite(self.fuse) and self.meter is None:
            raise Wrong("limits nothing and measures nothing", "add 'fuse: 32 A', 'limit: 11 kW' or a 'meter'")
        if self.efficiency is not None and self.limit is None:
            raise Wrong("is a hybrid inverter without a rating", "add 'limit: 5 kW', or leave 'efficiency' out")
        return self

    def circuit(self) -> Circuit:
        """Hand over the circuit."""
        return Circuit(
            self.id,
            tuple(self.members),
            parent=self.parent or "",
            limit_w=np.inf if self.limit is None else self.limit,
            fuse_a=self.fuse,
            line=self.line if self.phases == 1 else 0,
            meter=self.meter or "",
            name=self.name,
            one_way_ratio=self.efficiency,
        )


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A circuit as it was typed, and its position."""

    at: int
    id: str
    members: tuple[str, ...]
    parent: str
    meter: str


def circuit_findings(data: Raw) -> Iterator[tuple[Path, str, str]]:
    """Yield path, message and remedy of what is wrong with the tree, from the raw file so that nothing hides it."""
    drawn = [_drawn(data, at) for at in positions(data, "circuits")]
    assets = [_word(data, "assets", at, "id") for at in positions(data, "assets")]
    zones = [_word(data, "assets", *each, "id") for each in zone_paths(data)]
    for each in tree_faults(drawn, [asset for asset in assets if asset], (GRID, WEATHER, *zones)):
        yield ("circuits", each.at, each.key), each.message, each.remedy
    yield from _phase_findings(data, drawn)
    yield from _inverter_findings(data, drawn)


def _inverter_findings(data: Raw, drawn: list[_Drawn]) -> Iterator[tuple[Path, str, str]]:
    """Yield what does not hang on the direct-current side of a hybrid inverter, or cannot be held back there."""
    assets = {_word(data, "assets", at, "id"): at for at in positions(data, "assets")}
    inverters = {each.id: each for each in drawn if value_at(data, "circuits", each.at, "efficiency") is not None}
    for each in drawn:
        if each.parent in inverters:
            message = f"{each.parent!r} is a hybrid inverter; batteries and panels hang on it, no circuits"
            yield ("circuits", each.at, "parent"), message, "hang it on the connection, or on another circuit"
    for member, at in ((member, each.at) for each in inverters.values() for member in each.members if member in assets):
        kind = _word(data, "assets", assets[member], "kind")
        if kind not in ("battery", "pv"):
            message = f"{member!r} does not hang on a hybrid inverter; batteries and panels do"
            yield ("circuits", at, "members"), message, "name it elsewhere, or leave 'efficiency' out"
        elif kind == "pv" and _word(data, "assets", assets[member], "curtail") not in ("yes", "true"):
            message = f"{member!r} stands behind a hybrid inverter, which holds back its own panels"
            yield ("assets", assets[member], "curtail"), message, "write 'curtail: yes'"


def _phase_findings(data: Raw, drawn: list[_Drawn]) -> Iterator[tuple[Path, str, str]]:
    """Yield members of three phases on circuits of one."""
    three = {
        _word(data, "assets", at, "id")
        for at in positions(data, "assets")
        if value_at(data, "assets", at, "kind") == "charger" and value_at(data, "assets", at, "phases") in (None, "3")
    }
    for at, each in enumerate(drawn):
        if value_at(data, "circuits", at, "phases") != "1":
            continue
        below = inside(drawn, each.id)
        for member in (member for other in drawn if other.id in below for member in other.members):
            if member in three:
                remedy = f"write 'phases: 1' at {member!r}, or 'phases: 3' here"
                yield ("circuits", at, "phases"), f"has one phase, and {member!r} takes three", remedy


def _drawn(data: Raw, at: int) -> _Drawn:
    found = value_at(data, "circuits", at, "members")
    members = tuple(each.strip() for each in found if isinstance(each, str)) if isinstance(found, list) else ()
    name, parent, meter = (_word(data, "circuits", at, key) for key in ("id", "parent", "meter"))
    return _Drawn(at, name, members, parent, meter)


def _word(data: Raw, *path: int | str) -> str:
    found = value_at(data, *path)
    return found.strip() if isinstance(found, str) else ""
