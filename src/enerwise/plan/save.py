"""A problem as bytes and back: a few kB beside each plan, enough to make the same plan again, bit by bit."""

import json
import zlib
from dataclasses import asdict, fields
from typing import Any, Final

import numpy as np

from enerwise.core.errors import PluginError, ProblemsFound
from enerwise.core.plugin import load
from enerwise.core.time import TimeGrid, instant
from enerwise.plan.aims import Aims
from enerwise.plan.circuit import Circuit
from enerwise.plan.facts import packed, unpacked
from enerwise.plan.flexible import GROUP
from enerwise.plan.problem import DemandProblem, Problem
from enerwise.plan.risk import Risk
from enerwise.site.assets import Battery, Pv
from enerwise.site.calendar import Window
from enerwise.site.tariff import DemandComponent, DemandState

FORMAT: Final = 1
_ARRAYS: Final = (
    "load_w",
    "available_w",
    "import_eur_per_kwh",
    "export_eur_per_kwh",
    "import_limit_w",
    "export_limit_w",
    "start_wh",
    "end_wh",
    "end_value_eur_per_kwh",
    "probability",
    "previous_w",
)
_DEMAND_ARRAYS: Final = ("interval", "day", "period", "is_billed")
LEVEL: Final = 1
"""Of compression: a plan is written with every turn."""


def to_bytes(problem: Problem) -> bytes:
    """Return the problem as compressed bytes: a line of JSON, then the arrays as they lie in memory."""
    arrays = [getattr(problem, name) for name in _ARRAYS]
    arrays += [getattr(demand, name) for demand in problem.demand for name in _DEMAND_ARRAYS]
    head = {
        "format": FORMAT,
        "grid": [str(problem.grid.start_utc), problem.grid.step_s, problem.grid.step_count],
        **_more(problem, arrays),
        "batteries": [asdict(each) for each in problem.batteries],
        # To a plan a turbine is like PV: what it could deliver stands among the arrays.
        "pvs": [{each.name: getattr(plant, each.name) for each in fields(Pv)} for plant in problem.pvs],
        "terms": list(problem.terms),
        "stability_eur": problem.stability_eur,
        "demand": [_demand_head(each) for each in problem.demand],
        "arrays": [None if each is None else [each.dtype.str, list(each.shape)] for each in arrays],
    }
    body = b"".join(np.ascontiguousarray(each).tobytes() for each in arrays if each is not None)
    return zlib.compress(json.dumps(head).encode() + b"\n" + body, LEVEL)


def _more(problem: Problem, arrays: list[Any]) -> dict[str, Any]:
    """Pack what only some problems have: those of plain homes keep the bytes they always had."""
    flexible = [[each.kind, packed(each, arrays)] for each in problem.flexible]
    circuits = [packed(each, arrays) for each in problem.circuits]
    more: dict[str, Any] = ({"flexible": flexible} if flexible else {}) | ({"circuits": circuits} if circuits else {})
    if problem.previous_flexible_w is not None:
        more |= {"previous_flexible_w": packed(problem.previous_flexible_w, arrays)}
    if problem.flexible_limit_w is not None:
        more |= {"flexible_limit_w": packed(problem.flexible_limit_w, arrays)}
    if not problem.aims.are_none:
        more |= {"aims": packed(problem.aims, arrays)}
    if problem.node is not None:
        more |= {"node": packed(problem.node, arrays)}
    if problem.risk != Risk():
        more |= {"risk": packed(problem.risk, arrays)}
    if problem.caps:
        more |= {"caps": [list(each) for each in problem.caps]}
    if problem.basis is not None:
        more |= {"basis": packed(problem.basis, arrays), "basis_shift": problem.basis_shift}
    return more


def from_bytes(blob: bytes) -> Problem:
    """Return the problem that `to_bytes` wrote.

    Raises:
        ValueError: The bytes are damaged, or of a format this version does not know.
    """
    try:
        line, _, body = zlib.decompress(blob).partition(b"\n")
        head = json.loads(line)
        found = head["format"]
    except (zlib.error, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"these bytes are no stored plan: {error}") from error
    if found != FORMAT:
        raise ValueError(f"plan of format {found!r}, this version reads {FORMAT}")
    try:
        return _problem(head, body)
    except (TypeError, KeyError, IndexError, PluginError, ProblemsFound) as error:
        raise ValueError(f"this stored plan is damaged: {error}") from error


def _problem(head: dict[str, Any], body: bytes) -> Problem:
    arrays = _unpacked(head["arrays"], body)
    start, step_s, step_count = head["grid"]
    count = len(_DEMAND_ARRAYS)
    tail = arrays[len(_ARRAYS) :]
    return Problem(
        grid=TimeGrid(instant(np.datetime64(start)), step_s, step_count),
        batteries=tuple(Battery(**each) for each in head["batteries"]),
        pvs=tuple(Pv(**each) for each in head["pvs"]),
        flexible=tuple(unpacked(load(GROUP, kind), each, arrays) for kind, each in head.get("flexible", ())),
        circuits=tuple(unpacked(Circuit, each, arrays) for each in head.get("circuits", ())),
        previous_flexible_w=_array(head.get("previous_flexible_w"), arrays),
        flexible_limit_w=_array(head.get("flexible_limit_w"), arrays),
        basis=_array(head.get("basis"), arrays),
        basis_shift=head.get("basis_shift", 0),
        demand=tuple(
            _demand(each, dict(zip(_DEMAND_ARRAYS, tail[at * count : (at + 1) * count], strict=True)))
            for at, each in enumerate(head["demand"])
        ),
        terms=tuple(head["terms"]),
        stability_eur=head["stability_eur"],
        node=_array(head.get("node"), arrays),
        risk=unpacked(Risk, head["risk"], arrays) if "risk" in head else Risk(),
        caps=tuple((term, most_eur) for term, most_eur in head.get("caps", ())),
        aims=unpacked(Aims, head["aims"], arrays) if "aims" in head else Aims(),
        **dict(zip(_ARRAYS, arrays, strict=False)),
    )


def _array(head: dict[str, int] | None, arrays: list[Any]) -> Any:
    return None if head is None else arrays[head["array"]]


def _demand_head(demand: DemandProblem) -> dict[str, Any]:
    component = {each.name: getattr(demand.component, each.name) for each in fields(demand.component)}
    return {
        "component": component | {"window": _window_head(demand.component.window)},
        "steps_per_interval": demand.steps_per_interval,
        "period": demand.state.period,
        "daily_max_w": {str(day): value for day, value in demand.state.daily_max_w.items()},
        "elapsed_w": demand.elapsed_w,
    }


def _window_head(window: Window | None) -> dict[str, Any] | None:
    if window is None:
        return None
    return asdict(window) | {"days": sorted(window.days), "months": sorted(window.months)}


def _window(head: dict[str, Any] | None) -> Window | None:
    if head is None:
        return None
    return Window(**head | {"days": frozenset(head["days"]), "months": frozenset(head["months"])})


def _demand(head: dict[str, Any], arrays: dict[str, Any]) -> DemandProblem:
    component = head["component"]
    return DemandProblem(
        component=DemandComponent(**component | {"window": _window(component["window"])}),
        steps_per_interval=head["steps_per_interval"],
        state=DemandState(head["period"], {int(day): value for day, value in head["daily_max_w"].items()}),
        elapsed_w=head["elapsed_w"],
        **arrays,
    )


def _unpacked(shapes: list[Any], body: bytes) -> list[Any]:
    arrays: list[Any] = []
    at = 0
    for each in shapes:
        if each is None:
            arrays.append(None)
            continue
        dtype, shape = np.dtype(each[0]), tuple(each[1])
        size = int(np.prod(shape)) * dtype.itemsize
        arrays.append(np.frombuffer(body[at : at + size], dtype=dtype).reshape(shape).copy())
        at += size
    return arrays
