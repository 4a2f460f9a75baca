"""The planner as a job: what was measured becomes an outlook, the outlook a plan; both know when they were made.

The turn never waits for it. Solver and forecasters are imported when the first plan is made, so that a box that only
follows plans made elsewhere loads neither.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from enerwise.core.errors import PlanError
from enerwise.core.event import Event, Json, Kind
from enerwise.core.outlook import Forecast, Plan
from enerwise.core.plugin import load
from enerwise.core.quantity import AVAILABLE_POWER_W, ENERGY_WH, POWER_W, SOC_RATIO, TEMPERATURE_DEGC
from enerwise.core.series import Key
from enerwise.core.time import DAY_S, Instant, TimeGrid
from enerwise.core.units import BoolArray, FloatArray
from enerwise.run.curtailments import Curtailments
from enerwise.run.goals import COST, refusal, weighed
from enerwise.run.peaks import Peaks
from enerwise.run.prices import PriceBook
from enerwise.site.assets import Battery, Load, Pv
from enerwise.site.machines import HeatPump, Machine
from enerwise.site.site import WEATHER, Site
from enerwise.store.store import Store

if TYPE_CHECKING:
    from enerwise.forecast.past import Past
    from enerwise.forecast.scenarios import Outlook
    from enerwise.plan.flexible import Flexible
    from enerwise.plan.problem import Problem
    from enerwise.run.learned import Learned
    from enerwise.run.presence import Attendance, Models

HISTORY_DAYS: Final = 56
LEAST_HISTORY_DAYS: Final = 2
END_SHARE: Final = 0.5
"""Where the worth of energy left at the end lies between what it would earn if sold and what it spares if kept; chosen
in closed loop on three homes (docs/adr/0006)."""


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
        is_one_path: bool = False,
    ) -> None:
        """Prepare a planner.

        Args:
            site: Whose plans.
            store: What was measured.
            prices: What energy costs.
            step_s: Length of a step.
            forecaster: Of ``enerwise.forecasters``; serves every channel of which no trained model does.
            learned: The site's trained forecasts; None where nothing is ever trained.
            is_one_path: Plan for what is expected alone, without scenarios; to see what these are worth.
        """
        self._is_one_path = is_one_path
        self._site, self._store, self._step_s = site, store, step_s
        self._forecaster_name, self._learned = forecaster, learned
        self._prices = prices
        self._peaks = Peaks(site, step_s)
        self._fitted: dict[Key, Any] = {}
        self._fitted_for: tuple[object, ...] | None = None
        self._previous: Plan | None = None
        self._by_air: Models = {}
        self._attendance: dict[str, Attendance] = {}
        """Who is there, as the last plan saw it."""
        self._air: tuple[int, Any] | None = None
        """Who foresees the air outside, and the day for which it learned."""

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
        self._previous = planned[0].plan
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
        outlook = self.foresee(now)
        start_wh = self._stored_wh(now)
        if outlook is None or start_wh is None:
            return ()
        problem = self._problem(outlook, start_wh, now)
        return tuple(self._solved(problem, outlook, now, event_id, goal, cause) for goal in goals)

    def _solved(
        self, problem: "Problem", outlook: "Outlook", now: Instant, event_id: str, goal: str, cause: tuple[str, ...]
    ) -> Planned:
        from enerwise.plan.save import to_bytes
        from enerwise.plan.solve import solve
        from enerwise.plan.warm import start_from

        asked = weighed(problem, goal)
        if problem.flexible and self._previous is not None:
            asked = start_from(asked, self._previous)
        plan = solve(asked, now, keep_basis=bool(problem.flexible))
        if goal != COST:
            plan = replace(plan, cost_eur=_true_cost_eur(plan, problem))
        prices = Prices(problem.import_eur_per_kwh, problem.export_eur_per_kwh, self._is_published(problem.grid, now))
        events = self._events(outlook, problem, plan, now, event_id, cause, goal)
        return Planned(plan, events, to_bytes(asked), goal, prices, outlook.forecasts)

    def _is_published(self, grid: TimeGrid, now: Instant) -> BoolArray:
        rate = self._prices.tariff(now).import_rate
        if rate.series is None:
            return np.full(grid.step_count, not rate.feed)
        known: BoolArray = np.isfinite(rate.at(grid, self._site.timezone, now))
        return known

    def foresee(self, now: Instant) -> "Outlook | None":
        """Return forecasts and scenarios of load and sun; None while there is too little history."""
        from enerwise.forecast.past import Past
        from enerwise.forecast.scenarios import outlook

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
        found = outlook([(self._fitted[key], past) for key, past in pasts.items()], ahead, now)
        if not self._is_one_path:
            return found
        expected = np.tensordot(found.probability, found.value, axes=1)[None]
        return replace(found, value=expected, probability=np.ones(1))

    def _learn(self, pasts: "dict[Key, Past]", now: Instant) -> None:
        day = int(now.astype("datetime64[D]").astype(np.int64))
        wanted = (day, *(self._learned.stamp(tuple(pasts), now) if self._learned else ()))
        if wanted == self._fitted_for:
            return
        self._fitted = {key: self._forecaster(past, now) for key, past in pasts.items()}
        self._fitted_for = wanted

    def _forecaster(self, past: "Past", now: Instant) -> Any:
        """Return who foresees a channel: its trained champion as far as it is of use, else the floor of the ladder."""
        floor = load("enerwise.forecasters", self._forecaster_name)().fit(past)
        served = self._learned.served(past, now, floor) if self._learned else None
        return floor if served is None else served

    def _stored_wh(self, now: Instant) -> FloatArray | None:
        """Return the energy in each battery as last measured; None where one has been silent for a day."""
        found = [self._last_wh(battery, now) for battery in self._site.of_kind(Battery)]
        return None if None in found else np.array(found, dtype=np.float64)

    def _last_wh(self, battery: Battery, now: Instant) -> float | None:
        """Return the newest energy of one battery, from its state of charge where only that is measured."""
        since, until = now - np.timedelta64(DAY_S * 1000, "ms"), now + np.timedelta64(1, "ms")
        for quantity, per_unit_wh in ((ENERGY_WH, 1.0), (SOC_RATIO, battery.capacity_wh)):
            series = self._store.read(Key(battery.id, quantity), since, until, as_of=now)
            if len(series):
                return float(series.value[-1]) * per_unit_wh
        return None

    def _problem(self, outlook: "Outlook", start_wh: FloatArray, now: Instant) -> "Problem":
        from enerwise.plan.problem import CAUTIOUS_TERMS, DemandProblem, Problem, previous_power_w

        site, grid = self._site, outlook.grid
        batteries, pvs = site.of_kind(Battery), site.of_kind(Pv)
        loads = len(site.of_kind(Load))
        self._peaks.update(self._store, now)
        buy, sell = self._prices.import_eur_per_kwh(grid, now), self._prices.export_eur_per_kwh(grid, now)
        asked = Curtailments.kept(self._store, now)
        starts_utc, flexible = grid.starts_utc, self._flexible(grid, buy, now)
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
            end_value_eur_per_kwh=np.array([end_value_eur_per_kwh(each, buy, sell) for each in batteries]),
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
            terms=CAUTIOUS_TERMS,
            previous_w=previous_power_w(self._previous, grid, tuple(each.id for each in batteries)),
            flexible=flexible,
            flexible_limit_w=self._limits_w(flexible, grid),
            previous_flexible_w=previous_power_w(self._previous, grid, tuple(each.id for each in flexible)),
        )

    def _flexible(self, grid: TimeGrid, buy: FloatArray, now: Instant) -> "tuple[Flexible, ...]":
        """Return the machines that can be planned now."""
        machines = self._site.of_kind(Machine)
        if not machines:
            return ()
        from enerwise.plan.declared import Ahead, blocks_of
        from enerwise.run.standing import standing_of

        zone = self._site.timezone
        standing = {each.id: standing_of(self._store, each, now, step_s=self._step_s, zone=zone) for each in machines}
        self._attendance = self._attended(grid, now)
        chances = {name: each.expected.chance_ratio for name, each in self._attendance.items()}
        return blocks_of(machines, standing, Ahead(grid, zone, buy, self._air_degc(grid, now), chances))

    def _limits_w(self, flexible: "tuple[Flexible, ...]", grid: TimeGrid) -> FloatArray | None:
        """Return what the site file allows each machine at which time."""
        if not flexible:
            return None
        from enerwise.plan.declared import limits_w

        return limits_w(self._site.of_kind(Machine), flexible, grid, self._site.timezone)

    def _asked(self, grid: TimeGrid, now: Instant) -> dict[str, Json]:
        """Return what others asked of the import while the plan lasts."""
        told: list[Json] = [
            {"id": each.id, "limit_w": each.limit_w, "from": str(each.since), "until": str(each.until), "who": each.who}
            for each in Curtailments.kept(self._store, now).held
            if each.since < grid.end_utc
        ]
        return {"curtailments": told} if told else {}

    def _attended(self, grid: TimeGrid, now: Instant) -> "dict[str, Attendance]":
        """Return who is there and will be, for each heat pump that goes by it."""
        pumps = [each for each in self._site.of_kind(HeatPump) if each.follows_presence]
        if not pumps:
            return {}
        from enerwise.run.presence import attendance_of

        zone, country = self._site.timezone, self._site.country
        return {
            each.id: attendance_of(self._store, each, now, grid, zone, country=country, models=self._by_air)
            for each in pumps
        }

    def _air_degc(self, grid: TimeGrid, now: Instant) -> FloatArray | None:
        """Return the temperature outside as foreseen from what was measured; None where nobody knows it."""
        from enerwise.forecast.past import Past

        if not self._site.of_kind(HeatPump):
            return None
        key = Key(WEATHER, TEMPERATURE_DEGC)
        steps = HISTORY_DAYS * DAY_S // self._step_s
        past_grid = TimeGrid(grid.start_utc - np.timedelta64(steps * self._step_s * 1000, "ms"), self._step_s, steps)
        value = self._store.read_frame([key], past_grid, as_of=now).value[:, 0]
        known = np.isfinite(value)
        first = int(np.argmax(known))
        if not known.any() or steps - first < DAY_S // self._step_s:
            return None
        past = Past(key, past_grid.part(first, steps - first), value[first:], self._site.timezone)
        day = int(now.astype("datetime64[D]").astype(np.int64))
        if self._air is None or self._air[0] != day:
            self._air = day, load("enerwise.forecasters", self._forecaster_name)().fit(past)
        foreseen: FloatArray = self._air[1].expected(past, grid)
        return foreseen if np.isfinite(foreseen).all() else None

    def _reason(self, key: Key) -> dict[str, Json]:
        """Return over how long a trained forecast has learned, or why none serves; nothing where none is wanted."""
        if self._learned is None:
            return {}
        if key in self._learned.reasons:
            return {"because": self._learned.reasons[key]}
        return {"history_days": self._fitted[key].history_days}

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
        foreseen: dict[str, Json] = {
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
        history: dict[str, Json] = {"horizon_h": hours, "channels": foreseen, "history_days": HISTORY_DAYS}
        forecast = Event(f"{event_id}f", now, Kind.FORECAST, self._site.id, history, cause)
        told: dict[str, Json] = {
            "cost_eur": {term: round(eur, 6) for term, eur in plan.cost_eur.items()},
            "price_low_eur_per_kwh": float(problem.import_eur_per_kwh.min()),
            "price_high_eur_per_kwh": float(problem.import_eur_per_kwh.max()),
            "price_high_at": str(plan.grid.starts_utc[int(problem.import_eur_per_kwh.argmax())]),
            "first_power_w": {
                asset: float(power_w[0]) for asset, power_w in zip(plan.assets, plan.power_w, strict=True)
            },
            **self._asked(problem.grid, now),
            "broken": [str(wish) for wish in plan.broken],
            "gap_eur": plan.gap_eur,
            **({} if goal == COST else {"goal": goal}),
            **(
                {"presence": {name: told_of(each) for name, each in self._attendance.items()}}
                if self._attendance
                else {}
            ),
        }
        return forecast, Event(event_id, now, Kind.PLANNED, self._site.id, told, (forecast.id,))


def told_of(attendance: "Attendance") -> dict[str, Json]:
    """Return what an event tells of who is there, and when that changes."""
    expected, now_ratio = attendance.expected, attendance.now_ratio
    return {
        "now_ratio": None if np.isnan(now_ratio) else round(now_ratio, 3),
        "chance_ratio": [round(float(each), 3) for each in expected.chance_ratio],
        "model": expected.model,
        "day_count": expected.day_count,
        "brier_score": {name: round(each, 4) for name, each in expected.brier_score.items()},
    }


def end_value_eur_per_kwh(battery: Battery, buy: FloatArray, sell: FloatArray) -> float:
    """Return the worth of a kWh stored at the end of a plan: between selling it and the cheapest purchase it spares."""
    return max(0.0, battery.one_way_ratio * ((1 - END_SHARE) * float(sell.mean()) + END_SHARE * float(buy.min())))


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
