"""One tariff bills the past and prices the future; parts of a bill add up to the bill of the whole."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.time import TimeGrid, instant, local_day_start
from enerwise.core.units import FloatArray
from enerwise.site.tariff import Bill, DemandComponent, DemandState, PriceSeries, Rate, Tariff
from tests.builders import BERLIN, a_demand, a_grid, a_price_series, a_rate, a_tariff, a_tou_rate, a_window

KATHMANDU = "Asia/Kathmandu"
LORD_HOWE = "Australia/Lord_Howe"
ZONES = ["UTC", BERLIN, "America/New_York", "Asia/Kolkata", KATHMANDU, LORD_HOWE]
HOUR = np.timedelta64(1, "h")


def local_days(first: str, count: int, zone: str = BERLIN, *, step_s: int = 900) -> TimeGrid:
    """Whole local days."""
    start = instant(first, zone=zone)
    return TimeGrid.between(start, local_day_start(start, zone, days=count), step_s)


def bill(tariff: Tariff, grid: TimeGrid, power_w: Sequence[float] | FloatArray | float, zone: str = BERLIN) -> Bill:
    return tariff.bill(grid, np.broadcast_to(np.asarray(power_w, dtype=float), (grid.step_count,)), zone)


# ---------------------------------------------------------------------------------------------------------------
# Rates


def test_a_flat_rate_is_flat() -> None:
    assert np.all(a_rate(0.30).at(a_grid(), BERLIN) == 0.30)


def test_a_period_holds_on_the_wall_clock() -> None:
    price = a_tou_rate().at(a_grid("2024-07-01", step_s=3600, steps=24, zone=BERLIN), BERLIN)
    assert price == pytest.approx([0.27] * 14 + [0.52] * 6 + [0.27] * 4)


def test_the_first_period_that_holds_wins() -> None:
    rate = a_rate(0.3, (a_window(18, 20), 0.6), (a_window(16, 20), 0.5))
    price = rate.at(a_grid("2024-07-01", step_s=3600, steps=24, zone=BERLIN), BERLIN)
    assert price[15:21] == pytest.approx([0.3, 0.5, 0.5, 0.6, 0.6, 0.3])


def test_a_step_over_a_change_of_price_costs_the_mean() -> None:
    rate = a_rate(0.20, (a_window(14.25, 20), 0.60))
    grid = a_grid("2024-07-01T14:00", step_s=3600, steps=2, zone=BERLIN)
    assert rate.at(grid, BERLIN) == pytest.approx([0.25 * 0.20 + 0.75 * 0.60, 0.60])


@pytest.mark.parametrize(("zone", "offset_minutes"), [("Asia/Kolkata", 30), (KATHMANDU, 45), (LORD_HOWE, 30)])
def test_hours_of_utc_straddle_the_hours_of_a_zone_off_the_hour(zone: str, offset_minutes: int) -> None:
    rate = a_rate(0.20, (a_window(14, 20), 0.60))
    price = rate.at(TimeGrid(np.datetime64("2024-07-01"), 3600, 24), zone)
    # The window begins inside a UTC hour: what is left of that hour costs the price of the window.
    left = offset_minutes / 60
    assert sorted(set(np.round(price, 9))) == pytest.approx(
        sorted({0.20, 0.60, 0.60 * left + 0.20 * (1 - left), 0.20 * left + 0.60 * (1 - left)})
    )
    assert price.mean() == pytest.approx(0.20 + 6 / 24 * 0.40)


@given(
    start_minute=st.integers(0, 2000),
    step_minutes=st.sampled_from([5, 15, 30, 60]),
    from_h=st.integers(0, 95).map(lambda quarter: quarter / 4),
    to_h=st.integers(1, 96).map(lambda quarter: quarter / 4),
    zone=st.sampled_from(ZONES),
)
def test_a_step_costs_the_mean_of_its_minutes(
    start_minute: int, step_minutes: int, from_h: float, to_h: float, zone: str
) -> None:
    rate = a_rate(0.20, (a_window(from_h, to_h), 0.60))
    start = np.datetime64("2024-03-30T00:00", "ms") + np.timedelta64(start_minute, "m")
    steps = 6 * 60 // step_minutes
    minutes = TimeGrid(start, 60, steps * step_minutes)
    by_minute = rate.at(minutes, zone).reshape(steps, step_minutes).mean(axis=1)
    assert rate.at(TimeGrid(start, step_minutes * 60, steps), zone) == pytest.approx(by_minute)


def test_prices_of_a_file_are_multiplied_and_then_raised() -> None:
    rate = Rate(series=a_price_series([0.10, -0.05]), times_ratio=1.19, plus_eur_per_kwh=0.18)
    assert rate.at(a_grid(step_s=3600, steps=2), BERLIN) == pytest.approx([0.299, 0.1205])


def test_a_step_over_two_prices_of_a_file_costs_their_mean() -> None:
    rate = Rate(series=a_price_series([0.10, 0.30, 0.20]))
    assert rate.at(a_grid("2024-07-01T00:30", step_s=3600, steps=2), BERLIN) == pytest.approx([0.20, 0.25])
    assert rate.at(a_grid(step_s=5400, steps=2), BERLIN) == pytest.approx([(0.1 + 0.1 + 0.3) / 3, (0.3 + 0.4) / 3])


# ---------------------------------------------------------------------------------------------------------------
# Price series


def test_there_is_no_price_before_after_or_in_a_gap() -> None:
    hours = a_grid(step_s=3600, steps=4).starts_utc
    series = PriceSeries(hours[[1, 3]], np.array([0.1, 0.3]), 3600, hours[[1, 3]])
    price = series.at(a_grid("2024-06-30T23:00", step_s=3600, steps=7).starts_utc)
    assert price == pytest.approx([np.nan, np.nan, 0.1, np.nan, 0.3, np.nan, np.nan], nan_ok=True)


@given(delay_h=st.lists(st.integers(-30, 30), min_size=24, max_size=24), at_h=st.integers(-40, 60))
def test_prices_are_unknown_until_they_are_public(delay_h: list[int], at_h: int) -> None:
    starts = a_grid(step_s=3600, steps=24).starts_utc
    known_at = starts + np.array(delay_h) * HOUR
    price = np.arange(24, dtype=float)
    series = PriceSeries(starts, price, 3600, known_at)
    as_of = starts[0] + at_h * HOUR
    seen = series.at(starts, as_of)
    assert np.array_equal(np.isnan(seen), known_at > as_of)
    # What becomes public later, whatever it says, leaves the earlier view alone.
    poisoned = PriceSeries(starts, np.where(known_at > as_of, -999.0, price), 3600, known_at)
    assert np.array_equal(seen, poisoned.at(starts, as_of), equal_nan=True)


def test_a_rate_shows_what_was_public() -> None:
    series = a_price_series([0.1] * 24, known_at=np.datetime64("2024-06-30T11:00", "ms"))
    grid = a_grid(step_s=1800, steps=4)
    tariff = a_tariff(Rate(series=series), tax_ratio=0.5)
    assert np.all(np.isnan(tariff.import_eur_per_kwh(grid, BERLIN, np.datetime64("2024-06-30T10:59"))))
    assert tariff.import_eur_per_kwh(grid, BERLIN, np.datetime64("2024-06-30T11:00")) == pytest.approx(0.15)


@pytest.mark.parametrize(
    ("starts", "prices", "step_s"),
    [([], [], 3600), ([1, 0], [0.1, 0.2], 3600), ([0, 0], [0.1, 0.2], 3600), ([0], [0.1], 0), ([0], [0.1, 0.2], 1)],
)
def test_a_price_series_cannot_be_built_wrong(starts: list[int], prices: list[float], step_s: int) -> None:
    starts_utc = np.array(starts, dtype="datetime64[ms]")
    with pytest.raises(ValueError, match="price series"):
        PriceSeries(starts_utc, np.array(prices), step_s, starts_utc)


# ---------------------------------------------------------------------------------------------------------------
# Bills: energy, fees, tax


def test_energy_costs_its_price_and_feeding_in_earns() -> None:
    grid = a_grid(step_s=1800, steps=4)
    cost = bill(a_tariff(0.30, 0.08), grid, [2000.0, -3000.0, 0.0, 1000.0]).cost_eur
    assert cost["import"] == pytest.approx(1.5 * 0.30)
    assert cost["export"] == pytest.approx(-1.5 * 0.08)


def test_energy_that_comes_and_goes_within_a_bill_is_not_netted() -> None:
    even = bill(a_tariff(0.30, 0.08), a_grid(step_s=3600, steps=2), [1000.0, -1000.0])
    assert even.total_eur == pytest.approx(0.22)


@pytest.mark.parametrize(("day", "zone"), [("2024-03-31", BERLIN), ("2024-10-27", BERLIN), ("2024-04-07", LORD_HOWE)])
def test_a_fee_a_day_is_a_fee_a_day_whatever_its_length(day: str, zone: str) -> None:
    for step_s in (900, 1800):
        grid = local_days(day, 1, zone, step_s=step_s)
        assert grid.step_count * step_s != 86_400
        assert bill(a_tariff(fixed_eur_per_day=0.40), grid, 0.0, zone).cost_eur["fixed"] == pytest.approx(
            0.40, abs=1e-12
        )


@given(days=st.integers(1, 40), day=st.integers(1, 28), month=st.integers(1, 12), zone=st.sampled_from(ZONES))
def test_fees_count_the_days_that_people_live(days: int, day: int, month: int, zone: str) -> None:
    grid = local_days(f"2024-{month:02}-{day:02}", days, zone, step_s=1800)
    assert bill(a_tariff(fixed_eur_per_day=0.40), grid, 0.0, zone).cost_eur["fixed"] == pytest.approx(0.40 * days)


@pytest.mark.parametrize(("day", "kwh"), [("2024-03-31", 23), ("2024-10-27", 25)])
def test_a_day_of_changed_clocks_is_billed_for_its_hours(day: str, kwh: float) -> None:
    grid = local_days(day, 1)
    assert bill(a_tariff(0.30), grid, 1000.0).cost_eur["import"] == pytest.approx(kwh * 0.30)
    night = a_tariff(a_rate(0.30, (a_window(0, 6), 0.10)))
    assert bill(night, grid, 1000.0).cost_eur["import"] == pytest.approx((kwh - 18) * 0.10 + 18 * 0.30)


def test_tax_lies_on_what_is_bought() -> None:
    tariff = a_tariff(0.20, 0.10, fixed_eur_per_day=24.0, tax_ratio=0.5, demand=[a_demand(price_eur_per_kw=10.0)])
    cost = bill(tariff, a_grid(step_s=3600, steps=2, zone=BERLIN), [2000.0, -5000.0]).cost_eur
    assert cost == pytest.approx(
        {"import": 0.40, "export": -0.50, "fixed": 2.0, "demand demand-1": 20.0, "tax": 0.5 * (0.40 + 2.0 + 20.0)}
    )
    grid = a_grid(steps=1)
    assert tariff.import_eur_per_kwh(grid, BERLIN)[0] == pytest.approx(0.30)
    assert tariff.export_eur_per_kwh(grid, BERLIN)[0] == pytest.approx(0.10)


def test_missing_steps_are_billed_as_zero_and_counted() -> None:
    grid = a_grid(step_s=3600, steps=3)
    result = bill(a_tariff(demand=[a_demand()]), grid, [1000.0, np.nan, np.nan])
    assert result.total_eur == pytest.approx(0.30 + 4.20)
    assert result.notes[0] == "2 steps without measurement billed as zero"


def test_energy_without_a_price_has_no_cost_and_no_energy_needs_none() -> None:
    tariff = a_tariff(Rate(series=a_price_series([0.1])))
    grid = a_grid(step_s=3600, steps=2)
    assert np.isnan(bill(tariff, grid, 1000.0).cost_eur["import"])
    assert bill(tariff, grid, [1000.0, 0.0]).cost_eur["import"] == pytest.approx(0.1)


def test_nothing_costs_nothing() -> None:
    result = bill(a_tariff(fixed_eur_per_day=1.0, tax_ratio=0.19, demand=[a_demand()]), a_grid(steps=0), 0.0)
    assert result.total_eur == 0.0
    assert result.demand == {"demand-1": DemandState()}


# ---------------------------------------------------------------------------------------------------------------
# Bills: demand


def test_the_highest_quarter_hour_of_a_month_costs_what_lies_above_the_free_part() -> None:
    power_w = np.full(96, 500.0)
    power_w[40], power_w[70] = 3000.0, 6500.0
    tariff = a_tariff(demand=[a_demand(price_eur_per_kw=4.20, above_w=2500.0)])
    assert bill(tariff, a_grid(zone=BERLIN), power_w).cost_eur["demand demand-1"] == pytest.approx(4.0 * 4.20)


def test_below_the_free_part_peaks_cost_nothing() -> None:
    tariff = a_tariff(demand=[a_demand(above_w=2500.0)])
    assert bill(tariff, a_grid(), 2500.0).cost_eur["demand demand-1"] == 0.0


def test_feeding_in_sets_no_peak() -> None:
    assert bill(a_tariff(demand=[a_demand()]), a_grid(), -9000.0).cost_eur["demand demand-1"] == 0.0


def test_the_mean_of_the_highest_days_counts_and_missing_days_count_as_zero() -> None:
    tariff = a_tariff(demand=[a_demand(price_eur_per_kw=1.0, top_count=3)])
    peak_kw = [4.0, 6.0, 2.0, 5.0]
    power_w = np.zeros((4, 24))
    power_w[:, 7] = np.array(peak_kw) * 1000
    power_w[1, 8] = 5900.0  # a second peak of the same day does not count
    for days, expected in ((1, 4 / 3), (2, 10 / 3), (3, 12 / 3), (4, 15 / 3)):
        grid = local_days("2024-07-01", days, step_s=3600)
        assert bill(tariff, grid, power_w[:days].ravel()).cost_eur["demand demand-1"] == pytest.approx(expected)


@pytest.mark.parametrize(("per", "periods"), [("day", 4), ("month", 2), ("year", 1)])
def test_each_period_is_charged_once(per: str, periods: int) -> None:
    tariff = a_tariff(demand=[a_demand(price_eur_per_kw=1.0, per=per)])
    assert bill(tariff, local_days("2024-07-30", 4), 2000.0).cost_eur["demand demand-1"] == pytest.approx(2.0 * periods)


def test_peaks_outside_the_window_cost_nothing() -> None:
    power_w = np.full(24, 9000.0)
    power_w[17:20] = 1000.0
    tariff = a_tariff(demand=[a_demand(price_eur_per_kw=1.0, window=a_window(17, 20))])
    grid = a_grid(step_s=3600, steps=24, zone=BERLIN)
    assert bill(tariff, grid, power_w).cost_eur["demand demand-1"] == pytest.approx(1.0)


def test_a_longer_interval_takes_the_mean() -> None:
    tariff = a_tariff(demand=[a_demand(price_eur_per_kw=1.0, interval_s=1800)])
    result = bill(tariff, a_grid(steps=4), [4000.0, 0.0, 1000.0, 1000.0])
    assert result.cost_eur["demand demand-1"] == pytest.approx(2.0)
    assert not result.notes


@pytest.mark.parametrize(("step_s", "billed_s"), [(3600, 3600), (600, 1200)])
def test_an_interval_that_steps_cannot_show_says_so(step_s: int, billed_s: int) -> None:
    tariff = a_tariff(demand=[a_demand("peak", price_eur_per_kw=1.0)])
    result = bill(tariff, a_grid(step_s=step_s, steps=6), 3000.0)
    assert result.cost_eur["demand peak"] == pytest.approx(3.0)
    assert result.notes == (f"peak: 900 s intervals billed on means over {billed_s} s",)


@pytest.mark.parametrize(("zone", "local_h"), [("Asia/Kolkata", 12), (KATHMANDU, 12), (BERLIN, 12)])
def test_intervals_begin_on_the_marks_of_the_wall_clock(zone: str, local_h: int) -> None:
    """An hour at 4 kW from 12 to 13 h is one billed hour, also where UTC's hours lie across it."""
    grid = a_grid("2024-07-01", step_s=900, steps=96, zone=zone)
    power_w = np.zeros(96)
    power_w[local_h * 4 : local_h * 4 + 4] = 4000.0
    tariff = a_tariff(demand=[a_demand(price_eur_per_kw=1.0, interval_s=3600)])
    assert bill(tariff, grid, power_w, zone).cost_eur["demand demand-1"] == pytest.approx(4.0)


@pytest.mark.parametrize("day", ["2024-04-07", "2024-10-06"])
def test_a_half_hour_of_changed_clocks_makes_no_peak(day: str) -> None:
    grid = local_days(day, 1, LORD_HOWE)
    tariff = a_tariff(demand=[a_demand(price_eur_per_kw=1.0, interval_s=3600)])
    assert bill(tariff, grid, 2000.0, LORD_HOWE).cost_eur["demand demand-1"] == pytest.approx(2.0)


def test_the_hour_that_happens_twice_is_two_hours() -> None:
    grid = local_days("2024-10-27", 1, step_s=3600)
    power_w = np.zeros(25)
    power_w[2:4] = 3000.0
    tariff = a_tariff(demand=[a_demand(price_eur_per_kw=1.0, interval_s=3600)])
    assert bill(tariff, grid, power_w).cost_eur["demand demand-1"] == pytest.approx(3.0)


def test_peaks_already_set_are_not_charged_again() -> None:
    tariff = a_tariff(0.0, 0.0, demand=[a_demand(price_eur_per_kw=1.0)])
    first = bill(tariff, local_days("2024-07-01", 1), 5000.0)
    grid = local_days("2024-07-02", 1)
    lower = tariff.bill(grid, np.full(grid.step_count, 4000.0), BERLIN, so_far=first.demand)
    higher = tariff.bill(grid, np.full(grid.step_count, 6000.0), BERLIN, so_far=first.demand)
    assert (first.total_eur, lower.total_eur, higher.total_eur) == pytest.approx((5.0, 0.0, 1.0))


def test_a_new_period_starts_from_nothing() -> None:
    tariff = a_tariff(0.0, 0.0, demand=[a_demand(price_eur_per_kw=1.0)])
    july = bill(tariff, local_days("2024-07-31", 1), 5000.0)
    grid = local_days("2024-08-01", 1)
    august = tariff.bill(grid, np.full(grid.step_count, 4000.0), BERLIN, so_far=july.demand)
    assert august.total_eur == pytest.approx(4.0)
    assert list(august.demand["demand-1"].within(2024 * 12 + 7).values()) == [4000.0]
    assert august.demand["demand-1"].within(2024 * 12 + 8) == {}


def demand_in_plain_words(component: DemandComponent, grid: TimeGrid, power_w: FloatArray, zone: str) -> float:
    """Charge a demand component with dictionaries and `zoneinfo`; steps divide the interval, the zone is whole-hour."""
    import_w = np.maximum(power_w, 0)
    energy: dict[int, list[float]] = {}
    for start, each_w in zip(grid.starts_utc.astype("datetime64[s]").astype(int), import_w, strict=True):
        energy.setdefault(int(start) // component.interval_s, []).append(float(each_w))
    days: dict[tuple[Any, Any], float] = {}
    for number, each in energy.items():
        at_s = max(number * component.interval_s, int(grid.start_utc.astype("datetime64[s]").astype(int)))
        local = datetime.fromtimestamp(at_s, ZoneInfo(zone))
        period = {"day": local.date(), "month": (local.year, local.month), "year": local.year}[component.per]
        held = component.window is None or component.window.holds(np.array([at_s], dtype="datetime64[s]"), zone)[0]
        mean_w = sum(each) * grid.step_s / component.interval_s if held else 0.0
        days[period, local.date()] = max(days.get((period, local.date()), 0.0), mean_w)
    charge_eur = 0.0
    for period in {each for each, _ in days}:
        highest = sorted((peak_w for (each, _), peak_w in days.items() if each == period), reverse=True)
        mean_w = sum(highest[: component.top_count]) / component.top_count
        charge_eur += component.price_eur_per_kw * max(0.0, mean_w - component.above_w) / 1000
    return charge_eur


components = st.builds(
    DemandComponent,
    name=st.just("peak"),
    price_eur_per_kw=st.floats(0, 100),
    per=st.sampled_from(["day", "month", "year"]),
    interval_s=st.sampled_from([900, 1800, 3600]),
    above_w=st.sampled_from([0.0, 2500.0]),
    top_count=st.integers(1, 4),
    window=st.none() | st.just(a_window(17, 20, days="weekdays")) | st.just(a_window(22, 6)),
)


@settings(max_examples=50)
@given(
    component=components,
    first=st.sampled_from(["2024-03-30", "2024-10-26", "2024-12-30", "2024-07-30"]),
    step_s=st.sampled_from([300, 900]),
    zone=st.sampled_from(["UTC", BERLIN, "America/New_York"]),
    seed=st.integers(0, 99),
)
def test_demand_is_charged_as_said_in_plain_words(
    component: DemandComponent, first: str, step_s: int, zone: str, seed: int
) -> None:
    grid = local_days(first, 3, zone, step_s=step_s)
    power_w = np.random.default_rng(seed).normal(1000, 2000, grid.step_count)
    charged = bill(a_tariff(demand=[component]), grid, power_w, zone).cost_eur["demand peak"]
    assert charged == pytest.approx(demand_in_plain_words(component, grid, power_w, zone))


@given(
    demand=st.lists(components, max_size=2),
    first=st.sampled_from(["2024-03-29", "2024-10-25", "2024-12-30", "2024-07-30"]),
    zone=st.sampled_from(ZONES),
    cuts_h=st.lists(st.integers(0, 96), max_size=3),
    step_s=st.sampled_from([900, 1800]),
    seed=st.integers(0, 99),
)
def test_the_parts_of_a_bill_add_up_to_the_bill_of_the_whole(
    demand: list[DemandComponent], first: str, zone: str, cuts_h: list[int], step_s: int, seed: int
) -> None:
    """Over changes of clocks, months and years, cut at any local hour, with peaks handed on from part to part."""
    named = [replace(each, name=f"peak-{at}") for at, each in enumerate(demand)]
    tariff = a_tariff(a_tou_rate(), 0.08, fixed_eur_per_day=0.4, tax_ratio=0.19, demand=named)
    grid = local_days(first, 4, zone, step_s=step_s)
    power_w = np.random.default_rng(seed).normal(500, 3000, grid.step_count)
    whole = tariff.bill(grid, power_w, zone)
    edges = [0, *sorted(min(grid.step_count, cut * 3600 // step_s) for cut in cuts_h), grid.step_count]
    cost = dict.fromkeys(whole.cost_eur, 0.0)
    so_far = None
    for begin, end in pairwise(edges):
        part = tariff.bill(grid.part(begin, end - begin), power_w[begin:end], zone, so_far=so_far)
        so_far = part.demand
        cost = {term: cost[term] + part.cost_eur[term] for term in cost}
    assert cost == pytest.approx(dict(whole.cost_eur), abs=1e-9)
    assert so_far == whole.demand


@given(component=components, power_kw=st.lists(st.floats(0, 10), min_size=1, max_size=8), seed=st.integers(0, 99))
def test_a_charge_only_ever_grows(component: DemandComponent, power_kw: list[float], seed: int) -> None:
    daily_w = np.array(power_kw) * 1000
    charges = [component.charge_eur(daily_w[:days]) for days in range(len(power_kw) + 1)]
    assert all(before <= after + 1e-9 for before, after in pairwise(charges))
    shuffled = np.random.default_rng(seed).permutation(daily_w)
    assert component.charge_eur(shuffled) == pytest.approx(charges[-1])


@pytest.mark.parametrize(
    "facts",
    [{"per": "week"}, {"top_count": 0}, {"interval_s": 0}, {"price_eur_per_kw": -1.0}, {"above_w": -1.0}],
)
def test_a_component_cannot_be_built_wrong(facts: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="demand-1:"):
        a_demand(**facts)


def test_components_differ_in_name() -> None:
    with pytest.raises(ValueError, match="differ in name"):
        a_tariff(demand=[a_demand("peak"), a_demand("peak")])


def test_intervals_map_steps_to_days_and_periods() -> None:
    spans = a_demand(interval_s=1800).intervals(a_grid("2024-06-30T23:00", steps=8, zone=BERLIN), BERLIN)
    assert spans.interval.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert (np.diff(spans.day) != 0).tolist() == [False, True, False]
    assert spans.period.tolist() == [2024 * 12 + 5] * 2 + [2024 * 12 + 6] * 2
    assert spans.steps_per_interval == 2
