"""The same community under several strategies, beside no market at all and beside the welfare optimum."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.time import TimeGrid, cpu_s
from enerwise.core.units import FloatArray
from enerwise.market.mechanism import Mechanism
from enerwise.run.community import ALONE, NO_MARKET, Slot, begin, play
from enerwise.run.community_bids import strategy, strategy_names
from enerwise.run.community_homes import Community
from enerwise.run.community_optimum import Optimum, optimum
from enerwise.run.community_supply import Supply
from enerwise.run.community_tally import Outcome, Tally, outcome

OPTIMUM: Final = "optimum"
Progress = Callable[[str, int, int], None]
"""Told of strategy, slots done and slots in all."""
Observer = Callable[[str, Slot], None]
"""Told of strategy, and of each slot as it was played."""


@dataclass(frozen=True)
class Comparison:
    """Outcomes by strategy, the one without a market first."""

    community: Community
    mechanism: str
    outcomes: dict[str, Outcome]
    optimum: Optimum | None
    gap_count: int
    """Slots of recorded homes that were filled."""

    @property
    def base(self) -> Outcome:
        """Every home for itself."""
        return self.outcomes[NO_MARKET]

    def gain_ueur(self, name: str) -> FloatArray:
        """Return what each home gains against no market. [micro-EUR], shape (home,)"""
        gain: FloatArray = (self.base.cost_ueur - self.outcomes[name].cost_ueur).astype(np.float64)
        return gain

    def welfare_eur(self, name: str) -> float:
        """Return what all homes, and the operator of the market, gain against no market. [EUR]"""
        each = self.outcomes[name]
        return self.base.total_eur - each.total_eur + each.operator_eur

    def captured_ratio(self, name: str) -> float | None:
        """Return the welfare as a share of the optimum; None where nothing could be gained or it was not asked for."""
        if self.optimum is None or (most := self.base.total_eur - self.optimum.cost_eur) < 0.005:
            return None
        return self.welfare_eur(name) / most


def known_names() -> tuple[str, ...]:
    """Return what a community can be run under."""
    return (NO_MARKET, ALONE, *strategy_names(), OPTIMUM)


def compare(
    community: Community,
    supply: Supply,
    names: Sequence[str],
    *,
    mechanism_name: str,
    rule: Mechanism,
    progress: Progress | None = None,
    observe: Observer | None = None,
) -> Comparison:
    """Run a community under strategies; no market is always run, for it is what all are held against.

    Raises:
        ProblemsFound: Prices are not known for all of the span.
    """
    told = progress or (lambda name, done, total: None)
    seen = observe or (lambda name, slot: None)
    buy, sell = supplier_prices(community)
    worth_eur_per_kwh = float(buy.mean())
    outcomes = {
        name: _outcome(name, community, supply, rule, worth_eur_per_kwh, told, seen)
        for name in dict.fromkeys([NO_MARKET, *names])
        if name != OPTIMUM
    }
    best = None
    if OPTIMUM in names:
        missing_wh = begin(community, supply, strategy=None, rule=None).missing_wh
        best = optimum(
            community,
            supply,
            buy_eur_per_kwh=buy,
            sell_eur_per_kwh=sell,
            missing_wh=missing_wh,
            worth_eur_per_kwh=worth_eur_per_kwh,
        )
        told(OPTIMUM, 1, 1)
    return Comparison(community, mechanism_name, outcomes, best, supply.gap_count)


def _outcome(
    name: str,
    community: Community,
    supply: Supply,
    rule: Mechanism,
    worth_eur_per_kwh: float,
    told: Progress,
    seen: Observer,
) -> Outcome:
    trades = name not in (NO_MARKET, ALONE)
    bids = strategy(name) if trades else None
    run = begin(community, supply, strategy=bids, rule=rule if trades else None, is_planning=name == ALONE)
    tally, missing_wh, slots, began_s = Tally.empty(community), run.missing_wh, community.grid.step_count, cpu_s()
    for slot in play(run, slots):
        tally.add(slot)
        seen(name, slot)
        told(name, tally.slot_count, slots)
    return outcome(name, run, tally, missing_wh, worth_eur_per_kwh, cpu_s() - began_s)


def supplier_prices(community: Community) -> tuple[FloatArray, FloatArray]:
    """Return what buying costs and selling earns in every slot. [EUR/kWh], shapes (slot,)

    Raises:
        ProblemsFound: Prices are missing; each way with the first slot that has none.
    """
    grid, zone, tariff = community.grid, community.timezone, community.tariff
    found = {"import": tariff.import_eur_per_kwh(grid, zone), "export": tariff.export_eur_per_kwh(grid, zone)}
    if problems := [_missing(way, each, grid) for way, each in found.items() if np.isnan(each).any()]:
        raise ProblemsFound(community.name, problems)
    return found["import"], found["export"]


def _missing(way: str, price: FloatArray, grid: TimeGrid) -> Problem:
    gaps = np.flatnonzero(np.isnan(price))
    first = str(grid.part(int(gaps[0]), 1).start_utc)[:16]
    message = f"has no price for {gaps.size} of {price.size} slots, the first at {first} UTC"
    return Problem(f"prices.{way}", message, "choose 'start' and 'days' within the prices")
