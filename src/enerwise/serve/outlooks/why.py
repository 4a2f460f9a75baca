"""Why a plan is what it is, where that needs the solver: limits and next best times of its blocks, news and their cost.

Made when somebody asks, once for a plan: each block told and each piece of news is the problem solved once more.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from enerwise.core.outlook import Forecast
from enerwise.plan.changed import changed
from enerwise.plan.limits import Held, held
from enerwise.run.goals import COST
from enerwise.serve.change_reasons import Pair, forecasters, moves, news, together
from enerwise.serve.limit_reasons import Reason, Span, binding, other_time
from enerwise.serve.outlooks.blocks import Block, lanes
from enerwise.serve.outlooks.made import Made
from enerwise.serve.outlooks.phrases import phrase, shown_name

MOST_LIMITS: Final = 3
MOST_BLOCKS: Final = 12
"""Blocks whose next best time is told: those that move most."""
AT_REST: Final = ("waits", "produces", "held")


def why_view(
    made: Made,
    before: Made | None = None,
    *,
    forecasts: Sequence[Forecast] = (),
    forecasts_before: Sequence[Forecast] = (),
) -> dict[str, Any]:
    """Return the limits of every block, and what is different from the plan before.

    Under another goal than cost the plan's worths are weights, no money: then there is nothing to tell.

    Args:
        made: The plan.
        before: The plan before.
        forecasts: What the plan was made from.
        forecasts_before: The same of the plan before.

    Raises:
        PlanError: The solver failed.
    """
    told: dict[str, Any] = {"id": made.id, "before": None if before is None else before.id, "blocks": [], "news": None}
    if made.goal != COST:
        return told
    called = {each.id: each.name for each in made.site}
    names = {each: called.get(each) or shown_name(each) for each in made.plan.assets}
    told["blocks"] = _blocks(made, names)
    if before is not None and before.goal == COST:
        told["news"] = _news(made, before, names, _models(forecasts_before, forecasts))
    return told


def _blocks(made: Made, names: dict[str, str]) -> list[dict[str, Any]]:
    found = held(made.problem)
    spans = [
        (block, _span(made, block, lane.blocks[at + 1 :]))
        for lane in lanes(made)
        if lane.kind not in ("pv", "wind")
        for at, block in enumerate(lane.blocks)
    ]
    largest = sorted((each for each, _ in spans if each.deed not in AT_REST), key=lambda each: -each.energy_wh)
    searched = {each.id for each in largest[:MOST_BLOCKS]}
    return [_block(made, found, block, span, names, is_searched=block.id in searched) for block, span in spans]


def _span(made: Made, block: Block, later: Sequence[Block]) -> Span:
    until = next((each.first for each in later if each.deed not in AT_REST), made.grid.step_count)
    sign = 0 if block.deed in AT_REST else int(np.sign(made.plan.power_w[block.row, block.steps].sum()))
    return Span(block.asset, block.first, block.last, until, sign)


def _block(
    made: Made, found: Sequence[Held], block: Block, span: Span, names: dict[str, str], *, is_searched: bool
) -> dict[str, Any]:
    name, zone = names[block.asset], made.site.timezone
    limits = binding(made.problem, found, span, name)[:MOST_LIMITS]
    other = other_time(made.problem, made.plan, span, name, zone) if is_searched else None
    return {
        "block": block.id,
        "asset": block.asset,
        "limits": [_priced(each) for each in limits],
        "elsewhere": None if other is None else _priced(other),
    }


def _news(made: Made, before: Made, names: dict[str, str], models: dict[str, tuple[str, str]]) -> dict[str, Any] | None:
    pair = Pair(before.problem, before.plan, made.problem, made.plan, made.site.timezone, names, models)
    found = changed(before.problem, before.plan, made.problem, made.plan)
    if found is None:
        return None
    rest = together(found)
    return {
        "cost_eur": found.more_eur,
        "causes": [
            {
                "group": each.cause.group,
                "asset": each.cause.subject or None,
                "cost_eur": None if each.effect is None else each.cause.more_eur,
                "what": _told(each.what),
                "effect": None if each.effect is None else _told(each.effect),
            }
            for each in news(pair, found)
        ],
        "together": None if rest is None else _told(rest),
        "forecasters": [_told(each) for each in forecasters(pair)],
        "moves": [
            {
                "asset": each.asset,
                "energy_kwh": float(each.what.facts["moved_wh"] or 0.0) / 1e3,
                "group": None if each.cause is None else each.cause.group,
                "what": _told(each.what),
                "owed": _told(each.owed),
            }
            for each in moves(pair, found)
        ],
    }


def _models(before: Sequence[Forecast], now: Sequence[Forecast]) -> dict[str, tuple[str, str]]:
    """Return who foresaw a channel and who does now, where that is somebody else."""
    was = {str(each.key): each.model for each in before}
    pairs = {str(each.key): (was.get(str(each.key), each.model), each.model) for each in now}
    return {channel: models for channel, models in pairs.items() if models[0] != models[1]}


def _told(reason: Reason) -> dict[str, Any]:
    group, _, code = reason.key.partition(".")
    said = phrase(group, code, reason.facts)
    return {"code": code, "text": said.text, "facts": said.facts}


def _priced(reason: Reason) -> dict[str, Any]:
    return {**_told(reason), "eur": reason.eur}
