"""A site knows its assets by name, and control cannot be told nonsense."""

from typing import Any

import pytest

from enerwise.core.errors import UnitError
from enerwise.site.assets import Battery, Load, Pv
from enerwise.site.site import Connection, Control
from tests.builders import a_battery, a_connection, a_load, a_pv, a_site


def test_assets_are_found_by_id_and_kind() -> None:
    site = a_site(a_pv("east"), a_battery(), a_pv("west"), a_load())
    assert [each.id for each in site.of_kind(Pv)] == ["east", "west"]
    assert [each.id for each in site.of_kind(Battery)] == ["battery"]
    assert [each.id for each in site.of_kind(Load)] == ["home"]
    assert [each.id for each in site] == ["east", "battery", "west", "home"]
    assert site.asset("west") == a_pv("west")


def test_an_unknown_asset_is_named_among_those_there_are() -> None:
    with pytest.raises(KeyError, match=r"no asset 'boiler' at Lindenweg 8; there are \['roof', 'battery', 'home'\]"):
        a_site().asset("boiler")


@pytest.mark.parametrize("ids", [("home", "home"), ("grid",), ("weather",)])
def test_ids_differ_and_leave_the_taken_names_alone(ids: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="asset ids must differ"):
        a_site(*(a_load(each) for each in ids))


def test_a_site_lies_in_a_time_zone() -> None:
    with pytest.raises(UnitError, match="IANA"):
        a_site(timezone="Berlin")


@pytest.mark.parametrize(
    ("name", "slug"), [("Lindenweg 8", "lindenweg-8"), ("  Haus / Süd!  ", "haus-süd"), ("!!", "site")]
)
def test_a_site_has_a_short_name_for_files(name: str, slug: str) -> None:
    assert a_site(name=name).id == slug


@pytest.mark.parametrize("facts", [{"phase_count": 2}, {"fuse_a": 0.0}, {"nominal_v": 0.0}])
def test_a_connection_cannot_be_built_wrong(facts: dict[str, Any]) -> None:
    limits = a_connection()
    with pytest.raises(ValueError, match="connection:"):
        Connection(limits.import_limit, limits.export_limit, **facts)


@pytest.mark.parametrize(
    "facts",
    [
        {"mode": "turbo"},
        {"step_s": 0},
        {"step_s": 7200, "horizon_s": 3600},
        {"peak_target_w": -1.0},
    ],
)
def test_control_cannot_be_built_wrong(facts: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="control:"):
        Control(**facts)
