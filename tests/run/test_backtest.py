from dataclasses import replace

import numpy as np
import pytest

from enerwise.core.errors import ProblemsFound
from enerwise.core.event import Kind
from enerwise.core.quantity import CARBON_G_PER_KWH, POWER_W
from enerwise.core.series import Frame, Key
from enerwise.run.backtest import STRATEGIES, BacktestResult, backtest
from enerwise.site.read import read_site
from enerwise.site.site import GRID
from enerwise.store.memory import MemoryStore
from tests.run.builders import a_home, a_house

TOLERANCE_EUR = 1e-4
DAYS, WARMUP = 6, 3
STORE = MemoryStore()
TOLD: list[tuple[str, int, int]] = []


def a_frame() -> Frame:
    return a_house(DAYS)[0]


@pytest.fixture(scope="module")
def result() -> BacktestResult:
    return backtest(
        a_home("passive"), a_frame(), warmup_days=WARMUP, store=STORE, progress=lambda *each: TOLD.append(each)
    )


def test_nothing_beats_perfect_foresight(result: BacktestResult) -> None:
    cost_eur = {name: each.cost_eur for name, each in result.results.items()}
    assert tuple(cost_eur) == STRATEGIES
    for name in STRATEGIES:
        assert cost_eur["perfect"] <= cost_eur[name] + TOLERANCE_EUR, name
    assert cost_eur["self_consumption"] < cost_eur["idle"]
    assert cost_eur["plan"] < cost_eur["idle"]


def test_no_limit_is_left(result: BacktestResult) -> None:
    assert {name: each.violation_count for name, each in result.results.items()} == dict.fromkeys(STRATEGIES, 0)


def test_shares_run_from_nothing_to_all(result: BacktestResult) -> None:
    found = result.results
    assert found["idle"].captured_ratio == 0.0
    assert found["perfect"].captured_ratio == 1.0
    assert found["self_consumption"].captured_over_self_consumption_ratio == 0.0
    plan_share = found["plan"].captured_ratio
    assert plan_share is not None
    saved = found["idle"].cost_eur - found["plan"].cost_eur
    assert plan_share == pytest.approx(saved / (found["idle"].cost_eur - found["perfect"].cost_eur))


def test_every_strategy_meets_the_same_house_and_its_connection_balances(result: BacktestResult) -> None:
    for each in result.results.values():
        load_w = a_frame().column(Key("home", POWER_W))[WARMUP * 24 :]
        assert each.power_w["home"] == pytest.approx(load_w)
        total_w = sum(each.power_w[asset] for asset in ("home", "roof", "battery"))
        assert each.power_w[GRID] == pytest.approx(total_w, abs=1e-3)
        assert each.energy_wh.shape == (1, result.grid.step_count + 1)
        assert each.energy_wh[0, 0] == pytest.approx(6750.0)
        assert 0 <= each.self_sufficiency_ratio <= 1
        assert 0 <= each.self_consumption_ratio <= 1
    assert result.results["idle"].cycles_count == 0.0
    assert result.results["self_consumption"].cycles_count > 0.3


def test_the_bill_is_that_of_the_tariff(result: BacktestResult) -> None:
    for each in result.results.values():
        bill = result.site.tariff.bill(result.grid, each.power_w[GRID], result.site.timezone)
        assert each.bill.total_eur == pytest.approx(bill.total_eur)


def test_the_store_receives_events_plans_and_measurements(result: BacktestResult) -> None:
    kinds = {each.kind for each in STORE.events()}
    assert kinds >= {
        Kind.MEASURED,
        Kind.FORECAST,
        Kind.PLANNED,
        Kind.PROPOSED,
        Kind.PERMITTED,
        Kind.RECEIPT,
        Kind.SETTLED,
    }
    assert len(STORE.blobs("plan")) == len(STORE.events(kind=Kind.PLANNED)) > 60
    metered_w = STORE.read_frame([Key(GRID, POWER_W)], result.grid).value[:, 0]
    assert metered_w == pytest.approx(result.results["plan"].power_w[GRID])


def test_progress_is_told_to_the_end(result: BacktestResult) -> None:
    assert {(name, 72, 72) for name in STRATEGIES} <= set(TOLD)
    assert all(0 <= done <= total for _, done, total in TOLD)


def found_wrong(**changes: object) -> str:
    asked: dict[str, object] = {"site": a_home("passive"), "frame": a_frame(), "warmup_days": WARMUP, **changes}
    with pytest.raises(ProblemsFound) as caught:
        backtest(**asked)  # type: ignore[arg-type]
    return str(caught.value)


def test_what_is_wrong_is_said_with_place_and_remedy() -> None:
    assert "6.0 days with 6 of warm-up" in found_wrong(warmup_days=6)
    assert "1 rows" in found_wrong(frame=a_frame().rows(slice(0, 1)))
    assert "'magic' is not known" in found_wrong(strategies=["idle", "magic"])
    frame = a_frame()
    bare = Frame(frame.keys[:1], frame.start_utc, frame.value[:, :1], frame.quality[:, :1], frame.known_at)
    missing = found_wrong(frame=bare, warmup_days=6)
    assert "roof.available_power_w" in missing
    assert "6.0 days" in missing, "all problems together"


def test_without_perfect_foresight_there_are_no_shares_and_gaps_are_noted() -> None:
    frame = a_frame()
    value = frame.value.copy()
    value[100:103, 0] = np.nan
    found = backtest(a_home(), replace(frame, value=value), strategies=["idle"], warmup_days=WARMUP)
    assert found.results["idle"].captured_ratio is None
    assert found.results["idle"].carbon_kg is None
    assert found.notes[0].startswith("3 steps with a gap")


def test_carbon_is_counted_where_it_is_known() -> None:
    frame, grid = a_house(2)
    columns = {key: frame.column(key) for key in frame.keys} | {Key(GRID, CARBON_G_PER_KWH): np.full(48, 400.0)}
    known = Frame.of(grid.starts_utc, columns, known_at=frame.known_at)
    idle = backtest(a_home(), known, strategies=["idle"], warmup_days=1).results["idle"]
    assert idle.carbon_kg == pytest.approx(idle.import_wh / 1e3 * 0.4)


def test_a_house_without_a_battery_has_nothing_to_save() -> None:
    site = replace(a_home(), assets=tuple(each for each in a_home().assets if each.id != "battery"))
    found = backtest(site, a_house(2)[0], strategies=["idle", "self_consumption", "perfect"], warmup_days=1)
    costs = [each.cost_eur for each in found.results.values()]
    assert costs == pytest.approx([costs[0]] * 3)
    assert found.results["idle"].captured_ratio is None


MACHINES = """
name: Test
timezone: Europe/Berlin
connection: {import_limit: 20 kW, export_limit: 20 kW}
tariff: {import: {otherwise: 0.20 EUR/kWh, periods: [{price: 0.50 EUR/kWh, from: "14:00", to: "21:00"}]}}
assets:
  - {id: roof, kind: pv, peak: 5 kWp}
  - {id: home, kind: load}
  - {id: car, kind: charger, vehicle: 40 kWh, target: 100 %, least_current: 0.1 A,
     trips: [{leaves: "07:00", back: "17:00", uses: 8 kWh}]}
  - {id: heating, kind: heat_pump, power: 3 kW, cop: 3, comfort: [20 degC, 22 degC],
     building: {loss: 150 W/K, air: 6 kWh/K, loss_at: 21 degC}}
"""


def test_recorded_machines_are_served_alike_and_cost_less_when_they_are_planned() -> None:
    frame = a_frame()
    hour = np.arange(len(frame)) % 24
    car_w, heats_w = np.where((hour >= 17) & (hour < 19), 4000.0, 0.0), np.where((hour > 5) & (hour < 22), 900.0, 300.0)
    columns = {key: frame.column(key) for key in frame.keys}
    columns |= {Key("car", POWER_W): car_w, Key("heating", POWER_W): heats_w}
    frame = Frame.of(frame.start_utc, columns, known_at=frame.known_at)
    found = backtest(
        read_site(MACHINES), frame, warmup_days=WARMUP, strategies=("idle", "plan", "perfect", "one_path")
    ).results
    assert np.array_equal(found["idle"].power_w["car"], car_w[WARMUP * 24 :])
    assert np.array_equal(found["idle"].power_w["heating"], heats_w[WARMUP * 24 :])
    for name in ("plan", "one_path"):
        assert found["perfect"].cost_eur - TOLERANCE_EUR <= found[name].cost_eur < 0.85 * found["idle"].cost_eur
        for machine, told in found[name].machines.items():
            apart = told.energy_wh - told.kept_wh - found["idle"].machines[machine].energy_wh
            assert abs(apart + found["idle"].machines[machine].kept_wh) < 0.03 * told.energy_wh, machine
        assert found[name].machines["car"].missing_wh < 50.0
