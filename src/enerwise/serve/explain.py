"""A cause chain in plain words: what an asset did, why, what else it could have done, and what was known then."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np

from enerwise.core.errors import PlanError
from enerwise.core.event import Event
from enerwise.core.outlook import Plan
from enerwise.core.quantity import (
    AVAILABLE_POWER_W,
    ENERGY_WH,
    POWER_W,
)
from enerwise.core.series import Key
from enerwise.core.time import Instant, TimeGrid, instant, show_local, to_datetime, zone_info
from enerwise.plan.aims import money_eur
from enerwise.plan.information import information
from enerwise.plan.laws import RESTING_W
from enerwise.plan.problem import Problem
from enerwise.serve import worth
from enerwise.serve.aim_words import aims_told
from enerwise.serve.chain import Chain, facts_of, number
from enerwise.serve.circuit_words import full_circuits, full_facts
from enerwise.serve.machine_reasons import machine_reasons
from enerwise.serve.meters_told import meters_told, seen
from enerwise.serve.model_words import models_told
from enerwise.serve.plan_reasons import Asked, plan_reasons
from enerwise.serve.rerun import Stored, next_block, remade, stored_plan
from enerwise.serve.words import Fact, mode, reason, sentence, slug, upper_first
from enerwise.site.assets import Battery, Load, Pv, Wind
from enerwise.site.machines import Machine
from enerwise.site.site import Site
from enerwise.store.store import Store

MOST_FUTURES: Final = 9
"""More would take too long to plan one by one while somebody waits."""
UNBOUND: Final = ("follow_plan", "passive")
"""Modes that need no word of their own: the plan speaks for itself, and rest is told."""


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence under its heading; ``key`` names it in the catalogue."""

    head: str
    key: str
    text: str
    facts: Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that is told of one setpoint."""

    chain: Chain
    lines: tuple[Line, ...]


class Teller:
    """Makes the lines of one story."""

    def __init__(self, store: Store, chain: Chain, site: Site, language: str) -> None:
        self._store, self._chain, self._site, self._language = store, chain, site, language
        self._asset = next((each for each in site if each.id == chain.asset), None)
        self._value_w = float(chain.permit.payload["value"])  # type: ignore[arg-type]
        self._stored: Stored | None = None
        if chain.plan is not None and isinstance(self._asset, Battery):
            self._stored = stored_plan(store, chain.plan.id, chain.asset, chain.permit.at)

    def story(self) -> Story:
        """Return the whole story, the answer first."""
        parts = (self._did, self._why, self._worth, self._else, self._guard, self._door, self._plan)
        later = (self._reasons, self._forecast, self._meters)
        lines = [line for part in (*parts, *later) for line in part()]
        return Story(self._chain, tuple(lines))

    # What

    def _did(self) -> Iterator[Line]:
        times = {**self._step(), "day": self._day(self._chain.permit.at), "asset": self._chain.asset}
        times["time"] = self._clock(self._chain.at)
        yield self._line("did", f"did.{self._deed()}", {**times, "value_w": self._value_w})
        actual_w = self._actual_w()
        if actual_w is not None and not isinstance(self._asset, Load):
            was = "rested" if abs(actual_w) <= RESTING_W else "took" if actual_w > 0 else "gave"
            yield self._line("did", f"was.{was}", {**times, **self._step(), "actual_w": actual_w})

    def _deed(self) -> str:
        match self._asset:
            case Pv():
                free = "free_wind" if isinstance(self._asset, Wind) else "free"
                return free if self._value_w <= -self._asset.output_limit_w + 1.0 else "held"
            case Load():
                return "on" if self._value_w > 0 else "off"
            case Machine():
                resting = abs(self._value_w) <= RESTING_W
                return "machine_off" if resting else "machine_on" if self._value_w > 0 else "machine_gives"
            case _:
                return "rested" if abs(self._value_w) <= RESTING_W else "took" if self._value_w > 0 else "gave"

    def _actual_w(self) -> float | None:
        """Return the mean of what the meter showed while the permit was in force, None where it shows nothing yet."""
        series = self._store.read(Key(self._chain.asset, POWER_W), self._chain.permit.at, self._chain.until)
        return float(np.mean(series.value)) if len(series) else None

    # Why

    def _why(self) -> Iterator[Line]:
        told = self._chain.mode
        if told is not None and told.payload.get("mode") not in UNBOUND:
            name = mode(str(told.payload["mode"]), self._language)
            yield self._line("why", "mode.since", {"mode": name, "since": self._moment(told.at)})
            yield self._reason("why", told)
        if self._chain.proposal is not None:
            yield self._reason("why", self._chain.proposal)

    def _reason(self, head: str, event: Event) -> Line:
        code, facts, agent = str(event.payload.get("reason")), facts_of(event), str(event.payload.get("agent", ""))
        return Line(head, f"reason.{code}", reason(code, facts, self._language, agent=agent), facts)

    # Worth, and the road not taken

    def _worth(self) -> Iterator[Line]:
        prices = self._prices()
        if prices is None:
            return
        known: dict[str, Fact] = {"buy_eur_per_kwh": prices[0], "sell_eur_per_kwh": prices[1]}
        scene = self._scene()
        if scene is None:
            yield self._line("worth", "value.prices", known)
            return
        yield self._line("worth", "value.worth", {**known, "dual_eur_per_kwh": scene.dual_eur_per_kwh})
        for key, facts in worth.margins(scene):
            yield self._line("worth", key, {**known, **facts})
        ceiling_w = facts_of(self._chain.proposal).get("grid_ceiling_w")
        if isinstance(ceiling_w, float | int) and scene.others_w > ceiling_w - RESTING_W:
            yield self._line("worth", "value.ceiling", {"ceiling_w": float(ceiling_w)})

    def _else(self) -> Iterator[Line]:
        scene = self._scene()
        if scene is not None:
            minutes = round((self._chain.until - self._chain.permit.at) / np.timedelta64(1, "m"))
            for key, facts in worth.alternatives(scene):
                yield self._line("else", key, {**facts, "minutes": float(minutes)})

    def _scene(self) -> worth.Scene | None:
        """Return powers, prices and worth of the step, as far as all of them are on record."""
        facts, prices = facts_of(self._chain.proposal), self._prices()
        dual, others_w = facts.get("dual_eur_per_kwh"), facts.get("others_w")
        if self._stored is None or prices is None or not isinstance(dual, float | int):
            return None
        if not isinstance(others_w, float | int):
            return None
        return worth.Scene(
            battery=self._stored.battery,
            power_w=self._value_w,
            others_w=float(others_w),
            energy_wh=seen(self._chain.measured, self._chain.asset, ENERGY_WH),
            hours=float((self._chain.until - self._chain.permit.at) / np.timedelta64(1, "h")),
            dual_eur_per_kwh=float(dual),
            buy_eur_per_kwh=prices[0],
            sell_eur_per_kwh=prices[1],
            conversion=self._stored.conversion,
        )

    def _prices(self) -> tuple[float, float] | None:
        """Return the prices of the step: as the agent saw them, else as the plan, else as the tariff has them."""
        facts = facts_of(self._chain.proposal)
        seen = facts.get("price_import_eur_per_kwh"), facts.get("price_export_eur_per_kwh")
        if all(isinstance(each, float | int) for each in seen):
            return float(seen[0]), float(seen[1])  # type: ignore[arg-type]
        if self._stored is not None:
            problem, step = self._stored.problem, self._stored.step
            return float(problem.import_eur_per_kwh[step]), float(problem.export_eur_per_kwh[step])
        return worth.tariff_prices(self._site, self._chain.permit.at)

    # Guard and door

    def _guard(self) -> Iterator[Line]:
        verdict = self._chain.verdict
        if verdict is None:
            return
        payload = verdict.payload
        circuit: dict[str, Fact] = {"circuit": str(payload.get("circuit", ""))}
        rule = sentence(f"rule.{slug(str(payload['rule']))}", circuit, self._language)
        facts: dict[str, Fact] = {"rule": rule, "agent": mode(str(payload.get("agent", "")), self._language)}
        facts |= {"value_w": number(payload.get("value")), "wished_w": number(payload.get("wished"))}
        outcome = str(payload["outcome"])
        is_silent = outcome == "granted" and payload.get("wished") is None
        yield self._line("guard", "outcome.no_wish" if is_silent else f"outcome.{outcome}", facts)

    def _door(self) -> Iterator[Line]:
        receipt = self._chain.receipt
        if receipt is None:
            yield self._line("door", "check.missing", {})
            return
        times: dict[str, Fact] = {"time": self._clock(receipt.at), "until": self._clock(self._chain.until)}
        yield self._line("door", f"check.{slug(str(receipt.payload['check']))}", times)

    # Plan, forecast, meters

    def _plan(self) -> Iterator[Line]:
        plan, stored = self._chain.plan, self._stored
        if plan is None:
            return
        for name, told in models_told(plan, self._language).items():
            if name.rpartition(".")[0] == self._chain.asset:
                yield self._line("plan", "plan.model", {"asset": self._chain.asset, "model": told})
        if isinstance(self._asset, Machine):
            yield from self._of_machine(plan)
            return
        if stored is None:
            costs: Any = plan.payload.get("cost_eur", {})
            total_eur = money_eur({term: float(each) for term, each in costs.items()})
            yield self._line("plan", "plan.made_only", {"made": self._moment(plan.at), "cost_eur": total_eur})
            return
        grid = stored.problem.grid
        facts: dict[str, Fact] = {
            "made": self._clock(plan.at),
            "hours": grid.step_count * grid.step_h,
            "time": self._clock(grid.part(stored.step, 1).start_utc),
            "until": self._clock(grid.part(stored.step, 1).end_utc),
            "load_w": stored.load_w,
            "sun_w": stored.sun_w,
            "energy_wh": float(stored.plan.energy_wh[stored.row, stored.step + 1]),
        }
        yield self._line("plan", "plan.made", facts)
        yield from self._later(stored)
        yield from self._circuits(stored.problem, stored.plan, stored.step)
        yield from self._aims(stored.problem, stored.plan)
        for broken in stored.plan.broken:
            yield self._line("plan", "plan.broken", {"wish": str(broken)})
        yield from self._knowing(stored)

    def _knowing(self, stored: Stored) -> Iterator[Line]:
        """Tell what several futures were good for, and what the true one would have been worth."""
        problem = stored.problem
        if not 1 < problem.probability.size <= MOST_FUTURES:
            return
        with suppress(PlanError):
            found = information(problem, stored.plan.issued_at)
            worth_eur = {"scenarios_eur": found.scenarios_eur, "perfect_eur": found.perfect_eur}
            facts: dict[str, Fact] = {"count": problem.probability.size, **worth_eur}
            key = "plan.information" if np.isfinite(found.single_eur) else "plan.information_only"
            yield self._line("plan", key, facts)

    def _reasons(self) -> Iterator[Line]:
        """Tell what holds the asset in this stretch of the plan, when it would be best instead, and what was news."""
        told, made = self._chain.plan, self._made
        if told is None or made is None or isinstance(self._asset, Pv):
            return
        asked = Asked(self._chain.asset, self._chain.permit.at, self._site.timezone)
        with suppress(PlanError):
            for head, each in plan_reasons(self._store, self._site.id, told, made, asked):
                yield self._line(head, each.key, each.facts)

    @cached_property
    def _made(self) -> tuple[Problem, Plan] | None:
        """The plan behind the setpoint and its problem, made again from its inputs."""
        if self._stored is not None:
            return self._stored.problem, self._stored.plan
        return None if self._chain.plan is None else remade(self._store, self._chain.plan.id)

    def _of_machine(self, event: Event) -> Iterator[Line]:
        """Tell what the plan meant the machine to do, at which price, and what it would cost if left to itself."""
        found = self._made
        if found is None:
            return
        problem, plan = found
        facts: dict[str, Fact] = {"made": self._clock(event.at), "hours": plan.grid.step_count * plan.grid.step_h}
        yield self._line("plan", "plan.made_machines", facts)
        yield from self._people(event, plan.grid)
        yield from self._asked(event)
        step = plan.grid.step_at(self._chain.permit.at)
        every = machine_reasons(problem, plan, self._site.timezone)
        told = [each for each in every if each.asset == self._chain.asset and each.first <= step < each.last]
        yield from (self._line("plan", each.key, each.facts) for each in told if ".else_" not in each.key)
        for broken in plan.broken:
            if broken.name.startswith(self._chain.asset):
                yield self._line("plan", "plan.broken", {"wish": str(broken)})
        yield from self._circuits(problem, plan, step)
        yield from self._aims(problem, plan)
        yield from (self._line("else", each.key, each.facts) for each in told if ".else_" in each.key)

    def _aims(self, problem: Problem, plan: Plan) -> Iterator[Line]:
        """Tell what counted beside the bill, and what caps cost."""
        for each in aims_told(problem, plan, self._site.aims, self._language):
            line = self._line("plan", each.key, each.facts)
            yield replace(line, text=upper_first(line.text))

    def _circuits(self, problem: Problem, plan: Plan, step: int) -> Iterator[Line]:
        """Tell which circuits of the asset were full in the plan."""
        for each in full_circuits(problem, plan):
            if self._chain.asset in each.members and each.first <= step < each.last:
                facts = full_facts(each, plan, self._site.timezone) | {"asset": self._chain.asset}
                yield self._line("plan", "plan.circuit", facts)

    def _asked(self, event: Event) -> Iterator[Line]:
        """Tell what others had asked of the import as the plan was made."""
        every: Any = event.payload.get("curtailments", [])
        for told in every:
            begin, until = (instant(str(told[each])) for each in ("from", "until"))
            facts: dict[str, Fact] = {"begin": self._moment(begin), "until": self._moment(until, beside=begin)}
            yield self._line("plan", "plan.curtailed", {**facts, "who": str(told["who"]), "limit_w": told["limit_w"]})

    def _people(self, event: Event, grid: TimeGrid) -> Iterator[Line]:
        """Tell who was there as the plan was made, and who was expected."""
        every: Any = event.payload.get("presence", {})
        told = every.get(self._chain.asset) if isinstance(every, Mapping) else None
        if told is None:
            return
        likely = np.array(told["chance_ratio"]) >= 0.5
        changes = np.flatnonzero(likely != likely[0])
        at = self._moment(grid.part(int(changes[0]), 0).start_utc) if changes.size else ""
        key = "plan.presence" if likely[0] else "plan.presence_comes" if changes.size else "plan.presence_none"
        model = sentence(f"presence.{slug(str(told['model']))}", {}, self._language)
        hours = grid.step_count * grid.step_h
        facts: dict[str, Fact] = {"model": model, "days": number(told["day_count"]), "hours": hours}
        # Who stays beyond the plan stays to its end.
        until = at or self._moment(grid.end_utc)
        yield self._line("plan", key, {**facts, "begin": at, "until": until})

    def _later(self, stored: Stored) -> Iterator[Line]:
        """Tell what the energy is for, or where it will come from again."""
        fills = self._value_w < -RESTING_W
        block = next_block(stored, fills=fills)
        if block is not None:
            key = "plan.later_use" if not fills else "plan.later_grid" if block.from_grid else "plan.later_sun"
            facts: dict[str, Fact] = {
                "later_wh": block.energy_wh,
                "later_from": self._moment(block.start_utc),
                "later_to": self._moment(block.end_utc, beside=block.start_utc),
                "later_eur_per_kwh": block.eur_per_kwh,
            }
            yield self._line("plan", key, facts)

    def _forecast(self) -> Iterator[Line]:
        forecast = self._chain.forecast
        channels: Any = forecast.payload.get("channels") if forecast else None
        if forecast is None or not isinstance(channels, Mapping):
            return
        for name, told in channels.items():
            is_sun = Key.parse(name).quantity == AVAILABLE_POWER_W
            sizes = sorted(abs(float(told[each])) * 1e3 for each in ("low_kwh", "high_kwh"))
            facts: dict[str, Fact] = {
                "hours": number(forecast.payload.get("horizon_h")),
                "days": number(told.get("history_days", forecast.payload.get("history_days"))),
                "model": str(told["model"]),
                "expected_wh": float(told["kwh"]) * 1e3,
                "low_wh": sizes[0],
                "high_wh": sizes[1],
            }
            is_wind = Key.parse(name).asset in [each.id for each in self._site.of_kind(Wind)]
            yield self._line("forecast", f"forecast.{'wind' if is_wind else 'sun' if is_sun else 'load'}", facts)
            if "because" in told:
                yield self._line("forecast", "forecast.because", {"channel": name, "reason": str(told["because"])})

    def _meters(self) -> Iterator[Line]:
        """Tell what sensors and meters saw as the setpoint was chosen."""
        if self._chain.measured is not None:
            for key, facts in meters_told(self._site, self._chain.measured, self._language):
                yield self._line("meters", key, facts)

    # Words and times

    def _line(self, head: str, key: str, facts: Mapping[str, Fact]) -> Line:
        return Line(head, key, sentence(key, facts, self._language), facts)

    def _step(self) -> dict[str, Fact]:
        return {"time": self._clock(self._chain.permit.at), "until": self._clock(self._chain.until)}

    def _clock(self, at: Instant) -> str:
        return show_local(at, self._site.timezone)[11:]

    def _day(self, at: Instant) -> str:
        form = "%d.%m.%Y" if self._language == "de" else "%Y-%m-%d"
        return to_datetime(at).astimezone(zone_info(self._site.timezone)).strftime(form)

    def _moment(self, at: Instant, *, beside: Instant | None = None) -> str:
        """Return the time of day, with its date where that is another day than the setpoint's, or that ``beside``."""
        same = self._day(at) == self._day(self._chain.at if beside is None else beside)
        return self._clock(at) if same else f"{self._day(at)} {self._clock(at)}"


def tell(store: Store, chain: Chain, site: Site, language: str) -> Story:
    """Return the story of a chain."""
    return Teller(store, chain, site, language).story()
