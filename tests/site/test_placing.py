"""Rules at a site: which hold where, in which numbers, and what nobody measures."""

import math
from typing import Any

import pytest

from enerwise.core.series import Key
from enerwise.site.limits import WindowedLimit
from enerwise.site.placing import PlacedRules, place
from enerwise.site.rules import Band, Derate, Input, Level, Rules, Watch, When
from enerwise.site.site import Connection, Site
from tests.builders import a_battery, a_connection, a_load, a_pv, a_site, a_window

SITE = a_site(a_pv(), a_battery(), a_battery("garage", charge_limit_w=3000.0, discharge_limit_w=7000.0), a_load())


def a_watch(**facts: Any) -> Watch:
    return Watch(**{"id": "w", "source": "s", "quantities": ("power_w",), "warn": Level(at=1.0), **facts})


def placed(*watches: Watch, site: Site = SITE, **facts: Any) -> PlacedRules:
    return place(Rules(watches=watches), site, **facts)


def channels(found: PlacedRules) -> list[str]:
    return [str(each.channel) for each in found.watches if each.watch.kind != "clock"]


@pytest.mark.parametrize(
    ("assets", "found"),
    [
        (("battery",), ["battery.power_w", "battery#2.power_w", "garage.power_w", "garage#2.power_w"]),
        (("garage",), ["garage.power_w", "garage#2.power_w"]),
        (("pv", "home"), ["roof.power_w", "roof#2.power_w", "home.power_w", "home#2.power_w"]),
        (("grid",), ["grid.power_w", "grid#2.power_w"]),
        (("garden",), ["garden.power_w", "garden#2.power_w"]),
    ],
)
def test_assets_by_kind_id_and_other_names(assets: tuple[str, ...], found: list[str]) -> None:
    assert channels(placed(a_watch(assets=assets))) == found


def test_kind_that_is_not_there_is_no_place() -> None:
    assert channels(placed(a_watch(assets=("pv",)), site=a_site(a_load()))) == []


@pytest.mark.parametrize(
    ("chemistry", "found"),
    [({}, ["lfp", "lfp"]), ({"garage": "nmc"}, ["lfp", "nmc"]), ({"battery": "nmc", "garage": "lto"}, ["nmc"])],
)
def test_chemistry_is_lfp_unless_said(chemistry: dict[str, str], found: list[str]) -> None:
    rules = placed(*(a_watch(kind="differs", chemistry=each) for each in ("lfp", "nmc")), chemistry=chemistry)
    by_asset = {each.channel.asset: each.watch.chemistry for each in rules.watches if each.watch.kind != "clock"}
    assert [by_asset[each] for each in ("battery", "garage") if each in by_asset] == found


def test_subject_is_the_asset_or_the_site() -> None:
    found = placed(a_watch(), a_watch(id="v", assets=("grid", "door")))
    subjects = {str(each.channel): each.subject for each in found.watches if each.watch.kind != "clock"}
    assert subjects["battery#2.power_w"] == "battery"
    assert subjects["grid.power_w"] == subjects["door.power_w"] == "*"


@pytest.mark.parametrize(
    ("asset", "of", "scale"),
    [
        ("battery", "rating_w", 5000.0),
        ("garage", "rating_w", 7000.0),
        ("roof", "rating_w", 6000.0),
        ("boiler", "rating_w", 2000.0),
        ("home", "rating_w", 9000.0),
        ("grid", "rating_w", 9000.0),
        ("grid", "nominal_v", 230.0),
        ("grid", "", 1.0),
    ],
)
def test_levels_and_conditions_in_shares(asset: str, of: str, scale: float) -> None:
    site = a_site(*SITE.assets, a_load("boiler", switch_power_w=2000.0))
    watch = a_watch(
        assets=(asset,),
        of=of,
        info=Level(at=0.4, until=0.3),
        warn=Level(at=0.5, after_s=3.0),
        when=When(quantity="current_a", side="above", at=0.2, of=of),
    )
    first, *_ = placed(watch, site=site).watches
    (_, info), (_, warn) = first.watch.levels
    assert (info.at, info.until, warn.at, warn.after_s) == (0.4 * scale, 0.3 * scale, 0.5 * scale, 3.0)
    assert math.isnan(warn.until)
    assert first.watch.when is not None
    assert first.watch.when.at == 0.2 * scale
    assert first.when == Key(asset, "current_a")


def test_rating_of_the_connection_is_the_tighter_of_fuse_and_larger_limit() -> None:
    def rating_w(connection: Connection) -> list[float]:
        found = placed(a_watch(assets=("grid",), of="rating_w"), site=a_site(connection=connection)).watches
        return [each.watch.levels[0][1].at for each in found if str(each.channel) == "grid.power_w"]

    assert rating_w(a_connection(9000.0, 12_000.0)) == [12_000.0]
    assert rating_w(a_connection(9000.0, 12_000.0, fuse_a=16.0, phase_count=1)) == [3680.0]
    windows = WindowedLimit(9000.0, ((a_window(), 4000.0),))
    assert rating_w(Connection(windows, windows)) == [9000.0]
    assert rating_w(Connection(WindowedLimit(math.inf), WindowedLimit(0.0))) == []


def test_condition_on_a_share_of_what_is_not_known_leaves_the_rule_out() -> None:
    watch = a_watch(assets=("grid",), when=When(quantity="current_a", side="above", at=0.2, of="rating_w"))
    endless = a_site(connection=Connection(WindowedLimit(math.inf), WindowedLimit(math.inf)))
    assert channels(placed(watch, site=endless)) == []
    assert len(channels(placed(watch))) == 2


def test_silence_in_polling_periods_of_its_source() -> None:
    watch = a_watch(kind="silent", period_count=3.0, warn=Level(at=0.5), trip=Level(at=20.0))
    found = placed(watch, poll_s={"battery": 2.0, "garage": 0.1, "garage#2": 4.0})
    assert {str(key): limit_s for key, limit_s in found.stale_s.items() if key.quantity == "power_w"} == {
        "battery.power_w": 6.0,
        "battery#2.power_w": 6.0,
        "garage.power_w": 0.5,
        "garage#2.power_w": 12.0,
        "grid.power_w": 3.0,
        "roof.power_w": 3.0,
        "home.power_w": 3.0,
    }
    assert [level.at for _, level in found.watches[0].watch.levels] == [6.0, 20.0]


def test_of_two_rules_on_silence_the_first_says_what_is_old() -> None:
    watches = [a_watch(id=str(at), kind="silent", warn=Level(at=at)) for at in (4.0, 9.0)]
    assert placed(*watches).stale_s[Key("battery", "power_w")] == 4.0


def test_what_nobody_measures_is_left_out() -> None:
    measured = {Key("battery", "power_w"), Key("garage#2", "power_w"), Key("garage", "power_w")}
    assert channels(placed(a_watch(), measured=measured)) == ["battery.power_w", "garage.power_w", "garage#2.power_w"]
    assert channels(placed(a_watch(kind="differs"), measured=measured)) == ["garage.power_w"]
    times = a_watch(kind="differs", other="power_w", times="soc_ratio")
    assert channels(placed(times, measured=measured)) == []
    when = a_watch(when=When(quantity="current_a", side="above", at=1.0))
    assert channels(placed(when, measured=measured)) == []
    with_current = measured | {Key("battery", "current_a"), Key("battery", "soc_ratio")}
    assert channels(placed(when, measured=with_current)) == ["battery.power_w"]
    assert channels(placed(times, measured=with_current)) == ["battery.power_w"]


def test_what_is_required_stays() -> None:
    found = placed(a_watch(required=True, assets=("garage",)), measured=())
    assert channels(found) == ["garage.power_w", "garage#2.power_w"]
    assert found.required == {Key("garage", "power_w"), Key("garage#2", "power_w")}
    assert placed(a_watch()).required == frozenset()


def test_balance_needs_the_connection_and_every_asset() -> None:
    watch = a_watch(kind="balance", assets=("grid",))
    keys = {Key(each, "power_w") for each in ("grid", "roof", "battery", "garage", "home")}
    band = Band(id="b", source="s", quantities=("power_w",), kind="balance", lower=-1.0, upper=1.0)
    for measured, count in ((keys, 1), (keys - {Key("home", "power_w")}, 0), (None, 1)):
        found = place(Rules(watches=(watch,), bands=(band,)), SITE, measured=measured)
        assert (len(channels(found)), len(found.bands)) == (count, count)
        assert len(found.members) == 5 * count


def test_second_side_of_a_comparison() -> None:
    (alone, *_) = placed(a_watch(kind="opposes")).watches
    assert (alone.second, alone.times) == (Key("battery#2", "power_w"), None)
    (other, *_) = placed(a_watch(kind="differs", other="current_a", times="pack_voltage_v")).watches
    assert (other.second, other.times) == (Key("battery", "current_a"), Key("battery", "pack_voltage_v"))


@pytest.mark.parametrize(
    ("facts", "unit"),
    [
        ({}, "w"),
        ({"kind": "rate", "window_s": 3.0}, "w/s"),
        ({"kind": "silent"}, "s"),
        ({"kind": "frozen", "when": When(quantity="power_w", side="beyond", at=1.0)}, "s"),
        ({"kind": "differs", "quantities": ("soc_ratio",)}, "ratio"),
    ],
)
def test_unit_of_a_level(facts: dict[str, Any], unit: str) -> None:
    assert placed(a_watch(**facts)).watches[0].unit == unit


def test_lines_and_bands() -> None:
    derate = Derate(id="d", source="s", quantities=("soc_ratio",), way="charge", points=((0.0, 1.0),))
    volts = Band(id="v", source="s", quantities=("voltage_v",), of="nominal_v", lower=0.95, upper=1.05)
    watts = Band(id="w", source="s", quantities=("power_w",), of="rating_w", lower=-1.0, upper=1.0)
    found = place(Rules(derates=(derate,), bands=(volts, watts)), SITE)
    assert [str(each.channel) for each in found.lines][:2] == ["battery.soc_ratio", "battery#2.soc_ratio"]
    assert [(each.name, each.lower, each.upper) for each in found.bands] == [
        ("v grid.voltage_v", 0.95 * 230.0, 1.05 * 230.0),
        ("w grid.power_w", -9000.0, 9000.0),
    ]
    endless = a_site(connection=Connection(WindowedLimit(math.inf), WindowedLimit(math.inf)))
    assert [each.name for each in place(Rules(bands=(volts, watts)), endless).bands] == ["v grid.voltage_v"]
    nobody = place(Rules(derates=(derate,), bands=(volts,)), SITE, measured=())
    assert (nobody.lines, nobody.bands) == ((), ())


def test_channels_of_interlocks_are_looked_at_too() -> None:
    asked = Input(id="i", source="s", channel="bus_voltage_v", share_of="pack_voltage_v", side="above", at=0.9)
    door = Input(id="d", source="s", channel="door.is_closed", side="above", at=0.5)
    found = place(
        Rules(inputs=(asked, door)), SITE, measured={Key("battery", "bus_voltage_v"), Key("door", "is_closed")}
    )
    assert {str(each) for each in found.stale_s} == {"battery.bus_voltage_v", "door.is_closed"}
    everything = place(Rules(inputs=(asked, door)), SITE)
    assert Key("garage", "pack_voltage_v") in everything.stale_s


def test_the_clock_is_watched_at_every_site() -> None:
    (only,) = place(Rules(), SITE).watches
    assert (only.watch.id, only.subject) == ("clock", "*")
