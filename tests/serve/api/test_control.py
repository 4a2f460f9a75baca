"""Modes and overrides over the API: asked of the running site, answered when it has answered."""

from pathlib import Path
from typing import Any

import pytest

from enerwise.core.time import Instant

from .builders import FOREIGN, OWN, Client, a_client, later

MODE, OVERRIDES = f"/sites/{OWN}/mode", f"/sites/{OWN}/overrides"
CURTAILMENTS = f"/sites/{OWN}/curtailments"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Client:
    return a_client(tmp_path_factory.mktemp("control"))


def now(client: Client) -> Instant:
    return client.face.clock.now()


def a_wish(client: Client, **more: Any) -> dict[str, Any]:
    return {"asset": "battery", "action": "charge", "power_w": 1500.0, "until": later(now(client), hours=2), **more}


def test_a_mode_is_chosen_with_a_reason_and_an_end(home: Client) -> None:
    end = later(now(home), hours=5)
    chosen = home.put(MODE, {"mode": "away", "until": end, "reason": "holidays"})
    assert (chosen.status_code, chosen.json()["mode"], chosen.json()["until"]) == (200, "away", end)
    assert home.get(MODE).json() == chosen.json()
    assert home.put(MODE, {"mode": "automatic"}).json()["mode"] == "automatic"


def test_an_override_is_a_lease_that_is_listed_and_withdrawn(home: Client) -> None:
    made = home.post(OVERRIDES, a_wish(home, reason="a party", id="party"))
    assert (made.status_code, made.json()["state"], made.json()["from"]) == (201, "waiting", f"{now(home)}Z")
    assert home.post(OVERRIDES, a_wish(home, id="party")).json() == made.json(), "the same id is the same wish"
    assert "party" in [each["id"] for each in home.get(OVERRIDES).json()["items"]]
    assert home.delete(f"{OVERRIDES}/party").json()["state"] == "withdrawn"
    assert home.delete(f"{OVERRIDES}/party").status_code == 404


@pytest.mark.parametrize(
    ("more", "status", "told"),
    [
        ({"asset": "home"}, 422, "cannot be moved"),
        ({"action": "on"}, 422, "charge, discharge"),
        ({"action": "dance"}, 422, "action"),
        ({"until": "tomorrow"}, 422, "is no time"),
        ({"until": "2020-01-01T00:00Z"}, 422, "within seven days"),
        ({"power_w": "much"}, 422, "power_w"),
    ],
)
def test_a_wish_that_cannot_be_is_told_with_place_and_remedy(
    home: Client, more: dict[str, Any], status: int, told: str
) -> None:
    answer = home.post(OVERRIDES, a_wish(home, **more))
    assert answer.status_code == status
    assert told in answer.json()["detail"]


def test_there_is_a_limit_to_wishes(tmp_path: Path) -> None:
    client = a_client(tmp_path)
    answers = [client.post(OVERRIDES, a_wish(client, id=f"w{count}")).status_code for count in range(33)]
    assert answers == [201] * 32 + [409]


def test_who_may_only_look_changes_nothing(home: Client) -> None:
    viewer = home.as_(f"viewer@{OWN}")
    answer = viewer.put(MODE, {"mode": "manual"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
    assert "operator, installer, owner" in answer.json()["detail"]
    assert viewer.post(OVERRIDES, a_wish(home)).status_code == 403
    assert viewer.get(MODE).status_code == 200
    assert home.put(f"/sites/{FOREIGN}/mode", {"mode": "manual"}).status_code == 404


def test_the_same_key_does_the_work_once(home: Client) -> None:
    key, line = {"Idempotency-Key": "k-1"}, home.desk.site_line
    before = len(line.asked)  # type: ignore[attr-defined]
    first = home.post(OVERRIDES, a_wish(home), headers=key)
    again = home.post(OVERRIDES, a_wish(home), headers=key)
    assert first.json() == again.json()
    assert len(line.asked) == before + 1  # type: ignore[attr-defined]
    other = home.post(OVERRIDES, a_wish(home, power_w=1.0), headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "key-used")
    home.delete(f"{OVERRIDES}/{first.json()['id']}")


def test_an_event_of_demand_response_is_asked_for_listed_and_taken_back(home: Client) -> None:
    asked = {"limit_w": 4200, "from": later(now(home), hours=1), "until": later(now(home), hours=3), "id": "event-7"}
    made = home.post(CURTAILMENTS, {**asked, "who": "aggregator", "reason": "tight evening"})
    assert made.status_code == 201, made.text
    told = made.json()["items"]
    assert [(each["id"], each["limit_w"], each["who"], each["state"]) for each in told] == [
        ("event-7", 4200.0, "aggregator", "waiting")
    ]
    assert home.get(CURTAILMENTS).json()["items"] == told
    sooner = home.post(CURTAILMENTS, {**asked, "from": None, "limit_w": 3000}).json()["items"]
    assert [(each["limit_w"], each["state"]) for each in sooner] == [(3000.0, "acting")], "the same id takes its place"
    assert home.delete(f"{CURTAILMENTS}/event-7").json()["items"] == []
    assert home.delete(f"{CURTAILMENTS}/event-7").status_code == 404


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"limit_w": -1}, "limit_w"),
        ({"limit_w": "much"}, "limit_w"),
        ({"until": "tomorrow"}, "is no time"),
        ({"until": "2020-01-01T00:00Z"}, "within seven days"),
    ],
)
def test_an_event_that_cannot_be_is_told_with_place_and_remedy(home: Client, more: dict[str, Any], told: str) -> None:
    answer = home.post(CURTAILMENTS, {"limit_w": 4200, "until": later(now(home), hours=3), **more})
    assert answer.status_code == 422 and told in answer.text
    assert home.get(CURTAILMENTS).json()["items"] == []
