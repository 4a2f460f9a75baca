"""Is what else could have been done priced as one would by hand?"""

import pytest

from enerwise.serve.worth import Scene, alternatives, margins
from tests.builders import a_battery


def a_scene(power_w: float, others_w: float, *, energy_wh: float = 6750.0, dual: float = 0.30) -> Scene:
    """A quarter of an hour at 50 ct for buying and 8 ct for selling; 0.9 in, 1.1 out."""
    return Scene(a_battery(), power_w, others_w, energy_wh, 0.25, dual, 0.50, 0.08, (0.9, 1.1))


def test_giving_spares_buying_and_uses_up_worth() -> None:
    """1 kW over a quarter-hour: 0.25 kWh at 50 ct, less 0.25 kWh of 33 ct: resting costs 4.25 ct more."""
    scene = a_scene(-1000.0, 1000.0)
    ((key, facts),) = alternatives(scene)
    assert key == "else.rest_more"
    assert facts["else_eur"] == pytest.approx(0.25 * (0.50 - 0.33))
    assert [key for key, _ in margins(scene)] == ["value.give_home"]


def test_resting_at_the_lowest_level_had_no_choice() -> None:
    assert [key for key, _ in alternatives(a_scene(0.0, 1000.0, energy_wh=1350.0))] == ["else.empty"]


def test_resting_at_the_highest_level_had_no_choice() -> None:
    assert [key for key, _ in alternatives(a_scene(0.0, -1000.0, energy_wh=12_150.0))] == ["else.full"]


def test_covering_cheap_need_from_dear_energy_costs_more() -> None:
    ((key, facts),) = alternatives(a_scene(0.0, 1000.0, dual=0.60))
    assert key == "else.cover_more"
    assert facts["else_eur"] == pytest.approx(0.25 * (0.66 - 0.50))


def test_storing_surplus_of_little_worth_costs_more() -> None:
    ((key, facts),) = alternatives(a_scene(0.0, -1000.0, dual=0.05))
    assert key == "else.take_more"
    assert facts["else_eur"] == pytest.approx(0.25 * (0.08 - 0.045))


def test_tie_is_a_tie() -> None:
    ((key, _),) = alternatives(a_scene(-1000.0, 1000.0, dual=0.50 / 1.1))
    assert key == "else.rest_same"


@pytest.mark.parametrize(
    ("power_w", "others_w", "keys"),
    [
        (2000.0, -1000.0, ["value.take_sun", "value.take_grid"]),
        (-2000.0, 1000.0, ["value.give_home", "value.give_grid"]),
        (0.0, 500.0, ["value.rest_need"]),
        (0.0, -500.0, ["value.rest_surplus"]),
        (0.0, 0.0, []),
    ],
)
def test_sentences_fit_what_happened(power_w: float, others_w: float, keys: list[str]) -> None:
    assert [key for key, _ in margins(a_scene(power_w, others_w))] == keys
