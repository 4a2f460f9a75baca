"""What evidence is made of: a requirement, the figures it gave, and the bounds they must keep."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SIDES: dict[str, Callable[[float, float], bool]] = {
    "<=": lambda value, bound: value <= bound,
    ">=": lambda value, bound: value >= bound,
    "==": lambda value, bound: value == bound,
}


@dataclass(frozen=True)
class Figure:
    """One number that was measured; ``value side bound`` must hold, and NaN holds nothing."""

    what: str
    value: float
    unit: str
    side: str
    bound: float

    @property
    def passes(self) -> bool:
        return not math.isnan(self.value) and SIDES[self.side](self.value, self.bound)

    def __str__(self) -> str:
        return f"{self.what}: {self.value:g} {self.unit} (must be {self.side} {self.bound:g})"


@dataclass(frozen=True)
class Scale:
    """How much is done: little in the tests, all of it for the published evidence."""

    presses: int
    wedge_presses: int
    kills: int
    fuzz_cases: int
    chaos_s: float
    month_days: float
    jump_s: float

    @property
    def is_full(self) -> bool:
        return self == FULL


QUICK = Scale(presses=150, wedge_presses=30, kills=3, fuzz_cases=2_000, chaos_s=4.0, month_days=0.2, jump_s=0.6)
FULL = Scale(
    presses=10_000, wedge_presses=500, kills=1_000, fuzz_cases=1_000_000, chaos_s=60.0, month_days=30.0, jump_s=3.0
)


@dataclass(frozen=True)
class Requirement:
    """One of the twenty, and what proves it."""

    number: int
    title: str
    prove: Callable[[Scale, Path], list[Figure]]
    is_timed: bool = False
    """Whether milliseconds decide, which only an otherwise idle machine can show."""


REQUIREMENTS: dict[int, Requirement] = {}
Prove = Callable[[Scale, Path], list[Figure]]


def requirement(number: int, title: str, *, is_timed: bool = False) -> Callable[[Prove], Prove]:
    """Register what proves a requirement."""

    def register(prove: Prove) -> Prove:
        assert number not in REQUIREMENTS, f"requirement {number} is proven twice"
        REQUIREMENTS[number] = Requirement(number, title, prove, is_timed)
        return prove

    return register


def all_requirements() -> dict[int, Requirement]:
    """Return all of them, by number."""
    from tests.safety import contactors, deaths, devices, latches, limits, month, sensors, stops  # noqa: F401 - they register

    return dict(sorted(REQUIREMENTS.items()))
