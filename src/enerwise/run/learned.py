"""The trained forecasts of a site, for whoever plans: the champion of each channel, or why none serves.

A plan never waits for a training and never fails for want of one: whatever is wrong with a model, the reason goes
beside the plan and the floor of the ladder serves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from enerwise.core.errors import EnerwiseError
from enerwise.core.series import Key
from enerwise.core.time import DAY_S, Instant
from enerwise.run.retraining import series_of
from enerwise.store.store import Store

if TYPE_CHECKING:
    from enerwise.forecast.past import Past
    from enerwise.forecast.served import Served, Speaker
    from enerwise.store.forecast_registry import Registry

FOLDER: Final = "forecasts"
"""Of the registry, beside what else a running site keeps."""
SEEN_DAYS: Final = 84
"""Ladders look four weeks back, from up to six weeks ago."""
AGAIN: Final = np.timedelta64(6 * 3_600_000, "ms")
"""As often as `enerwise.forecast.served` looks again."""
DAY: Final = np.timedelta64(DAY_S * 1000, "ms")
UNTRAINED: Final = "no model is trained yet"
UNABLE: Final = "nothing that learns is installed (pip install 'enerwise[learn]')"
LIBRARY: Final = "lightgbm"
"""Tells whether the extra `learn` is installed."""


def can_train() -> bool:
    """Tell whether what learning needs is installed; nothing is loaded."""
    return find_spec(LIBRARY) is not None


@dataclass(slots=True)
class Learned:
    """Looks into the registry of a site."""

    folder: Path
    store: Store
    reasons: dict[Key, str] = field(default_factory=dict)
    """Why a channel is not served, by channel."""
    _speakers: dict[Key, "tuple[str, Speaker]"] = field(default_factory=dict)
    """Who speaks for a channel now, and under which name."""

    def stamp(self, keys: Sequence[Key], now: Instant) -> tuple[object, ...]:
        """Return what changes when a channel is to be foreseen anew: who serves it, and for which day."""
        return tuple(self._stamp(key, now) for key in keys)

    def _stamp(self, key: Key, now: Instant) -> object:
        try:
            registry = self._registry(key)
            name = registry.champion()
            return None if name is None else (name, (now - _at(registry.entry(name).manifest, "trained_at")) // AGAIN)
        except (EnerwiseError, OSError, KeyError, ValueError):
            return None

    def served(self, past: "Past", now: Instant, floor: Any = None) -> "Served | None":
        """Return the trained forecaster of a channel, fitted to its past; None, and a reason, where none serves.

        Args:
            past: What was measured.
            now: The moment.
            floor: A fitted forecaster of the floor, a `Drawn`, that it has to be better than.
        """
        try:
            found = self._served(past, now, floor)
        except Exception as error:
            # A model may be from another version of a library, and fail in any way it likes: the floor serves.
            told = str(error) if isinstance(error, EnerwiseError) else f"{type(error).__name__}: {error}"
            self.reasons[past.key] = f"the trained model does not serve: {told}"
            return None
        if found is not None:
            self.reasons.pop(past.key, None)
        return found

    def _served(self, past: "Past", now: Instant, floor: Any) -> "Served | None":
        from enerwise.forecast.drawn import Drawn
        from enerwise.forecast.served import OLDEST_DAYS, Served

        registry = self._registry(past.key)
        name = registry.champion()
        if name is None:
            self.reasons[past.key] = UNTRAINED if can_train() else UNABLE
            return None
        manifest = registry.entry(name).manifest
        if manifest["step_s"] != past.grid.step_s:
            self.reasons[past.key] = f"{name} was trained on steps of {manifest['step_s']} s"
            return None
        age_days = _days_since(manifest, now)
        if age_days > OLDEST_DAYS:
            self.reasons[past.key] = f"{name} was trained {age_days} days ago"
            return None
        frame = series_of(self.store, past.key, manifest, now, seen_days=SEEN_DAYS)
        spoken = self._speaker(registry, name).said(frame, now)
        made = Served(
            name=f"learned {name}",
            said=spoken,
            history_days=_history_days(manifest),
            floor=floor if isinstance(floor, Drawn) else None,
        ).fit(past)
        if not made.share:
            self.reasons[past.key] = f"{name} was of no use over the last weeks"
            return None
        return made if made.share == 1.0 else replace(made, name=f"learned {name}, {made.share:.0%} beside the floor")

    def _speaker(self, registry: "Registry", name: str) -> "Speaker":
        from enerwise.forecast.served import Speaker

        key = Key.parse(registry.series)
        if key not in self._speakers or self._speakers[key][0] != name:
            self._speakers[key] = name, Speaker(registry.load(name))
        return self._speakers[key][1]

    def _registry(self, key: Key) -> "Registry":
        from enerwise.store.forecast_registry import Registry

        return Registry(self.folder, str(key))


def _history_days(manifest: Mapping[str, Any]) -> int:
    """Return over how many days a model has learned."""
    return int((_at(manifest, "trained_at") - _at(manifest, "data_from")) // DAY)


def _days_since(manifest: Mapping[str, Any], now: Instant) -> int:
    return int((now - _at(manifest, "trained_at")) // DAY)


def _at(manifest: Mapping[str, Any], name: str) -> Instant:
    return np.datetime64(str(manifest[name]), "ms")
