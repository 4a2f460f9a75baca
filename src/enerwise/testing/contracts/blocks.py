"""The replay contract: what a plan foretells of an asset, its twin does, and no limit is broken.

A block is the linear view the solver needs, a twin tells what happens. A kind's test inherits the suite and draws its
assets; prices, load, limits and battery around them are drawn here::

    class TestMyKind(ReplayContract):
        kind = "my_kind"

        def assets(self, grid: TimeGrid) -> SearchStrategy[tuple[Flexible, ...]]:
            return st.builds(MyKind, ...).map(lambda one: (one,))
"""

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enerwise.core.outlook import Plan
from enerwise.core.plugin import load
from enerwise.core.time import TimeGrid, instant
from enerwise.plan.flexible import GROUP, Flexible, Replayed
from enerwise.plan.problem import Problem
from enerwise.plan.save import from_bytes, to_bytes
from enerwise.plan.solve import solve
from enerwise.site.assets import Battery

START = instant("2024-01-15T00:00Z")


class ReplayContract:
    """Inherit, set ``kind`` and say in `assets` what may be drawn."""

    kind: ClassVar[str]
    near: ClassVar[dict[str, float]] = {"_wh": 1.0, "_w": 0.2, "_degc": 1e-3, "_ratio": 1e-3}
    """What plan and twin may be apart, by the unit at the end of a state's name."""
    examples: ClassVar[int] = 40

    def assets(self, grid: TimeGrid) -> st.SearchStrategy[tuple[Flexible, ...]]:
        """Return what may stand at the site."""
        raise NotImplementedError

    def limits_kept(self, asset: Any, plan: Plan, replayed: Replayed) -> None:
        """Assert what no plan of this kind may ever do."""
        raise NotImplementedError

    def test_is_registered(self) -> None:
        assert load(GROUP, self.kind).kind == self.kind

    def test_the_twin_does_what_the_plan_foretells(self) -> None:
        @settings(max_examples=self.examples, deadline=None, suppress_health_check=list(HealthCheck))
        @given(data=st.data())
        def holds(data: st.DataObject) -> None:
            problem = data.draw(self.problems())
            self.assert_agreement(problem, solve(problem, START))

        holds()

    def test_is_stored_with_its_plan(self) -> None:
        @settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
        @given(data=st.data())
        def holds(data: st.DataObject) -> None:
            problem = data.draw(self.problems())
            again = from_bytes(to_bytes(problem))
            assert to_bytes(again) == to_bytes(problem)
            one, two = (replace(solve(each, START), timing={}) for each in (problem, again))
            assert one.power_w.tobytes() == two.power_w.tobytes() and one.cost_eur == two.cost_eur

        holds()

    def assert_agreement(self, problem: Problem, plan: Plan) -> None:
        """Assert that all twins together do what was planned, and that the balance holds."""
        power_w = dict(zip(plan.assets, plan.power_w, strict=True))
        for asset in problem.flexible:
            replayed = asset.replay(problem.grid, power_w[asset.id], plan.states[asset.id])
            near_w = self.near["_w"]
            assert np.abs(replayed.power_w - power_w[asset.id]).max() <= near_w, f"{asset.id} takes something else"
            assert set(replayed.states) <= set(plan.states[asset.id]), f"{asset.id}: states nobody foretold"
            for name, value in replayed.states.items():
                self._assert_near(f"{asset.id} {name}", value, plan.states[asset.id][name])
            low_w, high_w = asset.range_w(problem.grid)
            assert np.all(power_w[asset.id] >= low_w - near_w) and np.all(power_w[asset.id] <= high_w + near_w)
            self.limits_kept(asset, plan, replayed)
        total_w = problem.load_w[problem.main] + plan.power_w.sum(axis=0)
        assert np.allclose(plan.grid_power_w, total_w, atol=1e-6)
        over_w = max(0.0, *(each.amount * 1e3 for each in plan.broken if "limit" in each.name), 0.0)
        assert np.all(plan.grid_power_w <= problem.import_limit_w + over_w + 0.5)
        assert np.all(plan.grid_power_w >= -problem.export_limit_w - over_w - 0.5)

    def _assert_near(self, name: str, one: np.ndarray, two: np.ndarray) -> None:
        near = next(each for unit, each in self.near.items() if name.endswith(unit))
        assert np.array_equal(np.isnan(one), np.isnan(two)), f"{name}: known at other times"
        apart = np.nanmax(np.abs(one - two), initial=0.0)
        assert apart <= near, f"{name}: plan and twin are {apart:.4g} apart, {near} allowed"

    def problems(self) -> st.SearchStrategy[Problem]:
        """Return half a day to a day and a half around the assets."""

        @st.composite
        def drawn(draw: st.DrawFn) -> Problem:
            step_s = draw(st.sampled_from([900, 1800, 3600]))
            grid = TimeGrid(START, step_s, draw(st.integers(12, 36)) * 3600 // step_s)
            return a_site(draw(self.assets(grid)), grid, draw(st.integers(0, 999)), draw(st.booleans()))

        return drawn()


def a_site(flexible: tuple[Flexible, ...], grid: TimeGrid, seed: int, has_battery: bool) -> Problem:
    """A house of drawn prices and load, with or without a battery, behind 17 kW."""
    rng = np.random.default_rng(seed)
    steps = grid.step_count
    batteries = (Battery("battery", 10_000.0, 4000.0, 4000.0),) if has_battery else ()
    buy = 0.25 + 0.15 * rng.standard_normal(steps).cumsum() / np.sqrt(steps)
    return Problem(
        grid=grid,
        batteries=batteries,
        pvs=(),
        load_w=rng.uniform(100.0, 3000.0, (1, steps)),
        available_w=np.zeros((1, 0, steps)),
        import_eur_per_kwh=buy,
        export_eur_per_kwh=np.minimum(buy - 0.02, 0.08),
        import_limit_w=np.full(steps, 17_250.0),
        export_limit_w=np.full(steps, 10_000.0),
        start_wh=np.full(len(batteries), 5000.0),
        end_wh=np.full(len(batteries), np.nan),
        end_value_eur_per_kwh=np.full(len(batteries), 0.2),
        flexible=flexible,
    )
