"""Which zone of a heat pump or chiller is cold, or hot, and when; and how warm a layered tank is below its top."""

from collections.abc import Iterator, Mapping

import numpy as np

from enerwise.core.outlook import Plan
from enerwise.core.time import show_local
from enerwise.core.units import FloatArray
from enerwise.plan.blocks.heat_pump import HeatPump
from enerwise.plan.blocks.water_heater import WaterHeater
from enerwise.plan.flexible import Flexible
from enerwise.serve.runs import equal_runs
from enerwise.serve.words import Fact

SHORT_K = 0.05
"""Less beyond a band is not told."""
Told = tuple[str, Mapping[str, Fact]]


def zone_reasons(block: Flexible, plan: Plan, zone: str) -> Iterator[Told]:
    """Yield key and facts for each of several zones, and of a tank with layers; nothing of anything simpler."""
    if isinstance(block, HeatPump) and len(block.building.zones) > 1:
        for at, name in enumerate(block.building.zones):
            yield _of_zone(block, at, plan.states[block.id][f"{name} temperature_degc"], plan, zone)
    if isinstance(block, WaterHeater) and block.tank.layers > 1:
        bottom = plan.states[block.id]["bottom temperature_degc"][1:]
        facts: dict[str, Fact] = {"asset": block.id, **_range(bottom)}
        yield "machine.layers", facts


def _of_zone(block: HeatPump, at: int, degc: FloatArray, plan: Plan, zone: str) -> Told:
    """Tell the longest stretch in which a zone is beyond its band, or how close it comes to the edge that costs."""
    after = degc[1:]
    beyond_k = after - block.high_degc[at] if block.cools else block.low_degc[at] - after
    facts: dict[str, Fact] = {"asset": block.id, "zone": block.building.zones[at], **_range(after)}
    word = "hot" if block.cools else "cold"
    runs = [run for run in equal_runs(beyond_k > SHORT_K) if beyond_k[run.start] > SHORT_K]
    if not runs:
        nearest = int(np.argmax(beyond_k))
        return f"machine.zone_not_{word}", facts | {"time": _clock(plan, nearest + 1, zone)}
    longest = max(runs, key=lambda run: run.stop - run.start)
    span: dict[str, Fact] = {"begin": _clock(plan, longest.start, zone), "until": _clock(plan, longest.stop, zone)}
    return f"machine.zone_{word}", facts | span | {"degrees": f"{beyond_k[longest].max():.1f}"}


def _range(degc: FloatArray) -> dict[str, Fact]:
    return {"coldest": f"{degc.min():.1f}", "warmest": f"{degc.max():.1f}"}


def _clock(plan: Plan, step: int, zone: str) -> str:
    return show_local(plan.grid.part(step, 0).start_utc, zone)[11:]
