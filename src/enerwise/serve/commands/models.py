"""`enerwise models ...`: how devices respond, what was identified of them, and which of it plans use."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.event import Kind
from enerwise.core.time import Instant, LiveClock, instant
from enerwise.core.units import show_energy, show_ratio
from enerwise.run.identifying import identify_site
from enerwise.run.models import FOLDER, pairs, registry_of, series_of, served
from enerwise.run.response import grid_until, watched
from enerwise.serve import asked
from enerwise.serve.console import out, say
from enerwise.serve.files import STDOUT, plain, write_json
from enerwise.serve.model_words import model_words
from enerwise.serve.sites import read_site_file, run_folder
from enerwise.serve.stores import open_store
from enerwise.serve.tables import table
from enerwise.site.site import Site
from enerwise.store.device_registry import DeviceRegistry
from enerwise.store.store import Store

TURN_S: Final = 60


@dataclass(frozen=True, slots=True)
class Place:
    """A site, what it measured, and where its models are kept."""

    site: Site
    store: Path
    registry: Path

    def registry_of(self, series: str) -> DeviceRegistry:
        """Return the registry of one device and one way.

        Raises:
            ProblemsFound: The site has no such device, or nothing identifies it that way.
        """
        known = {series_of(*each): each for each in pairs(self.site)}
        if series not in known:
            remedy = f"there are {', '.join(known)}" if known else "it has no battery and no heat pump"
            raise ProblemsFound("models", [Problem(series, f"is nothing that {self.site.name} identifies", remedy)])
        return registry_of(self.registry, *known[series])


def place(site: Path, store: Path | None, registry: Path | None) -> Place:
    """Return where everything of a site file lies."""
    return Place(read_site_file(site), store or site.with_suffix(".db"), registry or run_folder(site) / FOLDER)


def response(where: Place, at: str | None, days: int, json: Path | None) -> None:
    """Tell what every device made of what it was told."""
    asked.target("--json", json)
    store = open_store(where.store, read_only=True)
    try:
        grid = grid_until(_moment(store, where.site, at), turn_s=_turn_s(store, where.site), days=days)
        found = watched(where.site, store, grid)
    finally:
        store.close()
    if json is not None:
        write_json(json, plain({each.asset: each.payload() for each in found}))
    if json == STDOUT:
        return
    if not found:
        say(f"No device was told anything within {days} days before {grid.end_utc}Z.")
        return
    made = table("", "Device", "Told", "Gives", "Off by", "Spread", "Delay", "Off plan")
    for each in found:
        plan = "–" if each.planned_bias_w is None else f"{each.planned_bias_w:+.0f} W"
        row = [show_energy(each.told.asked_wh), show_ratio(each.told.share_ratio), f"{each.told.bias_w:+.0f} W"]
        made.add_row(each.asset, *row, f"{each.told.spread_w:.0f} W", f"{each.told.delay_s:.0f} s", plan)
    out().print(made)
    for each in found:
        if finding := each.finding():
            say(f"{finding}.")


def identify(where: Place, at: str | None, json: Path | None) -> None:
    """Identify every device, and let what is better serve."""
    asked.target("--json", json)
    site, store = where.site, open_store(where.store, read_only=True)
    try:
        now, step_s = _moment(store, site, at), max(_turn_s(store, site), site.control.step_s)
        told = identify_site(site, store, where.registry, now, step_s=step_s, every_days=0, is_asked=True)
    finally:
        store.close()
    if json is not None:
        write_json(json, {str(each["series"]): each for each in told})
    if json == STDOUT:
        return
    for each in told:
        if "error" in each:
            say(f"{each['series']}: {each['error']}")
            continue
        serves = "serves from now on" if each["is_promoted"] else "does not serve"
        notes: Any = each["notes"]
        # Without a challenger there are no notes: what is told of then is what goes on to serve, and why.
        say(f"{each['series']}: {each['model']} {serves if notes else 'goes on to serve'}: {each['reason']}")
        for line in notes:
            say(f"- {line}")
    if not told:
        say(f"{site.name} has no battery and no heat pump: there is nothing to identify.")


def report(where: Place, json: Path | None) -> None:
    """Tell what is kept and what serves."""
    asked.target("--json", json)
    kept = {series_of(*each): registry_of(where.registry, *each) for each in pairs(where.site)}
    serving = {each.series: each for each in served(where.site, where.registry).serving}
    if json is not None:
        models = {name: {each.name: each.manifest for each in registry.entries()} for name, registry in kept.items()}
        write_json(json, {name: {"serves": serving[name].model, "models": models[name]} for name in kept})
    if json == STDOUT:
        return
    made = table("", "Device", "Model", "Identified", "Off by", "Before", "Serves", left=2)
    for name, registry in kept.items():
        for each in registry.entries():
            unit = str(each.manifest.get("unit", ""))
            off = [_off(each.manifest.get(key), unit) for key in ("mae", "champion_mae")]
            day = str(each.manifest.get("trained_at", "–"))[:10]
            made.add_row(name, each.name, day, *off, "yes" if each.name == serving[name].model else "")
    out().print(made)
    for found in serving.values():
        told: dict[str, Any] = {"model": found.model, **found.parameters}
        if found.because:
            told["because"] = found.because
        is_declared = not found.parameters and not found.because
        say(f"{found.series} is planned {'as declared' if is_declared else f'with {model_words(told)}'}.")


def promote(where: Place, series: str, model: str, because: str) -> None:
    """Let a model serve for a person's reason."""
    if not because.strip():
        raise asked.wrong("--because", because, 'write why, such as "new battery since Monday"')
    verdict = where.registry_of(series).promote(model, forced_because=because)
    say(f"Promoted: {model}: {verdict.reason}")


def _off(value: object, unit: str) -> str:
    if not isinstance(value, int | float):
        return "–"
    return show_ratio(float(value)) if unit == "of full" else f"{value:.3g} {unit}"


def _moment(store: Store, site: Site, at: str | None) -> Instant:
    """Return the moment that is asked for, or the last turn of a store."""
    if at is not None:
        return instant(at, zone=site.timezone)
    turns = store.events(kind=Kind.MEASURED, subject=site.id, limit=1)
    return turns[-1].at if turns else LiveClock().now()


def _turn_s(store: Store, site: Site) -> int:
    """Return the length of the last turn, a minute where there was none."""
    turns = store.events(kind=Kind.MEASURED, subject=site.id, limit=2)
    if len(turns) < 2:
        return TURN_S
    return max(1, round(float((turns[1].at - turns[0].at) / np.timedelta64(1, "s"))))
