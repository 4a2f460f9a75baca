"""A month of two real markets, from nothing but a short past: far better than the week before, by the same code."""

from pathlib import Path
from typing import Final

import numpy as np
import pytest

from enerwise.core.units import FloatArray
from enerwise.forecast.models.price.days import days_of
from enerwise.forecast.models.price.kernel import wide_network

DATA: Final = Path(__file__).resolve().parents[5] / "shared" / "data"
pytest.importorskip("scipy")


def market(name: str) -> tuple[FloatArray, FloatArray, int]:
    path = DATA / name / "market.parquet"
    if not path.exists():
        pytest.skip(f"{path} is not here; it is no part of the repository")
    import duckdb

    columns = duckdb.connect().execute(f"select * from '{path}' order by 1").fetchnumpy()
    time, *values = columns.values()
    table = np.stack([np.asarray(each, dtype=np.float64) for each in values], axis=1).reshape(-1, 24, len(values))
    first = int(np.asarray(time)[0].astype("datetime64[D]").astype(np.int64))
    return table[:, :, 0], table[:, :, 1:].transpose(0, 2, 1), first


@pytest.mark.parametrize("name", ["epf_de", "epf_fr"])
def test_a_month_is_forecast_far_better_than_by_the_week_before(name: str) -> None:
    price, known, first = market(name)
    end = 1092
    said = wide_network().said(days_of(price[end - 400 : end], known[end - 400 : end + 1], first + end - 400), 370)[:-1]
    truth = price[end - 30 : end]
    naive = np.abs(price[end - 37 : end - 7] - truth).mean()
    assert np.abs(said - truth).mean() < 0.65 * naive
