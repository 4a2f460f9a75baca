"""Are generated homes like real ones? Marginals of both, printed as a table, and compared.

Real homes: houses 1-10 of CityLearn 2022 (California), one European home (EMHASS) and one in Konstanz (OPSD), from
../shared/data. Generated ones: 50 homes over a year at the weather of the middle of Europe. All at hourly resolution.

The band of a marginal reaches from the lowest to the highest real home. At least 60 % of the generated homes lie in
it, their median lies among the middle 80 % of the real homes, and the median real home lies among the middle 90 % of
the generated ones: alike in level and in spread, though a dozen homes from two continents can tell no more than that.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import pytest

from enerwise.core.time import TimeArray, TimeGrid, instant, local_fields
from enerwise.core.units import FloatArray, IntArray
from enerwise.physics import weather
from enerwise.physics.household import draw_habits, draw_load_w

DATA: Final = Path(__file__).resolve().parents[3] / "shared" / "data"
BERLIN: Final = "Europe/Berlin"
MARGINALS: Final = {
    "daily energy [kWh]": "mean energy of a day",
    "day load factor": "mean over highest hour of a day, averaged over days",
    "year load factor": "mean over highest hour of all",
    "evening share": "energy from 17 to 22 h local over all energy",
    "correlation 1 h": "of each hour with the one before",
    "correlation 1 day": "of each hour with the same hour a day before",
}


def marginals(hour: IntArray, load_w: FloatArray) -> dict[str, float]:
    """Return the marginals of one home; ``load_w`` is hourly without holes in time, NaN where missing."""
    count = load_w.size // 24 * 24
    hour, load_w = hour[:count], load_w[:count]
    days = load_w.reshape(-1, 24)
    days = days[np.isfinite(days).all(axis=1)]
    known = np.isfinite(load_w)
    evening = known & (hour >= 17) & (hour < 22)
    values = (
        days.sum(axis=1).mean() / 1000,
        (days.mean(axis=1) / days.max(axis=1)).mean(),
        load_w[known].mean() / load_w[known].max(),
        load_w[evening].sum() / load_w[known].sum(),
        correlation(load_w, 1),
        correlation(load_w, 24),
    )
    return dict(zip(MARGINALS, map(float, values), strict=True))


def correlation(value: FloatArray, lag: int) -> float:
    before, after = value[:-lag], value[lag:]
    both = np.isfinite(before) & np.isfinite(after)
    return float(np.corrcoef(before[both], after[both])[0, 1])


def real_homes() -> Iterator[tuple[str, IntArray, FloatArray]]:
    """Yield name, local hour and hourly load of every real home."""
    for building in range(1, 11):
        at, load = _read(
            "citylearn2022_houses/houses.parquet", "ts_local_start", "load_kwh * 1000", f"building = {building}"
        )
        yield f"citylearn {building}", _hour(at), load
    at, load = _read("home_emhass_30min/home.parquet", "ts_utc", "load_w", "ts_utc < '2025-01-01'")
    pairs = load.size // 2
    # The place is not stated; the clock of central Europe fits its habits.
    local = local_fields(at[: 2 * pairs : 2].astype("datetime64[ms]"), "Europe/Paris").second // 3600
    yield "emhass", local, load[: 2 * pairs].reshape(-1, 2).mean(axis=1)
    at, load = _read("opsd_konstanz_res4/home.parquet", "ts_utc", "load_kwh * 1000", "ts_utc < '2016-10-01'")
    # Its clock is an hour late in summer (README): an hour after UTC is local time all year.
    yield "opsd res4", _hour(at + np.timedelta64(1, "h")), load


def _read(file: str, time: str, load: str, where: str) -> tuple[TimeArray, FloatArray]:
    path = DATA / file
    if not path.exists():
        pytest.skip(f"real homes are not here: {path} is missing")
    with duckdb.connect() as base:
        rows = base.sql(
            f"select {time} as at_utc, ({load})::double as load from '{path}' where {where} order by at_utc"
        ).fetchnumpy()
    load_w = np.ma.filled(np.ma.asarray(rows["load"], dtype=np.float64), np.nan)
    return np.asarray(rows["at_utc"]), load_w


def _hour(at: TimeArray) -> IntArray:
    return np.asarray(at.astype("datetime64[h]").astype(np.int64) % 24)


def generated_homes(home_count: int = 50) -> list[dict[str, float]]:
    rng = np.random.default_rng(2024)
    grid = TimeGrid(instant("2023-01-01", zone=BERLIN), 3600, 8760)
    air = weather.draw(grid, weather.Place(), rng=rng).temperature_degc
    load_w = draw_load_w(draw_habits(rng, home_count), grid, BERLIN, rng=rng, temperature_degc=air)
    hour = local_fields(grid.starts_utc, BERLIN).second // 3600
    return [marginals(hour, np.ascontiguousarray(each)) for each in load_w]


def test_generated_homes_lie_among_real_ones() -> None:
    real = {name: marginals(hour, load_w) for name, hour, load_w in real_homes()}
    generated = generated_homes()
    print(f"\n{len(real)} real homes and {len(generated)} generated ones")
    print(f"{'':20}  real: lowest, median, highest   generated: 5 %, median, 95 %    in the band")
    for name in MARGINALS:
        there = np.array([each[name] for each in real.values()])
        here = np.array([each[name] for each in generated])
        inside = float(np.mean((here >= there.min()) & (here <= there.max())))
        lowest, middle, highest = np.quantile(there, [0.0, 0.5, 1.0])
        q05, q50, q95 = np.quantile(here, [0.05, 0.5, 0.95])
        figures = "".join(f"{value:10.3f}" for value in (lowest, middle, highest, q05, q50, q95))
        print(f"{name:20}{figures}{inside:12.0%}")
        assert inside >= 0.6, name
        assert np.quantile(there, 0.1) <= q50 <= np.quantile(there, 0.9), name
        assert q05 <= middle <= q95, name
