"""Whether a real network carries what was traded: alternating-current power flow over cables, with losses and voltages.

A market knows limits of energy. This looks at what follows from them in copper: complex voltages at which each area
takes or gives its power, found by Newton's method. The lowest area of each part that hangs together holds the nominal
voltage and gives what is lost. Power is the mean over a slot; peaks within it are not seen.

Powers are those of three phases together and voltages those between phases, which leaves out every factor of three.

Source: Tinney and Hart 1967, Power flow solution by Newton's method; derivatives as in Zimmerman 2010, AC power flows,
generalized OPF costs and their derivatives using complex matrix notation (MATPOWER Technical Note 2).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from enerwise.core.errors import Problem
from enerwise.core.units import SECONDS_PER_HOUR, FloatArray, IntArray
from enerwise.market.network import Cable, islands

ComplexArray = NDArray[np.complex128]
MOST_ROUNDS: Final = 20
NEAR_RATIO: Final = 1e-9
"""Of the largest power: how well powers are met."""
NOISE_RATIO: Final = 1e-13
"""Of what a cable would carry into a short circuit: powers nearer than this are not told apart in 64 bits."""
BAND_RATIO: Final = 0.1
"""EN 50160: how far a voltage may be from its nominal value."""


@dataclass(frozen=True, slots=True)
class PowerFlow:
    """What flows where."""

    voltage_v: ComplexArray
    """Between phases. [V], shape (area,)"""
    into_one_va: ComplexArray
    """Complex power into each cable at its end `one`; below zero it comes out. [VA], shape (cable,)"""
    into_other_va: ComplexArray
    """The same at its end `other`."""

    @property
    def loss_w(self) -> FloatArray:
        """What each cable turns into heat. [W], shape (cable,)"""
        return np.asarray((self.into_one_va + self.into_other_va).real, np.float64)

    @property
    def carried_w(self) -> FloatArray:
        """The larger of both ends of each cable. [W], shape (cable,)"""
        return np.maximum(np.abs(self.into_one_va.real), np.abs(self.into_other_va.real))


def power_flow(cables: tuple[Cable, ...], given_va: ComplexArray, *, nominal_v: float) -> PowerFlow | None:
    """Return the power flow; None where there is none, because so much cannot be carried at all.

    Args:
        cables: Resistances and reactances count, limits do not.
        given_va: What each area gives into the network, taken below zero. [VA], shape (area,)
        nominal_v: Between phases, held by the lowest area of each island, whose own power is not looked at. [V]
    """
    count = given_va.size
    admittance = _admittance(cables, count)
    free = np.flatnonzero(islands(cables, count) != np.arange(count))
    voltage = _newton(admittance, given_va, np.full(count, nominal_v, np.complex128), free)
    if voltage is None:
        return None
    one, other = (np.array([getattr(each, end) for each in cables], np.int64) for end in ("one", "other"))
    current = (voltage[one] - voltage[other]) * _series(cables)
    return PowerFlow(voltage, voltage[one] * current.conj(), -voltage[other] * current.conj())


def problems(cables: tuple[Cable, ...], given_wh: IntArray, *, slot_s: float, nominal_v: float) -> list[Problem]:
    """Return what a network does not carry of what was traded; nothing where all is well.

    Args:
        cables: With the limits of the market.
        given_wh: What each area gives into the network in the slot, taken below zero. [Wh], shape (area,)
        slot_s: Length of the slot. [s]
        nominal_v: Between phases. [V]
    """
    given_w = given_wh * (SECONDS_PER_HOUR / slot_s)
    flow = power_flow(cables, given_w.astype(np.complex128), nominal_v=nominal_v)
    if flow is None:
        return [Problem("network", "there is no voltage at which it carries this", "trade less, or lay thicker cables")]
    limit_w = np.array([each.limit_wh for each in cables], np.float64) * (SECONDS_PER_HOUR / slot_s)
    found = [
        Problem(
            f"cable {cables[at].one} to {cables[at].other}",
            f"{flow.carried_w[at]:.0f} W with losses, limit {limit_w[at]:.0f} W",
            "lower its limit in the market by what it loses",
        )
        for at in np.flatnonzero(flow.carried_w > limit_w * (1 + NEAR_RATIO))
    ]
    size_v, least_v, most_v = np.abs(flow.voltage_v), (1 - BAND_RATIO) * nominal_v, (1 + BAND_RATIO) * nominal_v
    return found + [
        Problem(
            f"area {at}",
            f"{size_v[at]:.1f} V, allowed {least_v:.1f} to {most_v:.1f} V",
            "lower the limits of the cables that lead there",
        )
        for at in np.flatnonzero((size_v < least_v) | (size_v > most_v))
    ]


def _series(cables: tuple[Cable, ...]) -> ComplexArray:
    return np.array([1 / complex(each.resistance_ohm, each.reactance_ohm) for each in cables], np.complex128)


def _admittance(cables: tuple[Cable, ...], count: int) -> ComplexArray:
    admittance = np.zeros((count, count), np.complex128)
    for each, series in zip(cables, _series(cables), strict=True):
        ends = np.array([each.one, each.other])
        admittance[ends, ends] += series
        admittance[ends, ends[::-1]] -= series
    return admittance


def _newton(
    admittance: ComplexArray, given_va: ComplexArray, voltage: ComplexArray, free: IntArray
) -> ComplexArray | None:
    """Move the voltages of free areas until their powers are met; None where they never are."""
    short_va = float(np.abs(admittance).max(initial=0.0) * np.abs(voltage).max(initial=0.0) ** 2)
    near = NEAR_RATIO * float(np.abs(given_va).max(initial=0.0)) + NOISE_RATIO * short_va
    size, angle = np.abs(voltage), np.angle(voltage)
    for _ in range(MOST_ROUNDS):
        current = admittance @ voltage
        missed = (voltage * current.conj() - given_va)[free]
        if float(np.abs(missed).max(initial=0.0)) <= near:
            return voltage
        unit = voltage / size
        by_size = voltage[:, None] * (admittance * unit).conj() + np.diag(current.conj() * unit)
        by_angle = 1j * voltage[:, None] * (np.diag(current) - admittance * voltage).conj()
        both = np.hstack([by_angle[np.ix_(free, free)], by_size[np.ix_(free, free)]])
        try:
            step = np.linalg.solve(np.vstack([both.real, both.imag]), -np.concatenate([missed.real, missed.imag]))
        except np.linalg.LinAlgError:
            return None
        angle[free] += step[: free.size]
        size[free] += step[free.size :]
        if not (np.isfinite(step).all() and (size > 0).all()):
            return None
        voltage = size * np.exp(1j * angle)
    return None
