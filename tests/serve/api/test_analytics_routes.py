"""Savings, bills and days over the wire: their shape, their sums, calendars, gaps and what is asked wrongly."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from enerwise.core.time import instant
from enerwise.serve.api.shapes.accuracy import AccuracyShape
from enerwise.serve.api.shapes.savings import BillShape, CarbonShape, PeaksShape, SavingsShape, TodayShape
from enerwise.serve.outlooks.measured import day_grid
from enerwise.site.carbon import Carbon
from tests.serve.api.desks import Asker, asking
from tests.serve.outlooks.builders import a_lived, a_planned_world, a_priced_site, day_of, grid_power, span

SITE = "/api/v1/sites/lindenweg-8"


def a_client(zone: str = "Europe/Berlin", first: str = "2024-06-01", count: int = 4, *, hour: int = 12) -> Asker:
    """A site some days old, at noon of its last day."""
    site = replace(a_priced_site(zone), carbon=Carbon(400.0, "test"))
    now = day_grid(day_of(first) + count - 1, zone).start_utc + np.timedelta64(hour, "h")
    client, _ = asking(site, a_lived(site, first, count), now)
    return client


def test_savings_have_the_shape_that_is_published_and_add_up() -> None:
    client = a_client()
    answer = client.get(f"{SITE}/savings")
    assert answer.status_code == 200, answer.text
    found = SavingsShape.model_validate_json(answer.content)
    assert set(answer.json()) == {each.alias or name for name, each in SavingsShape.model_fields.items()}
    assert (found.from_, found.to) == ("2024-06-01", "2024-06-04")
    assert [each.day for each in found.bars] == ["2024-06-01", "2024-06-02", "2024-06-03", "2024-06-04"]
    assert sum(each.paid_eur or 0.0 for each in found.bars) == pytest.approx(found.paid_eur, abs=1e-3)
    assert round(sum(each.amount_eur for each in found.bill), 2) == found.total_eur
    assert found.total_eur == pytest.approx(found.paid_eur, abs=0.00501)
    assert [each.name for each in found.baselines] == ["no_planning", "no_battery", "flat_tariff"]
    for each in found.baselines:
        assert each.saved_eur == pytest.approx(each.cost_eur - found.paid_eur, abs=1e-6)
        assert set(each.text) == {"en", "de"}
    saved = sum(each.saved_eur or 0.0 for each in found.bars)
    assert saved == pytest.approx(found.baselines[0].saved_eur, abs=1e-3)
    assert found.coverage_ratio == 1.0 and not found.gaps
    assert "400 g" in found.carbon_note
    (home,) = found.devices
    assert home.name == "Home" and home.energy_kwh > 0


def test_months_are_one_bar_each() -> None:
    client = a_client(first="2024-05-30")
    found = SavingsShape.model_validate_json(
        client.get(f"{SITE}/savings", params={"from": "2024-05-30", "bucket": "month"}).content
    )
    assert [each.day for each in found.bars] == ["2024-05", "2024-06"]


def test_a_bill_is_the_tariffs_own_to_the_cent() -> None:
    site = a_priced_site()
    store = a_lived(site, "2024-06-01", 4)
    client, _ = asking(site, store, instant("2024-06-08"))
    found = BillShape.model_validate_json(client.get(f"{SITE}/bill?from=2024-06-01&to=2024-06-04").content)
    grid = span(site, "2024-06-01", 4, 900)
    whole = site.tariff.bill(grid, grid_power(store, grid), site.timezone)
    assert found.total_eur == pytest.approx(whole.total_eur, abs=0.00501)
    assert [each.name for each in found.lines] == ["import", "export", "fixed", "demand demand-1", "tax"]
    assert found.currency == "EUR"


def test_peaks_of_the_days_before_are_not_charged_again() -> None:
    """The second half of a month costs what the whole does less the first half."""
    site = a_priced_site()
    client, _ = asking(site, a_lived(site, "2024-06-01", 4), instant("2024-06-08"))
    halves = [
        BillShape.model_validate_json(client.get(f"{SITE}/bill?from={first}&to={last}").content).total_eur
        for first, last in (("2024-06-01", "2024-06-02"), ("2024-06-03", "2024-06-04"), ("2024-06-01", "2024-06-04"))
    ]
    assert halves[0] + halves[1] == pytest.approx(halves[2], abs=0.011)


@pytest.mark.parametrize(
    ("zone", "first", "hours"),
    [
        ("Europe/Berlin", "2024-03-30", [24.0, 23.0, 24.0, 24.0]),
        ("Europe/Berlin", "2024-10-26", [24.0, 25.0, 24.0, 24.0]),
        ("Asia/Kolkata", "2024-05-03", [24.0] * 4),
        ("Australia/Lord_Howe", "2024-04-06", [24.0, 24.5, 24.0, 24.0]),
    ],
)
def test_days_and_quarters_follow_the_sites_calendar(zone: str, first: str, hours: list[float]) -> None:
    client = a_client(zone, first)
    found = SavingsShape.model_validate_json(client.get(f"{SITE}/savings", params={"from": first}).content)
    assert [each.hours for each in found.bars] == hours
    assert all(each.coverage_ratio == 1.0 for each in found.bars)
    lines = list(csv.DictReader(io.StringIO(client.get(f"{SITE}/quarter-hours?month={first[:7]}").text)))
    days: dict[str, int] = {}
    for line in lines:
        days[line["start_local"][:10]] = days.get(line["start_local"][:10], 0) + 1
    for at, length in enumerate(hours):
        day = str(np.datetime64(first, "D") + at)
        if day[:7] == first[:7]:
            assert days[day] == length * 4


def test_quarters_are_the_meter_and_what_is_unknown_is_empty() -> None:
    client = a_client(hour=12)
    answer = client.get(f"{SITE}/quarter-hours")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="lindenweg-8-this-month.csv"' in answer.headers["content-disposition"]
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(lines) == 4 * 96
    site = a_priced_site()
    grid = span(site, "2024-06-01", 4, 900)
    power_w = grid_power(a_lived(site, "2024-06-01", 4), grid)
    net = [float(each["bought_kwh"]) - float(each["sold_kwh"]) for each in lines]
    np.testing.assert_allclose(net, power_w * 0.25 / 1e3, atol=1e-5)
    assert lines[0]["start_local"] == "2024-06-01T00:00:00+02:00"
    assert lines[0]["start_utc"] == "2024-05-31T22:00:00Z"
    empty = list(csv.DictReader(io.StringIO(client.get(f"{SITE}/quarter-hours?month=2024-05").text)))
    assert len(empty) == 31 * 96 and empty[0]["bought_kwh"] == "" and empty[0]["known_ratio"] == "0"


def test_today_is_the_day_so_far() -> None:
    client = a_client(hour=12)
    found = TodayShape.model_validate_json(client.get(f"{SITE}/today").content)
    assert found.day == "2024-06-04" and found.hours == 24.0
    assert found.saved_eur is not None and found.paid_eur is not None and found.without_planning_eur is not None
    assert found.saved_eur == pytest.approx(found.without_planning_eur - found.paid_eur, abs=1e-3)
    assert found.solar_kwh is not None and found.solar_kwh > 0 and found.solar_expected_kwh is None
    assert found.carbon_kg is not None and found.carbon_without_solar_kg is not None
    assert found.carbon_kg <= found.carbon_without_solar_kg


def test_today_expects_what_is_still_foreseen() -> None:
    world = a_planned_world(turns=6)
    client, _ = asking(world.site, world.store, world.clock.now())
    found = TodayShape.model_validate_json(client.get(f"{SITE}/today").content)
    assert found.solar_expected_kwh is not None and found.solar_kwh is not None
    assert found.solar_expected_kwh > found.solar_kwh + 1.0


def test_carbon_is_by_the_factor_or_unknown_with_its_remedy() -> None:
    found = CarbonShape.model_validate_json(a_client().get(f"{SITE}/carbon").content)
    assert found.source == "test" and found.grid_g_per_kwh == 400.0
    assert found.carbon_kg == pytest.approx(sum(each.bought_kwh for each in found.days) * 0.4, abs=0.005)
    site = a_priced_site()
    client, _ = asking(site, a_lived(site, "2024-06-01", 1), instant("2024-06-03"))
    plain = CarbonShape.model_validate_json(client.get(f"{SITE}/carbon?from=2024-06-01").content)
    assert plain.carbon_kg is None and plain.grid_g_per_kwh is None
    assert "carbon: {grid" in plain.note


def test_peaks_are_the_highest_first_with_what_they_cost() -> None:
    client = a_client()
    found = PeaksShape.model_validate_json(client.get(f"{SITE}/peaks").content)
    sizes = [each.mean_w for each in found.quarters]
    assert sizes == sorted(sizes, reverse=True) and len(sizes) == 4
    (component,) = found.components
    bill = BillShape.model_validate_json(client.get(f"{SITE}/bill").content)
    (line,) = [each for each in bill.lines if each.name == "demand demand-1"]
    assert component.charge_eur == pytest.approx(line.amount_eur, abs=0.0101)
    assert component.days[0].mean_w == pytest.approx(sizes[0], abs=0.11)


def test_gaps_are_listed_and_the_day_is_marked() -> None:
    site = a_priced_site()
    store = a_lived(site, "2024-06-01", 3, gaps=[("2024-06-01T20:00Z", "2024-06-02T04:00Z")])
    client, _ = asking(site, store, instant("2024-06-08"))
    found = SavingsShape.model_validate_json(client.get(f"{SITE}/savings?from=2024-06-01&to=2024-06-03").content)
    assert [each.is_complete for each in found.bars] == [False, False, True]
    assert [each.saved_eur is None for each in found.bars] == [True, True, False]
    # One gap, though midnight lies within it.
    meter = [each for each in found.gaps if each.channel == "grid.power_w"]
    assert [(each.from_, each.to) for each in meter] == [("2024-06-01T20:00:00.000Z", "2024-06-02T04:00:00.000Z")]
    assert found.baselines[0].days == 1
    assert any("2024-06-01, 2024-06-02" in each for each in found.notes)


def test_a_store_without_any_reading_is_unknown_and_not_zero() -> None:
    site = a_priced_site()
    client, _ = asking(site, a_lived(site, "2024-06-01", 1), instant("2024-08-02T10:00"))
    today = TodayShape.model_validate_json(client.get(f"{SITE}/today").content)
    assert today.paid_eur is None and today.solar_kwh is None and today.carbon_kg is None
    assert today.gaps == ["grid.power_w", "roof.power_w", "battery.power_w"] or set(today.gaps) >= {"roof.power_w"}
    found = SavingsShape.model_validate_json(client.get(f"{SITE}/savings").content)
    assert all(each.paid_eur is None for each in found.bars)


def test_accuracy_tells_scores_and_missed_days() -> None:
    world = a_planned_world(turns=4)
    client, _ = asking(world.site, world.store, world.clock.now())
    found = AccuracyShape.model_validate_json(client.get(f"{SITE}/accuracy?days=3").content)
    assert found.days == 3 and not found.channels
    assert [each.why for each in found.missed] == ["no_forecast"] * 3


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ("savings?from=2024-06-03&to=2024-06-01", "to"),
        ("savings?from=2020-01-01&to=2024-06-01", "from"),
        ("savings?from=yesterday", "query.from"),
        ("savings?bucket=week", "query.bucket"),
        ("bill?from=0001-01-01&to=0001-01-02", "from"),
        ("quarter-hours?month=2024-13", "query.month"),
        ("quarter-hours?month=May", "query.month"),
        ("quarter-hours?month=0001-01", "query.month"),
        ("accuracy?days=0", "query.days"),
    ],
)
def test_what_is_asked_wrongly_is_told_with_its_place(asked: str, place: str) -> None:
    answer = a_client(count=2).get(f"{SITE}/{asked}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["faults"][0]["place"] == place


def test_another_site_is_not_there() -> None:
    assert a_client(count=1).get("/api/v1/sites/other/savings").status_code == 404


def test_what_lies_ahead_is_empty() -> None:
    found = SavingsShape.model_validate_json(
        a_client(count=2).get(f"{SITE}/savings?from=2030-01-01&to=2030-01-03").content
    )
    assert found.bars == [] and found.total_eur == 0.0 and found.coverage_ratio == 0.0
