"""Identifying the devices of a site anew: what newer days tell of each, against what serves.

The newest weeks are set aside, the parameters come from those before. On the weeks that neither has seen, both foretell
half a day ahead from what really flowed; only the registry's test lets the new parameters serve. What is refused is
told with what is missing, and nothing else happens.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from enerwise.core.errors import EnerwiseError
from enerwise.core.quantity import AVAILABLE_POWER_W, HEAT_W, IRRADIANCE_W_PER_M2, POWER_W
from enerwise.core.series import Key, Series
from enerwise.core.time import DAY_S, Instant, TimeGrid
from enerwise.core.units import FloatArray
from enerwise.physics.identify.identifier import Identified, Identifier, Record, Refused
from enerwise.run.models import applied, identifiers, registry_of, series_of
from enerwise.run.teaching import KEPT, Told
from enerwise.site.assets import Asset
from enerwise.site.site import WEATHER, Site
from enerwise.store.store import Store

if TYPE_CHECKING:
    from enerwise.store.device_registry import DeviceRegistry

SEEN_DAYS: Final = 70
"""Devices age, seasons change: nothing older is learned from."""
JUDGED_DAYS: Final = 21
FEW_JUDGED_DAYS: Final = 15
"""Set aside where there are less than six weeks; the registry wants fourteen that can be judged."""
FEW_DAYS: Final = 42
MEANS: Final = frozenset((POWER_W, AVAILABLE_POWER_W, HEAT_W, IRRADIANCE_W_PER_M2))
NEAR: Final = 4
"""A state is taken from a reading at most a quarter of a step off the step's beginning."""


def identify_site(
    site: Site, store: Store, folder: Path, now: Instant, *, step_s: int, every_days: int, is_asked: bool = False
) -> list[Told]:
    """Identify every device that is due, from what its store knew at a moment.

    Args:
        site: Whose devices.
        store: What was measured.
        folder: Of the registry.
        now: Nothing later is seen.
        step_s: Length of a step of its plans.
        every_days: Younger models are left as they are.
        is_asked: Leave none.

    Returns:
        For each way that was due ``series`` with ``model``, ``is_promoted``, ``reason`` and ``notes``, or ``error``.
    """
    told: list[Told] = []
    for declared in site.assets:
        asset: Any = declared
        for identifier in identifiers(declared):
            if is_asked or is_due(folder, declared, identifier, now, every_days):
                series: Told = {"series": series_of(declared, identifier)}
                told.append(series | _told(asset, identifier, store, folder, now, step_s))
            asset, _ = applied(asset, identifier, folder)
    return told


def is_due(folder: Path, asset: Asset, identifier: Identifier, now: Instant, every_days: int) -> bool:
    """Tell whether what was identified last is so old, or nothing was."""
    last = registry_of(folder, asset, identifier).last_trained()
    return last is None or bool((now - last) / np.timedelta64(1, "D") >= every_days)


def _told(asset: Asset, identifier: Identifier, store: Store, folder: Path, now: Instant, step_s: int) -> Told:
    """Identify one device in one way; one that cannot be keeps no other from it."""
    try:
        registry = registry_of(folder, asset, identifier)
        registry.thin(KEPT)
        serving = registry.declare(identifier.facts(asset))
        record = record_of(store, identifier.keys(asset), now, step_s=step_s)
        made = challenged(registry, asset, identifier, record, now)
    except EnerwiseError as error:
        return {"error": str(error)}
    if isinstance(made, Refused):
        return {"model": serving.name, "is_promoted": False, "reason": made.missing, "notes": []}
    return made


def challenged(
    registry: "DeviceRegistry", asset: Asset, identifier: Identifier, record: Record, now: Instant
) -> Told | Refused:
    """Let what the older days of a record tell compete on the newest ones.

    Args:
        registry: Where what serves is kept; it has been declared.
        asset: The device as declared.
        identifier: The way.
        record: Whole days, the newest last.
        now: The moment.
    """
    per_day = DAY_S // record.grid.step_s
    days = record.grid.step_count // per_day
    judged_days = JUDGED_DAYS if days >= FEW_DAYS else FEW_JUDGED_DAYS
    if days <= judged_days:
        return Refused(f"{days} days are measured, {judged_days} are set aside to judge by: wait")
    learned = record.part(0, (days - judged_days) * per_day)
    found = identifier.identify(asset, learned)
    if isinstance(found, Refused):
        return found
    values = {name: each.value for name, each in found.parameters.items()}
    judged = record.part(learned.grid.step_count, judged_days * per_day)
    champion = registry.champion()
    assert champion is not None
    before = registry.load(champion)
    theirs = _losses(identifier, asset, before, judged)
    manifest = _manifest(asset, identifier, found, learned, judged, now)
    own = _losses(identifier, asset, values, judged)
    name = f"{str(now)[:10]}-identified"
    if name in {each.name for each in registry.entries()}:
        return Refused(f"{name} was identified before: newer days are needed")
    registry.add(name, {**manifest, "losses": own, "mae": _mean(own), "champion_mae": _mean(theirs)}, values)
    verdict = registry.promote(name, served=theirs)
    if not verdict.is_promoted:
        registry.drop(name)
    notes = [f"{key} {each.value:.4g} ({each.low:.4g}..{each.high:.4g})" for key, each in found.parameters.items()]
    told: Told = {"model": name, "is_promoted": verdict.is_promoted, "reason": verdict.reason}
    return told | {"notes": [*notes, *found.notes]}


def _losses(identifier: Identifier, asset: Any, parameters: Mapping[str, float], judged: Record) -> dict[str, float]:
    """Return losses by day as a registry keeps them."""
    found = identifier.losses(asset, parameters, judged)
    return {str(np.datetime64(day, "D")): loss for day, loss in found.items()}


def _mean(losses: Mapping[str, float]) -> float | None:
    return float(np.mean(list(losses.values()))) if losses else None


def _manifest(
    asset: Asset, identifier: Identifier, found: Identified, learned: Record, judged: Record, now: Instant
) -> dict[str, Any]:
    content = hashlib.sha256()
    for key in sorted(learned.value):
        content.update(str(key).encode() + learned.value[key].tobytes())
    return {
        "asset": asset.id,
        "identifier": identifier.name,
        "unit": identifier.unit.strip(),
        "facts": dict(identifier.facts(asset)),
        "parameters": {name: [each.value, each.low, each.high] for name, each in found.parameters.items()},
        "trained_at": str(now)[:16],
        "step_s": learned.grid.step_s,
        "data_sha256": content.hexdigest(),
        "data_from": str(learned.grid.start_utc)[:16],
        "judged_from": str(judged.grid.start_utc)[:16],
        "judged_to": str(judged.grid.end_utc)[:16],
        "notes": list(found.notes),
    }


# ---------------------------------------------------------------------------------------------------------------
# Records


def record_of(store: Store, keys: tuple[Key, ...], now: Instant, *, step_s: int, days: int = SEEN_DAYS) -> Record:
    """Return what a store knew of some channels at a moment: whole UTC days from the first measured to yesterday.

    Args:
        store: What was measured.
        keys: Powers are means over the steps, states are as each step begins.
        now: The moment.
        step_s: Length of a step.
        days: How far back is looked.

    Raises:
        StoreError: The store cannot be read.
    """
    today = now.astype("datetime64[D]").astype("datetime64[ms]")
    grid = TimeGrid(today - np.timedelta64(days * DAY_S * 1000, "ms"), step_s, days * DAY_S // step_s)
    value = {key: _channel(store, key, grid, now) for key in keys}
    # Weather alone is no device that was measured.
    known = np.zeros(grid.step_count, dtype=bool)
    for key, each in value.items():
        known |= np.isfinite(each) & (key.asset != WEATHER)
    per_day = DAY_S // step_s
    first = int(np.argmax(known)) // per_day * per_day if known.any() else grid.step_count
    return Record(grid, value).part(first, grid.step_count - first)


def _channel(store: Store, key: Key, grid: TimeGrid, now: Instant) -> FloatArray:
    if key.quantity in MEANS or key.asset == WEATHER:
        return store.read_frame([key], grid, as_of=now).value[:, 0]
    return _states(store.read(key, grid.start_utc, grid.end_utc, as_of=now), grid)


def _states(series: Series, grid: TimeGrid) -> FloatArray:
    """Return the reading nearest to the beginning of each step, NaN where none is near. Shape (step,)"""
    if not len(series):
        return np.full(grid.step_count, np.nan)
    told, begins = series.start_utc.astype(np.int64), grid.starts_utc.astype(np.int64)
    after = np.clip(np.searchsorted(told, begins), 0, told.size - 1)
    before = np.maximum(after - 1, 0)
    nearest = np.where(np.abs(told[before] - begins) < np.abs(told[after] - begins), before, after)
    is_near = np.abs(told[nearest] - begins) * NEAR <= grid.step_s * 1000
    return np.where(is_near, series.value[nearest], np.nan)
