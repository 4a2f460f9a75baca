"""What feeds tell becomes prices: through the store, with the moment it became known, and never less than a price."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.errors import StoreError
from enerwise.core.quantity import PRICE_IMPORT_EUR_PER_KWH
from enerwise.core.series import Key
from enerwise.core.time import Instant, TimeGrid, VirtualClock, instant
from enerwise.devices.feeds.feed import Feed
from enerwise.run.feeds import EVER, FeedKeeper, fed
from enerwise.run.prices import PriceBook
from enerwise.run.weather import QUANTITIES
from enerwise.site.tariff import Rate, Tariff
from enerwise.site.wiring import Device
from enerwise.store.memory import MemoryStore
from tests.builders import BERLIN
from tests.devices.feeds.test_feed import RECORDINGS, an_answer

DAY = instant("2024-07-01T00:00Z")
HOUR = np.timedelta64(60, "m")
PRICES = Device("prices", "feed", "https://market.example/v1", profile="awattar", serves={"import": "grid"})
TARIFF = Tariff(Rate(otherwise_eur_per_kwh=0.10, times_ratio=1.2, plus_eur_per_kwh=0.15, feed="prices"), Rate(0.08))
CHANNEL = Key("prices", PRICE_IMPORT_EUR_PER_KWH)


class House:
    """A feed, a store, and whoever asks for prices."""

    def __init__(self) -> None:
        self.clock = VirtualClock(DAY + 12 * HOUR)
        self.feed, self.store = Feed(PRICES, clock=self.clock), MemoryStore()
        self.keeper = FeedKeeper(self.store)
        self.book = PriceBook(TARIFF, BERLIN, 900, store=self.store)

    def told(self, first: Instant, prices_eur_per_mwh: list[float], *, step_s: int = 3600) -> int:
        self.feed.take(an_answer(first, prices_eur_per_mwh, step_s=step_s))
        count = self.keeper.keep([object(), self.feed], self.clock.now())
        self.store.flush()
        return count

    def buys(self, start: Instant, hours: float) -> list[float]:
        grid = TimeGrid(start, 900, round(hours * 4))
        return [round(each, 6) for each in self.book.import_eur_per_kwh(grid, self.clock.now()).tolist()]


def test_what_is_told_is_what_is_paid_with_what_comes_on_top() -> None:
    house = House()
    assert house.buys(DAY + 12 * HOUR, 0.25) == [0.27], "the stand-in, before anybody has told anything"
    assert house.told(DAY, [float(each) for each in range(48)]) == 48 * 4
    assert house.buys(DAY + 12 * HOUR, 0.25) == [0.1644], "at once"
    house.clock.jump_to(DAY + 13 * HOUR)
    expected = [0.001 * hour * 1.2 + 0.15 for hour in (13, 14)]
    assert house.buys(DAY + 13 * HOUR, 2.0) == pytest.approx([each for each in expected for _ in range(4)])
    assert house.book.export_eur_per_kwh(TimeGrid(DAY, 900, 1), house.clock.now()) == pytest.approx(0.08)


def test_nothing_is_kept_twice_and_what_changes_becomes_known_when_it_changes() -> None:
    house = House()
    first_at = house.clock.now()
    house.told(DAY, [10.0] * 24)
    assert house.told(DAY, [10.0] * 24) == 0
    house.clock.jump_to(DAY + 14 * HOUR)
    assert house.told(DAY, [10.0] * 23 + [20.0] + [30.0] * 24) == 25 * 4
    late = DAY + 23 * HOUR
    before = fed(TARIFF, house.store, *EVER, as_of=first_at).import_rate.series
    after = fed(TARIFF, house.store, *EVER, as_of=house.clock.now()).import_rate.series
    assert before is not None and after is not None
    assert (before.at(np.array([late]))[0], after.at(np.array([late]))[0]) == pytest.approx((0.01, 0.02))


def test_quarters_follow_hours_without_a_gap() -> None:
    house = House()
    house.told(DAY, [100.0] * 24)
    house.clock.jump_to(DAY + 13 * HOUR)
    house.told(DAY + 24 * HOUR, [float(each) for each in range(96)], step_s=900)
    grid = TimeGrid(DAY, 900, 192)
    series = fed(TARIFF, house.store, *EVER).import_rate.series
    assert series is not None
    known = series.at(grid.starts_utc) * 1000.0
    assert known == pytest.approx([100.0] * 96 + [float(each) for each in range(96)])


def test_tomorrow_is_like_today_until_it_is_told_and_a_plan_never_lacks_a_price() -> None:
    house = House()
    house.told(DAY, [float(each) for each in range(24)])
    tomorrow = house.buys(DAY + 24 * HOUR, 24.0)
    assert tomorrow[::4] == pytest.approx([0.001 * hour * 1.2 + 0.15 for hour in range(24)])
    assert np.isfinite(house.buys(DAY - 100 * HOUR, 300.0)).all()


def test_a_bill_takes_the_stand_in_where_nothing_was_told() -> None:
    house = House()
    house.told(DAY, [200.0] * 12)
    grid = TimeGrid(DAY, 3600, 24)
    bill = house.book.tariff(house.clock.now()).bill(grid, np.full(24, 1000.0), BERLIN)
    assert bill.cost_eur["import"] == pytest.approx(12 * (0.2 * 1.2 + 0.15) + 12 * 0.27)
    assert bill.notes == ("import: 12 steps billed by the stand-in for the feed prices",)
    assert TARIFF.bill(grid, np.full(24, 1000.0), BERLIN).notes[0].startswith("import: 24 steps")


def test_a_new_life_knows_what_the_old_one_was_told() -> None:
    house = House()
    house.told(DAY, [50.0] * 48)
    again = PriceBook(TARIFF, BERLIN, 900, store=house.store)
    price = again.import_eur_per_kwh(TimeGrid(DAY + 20 * HOUR, 900, 1), house.clock.now())
    assert price == pytest.approx(0.05 * 1.2 + 0.15)
    assert FeedKeeper(house.store).keep([house.feed], house.clock.now()) == 48 * 4


def test_a_store_that_fails_costs_news_and_no_price() -> None:
    house = House()
    house.told(DAY, [50.0] * 48)
    before = house.buys(DAY + 13 * HOUR, 1.0)

    def broken(*args: object, **facts: object) -> None:
        raise StoreError("the disk does not answer")

    house.store.read = broken  # type: ignore[method-assign, assignment]
    house.clock.jump_to(DAY + 15 * HOUR)
    assert house.buys(DAY + 13 * HOUR, 1.0) == before
    again = PriceBook(TARIFF, BERLIN, 900, store=house.store)
    assert again.import_eur_per_kwh(TimeGrid(DAY, 900, 1), house.clock.now()) == pytest.approx(0.27)


def test_weather_is_nobodys_price() -> None:
    house = House()
    weather = Device(
        "sky", "feed", "https://weather.example/v1", profile="open_meteo", serves={"weather": "weather"},
        options={"latitude": "52.5", "longitude": "13.4"},
    )  # fmt: skip
    feed = Feed(weather, clock=house.clock)
    feed.take((RECORDINGS / "open_meteo.json").read_bytes())
    assert feed.tables()
    assert house.keeper.keep([feed], house.clock.now()) == sum(each.value.size for each in feed.tables()), "its hours"
    house.store.flush()
    kept = house.store.keys()
    assert {key.quantity for key in kept} == set(QUANTITIES), "and no price"


def test_a_tariff_without_feeds_asks_no_store() -> None:
    tariff = Tariff(Rate(0.3))
    assert PriceBook(tariff, BERLIN, 900, store=MemoryStore()).tariff(DAY) is tariff


@given(hour=st.integers(0, 47), lie=st.floats(-500.0, 500.0))
def test_what_is_told_later_changes_nothing_now(hour: int, lie: float) -> None:
    one, two = House(), House()
    for house in (one, two):
        house.told(DAY, [float(each) for each in range(48)])
    now = one.clock.now()
    two.clock.jump_to(now + HOUR)
    changed = [float(each) for each in range(48)]
    changed[hour] = lie
    two.told(DAY, changed)
    grid = TimeGrid(DAY, 900, 192)
    books = [PriceBook(TARIFF, BERLIN, 900, store=each.store) for each in (one, two)]
    first, second = (each.import_eur_per_kwh(grid, now) for each in books)
    assert first.tobytes() == second.tobytes()
