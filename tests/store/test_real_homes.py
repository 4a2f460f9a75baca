"""The real homes of ``../shared/data``, read through column maps; their READMEs say how each file is meant."""

from pathlib import Path

import numpy as np
import pytest

from enerwise.core.quantity import AVAILABLE_POWER_W, POWER_W
from enerwise.core.series import Frame, Key, Quality
from enerwise.store.columns import ColumnMap
from enerwise.store.files import read_measurements, read_prices

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
HOME = Key("home", POWER_W)
ROOF = Key("roof", AVAILABLE_POWER_W)


def a_file(name: str) -> Path:
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"{path} is absent: real homes are not part of the repository")
    return path


def noon_of_production_h(frame: Frame, months: range) -> float:
    """Return the hour of the day, UTC, around which a roof produces in some months."""
    month = frame.start_utc.astype("datetime64[M]").astype(int) % 12 + 1
    hour = (frame.start_utc - frame.start_utc.astype("datetime64[D]")) / np.timedelta64(1, "h") + 0.5
    pv_w = -np.nan_to_num(frame.column(ROOF)) * np.isin(month, months)
    return float((pv_w * hour).sum() / pv_w.sum())


def test_home_emhass() -> None:
    columns = ColumnMap.parse({"time": "ts_utc", "load": "load_w", "pv": {"column": "pv_w", "empty": "night"}})
    frame = read_measurements(a_file("home_emhass_30min/home.parquet"), columns)
    assert len(frame) == 14_742
    assert np.unique(np.diff(frame.start_utc)).tolist() == [np.timedelta64(1_800_000, "ms")]
    # The README: 2.3 % of load missing; PV missing at night, where it is zero, and by day on 17 days.
    assert np.isnan(frame.column(HOME)).mean() == pytest.approx(0.023, abs=0.001)
    gaps = np.isnan(frame.column(ROOF)) & ~np.isnan(frame.column(HOME))
    assert np.unique(frame.start_utc[gaps].astype("datetime64[D]")).size == 15
    assert gaps.sum() == 40
    assert (frame.quality[:, 1] == Quality.ESTIMATED).mean() == pytest.approx(0.47, abs=0.01)
    assert np.nanmax(frame.column(ROOF)) <= 0


def test_opsd_konstanz() -> None:
    """Its clock is UTC in winter and an hour late in summer, which is what clocks in London show."""
    mapping: dict[str, object] = {"time": "ts_utc", "load": "load_kwh", "pv": "pv_kwh", "clock": "24h"}
    path = a_file("opsd_konstanz_res4/home.parquet")
    frame = read_measurements(path, ColumnMap.parse({**mapping, "timezone": "Europe/London"}))
    assert len(frame) == 8711
    assert (frame.quality[:, 0] == Quality.SUSPECT).sum() == 7
    assert np.isnan(frame.column(HOME)).mean() < 0.052
    late = read_measurements(path, ColumnMap.parse(mapping))
    assert noon_of_production_h(late, range(6, 8)) - noon_of_production_h(frame, range(6, 8)) == pytest.approx(
        1, abs=0.01
    )
    winter, summer = noon_of_production_h(frame, range(1, 3)), noon_of_production_h(frame, range(6, 8))
    assert winter == pytest.approx(summer, abs=0.4)


@pytest.mark.parametrize("building", [1, 4, 10])
def test_citylearn_houses(building: int) -> None:
    columns = ColumnMap.parse(
        {
            "time": "ts_local_start",
            "timezone": "America/Los_Angeles",
            "clock": "24h",
            "where": {"building": building},
            "load": {"column": "load_kwh", "unit": "kWh per step"},
            "pv": {"column": "pv_w_per_kwp", "unit": "W", "times": 4.0},
        }
    )
    frame = read_measurements(a_file("citylearn2022_houses/houses.parquet"), columns)
    assert len(frame) == 8760
    # One hour of autumn stands for two, one of spring is dropped.
    assert np.isnan(frame.value).sum(axis=0).tolist() == [1, 1]
    assert 3 < np.nansum(frame.column(HOME)) / 1e6 < 30
    assert -4000 <= np.nanmin(frame.column(ROOF)) < -2500
    assert 18 < noon_of_production_h(frame, range(6, 8)) < 20


def test_day_ahead_prices() -> None:
    german = read_prices(
        a_file("epf_de/market.parquet"),
        time="ts_local",
        price="price_eur_mwh",
        unit="EUR/MWh",
        zone="Europe/Berlin",
        clock="24h",
    )
    assert german.start_utc.size == 2184 * 24
    assert np.unique(np.diff(german.start_utc)).tolist() == [np.timedelta64(3_600_000, "ms")]
    lead_h = (german.start_utc - german.known_at) / np.timedelta64(1, "h")
    assert (lead_h.min(), lead_h.max()) == (11.0, 35.0)
    finnish = read_prices(
        a_file("price_fi/price.parquet"),
        time="ts_utc",
        price="price_ckwh_incl_vat",
        unit="c/kWh",
        zone="Europe/Helsinki",
    )
    assert finnish.step_s == 3600
    assert 0.02 < finnish.price_eur_per_kwh.mean() < 0.12
