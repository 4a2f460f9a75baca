"""`enerwise forecast train`, `promote` and `report`: models that are kept, compared and watched."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.time import DAY_S, Instant
from enerwise.core.units import FloatArray
from enerwise.forecast.backtest import members_of
from enerwise.forecast.frame import MEDIAN, ColumnFrame
from enerwise.forecast.trained import Trained
from enerwise.forecast.trained import train as trained_at
from enerwise.serve import asked
from enerwise.serve.commands.forecast import Asked, horizon_steps, look, pool_json, refuse
from enerwise.serve.console import out, say
from enerwise.serve.files import STDOUT, plain, write_json
from enerwise.serve.forecast_pool import read_pool
from enerwise.serve.tables import table
from enerwise.store.column_files import Read, read_columns
from enerwise.store.forecast_registry import Entry, Registry

DRIFT_DAYS: Final = 7
DRIFT_RATIO: Final = 1.3
"""A week so much worse than the weeks before the training is told as drift."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where models are kept."""

    registry: Path
    series: str | None = None

    def of(self, target: str) -> Registry:
        """Return the registry of a series, by default named after its target."""
        return Registry(self.registry, self.series or target)


def train(path: Path, wish: Asked, place: Place, name: str | None) -> None:
    """Train on all of a file and keep the model with how good it was on days it had not seen."""
    read = read_columns(path, wish.wish())
    found = look(read, wish)
    refuse(found, wish, path)
    horizon = horizon_steps(wish.horizon, read.frame.grid.step_s)
    members, said = members_of(read.frame.kind, wish.model)
    pool = read_pool(wish.pool, wish.wish(), read)
    members = (*members, *pool.members)
    issue = last_issue(read.frame, asked.time_of_day("--issue", wish.issue))
    trained = trained_at(read.frame, members, issue, horizon)
    loss = losses(trained)
    manifest = plain(
        {
            "target": wish.target,
            "where": dict(asked.pairs("--where", wish.where)),
            "known": list(wish.wish().known),
            "kind": read.frame.kind,
            "zone": wish.zone,
            "country": wish.country,
            "time": wish.time,
            "issue": wish.issue,
            "horizon": wish.horizon,
            "data": path.name,
            "data_sha256": read.sha256,
            "data_from": str(read.frame.grid.start_utc)[:16],
            "trained_at": str(issue)[:16],
            "members": [each.name for each in members],
            "mae": _mean(loss),
            "rmae_ratio": _share(_mean(loss), _mean(reference_losses(trained, read.frame))),
            "coverage_ratio": held(trained),
            "losses": {str(at)[:16]: each for at, each in zip(trained.record.issues, loss, strict=True)},
            "notes": [*said, *pool.notes, *trained.notes, *map(str, found)],
        }
        | pool_json(pool)
    )
    kept = place.of(wish.target)
    entry = kept.add(name or f"{str(issue)[:10]}-{wish.model.replace(',', '+')}", manifest, trained)
    say(f"Trained {kept.series}/{entry.name}: {_figures(entry)}")
    say(f"{'It serves' if kept.champion() == entry.name else f'{kept.champion()} serves; challenge it with promote'}.")


def promote(place: Place, series: str, challenger: str, because: str) -> None:
    """Let a challenger take the champion's place, with evidence or a person's reason."""
    verdict = place.of(series).promote(challenger, forced_because=because)
    say(f"{'Promoted' if verdict.is_promoted else 'Not promoted'}: {challenger}: {verdict.reason}")


def report(place: Place, series: str, data: Path | None, json: Path | None) -> None:
    """Tell what is kept, what serves, and with newer data how good its last forecasts were."""
    asked.target("--json", json)
    registry = place.of(series)
    entries, champion = registry.entries(), registry.champion()
    if champion is None:
        raise ProblemsFound(str(registry.folder), [Problem(series, "has no model yet", "enerwise forecast train")])
    watched = _watched(registry, champion, data) if data else {}
    if json is not None:
        write_json(json, {"champion": champion, "models": {each.name: each.manifest for each in entries}} | watched)
    if json == STDOUT:
        return
    made = table(series, "Model", "Trained", "MAE", "rMAE", "80 % band\nholds", "Serves")
    for each in entries:
        told = each.manifest
        figures = [
            f"{told[name]:.4g}" if told[name] is not None else "–" for name in ("mae", "rmae_ratio", "coverage_ratio")
        ]
        made.add_row(each.name, str(told["trained_at"])[:10], *figures, "yes" if each.name == champion else "")
    out().print(made)
    for name, line in watched.items():
        say(f"{name.replace('_', ' ')}: {line}")


def _watched(registry: Registry, champion: str, data: Path) -> dict[str, Any]:
    """Return how good the champion's forecasts of yesterday and the last week were, and whether it drifts."""
    manifest = registry.entry(champion).manifest
    wish = Asked(
        target=str(manifest["target"]),
        known=",".join(manifest["known"]),
        issue=str(manifest["issue"]),
        kind=str(manifest["kind"]),
        zone=str(manifest["zone"]),
        country=str(manifest["country"]),
        time=manifest["time"],
        where=tuple(f"{key}={value}" for key, value in dict(manifest["where"]).items()),
    )
    read = read_columns(data, wish.wish())
    trained = registry.load(champion)
    horizon = trained.record.horizon
    end = last_issue(read.frame, asked.time_of_day("--issue", wish.issue))
    span = np.timedelta64(-(-horizon * read.frame.grid.step_s // DAY_S) * DAY_S * 1000, "ms")
    issues = end - span - np.arange(DRIFT_DAYS - 1, -1, -1) * np.timedelta64(DAY_S * 1000, "ms")
    fresh = issues[issues >= trained.trained_at]
    if not fresh.size:
        return {"watched": f"the data end at {str(end)[:10]}: no forecast since the training has come true yet"}
    loss = np.array([_loss_at(read, trained, issue) for issue in fresh])
    before = float(manifest["mae"])
    ratio = _share(_mean(loss), before)
    verdict = "drifts: train again" if ratio > DRIFT_RATIO else "as good as before"
    compared = f"{ratio:.2f} of {before:.4g} before training"
    return {
        "yesterday": f"MAE {loss[-1]:.4g} for {str(fresh[-1])[:10]}",
        "last_days": f"MAE {_mean(loss):.4g} over {fresh.size} days, {compared}: {verdict}",
        "is_drifting": bool(ratio > DRIFT_RATIO),
    }


def _loss_at(read: Read, trained: Trained, issue: Instant) -> float:
    known = read.frame.as_of(issue, trained.record.horizon)
    first = read.frame.grid.step_at(issue)
    truth = read.frame.target[first : first + known.horizon]
    return float(np.nanmean(np.abs(trained.predict(known)[: truth.size, MEDIAN] - truth)))


def last_issue(frame: ColumnFrame, issue_s: int) -> Instant:
    """Return the last issue at a time of day up to which everything that will be was measured."""
    measured = np.flatnonzero(np.isfinite(frame.target))
    end_s = int(frame.grid.part(int(measured[-1]) + 1 if measured.size else 0, 0).start_utc.astype(np.int64)) // 1000
    return np.datetime64((end_s - (end_s - issue_s) % DAY_S) * 1000, "ms")


def losses(trained: Trained) -> FloatArray:
    """Return the mean absolute error of each issue of the record, NaN where nothing came true. Shape (issue,)"""
    return _by_issue(np.abs(trained.mixed.value[..., MEDIAN] - trained.record.truth))


def reference_losses(trained: Trained, frame: ColumnFrame) -> FloatArray:
    """Return the same for the week before. Shape (issue,)"""
    record = trained.record
    week = 7 * DAY_S // frame.grid.step_s
    step = np.arange(record.horizon)
    first = np.array([frame.grid.step_at(each) for each in record.issues], dtype=np.int64)
    back = week * (step // week + 1)
    position = first[:, None] + step - back
    value = np.where(position >= 0, frame.target[np.maximum(position, 0)], np.nan)
    return _by_issue(np.abs(value - record.truth))


def held(trained: Trained) -> float:
    """Return the share of what came true within the 80 % band, over the later half of the record."""
    half = trained.record.issues.size // 2
    value, truth = trained.mixed.value[half:], trained.record.truth[half:]
    inside = (truth >= value[..., 1]) & (truth <= value[..., 17])
    known = np.isfinite(truth)
    return float(inside[known].mean()) if known.any() else float("nan")


def _by_issue(error: FloatArray) -> FloatArray:
    known = np.isfinite(error)
    count = known.sum(axis=1)
    return np.where(count > 0, np.where(known, error, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)


def _mean(value: FloatArray) -> float:
    known = value[np.isfinite(value)]
    return float(known.mean()) if known.size else float("nan")


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else float("nan")


def _figures(entry: Entry) -> str:
    told = entry.manifest
    parts = [("MAE", "mae"), ("rMAE", "rmae_ratio"), ("80 % band holds", "coverage_ratio")]
    return ", ".join(f"{words} {told[name]:.4g}" for words, name in parts if told[name] is not None)
