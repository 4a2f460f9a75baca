"""What happens in the homes of a community: load, sun and driving, generated or recorded, for all homes at once.

Generated homes share the weather of one place, as neighbours do. Recorded ones come from people's files; the gaps of a
recording are filled with the same time of the day before, so that every strategy meets the same homes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.quantity import AVAILABLE_POWER_W, POWER_W
from enerwise.core.series import Frame, Key
from enerwise.core.time import DAY_S, TimeGrid, local_fields
from enerwise.core.units import FloatArray
from enerwise.physics import household, pv, weather
from enerwise.physics.habits import OCCASIONS, Habits
from enerwise.physics.vehicle import Trips, draw_trips
from enerwise.run.community_entries import CommunityEntry, HomesEntry, PriceEntry, RecordedEntry
from enerwise.run.community_homes import Community, lay_out
from enerwise.site.tariff import PriceSeries, Tariff
from enerwise.store.columns import ColumnMap
from enerwise.store.files import read_measurements, read_prices

PLACE: Final = weather.Place()
FILES: Final = (".csv", ".tsv", ".parquet")
HOME: Final = "home"
ROOF: Final = "roof"


@dataclass(frozen=True, slots=True)
class Supply:
    """Means of each slot of history and play. Shapes (home, slot); load above zero, available PV zero or below."""

    load_w: FloatArray
    available_w: FloatArray
    trips: Trips
    """Shapes (vehicle, slot)"""
    gap_count: int = 0
    """Slots of recorded homes that were filled."""


def build(entry: CommunityEntry, folder: Path) -> tuple[Community, Supply]:
    """Lay out a community and what happens in it; the same file gives the same homes.

    Args:
        entry: The community file.
        folder: Where the files it names are looked for.

    Raises:
        ProblemsFound: Everything wrong with the files, or the span is not within them.
    """
    rng = np.random.default_rng(entry.seed)
    problems: list[Problem] = []
    tariff = _tariff(entry, folder, problems)
    frames = [_frames(group, at, folder, problems) for at, group in enumerate(entry.homes)]
    if problems or tariff is None:
        raise ProblemsFound(entry.name, problems)
    names = [_names(group, each) for group, each in zip(entry.homes, frames, strict=True)]
    community = lay_out(entry, tariff, names, rng=rng)
    return community, _supply(community, [list(each.values()) for each in frames], names, rng)


# ---------------------------------------------------------------------------------------------------------------
# Files


def _tariff(entry: CommunityEntry, folder: Path, problems: list[Problem]) -> Tariff | None:
    before = len(problems)
    buy = _series("prices.import", entry.prices.import_, entry.timezone, folder, problems)
    sell = _series("prices.export", entry.prices.export, entry.timezone, folder, problems)
    if len(problems) > before:
        return None
    return Tariff(entry.prices.import_.priced(buy), entry.prices.export.priced(sell))


def _series(place: str, entry: PriceEntry, zone: str, folder: Path, problems: list[Problem]) -> PriceSeries | None:
    if entry.file is None:
        return None
    path = folder / entry.file
    if not path.is_file():
        problems.append(
            Problem(f"{place}.file", f"{entry.file!r} is not there", "write the path as seen from the file")
        )
        return None
    try:
        return read_prices(path, zone=zone, clock=entry.clock, time=entry.time, price=entry.column, unit=entry.unit)
    except ProblemsFound as error:
        problems += [Problem(f"{place}.file: {each.place}", each.message, each.remedy) for each in error.problems]
        return None


def _frames(entry: HomesEntry, at: int, folder: Path, problems: list[Problem]) -> dict[str, Frame]:
    """Return the measurements of recorded homes by name; none for generated ones."""
    if entry.recorded is None:
        return {}
    recorded, place = entry.recorded, f"homes[{at}].recorded"
    sources = _sources(recorded, folder)
    if not sources:
        remedy = "write the path as seen from the file; a folder holds a CSV or Parquet file for each home"
        problems.append(Problem(place, f"{recorded.file or recorded.folder!r} is not there, or empty", remedy))
    if entry.count is not None and entry.count != len(sources):
        problems.append(Problem(f"{place}.count", f"{entry.count} homes, {len(sources)} are recorded", "leave it out"))
    times = recorded.pv_times * (len(sources) if len(recorded.pv_times) == 1 else 1)
    if sources and len(times) != len(sources):
        remedy = "write one factor, or one for each home"
        problems.append(Problem(f"{place}.pv_times", f"{len(times)} factors for {len(sources)} homes", remedy))
        return {}
    frames = {}
    for (name, path, where), factor in zip(sources, times, strict=True):
        try:
            frames[f"{entry.name}-{name}"] = _frame(path, recorded, where, factor)
        except ProblemsFound as error:
            problems += [Problem(f"{place} {name}: {each.place}", each.message, each.remedy) for each in error.problems]
    return frames


def _sources(recorded: RecordedEntry, folder: Path) -> list[tuple[str, Path, dict[str, str]]]:
    """Return name, file and row filter of each recorded home."""
    if recorded.folder is not None:
        files = sorted(each for each in (folder / recorded.folder).glob("*") if each.suffix.lower() in FILES)
        kept = [each for each in files if recorded.homes is None or each.stem in recorded.homes]
        return [(each.stem, each, {}) for each in kept]
    path = folder / str(recorded.file)
    wanted = recorded.homes if path.is_file() and recorded.homes else ()
    return [(each, path, {str(recorded.by): each}) for each in wanted]


def _frame(path: Path, recorded: RecordedEntry, where: dict[str, str], pv_factor: float) -> Frame:
    mapping = recorded.columns or {"load": "load_w", "pv": "pv_w"}
    columns = ColumnMap.parse({**mapping, **({"where": where} if where else {})}, source="columns")
    scaled = [replace(each, times=each.times * pv_factor) if each.target == "pv" else each for each in columns.columns]
    return read_measurements(path, replace(columns, columns=tuple(scaled)), load=HOME, pv=ROOF)


def _names(entry: HomesEntry, frames: dict[str, Frame]) -> list[str]:
    return list(frames) if entry.recorded else [f"{entry.name}-{at + 1}" for at in range(entry.count or 0)]


# ---------------------------------------------------------------------------------------------------------------
# Arrays


def _supply(
    community: Community, frames: Sequence[list[Frame]], names: Sequence[list[str]], rng: np.random.Generator
) -> Supply:
    whole = community.whole
    load_w, available_w = _generated(community, rng)
    first, gaps, problems = 0, 0, list[Problem]()
    for group, each in zip(frames, names, strict=True):
        for at, frame in enumerate(group):
            recorded = _laid(frame, whole)
            if recorded is None:
                problems.append(_outside(each[at], frame, whole))
                continue
            load_w[first + at], gap = _without_gaps(recorded[0], whole)
            available_w[first + at], _ = _without_gaps(recorded[1], whole)
            gaps += gap
        first += len(each)
    if problems:
        raise ProblemsFound(community.name, problems)
    local_s = local_fields(whole.starts_utc, community.timezone).second
    trips = draw_trips(community.vehicles, local_s, whole.step_s, rng=rng)
    return Supply(load_w, available_w, trips, gaps)


def _generated(community: Community, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Draw all homes, recorded ones too, so that no home depends on what another one is."""
    whole = community.whole
    habits = _without_vehicle(household.draw_habits(rng, len(community)), community)
    sky = weather.draw(whole, PLACE, rng=rng)
    load_w = household.draw_load_w(habits, whole, community.timezone, rng=rng, temperature_degc=sky.temperature_degc)
    middle_utc = whole.starts_utc + np.timedelta64(whole.step_s * 500, "ms")
    on_plane = pv.plane_w_per_m2(
        sky.irradiance_w_per_m2, middle_utc, latitude_deg=PLACE.latitude_deg, longitude_deg=PLACE.longitude_deg
    )
    per_peak = pv.available_w(on_plane, sky.temperature_degc, 1.0)
    return load_w, np.multiply.outer(per_peak, community.peak_w).T


def _without_vehicle(habits: Habits, community: Community) -> Habits:
    """Leave vehicles to `enerwise.physics.vehicle`: the household's own one would charge whatever it costs."""
    chance_ratio = habits.chance_ratio.copy()
    chance_ratio[:, [each.appliance == "ev" for each in OCCASIONS]] = 0.0
    return replace(habits, chance_ratio=chance_ratio) if len(community.vehicles) else habits


def _laid(frame: Frame, grid: TimeGrid) -> tuple[FloatArray, FloatArray] | None:
    """Lay a recording on the grid, None where it does not cover it: hours repeat in halves, quarters are averaged."""
    step_s = int((frame.known_at[0] - frame.start_utc[0]) / np.timedelta64(1, "s"))
    if max(step_s, grid.step_s) % min(step_s, grid.step_s):
        return None
    fine = TimeGrid(grid.start_utc, min(step_s, grid.step_s), grid.step_count * max(1, grid.step_s // step_s))
    row = (fine.starts_utc - frame.start_utc[0]) // np.timedelta64(step_s, "s")
    if row[0] < 0 or row[-1] >= len(frame):
        return None
    columns = [_column(frame, key)[row] for key in (Key(HOME, POWER_W), Key(ROOF, AVAILABLE_POWER_W))]
    load_w, available_w = (each.reshape(grid.step_count, -1).mean(axis=1) for each in columns)
    return load_w, available_w


def _column(frame: Frame, key: Key) -> FloatArray:
    return frame.column(key) if key in frame.keys else np.zeros(len(frame))


def _outside(name: str, frame: Frame, grid: TimeGrid) -> Problem:
    first, last = (str(each)[:10] for each in (frame.start_utc[0], frame.start_utc[-1]))
    message = f"is recorded from {first} to {last}, asked is {str(grid.start_utc)[:10]} to {str(grid.end_utc)[:10]}"
    remedy = "choose 'start', 'days' and 'history' within it, and a 'step' that fits its own"
    return Problem(name, message, remedy)


def _without_gaps(value: FloatArray, grid: TimeGrid) -> tuple[FloatArray, int]:
    gaps, day = np.flatnonzero(np.isnan(value)), DAY_S // grid.step_s
    whole = value.copy()
    for at in gaps:
        # One by one and forwards: a gap longer than a day is filled from what was filled before.
        whole[at] = whole[at - day] if at >= day else 0.0
    return whole, int(gaps.size)
