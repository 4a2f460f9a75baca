"""The base load: what a house takes that nobody schedules, which is what its habits can foretell.

``base = meter - EV - heat pump - battery - PV``, all in the house sign: positive is taken, so what PV gives is
negative. What can be scheduled is forecast apart, or planned. Where a log is missing the base load is unknown, never
the meter itself: a model taught by that would foresee a car that may not come.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray
from enerwise.forecast.quality import Fault, Finding
from enerwise.site.circuits import Circuit
from enerwise.site.submeters import uncovered

MOST_MISSING: Final = 0.05
"""Share of the metered steps on which a log may be silent; those steps are not learned from."""
MOST_BELOW_ZERO: Final = 0.02
"""Share of steps on which the base load may lie below zero: counters are read at slightly different moments."""
NOISE_RATIO: Final = 0.02
"""Below zero counts from this share of the mean size on."""


def base_load(meter: FloatArray, logs: Mapping[str, FloatArray], circuits: Sequence[Circuit] = ()) -> FloatArray:
    """Return what is left of a meter without the devices that are logged.

    Args:
        meter: In the house sign, NaN where nothing was measured. Shape (step,)
        logs: Of each device, in the same unit and sign; named as assets and sub-meters are. Shape (step,) each
        circuits: Of the site: what a sub-meter among the logs counts already is not taken off a second time.

    Returns:
        NaN where the meter or any log is. Shape (step,)

    >>> base_load(np.array([1.0, -2.0, 5.0]), {"pv": np.array([0.0, -3.0, -1.0]), "ev": np.array([0.0, 0.0, np.nan])})
    array([ 1.,  1., nan])
    """
    kept = uncovered(circuits, tuple(logs)) if circuits else tuple(logs)
    return np.asarray(meter - sum((logs[each] for each in kept), np.zeros(meter.size)))


def log_findings(meter: FloatArray, logs: Mapping[str, FloatArray], name: str = "base load") -> tuple[Finding, ...]:
    """Look over the logs of devices before the base load is learned from.

    Args:
        meter: Shape (step,)
        logs: Of each device. Shape (step,) each
        name: Of the series.

    Returns:
        Refusals where logs are missing or a sign is wrong, notes where single steps are left out.
    """
    metered = np.isfinite(meter)
    if not logs or not metered.any():
        return ()
    found = [each for log, value in logs.items() if (each := _silence(log, np.isnan(value[metered]))) is not None]
    base = base_load(meter, logs)
    base = base[np.isfinite(base)]
    below = float((base < -NOISE_RATIO * np.abs(base).mean()).mean()) if base.size else 0.0
    if below > MOST_BELOW_ZERO:
        message = f"lies below zero on {below:.1%} of the steps, {MOST_BELOW_ZERO:.0%} are allowed"
        remedy = "a sign is wrong or a device is missing: what gives power counts with a minus, such as -pv_kwh"
        found.append(Finding(Fault.DEVICE_LOG, name, message, remedy, refuses=True))
    return tuple(found)


def _silence(log: str, is_missing: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Finding | None:
    share = float(is_missing.mean())
    if share == 0.0:
        return None
    refuses = share > MOST_MISSING
    message = f"says nothing on {share:.1%} of the metered steps"
    remedy = "bring its log; without it its use would be learned as a habit" if refuses else "they are left out"
    return Finding(Fault.DEVICE_LOG, log, message, remedy, refuses=refuses)
