"""Safety over the API: how it stands, and the deliberate acts."""

from pathlib import Path

import pytest

from enerwise.core.time import instant
from enerwise.devices.door_words import Told
from enerwise.serve.api import safety_view as view
from enerwise.serve.api.stop_orders import FILE, leave_file
from enerwise.site.read import read_site
from enerwise.store.audit import AuditLog

from .builders import HOME, OWN, ADoor, Client, a_client

SAFETY = f"/sites/{OWN}/safety"


@pytest.fixture
def home(tmp_path: Path) -> Client:
    client = a_client(tmp_path)
    log = AuditLog(client.desk.audit_folder)
    stop = {"cause": "smoke", "test": False, "acked_ms": {"battery": 4.0}, "missing": [], "rest_s": 0.8}
    log.write("2026-05-13T20:00:00.000", "stopped", "*", stop, who="Ada")
    log.write("2026-05-13T21:00:00.000", "test stop", "*", {**stop, "cause": "test stop", "test": True}, who="Bob")
    log.close()
    return client


def test_limits_have_a_source_and_stops_a_name(home: Client) -> None:
    found = home.get(SAFETY).json()
    limits = {(each["subject"], each["name"]): each for each in found["limits"]}
    assert (limits["grid", "import"]["value"], limits["grid", "import"]["source"]) == (9000.0, "site file")
    assert (limits["grid", "fuse"]["value"], limits["grid", "fuse"]["unit"]) == (35.0, "A")
    assert limits["battery", "level_low"]["value"] == 10.0
    assert [(each["cause"], each["who"], each["is_test"]) for each in found["stops"]] == [
        ("test stop", "Bob", True),
        ("smoke", "Ada", False),
    ]


def test_a_limit_that_changes_says_until_when_it_holds_and_what_is_violated_is_a_limit_too() -> None:
    windows = 'connection: {import_limit: {otherwise: 9 kW, windows: [{limit: 4.2 kW, from: "17:00", to: "20:00"}]}, '
    site = read_site(HOME.format(name="Lindenweg 8").replace("connection: {import_limit: 9 kW, ", windows))
    finding = {"id": "hot_cells", "subject": "battery", "tier": "warn", "value": 47.0, "limit": 45.0, "unit": "degC"}
    told = Told("running", findings=({**finding, "source": "datasheet"}, {**finding, "tier": "info"}))
    for now, value_w, until in (("15:30Z", 4200.0, "18:00"), ("18:00Z", 9000.0, None)):
        rows = view.limits(site, instant(f"2026-05-14T{now}"), told)
        (row,) = [each for each in rows if each["name"] == "import"]
        assert row["value"] == value_w
        assert row["until"] == (f"2026-05-14T{until}:00.000Z" if until else "2026-05-15T15:00:00.000Z")
    (warned,) = [each for each in view.limits(site, instant("2026-05-14T18:00Z"), told) if each["name"] == "hot_cells"]
    assert (warned["value"], warned["unit"], warned["source"]) == (45.0, "degC", "datasheet")


def test_watchdogs_tell_when_they_were_tested_and_what_happens_when_contact_is_lost(home: Client) -> None:
    found = home.get(SAFETY).json()
    dogs = {each["id"]: each for each in found["watchdogs"]}
    assert dogs["hybrid"]["timeout_s"] == 5.0
    assert dogs["door"]["last_test_at"] == "2026-05-13T21:00:00.000Z"
    (lost,) = found["contact_lost"]
    assert "5 s" in lost["text"]["en"]
    assert (found["claims_fast_stop"], found["remarks"]) == (False, ["no real-time priority"])


def test_after_a_stop_only_the_named_cause_resets_and_then_it_starts(home: Client) -> None:
    stopped = home.post(f"{SAFETY}/stop", {"cause": "smoke"})
    assert (stopped.json()["state"], stopped.json()["acked_ms"]) == ("stopped", {"battery": 4.0})
    checks = {each["id"]: each for each in home.get(SAFETY).json()["checklist"]}
    assert (checks["cause"]["ok"], checks["cause"]["detail"]) == (False, "smoke")
    refused = home.post(f"{SAFETY}/reset", {"cause": "whatever"})
    assert (refused.status_code, "smoke" in refused.json()["detail"]) == (409, True)
    leave_file(home.desk.folder, "s-1")
    assert home.post(f"{SAFETY}/reset", {"cause": "smoke"}).json()["state"] == "idle"
    assert not (home.desk.folder / FILE).exists(), "what the page's stop left behind does not bar the way back"
    assert home.post(f"{SAFETY}/start").json()["state"] == "running"


def test_a_start_takes_back_the_file_of_a_stop_that_was_reset_while_the_answer_was_lost(home: Client) -> None:
    door, line, path = home.desk.door, home.desk.door_line, home.desk.folder / FILE
    assert isinstance(door, ADoor)
    door.stop_file = path
    home.post(f"{SAFETY}/stop", {"cause": "smoke"})
    leave_file(home.desk.folder, "s-1")
    line.loses_answers = True  # type: ignore[attr-defined]
    assert home.post(f"{SAFETY}/reset", {"cause": "smoke"}).status_code == 503
    line.loses_answers = False  # type: ignore[attr-defined]
    assert (door.state, path.exists()) == ("idle", True)
    assert home.post(f"{SAFETY}/start").json()["state"] == "running"
    assert not path.exists()


def test_a_start_leaves_a_stop_file_that_the_door_has_not_seen_or_others_have_left(
    home: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("enerwise.serve.api.routes.safety.LOOK_S", 0.001)
    monkeypatch.setattr("enerwise.serve.api.routes.safety.START_S", 0.003)
    door, path = home.desk.door, home.desk.folder / FILE
    assert isinstance(door, ADoor)
    door.state = "idle"
    leave_file(home.desk.folder, "s-1")
    home.post(f"{SAFETY}/start")
    assert path.exists(), "the door is still to see it"
    door.state, door.stop_file = "idle", path
    path.write_text("flood sensor")
    home.post(f"{SAFETY}/start")
    assert path.exists()


def test_a_test_stop_that_would_move_something_is_refused(home: Client) -> None:
    answer = home.post(f"{SAFETY}/test-stop")
    assert (answer.status_code, answer.json()["detail"]) == (409, "battery moves: bring it to rest first")


def test_a_start_that_something_speaks_against_tells_all_of_it(home: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    door = home.desk.door
    assert isinstance(door, ADoor)
    door.state = "idle"
    monkeypatch.setattr(door, "do", lambda command: {"ok": True, "state": "idle"})
    monkeypatch.setattr("enerwise.serve.api.routes.safety.LOOK_S", 0.001)
    monkeypatch.setattr("enerwise.serve.api.routes.safety.START_S", 0.003)
    answer = home.post(f"{SAFETY}/start")
    assert (answer.status_code, answer.json()["code"]) == (409, "not-started")
    assert answer.json()["faults"][0]["message"] == "the devices did not confirm in time"


def test_everybody_who_sees_may_stop_and_only_operators_start_again(home: Client) -> None:
    viewer = home.as_(f"viewer@{OWN}")
    assert viewer.post(f"{SAFETY}/start").status_code == 403
    assert viewer.post(f"{SAFETY}/reset", {"cause": "x"}).status_code == 403
    assert viewer.post(f"{SAFETY}/stop", {}).status_code == 200


def test_a_door_that_does_not_answer_is_told_plainly(home: Client) -> None:
    home.desk.door_line.is_silent = True  # type: ignore[attr-defined]
    answer = home.post(f"{SAFETY}/stop", {})
    assert (answer.status_code, answer.json()["code"]) == (503, "site-silent")
    assert "Retry-After" in answer.headers


def test_a_site_of_twins_is_stopped_by_its_own_process(tmp_path: Path) -> None:
    twin = a_client(tmp_path, twin=True)
    assert twin.get(SAFETY).json()["state"] == "running"
    assert twin.post(f"{SAFETY}/stop", {}).json()["state"] == "stopped"
    stopped = twin.get(SAFETY).json()
    assert (stopped["state"], stopped["why"]) == ("stopped", "stop through the API")
    assert twin.post(f"{SAFETY}/reset", {"cause": "whatever"}).status_code == 409
    assert twin.post(f"{SAFETY}/reset", {"cause": stopped["why"]}).json()["state"] == "idle"
    assert twin.post(f"{SAFETY}/test-stop").status_code == 409


def test_the_chain_is_paged_and_says_whether_it_is_whole(home: Client) -> None:
    first = home.get(f"/sites/{OWN}/audit?limit=1").json()
    assert (first["items"][0]["kind"], first["next"], first["is_whole"]) == ("test stop", "2", True)
    assert first["items"][0]["at"] == "2026-05-13T21:00:00.000Z"
    second = home.get(f"/sites/{OWN}/audit?limit=1&cursor={first['next']}").json()
    assert (second["items"][0]["kind"], second["next"]) == ("stopped", None)
    path = next(home.desk.audit_folder.glob("*.jsonl"))
    path.write_bytes(path.read_bytes().replace(b"smoke", b"steam", 1))
    assert home.get(f"/sites/{OWN}/audit").json()["is_whole"] is False
    assert home.as_(f"viewer@{OWN}").get(f"/sites/{OWN}/audit").status_code == 403
