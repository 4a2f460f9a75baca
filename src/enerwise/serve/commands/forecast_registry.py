"""`enerwise forecast train`, `promote` and `report`: models that are kept, compared and watched."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.forecast.backtest import members_of
from enerwise.forecast.evidence import evidence, fresh_issues, last_issue, mean, ratio, served_losses
from enerwise.forecast.trained import train as trained_at
from enerwise.run.retraining import retrain as retrained
from enerwise.serve import asked
from enerwise.serve.commands.forecast import Asked, horizon_steps, look, pool_json, refuse
from enerwise.serve.console import out, say
from enerwise.serve.files import STDOUT, plain, write_json
from enerwise.serve.forecast_pool import read_pool
from enerwise.serve.tables import table
from enerwise.store.column_files import read_columns
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
    manifest = plain(
        {
            "target": wish.target,
            "where": dict(asked.pairs("--where", wish.where)),
            "known": list(wish.wish().known),
            "without": list(wish.without),
            "kind": read.frame.kind,
            "zone": wish.zone,
            "country": wish.country,
            "time": wish.time,
            "issue": wish.issue,
            "horizon": wish.horizon,
            "step_s": read.frame.grid.step_s,
            "data": path.name,
            "data_sha256": read.sha256,
            "data_from": str(read.frame.grid.start_utc)[:16],
            "members": [each.name for each in members],
            "notes": [*said, *pool.notes, *trained.notes, *map(str, found)],
        }
        | evidence(trained, read.frame)
        | pool_json(pool)
    )
    kept = place.of(f"{wish.target}_base" if wish.without else wish.target)
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


def retrain(place: Place, series: str, data: Path) -> None:
    """Train what serves a series anew on newer data, and let it serve where it is better beyond chance."""
    registry = place.of(series)
    champion = registry.champion()
    if champion is None:
        raise ProblemsFound(str(registry.folder), [Problem(series, "has no model yet", "enerwise forecast train")])
    wish = wish_of(registry.entry(champion).manifest)
    read = read_columns(data, wish.wish())
    refuse(look(read, wish), wish, data)
    now = last_issue(read.frame, asked.time_of_day("--issue", wish.issue))
    done = retrained(registry, read.frame, now, data_sha256=read.sha256, is_asked=True)
    if done is None:
        say(f"{champion} serves: nothing has been measured since it was trained, or {str(now)[:10]} was tried before.")
        return
    say(f"{'Promoted' if done.verdict.is_promoted else 'Not promoted'}: {done.challenger}: {done.verdict.reason}")
    for line in done.notes:
        say(f"- {line}")


def wish_of(manifest: Mapping[str, Any]) -> Asked:
    """Return what a model was trained on, as it was asked for."""
    return Asked(
        target=str(manifest["target"]),
        known=",".join(manifest["known"]),
        issue=str(manifest["issue"]),
        kind=str(manifest["kind"]),
        zone=str(manifest["zone"]),
        country=str(manifest["country"]),
        time=manifest["time"],
        without=tuple(manifest.get("without") or ()),
        where=tuple(f"{key}={value}" for key, value in dict(manifest["where"]).items()),
    )


def _watched(registry: Registry, champion: str, data: Path) -> dict[str, Any]:
    """Return how good the champion's forecasts of yesterday and the last week were, and whether it drifts."""
    manifest = registry.entry(champion).manifest
    wish = wish_of(manifest)
    read = read_columns(data, wish.wish())
    trained = registry.load(champion)
    issue_s = asked.time_of_day("--issue", wish.issue)
    fresh = fresh_issues(trained, read.frame, issue_s, most=DRIFT_DAYS)
    if not fresh.size:
        end = last_issue(read.frame, issue_s)
        return {"watched": f"the data end at {str(end)[:10]}: no forecast since the training has come true yet"}
    loss = served_losses(trained, read.frame, fresh)
    before = float(manifest["mae"])
    change = ratio(mean(loss), before)
    verdict = "drifts: train again" if change > DRIFT_RATIO else "as good as before"
    compared = f"{change:.2f} of {before:.4g} before training"
    return {
        "yesterday": f"MAE {loss[-1]:.4g} for {str(fresh[-1])[:10]}",
        "last_days": f"MAE {mean(loss):.4g} over {fresh.size} days, {compared}: {verdict}",
        "is_drifting": bool(change > DRIFT_RATIO),
    }


def _figures(entry: Entry) -> str:
    told = entry.manifest
    parts = [("MAE", "mae"), ("rMAE", "rmae_ratio"), ("80 % band holds", "coverage_ratio")]
    return ", ".join(f"{words} {told[name]:.4g}" for words, name in parts if told[name] is not None)
