"""Are recorded homes laid on the slots as they were measured, and is what is missing told?"""

from pathlib import Path

import numpy as np
import pytest

from enerwise.core.errors import ProblemsFound
from enerwise.core.time import instant
from enerwise.run.community_compare import supplier_prices
from enerwise.store.files import write_table
from tests.run.community_builders import a_community

RECORDED = """\
name: Recorded
timezone: Europe/Berlin
start: 2024-03-04
days: 1
history: 1
step: {step}
prices:
  import: {{file: prices.csv, time: ts_local, column: price_eur_mwh, unit: EUR/MWh, clock: 24h, plus: 20 ct/kWh}}
  export: 5 ct/kWh
homes:
  - name: house
    recorded: {recorded}
    battery: {{capacity: 5 kWh, charge_limit: 2 kW, discharge_limit: 2 kW}}
"""
HOURS = 96
START = instant("2024-03-02T23:00Z")


def write_homes(folder: Path, *, gap: bool = False) -> None:
    starts = START + np.arange(HOURS) * np.timedelta64(3_600_000, "ms")
    for name, factor in (("a", 1.0), ("b", 2.0)):
        load_w = factor * (100.0 + np.arange(HOURS))
        if gap:
            load_w[30] = np.nan
        write_table(folder / f"{name}.csv", {"start_utc": starts, "load_w": load_w, "pv_w": np.full(HOURS, 50.0)})


def write_prices(folder: Path) -> None:
    local = np.datetime64("2024-02-26T00:00", "ms") + np.arange(24 * 20) * np.timedelta64(3_600_000, "ms")
    text = "ts_local,price_eur_mwh\n" + "\n".join(f"{at},{40 + at.astype(int) // 3_600_000 % 24}" for at in local)
    (folder / "prices.csv").write_text(text)


def test_a_folder_with_a_file_for_each_home(tmp_path: Path) -> None:
    write_prices(tmp_path)
    (tmp_path / "homes").mkdir()
    write_homes(tmp_path / "homes")
    community, supply = a_community(RECORDED.format(step="30 min", recorded="{folder: homes}"), tmp_path)
    assert community.homes == ("house-a", "house-b")
    assert community.has_battery.all()
    # Each hour repeats in its halves; the history begins at midnight of the day before.
    assert supply.load_w[0, :4].tolist() == [100.0, 100.0, 101.0, 101.0]
    assert supply.load_w[1, :2].tolist() == [200.0, 200.0]
    assert (supply.available_w == -50.0).all()
    buy, sell = supplier_prices(community)
    assert buy[:4] == pytest.approx([0.24, 0.24, 0.241, 0.241])
    assert set(sell.tolist()) == {0.05}


def test_one_file_whose_rows_are_told_apart_by_a_column(tmp_path: Path) -> None:
    write_prices(tmp_path)
    starts = np.tile(START + np.arange(HOURS) * np.timedelta64(3_600_000, "ms"), 2)
    columns = {"at": starts, "building": np.repeat([1, 2], HOURS), "use_kwh": np.repeat([0.5, 1.5], HOURS)}
    write_table(tmp_path / "all.parquet", {**columns, "sun_w_per_kwp": np.full(2 * HOURS, 100.0)})
    recorded = (
        "{file: all.parquet, by: building, homes: [1, 2], pv_times: [4, 5], "
        "columns: {time: at, load: {column: use_kwh, unit: kWh per step}, pv: {column: sun_w_per_kwp, unit: W}}}"
    )
    community, supply = a_community(RECORDED.format(step="1 h", recorded=recorded), tmp_path)
    assert community.homes == ("house-1", "house-2")
    assert supply.load_w[:, 0].tolist() == [500.0, 1500.0]
    assert supply.available_w[:, 0].tolist() == [-400.0, -500.0]


def test_gaps_repeat_the_day_before_and_are_counted(tmp_path: Path) -> None:
    write_prices(tmp_path)
    (tmp_path / "homes").mkdir()
    write_homes(tmp_path / "homes", gap=True)
    _, supply = a_community(RECORDED.format(step="1 h", recorded="{folder: homes}"), tmp_path)
    assert supply.gap_count == 2
    assert supply.load_w[0, 30] == supply.load_w[0, 6]


def test_everything_that_is_missing_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound) as found:
        a_community(RECORDED.format(step="1 h", recorded="{folder: homes}"), tmp_path)
    told = [str(each) for each in found.value.problems]
    assert len(told) == 2
    assert told[0].startswith("prices.import.file: 'prices.csv' is not there")
    assert told[1].startswith("homes[0].recorded: 'homes' is not there, or empty")


def test_a_span_that_was_not_recorded_is_told(tmp_path: Path) -> None:
    write_prices(tmp_path)
    (tmp_path / "homes").mkdir()
    write_homes(tmp_path / "homes")
    text = RECORDED.format(step="1 h", recorded="{folder: homes}").replace("days: 1", "days: 5")
    with pytest.raises(ProblemsFound, match="house-a: is recorded from 2024-03-02 to 2024-03-06"):
        a_community(text, tmp_path)


def test_a_share_is_exact_and_the_same_seed_gives_the_same_homes() -> None:
    one, first = a_community(count=10)
    two, second = a_community(count=10)
    assert (one.peak_w > 0).sum() == 6
    assert one.has_battery.sum() == 5
    assert len(one.vehicles) == 4
    assert first.load_w.tobytes() == second.load_w.tobytes()
    assert one.peak_w.tobytes() == two.peak_w.tobytes()
