"""The planner as a job: what was measured becomes an outlook, the outlook a plan; both know when they were made.

The turn never waits for it. Solver and forecasters are imported when the first plan is made, so that a box that only
follows plans made elsewhere loads neither.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from enerwise.core.errors import PlanError
from enerwise.core.event import Event, Json, Kind
from enerwise.core.outlook import Forecast, Plan
from enerwise.core.plugin import load
from enerwise.core.quantity import AVAILABLE_POWER_W, ENERGY_WH, POWER_W, SOC_RATIO
from enerwise.core.series import Key
from enerwise.core.time import DAY_S, Instant, TimeGrid
from enerwise.core.units import BoolArray, FloatArray
from enerwise.run.curtailments import Curtailments
from enerwise.run.end_worth import EndWorth, end_value_eur_per_kwh
from enerwise.run.goals import COST, refusal, weighed
from enerwise.run.machines_ahead import MachinesAhead
from enerwise.run.peaks import Peaks
from enerwise.run.prices import PriceBook
from enerwise.run.ways import Way
from enerwise.site.assets import Battery, Load, Pv
from enerwise.site.site import GRID, Site
from enerwise.store.store import Store

if TYPE_CHECKING:
    from enerwise.forecast.past import Past
    from enerwise.forecast.scenarios import Outlook
    from enerwise.plan.problem import Problem
    from enerwise.plan.wanted import Known
    from enerwise.run.learned import Learned
    from enerwise.run.models import Models

HISTORY_DAYS: Final = 56
UNHEARD: Final = "plans without them saved more"
LEAST_HISTORY_DAYS: Final = 2


@dataclass(frozen=True, slots=True)
class Prices:
    """What energy costs in the steps of a plan, whatever the goal. Shapes (step,)"""

    import_eur_per_kwh: FloatArray
    export_eur_per_kwh: FloatArray
    is_published: BoolArray
    """Whether the buying price was known; else one of the days before stands in."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, the events that tell of it, and its inputs as bytes."""

    plan: Plan
    events: tuple[Event, ...]
    blob: bytes
    goal: str = COST
    prices: Prices | None = None
    forecasts: tuple[Forecast, ...] = ()
    """What it foresaw, with quantiles."""


class Planner:
    """Learns once a day, plans whenever asked."""

    def __init__(
        self,
        site: Site,
        store: Store,
        prices: PriceBook,
        *,
        step_s: int,
        forecaster: str = "blend",
        learned: "Learned | None" = None,
        models: "Models | None" = None,
        ways: Callable[[], Way] = Way,
    ) -> None:
        """Prepare a planner.

        Args:
            site: Whose plans.
            store: What was measured.
            prices: What energy costs.
            step_s: Length of a step.
            forecaster: Of ``enerwise.forecasters``; serves every channel of which no trained model does.
            learned: The site's trained forecasts; None where nothing is ever trained.
            models: The site's identified devices; None plans with what the site file declares.
            ways: Returns how to plan now.
        """
        self._models = models
        self._ways, self._end_worth = ways, EndWorth(site.timezone)
        self._site, self._store, self._step_s = site, store, step_s
        self._forecaster_name, self._learned = forecaster, learned
        self._prices = prices
        self._peaks = Peaks(site, step_s)
        self._fitted: dict[Key, Any] = {}
        self._fitted_for: tuple[object, ...] | None = None
        self._previous: Plan | None = None
        self._machines = MachinesAhead(store, step_s, forecaster)

    def plan(self, now: Instant, event_id: str, *, cause: tuple[str, ...] = (), goal: str = COST) -> Planned | None:
        """Return a plan from what is known ``now``; None while there is too little history to foresee anything.

        Args:
            now: The moment of planning.
            event_id: Of the event that tells of the plan.
            cause: Ids of the events that told of what was last measured.
            goal: One of `enerwise.run.goals.GOALS`.

        Raises:
            PlanError: The solver failed, or the site cannot be run for this goal.
        """
        planned = self._planned(now, event_id, (goal,), cause)
        if not planned:
            return None
        self._previous = plan = planned[0].plan
        if goal == COST:
            self._end_worth.learn(now, plan.dual_eur_per_kwh[: len(self._site.of_kind(Battery)), 0])
        return planned[0]

    def preview(self, now: Instant, goals: Sequence[str]) -> tuple[Planned, ...]:
        """Return what would be planned now for some goals, one outlook for all; nothing of it is kept or followed.

        Returns:
            One plan for each goal, in their order; none while there is too little history.

        Raises:
            PlanError: The solver failed, or the site cannot be run for one of the goals.
        """
        return self._planned(now, "preview", goals, ())

    def _planned(
        self, now: Instant, event_id: str, goals: Sequence[str], cause: tuple[str, ...]
    ) -> tuple[Planned, ...]:
        for goal in goals:
            if (fault := refusal(goal, self._site)) is not None:
                raise PlanError(f"{fault.message}: {fault.remedy}")
        outlook, site = self.foresee(now), self._modelled()
        start_wh = self._stored_wh(site, now)
        if outlook is None or start_wh is None:
            return ()
        problem = self._problem(site, outlook, start_wh, now)
        return tuple(self._solved(problem, outlook, now, event_id, goal, cause) for goal in goals)

    def _solved(
        self, problem: "Problem", outlook: "Outlook", now: Instant, event_id: str, goal: str, cause: tuple[str, ...]
    ) -> Planned:
        from enerwise.plan.save import to_bytes
        from enerwise.plan.solve import solve
        from enerwise.plan.wanted import wanted
        from enerwise.plan.warm import start_from

        asked = wanted(weighed(problem, goal), self._site.aims, self._known(problem, now), now)
        if problem.flexible and self._previous is not None:
            asked = start_from(asked, self._previous)
        plan = solve(asked, now, keep_basis=bool(problem.flexible))
        if goal != COST:
            plan = replace(plan, cost_eur=_true_cost_eur(plan, problem))
        prices = Prices(problem.import_eur_per_kwh, problem.export_eur_per_kwh, self._is_published(problem.grid, now))
        events = self._events(outlook, problem, plan, now, event_id, cause, goal)
        return Planned(plan, events, to_bytes(asked), goal, prices, outlook.forecasts)

    def _known(self, problem: "Problem", now: Instant) -> "Known":
        """Return what the aims of the site need to know of the present."""
        from enerwise.plan.wanted import Known

        carbon, aims = self._site.carbon, self._site.aims
        kg_per_kwh = None if carbon is None else np.full(problem.grid.step_count, carbon.grid_g_per_kwh / 1e3)
        before_w = None
        if "ramping" in aims.counted:
            since = now - np.timedelta64(2 * self._step_s * 1000, "ms")
            series = self._store.read(Key(GRID, POWER_W), since, now, as_of=now)
            before_w = float(series.value[-1]) if len(series) else None
        return Known(self._site.timezone, kg_per_kwh, before_w)

    def _is_published(self, grid: TimeGrid, now: Instant) -> BoolArray:
        rate = self._prices.tariff(now).import_rate
        if rate.series is None:
            return np.full(grid.step_count, not rate.feed)
        known: BoolArray = np.isfinite(rate.at(grid, self._site.timezone, now))
        return known

    def foresee(self, now: Instant) -> "Outlook | None":
        """Return forecasts and scenarios of load and sun; None while there is too little history."""
        from enerwise.forecast.past import Past
        from enerwise.forecast.scenarios import branched, outlook

        start_utc = _minute(now)
        ahead = TimeGrid(start_utc, self._step_s, self._site.control.horizon_s // self._step_s)
        keys = channels(self._site)
        if not keys:
            return outlook([], ahead, now)
        steps = HISTORY_DAYS * DAY_S // self._step_s
        past_grid = TimeGrid(start_utc - np.timedelta64(steps * self._step_s * 1000, "ms"), self._step_s, steps)
        frame = self._store.read_frame(keys, past_grid, as_of=now)
        known = np.isfinite(frame.value)
        if not known.any(axis=0).all():
            return None
        first = int(np.argmax(known.any(axis=1)))
        if steps - first < LEAST_HISTORY_DAYS * DAY_S // self._step_s:
            return None
        grid = past_grid.part(first, steps - first)
        pasts = {
            key: Past(key, grid, frame.value[first:, column], self._site.timezone) for column, key in enumerate(keys)
        }
        self._learn(pasts, now)
        served = [(self._fitted[key], past) for key, past in pasts.items()]
        if not self._ways().weighs:
            found = outlook(served, ahead, now)
            expected = np.tensordot(found.probability, found.value, axes=1)[None]
            return replace(found, value=expected, probability=np.ones(1))
        wish = self._site.planning
        stages = [round(each / self._step_s) for each in wish.stages_s]
        return branched(served, ahead, now, stages=stages, ways=wish.branches)

    def _learn(self, pasts: "dict[Key, Past]", now: Instant) -> None:
        day = int(now.astype("datetime64[D]").astype(np.int64))
        listens = self._learned if self._ways().listens else None
        wanted = (day, *(listens.stamp(tuple(pasts), now) if listens else ()))
        if wanted == self._fitted_for:
            return
        self._fitted = {key: self._forecaster(past, now) for key, past in pasts.items()}
        self._fitted_for = wanted

    def _forecaster(self, past: "Past", now: Instant) -> Any:
        """Return who foresees a channel: its trained champion as far as it is of use, else the floor of the ladder."""
        floor = load("enerwise.forecasters", self._forecaster_name)().fit(past)
        served = self._learned.served(past, now, floor) if self._learned and self._ways().listens else None
        return floor if served is None else served

    def _modelled(self) -> Site:
        """Return the site with its devices as they are planned with: only plans see it."""
        return self._site if self._models is None else self._models.planned(self._site).site

    def _stored_wh(self, site: Site, now: Instant) -> FloatArray | None:
        """Return the energy in each battery as last measured; None where one has been silent for a day."""
        found = [self._last_wh(battery, now) for battery in site.of_kind(Battery)]
        return None if None in found else np.array(found, dtype=np.float64)

    def _last_wh(self, battery: Battery, now: Instant) -> float | None:
        """Return the newest energy of one battery, from its state of charge where only that is measured.

        A battery that was identified tells its level in shares of what it was found to hold.
        """
        since, until = now - np.timedelta64(DAY_S * 1000, "ms"), now + np.timedelta64(1, "ms")
        declared = self._site.asset(battery.id)
        assert isinstance(declared, Battery)
        held = battery.capacity_wh / declared.capacity_wh
        for quantity, per_unit_wh in ((ENERGY_WH, held), (SOC_RATIO, battery.capacity_wh)):
            series = self._store.read(Key(battery.id, quantity), since, until, as_of=now)
            if len(series):
                return float(series.value[-1]) * per_unit_wh
        return None

    def _problem(self, site: Site, outlook: "Outlook", start_wh: FloatArray, now: Instant) -> "Problem":
        from enerwise.plan.circuit import circuits_of
        from enerwise.plan.problem import CAUTIOUS_TERMS, DEFAULT_TERMS, DemandProblem, Problem, previous_power_w
        from enerwise.plan.risk import Risk

        grid = outlook.grid
        batteries, pvs = site.of_kind(Battery), site.of_kind(Pv)
        loads = len(site.of_kind(Load))
        expected_w = np.tensordot(outlook.probability, outlook.value, axes=1)
        load_w = {each.id: expected_w[row] for row, each in enumerate(site.of_kind(Load))}
        self._peaks.update(self._store, now)
        buy, sell = self._prices.import_eur_per_kwh(grid, now), self._prices.export_eur_per_kwh(grid, now)
        asked = Curtailments.kept(self._store, now)
        starts_utc, flexible = grid.starts_utc, self._machines.flexible(site, grid, buy, now)
        return Problem(
            grid=grid,
            batteries=batteries,
            pvs=pvs,
            load_w=outlook.value[:, :loads].sum(axis=1),
            available_w=np.minimum(0.0, outlook.value[:, loads : loads + len(pvs)]),
            import_eur_per_kwh=buy,
            export_eur_per_kwh=sell,
            import_limit_w=np.minimum(
                site.connection.import_limit_w(starts_utc, site.timezone), asked.limit_w(starts_utc, grid.step_s)
            ),
            export_limit_w=site.connection.export_limit_w(starts_utc, site.timezone),
            start_wh=start_wh,
            end_wh=np.full(len(batteries), np.nan),
            end_value_eur_per_kwh=self._end_value(batteries, grid, buy, sell),
            demand=tuple(
                DemandProblem.of(
                    component,
                    grid,
                    site.timezone,
                    self._peaks.states[component.name],
                    self._peaks.elapsed_w[component.name],
                )
                for component in site.tariff.demand
            ),
            probability=outlook.probability,
            node=outlook.node,
            risk=Risk(self._site.planning.risk_ratio, self._site.planning.worst_ratio),
            terms=CAUTIOUS_TERMS if self._ways().is_cautious else DEFAULT_TERMS,
            previous_w=previous_power_w(self._previous, grid, tuple(each.id for each in batteries)),
            flexible=flexible,
            circuits=circuits_of(
                site.circuits, [each.id for kind in (batteries, pvs, flexible) for each in kind], load_w
            ),
            flexible_limit_w=self._machines.limits_w(site, flexible, grid),
            previous_flexible_w=previous_power_w(self._previous, grid, tuple(each.id for each in flexible)),
        )

    def _end_value(self, batteries: Sequence[Battery], grid: TimeGrid, buy: FloatArray, sell: FloatArray) -> FloatArray:
        """Return what a kWh left in each battery is worth. Shape (battery,)"""
        way = self._ways()
        learned = self._end_worth.at(grid.end_utc) if way.learns_end else None
        usual = [end_value_eur_per_kwh(each, buy, sell, end_share=way.end_share) for each in batteries]
        return np.array(usual) if learned is None else np.maximum(0.0, learned)

    def _told_models(self) -> dict[str, Json]:
        """Return which devices were planned otherwise than declared, and why any was not; nothing where none was."""
        told = {} if self._models is None else self._models.planned(self._site).told()
        return {"models": told} if told else {}

    def _reason(self, key: Key) -> dict[str, Json]:
        """Return over how long a trained forecast has learned, or why none serves; nothing where none is wanted."""
        if self._learned is None:
            return {}
        if key in self._learned.reasons:
            return {"because": self._learned.reasons[key]}
        days = getattr(self._fitted[key], "history_days", None)
        return {"because": UNHEARD} if days is None else {"history_days": days}

    def _events(
        self,
        outlook: "Outlook",
        problem: "Problem",
        plan: Plan,
        now: Instant,
        event_id: str,
        cause: tuple[str, ...],
        goal: str,
    ) -> tuple[Event, ...]:
        channels_told: dict[str, Json] = {
            str(each.key): {
                "model": each.model,
                "kwh": float(each.median.sum() * each.grid.step_h / 1e3),
                "low_kwh": float(each.at_level(0.1).sum() * each.grid.step_h / 1e3),
                "high_kwh": float(each.at_level(0.9).sum() * each.grid.step_h / 1e3),
                "now_w": float(each.median[0]),
                **self._reason(each.key),
            }
            for each in outlook.forecasts
        }
        hours = outlook.grid.step_count * outlook.grid.step_h
        history: dict[str, Json] = {"horizon_h": hours, "channels": channels_told, "history_days": HISTORY_DAYS}
        forecast = Event(f"{event_id}f", now, Kind.FORECAST, self._site.id, history, cause)
        told: dict[str, Json] = {
            "cost_eur": {term: round(eur, 6) for term, eur in plan.cost_eur.items()},
            "price_low_eur_per_kwh": float(problem.import_eur_per_kwh.min()),
            "price_high_eur_per_kwh": float(problem.import_eur_per_kwh.max()),
            "price_high_at": str(plan.grid.starts_utc[int(problem.import_eur_per_kwh.argmax())]),
            "first_power_w": {
                asset: float(power_w[0]) for asset, power_w in zip(plan.assets, plan.power_w, strict=True)
            },
            **Curtailments.kept(self._store, now).told(problem.grid.end_utc),
            "broken": [str(wish) for wish in plan.broken],
            "gap_eur": plan.gap_eur,
            **({"marginal_eur": dict(plan.marginal_eur)} if plan.marginal_eur else {}),
            **({} if goal == COST else {"goal": goal}),
            **({} if (way := self._ways()) == Way() else {"way": way.words}),
            **self._told_models(),
            **self._machines.told(),
        }
        return forecast, Event(event_id, now, Kind.PLANNED, self._site.id, told, (forecast.id,))


def _true_cost_eur(plan: Plan, problem: "Problem") -> dict[str, float]:
    """Return the cost of a plan by term with energy at its true prices: those of the middle path, as it is shown."""
    hours = problem.grid.step_h / 1e3
    bought_w, sold_w = np.maximum(plan.grid_power_w, 0.0), np.maximum(-plan.grid_power_w, 0.0)
    paid = bought_w * problem.import_eur_per_kwh - sold_w * problem.export_eur_per_kwh
    count = len(problem.batteries)
    kept_wh = plan.energy_wh[:count, -1] - problem.start_wh
    kept_eur = float((kept_wh * problem.end_value_eur_per_kwh).sum()) / 1e3
    true = {"energy": float(paid.sum()) * hours, "end_value": -kept_eur}
    return {term: true.get(term, eur) for term, eur in plan.cost_eur.items()}


def _minute(now: Instant) -> Instant:
    """Return the whole minute that holds an instant: steps that begin a few seconds off every mark help nobody."""
    return np.datetime64(now.astype("datetime64[m]"), "ms")


def channels(site: Site) -> tuple[Key, ...]:
    """Return what has to be foreseen: loads first, then PV."""
    loads = [Key(load.id, POWER_W) for load in site.of_kind(Load)]
    return (*loads, *(Key(plant.id, AVAILABLE_POWER_W) for plant in site.of_kind(Pv)))
