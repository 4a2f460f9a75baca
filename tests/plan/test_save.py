"""What is stored beside a plan is enough to make it again, bit by bit, on another day and in another process."""

import json
import subprocess
import sys
import zlib
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.outlook import Plan
from enerwise.plan.aims import Aims, Carbon, Peak, Ramping
from enerwise.plan.problem import Problem
from enerwise.plan.save import from_bytes, to_bytes
from enerwise.plan.solve import solve
from enerwise.site.tariff import DemandState
from tests.builders import BERLIN, a_battery, a_demand, a_grid, a_pv, a_window
from tests.plan.builders import a_demand_problem, a_load_w, a_problem, a_sun_w, hours
from tests.plan.test_solve_optimum import homes

DAY = a_grid("2024-07-05T01:00", step_s=3600, steps=30)


def a_full_problem() -> Problem:
    """Nothing in it stands at its default."""
    window = a_window(17, 21, days="weekdays", on_holidays=True, months=frozenset((6, 7)), holiday_country="DE-BW")
    state = DemandState(2024 * 12 + 6, {19905: 2200.5, 19907: 1800.25})
    demand = [
        a_demand_problem(a_demand("peak", top_count=3, above_w=500.0), DAY, zone=BERLIN, state=state, elapsed_w=812.5),
        a_demand_problem(a_demand("evening", window=window, per="year", interval_s=7200), DAY, zone=BERLIN),
    ]
    batteries = (
        a_battery(idle_loss_w=12.0, resistive_ratio=0.02, reserve_ratio=0.2, ageing_eur_per_kwh=0.01),
        a_battery("second", capacity_wh=4000.0, self_discharge_w=1.5, safe_power_w=-10.0),
    )
    load_w = np.array([0.8, 1.0, 1.3])[:, None] * a_load_w(DAY)
    return a_problem(
        grid=DAY, batteries=batteries, pvs=[a_pv(inverter_limit_w=4000.0), a_pv("shed", can_curtail=False)],
        load_w=load_w, available_w=np.array([0.9, 0.4])[:, None] * a_sun_w(DAY) / 2,
        buy=np.where(hours(DAY) > 14, 0.52, 0.27), sell=np.linspace(0.01, 0.09, 30),
        import_limit_w=np.where(hours(DAY) < 9, np.inf, 8000.0), export_limit_w=7000.0, demand=tuple(demand),
        end_wh=np.array([np.nan, 2000.0]), end_value_eur_per_kwh=np.array([0.11, 0.0]),
        probability=np.array([0.3, 0.4, 0.3]), previous_w=np.where(hours(DAY) < 20, 500.0, np.nan) * np.ones((2, 1)),
        terms=("energy", "demand", "end_value"), stability_eur=0.001,
        aims=Aims(Carbon(np.linspace(0.1, 0.7, 30), 0.08), Ramping(0.02, -150.0), Peak(1.5, 800.0)),
    )  # fmt: skip


def assert_same(one: Any, two: Any, place: str = "problem") -> None:
    """Compare deeply, arrays by their bytes."""
    assert type(one) is type(two), place
    if isinstance(one, np.ndarray):
        assert one.dtype == two.dtype and one.shape == two.shape and one.tobytes() == two.tobytes(), place
    elif is_dataclass(one):
        for each in fields(one):
            assert_same(getattr(one, each.name), getattr(two, each.name), f"{place}.{each.name}")
    elif isinstance(one, tuple):
        assert len(one) == len(two), place
        for at, pair in enumerate(zip(one, two, strict=True)):
            assert_same(*pair, f"{place}[{at}]")
    else:
        assert one == two, place


def plan_of(problem: Problem) -> Plan:
    return replace(solve(problem, problem.grid.start_utc), timing={})


def test_every_field_survives() -> None:
    problem = a_full_problem()
    assert_same(problem, from_bytes(to_bytes(problem)))


def test_a_problem_of_defaults_survives() -> None:
    problem = a_problem(batteries=[])
    assert_same(problem, from_bytes(to_bytes(problem)))


def test_the_same_problem_gives_the_same_bytes() -> None:
    assert to_bytes(a_full_problem()) == to_bytes(a_full_problem())
    assert to_bytes(from_bytes(to_bytes(a_full_problem()))) == to_bytes(a_full_problem())


def test_a_plan_made_again_is_the_same_bit_by_bit() -> None:
    problem = a_full_problem()
    assert_same(plan_of(problem), plan_of(from_bytes(to_bytes(problem))), "plan")


@settings(max_examples=25, deadline=None)
@given(problem=homes())
def test_any_plan_made_again_is_the_same_bit_by_bit(problem: Problem) -> None:
    again = from_bytes(to_bytes(problem))
    assert_same(problem, again)
    assert_same(plan_of(problem), plan_of(again), "plan")


AGAIN = """
import sys
from hashlib import blake2b
from pathlib import Path
from enerwise.plan.save import from_bytes
from enerwise.plan.solve import solve
problem = from_bytes(Path(sys.argv[1]).read_bytes())
plan = solve(problem, problem.grid.start_utc)
arrays = plan.power_w, plan.energy_wh, plan.law, plan.grid_power_w, plan.grid_ceiling_w, plan.dual_eur_per_kwh
print(blake2b(b"".join(each.tobytes() for each in arrays) + repr(plan.cost_eur).encode()).hexdigest())
"""


def test_a_plan_made_again_in_another_process_is_the_same_bit_by_bit(tmp_path: Path) -> None:
    file = tmp_path / "problem"
    file.write_bytes(to_bytes(a_full_problem()))
    digests = {
        subprocess.run(
            [sys.executable, "-c", AGAIN, str(file)],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_a_day_takes_a_few_kilobytes() -> None:
    assert len(to_bytes(a_problem(grid=a_grid(), load_w=a_load_w(a_grid()), available_w=a_sun_w(a_grid())))) < 5000


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damaged_bytes_say_so(data: st.DataObject) -> None:
    blob = bytearray(to_bytes(a_problem()))
    cut, at = data.draw(st.booleans()), data.draw(st.integers(0, len(blob) - 1))
    if cut:
        del blob[at:]
    else:
        blob[at] ^= data.draw(st.integers(1, 255))
    try:
        read = from_bytes(bytes(blob))
    except ValueError:
        return
    # A bit of the header that changes nothing is no damage.
    assert_same(read, a_problem())


def packed(head: object, body: bytes = b"") -> bytes:
    return zlib.compress(json.dumps(head).encode() + b"\n" + body)


@pytest.mark.parametrize(
    "blob",
    [
        b"",
        b"not compressed",
        packed([]),
        packed({}),
        packed(3),
        packed({"format": 1}),
        packed({"format": 1, "arrays": [3]}),
    ],
)
def test_bytes_of_something_else_say_so(blob: bytes) -> None:
    with pytest.raises(ValueError, match="stored plan"):
        from_bytes(blob)


def test_arrays_that_are_too_short_say_so() -> None:
    line, _, body = zlib.decompress(to_bytes(a_problem())).partition(b"\n")
    for shorter in (body[:-8], b""):
        with pytest.raises(ValueError, match=r"reshape|buffer|requested size|stored plan"):
            from_bytes(zlib.compress(line + b"\n" + shorter))


def test_a_format_of_tomorrow_is_named() -> None:
    with pytest.raises(ValueError, match="format 99, this version reads 1"):
        from_bytes(packed({"format": 99}))
