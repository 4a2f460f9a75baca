"""Days and their sums: the bill to the cent, calendars of every kind, gaps told and never filled."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Frame, Key
from enerwise.core.time import instant
from enerwise.serve.outlooks.daybook import DayBook, book_of
from enerwise.serve.outlooks.days import Day, days_of
from enerwise.serve.outlooks.sums import bar, bars, baselines, bill_lines, in_whole, total, with_money
from enerwise.site.site import Site
from enerwise.store.memory import MemoryStore
from tests.builders import a_battery, a_load, a_pv, a_site
from tests.serve.outlooks.builders import a_lived, a_priced_site, after, day_of, grid_power, span

CALENDARS = [
    ("Europe/Berlin", "2024-03-30", [24.0, 23.0, 24.0]),
    ("Europe/Berlin", "2024-10-26", [24.0, 25.0, 24.0]),
    ("Asia/Kolkata", "2024-05-30", [24.0, 24.0, 24.0]),
    ("Australia/Lord_Howe", "2024-04-06", [24.0, 24.5, 24.0]),
    ("Australia/Lord_Howe", "2024-10-05", [24.0, 23.5, 24.0]),
]


def days_from(store: MemoryStore, site: Site, first: str, count: int) -> list[Day]:
    days = list(range(day_of(first), day_of(first) + count))
    return days_of(store, site, days, after(site, first, count))


@pytest.mark.parametrize(("zone", "first", "hours"), CALENDARS)
def test_days_are_those_of_the_site_and_add_up_to_the_bill(zone: str, first: str, hours: list[float]) -> None:
    """23, 24 and 25 hours, half-hour zones and half-hour clock changes: the days' money is the bill of the span."""
    site = a_priced_site(zone)
    store = a_lived(site, first, 3)
    days = days_from(store, site, first, 3)
    assert [day.length_h for day in days] == hours
    assert all(day.coverage_ratio == 1.0 and not day.gaps for day in days)
    grid = span(site, first, 3, 900)
    whole = site.tariff.bill(grid, grid_power(store, grid), zone)
    assert total(with_money(days, site.tariff)).total_eur == pytest.approx(whole.total_eur, abs=1e-6)


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000), step_s=st.sampled_from([60, 300, 900]), count=st.integers(1, 3))
def test_lines_of_a_bill_are_the_bill_to_the_cent(seed: int, step_s: int, count: int) -> None:
    site = a_priced_site()
    store = a_lived(site, "2024-06-29", count, step_s=step_s, seed=seed)
    lines, total_eur = bill_lines(with_money(days_from(store, site, "2024-06-29", count), site.tariff), site.tariff)
    grid = span(site, "2024-06-29", count, step_s)
    whole = site.tariff.bill(grid, grid_power(store, grid), site.timezone)
    assert round(sum(each.amount_eur for each in lines), 2) == total_eur
    assert total_eur == pytest.approx(whole.total_eur, abs=0.00501)
    by_name = {each.name: each.amount_eur for each in lines}
    for term, eur in whole.cost_eur.items():
        assert by_name[term] == pytest.approx(eur, abs=0.0101)
    for line in lines:
        if line.quantity and line.unit_price_eur is not None and line.name != "export":
            assert line.quantity * line.unit_price_eur == pytest.approx(line.amount_eur, abs=0.0101)


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000))
def test_energy_of_a_day_balances(seed: int) -> None:
    site = a_priced_site()
    (day,) = days_from(a_lived(site, "2024-06-29", 1, seed=seed), site, "2024-06-29", 1)
    sources = day.from_solar_wh + day.from_battery_wh + day.from_grid_wh
    assert sources == pytest.approx(day.used_wh, rel=1e-9)
    assert day.from_grid_wh <= day.bought_wh + 1e-6


def test_a_house_that_ran_without_planning_saved_nothing_by_it() -> None:
    site = a_priced_site()
    days = with_money(days_from(a_lived(site, "2024-06-01", 3, step_s=60), site, "2024-06-01", 3), site.tariff)
    found = {each.name: each for each in baselines(days)}
    assert found["no_planning"].saved_eur == pytest.approx(0.0, abs=0.01)
    assert found["no_planning"].day_count == 3
    assert found["no_battery"].saved_eur > 0.5
    paid = total(days).total_eur
    for each in found.values():
        assert each.cost_eur == pytest.approx(paid + each.saved_eur)


def test_one_price_for_all_hours_saves_nothing_against_a_flat_tariff() -> None:
    site = a_site()
    days = with_money(days_from(a_lived(site, "2024-06-01", 2), site, "2024-06-01", 2), site.tariff)
    flat = baselines(days)[2]
    assert flat.name == "flat_tariff"
    assert flat.saved_eur == pytest.approx(0.0, abs=1e-9)


def test_a_flat_tariff_keeps_fees_peaks_and_their_tax() -> None:
    """Reckoned by hand: bought at the mean price of all minutes, all else as on the bill."""
    site = a_priced_site()
    store = a_lived(site, "2024-06-03", 2)
    days = with_money(days_from(store, site, "2024-06-03", 2), site.tariff)
    paid, flat = total(days), baselines(days)[2]
    grid = span(site, "2024-06-03", 2, 900)
    power_w = grid_power(store, grid)
    mean_eur = float(site.tariff.import_eur_per_kwh(grid, site.timezone).mean())
    bought = float(np.maximum(power_w, 0).sum()) / 4e3
    fees = (paid.fixed_eur + sum(paid.demand_eur.values())) * 1.19
    assert flat.cost_eur == pytest.approx(bought * mean_eur + fees + paid.export_eur)


def test_a_gap_is_listed_and_never_filled() -> None:
    site = a_priced_site()
    gap = ("2024-06-01T08:00Z", "2024-06-01T12:00Z")
    (day,) = days_from(a_lived(site, "2024-06-01", 1, gaps=[gap]), site, "2024-06-01", 1)
    (whole,) = days_from(a_lived(site, "2024-06-01", 1), site, "2024-06-01", 1)
    assert day.coverage_ratio == pytest.approx(20 / 24)
    assert not day.is_complete and not day.others
    assert {each.channel for each in day.gaps} == {"grid.power_w", "roof.power_w", "battery.power_w"}
    assert all((each.from_utc, each.to_utc) == (instant(gap[0]), instant(gap[1])) for each in day.gaps)
    assert day.solar_wh < whole.solar_wh
    shown = bar("x", with_money([day], site.tariff))
    assert shown.saved_eur is None and not shown.is_complete and shown.paid_eur is not None


def test_a_day_of_which_nothing_is_known_says_so() -> None:
    site = a_priced_site()
    (day,) = days_of(MemoryStore(), site, [day_of("2024-06-01")], instant("2024-06-05"))
    shown = bar("x", with_money([day], site.tariff))
    assert day.coverage_ratio == 0.0 and shown.paid_eur is None and shown.own_power_ratio is None
    lines, total_eur = bill_lines(with_money([day], site.tariff), site.tariff)
    assert total_eur == 0.0 and not any(each.quantity for each in lines if each.unit == "day")


def test_today_is_what_has_passed_of_it() -> None:
    site = a_priced_site()
    store = a_lived(site, "2024-06-01", 1)
    (day,) = days_of(store, site, [day_of("2024-06-01")], instant("2024-06-01T10:00Z"))
    assert day.grid.step_count == 12 * 60 and day.length_h == 24.0
    assert day.bill.cost_eur["fixed"] == pytest.approx(0.20)


def test_a_house_without_a_meter_at_the_connection_is_the_sum_of_its_parts() -> None:
    site = a_priced_site()
    store, bare = a_lived(site, "2024-06-01", 1), MemoryStore()
    grid = span(site, "2024-06-01", 1, 900)
    keys = [Key(each, POWER_W) for each in ("home", "roof", "battery")]
    bare.append(store.read_frame(keys, grid))
    bare.flush()
    (whole,), (parts,) = (days_from(each, site, "2024-06-01", 1) for each in (store, bare))
    for name in ("bought_wh", "sold_wh", "used_wh", "solar_wh"):
        assert getattr(parts, name) == pytest.approx(getattr(whole, name), abs=1e-6)
    assert parts.coverage_ratio == 1.0


def test_a_site_of_nothing_but_a_load_has_its_bill() -> None:
    site = a_site(a_load())
    store, grid = MemoryStore(), span(site, "2024-06-01", 1, 900)
    power = {Key(each, POWER_W): np.full(grid.step_count, 400.0) for each in ("home", "grid")}
    store.append(Frame.of(grid.starts_utc, power))
    store.flush()
    (day,) = days_from(store, site, "2024-06-01", 1)
    assert day.bought_wh == pytest.approx(9600.0)
    assert day.devices["home"].cost_eur == pytest.approx(9.6 * 0.30)
    assert [each.saved_eur for each in baselines(with_money([day], site.tariff))] == pytest.approx([0.0, 0.0, 0.0])


def test_what_devices_cost_is_what_was_paid_shared_by_energy() -> None:
    """Two loads, no battery: together they cost what was bought, whatever the sun gave."""
    site = a_site(a_pv(), a_load("home"), a_load("car"))
    grid = span(site, "2024-06-01", 1, 900)
    sun_w = np.where(np.arange(96) // 24 == 1, -500.0, 0.0)
    power = {"home": np.full(96, 300.0), "car": np.full(96, 700.0), "roof": sun_w, "grid": 1000.0 + sun_w}
    store = MemoryStore()
    store.append(Frame.of(grid.starts_utc, {Key(each, POWER_W): value for each, value in power.items()}))
    store.flush()
    (day,) = days_from(store, site, "2024-06-01", 1)
    assert sum(each.cost_eur for each in day.devices.values()) == pytest.approx(day.bill.cost_eur["import"])
    assert day.devices["car"].cost_eur == pytest.approx(0.7 * day.bill.cost_eur["import"])


def test_peaks_are_quarters_of_an_hour() -> None:
    site = a_site(a_load())
    grid = span(site, "2024-06-01", 1, 60)
    power_w = np.full(grid.step_count, 500.0)
    power_w[600:615] = np.linspace(1000, 4000, 15)
    store = MemoryStore()
    store.append(Frame.of(grid.starts_utc, {Key("grid", POWER_W): power_w, Key("home", POWER_W): power_w}))
    store.flush()
    (day,) = days_from(store, site, "2024-06-01", 1)
    assert day.peak is not None
    assert day.peak.start_utc == grid.part(600, 1).start_utc
    assert day.peak.mean_w == pytest.approx(2500.0)


def test_the_book_keeps_days_and_sees_what_came_late() -> None:
    site = a_priced_site()
    store = a_lived(site, "2024-06-01", 2)
    book, now = DayBook(store, site), after(site, "2024-06-01", 2)
    first = book.days(day_of("2024-06-01"), day_of("2024-06-02"), now)
    assert book.days(day_of("2024-06-01"), day_of("2024-06-02"), now)[0] is first[0]
    late = span(site, "2024-06-01", 1, 900)
    store.append(Frame.of(late.starts_utc, {Key("grid", POWER_W): np.full(96, 1000.0)}, known_at=np.full(96, now)))
    store.flush()
    soon, later = (now + np.timedelta64(minutes, "m") for minutes in (5, 20))
    assert book.days(day_of("2024-06-01"), day_of("2024-06-01"), soon)[0] is first[0]
    changed = book.days(day_of("2024-06-01"), day_of("2024-06-02"), later)
    assert changed[0].bought_wh == pytest.approx(24_000.0)
    assert changed[1] is first[1]
    assert book_of(store, site) is book_of(store, site)


def test_the_book_shows_today_once_a_minute_and_no_tomorrow() -> None:
    site = a_priced_site()
    store = a_lived(site, "2024-06-01", 2)
    book, now = DayBook(store, site), instant("2024-06-02T09:00:10Z")
    days = book.days(day_of("2024-06-01"), day_of("2024-06-05"), now)
    assert [each.name for each in days] == ["2024-06-01", "2024-06-02"]
    same = book.days(day_of("2024-06-02"), day_of("2024-06-02"), now + np.timedelta64(20, "s"))
    assert same[0] is days[1]
    assert book.days(day_of("2024-06-02"), day_of("2024-06-02"), now + np.timedelta64(60, "s"))[0] is not days[1]


def test_bars_are_days_or_months() -> None:
    site = a_priced_site()
    days = with_money(days_from(a_lived(site, "2024-06-29", 3), site, "2024-06-29", 3), site.tariff)
    assert [each.name for each in bars(days, "day")] == ["2024-06-29", "2024-06-30", "2024-07-01"]
    months = bars(days, "month")
    assert [each.name for each in months] == ["2024-06", "2024-07"]
    assert months[0].length_h == 48.0
    assert sum(each.paid_eur or 0.0 for each in months) == pytest.approx(total(days).total_eur)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=12))
def test_rounded_amounts_add_up_to_the_rounded_sum(amounts: list[float]) -> None:
    found = in_whole(amounts)
    assert sum(found) == round(sum(amounts))
    assert all(abs(whole - amount) <= 1.0 for whole, amount in zip(found, amounts, strict=True))


def test_two_batteries_are_compared_together() -> None:
    site = a_site(a_pv(), a_battery("one"), a_battery("two", capacity_wh=5000.0), a_load())
    days = with_money(days_from(a_lived(site, "2024-06-01", 2, step_s=60), site, "2024-06-01", 2), site.tariff)
    assert baselines(days)[0].saved_eur == pytest.approx(0.0, abs=0.01)
