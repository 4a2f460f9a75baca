"""Notices: one for each cause, in words, the most urgent first, and put aside by each person alone."""

from pathlib import Path

import numpy as np
import pytest

from enerwise.core.event import Event, Json, Kind
from enerwise.serve.api.notices import PARTS, Seen, notices, told
from enerwise.serve.words import LANGUAGES, catalogue

from .builders import OWN, ADoor, Client, a_client

NOTICES = f"/sites/{OWN}/notices"


@pytest.fixture
def home(tmp_path: Path) -> Client:
    return a_client(tmp_path)


def happened(home: Client, kind: Kind, subject: str, payload: dict[str, str | float], count: int = 1) -> None:
    world = home.desk.site_line.desk._world  # type: ignore[attr-defined]
    now = world.clock.now()
    world.store.note(
        [
            Event(f"{kind}-{subject}-{each}", now + np.timedelta64(each, "ms"), kind, subject, payload)
            for each in range(count)
        ]
    )
    world.store.flush()


def test_a_quiet_home_has_nothing_to_tell(home: Client) -> None:
    assert home.get(NOTICES).json()["items"] == []


def test_one_notice_for_each_cause_however_often_and_the_urgent_first(home: Client) -> None:
    happened(home, Kind.FAULT, "planning", {"error": "no prices"}, count=3)
    door = home.desk.door
    assert isinstance(door, ADoor)
    door.is_fresh, door.state, door.why = False, "stopped", "smoke"
    found = home.get(NOTICES).json()["items"]
    assert {each["cause"]: (each["level"], each["count"]) for each in found} == {
        "stopped": ("act_now", 1),
        "plan_failed": ("look_soon", 3),
        "device_silent": ("look_soon", 1),
    }
    assert found[0]["cause"] == "stopped"
    assert "smoke" in found[0]["what"]["en"]
    assert "no prices" in next(each for each in found if each["cause"] == "plan_failed")["what"]["de"]


def test_refused_values_are_good_to_know_with_their_number(home: Client) -> None:
    happened(home, Kind.REJECTED, "grid.power_w", {"value": 1e9, "reason": "implausible"}, count=2)
    (found,) = home.get(NOTICES).json()["items"]
    assert (found["level"], found["cause"]) == ("good_to_know", "value_refused")
    assert "2 values of grid.power_w" in found["what"]["en"]


def test_what_one_person_puts_aside_another_still_sees(home: Client) -> None:
    happened(home, Kind.FAULT, "planning", {"error": "no prices"})
    (found,) = home.get(NOTICES).json()["items"]
    assert home.post(f"{NOTICES}/{found['id']}/seen").status_code == 204
    assert home.get(NOTICES).json()["items"][0]["is_seen"] is True
    assert home.as_(f"viewer@{OWN}").get(NOTICES).json()["items"][0]["is_seen"] is False
    assert home.post(f"{NOTICES}/nothing/seen").status_code == 404
    assert found["id"] in Seen(home.face.folder).of("owner-1"), "it is kept for the next start"


def test_a_silent_door_needs_somebody_now(home: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home.desk.door, "look", lambda: None)
    assert [each.cause for each in notices(home.desk, home.face.clock.now())] == ["door_silent"]


def test_every_cause_has_its_words_in_every_language() -> None:
    causes = {key.split(".")[1] for key in catalogue("en") if key.startswith("notice.")}
    assert len(causes) > 8
    for language in LANGUAGES:
        missing = [
            f"{cause}.{part}"
            for cause in causes
            for part in PARTS
            if f"notice.{cause}.{part}" not in catalogue(language)
        ]
        assert not missing


def test_a_notice_that_lasts_keeps_its_id(home: Client) -> None:
    happened(home, Kind.FAULT, "planning", {"error": "no prices"})
    first, second = (notices(home.desk, home.face.clock.now())[0] for _ in range(2))
    assert first.id == second.id
    assert told(first, "todo")["de"]


@pytest.mark.parametrize(("is_stopped", "cause"), [(True, "response_stopped"), (False, "response_less")])
def test_a_device_that_stopped_delivering_is_told_with_the_amount_and_since_when(
    home: Client, is_stopped: bool, cause: str
) -> None:
    world = home.desk.site_line.desk._world  # type: ignore[attr-defined]
    battery: dict[str, Json] = {
        "share_ratio": 0.4,
        "bias_w": -900.0,
        "finding": "battery gives nothing",
        "since": "2024-06-30T11:00:00.000",
        "missing_wh": 4200.0,
        "short_ratio": 0.03,
        "is_stopped": is_stopped,
    }
    pump: dict[str, Json] = {"share_ratio": 0.99, "bias_w": 3.0}
    world.store.note([Event("r", world.clock.now(), Kind.NOTE, "response", {"battery": battery, "pump": pump})])
    world.store.flush()
    (found,) = home.get(NOTICES).json()["items"]
    assert (found["level"], found["cause"], found["subject"]) == ("look_soon", cause, "battery")
    assert "4.2 kWh" in found["what"]["en"] and "13:00" in found["what"]["de"]
    parts = {each["name"]: each for each in home.get(f"/sites/{OWN}/health").json()["parts"]}
    assert parts["response battery"] == {
        "name": "response battery",
        "status": "degraded",
        "why": "battery gives nothing",
    }
    assert parts["response pump"]["status"] == "ok" and "99%" in parts["response pump"]["why"]
