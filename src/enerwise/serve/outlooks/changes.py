"""What is different from the plan before, and what made it so. Only what both plans speak of is compared."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from enerwise.core.event import Event
from enerwise.core.units import FloatArray
from enerwise.serve.outlooks.blocks import Block, Lane, lanes
from enerwise.serve.outlooks.made import Made
from enerwise.serve.outlooks.phrases import Phrase, both, clock, phrase, shown_name
from enerwise.serve.words import LANGUAGES, Fact, sentence

LEAST_WH: Final = 300.0
LEAST_RATIO: Final = 0.05
"""Forecasts that differ by less are the same."""
LEAST_LEVEL_RATIO: Final = 0.02
LEAST_BLOCK_WH: Final = 500.0
MOST_BLOCKS: Final = 3
"""Changed blocks that are told; the lanes show the rest."""
MOVED_STEPS: Final = 2


def changes(before: Made, after: Made, *, overrides: Sequence[Event] = ()) -> list[Phrase]:
    """Return causes first, then the blocks that changed.

    Args:
        before: The plan before.
        after: The plan in force.
        overrides: What people asked for between the two.
    """
    return [*_causes(before, after, overrides), *_blocks(before, after)]


def _causes(before: Made, after: Made, overrides: Sequence[Event]) -> Iterator[Phrase]:
    if before.goal != after.goal:
        yield _named("goal", {"before": f"goal.{before.goal}", "after": f"goal.{after.goal}"})
    yield from _forecast("load", before, after, before.load_w, after.load_w)
    yield from _forecast("sun", before, after, -before.available_w.sum(axis=0), -after.available_w.sum(axis=0))
    yield from _prices(before, after)
    yield from _levels(before, after)
    for each in overrides:
        yield phrase(
            "changed", "override", {"at": clock(each.at, after.site.timezone), "asset": shown_name(each.subject)}
        )


def _shared(before: Made, after: Made) -> tuple[slice, slice] | None:
    """Return where the steps of both plans lie; None where they have none in common."""
    if before.grid.step_s != after.grid.step_s:
        return None
    shift = before.grid.step_at(after.grid.start_utc)
    count = min(before.grid.step_count - shift, after.grid.step_count)
    return (slice(shift, shift + count), slice(0, count)) if shift >= 0 and count > 0 else None


def _forecast(name: str, before: Made, after: Made, was_w: FloatArray, is_w: FloatArray) -> Iterator[Phrase]:
    spans = _shared(before, after)
    if spans is None:
        return
    was_wh, is_wh = (
        float(each[span].sum()) * after.grid.step_h for each, span in zip((was_w, is_w), spans, strict=True)
    )
    moved_wh = is_wh - was_wh
    if abs(moved_wh) >= max(LEAST_WH, LEAST_RATIO * abs(was_wh)):
        way = "more" if moved_wh > 0 else "less"
        yield phrase("changed", f"{name}_{way}", {"moved_wh": moved_wh, "before_wh": was_wh, "after_wh": is_wh})


def _prices(before: Made, after: Made) -> Iterator[Phrase]:
    spans = _shared(before, after)
    if spans is None:
        return
    news = after.is_published[spans[1]] & ~before.is_published[spans[0]]
    if news.any():
        buy = after.prices.import_eur_per_kwh[spans[1]][news]
        hours = float(news.sum()) * after.grid.step_h
        low, high = float(buy.min()), float(buy.max())
        yield phrase("changed", "prices", {"hours": hours, "low_eur_per_kwh": low, "high_eur_per_kwh": high})


def _levels(before: Made, after: Made) -> Iterator[Phrase]:
    step = before.grid.step_at(after.grid.start_utc)
    if not 0 <= step <= before.grid.step_count:
        return
    for row, battery in enumerate(after.batteries):
        if battery.id not in before.plan.assets:
            continue
        expected_wh = float(before.plan.energy_wh[before.plan.assets.index(battery.id), step])
        off_ratio = (float(after.problem.start_wh[row]) - expected_wh) / battery.capacity_wh
        if abs(off_ratio) >= LEAST_LEVEL_RATIO:
            facts: dict[str, Fact] = {
                "asset": shown_name(battery.id),
                "off_ratio": abs(off_ratio),
                "expected_ratio": expected_wh / battery.capacity_wh,
                "level_ratio": float(after.problem.start_wh[row]) / battery.capacity_wh,
            }
            yield phrase("changed", "level_above" if off_ratio > 0 else "level_below", facts)


def _blocks(before: Made, after: Made) -> list[Phrase]:
    """Tell of the largest blocks that moved, appeared or vanished within the steps of both plans."""
    if _shared(before, after) is None:
        return []
    found: list[tuple[float, Phrase]] = []
    old = {lane.asset: lane for lane in lanes(before)}
    for lane in lanes(after):
        if lane.kind == "battery":
            found += _lane_changes(old.get(lane.asset, Lane(lane.asset, lane.kind, ())), lane, before, after)
    found.sort(key=lambda each: -each[0])
    return [each for _, each in found[:MOST_BLOCKS]]


def _lane_changes(was: Lane, now: Lane, before: Made, after: Made) -> Iterator[tuple[float, Phrase]]:
    old = [each for each in was.blocks if _counts(each) and each.end_utc > after.grid.start_utc]
    new = [each for each in now.blocks if _counts(each) and each.start_utc < before.grid.end_utc]
    for block in new:
        same = [each for each in old if each.deed == block.deed]
        match = min(same, key=lambda each: abs(each.start_utc - block.start_utc), default=None)
        overlaps = match is not None and match.start_utc < block.end_utc and block.start_utc < match.end_utc
        if match is not None:
            old.remove(match)
        if match is None and block.end_utc <= before.grid.end_utc:
            yield block.energy_wh, _told("appeared", block, after)
        elif match is not None and (not overlaps or _is_moved(match, block, after)):
            yield block.energy_wh, _told("moved", block, after, match)
    for block in old:
        if block.start_utc >= after.grid.start_utc:
            yield block.energy_wh, _told("vanished", block, after)


def _counts(block: Block) -> bool:
    return block.deed != "waits" and block.energy_wh >= LEAST_BLOCK_WH


def _is_moved(match: Block, block: Block, after: Made) -> bool:
    """Tell whether a block that has not begun yet begins at another time."""
    if match.start_utc < after.grid.start_utc or block.first == 0:
        return False
    return bool(abs(match.start_utc - block.start_utc) > np.timedelta64(MOVED_STEPS * after.grid.step_s, "s"))


def _told(how: str, block: Block, made: Made, match: Block | None = None) -> Phrase:
    zone = made.site.timezone
    facts: dict[str, float | str] = {
        "asset": shown_name(block.asset),
        "from": clock(block.start_utc, zone),
        "to": clock(block.end_utc, zone),
        "energy_wh": block.energy_wh,
    }
    if match is not None:
        facts |= {"was_from": clock(match.start_utc, zone), "was_to": clock(match.end_utc, zone)}
    return _named(how, {"deed": f"deed.{block.deed}"}, facts)


def _named(code: str, words: dict[str, str], facts: dict[str, float | str] | None = None) -> Phrase:
    """Return a phrase some of whose facts are words of the catalogue, in each language its own."""
    names = {name: both(key) for name, key in words.items()}
    known = facts or {}
    text = {
        language: sentence(
            f"changed.{code}", {**known, **{name: each[language] for name, each in names.items()}}, language
        )
        for language in LANGUAGES
    }
    return Phrase(code, text, {**known, **{name: key.partition(".")[2] for name, key in words.items()}})
