"""People's files: measurements, outlooks and prices from CSV or Parquet, tables back to them.

Whatever is wrong with a file is reported together, by row, value and remedy; nothing is guessed and nothing skipped.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.series import Frame, Key, Quality
from enerwise.core.time import DAY_S, TIME_TYPE, TimeArray, TimeGrid, local_fields
from enerwise.core.units import BoolArray, ByteArray, Dimension, FloatArray, IntArray, parse
from enerwise.site.tariff import PriceSeries
from enerwise.store.columns import DEFAULT_LOAD, DEFAULT_PV, LOAD, PV, Column, ColumnMap
from enerwise.store.rows import Rows, find_rows
from enerwise.store.stamps import NO_TIME, from_wall
from enerwise.store.table import CONFIG, PARQUET_FILES, TEXT_FILES, Table, open_table, quoted_name, quoted_text

NOISE_W: Final = 20.0
"""Sensors of PV plants and meters read so much below zero at rest."""
NIGHT_DAYS: Final = 15
"""A time of day is night while within so many days either way nothing above zero was measured at it."""
EVENT: Final = "import_limit_w"
WIND: Final = "wind_m_per_s"
"""Column of the limit that demand-response events set."""
DUSK_S: Final = 5400
"""So long before and after the night a plant may be too dark to report anything."""
PUBLISHED_S: Final = 13 * 3600
"""Day-ahead prices are public at 13:00 local time on the day before."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a person expects of the coming steps. Shapes (step,), house sign: positive is taken."""

    grid: TimeGrid
    load_w: FloatArray
    pv_w: FloatArray
    """What the PV plant could deliver, zero or below."""
    price_import_eur_per_kwh: FloatArray | None = None
    price_export_eur_per_kwh: FloatArray | None = None
    carbon_g_per_kwh: FloatArray | None = None
    outdoor_degc: FloatArray | None = None
    """Air outside, for heat pumps."""
    import_limit_w: FloatArray | None = None
    """Most import asked for by a demand-response event; infinite where none is."""
    wind_m_per_s: FloatArray | None = None
    """Wind, for turbines."""


def read_measurements(
    path: str | Path, columns: ColumnMap | None = None, *, load: str | None = "home", pv: str | None = "roof"
) -> Frame:
    """Read measured history.

    Args:
        path: CSV or Parquet, by default with the columns ``start_utc, load_w, pv_w``; further ones are passed over.
        columns: How other files are to be read.
        load: Id of the load; None where the default columns hold none.
        pv: Id of the PV plant; None where the default columns hold none.

    Returns:
        A row for every step from the first to the last, missing where the file has none, known at the step's end:
        load as ``power_w``, PV as ``available_power_w``, in the house sign. A load that is measured below zero by more
        than sensor noise is kept as suspect; what was filled in for an empty cell is estimated.

    Raises:
        ProblemsFound: Everything wrong with the file.
    """
    columns = columns or _default_columns(load, pv)
    with open_table(path, columns.where) as table:
        names = [column.name for column in columns.columns if table.has(column.name)]
        rows = find_rows(table, columns)
        value = {column: table.numbers(column.name) for column in columns.columns if column.name in names}
        channels = [_channel(table, column, each, rows) for column, each in value.items() if rows is not None]
        table.raise_problems()
    assert rows is not None
    keys = tuple(column.key(load=load or LOAD, pv=pv or PV) for column in value)
    return _frame(keys, rows.grid, channels)


def read_outlook(path: str | Path) -> Outlook:
    """Read what a person expects, for a plan.

    Args:
        path: CSV or Parquet with ``start_utc, load_w, pv_w`` (available production, zero or above) and, as far as
            known, ``price_import_eur_per_kwh, price_export_eur_per_kwh, carbon_g_per_kwh, outdoor_degc, wind_m_per_s``;
            every step, no empty cell. ``import_limit_w`` is the most import that a demand-response event asks for, zero
            or above, empty where there is none.

    Raises:
        ProblemsFound: Everything wrong with the file.
    """
    optional = ("price_import_eur_per_kwh", "price_export_eur_per_kwh", "carbon_g_per_kwh", "outdoor_degc", EVENT, WIND)
    with open_table(path) as table:
        names = [name for name in ("load_w", "pv_w") if table.has(name)] + [
            each for each in optional if each in table.names
        ]
        rows = find_rows(table, ColumnMap((DEFAULT_LOAD, DEFAULT_PV)))
        value = {name: table.numbers(name) for name in names}
        if EVENT in value:
            value[EVENT] = _event_limit_w(table, value[EVENT])
        if WIND in value:
            table.tell(value[WIND] < 0, WIND, value[WIND], "is below zero", "write the speed of the wind in m/s")
        for name, each in value.items():
            table.tell(np.isnan(each), name, each, "is no number to plan with", "write a number in every row")
        if rows is not None and (absent := rows.absent()).size:
            first = rows.grid.part(int(absent[0]), 1).start_utc
            message = f"{absent.size} steps are left out, the first at {first} UTC"
            table.problems.append(Problem("column start_utc", message, "write every step"))
        if "pv_w" in value:
            value["pv_w"] = _house_sign(table, "pv_w", value["pv_w"])
        table.raise_problems()
    assert rows is not None
    return Outlook(rows.grid, value["load_w"], value["pv_w"], *(value.get(name) for name in optional))


def read_prices(
    path: str | Path,
    *,
    zone: str = "UTC",
    clock: str = "wall",
    time: str | None = None,
    price: str | None = None,
    unit: str | None = None,
) -> PriceSeries:
    """Read energy prices.

    Args:
        path: CSV or Parquet with ``start_utc`` or ``start_local``, ``price_eur_per_kwh`` or ``price_eur_per_mwh``, and
            ``known_at_utc`` where it is known when each price was published.
        zone: Time zone of the market: of local stamps, and of the 13:00 on the day before at which prices are taken to
            be public where the file does not tell.
        clock: ``24h`` for a local clock that has 24 rows on every day; the hour that autumn repeats has one price then.
        time: Name of the time column, where it is another; in UTC if that ends in ``_utc``, else in ``zone``.
        price: Name of the price column, where it is another.
        unit: Unit of that column, such as ``ct/kWh``.

    Raises:
        ProblemsFound: Everything wrong with the file.
    """
    with open_table(path) as table:
        time = time or ("start_local" if "start_local" in table.names else "start_utc")
        price = price or ("price_eur_per_mwh" if "price_eur_per_mwh" in table.names else "price_eur_per_kwh")
        unit = unit or ("EUR/MWh" if price.endswith("_mwh") else "EUR/kWh")
        rows = find_rows(
            table, ColumnMap((), time=time, timezone="UTC" if time.endswith("_utc") else zone, clock=clock)
        )
        value = table.numbers(price) * parse(f"1 {unit}", Dimension.ENERGY_PRICE) if table.has(price) else None
        known_ms = _known_ms(table)
        table.raise_problems()
    assert rows is not None and value is not None
    laid = rows.lay(value)
    known_at = _publication(rows, known_ms, zone)
    if clock == "24h":
        hour = 3600 // rows.grid.step_s
        twice = rows.step[rows.is_twice & (rows.step + hour < laid.size)]
        laid[twice + hour] = np.where(np.isnan(laid[twice + hour]), laid[twice], laid[twice + hour])
    kept = ~np.isnan(laid)
    if not kept.any():
        raise ProblemsFound(str(path), [Problem(f"column {price}", "holds no price", "write numbers")])
    return PriceSeries(rows.grid.starts_utc[kept], laid[kept], rows.grid.step_s, known_at[kept])


def public_day_ahead(starts_utc: TimeArray, zone: str) -> TimeArray:
    """Return when day-ahead prices are public: at 13:00 on the local day before the one they are for. Same shape"""
    day, where = np.unique(local_fields(starts_utc, zone).day, return_inverse=True)
    return from_wall(((day - 1) * DAY_S + PUBLISHED_S) * 1000, zone).at_ms.view(TIME_TYPE)[where]


def write_table(path: str | Path, columns: Mapping[str, NDArray[Any]]) -> None:
    """Write columns of one length as CSV or Parquet, by the ending of the name.

    Times are UTC, in CSV with a Z; NaN is an empty cell. The file appears whole or not at all.

    Raises:
        ProblemsFound: The name has another ending, or the file cannot be written.
    """
    import duckdb

    path = Path(path)
    if path.suffix.lower() not in TEXT_FILES + PARQUET_FILES:
        raise ProblemsFound(str(path), [Problem(path.name, "the ending is not known here", "use .csv or .parquet")])
    if len({column.shape for column in columns.values()}) != 1:
        raise ValueError(f"columns differ in shape: { {name: each.shape for name, each in columns.items()} }")
    is_text = path.suffix.lower() in TEXT_FILES
    data = {f"c{place}": _plain(column) for place, column in enumerate(columns.values())}
    selected = ", ".join(_selected(f"c{place}", name, data, is_text) for place, name in enumerate(columns))
    tab = ", delimiter '\t'" if path.suffix.lower() == ".tsv" else ""
    form = f"FORMAT csv, HEADER{tab}" if is_text else "FORMAT parquet, COMPRESSION zstd"
    part = path.with_name(f".{path.name}.part")
    try:
        with duckdb.connect(":memory:", config=CONFIG) as connection:
            connection.execute(f"COPY (SELECT {selected} FROM data) TO {quoted_text(str(part))} ({form})")
        part.replace(path)
    except (duckdb.Error, OSError) as error:
        part.unlink(missing_ok=True)
        reason = str(error).partition("\n")[0]
        raise ProblemsFound(str(path), [Problem(path.name, reason, "check folder, rights and space")]) from error


def _plain(column: NDArray[Any]) -> NDArray[Any]:
    """Return a column in a type that DuckDB reads."""
    match column.dtype.kind:
        case "M":
            return column.astype("datetime64[us]")
        case "U" | "O":
            return np.array([None if each is None else str(each) for each in column], dtype=object)
        case _:
            return column


def _selected(column: str, name: str, data: Mapping[str, NDArray[Any]], is_text: bool) -> str:
    """Return the SQL that writes one column under its name."""
    match data[column].dtype.kind:
        case "M" if is_text:
            whole = not np.any(data[column].astype("datetime64[s]") != data[column])
            form = "%Y-%m-%dT%H:%M:%SZ" if whole else "%Y-%m-%dT%H:%M:%S.%gZ"
            value = f"strftime({column}, '{form}')"
        case "f":
            value = f"CASE WHEN isnan({column}) THEN NULL ELSE {column} END"
        case _:
            value = column
    return f"{value} AS {quoted_name(name)}"


def _publication(rows: Rows, known_ms: IntArray | None, zone: str) -> TimeArray:
    """Return when the price of each step was public: as the file says, else by the custom of day-ahead markets."""
    if known_ms is None:
        return public_day_ahead(rows.grid.starts_utc, zone)
    laid_ms = np.full(rows.grid.step_count, NO_TIME)
    laid_ms[rows.step] = known_ms[rows.source]
    return laid_ms.view(TIME_TYPE)


def _known_ms(table: Table) -> IntArray | None:
    return table.stamps("known_at_utc").at_ms if "known_at_utc" in table.names else None


# ---------------------------------------------------------------------------------------------------------------
# Columns as channels


def _default_columns(load: str | None, pv: str | None) -> ColumnMap:
    named = [column for column, asset in ((DEFAULT_LOAD, load), (DEFAULT_PV, pv)) if asset is not None]
    if not named:
        raise ValueError("measurements of neither load nor PV leave nothing to read")
    return ColumnMap(tuple(named))


def _channel(table: Table, column: Column, number: FloatArray, rows: Rows) -> tuple[FloatArray, ByteArray]:
    """Turn a column of numbers into a channel on the grid: values in the house sign, and their quality."""
    value = number * column.factor(step_s=rows.grid.step_s)
    is_empty = np.isnan(value)
    if column.target == PV:
        value = _house_sign(table, column.name, value)
    laid = rows.lay(value)
    filled = _filled(column, laid, rows.lay(is_empty.astype(np.float64)) == 1.0, rows.grid)
    laid = np.where(filled, 0.0, laid)
    quality = np.where(np.isnan(laid), Quality.MISSING, np.where(filled, Quality.ESTIMATED, Quality.GOOD))
    if column.target == LOAD:
        quality = np.where(laid < -NOISE_W, Quality.SUSPECT, quality)
    return laid, quality.astype(np.uint8)


def _house_sign(table: Table, name: str, production_w: FloatArray) -> FloatArray:
    """Turn production, zero or above, into power in the house sign; noise below zero is zero."""
    remedy = "write production as zero or above, or 'times: -1' in a column map where it is written below zero"
    table.tell(production_w < -NOISE_W, name, production_w, f"is below zero by more than {NOISE_W:g} W", remedy)
    return 0.0 - np.maximum(production_w, 0.0)


def _event_limit_w(table: Table, limit_w: FloatArray) -> FloatArray:
    """Return the limit of each row, infinite where no event asks for one."""
    table.tell(limit_w < 0, EVENT, limit_w, "is below zero", "write the most import as 0 W or above, or leave it empty")
    return np.where(np.isnan(limit_w), np.inf, limit_w)


def _filled(column: Column, value: FloatArray, is_empty: BoolArray, grid: TimeGrid) -> BoolArray:
    """Tell which empty cells stand for zero."""
    match column.empty_is:
        case "zero":
            return is_empty
        case "night":
            return is_dark(value, is_empty, grid.step_s)
        case _:
            return np.zeros(value.size, dtype=np.bool_)


def is_dark(pv_w: FloatArray, is_empty: BoolArray, step_s: int) -> BoolArray:
    """Tell which empty steps are night, or dusk: up to 90 minutes from a night with nothing measured in between."""
    night = is_night(pv_w, step_s)
    step = np.arange(pv_w.size)
    dark = np.zeros(pv_w.size, dtype=np.bool_)
    for way in (slice(None), slice(None, None, -1)):
        # Steps since the last night, and since the last value by day: dusk where the night is nearer.
        since_night = step - np.maximum.accumulate(np.where(night[way], step, -pv_w.size))
        since_value = step - np.maximum.accumulate(np.where((~night & ~is_empty)[way], step, -pv_w.size))
        dark[way] |= (since_night < since_value) & (since_night * step_s <= DUSK_S)
    return is_empty & dark


def is_night(pv_w: FloatArray, step_s: int) -> BoolArray:
    """Tell which steps are night, from nothing but the production of a PV plant.

    A step is night when at its time of day (UTC) nothing but sensor noise was measured for two weeks either way, while
    the plant did produce at other times of day.

    Args:
        pv_w: Production in either sign, NaN where nothing was measured. [W], shape (step,)
        step_s: Length of a step; days that it does not divide have no night. [s]
    """
    if DAY_S % step_s:
        return np.zeros(pv_w.size, dtype=np.bool_)
    slots = DAY_S // step_s
    days = -(-pv_w.size // slots)
    produces = np.zeros(days * slots, dtype=np.bool_)
    produces[: pv_w.size] = np.abs(np.nan_to_num(pv_w)) > NOISE_W
    by_day = np.zeros((days + 2 * NIGHT_DAYS + 1, slots), dtype=np.int64)
    by_day[NIGHT_DAYS + 1 : NIGHT_DAYS + 1 + days] = produces.reshape(days, slots)
    total = np.cumsum(by_day, axis=0)
    around = total[2 * NIGHT_DAYS + 1 :] - total[: -2 * NIGHT_DAYS - 1]
    lives = np.any(around > 0, axis=1, keepdims=True)
    night: BoolArray = ((around == 0) & lives).reshape(-1)[: pv_w.size]
    return night


def _frame(keys: tuple[Key, ...], grid: TimeGrid, channels: list[tuple[FloatArray, ByteArray]]) -> Frame:
    value = np.column_stack([value for value, _ in channels])
    quality = np.column_stack([quality for _, quality in channels])
    ends_utc = grid.starts_utc + np.timedelta64(grid.step_s * 1000, "ms")
    return Frame(keys, grid.starts_utc, value, quality, ends_utc)
