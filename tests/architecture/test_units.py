"""Do names carry their unit? A float called power, price or duration says in its last word what it counts.

Looked at are annotated names (fields, constants, locals), arguments of public functions and properties, wherever their
type holds floats. A name counts when one of its words is in ``WORDS``. The tables below grow with the product.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

import pytest

from .house import Module, listed, modules

# What has a unit, singular; a plural counts too.
WORDS: Final = frozenset(
    "power energy price voltage current frequency temperature duration cost efficiency soc soh "
    "irradiance capacity resistance tariff fee money".split()
)

# Units inside (docs/style.md, section 2); kilo appears only below a price or a rate.
UNITS: Final = frozenset(
    "w wh var varh va vah v a ah hz ohm degc k s utc eur ueur m m2 m3 kg g rad deg pa lx ratio count".split()
)
PER: Final = UNITS | frozenset("kw kwh kwp kva mwh h day week month year cycle step home".split())

# Numbers without a unit that say so: a power factor, a cost weight.
PLAIN: Final = frozenset("factor weight exponent score pu index".split())

FLOAT_TYPES: Final = frozenset({"float", "FloatArray", "float64", "float32"})

# "current" is a flow in current_a and current_max_a, and the present in current_plan: only the first has a unit.
AFTER_CURRENT: Final = frozenset(
    "max min limit mean rated nominal peak total charge discharge now measured set".split()
)

# module:name -> why this name needs no unit
EXCEPTIONS: Final[dict[str, str]] = {
    "enerwise.plan.model:cost": "objective of a linear program: EUR per unit of each column, whatever that unit is",
    "enerwise.market.program:cost": "objective of a linear program: EUR per unit of each column, whatever that unit is",
    "enerwise.plan.solver:cost": "the same objective on its way to the solver",
    "enerwise.testing.contracts.terms:price": "a price per whatever the term at hand counts",
    "enerwise.serve.api.shapes.plan:energy_kwh": "answers are read by people, who count in kWh",
    "enerwise.serve.api.shapes.savings:energy_kwh": "answers are read by people, who count in kWh",
    "enerwise.serve.api.shapes.plan:price_low": "a column of a table whose head names the unit",
    "enerwise.serve.api.shapes.plan:price_high": "a column of a table whose head names the unit",
    "enerwise.serve.api.shapes.savings:price": "a price per whatever the line of the bill counts",
}


@dataclass(frozen=True, slots=True)
class Name:
    """A name that holds floats, and where it stands."""

    text: str
    line: int


def test_names_of_quantities_end_in_their_unit() -> None:
    violations = [text for module in modules() for text in unit_violations(module, exceptions=EXCEPTIONS)]
    assert not violations, listed(violations)


def test_exceptions_are_still_needed() -> None:
    needed = {f"{module.name}:{name.text}" for module in modules() for name in nameless_units(module)}
    assert set(EXCEPTIONS) <= needed, f"no longer needed: {sorted(set(EXCEPTIONS) - needed)}"


def unit_violations(module: Module, *, exceptions: dict[str, str]) -> Iterator[str]:
    """Yield a sentence for every quantity whose name ends without a unit."""
    for name in nameless_units(module):
        if f"{module.name}:{name.text}" not in exceptions:
            yield f"{module.at(name.line)}: {name.text} ends without a unit (docs/style.md, section 2)"


@cache
def nameless_units(module: Module) -> tuple[Name, ...]:
    """Return the names of floats that speak of a quantity and do not end in its unit."""
    return tuple(name for name in float_names(module) if is_quantity(name.text) and not has_unit(name.text))


def is_quantity(name: str) -> bool:
    """Tell whether a name speaks of something that has a unit."""
    words = name.lower().strip("_").split("_")
    return any(_is_word(word) and not _means_present(words, place) for place, word in enumerate(words))


def _is_word(word: str) -> bool:
    singular = {word, word.removesuffix("s"), re.sub("ies$", "y", word)}
    return bool(singular & WORDS)


def _means_present(words: list[str], place: int) -> bool:
    following = [word for word in words[place + 1 :] if word not in UNITS]
    return words[place] == "current" and not set(following) <= AFTER_CURRENT


def has_unit(name: str) -> bool:
    """Tell whether a name ends in a unit, ``_w`` or ``_eur_per_kw_per_month``, or in a word for a plain number."""
    words = name.lower().strip("_").split("_")
    if words[-1] in PLAIN:
        return True
    above = _without_rates(words)
    if len(above) == len(words):
        return words[-1] in UNITS
    return not above or above[-1] in UNITS | {"coefficient"}


def _without_rates(words: list[str]) -> list[str]:
    while len(words) >= 2 and words[-2] == "per" and words[-1] in PER:
        words = words[:-2]
    return words


def float_names(module: Module) -> Iterator[Name]:
    """Yield annotated names, arguments of public functions, and properties whose type holds floats."""
    for node in module.nodes():
        match node:
            case ast.AnnAssign(target=ast.Name(id=text)) if _holds_floats(node.annotation, node.value):
                yield Name(text, node.lineno)
            case ast.FunctionDef() | ast.AsyncFunctionDef() if _is_public(node.name):
                yield from _arguments(node.args)
                if _is_property(node) and node.returns and _holds_floats(node.returns, None):
                    yield Name(node.name, node.lineno)


def _arguments(args: ast.arguments) -> Iterator[Name]:
    for arg in [*args.posonlyargs, *args.args, args.vararg, *args.kwonlyargs]:
        if arg and arg.annotation and _holds_floats(arg.annotation, None):
            yield Name(arg.arg, arg.lineno)


def _holds_floats(annotation: ast.expr, value: ast.expr | None) -> bool:
    """Tell whether a type is float or made of floats; a bare ``Final`` has the type of its value."""
    match annotation:
        case ast.Constant(value=str(text)):
            return _holds_floats(ast.parse(text, mode="eval").body, value)
        case ast.Name(id="Final"):
            return isinstance(value, ast.Constant) and isinstance(value.value, float)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in FLOAT_TYPES
        case ast.Subscript(value=outer) if _last_name(outer) in {"Callable", "Literal", "type"}:
            return False
        case _:
            return any(
                _holds_floats(part, None) for part in ast.iter_child_nodes(annotation) if isinstance(part, ast.expr)
            )


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_public(name: str) -> bool:
    return not name.startswith("_") or name in {"__init__", "__call__"}


def _is_property(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(_last_name(each) in {"property", "cached_property"} for each in node.decorator_list)


@pytest.mark.parametrize(
    "text",
    [
        "class Battery:\n    power: float",
        "class Battery:\n    soc: float = 0.5",
        "class Battery:\n    charge_power_max: float | None = None",
        "class Battery:\n    @property\n    def energy(self) -> float: ...",
        "def plan(prices: FloatArray) -> None: ...",
        "def plan(*, energy_prices: NDArray[np.float64]) -> None: ...",
        "def plan(duration: 'float') -> None: ...",
        "async def apply(setpoint_power: float) -> None: ...",
        "class Fuse:\n    current_max: float",
        "GRID_FREQUENCY: Final = 50.0",
        "GRID_FREQUENCY: Final[float] = 50",
        "class Home:\n    room_temperatures: Sequence[float]",
        "class Home:\n    battery_capacity_kwh: float",
        "class Home:\n    soc_percent: float",
        "class Home:\n    energy_cost_per_kwh: float",
        "def total(*powers: float) -> float: ...",
        "class Tariff:\n    energy_price_eur_per_thing: float",
    ],
)
def test_checker_catches_a_quantity_without_a_unit(text: str) -> None:
    assert list(unit_violations(Module("enerwise.site.assets", text), exceptions={}))


@pytest.mark.parametrize(
    "text",
    [
        "class Battery:\n    charge_power_max_w: float\n    soc_ratio: float\n    efficiency_ratio: FloatArray",
        "class Tariff:\n    energy_price_eur_per_kwh: FloatArray\n    demand_price_eur_per_kw_per_month: float",
        "class Panel:\n    power_temperature_coefficient_per_k: float\n    irradiance_w_per_m2: float",
        "class House:\n    heat_capacity_wh_per_k: float\n    power_factor: float\n    energy_cost_weight: float",
        "class Fuse:\n    current_max_a: float\n    current_a: float\n    current_step: float",
        "class Battery:\n    power: Power\n    energy_text: str\n    has_power: bool",
        "class Battery:\n    price_at: Callable[[float], float]",
        "class Battery:\n    lower_w: float\n    level: float\n    horizon: float",
        "def _helper(power: float) -> None: ...",
        "def step(asset: Battery, power_w: float, *, step_s: float, costs: Sequence[Cost]) -> None: ...",
        "COST_PER_CYCLE_EUR: Final = 0.05",
        "class Entry:\n    amount_ueur: int\n    energy_wh: int\n    cost: Term",
        "class Battery:\n    socket_timeout: float\n    powerful: float\n    discussion: float",
    ],
)
def test_checker_lets_sensible_names_pass(text: str) -> None:
    assert not list(unit_violations(Module("enerwise.site.assets", text), exceptions={}))


def test_exception_is_kept_to_its_module() -> None:
    exceptions = {"enerwise.site.assets:power": "for this test"}
    text = "class Battery:\n    power: float"
    assert not list(unit_violations(Module("enerwise.site.assets", text), exceptions=exceptions))
    assert list(unit_violations(Module("enerwise.site.limits", text), exceptions=exceptions))
