"""Why a block is where it is: at most four reasons, the strongest first, each with its numbers."""

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray
from enerwise.plan.blocks.battery import conversion
from enerwise.plan.laws import RESTING_W
from enerwise.run.goals import COST
from enerwise.serve.machine_reasons import Told as MachineTold
from enerwise.serve.machine_reasons import machine_reasons
from enerwise.serve.outlooks.blocks import GIVES, Block, Lane, others_w
from enerwise.serve.outlooks.made import Made
from enerwise.serve.outlooks.phrases import Phrase, clock, phrase
from enerwise.serve.words import Fact

MOST_REASONS: Final = 4
NEAR_LIMIT_RATIO: Final = 0.5
"""Room at the connection is told where more than this share of it is taken."""
EDGE_RATIO: Final = 0.01
WORTHS: Final = ("sun_stored", "spares", "sells", "keeps", "sells_surplus")
FILLS: Final = ("fills_sun", "fills_grid")


def reasons(made: Made, lane: Lane, block: Block) -> list[Phrase]:
    """Return why a block is there, the strongest reason first."""
    of_kind = _of_machine if block.deed == "on" else _of_sun if lane.kind == "pv" else None
    found = _of_battery(made, lane, block) if of_kind is None else of_kind(made, block)
    return [phrase("because", code, facts) for code, facts in found][:MOST_REASONS]


Told = Iterator[tuple[str, Mapping[str, Fact]]]


KEPT: Final = {
    "charger": "machine_car",
    "heat_pump": "machine_rooms",
    "water_heater": "machine_water",
    "ventilation": "machine_air",
}
"""What a machine's energy is for."""


def _of_machine(made: Made, block: Block) -> Told:
    """Tell what a kWh costs here and at most, what the energy is for, and whether a peak holds it back."""
    if made.goal != COST:
        yield f"goal_{made.goal}", {}
    told = _told(made, block, f"machine.{_kind(made, block)}")
    if told is not None:
        if made.goal == COST:
            gives = _kind(made, block) == "generator"
            yield "machine_gives" if gives else "machine_price", told.facts
        if (code := KEPT.get(_kind(made, block))) is not None:
            yield code, told.facts
    yield from _ceiling(made, block)
    yield from _room(made, block)


def _kind(made: Made, block: Block) -> str:
    return next(each.kind for each in made.problem.flexible if each.id == block.asset)


def _told(made: Made, block: Block, key: str) -> MachineTold | None:
    """Return what is told of the machine's run that holds a block."""
    found = machine_reasons(made.problem, made.plan, made.site.timezone)
    mine = (each for each in found if each.asset == block.asset and each.key.startswith(key))
    return next((each for each in mine if each.first <= block.first < each.last), None)


def _of_sun(made: Made, block: Block) -> Told:
    buy, sell = _mean(made.prices.import_eur_per_kwh, made, block), _mean(made.prices.export_eur_per_kwh, made, block)
    if block.deed == "produces":
        yield "produces", {"buy_eur_per_kwh": buy, "sell_eur_per_kwh": sell}
        return
    if sell < 0:
        yield "held_price", {"sell_eur_per_kwh": -sell}
    if (made.plan.grid_power_w[block.steps] <= -made.problem.export_limit_w[block.steps] + RESTING_W).any():
        yield "held_limit", {"limit_w": float(made.problem.export_limit_w[block.steps].min())}
    if sell >= 0:
        yield "held_plan", {}


def _of_battery(made: Made, lane: Lane, block: Block) -> Told:
    if made.goal != COST:
        # Worths of a plan for another goal hold its weights: no money that anybody would pay.
        yield f"goal_{made.goal}", {}
        yield from (each for each in _for_cost(made, lane, block) if each[0] not in WORTHS)
        return
    yield from _for_cost(made, lane, block)


def _for_cost(made: Made, lane: Lane, block: Block) -> Told:
    match block.deed:
        case "fills_grid":
            yield from _cheapest(made, lane, block)
            yield from _later_use(made, lane, block)
            yield from _room(made, block)
            yield from _sun_later(made, block)
        case "fills_sun":
            yield "sun_stored", _worths(made, block)
            yield from _later_use(made, lane, block)
        case "powers_home":
            yield "spares", _worths(made, block)
            yield from _filled_again(made, lane, block)
            yield from _ceiling(made, block)
        case "sells":
            yield "sells", _worths(made, block)
            yield from _filled_again(made, lane, block)
        case _:
            yield from _waiting(made, lane, block)


def _cheapest(made: Made, lane: Lane, block: Block) -> Told:
    """Tell where no step outside the filling blocks is cheaper."""
    buy = made.prices.import_eur_per_kwh
    outside = np.ones(buy.size, dtype=np.bool_)
    for each in lane.blocks:
        if each.deed == "fills_grid":
            outside[each.steps] = False
    if outside.any() and buy[block.steps].max() <= buy[outside].min() + 1e-9:
        minutes = float(made.grid.step_s / 60)
        count = float(block.last - block.first)
        yield "cheapest", {"count": count, "of_count": float(buy.size), "minutes": minutes}


def _later_use(made: Made, lane: Lane, block: Block) -> Told:
    later = _next(lane, block, GIVES)
    if later is None or later.energy_wh < 50.0:
        return
    gain, drain = conversion(made.batteries[block.row])
    here = block.average_eur_per_kwh or 0.0
    facts: dict[str, Fact] = {
        **_span(made, later),
        "later_wh": later.energy_wh,
        "later_eur_per_kwh": later.average_eur_per_kwh or 0.0,
        "here_eur_per_kwh": here,
        "loss_ratio": 1.0 - gain / drain,
    }
    yield ("spread" if block.deed == "fills_grid" else "meant_for"), facts


def _filled_again(made: Made, lane: Lane, block: Block) -> Told:
    later = _next(lane, block, FILLS)
    if later is not None and later.energy_wh >= 50.0:
        facts: dict[str, Fact] = {
            **_span(made, later),
            "later_wh": later.energy_wh,
            "later_eur_per_kwh": later.average_eur_per_kwh or 0.0,
        }
        yield ("refill_sun" if later.deed == "fills_sun" else "refill_grid"), facts


def _room(made: Made, block: Block) -> Told:
    peak_w = float(made.plan.grid_power_w[block.steps].max())
    limit_w = float(made.problem.import_limit_w[block.steps].min())
    if limit_w > 0 and peak_w > NEAR_LIMIT_RATIO * limit_w:
        yield "room", {"peak_w": peak_w, "limit_w": limit_w}


def _sun_later(made: Made, block: Block) -> Told:
    """Tell when the sun will give more than the home uses, and how much of that there is."""
    surplus_w = np.maximum(-(made.load_w + made.available_w.sum(axis=0)), 0.0)
    surplus_w[: block.last] = 0.0
    energy_wh = float(surplus_w.sum()) * made.grid.step_h
    if energy_wh < 200.0:
        yield "no_sun", {}
        return
    first = int(np.argmax(surplus_w > RESTING_W))
    at = clock(made.grid.part(first, 1).start_utc, made.site.timezone)
    yield "sun_later", {"later_wh": energy_wh, "later_from": at}


def _ceiling(made: Made, block: Block) -> Told:
    ceiling_w = float(made.plan.grid_ceiling_w[block.steps].min())
    peak_w = float(others_w(made, block.row)[block.steps].max())
    if np.isfinite(ceiling_w) and peak_w > ceiling_w:
        yield "ceiling", {"ceiling_w": ceiling_w, "peak_w": peak_w}


def _waiting(made: Made, lane: Lane, block: Block) -> Told:
    battery = made.batteries[block.row]
    level_wh = made.plan.energy_wh[block.row, block.first]
    soc_ratio = float(level_wh / battery.capacity_wh)
    rest_w = others_w(made, block.row)[block.steps]
    if level_wh <= battery.energy_min_wh + EDGE_RATIO * battery.capacity_wh:
        yield "low", {"soc_ratio": soc_ratio}
        yield from _filled_again(made, lane, block)
    elif level_wh >= battery.energy_max_wh - EDGE_RATIO * battery.capacity_wh and rest_w.mean() < 0:
        yield "full", {"soc_ratio": soc_ratio}
        yield from _later_use(made, lane, block)
    elif rest_w.mean() > 0:
        yield "keeps", _worths(made, block)
        yield from _later_use(made, lane, block)
    else:
        yield "sells_surplus", _worths(made, block)
        yield from _filled_again(made, lane, block)


def _worths(made: Made, block: Block) -> dict[str, Fact]:
    """Return prices, and what a kWh in the battery is worth at the connection, weighed with what is moved."""
    gain, drain = conversion(made.batteries[block.row])
    dual = _mean(made.plan.dual_eur_per_kwh[block.row], made, block)
    return {
        "buy_eur_per_kwh": _mean(made.prices.import_eur_per_kwh, made, block),
        "sell_eur_per_kwh": _mean(made.prices.export_eur_per_kwh, made, block),
        "gained_eur_per_kwh": dual * gain,
        "given_eur_per_kwh": dual * drain,
    }


def _mean(value: FloatArray, made: Made, block: Block) -> float:
    weight = np.abs(made.plan.power_w[block.row, block.steps])
    return float(np.average(value[block.steps], weights=weight if weight.sum() > 1.0 else None))


def _next(lane: Lane, block: Block, deeds: tuple[str, ...]) -> Block | None:
    return next((each for each in lane.blocks if each.first >= block.last and each.deed in deeds), None)


def _span(made: Made, block: Block) -> dict[str, Fact]:
    zone = made.site.timezone
    return {"later_from": clock(block.start_utc, zone), "later_to": clock(block.end_utc, zone)}


def other_road(made: Made, block: Block) -> tuple[Phrase, float] | None:
    """Return what a battery's block would cost more if something else were done, with its sentence.

    A machine is compared with what it would do by itself, over its whole stay or the plan. A later purchase is compared
    with buying the same energy at once; any other move with rest, rest with covering the home or taking the surplus.
    Stored energy counts at the plan's own worth.
    """
    if block.deed == "on" and made.goal == COST:
        told = _told(made, block, "machine.else")
        return None if told is None else _compared("own", float(told.facts["else_eur"] or 0.0))
    if block.row >= len(made.batteries):
        return None
    now = _now_instead_eur(made, block) if block.deed == "fills_grid" and block.first > 0 else None
    if now is not None:
        return _compared("now", now)
    if made.goal != COST:
        return None
    if block.deed != "waits":
        return _compared(
            "rest", _cost_eur(made, block, np.zeros(block.last - block.first)) - _as_planned_eur(made, block)
        )
    return _moving_instead(made, block)


def _now_instead_eur(made: Made, block: Block) -> float | None:
    """Return what the same purchases would cost more in the first steps of the plan; None where they do not fit."""
    count = block.last - block.first
    if count > block.first:
        return None
    power_w = np.maximum(made.plan.power_w[block.row, block.steps], 0.0)
    rest_w = others_w(made, block.row)[:count]
    buy, sell = made.prices.import_eur_per_kwh[:count], made.prices.export_eur_per_kwh[:count]

    def paid(grid_w: FloatArray) -> FloatArray:
        return np.asarray(np.maximum(grid_w, 0.0) * buy - np.maximum(-grid_w, 0.0) * sell)

    there = float((paid(rest_w + power_w) - paid(rest_w)).sum()) * made.grid.step_h / 1e3
    return there - block.cost_eur


def _moving_instead(made: Made, block: Block) -> tuple[Phrase, float] | None:
    battery, hours = made.batteries[block.row], made.grid.step_h
    gain, drain = conversion(battery)
    rest_w = others_w(made, block.row)[block.steps]
    level_wh = float(made.plan.energy_wh[block.row, block.first])
    if rest_w.mean() > RESTING_W:
        spare_wh = np.maximum(level_wh - battery.energy_min_wh, 0.0) / drain
        asked_wh = np.clip(rest_w, 0.0, battery.discharge_limit_w) * hours
        moved_w = -_until(asked_wh, spare_wh) / hours
        road = "cover"
    elif rest_w.mean() < -RESTING_W:
        room_wh = np.maximum(battery.energy_max_wh - level_wh, 0.0) / gain
        asked_wh = np.clip(-rest_w, 0.0, battery.charge_limit_w) * hours
        moved_w = _until(asked_wh, room_wh) / hours
        road = "take"
    else:
        return None
    if np.abs(moved_w).sum() * hours < 50.0:
        return None
    return _compared(road, _cost_eur(made, block, moved_w) - _as_planned_eur(made, block))


def _until(asked_wh: FloatArray, most_wh: float) -> FloatArray:
    """Return what is asked for step by step until the most is used up."""
    return np.asarray(np.diff(np.minimum(np.cumsum(asked_wh), most_wh), prepend=0.0))


def _as_planned_eur(made: Made, block: Block) -> float:
    return _cost_eur(made, block, made.plan.power_w[block.row, block.steps])


def _cost_eur(made: Made, block: Block, power_w: FloatArray) -> float:
    """Return what the steps of a block cost if its battery did this, stored energy counted at its worth."""
    gain, drain = conversion(made.batteries[block.row])
    grid_w = others_w(made, block.row)[block.steps] + power_w
    buy, sell = made.prices.import_eur_per_kwh[block.steps], made.prices.export_eur_per_kwh[block.steps]
    dual = made.plan.dual_eur_per_kwh[block.row, block.steps]
    paid = np.maximum(grid_w, 0.0) * buy - np.maximum(-grid_w, 0.0) * sell
    stored = dual * (gain * np.maximum(power_w, 0.0) - drain * np.maximum(-power_w, 0.0))
    return float((paid - stored).sum()) * made.grid.step_h / 1e3


def _compared(road: str, more_eur: float) -> tuple[Phrase, float]:
    how = "same" if abs(more_eur) < 0.005 else "more" if more_eur > 0 else "less"
    return phrase("other_road", f"{road}_{how}", {"else_eur": more_eur}), more_eur
