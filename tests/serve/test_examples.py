"""Do the examples run as they stand?"""

import json
import subprocess
import sys
from pathlib import Path

from tests.serve.builders import enerwise, said

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def test_site_and_outlook_give_a_plan() -> None:
    site, outlook = EXAMPLES / "lindenweg.yaml", EXAMPLES / "outlook.csv"
    assert enerwise("check", site).exit_code == 0
    told = said(enerwise("plan", site, "--outlook", outlook, "--start", "battery=30%"))
    assert "the plan costs 3." in told


def test_ten_lines_of_python_plan_a_day() -> None:
    script = [sys.executable, str(EXAMPLES / "plan_a_day.py")]
    told = subprocess.run(script, capture_output=True, text=True, check=True, timeout=60).stdout
    assert len(told.splitlines()) == 97
    assert told.endswith(" EUR\n")


def test_a_car_and_a_heat_pump_join_the_plan() -> None:
    script = [sys.executable, str(EXAMPLES / "plan_a_home.py")]
    told = subprocess.run(script, capture_output=True, text=True, check=True, timeout=60).stdout.splitlines()
    assert len(told) >= 97
    assert all("car" in line and "heat-pump" in line for line in told[:96])
    assert told[-1].endswith("EUR above the best")


def test_two_cars_behind_one_fuse_keep_within_it() -> None:
    site, outlook = EXAMPLES / "garage.yaml", EXAMPLES / "outlook.csv"
    assert "measured by cellar-meter" in said(enerwise("check", site))
    told = said(enerwise("plan", site, "--outlook", outlook, "--start", "car=30%,van=40%"))
    assert "the circuit garage carries all it may, 12.0 kW" in " ".join(told.split())


def test_a_battery_takes_what_does_not_pass_its_inverter(tmp_path: Path) -> None:
    site = EXAMPLES / "hybrid.yaml"
    assert "hybrid inverter, 0.97 gets through" in " ".join(said(enerwise("check", site)).split())
    numbers = tmp_path / "numbers.json"
    told = said(enerwise("simulate", site, "--days", "2", "--start", "2024-06-12", "--json", numbers))
    assert "EUR more than with an idle battery" in " ".join(told.split())
    played = json.loads(numbers.read_text())
    assert played["pv_wh"] > 140_000.0, "116 kWh pass the inverter while the battery rests"
    assert played["saved_against_idle_eur"] > 3.0


def test_a_turbine_is_planned_from_its_wind() -> None:
    site, outlook = EXAMPLES / "mill.yaml", EXAMPLES / "mill_outlook.csv"
    assert "runs at 3 to 25 m/s" in said(enerwise("check", site))
    told = said(enerwise("plan", site, "--outlook", outlook, "--start", "battery=30%"))
    assert "Sun, wind" in told and "the plan earns 0.40 EUR" in told
    missing = enerwise("plan", site, "--outlook", EXAMPLES / "outlook.csv")
    assert missing.exit_code == 2 and "column wind_m_per_s" in missing.output + missing.stderr


def test_aims_are_told_with_their_shares_and_the_price_of_the_cap_that_binds() -> None:
    told = said(
        enerwise("plan", EXAMPLES / "aims.yaml", "--outlook", EXAMPLES / "outlook.csv", "--start", "battery=30%")
    )
    words = " ".join(told.split())
    assert "CO₂ of what is drawn had a share of 10 %, 42.0 ct: 4.20 kg." in words
    assert "all of the 4.20 kg that are allowed; one kg less would cost 3.99 EUR" in words


def test_what_was_agreed_is_kept_and_costs_the_bill_a_little() -> None:
    site, outlook = EXAMPLES / "agreed.yaml", EXAMPLES / "outlook.csv"
    assert enerwise("check", site).exit_code == 0
    told = " ".join(said(enerwise("plan", site, "--outlook", outlook, "--start", "battery=30%")).split())
    assert "power beside what was agreed had a share of 0 %" in told
    assert "the plan costs 3.73 EUR" in told and "sells 0.6 kWh" in told
