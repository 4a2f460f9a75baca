"""Small batteries, portfolios and scenarios with good defaults, and the same drawn by hypothesis."""

import numpy as np
from hypothesis import strategies as st

from enerwise.market.wholesale.portfolio import Portfolio, Storage
from enerwise.market.wholesale.scenarios import Scenarios
from enerwise.site.assets import Battery

SLOTS = 5


def a_storage(
    battery_id: str = "battery",
    *,
    start_ratio: float = 0.5,
    end_ratio: float = 0.0,
    worth_eur_per_kwh: float = 0.04,
    ageing_eur_per_kwh: float = 0.0,
    round_trip_ratio: float = 0.9,
) -> Storage:
    """Return a battery of 10 kWh and 5 kW."""
    battery = Battery(
        battery_id,
        10_000.0,
        5000.0,
        5000.0,
        round_trip_ratio=round_trip_ratio,
        ageing_eur_per_kwh=ageing_eur_per_kwh,
    )
    return Storage(battery, 1e4 * start_ratio, 1e4 * end_ratio, worth_eur_per_kwh)


def a_portfolio(
    *storages: Storage, risk_ratio: float = 0.0, alpha_ratio: float = 0.7, steps_most: int = 4
) -> Portfolio:
    """Return what bids; one battery unless others are given."""
    return Portfolio(storages or (a_storage(),), risk_ratio=risk_ratio, alpha_ratio=alpha_ratio, steps_most=steps_most)


@st.composite
def scenarios(draw: st.DrawFn, *, with_pv: bool = False) -> Scenarios:
    """Draw a few paths; prices often agree, and some are zero or below."""
    count = draw(st.integers(1, 6))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size = draw(st.sampled_from([1, 10_000, 50_000]))
    price = rng.integers(-60_000 // size, 150_000 // size, (count, SLOTS), endpoint=True) * size
    weight = rng.integers(1, 5, count).astype(np.float64)
    pv_wh = np.floor(rng.uniform(0, 4000, (count, SLOTS))) if with_pv else np.empty((0, 0))
    return Scenarios(price, weight / weight.sum(), pv_wh)


@st.composite
def portfolios(draw: st.DrawFn, *, risk_ratio: float | None = None) -> Portfolio:
    """Draw one or two batteries that can end the day where they have to."""
    made = []
    for number in range(draw(st.integers(1, 2))):
        start_ratio = draw(st.sampled_from([0.0, 0.3, 0.5, 1.0]))
        made.append(
            a_storage(
                f"battery-{number}",
                start_ratio=start_ratio,
                end_ratio=start_ratio * draw(st.sampled_from([0.0, 1.0])),
                worth_eur_per_kwh=draw(st.sampled_from([0.0, 0.04])),
                ageing_eur_per_kwh=draw(st.sampled_from([0.0, 0.01])),
                round_trip_ratio=draw(st.sampled_from([1.0, 0.9, 0.7])),
            )
        )
    risk = draw(st.sampled_from([0.0, 0.3, 1.0])) if risk_ratio is None else risk_ratio
    return a_portfolio(*made, risk_ratio=risk, steps_most=draw(st.sampled_from([1, 2, 6])))
