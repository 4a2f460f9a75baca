"""Strategies for the guard's properties: facts that can exist, and numbers that cannot."""

from hypothesis import strategies as st

from enerwise.site.assets import Battery

ANY_NUMBER = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([0.0, -0.0, 1e308, -1e308, 2.0**31, 5e-324]),
)
POWERS_W = st.floats(-12_000.0, 12_000.0)
RATIOS = st.floats(0.0, 1.0)


@st.composite
def batteries(draw: st.DrawFn, battery_id: str = "battery") -> Battery:
    capacity_wh = draw(st.floats(500.0, 50_000.0))
    low = draw(st.floats(0.0, 0.5))
    return Battery(
        battery_id,
        capacity_wh=capacity_wh,
        charge_limit_w=draw(st.floats(0.0, 10_000.0)),
        discharge_limit_w=draw(st.floats(0.0, 10_000.0)),
        round_trip_ratio=draw(st.floats(0.5, 1.0)),
        idle_loss_w=draw(st.floats(0.0, 100.0)),
        resistive_ratio=draw(st.floats(0.0, 0.1)),
        self_discharge_w=draw(st.floats(0.0, 20.0)),
        soc_min_ratio=low,
        soc_max_ratio=draw(st.floats(low + 0.1, 1.0)),
        reserve_ratio=draw(RATIOS),
    )
