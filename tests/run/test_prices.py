import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.time import TIME_TYPE, Instant, TimeGrid, instant, local_day_start
from enerwise.core.units import FloatArray
from enerwise.run.prices import PriceBook
from enerwise.site.tariff import PriceSeries, Rate, Tariff
from tests.builders import BERLIN, a_rate, a_tariff, a_tou_rate, a_window

HOUR_S = 3600
START = instant("2024-06-26", zone=BERLIN)
SPOT: FloatArray = 0.05 + 0.001 * np.arange(24 * 7, dtype=np.float64)


def published(price_eur_per_kwh: FloatArray = SPOT, start: Instant = START) -> PriceSeries:
    """Hourly prices, those of each local day public at 13:00 local the day before."""
    starts_utc = TimeGrid(start, HOUR_S, price_eur_per_kwh.size).starts_utc
    eve = [local_day_start(at, BERLIN, days=-1) for at in starts_utc]
    known_at = np.array([day + np.timedelta64(13, "h") for day in eve], dtype=TIME_TYPE)
    return PriceSeries(starts_utc, price_eur_per_kwh, HOUR_S, known_at)


def a_book(series: PriceSeries | None = None, *, tax_ratio: float = 0.0) -> PriceBook:
    rate = Rate(series=series or published(), plus_eur_per_kwh=0.18)
    return PriceBook(Tariff(rate, Rate(0.08), tax_ratio=tax_ratio), BERLIN, HOUR_S)


def day(start: str, hours: int = 24) -> TimeGrid:
    return TimeGrid(instant(start, zone=BERLIN), HOUR_S, hours)


def test_tomorrow_is_known_at_13_and_not_a_moment_earlier() -> None:
    tomorrow = day("2024-06-29")
    noon = instant("2024-06-28 13:00", zone=BERLIN)
    before = a_book().import_eur_per_kwh(tomorrow, noon - np.timedelta64(1, "ms"))
    after = a_book().import_eur_per_kwh(tomorrow, noon)
    assert before == pytest.approx(SPOT[48:72] + 0.18), "until then tomorrow is like today"
    assert after == pytest.approx(SPOT[72:96] + 0.18)


def test_hours_that_are_not_public_repeat_the_day_before_and_further_ones_too() -> None:
    two_days = day("2024-06-29", 48)
    at = instant("2024-06-28 14:00", zone=BERLIN)
    assert a_book().import_eur_per_kwh(two_days, at) == pytest.approx(np.tile(SPOT[72:96], 2) + 0.18)


def test_prices_that_were_never_published_are_missing() -> None:
    book = a_book()
    assert np.isnan(book.import_eur_per_kwh(day("2024-06-25"), instant("2024-06-28"))).all()


def test_a_price_book_taxes_what_is_bought_only() -> None:
    book = a_book(tax_ratio=0.2)
    at = instant("2024-06-28 14:00", zone=BERLIN)
    assert book.import_eur_per_kwh(day("2024-06-28"), at) == pytest.approx((SPOT[48:72] + 0.18) * 1.2)
    assert book.export_eur_per_kwh(day("2024-06-28"), at) == pytest.approx(np.full(24, 0.08))


@settings(max_examples=30, deadline=None)
@given(hour=st.integers(24, 24 * 6), ahead=st.integers(1, 48), lie=st.floats(-1.0, 1.0))
def test_prices_of_the_future_change_nothing_now(hour: int, ahead: int, lie: float) -> None:
    as_of = START + np.timedelta64(hour, "h")
    honest = published()
    poisoned = PriceSeries(honest.start_utc, np.where(honest.known_at > as_of, lie, SPOT), HOUR_S, honest.known_at)
    grid = TimeGrid(as_of, HOUR_S, ahead)
    one, two = (a_book(each).import_eur_per_kwh(grid, as_of) for each in (honest, poisoned))
    assert one.tobytes() == two.tobytes()
    assert np.isfinite(one).all()


RATES = {
    "flat": a_rate(0.3),
    "weekdays": a_tou_rate(),
    "over midnight": a_rate(0.2, (a_window(22, 6), 0.1)),
    "half past": a_rate(0.2, (a_window(7.5, 9.25, days="weekends"), 0.4)),
}


@settings(max_examples=40, deadline=None)
@given(
    name=st.sampled_from(sorted(RATES)),
    step_s=st.sampled_from([900, 1800, 3600]),
    first=st.integers(0, 40_000),
    count=st.integers(0, 200),
    off_s=st.sampled_from([0, 0, 300, 1]),
)
def test_blocks_say_what_the_tariff_says(name: str, step_s: int, first: int, count: int, off_s: int) -> None:
    tariff = a_tariff(RATES[name], RATES[name], tax_ratio=0.1)
    grid = TimeGrid(instant("2024-01-01") + np.timedelta64(first * 900 + off_s, "s"), step_s, count)
    book = PriceBook(tariff, BERLIN, step_s)
    for _ in range(2):
        assert (
            book.import_eur_per_kwh(grid, grid.start_utc).tobytes() == tariff.import_eur_per_kwh(grid, BERLIN).tobytes()
        )
        assert (
            book.export_eur_per_kwh(grid, grid.start_utc).tobytes() == tariff.export_eur_per_kwh(grid, BERLIN).tobytes()
        )


@pytest.mark.parametrize(
    ("start", "hours", "peak"), [("2024-03-29", 24, 6), ("2024-03-31", 23, 6), ("2024-10-27", 25, 6)]
)
def test_windows_keep_to_the_wall_clock_on_days_of_23_and_25_hours(start: str, hours: int, peak: int) -> None:
    book = PriceBook(a_tariff(a_rate(0.27, (a_window(14, 20), 0.52))), BERLIN, HOUR_S)
    grid = day(start, hours)
    price = book.import_eur_per_kwh(grid, grid.start_utc)
    dear = np.flatnonzero(price == 0.52)
    assert dear.size == peak
    assert dear[0] == 14 + hours - 24
    assert price.size == hours


@pytest.mark.parametrize(("start", "hours"), [("2024-03-31", 23), ("2024-10-27", 25)])
def test_published_prices_cover_days_of_23_and_25_hours(start: str, hours: int) -> None:
    begin = instant(start, zone=BERLIN) - np.timedelta64(24, "h")
    book = a_book(published(0.1 + 0.001 * np.arange(24 + hours + 24, dtype=np.float64), begin))
    grid = day(start, hours)
    eve = instant(f"{np.datetime64(start) - 1} 14:00", zone=BERLIN)
    assert book.import_eur_per_kwh(grid, eve) == pytest.approx(0.28 + 0.001 * np.arange(24, 24 + hours))
