"""Does `plan` write the optimum in the promised form, and say what is wrong with what it was given?"""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.serve.builders import FLAT, a_site_file, an_outlook, enerwise, said


def a_plan(folder: Path, *args: object, site: str = FLAT, **outlook: Any) -> dict[str, Any]:
    """Plan two hours of 1 kW, first cheap, then dear, unless told otherwise."""
    facts = {"load_w": [1000.0, 1000.0], "buy": [0.10, 0.50], "sell": [0.05, 0.05], **outlook}
    path = an_outlook(folder, **facts)
    result = enerwise("plan", a_site_file(folder, site), "--outlook", path, "--json", folder / "plan.json", *args)
    assert result.exit_code == 0, said(result)
    found: dict[str, Any] = json.loads((folder / "plan.json").read_text())
    return found


def test_plan_is_the_one_worked_out_by_hand(tmp_path: Path) -> None:
    """One way keeps 0.9: 1 kWh given in the dear hour takes 1/0.9 out of the store and 1/0.81 bought before."""
    plan = a_plan(tmp_path, "--start", "battery=0%", "--end", "battery=0%")
    assert plan["start_utc"] == ["2024-07-03T00:00:00Z", "2024-07-03T01:00:00Z"]
    assert plan["power_w"]["battery"] == pytest.approx([1000 / 0.81, -1000], abs=0.5)
    assert plan["energy_wh"]["battery"] == pytest.approx([1000 / 0.9, 0], abs=0.5)
    assert plan["start_energy_wh"] == {"battery": 0.0}
    assert plan["power_w"]["grid"] == pytest.approx([1000 + 1000 / 0.81, 0], abs=0.5)
    assert plan["power_w"]["home"] == [1000.0, 1000.0]
    assert plan["cost_eur"]["energy"] == pytest.approx(0.10 * (1 + 1 / 0.81), abs=1e-4)
    assert plan["total_eur"] == pytest.approx(sum(plan["cost_eur"].values()))
    assert plan["gap"] == 0
    assert plan["broken"] == []
    assert plan["cpu_s"] > 0


def test_site_balance_is_a_plain_sum(tmp_path: Path) -> None:
    plan = a_plan(
        tmp_path, "--start", "50%", load_w=[500.0, 3000.0, 800.0], pv_w=[0.0, 0.0, 4000.0], buy=None, sell=None
    )
    for step in range(3):
        parts = sum(plan["power_w"][each][step] for each in ("battery", "roof", "home"))
        assert plan["power_w"]["grid"][step] == pytest.approx(parts, abs=1e-6)


def test_prices_of_the_outlook_leave_the_demand_components_of_the_tariff(tmp_path: Path) -> None:
    """Buying for the dear hour would set a peak: at 100 EUR/kW above 1 kW nothing is bought ahead."""
    text = FLAT.replace("export: 0.08 EUR/kWh}", "export: 0.08 EUR/kWh, demand: [{price: 100 EUR/kW, above: 1 kW}]}")
    plan = a_plan(tmp_path, "--start", "battery=0%", "--end", "battery=0%", site=text)
    assert plan["power_w"]["grid"] == pytest.approx([1000, 1000], abs=1)
    assert plan["cost_eur"]["energy"] == pytest.approx(0.6, abs=1e-3)
    assert any("900 s" in note for note in plan["notes"]), "intervals planned on longer means are told"


def test_tariff_prices_where_the_outlook_has_none(tmp_path: Path) -> None:
    plan = a_plan(tmp_path, buy=None, sell=None)
    assert plan["price_import_eur_per_kwh"] == [0.30, 0.30]
    assert plan["notes"][0].startswith("battery is taken to be half full")


def test_wish_that_cannot_be_kept_is_named(tmp_path: Path) -> None:
    plan = a_plan(tmp_path, "--start", "battery=0%", "--end", "battery=100%")
    assert plan["broken"][0]["name"] == "battery energy at the end"
    assert plan["broken"][0]["unit"] == "kWh"
    assert plan["broken"][0]["amount"] == pytest.approx(10 - 2 * 5 * 0.9, abs=0.01)


def test_csv_has_a_row_for_every_step(tmp_path: Path) -> None:
    a_plan(tmp_path, "--csv", tmp_path / "plan.csv", "--start", "battery=5 kWh")
    rows = list(csv.DictReader((tmp_path / "plan.csv").read_text().splitlines()))
    assert len(rows) == 2
    assert rows[0]["start_utc"] == "2024-07-03T00:00:00Z"
    parts_w = sum(float(rows[0][f"{each}_power_w"]) for each in ("home", "battery", "roof"))
    assert float(rows[0]["grid_power_w"]) == pytest.approx(parts_w)


def test_json_to_the_standard_output_is_nothing_else(tmp_path: Path) -> None:
    path = an_outlook(tmp_path, [1000.0, 500.0])
    result = enerwise("plan", a_site_file(tmp_path, FLAT), "--outlook", path, "--json", "-")
    assert set(json.loads(result.stdout)) >= {"start_utc", "power_w", "energy_wh", "cost_eur", "gap", "broken", "cpu_s"}


def test_table_tells_cost_hours_and_reasons(tmp_path: Path) -> None:
    path = an_outlook(tmp_path, [1000.0, 1000.0], buy=[0.10, 0.50], sell=[0.05, 0.05])
    told = said(enerwise("plan", a_site_file(tmp_path, FLAT), "--outlook", path, "--start", "0%", "--end", "0%"))
    assert "the plan costs 0.22 EUR, buys 2.2 kWh and sells 0 Wh" in told
    assert "Fills from grid" in told
    assert "02:00 to 03:00 battery takes 1.2 kWh, bought at 10.0 ct/kWh" in told
    assert "03:00 to 04:00 battery gives 1.0 kWh to the home: it spares buying at 50.0 ct/kWh" in told


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--start", "batery=50%"], "'batery' is no battery of Flat home; did you mean 'battery'?"),
        (["--start", "battery=150%"], "write a level within 0 % and 100 %"),
        (["--start", "battery=half"], "'half' cannot be read"),
        (["--end", "battery=12 kWh"], "within 0 and 10 kWh, its capacity"),
        (["--start", "batery=1", "--end", "battery=12 kWh"], "2 problems"),
        (["--plot", "plan.png"], "ends in .svg"),
        (["--json", "/nowhere/plan.json"], "name a folder that is there"),
    ],
)
def test_wrong_option_is_named_with_value_and_remedy(args: list[str], words: str, tmp_path: Path) -> None:
    path = an_outlook(tmp_path, [1000.0, 1000.0])
    result = enerwise("plan", a_site_file(tmp_path, FLAT), "--outlook", path, *args)
    assert result.exit_code == 2
    assert words in said(result)


def test_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "outlook.csv"
    path.write_text("start_utc,load,pv_w\n2024-07-03T00:00Z,1,0\n2024-07-03T01:00Z,1,0\n")
    result = enerwise("plan", a_site_file(tmp_path, FLAT), "--outlook", path)
    assert result.exit_code == 2
    assert "there is no column 'load_w'" in said(result)


def test_sun_without_a_plant_is_a_problem(tmp_path: Path) -> None:
    text = "\n".join(line for line in FLAT.splitlines() if "roof" not in line)
    path = an_outlook(tmp_path, [1000.0, 1000.0], [0.0, 500.0])
    result = enerwise("plan", a_site_file(tmp_path, text), "--outlook", path)
    assert result.exit_code == 2
    assert "the site has no PV plant" in said(result)


def test_site_without_a_battery_is_planned_all_the_same(tmp_path: Path) -> None:
    text = "\n".join(line for line in FLAT.splitlines() if "battery" not in line)
    plan = a_plan(tmp_path, "--plot", tmp_path / "p.svg", site=text)
    assert plan["energy_wh"] == {}
    assert plan["cost_eur"]["energy"] == pytest.approx(0.6)
    assert "From battery" not in (tmp_path / "p.svg").read_text()
