"""What every way of bidding must satisfy: within what each home can do, no worse than the supplier, one home as many.

A plug-in's test inherits the suite and names its strategy::

    class TestMyStrategy(StrategyContract):
        strategy = MyStrategy()
"""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, ClassVar, Final

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.market.book import Book
from enerwise.market.strategy import Decisions, Memory, State, Strategy
from enerwise.market.worth import Worth
from enerwise.site.assets import Battery, BatteryArrays

SEEDS: Final = st.integers(0, 2**32 - 1)
EXAMPLES: Final = 60
UNKNOWN: Final = ("energy_wh", "net_wh")


def a_state(seed: int, *, home_count: int | None = None) -> State:
    """Draw what homes know, the edges included: no battery, an empty one, a closed connection, upside-down prices."""
    rng = np.random.default_rng(seed)
    homes, slots = home_count or int(rng.integers(1, 9)), int(rng.integers(1, 30))
    facts = BatteryArrays.of([_battery(rng, at) for at in range(homes)])
    buy = rng.choice([0.0, 50_000.0, 300_000.0]) + np.rint(rng.uniform(-1e5, 1e5, slots))
    sell = buy - rng.choice([0.0, 1.0, 100_000.0, 200_000.0], slots) * rng.choice([1.0, 1.0, 1.0, -1.0])
    filled_ratio = rng.choice([0.0, 0.5, 1.0, 1.1], homes) * rng.uniform(0.8, 1.0, homes)
    slope = -np.sort(-rng.uniform(-0.1, 0.6, (homes, 8)), axis=1)
    return State(
        step_s=float(rng.choice([900.0, 1800.0, 3600.0])),
        batteries=facts,
        energy_wh=facts.energy_max_wh * filled_ratio,
        net_wh=rng.normal(0, 1500, (homes, slots)) * rng.choice([0.0, 1.0, 1.0, 4.0], (homes, 1)),
        spread_wh=rng.uniform(0, 800, homes),
        buy_ueur_per_kwh=buy,
        sell_ueur_per_kwh=sell,
        local_ueur_per_kwh=np.rint((buy + sell) / 2),
        import_limit_wh=rng.choice([0.0, 1000.0, 10_000.0], homes),
        export_limit_wh=rng.choice([0.0, 800.0, 4000.0], homes),
        worth=Worth(facts, slope),
        memory=Memory(rng.uniform(0, 1, (2, homes)), rng.normal(0, 0.1, (2, homes))),
    )


def _battery(rng: np.random.Generator, at: int) -> Battery:
    if rng.random() < 0.2:
        return Battery(f"none-{at}", 1.0, 0.0, 0.0, round_trip_ratio=1.0)
    low_ratio = float(rng.choice([0.0, 0.1]))
    return Battery(
        f"battery-{at}",
        float(rng.uniform(2_000, 15_000)),
        float(rng.choice([500.0, 5_000.0])),
        float(rng.choice([500.0, 5_000.0])),
        round_trip_ratio=float(rng.choice([0.81, 0.9, 1.0])),
        soc_min_ratio=low_ratio,
        soc_max_ratio=float(rng.choice([0.8, 1.0])),
        reserve_ratio=float(rng.choice([0.0, 0.3])),
    )


class StrategyContract:
    """Inherit and set ``strategy``; say ``draws`` where it draws a number for each home."""

    strategy: ClassVar[Strategy]
    draws: ClassVar[bool] = False

    def decided(self, state: State, seed: int = 1) -> Decisions:
        """Return what homes decide, with chance of its own."""
        return self.strategy.decide(state, np.random.default_rng(seed))

    def test_has_a_name(self) -> None:
        assert self.strategy.name
        assert isinstance(self.strategy.is_planning, bool)

    def test_nobody_offers_what_battery_and_connection_cannot_do(self) -> None:
        def check(seed: int) -> None:
            state = a_state(seed)
            made = self.decided(state)
            facts, hours = state.batteries, state.step_s / 3600.0
            net_wh = state.net_wh[:, 0]
            floor_wh = np.maximum(facts.energy_min_wh, facts.reserve_wh)
            give_wh = np.minimum(
                np.maximum(state.energy_wh - floor_wh, 0) * facts.one_way_ratio, facts.discharge_limit_w * hours
            )
            take_wh = np.minimum(
                np.maximum(facts.energy_max_wh - state.energy_wh, 0) / facts.one_way_ratio, facts.charge_limit_w * hours
            )
            buys, sells = made.is_buy & (made.quantity_wh > 0), ~made.is_buy & (made.quantity_wh > 0)
            assert (made.quantity_wh <= np.minimum(net_wh + take_wh, state.import_limit_wh))[buys].all()
            assert (made.quantity_wh <= np.minimum(give_wh - net_wh, state.export_limit_wh))[sells].all()

        for_any(check, SEEDS)

    def test_nobody_offers_worse_than_the_supplier(self) -> None:
        def check(seed: int) -> None:
            state = a_state(seed)
            made = self.decided(state)
            trades = made.quantity_wh > 0
            price = made.price_ueur_per_kwh[trades]
            assert (price <= state.buy_ueur_per_kwh[0]).all()
            assert (price >= state.sell_ueur_per_kwh[0]).all()

        for_any(check, SEEDS)

    def test_orders_make_a_book(self) -> None:
        def check(seed: int) -> None:
            made = self.decided(a_state(seed))
            assert made.quantity_wh.dtype == made.price_ueur_per_kwh.dtype == np.int64
            assert (made.quantity_wh >= 0).all()
            rows = np.flatnonzero(made.quantity_wh)
            Book(rows, rows, made.is_buy[rows], made.quantity_wh[rows], made.price_ueur_per_kwh[rows])

        for_any(check, SEEDS)

    def test_equal_states_and_seeds_give_equal_orders(self) -> None:
        def check(seed: int, chance: int) -> None:
            state, twin = a_state(seed), a_state(seed)
            assert _bits(self.decided(state, chance)) == _bits(self.decided(twin, chance))
            assert _bits(state) == _bits(twin), "a state was changed"

        for_any(check, SEEDS, SEEDS)

    def test_one_home_alone_does_what_it_does_among_many(self) -> None:
        def check(seed: int) -> None:
            state = a_state(seed)
            among = self.decided(state)
            for home in range(len(state)):
                rng = np.random.default_rng(1)
                if self.draws:
                    rng.random(home)
                alone = self.strategy.decide(state.take(np.array([home])), rng)
                assert _bits(alone) == _bits(_only(among, home))

        for_any(check, SEEDS)

    def test_what_is_unknown_holds_and_others_go_on(self) -> None:
        def check(seed: int) -> None:
            state = a_state(seed)
            made, home = self.decided(state), seed % len(state)
            for name in UNKNOWN:
                column = getattr(state, name).copy()
                column[home] = np.nan
                blind = self.decided(replace(state, **{name: column}))
                assert blind.quantity_wh[home] == 0
                others = np.arange(len(state)) != home
                assert (blind.quantity_wh == made.quantity_wh)[others].all()

        for_any(check, SEEDS)

    def test_a_score_has_0_to_100_points(self) -> None:
        def check(seed: int) -> None:
            points = self.decided(a_state(seed)).score
            if points is None:
                return
            parts = [getattr(points, each.name) for each in fields(points)]
            assert all(((each >= 0) & (each <= 100)).all() for each in parts)
            assert ((points.total >= 0) & (points.total <= 100)).all()

        for_any(check, SEEDS)


def for_any(check: Callable[..., None], *drawn: st.SearchStrategy[int]) -> None:
    """Try a claim on states drawn by seeds."""
    settings(max_examples=EXAMPLES)(given(*drawn)(check))()


def _only(made: Decisions, home: int) -> Decisions:
    rows = np.array([home])
    points = made.score and replace(
        made.score, **{each.name: getattr(made.score, each.name)[rows] for each in fields(made.score)}
    )
    return Decisions(made.is_buy[rows], made.quantity_wh[rows], made.price_ueur_per_kwh[rows], points)


def _bits(value: Any) -> Any:
    """Return a value with everything in it as bytes."""
    if isinstance(value, np.ndarray):
        return value.tobytes()
    if hasattr(value, "__dataclass_fields__"):
        return tuple(_bits(getattr(value, each.name)) for each in fields(value))
    return value
