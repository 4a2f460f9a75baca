"""The stochastic linear programme behind a bid: the best curves over all scenarios, weighed by mean and bad days.

What is decided is traded energy by step of a curve; paths whose prices fall into one step trade the same. Each asset
buys no more and sells no less at a higher price, so that their sum is a curve, and so that no path of prices leaves a
battery fuller than the lowest price in every slot would, or emptier than the highest. With these two in the band every
path is, whether it is among the scenarios or not. PV that differs from what was sold is settled at two prices, a margin
off the day-ahead price either way. With pi the profit of a path::

    max (1 - risk) E[pi] + risk CVaR,   CVaR = max_eta eta - E[(eta - pi)+] / (1 - alpha)

Buying and selling at once would burn energy, which a battery cannot do; where the programme would, one of both is held
at zero, and what that may have cost at most is told.

Source: Rockafellar and Uryasev 2000 (CVaR as a linear programme); Fleten and Kristoffersen 2007, Stochastic programming
for optimizing bidding strategies of a Nordic hydropower producer, EJOR 181 (curves across scenarios).
Holds for: a price-taker; losses by the one-way efficiency; a battery that keeps what was cleared and covers nobody's
deviation.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from enerwise.core.errors import EnerwiseError
from enerwise.core.units import FloatArray, IntArray
from enerwise.market.program import Optimum, Program, solved
from enerwise.market.wholesale.making import Making, one_of_two
from enerwise.market.wholesale.portfolio import Portfolio
from enerwise.market.wholesale.scenarios import Scenarios
from enerwise.market.wholesale.steps import Steps

BURNT: Final = 3e-6
"""What less than this share of a limit is charged and discharged at once: the solver takes 1e-6 for a whole number."""
ROUNDS_MOST: Final = 25
WHOLE_MOST: Final = 64
"""Pairs up to which whole numbers are searched for; beyond that the search takes minutes."""
LOST: Final = 1e-4
"""Thousandths of a euro that make no difference."""
IDLE: Final = 1e-5
"""Thousandths of a euro per kWh by which standing still is better than moving energy for nothing."""
WH: Final = 1e-3
NOISE_WH: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Decided:
    """What the programme decides, in kWh by step. Shapes (battery, step) and (step,)"""

    charge_kwh: FloatArray
    """Below zero discharged."""
    sold_kwh: FloatArray
    gap_eur: float
    """By how much a better decision could be weighed more at most."""


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where things stand among the columns. Shapes (battery, step) and (step,)"""

    charge: IntArray
    discharge: IntArray
    sold: IntArray


def decide(portfolio: Portfolio, scenarios: Scenarios, steps: Steps) -> Decided:
    """Return the best curves of each asset.

    Raises:
        EnerwiseError: No bid keeps every limit, or the solver stopped without an answer.
    """
    made, columns = _made(portfolio, scenarios, steps)
    optimum, gap = unburnt(made.program(), columns.charge, columns.discharge)
    charge, discharge, sold = (optimum.column[each] for each in (columns.charge, columns.discharge, columns.sold))
    return Decided(charge - discharge, sold, gap * WH)


def whole_wh(taken_kwh: FloatArray) -> IntArray:
    """Round energy that is taken up to whole watt-hours: charging up and discharging down, so that no level falls."""
    return np.ceil(taken_kwh / WH - NOISE_WH).astype(np.int64)


def unburnt(program: Program, charge: IntArray, discharge: IntArray) -> tuple[Optimum, float]:
    """Return a point at which no battery charges and discharges at once, and how far it is from the best at most.

    Where the programme would do both, the smaller of the two is held at zero and the programme is solved again: mostly
    some other way is as good. Where a small programme lost by that, whole numbers find the best.

    Args:
        program: To solve.
        charge: Columns of charging. Any shape
        discharge: Columns of discharging. Same shape

    Raises:
        EnerwiseError: There is none, or the solver stopped without an answer.
    """
    relaxed = solved(program)
    found = None if relaxed is None else _by_sign(program, relaxed, charge, discharge)
    is_best = found is not None and relaxed is not None and found.objective <= relaxed.objective + LOST
    if relaxed is not None and (found is None or (not is_best and charge.size <= WHOLE_MOST)):
        found = solved(one_of_two(program, charge.ravel(), discharge.ravel()))
    if relaxed is None or found is None:
        reasons = "the end of the day lies too far from its start, or the connection is too small"
        raise EnerwiseError(f"no bid keeps every limit: {reasons}")
    return found, max(0.0, found.objective - relaxed.objective)


def _by_sign(program: Program, relaxed: Optimum, charge: IntArray, discharge: IntArray) -> Optimum | None:
    """Hold at zero whatever is smaller where a battery does both, until none does; in the last round everywhere."""
    upper, optimum = program.upper.copy(), relaxed
    noise = BURNT * np.maximum(1.0, np.maximum(upper[charge], upper[discharge]))
    for left in range(ROUNDS_MOST, -1, -1):
        taken, given = optimum.column[charge], optimum.column[discharge]
        burns = np.minimum(taken, given) > noise
        if not burns.any():
            return optimum
        held = burns | (left == 1)
        upper[discharge[held & (taken >= given)]] = 0.0
        upper[charge[held & (taken < given)]] = 0.0
        again = solved(replace(program, upper=upper))
        if again is None:
            return None
        optimum = again
    return None


def _made(portfolio: Portfolio, scenarios: Scenarios, steps: Steps) -> tuple[Making, _Columns]:
    made, count, step_count = Making(), len(portfolio.storages), steps.slot.size
    limit_kwh = np.array([each.limit_wh(portfolio.step_s) for each in portfolio.storages]).reshape(count, 2) * WH
    charge = made.add((count, step_count), upper=limit_kwh[:, :1], cost=IDLE)
    discharge = made.add((count, step_count), upper=limit_kwh[:, 1:], cost=IDLE)
    pv_kwh = np.minimum(scenarios.pv_wh, portfolio.export_limit_wh) * WH
    sold = made.add((step_count,), upper=pv_kwh.max(axis=0)[steps.slot])
    columns = _Columns(charge, discharge, sold)
    keep_levels(made, portfolio, steps.extremes if portfolio.is_sure else steps.of, charge, discharge)
    profit = _profits(made, portfolio, scenarios, steps, columns, pv_kwh)
    _risk(made, portfolio, scenarios, profit)
    _curves(made, portfolio, steps, columns)
    return made, columns


def keep_levels(made: Making, portfolio: Portfolio, of: IntArray, charge: IntArray, discharge: IntArray) -> None:
    """Keep every battery in its band in every path, below its top by what whole watt-hours may add until then.

    Args:
        made: The programme in the making.
        portfolio: Whose batteries.
        of: Which column of charging and discharging each path has in each slot. Shape (path, slot)
        charge: Columns of charging. Shape (battery, n)
        discharge: Columns of discharging. Shape (battery, n)
    """
    path_count, slot_count = of.shape
    share = np.arange(1, slot_count + 1) / slot_count
    for place, storage in enumerate(portfolio.storages):
        battery, way = storage.battery, storage.battery.one_way_ratio
        start_wh, end_wh = storage.levels_wh(slot_count)
        lower = np.full(slot_count, battery.energy_min_wh)
        lower[-1] = end_wh
        upper = battery.energy_max_wh - share * storage.rounding_wh(slot_count)
        level = made.add((path_count, slot_count), lower=lower * WH, upper=upper * WH)
        before = np.where(np.arange(slot_count) == 0, start_wh * WH, 0.0)
        row = made.row((path_count, slot_count), before, before)
        made.put(row, level, 1.0)
        made.put(row[:, 1:], level[:, :-1], -1.0)
        made.put(row, charge[place][of], -way)
        made.put(row, discharge[place][of], 1.0 / way)


def _profits(
    made: Making, portfolio: Portfolio, scenarios: Scenarios, steps: Steps, columns: _Columns, pv_kwh: FloatArray
) -> IntArray:
    """Add the profit of every path, in thousandths of a euro. Shape (scenario,)"""
    price, margin = scenarios.price_ueur_per_kwh * WH, portfolio.margin_ueur_per_kwh * WH
    cost = -(1.0 - portfolio.risk_ratio) * scenarios.probability
    profit = made.add(cost.shape, lower=-np.inf, cost=cost)
    row = made.row(profit.shape, 0.0, 0.0)
    made.put(row, profit, 1.0)
    for place, storage in enumerate(portfolio.storages):
        charging, discharging = storage.costs_eur_per_kwh
        made.put(row[:, None], columns.charge[place][steps.of], price + charging / WH)
        made.put(row[:, None], columns.discharge[place][steps.of], discharging / WH - price)
    if pv_kwh.any():
        made.put(row[:, None], columns.sold[steps.of], -price)
        short = made.add(pv_kwh.shape, upper=pv_kwh.max(axis=0))
        long = made.add(pv_kwh.shape, upper=pv_kwh)
        made.put(row[:, None], short, price + margin)
        made.put(row[:, None], long, -(np.maximum(price - margin, 0.0) if portfolio.can_curtail else price - margin))
        balance = made.row(pv_kwh.shape, pv_kwh, pv_kwh)
        for column, value in ((columns.sold[steps.of], 1.0), (short, -1.0), (long, 1.0)):
            made.put(balance, column, value)
    return profit


def _risk(made: Making, portfolio: Portfolio, scenarios: Scenarios, profit: IntArray) -> None:
    """Ask for the profit of the worst days besides that of the mean."""
    risk, weight = portfolio.risk_ratio, scenarios.probability
    if risk == 0:
        return
    edge = made.add((1,), lower=-np.inf, cost=-risk)
    missed = made.add(profit.shape, cost=risk * weight / (1.0 - portfolio.alpha_ratio))
    row = made.row(profit.shape, 0.0, np.inf)
    for column, value in ((missed, 1.0), (profit, 1.0), (edge, -1.0)):
        made.put(row, column, value)


def _curves(made: Making, portfolio: Portfolio, steps: Steps, columns: _Columns) -> None:
    """Let nobody buy more or sell less at a higher price, and keep all of it within the connection."""
    here = steps.followed
    row = made.row((len(portfolio.storages), here.size), 0.0, np.inf)
    for traded, sign in ((columns.charge, 1.0), (columns.discharge, -1.0)):
        made.put(row, traded[:, here], sign)
        made.put(row, traded[:, here + 1], -sign)
    row = made.row((here.size,), 0.0, np.inf)
    made.put(row, columns.sold[here + 1], 1.0)
    made.put(row, columns.sold[here], -1.0)
    if np.isfinite([portfolio.import_limit_wh, portfolio.export_limit_wh]).any():
        # Whole watt-hours are rounded up, at most one for each asset.
        most_wh = max(portfolio.import_limit_wh - len(portfolio.storages) - 1, 0.0)
        row = made.row(steps.slot.shape, -portfolio.export_limit_wh * WH, most_wh * WH)
        made.put(row, columns.charge, 1.0)
        made.put(row, columns.discharge, -1.0)
        made.put(row, columns.sold, -1.0)
