"""A plan as the page shows it, as plain columns and rows. What depends on the plan alone is made once for each plan."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from enerwise.core.event import Event
from enerwise.core.outlook import Forecast
from enerwise.core.time import Instant
from enerwise.core.units import FloatArray
from enerwise.plan.laws import RESTING_W
from enerwise.serve.outlooks.because import other_road, reasons
from enerwise.serve.outlooks.blocks import LEVELS, Block, Lane, binding, lanes
from enerwise.serve.outlooks.chances import Chances, outer
from enerwise.serve.outlooks.changes import changes
from enerwise.serve.outlooks.flows import flows, own_power_ratio
from enerwise.serve.outlooks.made import Made
from enerwise.serve.outlooks.past import LOAD
from enerwise.serve.outlooks.phrases import Phrase, shown_name
from enerwise.serve.outlooks.rows import block_words, rows
from enerwise.serve.outlooks.warmth import warmth
from enerwise.site.assets import Battery
from enerwise.site.site import GRID


def plan_view(
    made: Made, forecasts: tuple[Forecast, ...], *, before: Made | None = None, overrides: Sequence[Event] = ()
) -> dict[str, Any]:
    """Return everything about a plan that does not change after it was made.

    Args:
        made: The plan.
        forecasts: What it was made from, with quantiles.
        before: The plan before, for what changed.
        overrides: What people asked for between the two.
    """
    chances = Chances(made, outer(made, forecasts))
    found = lanes(made)
    went = flows(made.load_w, made.pv_w.sum(axis=0), made.battery_w.sum(axis=0), made.plan.grid_power_w)
    return {
        "id": made.id,
        "made_at": made.plan.issued_at,
        "goal": made.goal,
        "timezone": made.site.timezone,
        "step_s": made.grid.step_s,
        "start_utc": made.grid.starts_utc,
        "is_provisional": not bool(made.is_published.all()),
        "price": {
            "import_eur_per_kwh": np.round(made.prices.import_eur_per_kwh, 6),
            "export_eur_per_kwh": np.round(made.prices.export_eur_per_kwh, 6),
            "published": made.is_published,
        },
        "power_w": {
            **{asset: _watts(each) for asset, each in zip(made.plan.assets, made.plan.power_w, strict=True)},
            LOAD: _watts(made.load_w),
            GRID: _watts(made.plan.grid_power_w),
        },
        "sources": {
            "solar_w": _watts(went.solar_w),
            "battery_w": _watts(went.battery_w),
            "grid_w": _watts(went.bought_w),
            "stored_w": _watts(went.stored_w),
            "sold_w": _watts(went.sold_w),
        },
        "level": [_level(made, chances, row, battery) for row, battery in enumerate(made.batteries)],
        "band": chances.outer.method,
        "lanes": [_lane(made, each) for each in found],
        "totals": totals(made, chances),
        "changes": [_phrase(each) for each in changes(before, made, overrides=overrides)] if before else [],
        "table": [
            {
                "start": each.start_utc,
                "end": each.end_utc,
                "price_low": round(each.price_low_eur_per_kwh, 6),
                "price_high": round(each.price_high_eur_per_kwh, 6),
                "words": each.words,
                "grid_kwh": round(each.grid_kwh, 3) + 0.0,
                "cost_eur": round(each.cost_eur, 4) + 0.0,
            }
            for each in rows(made, found)
        ],
        "notes": list(made.plan.notes),
        "broken": [str(each) for each in made.plan.broken],
    }


def totals(made: Made, chances: Chances) -> dict[str, float | None]:
    """Return what a plan comes to, with its 8 in 10 range and what it would be without planning."""
    hours = made.grid.step_h / 1e3
    grid_w = _watts(made.plan.grid_power_w)
    bought_kwh = float(np.maximum(grid_w, 0.0).sum()) * hours
    sold_w = np.maximum(-grid_w, 0.0)
    used_kwh = float(np.maximum(made.load_w, 0.0).sum()) * hours
    cost, low, high = chances.cost_eur()
    without = chances.without_planning_eur()
    carbon = made.site.carbon
    return {
        "cost_eur": cost,
        "cost_low_eur": low,
        "cost_high_eur": high,
        "without_planning_eur": without,
        "saved_eur": without - cost,
        "own_power_ratio": own_power_ratio(bought_kwh, used_kwh),
        "bought_kwh": bought_kwh,
        "sold_kwh": float(sold_w.sum()) * hours,
        "earned_eur": float((sold_w * made.prices.export_eur_per_kwh).sum()) * hours,
        "carbon_kg": None if carbon is None else carbon.emitted_kg(bought_kwh * 1e3),
    }


def preview_totals(made: Made, forecasts: tuple[Forecast, ...]) -> dict[str, float | None]:
    """Return the totals of a plan that is only looked at."""
    return totals(made, Chances(made, outer(made, forecasts)))


def _level(made: Made, chances: Chances, row: int, battery: Battery) -> dict[str, Any]:
    low_wh, high_wh = chances.level_wh(row)
    per_wh = 1.0 / battery.capacity_wh
    return {
        "asset": battery.id,
        "soc_ratio": np.round(made.plan.energy_wh[row] * per_wh, 4),
        "low_ratio": np.round(low_wh * per_wh, 4),
        "high_ratio": np.round(high_wh * per_wh, 4),
        "reserve_ratio": max(battery.soc_min_ratio, battery.reserve_ratio),
    }


def _lane(made: Made, lane: Lane) -> dict[str, Any]:
    called = {each.id: each.name for each in made.site}
    return {
        "asset": lane.asset,
        "kind": lane.kind,
        "name": called.get(lane.asset) or shown_name(lane.asset),
        "blocks": [_block(made, lane, each) for each in lane.blocks],
        "warmth": warmth(made, lane.asset),
    }


def _block(made: Made, lane: Lane, block: Block) -> dict[str, Any]:
    road = other_road(made, block)
    return {
        "id": block.id,
        "asset": block.asset,
        "start": block.start_utc,
        "end": block.end_utc,
        "deed": block.deed,
        "level": LEVELS[block.deed],
        "words": block_words(made, block),
        "energy_kwh": round(block.energy_wh / 1e3, 3),
        "cost_eur": round(block.cost_eur, 4),
        "average_price_eur_per_kwh": block.average_eur_per_kwh,
        "reasons": [_phrase(each) for each in reasons(made, lane, block)],
        "binding": binding(made, block),
        "alternative": None if road is None else {"code": road[0].code, "text": road[0].text, "cost_eur": road[1]},
        "actions": actions(block),
    }


def actions(block: Block) -> list[str]:
    """Return what a person can do about a block: begin a later move at once, or rest through one that runs.

    An override begins when it is made, so nothing can be moved to a later time.
    """
    if block.deed in ("waits", "produces", "held"):
        return []
    return ["skip"] if block.first == 0 else ["now"]


def _phrase(each: Phrase) -> dict[str, Any]:
    return {"code": each.code, "text": each.text, "facts": each.facts}


def _watts(power_w: FloatArray) -> FloatArray:
    # Without a negative zero, and without the noise of the solver.
    return np.where(np.abs(power_w) < RESTING_W / 1e3, 0.0, np.round(power_w, 1)) + 0.0


def next_at(made: Made, now: Instant) -> Instant | None:
    """Return when the next plan is due; None where that has passed."""
    due = made.plan.issued_at + np.timedelta64(made.grid.step_s * 1000, "ms")
    return due if due > now else None
