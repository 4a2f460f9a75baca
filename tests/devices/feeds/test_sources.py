"""What a server is asked, and everything that can be wrong with how it is written."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from enerwise.core.errors import ProblemsFound
from enerwise.core.time import instant
from enerwise.devices.feeds.feed import SOURCES, make, source_of
from enerwise.site.site import GRID, WEATHER
from enerwise.site.wiring import FEED, Device

TOKEN = "ENTSOE_TOKEN"
DEVICES: dict[str, dict[str, Any]] = {
    "open_meteo": {
        "address": "https://api.open-meteo.com/v1/forecast",
        "serves": {"weather": WEATHER},
        "options": {"latitude": "52.5", "longitude": "13.4"},
    },
    "awattar": {"address": "https://api.awattar.de/v1/marketdata", "serves": {"import": GRID}},
    "entsoe": {
        "address": "https://web-api.tp.entsoe.eu/api",
        "serves": {"import": GRID, "export": GRID},
        "options": {"area": "10Y1001A1001A82H", "token_from": TOKEN},
    },
}


def a_device(profile: str, **changes: Any) -> Device:
    """A feed as the site file would have it, with parts replaced; an option of None is left out."""
    facts = {**DEVICES.get(profile, DEVICES["awattar"]), **changes}
    options = {**DEVICES.get(profile, {}).get("options", {}), **changes.get("options", {})}
    facts["options"] = {name: value for name, value in options.items() if value is not None}
    return Device("feed", FEED, profile=profile, **facts)


def query(profile: str, at: str, **changes: Any) -> dict[str, str]:
    address = source_of(a_device(profile, **changes)).address(instant(at))
    assert address.startswith(DEVICES[profile]["address"] + "?")
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def test_every_feed_there_is_can_be_made() -> None:
    assert set(SOURCES) == set(DEVICES)
    for profile in SOURCES:
        assert make(a_device(profile)).tables() == ()


def test_weather_is_asked_for_a_place_with_times_that_know_no_summer() -> None:
    assert query("open_meteo", "2024-07-01T12:00Z") == {
        "latitude": "52.5",
        "longitude": "13.4",
        "hourly": "temperature_2m,shortwave_radiation",
        "timeformat": "unixtime",
        "forecast_days": "3",
    }


def test_prices_are_asked_for_whole_days() -> None:
    asked = query("awattar", "2024-07-01T12:34Z")
    assert instant(int(asked["start"]) // 1000) == instant("2024-06-30")
    assert instant(int(asked["end"]) // 1000) == instant("2024-07-04")


@pytest.mark.parametrize(
    ("at", "start", "end"),
    [
        ("2024-07-01T12:34Z", "202406302200", "202407022200"),
        ("2024-10-27T12:00Z", "202410262200", "202410282300"),
        ("2024-03-30T23:30Z", "202403302300", "202404012200"),
    ],
)
def test_market_days_are_asked_for_from_local_midnight_on(
    at: str, start: str, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKEN, "0000-secret")
    asked = query("entsoe", at)
    assert (asked["periodStart"], asked["periodEnd"]) == (start, end)
    assert (asked["documentType"], asked["in_Domain"], asked["out_Domain"]) == ("A44", *["10Y1001A1001A82H"] * 2)
    assert asked["securityToken"] == "0000-secret"


def test_without_its_token_a_server_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TOKEN, raising=False)
    with pytest.raises(ValueError, match="the environment has no ENTSOE_TOKEN"):
        query("entsoe", "2024-07-01T12:00Z")


@pytest.mark.parametrize(
    ("profile", "changes", "place", "why"),
    [
        ("open_meteo", {"options": {"latitude": None}}, "options.latitude", "is missing"),
        ("open_meteo", {"options": {"latitude": "95"}}, "options.latitude", "'95' is no latitude"),
        ("open_meteo", {"options": {"longitude": "east"}}, "options.longitude", "'east' is no longitude"),
        ("open_meteo", {"options": {"longitude": "nan"}}, "options.longitude", "'nan' is no longitude"),
        ("open_meteo", {"options": {"model": "x"}}, "options.model", "is not known"),
        ("open_meteo", {"serves": {"import": GRID}}, "serves.import", "is nothing that this feed tells"),
        ("awattar", {"serves": {"weather": WEATHER}}, "serves.weather", "write one of import, export"),
        ("awattar", {"address": "api.awattar.de"}, "address", "is no web address"),
        ("awattar", {"address": "https://api.awattar.de/v1?x=1"}, "address", "holds a question mark"),
        ("entsoe", {"options": {"area": "Germany"}}, "options.area", "'Germany' is no code of a bidding zone"),
        ("entsoe", {"options": {"token_from": None}}, "options.token_from", "is missing"),
        ("entsoe", {"options": {"sequence": "9"}}, "options.sequence", "is no auction"),
        ("entsoe", {"options": {"timezone": "Mars"}}, "options.timezone", "'Mars' is no time zone"),
        ("teletext", {}, "profile", "'teletext' is no feed; write one of awattar, entsoe, open_meteo"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(profile: str, changes: dict[str, Any], place: str, why: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        make(a_device(profile, **changes))
    (problem,) = found.value.problems
    assert problem.place == f"feed.{place}"
    assert why in str(problem)


def test_everything_wrong_is_told_at_once() -> None:
    with pytest.raises(ProblemsFound) as found:
        make(a_device("entsoe", address="ftp://x", options={"area": "?", "sequence": "x", "color": "red"}))
    assert len(found.value.problems) == 4
