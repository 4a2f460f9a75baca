"""`enerwise forecast peaks`: the hour of each day's peak beside what came true, by type of day."""

import json
from pathlib import Path

import pytest

from tests.serve.test_forecast import a_file, backtest, run


def test_each_day_has_its_peak_and_each_type_its_count(tmp_path: Path) -> None:
    data, forecast = a_file(tmp_path), tmp_path / "f.csv"
    backtest(data, forecast)
    code, told = run("peaks", forecast, data, "--json", tmp_path / "p.json", "--csv", tmp_path / "p.csv")
    assert code == 0 and "Peak hour" in told and "Brier score" in told, told
    made = json.loads((tmp_path / "p.json").read_text())
    assert [each["type"] for each in made["days"]][3:] == ["workday", "Saturday", "Sunday"]
    # The series is highest around 13:12; noise of a tenth moves that by hours at most.
    assert all(10 <= each["hour"] <= 16 and 10 <= each["came_at_hour"] <= 16 for each in made["days"])
    assert made["by_type"]["all"]["days"] == 6 and made["by_type"]["workday"]["days"] == 4
    assert made["by_type"]["all"]["mae"] == pytest.approx(sum(each["mae"] for each in made["days"]) / 6)
    assert (tmp_path / "p.csv").read_text().count("\n") == 7


def test_a_holiday_is_told_with_its_country(tmp_path: Path) -> None:
    data, forecast = a_file(tmp_path), tmp_path / "f.csv"
    backtest(data, forecast)
    _, told = run("peaks", forecast, data, "--country", "JP", "--json", "-")
    assert [each["type"] for each in json.loads(told)["days"] if each["day"] == "2024-02-23"] == ["holiday"]


def test_a_forecast_of_one_value_tells_no_probability(tmp_path: Path) -> None:
    data, single = a_file(tmp_path), tmp_path / "g.csv"
    single.write_text("timestamp,forecast\n" + "".join(f"2024-02-20T{at:02d}:00:00,1\n" for at in range(24)))
    code, told = run("peaks", single, data, "--target", "load_kwh")
    assert code == 2 and "tells no probability" in told
    half = tmp_path / "h.csv"
    half.write_text("timestamp,q0.1,q0.9\n" + "".join(f"2024-02-20T{at:02d}:00:00,1,2\n" for at in range(12)))
    code, told = run("peaks", half, data, "--target", "load_kwh")
    assert code == 2 and "no issue foresees a whole day" in told
