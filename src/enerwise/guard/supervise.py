"""Supervision: one look at everything that is measured, and what follows from it.

`step` is pure and total. It takes what was last heard of each channel with its age, and what it remembered, and returns
findings, what is left of each asset's power, and the time in each band. Only a clock that goes on counts: where it is
no number or goes back, the site trips. A value that is no number is as if it had not come, one that is too old is
unknown, and what is unknown neither raises an alarm nor ends one: it leaves nothing of the power that depends on it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.series import Key
from enerwise.core.units import BoolArray, FloatArray
from enerwise.guard import bands, limits, plausibility, trends
from enerwise.guard.judge import number
from enerwise.guard.kernels import BEYOND
from enerwise.site.numbered import Numbered
from enerwise.site.rules import Tier

SAME_S: Final = 1e-6
"""Two times so near to each other are those of one sample."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What was last heard of a channel."""

    value: float
    age_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Finding:
    """A level that is violated, or has just ceased to be; the rest is as in `enerwise.site.numbered.Label`."""

    id: str
    subject: str
    tier: Tier
    channel: Key
    limit: float
    unit: str
    source: str
    cause: str
    is_active: bool
    value: float


@dataclass(frozen=True, slots=True)
class WatchState:
    """What supervision remembers. Shapes (channel,), (signal,), (4, band) and (way, asset)"""

    t_s: float
    value: FloatArray
    sampled_s: FloatArray
    signal_s: FloatArray
    rings: trends.Rings
    stills: trends.Stills
    counters: limits.Counters
    band_s: FloatArray
    left_ratio: FloatArray


@dataclass(frozen=True, slots=True)
class Watched:
    """What one look found."""

    state: WatchState
    findings: tuple[Finding, ...]
    """Every level that is violated now, or has ceased to be since the last look."""
    derate: Mapping[str, tuple[float, float]]
    """What is left of each asset's power: (discharge, charge), 0..1."""
    bands: Mapping[str, bands.Share]
    """Time in each band since the start."""
    rules: Numbered
    fresh: FloatArray
    """Every channel as far as it can be believed, NaN where not. Shape (channel + 1,)"""
    is_known: BoolArray
    """Which levels could be looked at. Shape (level,)"""

    def value(self, key: Key) -> float:
        """Return the value of a channel, NaN where it is unknown or old."""
        at = self.rules.channels.get(key)
        return math.nan if at is None else float(self.fresh[at])

    def is_calm(self, subject: str, cause: str) -> bool:
        """Tell whether the fault behind a trip is known to be gone."""
        at = self.rules.trip_of.get((subject, cause))
        return at is not None and bool(self.is_known[at] and not self.state.counters.is_active[at])


def start(rules: Numbered, t_s: float) -> WatchState:
    """Return the memory of supervision that begins at ``t_s`` on the monotonic clock. [s]"""
    unseen = np.full(len(rules.channels), np.nan)
    return WatchState(
        t_s=t_s,
        value=unseen,
        # What must be there counts as heard at the start: it has as long as anybody to speak.
        sampled_s=np.where(rules.is_required, t_s, -np.inf),
        signal_s=np.full(rules.signal_count, -np.inf),
        rings=trends.Rings.empty(len(rules.windows.channel)),
        stills=trends.Stills.empty(len(rules.movers.channel)),
        counters=limits.Counters.zero(len(rules.labels)),
        band_s=np.zeros((4, len(rules.bands.names))),
        left_ratio=np.ones((2, len(rules.assets))),
    )


def step(rules: Numbered, state: WatchState, samples: Mapping[Key, Sample], t_s: float) -> Watched:
    """Look once.

    Args:
        rules: What is watched.
        state: What the last look left.
        samples: What was last heard; channels may be missing, values may be anything.
        t_s: Now, on the monotonic clock. [s]
    """
    # Numbers that cannot be are expected here, and mean unknown.
    with np.errstate(all="ignore"):
        return _step(rules, state, samples, number(t_s))


def _step(rules: Numbered, state: WatchState, samples: Mapping[Key, Sample], t_s: float) -> Watched:
    has_gone_on = state.t_s <= t_s < BEYOND
    now_s = t_s if has_gone_on else state.t_s
    dt_s = now_s - state.t_s
    value, sampled_s = _heard(rules, state, samples, now_s)
    age_s = np.where(np.isfinite(sampled_s), now_s - sampled_s, np.nan)
    fresh = np.append(np.where(age_s <= rules.stale_s, value, np.nan), 1.0)
    gain_s = sampled_s - state.sampled_s
    rings, rate_per_s = trends.followed(rules.windows, state.rings, fresh, sampled_s)
    stills = trends.stood_still(rules.movers, state.stills, fresh, np.where(gain_s <= rules.stale_s, gain_s, 0.0))
    signals = np.concatenate(
        [
            fresh,
            age_s,
            rate_per_s,
            stills.still_s,
            plausibility.difference(rules.differing, fresh),
            plausibility.opposition(rules.opposing, fresh),
            plausibility.residual_w(rules.members, fresh),
            [dt_s, not has_gone_on],
        ]
    )
    signal_s = _signal_s(rules, sampled_s, now_s)
    counters, is_known = limits.counted(rules.levels, state.counters, signals, signal_s - state.signal_s)
    is_due = rules.is_required | np.isfinite(value)
    left = limits.left_ratio(rules.lines, rules.levels, counters.is_active, fresh, is_due, len(rules.assets))
    # It falls at once and rises slowly; where nothing limits the rise, infinity times no time is no limit either.
    left = np.fmin(left, state.left_ratio + rules.rise_ratio_per_s * dt_s)
    band_s = bands.counted_s(rules.bands, state.band_s, signals, dt_s)
    return Watched(
        state=WatchState(now_s, value, sampled_s, signal_s, rings, stills, counters, band_s, left),
        findings=_findings(rules, state.counters, counters, signals),
        derate=dict(zip(rules.assets, map(tuple, left.T.tolist()), strict=True)),
        bands=bands.shares(rules.bands, band_s),
        rules=rules,
        fresh=fresh,
        is_known=is_known,
    )


def _heard(
    rules: Numbered, state: WatchState, samples: Mapping[Key, Sample], now_s: float
) -> tuple[FloatArray, FloatArray]:
    """Return value and time of the newest good sample of each channel."""
    channels = rules.channels
    rows = [
        (channels[key], number(sample.value), number(sample.age_s))
        for key, sample in samples.items()
        if key in channels
    ]
    where, value, age_s = np.array(rows, dtype=np.float64).reshape(-1, 3).T
    at, at_s = where.astype(np.int64), now_s - age_s
    is_new = (np.abs(value) < BEYOND) & (age_s >= 0) & (at_s > state.sampled_s[at] + SAME_S)
    new, values, sampled_s = at[is_new], state.value.copy(), state.sampled_s.copy()
    values[new], sampled_s[new] = value[is_new], at_s[is_new]
    return values, sampled_s


def _signal_s(rules: Numbered, sampled_s: FloatArray, now_s: float) -> FloatArray:
    """Return when each signal was last heard of. [s], shape (signal,)"""
    return np.concatenate(
        [
            sampled_s,
            np.full(1 + sampled_s.size, now_s),
            sampled_s[rules.windows.channel],
            sampled_s[rules.movers.channel],
            plausibility.pair_s(rules.differing, sampled_s),
            plausibility.pair_s(rules.opposing, sampled_s),
            plausibility.balance_s(rules.members, sampled_s),
            [now_s, now_s],
        ]
    )


def _findings(
    rules: Numbered, before: limits.Counters, after: limits.Counters, signals: FloatArray
) -> tuple[Finding, ...]:
    said = np.flatnonzero(after.is_active | before.is_active)
    values = signals[rules.levels.gates.signal[said]].tolist()
    return tuple(
        Finding(*rules.labels[at], is_active, value)
        for at, is_active, value in zip(said.tolist(), after.is_active[said].tolist(), values, strict=True)
    )
