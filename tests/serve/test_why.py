"""Does `why` walk from the command back to the meters, with the numbers of that moment?"""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from enerwise.core.event import Event, Json, Kind
from enerwise.core.quantity import POWER_W
from enerwise.core.series import Frame, Key
from enerwise.core.time import Instant, instant
from enerwise.serve.chain import find, moment
from enerwise.serve.explain import tell
from enerwise.serve.sites import recall, remember
from enerwise.store.memory import MemoryStore
from tests.builders import BERLIN, LINDENWEG, a_site
from tests.serve.builders import a_site_file, enerwise, said


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One simulated winter day of Lindenweg 8 that follows plans, in a store."""
    folder = tmp_path_factory.mktemp("why")
    site = a_site_file(folder)
    args = ("--days", 1, "--start", "2024-11-13", "--seed", 1, "--store", folder / "run.db")
    result = enerwise("simulate", site, *args)
    assert result.exit_code == 0, said(result)
    yield folder / "run.db"


def test_chain_reaches_from_the_receipt_to_the_meters(played: Path) -> None:
    result = enerwise("why", "14:05", "--store", played, "--json", "-")
    told = json.loads(result.stdout)
    assert told["time_local"] == "2024-11-13 14:05"
    kinds = [each["kind"] for each in told["chain"]]
    assert kinds[:4] == ["receipt", "permitted", "judged", "proposed"]
    assert {"planned", "forecast", "measured"} <= set(kinds)
    ids = {each["id"] for each in told["chain"]}
    for each in told["chain"][:4]:
        assert ids & set(each["cause"]), f"{each['kind']} names a cause within the chain"
    assert {each["about"] for each in told["story"]} >= {
        "did",
        "why",
        "worth",
        "guard",
        "door",
        "plan",
        "forecast",
        "meters",
    }


def test_story_holds_the_numbers_of_that_moment(played: Path) -> None:
    told = said(enerwise("why", "2024-11-13 14:05", "--store", played))
    data = json.loads(enerwise("why", "14:05", "--store", played, "--json", "-").stdout)
    facts = next(each["payload"]["facts"] for each in data["chain"] if each["kind"] == "proposed")
    assert "On 2024-11-13 at 14:05 battery was" in told
    assert f"a kWh in the battery was worth {facts['dual_eur_per_kwh'] * 100:.1f} ct/kWh" in told
    assert "buying one cost 52.0 ct/kWh, selling one earned 8.0 ct/kWh" in told
    assert "from 14:00 to 14:15" in told
    assert "The plan made at 14:00 looked 24 h ahead" in told
    assert "8 in 10 between" in told
    assert "The meters said at 14:00" in told
    assert "The device took the command at 14:00, valid until 14:15" in told


def test_german_is_german(played: Path) -> None:
    told = said(enerwise("why", "14:05", "--store", played, "--lang", "de"))
    assert "Am 13.11.2024 um 14:05" in told
    assert "52,0 ct/kWh" in told
    assert "Der Wächter" in told


def test_pv_has_a_story_too(played: Path) -> None:
    told = said(enerwise("why", "14:05", "--store", played, "--asset", "roof"))
    assert "roof was free to deliver all the sun gave" in told


def test_iso_time_means_the_same_moment(played: Path) -> None:
    local, iso = (enerwise("why", each, "--store", played).stdout for each in ("2024-11-13 14:05", "2024-11-13T13:05Z"))
    assert local == iso


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["25:00"], "'25:00' is no time; write '14:05'"),
        (["noon"], "'noon' is no time"),
        (["2030-01-01 14:05"], "ask for a time from 2024-11-13 00:00 to 2024-11-14 00:00 (Europe/Berlin)"),
        (["14:05", "--asset", "oven"], "'oven' was never set; use battery, roof"),
        (["14:05", "--lang", "fr"], "use en or de"),
    ],
)
def test_wrong_question_is_answered_with_place_and_remedy(args: list[str], words: str, played: Path) -> None:
    result = enerwise("why", *args, "--store", played)
    assert result.exit_code == 2
    assert words in said(result)


def test_missing_store_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "there is no such file" in said(enerwise("why", "14:05", "--store", tmp_path / "none.db"))
    monkeypatch.chdir(tmp_path)
    assert "holds no store (*.db)" in said(enerwise("why", "14:05"))


def test_newest_store_of_the_folder_is_asked(played: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(played.parent)
    assert "battery was" in said(enerwise("why", "14:05"))


# ---------------------------------------------------------------------------------------------------------------
# What a played day seldom shows


def a_store(*events: Event, at: str = "2024-07-03T12:00Z") -> MemoryStore:
    store = MemoryStore()
    remember(store, LINDENWEG, Path(), instant(at))
    store.note(list(events))
    store.flush()
    return store


def a_permit(value_w: float, at: Instant, *cause: str, asset: str = "battery") -> Event:
    until: dict[str, Json] = {"value": value_w, "valid_until": str(at + np.timedelta64(15, "m")), "nonce": 1}
    return Event(f"permit-{asset}-{at}", at, Kind.PERMITTED, asset, until, cause)


def story_of(store: MemoryStore, at: Instant, asset: str = "battery") -> dict[str, str]:
    told = tell(store, find(store, at, asset, BERLIN), recall(store) or a_site(), "en")
    return {line.key: line.text for line in told.lines}


def test_cut_names_wish_value_and_rule() -> None:
    at = instant("2024-07-03T12:00Z")
    facts: dict[str, Json] = {
        "outcome": "cut",
        "value": 2000.0,
        "wished": 5000.0,
        "rule": "import limit",
        "agent": "follow_plan",
    }
    judged = Event("judged", at, Kind.JUDGED, "battery", facts, ("proposed",))
    told = story_of(a_store(judged, a_permit(2000.0, at, "judged")), at)
    assert told["outcome.cut"] == (
        "following the plan wished for 5.00 kW; the guard allowed 2.00 kW: limit on what may be drawn from the grid."
    )
    assert told["check.missing"] == "No answer of the device is on record."


def test_fallback_mode_says_since_when_and_why() -> None:
    at = instant("2024-07-03T12:00Z")
    why: dict[str, Json] = {"mode": "self_consumption", "reason": "plan_expired", "facts": {"wanted": "follow_plan"}}
    mode = Event("mode", instant("2024-07-03T10:15Z"), Kind.MODE, "site", why)
    told = story_of(a_store(mode, a_permit(0.0, at)), at)
    assert told["mode.since"] == "The mode was 'self-consumption' since 12:15."
    assert told["reason.plan_expired"] == "The owner chose following the plan, but the last plan was too old."


def test_reading_shows_what_came_of_the_permit() -> None:
    at = instant("2024-07-03T12:00Z")
    store = a_store(a_permit(-1500.0, at))
    store.append(Frame.of(np.array([at]), {Key("battery", POWER_W): np.array([-1320.0])}))
    store.flush()
    assert story_of(store, at)["was.gave"] == "On average it gave 1.32 kW from 14:00 to 14:15."


def test_clock_time_is_the_last_one_before_the_store_ends() -> None:
    """A permit that ends at 14:15 on 3 July: 14:05 is that day's, 14:30 the day's before."""
    store = a_store(a_permit(0.0, instant("2024-07-03T12:00Z")))
    assert moment(store, "14:05", "battery", BERLIN) == instant("2024-07-03T12:05Z")
    assert moment(store, "14:30", "battery", BERLIN) == instant("2024-07-02T12:30Z")


def test_store_without_setpoints_is_told(tmp_path: Path) -> None:
    from enerwise.serve.stores import open_store

    store = open_store(tmp_path / "empty.db")
    remember(store, LINDENWEG, tmp_path, instant("2024-07-03T12:00Z"))
    store.close()
    assert "holds no setpoint" in said(enerwise("why", "14:05", "--store", tmp_path / "empty.db"))


def test_lost_price_file_leaves_the_story_without_prices(tmp_path: Path) -> None:
    at = instant("2024-07-03T12:00Z")
    store = MemoryStore()
    remember(
        store,
        LINDENWEG.replace("import: {otherwise", "import: {file: gone.csv} #").replace("\n  # or", "\n#"),
        tmp_path,
        at,
    )
    store.note([a_permit(0.0, at)])
    store.flush()
    told = story_of(store, at)
    assert "did.rested" in told
    assert "value.prices" not in told


def test_a_channel_without_a_trained_forecast_says_why() -> None:
    at = instant("2024-07-03T12:00Z")
    figures: dict[str, Json] = {"kwh": 3.0, "low_kwh": 2.0, "high_kwh": 4.0, "now_w": 100.0}
    channels: dict[str, Json] = {
        "home.power_w": {**figures, "model": "learned x", "history_days": 28},
        "roof.available_power_w": {**figures, "model": "blend", "because": "no model is trained yet"},
    }
    facts: dict[str, Json] = {"horizon_h": 24.0, "channels": channels, "history_days": 56}
    forecast = Event("f", at, Kind.FORECAST, "lindenweg-8", facts)
    plan = Event("p", at, Kind.PLANNED, "lindenweg-8", {"cost_eur": {}}, ("f",))
    follows: dict[str, Json] = {"agent": "follow_plan", "reason": "plan", "facts": {}}
    proposed = Event("w", at, Kind.PROPOSED, "battery", follows, ("p",))
    verdict: dict[str, Json] = {"outcome": "cut", "value": 0.0, "wished": 1.0, "rule": "import limit", **follows}
    judged = Event("j", at, Kind.JUDGED, "battery", verdict, ("w",))
    story = story_of(a_store(forecast, plan, proposed, judged, a_permit(0.0, at, "j")), at)
    assert "learned x, learned from up to 28 days" in story["forecast.load"]
    assert story["forecast.because"] == "No trained forecast served roof.available_power_w: no model is trained yet."
    assert "blend, learned from up to 56 days" in story["forecast.sun"]


def test_story_tells_what_several_futures_were_worth(played: Path) -> None:
    for language, words in (("en", "to know the future would be worth"), ("de", "die Zukunft zu kennen wäre")):
        told = said(enerwise("why", "2024-11-13 14:05", "--store", played, "--lang", language))
        assert words.lower() in told.lower()


def test_a_story_names_the_model_that_the_battery_was_planned_with(played: Path) -> None:
    from dataclasses import replace

    from enerwise.serve.stores import open_store

    store = open_store(played, read_only=True)
    site = recall(store)
    assert site is not None
    chain = find(store, moment(store, "14:05", "battery", site.timezone), "battery", site.timezone)
    assert chain.plan is not None
    models: dict[str, Json] = {
        "battery.battery": {"model": "2024-11-01-identified", "round_trip_ratio": 0.82},
        "other.battery": {"model": "x"},
    }
    planned = replace(chain.plan, payload={**chain.plan.payload, "models": models})
    told = {
        language: [each.text for each in tell(store, replace(chain, plan=planned), site, language).lines]
        for language in ("en", "de")
    }
    store.close()
    assert "battery was planned with this model of it: 2024-11-01-identified (round trip 82 %)." in told["en"]
    assert "battery wurde mit diesem Modell geplant: 2024-11-01-identified (Wirkungsgrad 82 %)." in told["de"]
