"""Sub-meters in words: what each counts, what of that is named, what is left, and where the parts are too much."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.core.time import TimeGrid
from enerwise.core.units import FloatArray, show_energy
from enerwise.serve.tables import table
from enerwise.site.site import GRID, Site
from enerwise.site.submeters import Split, splits
from enerwise.store.store import Store

if TYPE_CHECKING:
    from rich.table import Table

TOO_MUCH_RATIO: Final = 0.02
"""Two meters of the same current may differ by this much of what is counted."""
TOO_MUCH_W: Final = 20.0


def measured_splits(store: Store, site: Site, grid: TimeGrid) -> list[Split[FloatArray]]:
    """Return what each meter of a site counted over a span, in each step. [W]"""
    names = [GRID, *(each.id for each in site), *(each.meter for each in site.circuits if each.meter)]
    frame = store.read_frame([Key(each, POWER_W) for each in names], grid)
    known = {each: frame.value[:, at] for at, each in enumerate(names)}
    whole = known.pop(GRID)
    return list(splits(site.circuits, [each.id for each in site], known, whole))


def meters_table(found: list[Split[FloatArray]], step_h: float) -> "Table":
    """Return a row for each meter: what it counted, what of that is named, what is left."""
    made = table("Meters", "Meter", "Counted", "Named", "Left", left=1)
    for each in found:
        counted_wh, left_wh = float(each.counted.sum()) * step_h, float(each.left.sum()) * step_h
        named_wh = counted_wh - left_wh
        # What rounding leaves is nothing.
        left_wh = left_wh if abs(left_wh) >= 0.5 else 0.0
        made.add_row(each.circuit or "connection", *map(show_energy, (counted_wh, named_wh, left_wh)))
    return made


def remarks(found: list[Split[FloatArray]], step_h: float) -> Iterator[str]:
    """Yield where the parts of a meter are more than it counts, with what to look at."""
    for each in found:
        over_wh = -float(each.left.sum()) * step_h
        floor_wh = TOO_MUCH_W * step_h * each.counted.size
        if not over_wh > max(TOO_MUCH_RATIO * float(abs(each.counted).sum()) * step_h, floor_wh):
            continue
        place = f"circuit {each.circuit}" if each.circuit else "connection"
        yield (
            f"what hangs on the {place} took {show_energy(over_wh)} more than its meter counted: a meter counts wrong "
            f"or the other way round, or one of {', '.join(each.parts)} hangs elsewhere"
        )


def now_facts(site: Site, powers_w: Mapping[str, float]) -> Iterator[tuple[str, dict[str, float | str | None]]]:
    """Yield a sentence of the catalogue for each sub-meter, with its facts, from powers at one moment. [W]"""
    for each in splits(site.circuits, [asset.id for asset in site], powers_w):
        over = each.left < -max(TOO_MUCH_W, TOO_MUCH_RATIO * abs(each.counted))
        facts: dict[str, float | str | None] = {"circuit": each.circuit, "counted_w": each.counted, "left_w": each.left}
        yield "meters.circuit_over" if over else "meters.circuit", facts | {"parts": ", ".join(each.parts) or "nothing"}
