"""Designs: what they cost is what plan and bill say, and nothing that is shown is beaten by something else."""

from dataclasses import replace

import numpy as np
import pytest

from enerwise.core.errors import ProblemsFound
from enerwise.core.quantity import AVAILABLE_POWER_W, POWER_W
from enerwise.core.series import Frame, Key
from enerwise.run.design import Choice, Design, Home, Judged, Offer, battery_of, pv_of
from enerwise.run.design_search import first_steps, search, undominated
from enerwise.site.assets import Pv
from enerwise.site.site import Site
from tests.builders import a_grid, a_load, a_pv, a_site

WEEK = a_grid(step_s=3600, steps=24 * 10)


def a_home(**facts: object) -> Home:
    site = a_site()
    keys = (Key("home", POWER_W), Key("roof", AVAILABLE_POWER_W))
    hour = np.arange(WEEK.step_count) % 24
    load_w = 400.0 + 1500.0 * np.exp(-((hour - 19.0) ** 2) / 4)
    sun_w = -np.maximum(0.0, site_peak_w(site) * 0.7 * np.sin((hour - 6) / 12 * np.pi))
    frame = a_frame(keys, np.stack([load_w, sun_w], axis=1))
    offers = {"battery": Offer(10_000.0, 300.0, life_years=15), "pv": Offer(8000.0, 900.0, life_years=25)}
    choice = Choice(**{**offers, "tariffs": (("own", site.tariff),), **facts})  # type: ignore[arg-type]
    return Home(site, frame, choice)


def site_peak_w(site: Site) -> float:
    return sum(each.peak_w for each in site.of_kind(Pv))


def a_frame(keys: tuple[Key, ...], value: np.ndarray) -> Frame:
    starts = WEEK.starts_utc[: len(value)]
    return Frame(keys, starts, value, np.zeros(value.shape, np.uint8), starts)


def test_an_annuity_pays_the_investment_back() -> None:
    offer = Offer(1e4, 500.0, 700.0, life_years=10)
    yearly, owed = offer.yearly_eur(1e4, 0.05), offer.invest_eur(1e4)
    for _ in range(10):
        owed = owed * 1.05 - yearly
    assert owed == pytest.approx(0.0, abs=1e-6)
    assert offer.yearly_eur(1e4, 0.0) == pytest.approx(offer.invest_eur(1e4) / 10) and offer.invest_eur(0.0) == 0.0


def test_nothing_bought_costs_the_bill_of_the_load_alone() -> None:
    home = a_home()
    judged = home.judge_whole(Design(0.0, 0.0, 0))
    bill = home.site.tariff.bill(home.grid, home.load_w, home.site.timezone)
    assert judged.bill_eur == pytest.approx(bill.total_eur * 365.25 / 10) and judged.invest_eur == 0.0
    assert judged.self_sufficiency_ratio == pytest.approx(0.0, abs=1e-9)


def test_a_gap_is_filled_with_the_day_before_as_a_backtest_does() -> None:
    home = a_home()
    value = home.frame.value.copy()
    value[100:110] = np.nan
    gappy = Home(home.site, a_frame(home.frame.keys, value), home.choice)
    assert np.array_equal(gappy.load_w, home.load_w)
    assert gappy.judge(Design(0.0, 4000.0, 0)) == home.judge(Design(0.0, 4000.0, 0))


def test_more_sun_and_more_storage_never_need_more_from_the_grid() -> None:
    home = a_home()
    bills = [home.judge(Design(size, 4000.0, 0)).bill_eur for size in (0.0, 2500.0, 10_000.0)]
    assert bills[0] > bills[1] > bills[2]
    drawn = [home.judge(Design(0.0, size, 0)).import_wh for size in (0.0, 2000.0, 8000.0)]
    assert drawn[0] > drawn[1] > drawn[2]


def test_a_design_is_reckoned_once() -> None:
    home = a_home()
    assert home.judge(Design(0.0, 0.0, 0)) is home.judge(Design(0.0, 0.0, 0)) and len(home.judged) == 1


def test_sizes_scale_what_stands_there() -> None:
    site = a_site()
    battery = battery_of(site, 20_000.0)
    own = battery_of(site, 10_000.0)
    assert battery.charge_limit_w == pytest.approx(2 * own.charge_limit_w)
    without = a_site(a_pv(), a_load())
    assert battery_of(without, 4000.0).charge_limit_w == pytest.approx(2000.0)
    assert pv_of(site, 1000.0).peak_w == 1000.0


def test_a_search_begins_at_every_corner() -> None:
    begin = first_steps(np.array([40, 40, 1]), 24)
    assert {tuple(each) for each in begin.tolist()} >= {(0, 0, 0), (40, 40, 1), (0, 40, 1), (40, 0, 0)}
    assert begin.min() >= 0 and np.all(begin <= np.array([40, 40, 1])) and len(begin) > 20


@pytest.mark.parametrize("aims", [("cost", "invest"), ("cost", "invest", "import")])
def test_what_is_found_is_not_beaten_by_anything_that_was_met(aims: tuple[str, ...]) -> None:
    home = a_home()
    told = list[tuple[int, int]]()
    found = search(home, aims=aims, generations=3, population=12, tell=lambda *each: told.append(each))
    assert told == [(1, 3), (2, 3), (3, 3)] and len(found) > 2
    assert found[0].invest_eur == 0.0
    for each in found:
        beaten = [other for other in home.judged if better(other, each, aims)]
        assert not beaten


def better(one: Judged, other: Judged, aims: tuple[str, ...]) -> bool:
    names = {"cost": "cost_eur", "invest": "invest_eur", "import": "import_wh"}
    pairs = [(getattr(one, names[aim]), getattr(other, names[aim])) for aim in aims]
    return all(mine <= its for mine, its in pairs) and any(mine < its - 1e-6 for mine, its in pairs)


def test_the_same_seed_finds_the_same() -> None:
    first, second = (search(a_home(), generations=2, population=8, seed=4) for _ in range(2))
    assert first == second


def test_a_cheaper_tariff_is_found() -> None:
    site = a_site()
    cheap = replace(site.tariff, fixed_eur_per_day=0.0)
    dear = replace(site.tariff, fixed_eur_per_day=2.0)
    found = search(a_home(tariffs=(("dear", dear), ("cheap", cheap))), generations=1, population=8)
    assert {each.design.tariff for each in found} == {1}


def test_equals_are_all_kept() -> None:
    one = Judged(Design(0.0, 0.0, 0), 0.0, 1.0, 1.0, 1.0, 0.0, 0.0)
    assert undominated([one, one], ("cost", "invest")) == [one, one]


@pytest.mark.parametrize(
    ("facts", "place"),
    [
        ({"battery": Offer(-1.0, 300.0)}, "battery.most"),
        ({"pv": Offer(1.0, np.nan)}, "pv.eur_per_k"),
        ({"pv": Offer(1.0, 1.0, life_years=0.0)}, "pv.life_years"),
        ({"interest_ratio": 3.0}, "interest_ratio"),
    ],
)
def test_offers_that_are_none_are_refused(facts: dict[str, object], place: str) -> None:
    with pytest.raises(ProblemsFound, match=place):
        a_home(**facts)


def test_aims_and_data_that_do_not_do_are_refused() -> None:
    for aims in (("cost",), ("cost", "cost"), ("cost", "beauty")):
        with pytest.raises(ProblemsFound, match="aims"):
            search(a_home(), aims=aims)
    home = a_home()
    short = a_frame(home.frame.keys, home.frame.value[:48])
    with pytest.raises(ProblemsFound, match=r"2\.0 days"):
        Home(home.site, short, home.choice)
    dark = a_frame(home.frame.keys[:1], home.frame.value[:, :1])
    with pytest.raises(ProblemsFound, match="no plant is measured"):
        Home(home.site, dark, home.choice)
