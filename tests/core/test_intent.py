"""What agents may say: bands that are not empty, orders that are not nothing, and only within their mandate."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.intent import Mandate, Order, OrderMandate, Priority, Proposal, Reason, Side
from tests.builders import NOON, a_proposal

powers_w = st.floats(-1e4, 1e4)


def a_mandate(lower_w: float = -1000.0, upper_w: float = 2000.0) -> Mandate:
    return Mandate("tester", frozenset(["battery"]), lower_w=lower_w, upper_w=upper_w)


@pytest.mark.parametrize(("lower", "upper"), [(1.0, 0.0), (math.nan, 0.0), (0.0, math.nan)])
def test_a_band_is_not_empty(lower: float, upper: float) -> None:
    with pytest.raises(ValueError, match="empty band"):
        a_proposal(lower=lower, upper=upper)


def test_nobody_prefers_nan() -> None:
    with pytest.raises(ValueError, match="prefers NaN"):
        a_proposal(preferred=math.nan)
    assert a_proposal(preferred=None).preferred is None


@pytest.mark.parametrize("quantity_wh", [0, -1])
def test_an_order_is_for_something(quantity_wh: int) -> None:
    with pytest.raises(ValueError, match="above 0 Wh"):
        Order("trader", NOON, "home", Side.BUY, quantity_wh, 300_000, NOON)


@pytest.mark.parametrize(
    ("numbers", "what"),
    [((-1, 0, 0, 0), "zero or more"), ((0, -1, 0, 0), "zero or more"), ((1, 1, 2, 1), "band is empty")],
)
def test_limits_of_orders_leave_something(numbers: tuple[int, int, int, int], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        OrderMandate(*numbers)


def test_safety_is_heard_first() -> None:
    order = [Priority.FALLBACK, Priority.MODE, Priority.PLAN, Priority.MARKET, Priority.OWNER, Priority.GRID_OPERATOR]
    assert sorted(Priority) == [*order, Priority.SAFETY]


@given(lower=powers_w, upper=powers_w, preferred=powers_w | st.none())
def test_a_mandate_lets_nothing_out_of_its_band(lower: float, upper: float, preferred: float | None) -> None:
    mandate, band = a_mandate(), sorted([lower, upper])
    allowed = mandate.allows(a_proposal(lower=band[0], upper=band[1], preferred=preferred))
    wish_is_inside = preferred is None or mandate.lower_w <= preferred <= mandate.upper_w
    leaves_room = any(band[0] <= edge <= band[1] for edge in (mandate.lower_w, mandate.upper_w)) or (
        mandate.lower_w <= band[0] <= mandate.upper_w
    )
    assert allowed == (wish_is_inside and leaves_room)


def test_a_mandate_names_its_agent_and_assets() -> None:
    assert a_mandate().allows(a_proposal())
    assert not a_mandate().allows(a_proposal(agent="somebody"))
    assert not a_mandate().allows(a_proposal("boiler"))


def test_a_mandate_without_limits_allows_any_power() -> None:
    mandate = Mandate("tester", frozenset(["battery"]))
    assert mandate.allows(a_proposal(lower=-math.inf, upper=math.inf, preferred=1e9))
    assert mandate.budget_ueur == 0


def test_a_reason_is_data() -> None:
    proposal: Proposal = a_proposal(cause="lindenweg-8/12/3")
    assert proposal.reason == Reason("test")
    assert proposal.cause == "lindenweg-8/12/3"
