"""Around CityLearn: the numpy twin moves as it does, and the controller sees nothing that is yet to come."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

HERE = Path(__file__).parents[2] / "bench" / "outside" / "citylearn"
sys.path.insert(0, str(HERE))

from control import Controller, Settings, within  # type: ignore[import-not-found]  # noqa: E402
from foresight import HORIZON, Foresight, Learner, Seen  # type: ignore[import-not-found]  # noqa: E402
from twin import Batteries, Twin, score  # type: ignore[import-not-found]  # noqa: E402

RECORDED = (
    (0.020553570649951197, 0.11984124174120327), (0.5625599855069244, 3.535464970097382),
    (0.25208516663296937, 5.008796250214542), (-0.27296635225734683, 3.1011475512677054),
    (-0.8395243185476197, 0.0), (-0.012591589640622236, 0.0), (0.05353721905214108, 0.31215583115797085),
    (-0.05466270567977998, 0.0), (0.0029278685787907563, 0.017071316332789865),
    (0.47555419924154646, 2.878666822388242), (0.18931363032457701, 3.982481782136266),
    (-0.34217902320921895, 1.6129531921974904), (-0.006956530147155861, 1.564084826295672),
    (0.04070394737536083, 1.8014132478879095), (0.01721674221781056, 1.9017971587218134),
    (-0.0033442296345531836, 1.8783045581048663), (0.1369553717249092, 2.6768362568511543),
    (0.10314002912420783, 3.278203879227696), (0.6246927739062155, 6.3999049225843105),
    (0.7646059278285038, 6.399888469530768), (-6.411600145942043e-05, 6.399438068070856),
)  # fmt: skip
"""Action and energy after it [kWh], from CityLearn 1.3.6 itself: battery of 6.4 kWh and 5 kW, at first empty."""


def a_world(folder: Path, *, days: int = 3, later_kwh: float = 0.0) -> Path:
    """Write two homes in the form of the data set; after two days each draws so much more."""
    hours = np.arange(24 * days + 1)
    hour, sun = hours % 24, np.maximum(0.0, 700 * np.sin((hours % 24 - 6) / 12 * np.pi))
    attributes = {"capacity": 6.4, "nominal_power": 5.0}
    buildings = {}
    for home in range(2):
        load = 0.5 + home * 0.3 + np.exp(-((hour - 19) ** 2) / 6) + later_kwh * (hours >= 48)
        _write(folder / f"home_{home}.csv", non_shiftable_load=load, solar_generation=sun)
        buildings[f"home_{home}"] = {
            "energy_simulation": f"home_{home}.csv",
            "electrical_storage": {"attributes": attributes},
            "pv": {"attributes": {"nominal_power": 4.0}},
        }
    price = np.where((hour > 15) & (hour < 21), 0.5, 0.2)
    _write(folder / "pricing.csv", **_ahead("electricity_pricing", price))
    weather = {"outdoor_dry_bulb_temperature": 15 + 5 * np.sin(hours / 24), "direct_solar_irradiance": sun}
    weather["diffuse_solar_irradiance"] = sun / 3
    _write(folder / "weather.csv", **{k: v for each in weather for k, v in _ahead(each, weather[each]).items()})
    _write(folder / "carbon_intensity.csv", carbon_intensity=0.15 + 0.03 * np.cos(hour / 24 * 2 * np.pi))
    (folder / "schema.json").write_text(json.dumps({"buildings": buildings}))
    return folder


def _ahead(name: str, value: np.ndarray) -> dict[str, np.ndarray]:
    later = {f"{name}_predicted_{place}": np.roll(value, -hours) for place, hours in ((1, 6), (2, 12), (3, 24))}
    return {name: value} | later


def _write(file: Path, **columns: np.ndarray) -> None:
    rows = np.stack(list(columns.values()), axis=1)
    lines = [",".join(columns), *(",".join(map(repr, map(float, row))) for row in rows)]
    file.write_text("\n".join(lines))


def driven(folder: Path, *, steps: int | None = None) -> tuple[np.ndarray, dict[str, float]]:
    """Return what was done in each hour, and the score."""
    world, actions = Twin(folder, steps), []
    controller = Controller(world.batteries, world.steps, Settings(scenarios=1))
    for hour, seen in enumerate(world.hours()):
        if hour < world.steps - 1:
            actions.append(controller.act(seen))
            world.act(actions[-1])
    return np.array(actions), world.score()


def test_the_twin_moves_as_the_recorded_battery() -> None:
    batteries = Batteries(np.array([6.4]), np.array([5.0]))
    for action, energy_kwh in RECORDED:
        batteries.move(np.array([action]))
        assert batteries.energy_kwh[0] == pytest.approx(energy_kwh, abs=1e-12)


def test_batteries_at_rest_score_one() -> None:
    net = 1.0 + np.random.default_rng(0).random((3, 1460))
    parts = score(net, net, np.full(1460, 0.2), np.full(1460, 0.1))
    assert all(each == pytest.approx(1.0) for each in parts.values())


def test_exports_of_one_home_pay_for_its_neighbour_but_not_its_carbon() -> None:
    """The bill is that of the sum, carbon that of each home."""
    idle, net = np.array([[2.0, 2.0], [0.5, 1.0]]), np.array([[2.0, 2.0], [-1.5, -1.0]])
    parts = score(net, idle, np.array([1.0, 1.0]), np.array([1.0, 1.0]))
    assert parts["price"] == pytest.approx(1.5 / 5.5) and parts["emission"] == pytest.approx(4.0 / 5.5)


def test_what_comes_later_changes_nothing_before_it(tmp_path: Path) -> None:
    (tmp_path / "low").mkdir()
    (tmp_path / "high").mkdir()
    low, _ = driven(a_world(tmp_path / "low"))
    high, _ = driven(a_world(tmp_path / "high", later_kwh=2.0))
    assert np.array_equal(low[:48], high[:48])
    assert not np.array_equal(low[48:], high[48:])


def test_the_controller_beats_idle_batteries_where_every_day_is_the_same(tmp_path: Path) -> None:
    _, parts = driven(a_world(tmp_path, days=6))
    assert parts["price"] < 0.9 and parts["emission"] < 0.95 and parts["ramping"] < 0.8


@given(seed=st.integers(0, 2**32 - 1))
def test_what_one_battery_cannot_do_the_others_do(seed: int) -> None:
    rng = np.random.default_rng(seed)
    least, most, power = -5 * rng.random(4), 5 * rng.random(4), 12 * rng.random(4) - 6
    done = within(power, least, most)
    assert np.all(done >= least) and np.all(done <= most)
    assert done.sum() == pytest.approx(np.clip(power.sum(), least.sum(), most.sum()), abs=1e-6)
    inside = np.clip(power, least, most)
    assert np.array_equal(within(inside, least, most), inside)


def test_a_battery_can_do_what_the_simulated_one_can(tmp_path: Path) -> None:
    """Wishes beyond every limit move the simulated batteries as far as was told, but for their efficiency."""
    world = Twin(a_world(tmp_path))
    controller = Controller(world.batteries, world.steps)
    for soc in (0.0, 0.05, 0.5, 0.85, 0.95, 1.0):
        least, most = controller.able_kw(np.full(2, soc))
        for wish, bound in ((-1.0, least), (1.0, most)):
            batteries = Batteries(np.full(2, 6.4), np.full(2, 5.0))
            batteries.energy_kwh = np.full(2, 6.4 * soc)
            assert batteries.move(np.full(2, wish)) == pytest.approx(bound, rel=0.05, abs=1e-3)


def test_weather_is_known_as_far_as_it_was_told(tmp_path: Path) -> None:
    world, seen = Twin(a_world(tmp_path)), Seen(2, 73)
    for _, each in zip(range(30), world.hours(), strict=False):
        seen.take(each)
    known = seen.known("load", seen.load[0], ("temp",))
    assert known.past_count == 30 and known.horizon == HORIZON
    assert np.isfinite(known.known[30:, 0]).all()
    assert (known.known_at[24:, 0] == known.grid.starts_utc[24:] - np.timedelta64(23, "h")).all()


def test_trees_learn_what_repeats(tmp_path: Path) -> None:
    world = Twin(a_world(tmp_path, days=22))
    seen, learner, rng = Seen(2, world.steps), Learner(("temp",), most_rows=4000), np.random.default_rng(0)
    for each in world.hours():
        seen.take(each)
        if seen.count % 168 == 0:
            learner.learn({"load": seen.load[0]}, seen, rng)
    said, usual = learner.foresee("load", seen.load[0], seen)
    truth = seen.load[0, seen.count - 24 : seen.count]
    assert learner.booster is not None
    assert np.abs(said - truth).mean() < 0.05 and np.abs(usual - truth).mean() < 0.05


def test_scenarios_are_the_ways_in_which_the_foresight_was_wrong(tmp_path: Path) -> None:
    world = Twin(a_world(tmp_path, days=16))
    controller = Controller(world.batteries, world.steps, Settings(scenarios=3))
    for each in world.hours():
        controller.seen.take(each)
        controller.foresight.net.append(np.zeros((2, HORIZON)))
    paths = controller.paths(np.zeros((2, HORIZON)))
    energy = paths.sum(axis=(1, 2))
    assert paths.shape == (3, 2, HORIZON) and np.all(np.diff(energy) >= -1e-9)
    # Nothing was foreseen, so that each path is a mean of days as they were.
    day = controller.seen.idle[:, -24:]
    assert np.allclose(paths.mean(axis=0), day, atol=0.3)


def test_an_unlearned_foresight_says_what_was_usual() -> None:
    seen = Seen(1, 48)
    row = {name: np.array([1.0]) for name in ("non_shiftable_load", "net_electricity_consumption", "carbon_intensity")}
    row |= {"solar_generation": np.array([0.0])}
    for column in (
        "electricity_pricing",
        "outdoor_dry_bulb_temperature",
        "direct_solar_irradiance",
        "diffuse_solar_irradiance",
    ):
        row |= {
            column + ending: np.array([0.3]) for ending in ("", "_predicted_6h", "_predicted_12h", "_predicted_24h")
        }
    seen.take(row)
    net, carbon = Foresight(1, 48).look(seen)
    assert np.allclose(net, 1.0) and np.allclose(carbon, 1.0)
