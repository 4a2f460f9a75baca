"""What a recording tells of machines beside their power: when a car was there and needed what, what heat a house lost.

A meter shows only what was taken. A car that began to charge had come; what it took until it next leaves by its week
is what it needed. A house that was kept warm lost, on the mean of a day, what was put into it. Whoever plans these
machines over the same recording has to deliver the same.
"""

from typing import Final

import numpy as np

from enerwise.core.time import DAY_S, TimeGrid
from enerwise.core.units import FloatArray
from enerwise.devices.stays import Stays
from enerwise.physics.declared import compressor_of
from enerwise.site.habits import away
from enerwise.site.machines import Charger, HeatPump

CHARGES_W: Final = 200.0
"""Above it a car charges; below it electronics wait."""
PAUSE_S: Final = 2 * 3600
"""A car that takes nothing for so long and then something has come again."""
ROUNDS: Final = 30


def stays_of(charger: Charger, power_w: FloatArray, grid: TimeGrid, zone: str) -> Stays:
    """Return when a car was there, and what it came with.

    Args:
        charger: Its week says when it leaves: with the first departure after it has charged.
        power_w: What was measured. [W], shape (step,)
        grid: The steps.
        zone: Whose week.

    Returns:
        A stay for each time that it began to charge. Where that was before it left, one stay follows the other without
        a gap: then what the first still needs may be charged with the second.
    """
    charges = power_w > CHARGES_W
    edges = np.flatnonzero(np.diff(charges.astype(np.int8), prepend=0, append=0)).reshape(-1, 2)
    if not len(edges):
        return Stays((), (), ())
    begins = np.concatenate([[True], edges[1:, 0] - edges[:-1, 1] > PAUSE_S // grid.step_s])
    arrives = edges[begins, 0]
    ends = np.append(edges[np.flatnonzero(begins)[1:] - 1, 1], edges[-1, 1])
    leaving = np.flatnonzero(np.diff(away(charger, grid, zone).astype(np.int8), prepend=0) > 0)
    usual = np.append(leaving, grid.step_count + 1)[np.searchsorted(leaving, ends)]
    leaves = np.minimum(usual, np.append(arrives[1:], grid.step_count + 1))
    taken_wh = np.add.reduceat(power_w * charges, arrives) * grid.step_h * charger.charge_ratio
    start_wh = np.maximum(0.0, charger.target_wh - taken_wh)
    return Stays(tuple(arrives.tolist()), tuple(leaves.tolist()), tuple(start_wh.tolist()))


def outdoor_degc_of(pump: HeatPump, power_w: FloatArray, grid: TimeGrid) -> FloatArray:
    """Return the temperature outside at which the declared building loses what was put into it on the mean of a day.

    Sun, people and hot water are in it too, so that it is no weather: a warm outside stands for a house that needed
    nothing. In the middle of its band the building then takes exactly the recorded energy.

    Args:
        pump: Coefficients of performance and the losses of the building.
        power_w: What was measured. [W], shape (step,)
        grid: The steps.
    """
    width = DAY_S // grid.step_s
    summed = np.convolve(power_w, np.ones(width), mode="same")
    mean_w = summed / np.convolve(np.ones(power_w.size), np.ones(width), mode="same")
    # Means over a day hold a little more or less than the recording at its ends.
    total_w = float(mean_w.sum())
    mean_w = mean_w * (float(power_w.sum()) / total_w) if total_w > 0 else mean_w
    rooms = pump.rooms
    inside_degc = float(np.mean([0.5 * (each.low_degc + each.high_degc) for each in rooms]))
    gain_w, loss_w_per_k = sum(each.gain_w for each in rooms), sum(each.loss_w_per_k for each in rooms)
    compressor, outside = compressor_of(pump), np.full(power_w.size, inside_degc)
    for _ in range(ROUNDS):
        heat_w = pump.heat_sign * mean_w * compressor.cop_at(outside) + gain_w
        outside = inside_degc - heat_w / loss_w_per_k
    return outside


def swing_wh(power_w: FloatArray, grid: TimeGrid, *, share: float = 0.9) -> float:
    """Return the electricity by which a heat pump ran ahead of the mean of its day, and behind it, in all.

    A house that stayed comfortable stored as much. On so large a share of its heated days it was no more. [Wh]
    """
    per_day = DAY_S // grid.step_s
    days = power_w[: power_w.size // per_day * per_day].reshape(-1, per_day)
    days = days[days.sum(axis=1) > 0]
    if not len(days):
        return 0.0
    ahead = np.cumsum(days - days.mean(axis=1, keepdims=True), axis=1) * grid.step_h
    return float(np.quantile(ahead.max(axis=1) - ahead.min(axis=1), share))
