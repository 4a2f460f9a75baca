"""SunSpec: where a device keeps its map, and which models stand in it.

A walk is a value: it says which holding registers it wants to see, is told what stood there, and becomes the walk that
goes on. It ends on every device: the chain of models is bounded, whatever the device claims. Source: SunSpec Device
Information Model Specification, "Modbus map": the map begins at 40000, 50000 or 0 with "SunS"; each model starts with
its id and the number of registers that follow, and id 0xFFFF ends the chain.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

BASES: Final = (40000, 50000, 0)
MARK: Final = (0x5375, 0x6E53)
"""The letters "SunS"."""
END: Final = 0xFFFF
MODELS_MAX: Final = 64
ADDRESS_MAX: Final = 0xFFFF

LENGTHS: Final[Mapping[int, int]] = {
    1: 65,
    **dict.fromkeys((101, 102, 103), 50),
    **{120: 26, 121: 30, 122: 44, 123: 24, 124: 24, 160: 8},
    **dict.fromkeys((201, 202, 203, 204), 105),
    **{701: 153, 702: 50, 703: 17, 704: 65, 705: 13, 706: 13, 711: 12, 712: 12, 713: 7, 714: 18},
    **dict.fromkeys((707, 708, 709, 710), 7),
    **{802: 62, 803: 26, 804: 46},
}
"""The fewest registers that follow the head of a model; a shorter one is not what its id says."""


@dataclass(frozen=True, slots=True)
class Model:
    """One model in a device."""

    id: int
    address: int
    """Where its id stands."""
    length: int
    """Registers that follow id and length."""


@dataclass(frozen=True, slots=True)
class Walk:
    """A search for the map and along its models."""

    untried: tuple[int, ...] = BASES
    at: int | None = None
    """Head of the model that is looked at; None while the map is being searched for."""
    models: tuple[Model, ...] = ()
    is_done: bool = False
    problem: str = ""
    """Why the walk ended before the end of the chain, or found nothing."""

    @property
    def wants(self) -> tuple[int, int] | None:
        """Address and count of the holding registers to read next, None when there is nothing left to see."""
        if self.is_done:
            return None
        return (self.untried[0] if self.at is None else self.at, 2)

    @property
    def bases(self) -> Mapping[int, int]:
        """Where each model's id stands: the first of its kind, and only where it is as long as it must be."""
        whole = [each for each in self.models if each.length >= LENGTHS.get(each.id, 0)]
        return {each.id: each.address for each in reversed(whole)}

    def told(self, words: Sequence[int] | None) -> "Walk":
        """Return the walk that goes on after what stood there; None where the device refused to say."""
        if self.is_done:
            return self
        pair = None if words is None or len(words) != 2 else (words[0], words[1])
        return self._searched(pair) if self.at is None else self._passed(self.at, pair)

    def _searched(self, pair: tuple[int, int] | None) -> "Walk":
        base, rest = self.untried[0], self.untried[1:]
        if pair == MARK:
            return replace(self, untried=(), at=base + 2)
        if rest:
            return replace(self, untried=rest)
        places = ", ".join(map(str, BASES))
        return replace(self, untried=(), is_done=True, problem=f"no SunSpec map at {places}")

    def _passed(self, at: int, pair: tuple[int, int] | None) -> "Walk":
        if pair is None:
            return replace(self, is_done=True, problem=f"the chain of models breaks off at {at}")
        model, length = pair
        if model == END:
            return replace(self, is_done=True)
        found = replace(self, models=(*self.models, Model(model, at, length)))
        after = at + 2 + length
        if after + 1 > ADDRESS_MAX:
            return replace(
                self, is_done=True, problem=f"model {model} at {at} claims {length} registers, beyond the end"
            )
        if len(found.models) >= MODELS_MAX:
            return replace(found, is_done=True, problem=f"more than {MODELS_MAX} models")
        return replace(found, at=after)
