"""`enerwise market bid` and `enerwise market settle` as people type them."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from enerwise.core.time import TimeGrid, instant

from .builders import BERLIN, FLAT, a_csv, a_site_file, enerwise, said

DAY = "2024-07-03"
DAYS = 40


def a_price_file(folder: Path, name: str = "prices.csv", *, plus: float = 0.0) -> Path:
    """Write prices of forty days up to the day of delivery: cheap at noon, dear in the evening, each day a bit off."""
    grid = TimeGrid.between(instant("2024-05-25T00:00", BERLIN), instant("2024-07-04T00:00", BERLIN), 3600)
    hour = np.arange(grid.step_count)
    shape = (
        0.06 + 0.04 * np.sin((hour % 24 - 13) / 24 * 2 * np.pi) + 0.01 * np.random.default_rng(1).normal(size=hour.size)
    )
    return a_csv(folder / name, grid, {"price_eur_per_kwh": np.round(shape + plus, 5).tolist()})


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    return a_price_file(tmp_path)


@pytest.fixture
def bids(prices: Path, tmp_path: Path) -> Path:
    out = tmp_path / "bids.csv"
    made = enerwise("market", "bid", "10 kWh / 5 kW", "--prices", prices, "--day", DAY, "--zone", BERLIN, "--out", out)
    assert made.exit_code == 0, said(made)
    return out


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_battery_bids_falling_curves_for_every_hour_of_the_local_day(bids: Path) -> None:
    found = rows(bids)
    assert list(found[0]) == ["start_utc", "duration_s", "price_from_ueur_per_kwh", "quantity_wh"]
    assert sorted({each["start_utc"] for each in found})[0] == "2024-07-02T22:00:00Z"
    assert len({each["start_utc"] for each in found}) == 24
    for start in {each["start_utc"] for each in found}:
        quantity = [int(each["quantity_wh"]) for each in found if each["start_utc"] == start]
        assert quantity == sorted(quantity, reverse=True)


def test_prices_of_the_day_itself_are_not_looked_at(prices: Path, bids: Path, tmp_path: Path) -> None:
    kept = [line for line in prices.read_text(encoding="utf-8").splitlines() if not line.startswith(("2024-07-03T0", "2024-07-03T1", "2024-07-03T2", "2024-07-02T22", "2024-07-02T23"))]  # fmt: skip  # noqa: E501
    earlier, again = tmp_path / "earlier.csv", tmp_path / "again.csv"
    earlier.write_text("\n".join(kept) + "\n", encoding="utf-8")
    options = ("--prices", earlier, "--day", DAY, "--zone", BERLIN, "--out", again)
    assert enerwise("market", "bid", "10 kWh / 5 kW", *options).exit_code == 0
    assert again.read_bytes() == bids.read_bytes()


def test_bids_are_told_with_their_bad_days_and_written_in_every_form(prices: Path, tmp_path: Path) -> None:
    target, plot = tmp_path / "bids.json", tmp_path / "bids.svg"
    options = ("--prices", prices, "--day", DAY, "--risk", "0.5", "--alpha", "0.9", "--json", target, "--plot", plot)
    result = enerwise("market", "bid", "10 kWh / 5 kW / 81 %", *options)
    assert result.exit_code == 0, said(result)
    assert "on the worst 10 % of days" in said(result)
    told = json.loads(target.read_text(encoding="utf-8"))
    assert (told["risk_ratio"], told["alpha_ratio"], told["duration_s"]) == (0.5, 0.9, 3600)
    assert told["mean_eur"] >= told["cvar_eur"]
    assert len(told["slots"]) == 24
    assert set(told["slots"][0]["steps"][0]) == {"price_from_ueur_per_kwh", "quantity_wh"}
    assert plot.read_text(encoding="utf-8").startswith("<svg")


def test_a_site_bids_its_battery_and_its_sun(prices: Path, tmp_path: Path) -> None:
    grid = TimeGrid.between(instant("2024-05-25T00:00", BERLIN), instant("2024-07-03T00:00", BERLIN), 1800)
    sun = a_csv(tmp_path / "sun.csv", grid, {"pv_w": np.maximum(0, 4000 * np.sin((np.arange(grid.step_count) % 48 - 12) / 24 * np.pi))})  # fmt: skip  # noqa: E501
    site, out = a_site_file(tmp_path, FLAT), tmp_path / "bids.csv"
    without = enerwise("market", "bid", site, "--prices", prices, "--day", DAY)
    assert "PV is left out" in said(without)
    made = enerwise("market", "bid", site, "--prices", prices, "--day", DAY, "--pv", sun, "--start", "0%", "--out", out)
    assert made.exit_code == 0, said(made)
    assert sum(int(each["quantity_wh"]) for each in rows(out)) < -15_000, "of 30 kWh of sun, some fill the battery"


def test_accepted_bids_are_settled_at_published_prices(prices: Path, bids: Path, tmp_path: Path) -> None:
    out, sums = tmp_path / "settled.csv", tmp_path / "sums.json"
    result = enerwise("market", "settle", bids, "--prices", prices, "--out", out, "--json", sums)
    assert result.exit_code == 0, said(result)
    assert "in all 0.000000 EUR" in said(result)
    received = json.loads(sums.read_text(encoding="utf-8"))["received_ueur"]
    assert received["bidder"] > 0
    assert sum(received.values()) == 0
    assert received["bidder"] == -sum(int(each["total_ueur"]) for each in rows(out))


def test_what_a_meter_counts_beyond_costs_the_worse_of_two_prices(prices: Path, bids: Path, tmp_path: Path) -> None:
    """With balancing 3 ct dearer, who gives 1 kWh less than accepted pays that; a single price pays who gives more."""
    out = tmp_path / "settled.csv"
    assert enerwise("market", "settle", bids, "--prices", prices, "--out", out).exit_code == 0
    kept, meter = rows(out), tmp_path / "meter.csv"
    changed = [int(each["accepted_wh"]) + 1000 * (place == 5) - 1000 * (place == 6) for place, each in enumerate(kept)]
    lines = [f"{each['start_utc']},{wh}" for each, wh in zip(kept, changed, strict=True)]
    meter.write_text("start_utc,energy_wh\n" + "\n".join(lines) + "\n", encoding="utf-8")
    balancing = a_price_file(tmp_path, "balancing.csv", plus=0.03)
    options = ("--prices", prices, "--metered", meter, "--balancing", balancing, "--out", out)
    result = enerwise("market", "settle", bids, *options)
    assert result.exit_code == 0, said(result)
    assert "short 100%" in said(result)
    found = rows(out)
    price = [int(each["price_ueur_per_kwh"]) for each in found]
    assert int(found[5]["deviation_ueur"]) == price[5] + 30_000
    assert int(found[6]["deviation_ueur"]) == -price[6]
    assert enerwise("market", "settle", bids, *options, "--single").exit_code == 0
    assert int(rows(out)[6]["deviation_ueur"]) == -price[6] - 30_000


@pytest.mark.parametrize(
    ("what", "options", "words"),
    [
        ("10 kWh", (), "write capacity / power / round trip"),
        ("10 kW / 5 kW", (), "SITE_OR_BATTERY"),
        ("10 kWh / 5 kW", ("--risk", "2"), "--risk: 2.0 cannot be used; write a weight from 0 to 1"),
        ("10 kWh / 5 kW", ("--alpha", "1"), "--alpha: 1.0 cannot be used"),
        ("10 kWh / 5 kW", ("--margin", "-1 ct/kWh"), "write a margin of zero or above"),
        ("10 kWh / 5 kW", ("--start", "12 kWh"), "write an energy within 0 and 10 kWh"),
        ("10 kWh / 5 kW", ("--day", "2024-09-01"), "name prices that reach up to the day before"),
        ("10 kWh / 5 kW", ("--day", "tomorrow"), "write a date such as"),
        ("0.02 kWh / 5 kW", (), "is too narrow for bids in whole Wh"),
        ("none.yaml", (), "there is no such file"),
    ],
)
def test_what_cannot_be_bid_is_told_with_a_remedy(
    what: str, options: tuple[str, ...], words: str, prices: Path
) -> None:
    result = enerwise("market", "bid", what, "--prices", prices, "--day", DAY, *options)
    assert result.exit_code == 2
    assert words in said(result)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "start_utc,duration_s,quantity_wh\n2024-07-03T00:00Z,3600,1\n",
            "there is no column 'price_from_ueur_per_kwh'",
        ),
        ("start_utc,duration_s,price_from_ueur_per_kwh,quantity_wh\n", "there are no rows"),
        (
            "start_utc,duration_s,price_from_ueur_per_kwh,quantity_wh\n2024-07-03T00:00Z,3600,0,1.5\n",
            "is no whole number",
        ),
        (
            "start_utc,duration_s,price_from_ueur_per_kwh,quantity_wh\n"
            "2024-07-03T00:00Z,3600,0,1\n2024-07-03T00:00Z,3600,9,2\n",
            "at a higher price buy no more and sell no less",
        ),
        (
            "start_utc,duration_s,price_from_ueur_per_kwh,quantity_wh\n2031-07-03T00:00Z,3600,0,1\n",
            "has no price for 1 of 1",
        ),
    ],
)
def test_bids_that_cannot_be_settled_are_told(text: str, words: str, prices: Path, tmp_path: Path) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text(text, encoding="utf-8")
    result = enerwise("market", "settle", path, "--prices", prices)
    assert result.exit_code == 2
    assert words in said(result)


def test_a_meter_without_a_slot_is_told(prices: Path, bids: Path, tmp_path: Path) -> None:
    meter = tmp_path / "meter.csv"
    meter.write_text("start_utc,energy_wh\n2024-07-02T22:00:00Z,5\n", encoding="utf-8")
    result = enerwise("market", "settle", bids, "--prices", prices, "--metered", meter)
    assert result.exit_code == 2
    assert "has no reading for 23 slots" in said(result)
